-- What webhooks leave in the catalogue. These rows stand beside the items and not in `operations`, because a delivery is
-- acknowledged once and one transaction reaches one database: the item, its outbox row and the memory of the delivery
-- are committed together or not at all.

-- Deliveries taken, so that a repeated one does nothing. Kept two weeks; senders give up after days.
CREATE TABLE deliveries (
  shop TEXT NOT NULL,
  source TEXT NOT NULL,
  -- The same over retries of one delivery and no other's.
  id TEXT NOT NULL,
  topic TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  -- {"items": 1, ...}: what the delivery asked for, zeroes left out.
  counts TEXT NOT NULL DEFAULT '{}',
  PRIMARY KEY (shop, source, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX deliveries_by_time ON deliveries (received_at);
CREATE INDEX deliveries_of_shop ON deliveries (shop, received_at DESC, source, id);

-- What a taken delivery still owes: a refund whose order is not known yet, a product that has to be read from its platform.
CREATE TABLE waiting_effects (
  shop TEXT NOT NULL,
  source TEXT NOT NULL,
  -- Names the thing and not the delivery: two thin bodies about one product are one fetch.
  key TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('refund', 'fetch')),
  -- What it waits for: the order of a refund, the product of a fetch.
  ref TEXT NOT NULL,
  -- The effect as JSON.
  effect TEXT NOT NULL,
  -- The effect's own clock; of two the later one stays.
  at INTEGER NOT NULL,
  -- Grows when a delivery asks again: who finished an older asking must not remove the newer.
  version INTEGER NOT NULL DEFAULT 1,
  attempts INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL,
  due_at INTEGER NOT NULL,
  error TEXT,
  PRIMARY KEY (shop, source, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX waiting_effects_due ON waiting_effects (due_at);
CREATE INDEX waiting_effects_by_ref ON waiting_effects (shop, source, kind, ref);
