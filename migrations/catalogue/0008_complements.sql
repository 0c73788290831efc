-- What goes with an item is not what resembles it: two brands of tea are bought by the same shoppers, hardly ever in one
-- order. It stands in the row that a shelf reads anyway.

-- [[id, 100 * lift, orders with both, orders with the item], ...], at most 20, best first.
ALTER TABLE neighbours ADD COLUMN complements TEXT NOT NULL DEFAULT '[]';
-- When they were last learned; older ones are emptied after a learning run.
ALTER TABLE neighbours ADD COLUMN complements_at INTEGER NOT NULL DEFAULT 0;
