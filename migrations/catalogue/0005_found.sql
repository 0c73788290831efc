-- Vector spaces, what the vector index was given, and a second full text of what was understood of items.
-- The index cannot list its ids and shows a write later than it takes it, so D1 remembers what was written and what was seen.

-- Every embedder version of a shop has a space of its own: vectors of two embedders never meet in one query.
CREATE TABLE vector_spaces (
  shop TEXT NOT NULL,
  version TEXT NOT NULL,
  -- active: searches ask it; next: being filled beside it; old: its vectors are deleted once no reader can still ask it.
  role TEXT NOT NULL CHECK (role IN ('active', 'next', 'old')),
  -- Which index holds it: ITEM_VECTORS (a) or ITEM_VECTORS_B (b).
  binding TEXT NOT NULL CHECK (binding IN ('a', 'b')),
  dimensions INTEGER NOT NULL,
  -- Texts that the shop had when the embedder was chosen; a local one is learned anew when they have grown.
  documents INTEGER NOT NULL,
  made_at INTEGER NOT NULL,
  retired_at INTEGER,
  PRIMARY KEY (shop, version)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX vector_spaces_active ON vector_spaces (shop) WHERE role = 'active';
CREATE UNIQUE INDEX vector_spaces_next ON vector_spaces (shop) WHERE role = 'next';

-- One row a vector: of which content it was written, and of which content the index was last seen to show it.
CREATE TABLE item_vectors (
  shop TEXT NOT NULL,
  version TEXT NOT NULL,
  -- text: the item's own words; found: what shoppers may say of it.
  view TEXT NOT NULL CHECK (view IN ('text', 'found')),
  item TEXT NOT NULL,
  hash TEXT NOT NULL,
  -- NULL: never seen.
  shown TEXT,
  -- 1: a text without a direction; there is no vector to wait for.
  bare INTEGER NOT NULL DEFAULT 0,
  -- The index's name of the write: the vector is found once the index's watermark passes it.
  mutation TEXT,
  written_at INTEGER NOT NULL,
  PRIMARY KEY (shop, version, view, item)
) STRICT, WITHOUT ROWID;
CREATE INDEX item_vectors_unseen ON item_vectors (shop, version, view, item) WHERE bare = 0 AND shown IS NOT hash;
-- What it served is asked of item_vectors now.
DROP INDEX items_by_vector;

-- Full text of what was understood of live items. Rows and tenant as in item_text; weighed less than own words.
CREATE VIRTUAL TABLE found_text USING fts5 (
  tenant, found, segmented,
  content = '', contentless_delete = 1,
  tokenize = 'porter unicode61 remove_diacritics 2'
);

-- Which enrichment stands in found_text.
CREATE TABLE item_found (
  shop TEXT NOT NULL,
  item TEXT NOT NULL,
  seq INTEGER NOT NULL,
  hash TEXT NOT NULL,
  PRIMARY KEY (shop, item)
) STRICT, WITHOUT ROWID;

-- How many items are live, and how many ever came to life: whether a shop was just loaded is known without counting it.
ALTER TABLE shops ADD COLUMN live INTEGER NOT NULL DEFAULT 0;
ALTER TABLE shops ADD COLUMN made INTEGER NOT NULL DEFAULT 0;
-- Items within the window of the new when they were last counted, and `made` at that moment.
ALTER TABLE shops ADD COLUMN fresh INTEGER NOT NULL DEFAULT 0;
ALTER TABLE shops ADD COLUMN fresh_made INTEGER NOT NULL DEFAULT 0;
UPDATE shops SET live = (SELECT COUNT(*) FROM items WHERE items.shop = shops.shop AND deleted_at IS NULL);
UPDATE shops SET made = live;

CREATE TRIGGER items_made AFTER INSERT ON items WHEN NEW.deleted_at IS NULL BEGIN
  UPDATE shops SET live = live + 1, made = made + 1 WHERE shop = NEW.shop;
END;
CREATE TRIGGER items_revived AFTER UPDATE OF deleted_at ON items
WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL BEGIN
  UPDATE shops SET live = live + 1, made = made + 1 WHERE shop = NEW.shop;
END;
CREATE TRIGGER items_ended AFTER UPDATE OF deleted_at ON items
WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL BEGIN
  UPDATE shops SET live = live - 1 WHERE shop = NEW.shop;
END;
