-- Who was forgotten must not come back with what was under way: an event that a page had kept, a delivery that is told
-- again, a record in a queue. No name is kept, and what is kept ends with whatever could still be under way.
CREATE TABLE forgotten (
  shop TEXT NOT NULL,
  -- 128 bits of a hash of shop and shopper, or '*' for all shoppers of the shop.
  who TEXT NOT NULL,
  -- The request: erasures.seq.
  erasure INTEGER NOT NULL,
  -- What happened up to this moment is not kept; beyond every moment while the erasure is under way.
  until_at INTEGER NOT NULL,
  -- NULL while the erasure is under way.
  expires_at INTEGER,
  PRIMARY KEY (shop, who, erasure)
) STRICT, WITHOUT ROWID;
CREATE INDEX forgotten_by_erasure ON forgotten (erasure);
CREATE INDEX forgotten_to_expire ON forgotten (expires_at) WHERE expires_at IS NOT NULL;

-- When the request last had its turn: a shop with a long history must not hold up the others.
ALTER TABLE erasures ADD COLUMN turn_at INTEGER NOT NULL DEFAULT 0;
-- 1: answers of models that were under way meanwhile were looked for once more.
ALTER TABLE erasures ADD COLUMN looked_again INTEGER NOT NULL DEFAULT 0;
-- Of receipts of earlier releases nothing is under way any more.
UPDATE erasures SET looked_again = 1 WHERE state = 'done';
CREATE INDEX erasures_to_look_again ON erasures (finished_at) WHERE state = 'done' AND looked_again = 0;
