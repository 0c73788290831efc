-- Where items lie by who wants them, and where their texts put them: an item that nobody has bought yet is brought in by
-- the items that its future shoppers have. What brings it stands in rows that a shelf reads anyway.

CREATE TABLE item_factors (
  shop TEXT NOT NULL,
  item TEXT NOT NULL,
  -- Shoppers who wanted it, when it was last learned.
  shoppers INTEGER NOT NULL DEFAULT 0,
  -- A direction by who wants it: base64 of signed bytes. NULL: nobody does.
  own TEXT,
  learned_at INTEGER NOT NULL DEFAULT 0,
  -- The direction that its text gives it, the version of the map that gave it, and the hash of the text.
  mapped TEXT,
  map TEXT,
  text_hash TEXT,
  -- Items in whose rows it stands as an arrival: a JSON list of ids.
  anchors TEXT NOT NULL DEFAULT '[]',
  PRIMARY KEY (shop, item)
) STRICT, WITHOUT ROWID;
CREATE INDEX item_factors_placed ON item_factors (shop, item) WHERE anchors <> '[]';

-- [[id, link], ...]: items of few shoppers that who wanted this one may want, at most 20, strongest first.
ALTER TABLE neighbours ADD COLUMN arrivals TEXT NOT NULL DEFAULT '[]';
