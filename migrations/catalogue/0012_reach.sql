-- {id: weight, ...}: the sixty items that lead on from this one most strongly, over `bought`, `similar` and `arrivals`, so
-- that a shelf sums up what a whole past leads to without taking lists apart. NULL: not summed up yet.
ALTER TABLE neighbours ADD COLUMN reach TEXT;
