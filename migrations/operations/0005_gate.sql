-- What shelves with an order of a language model were worth: counts by day that name no shopper, so that a decision reads
-- a few hundred rows and never the log.
CREATE TABLE gate_tallies (
  shop TEXT NOT NULL,
  -- Of the shelves, UTC.
  day TEXT NOT NULL,
  -- A day is counted in slices of its shelves; one is replaced as a whole.
  slice INTEGER NOT NULL,
  placement TEXT NOT NULL,
  -- Whose orders, and what credits are counted in.
  basis TEXT NOT NULL,
  mode TEXT NOT NULL CHECK (mode IN ('shadow', 'draft', 'served')),
  -- Of the history's length: shared/gate/history_length.ts.
  bucket INTEGER NOT NULL,
  shelves INTEGER NOT NULL,
  wins INTEGER NOT NULL,
  losses INTEGER NOT NULL,
  -- Sums of lifts, each from -1 to 1, and of their squares.
  lift REAL NOT NULL,
  squares REAL NOT NULL,
  PRIMARY KEY (shop, day, slice, placement, basis, mode, bucket)
) STRICT, WITHOUT ROWID;

-- How far a day is counted, and of which objects: others, and it is counted anew.
CREATE TABLE gate_days (
  shop TEXT NOT NULL,
  day TEXT NOT NULL,
  objects TEXT NOT NULL,
  slices INTEGER NOT NULL,
  done INTEGER NOT NULL,
  PRIMARY KEY (shop, day)
) STRICT, WITHOUT ROWID;
