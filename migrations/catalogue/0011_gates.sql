-- Where orders of a language model serve: one row a placement, read with the configuration of the shop.
CREATE TABLE gates (
  shop TEXT NOT NULL,
  placement TEXT NOT NULL,
  mode TEXT NOT NULL CHECK (mode IN ('off', 'shadow', 'trial', 'live')),
  -- Items in a shopper's history up to which the model's order serves; NULL: the default.
  crossing INTEGER,
  -- 1: somebody fixed it, and no evidence changes it.
  held INTEGER NOT NULL DEFAULT 0,
  -- The day (UTC) since which it is in this mode.
  since TEXT NOT NULL,
  -- What it was decided by: shared/domain/gate.ts.
  evidence TEXT NOT NULL,
  changed_at INTEGER NOT NULL,
  PRIMARY KEY (shop, placement)
) STRICT, WITHOUT ROWID;

-- What a shop says that clicks and sales are worth; without a row clicks are counted.
CREATE TABLE gate_worth (
  shop TEXT PRIMARY KEY,
  worth TEXT NOT NULL
) STRICT, WITHOUT ROWID;
