-- What a shopper's whole past comes to, computed ahead from the event partitions: it stands beside the last events,
-- because both are read by shopper on a personal shelf. D1 alone holds it, and the partitions can rebuild it.
CREATE TABLE profiles (
  shop TEXT NOT NULL,
  shopper TEXT NOT NULL,
  -- Events it was made of; it is made anew when there are enough more.
  events INTEGER NOT NULL,
  -- {categories, brands, attributes, price, markets, topics, text}
  profile TEXT NOT NULL,
  -- [item, ...]: at most five that stand for the history, the best first.
  representatives TEXT NOT NULL,
  -- What it was made by: `rules@1`, or prompt and model.
  recipe TEXT NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (shop, shopper)
) STRICT, WITHOUT ROWID;
CREATE INDEX profiles_by_age ON profiles (updated_at);

-- Counts a shop's erasures: a run that began reading before one may not write what it read of the erased.
CREATE TABLE profile_fences (
  shop TEXT PRIMARY KEY,
  erasures INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
