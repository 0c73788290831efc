-- What a shopper buys again: learned from all purchases, since the last twenty events hold one basket at most. It stands
-- beside the last events, because both are read by shopper on a personal shelf. The partitions can rebuild it.
CREATE TABLE habits (
  shop TEXT NOT NULL,
  -- 64 bits of a hash: learning keeps nobody's name.
  shopper TEXT NOT NULL,
  -- [1, visits, items, repeats, lines, [[item, visits, since first, since last, first hour, last hour, units, habit], ...]]
  body TEXT NOT NULL,
  PRIMARY KEY (shop, shopper)
) STRICT, WITHOUT ROWID;

-- The newest erasure of a shop: a run that began before it may not write what it read of the erased.
CREATE TABLE habit_fences (
  shop TEXT PRIMARY KEY,
  erased_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
