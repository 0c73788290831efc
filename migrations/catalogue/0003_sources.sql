-- Sources with a clock, a counter and a stock keeping of their own.
-- Deliveries come in any order and more than once. What is stored is a function of the newest snapshot of an item and of
-- the newest level at each location, whatever came first; so every one of them keeps the clock that it was told with.

-- Orders writes of the same moment: the source's own counter, or its clock in a finer unit.
ALTER TABLE items ADD COLUMN source_version INTEGER NOT NULL DEFAULT 0;

-- Stock as the item's newest snapshot says; `stock` is what it comes to with the levels told since.
ALTER TABLE prices ADD COLUMN told INTEGER;
UPDATE prices SET told = stock;

-- A variant's name in its platform's stock keeping, which is all that a level names.
-- The clock is the snapshot's that says so: a name counts only while that snapshot is the item's newest.
CREATE TABLE inventory_items (
  shop TEXT NOT NULL,
  source TEXT NOT NULL,
  inventory_item TEXT NOT NULL,
  item TEXT NOT NULL,
  variant TEXT NOT NULL,
  source_at INTEGER NOT NULL,
  source_version INTEGER NOT NULL,
  PRIMARY KEY (shop, source, inventory_item, item, variant)
) STRICT, WITHOUT ROWID;
CREATE INDEX inventory_items_of_item ON inventory_items (shop, item, variant);

-- Units at one location, newest clock; NULL: no longer stocked there. Levels may come before the item that they are of.
CREATE TABLE inventory_levels (
  shop TEXT NOT NULL,
  source TEXT NOT NULL,
  inventory_item TEXT NOT NULL,
  location TEXT NOT NULL,
  available INTEGER,
  source_at INTEGER NOT NULL,
  PRIMARY KEY (shop, source, inventory_item, location)
) STRICT, WITHOUT ROWID;
