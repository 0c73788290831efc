-- The learned orders of a shop: what each feature of the base order counts for. Every fitting is a version of its own,
-- so that an order can be looked at, compared and taken back.
CREATE TABLE rankers (
  shop TEXT NOT NULL,
  version TEXT NOT NULL,
  -- {version, orders: {purpose: {feature: [mean, deviation, weight]}}}
  ranker TEXT NOT NULL,
  -- What it was fitted on and what it was worth there, by purpose.
  report TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (shop, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE ranker_state (
  shop TEXT PRIMARY KEY,
  -- The version in force; NULL: the shipped order.
  version TEXT,
  -- 1: somebody chose it, and learning may not replace it.
  held INTEGER NOT NULL DEFAULT 0,
  changed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Neighbours by behaviour have three weights now (docs/storage.md); what was learned in the former form goes, and the
-- next learning writes it anew.
UPDATE neighbours SET bought = '[]' WHERE bought <> '[]';
