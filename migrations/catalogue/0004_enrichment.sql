-- What is understood of an item beyond its source text, who had to be left out, and the fences that keep a holder which
-- lost its lease from writing. Enrichments stand beside the items because search text and vectors are made of both.

CREATE TABLE enrichments (
  shop TEXT NOT NULL,
  item TEXT NOT NULL,
  -- Of the text that it was made from; another one in `items` says that it is due again.
  text_hash TEXT NOT NULL,
  -- Everything it was made with: prompt versions, model and locales, or the rules.
  recipe TEXT NOT NULL,
  -- {facet: "prompt@version model"}: a facet whose entry is as wanted is kept when others are asked again.
  facets TEXT NOT NULL DEFAULT '{}',
  understanding TEXT NOT NULL DEFAULT '{}',
  -- Of the item and its co-bought neighbours that the expansion was made from; empty: none was made yet.
  neighbours_hash TEXT NOT NULL DEFAULT '',
  expansion TEXT NOT NULL DEFAULT '[]',
  -- Of understanding and expansion together: search text and vectors made of another one are stale.
  hash TEXT NOT NULL,
  -- {reason: claims} of the claims that the source did not support.
  dropped TEXT NOT NULL DEFAULT '{}',
  kept INTEGER NOT NULL DEFAULT 0,
  -- 1: the text promotes itself or speaks to machines; those passages were kept out of the prompt.
  flagged INTEGER NOT NULL DEFAULT 0,
  -- done; in_doubt: a call was begun and its end is unknown; quarantined: it failed again and again. Both last until the
  -- text changes or an operator asks.
  state TEXT NOT NULL CHECK (state IN ('done', 'in_doubt', 'quarantined')),
  attempts INTEGER NOT NULL DEFAULT 0,
  -- Why the rules' form stands where a model was asked: a closed code, never a message.
  error TEXT,
  enriched_at INTEGER NOT NULL,
  PRIMARY KEY (shop, item)
) STRICT, WITHOUT ROWID;
CREATE INDEX enrichments_by_recipe ON enrichments (shop, recipe);

-- Attribute names and values that items of a general category have: the closed list that a model may choose from. Kept,
-- because reading a whole shop for every new item would cost more than understanding it.
CREATE TABLE vocabularies (
  shop TEXT NOT NULL,
  -- Empty: items without a category.
  category TEXT NOT NULL,
  words TEXT NOT NULL,
  PRIMARY KEY (shop, category)
) STRICT, WITHOUT ROWID;
-- How many live items the shop had when its vocabularies were read.
CREATE TABLE vocabulary_readings (
  shop TEXT PRIMARY KEY,
  items INTEGER NOT NULL,
  read_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Items that one stage cannot take while it takes others. They wait here until they change or are tried again.
CREATE TABLE quarantine (
  shop TEXT NOT NULL,
  item TEXT NOT NULL,
  stage TEXT NOT NULL CHECK (stage IN ('cards', 'vectors', 'embed', 'similar', 'enrich')),
  text_hash TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  error TEXT NOT NULL,
  at INTEGER NOT NULL,
  -- 1: left out by its stage; 0: being tried again, its attempts not forgotten.
  held INTEGER NOT NULL DEFAULT 1,
  PRIMARY KEY (shop, item, stage)
) STRICT, WITHOUT ROWID;

-- A new text deserves a new try of everything; other content only of what it is part of.
CREATE TRIGGER quarantine_ends_with_text AFTER UPDATE OF text_hash ON items
WHEN NEW.text_hash <> OLD.text_hash BEGIN
  DELETE FROM quarantine WHERE shop = NEW.shop AND item = NEW.id;
END;
CREATE TRIGGER quarantine_ends_with_content AFTER UPDATE OF epoch ON items
WHEN NEW.epoch <> OLD.epoch BEGIN
  DELETE FROM quarantine WHERE shop = NEW.shop AND item = NEW.id AND stage IN ('cards', 'vectors');
END;

-- Nothing is understood of what is gone.
CREATE TRIGGER enrichments_end_with_item AFTER UPDATE OF deleted_at ON items
WHEN NEW.deleted_at IS NOT NULL BEGIN
  DELETE FROM enrichments WHERE shop = NEW.shop AND item = NEW.id;
END;

-- The highest fence that wrote under each lease. A write raises it in its own transaction, so that one with a lower
-- fence fails as a whole.
CREATE TABLE fences (
  name TEXT PRIMARY KEY,
  fence INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TRIGGER fences_only_rise BEFORE UPDATE ON fences
WHEN NEW.fence < OLD.fence BEGIN
  SELECT RAISE(ABORT, 'lease_lost');
END;
