-- The catalogue: everything a shelf reads, and nothing that grows with traffic.
-- It is replicated; rows are small and few per item, because every row scanned on the hot path is paid for.
-- Moments are milliseconds since the epoch; money is in minor units; lists and maps are JSON text.

CREATE TABLE shops (
  shop TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  locale TEXT NOT NULL,
  market TEXT NOT NULL,
  markets TEXT NOT NULL,
  -- Counts the writes of this shop's items; readers learn from it what changed since they last looked.
  epoch INTEGER NOT NULL DEFAULT 0,
  -- Decay is relative to the shop's newest event, so that a quiet or a historical shop does not fade to nothing.
  newest_event_at INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE api_keys (
  hash TEXT PRIMARY KEY,
  shop TEXT NOT NULL REFERENCES shops (shop),
  kind TEXT NOT NULL CHECK (kind IN ('pk', 'sk')),
  label TEXT NOT NULL,
  origins TEXT NOT NULL DEFAULT '[]',
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  revoked_at INTEGER
) STRICT;
CREATE INDEX api_keys_of_shop ON api_keys (shop);

CREATE TABLE placements (
  shop TEXT NOT NULL REFERENCES shops (shop),
  placement TEXT NOT NULL,
  config TEXT NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (shop, placement)
) STRICT, WITHOUT ROWID;

CREATE TABLE items (
  -- The row number that the full text index shares.
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  shop TEXT NOT NULL REFERENCES shops (shop),
  id TEXT NOT NULL,
  title TEXT NOT NULL,
  description TEXT NOT NULL,
  brand TEXT,
  categories TEXT NOT NULL,
  tags TEXT NOT NULL,
  attributes TEXT NOT NULL,
  locale TEXT NOT NULL,
  url TEXT,
  image_url TEXT,
  created_at INTEGER NOT NULL,
  -- The source's clock of the last accepted write; an older write changes nothing, a tombstone included.
  source_at INTEGER NOT NULL,
  -- Of everything written, and of the text alone: equal text is never embedded twice.
  content_hash TEXT NOT NULL,
  text_hash TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  deleted_at INTEGER,
  popularity REAL NOT NULL DEFAULT 0,
  -- The embedder that wrote the vector; NULL when the text is newer than the vector.
  vector_version TEXT,
  -- The embedder whose neighbours stand in neighbours.similar.
  similar_version TEXT,
  UNIQUE (shop, id)
) STRICT;
CREATE INDEX items_by_popularity ON items (shop, popularity DESC) WHERE deleted_at IS NULL;
CREATE INDEX items_by_age ON items (shop, created_at DESC) WHERE deleted_at IS NULL;
CREATE INDEX items_by_epoch ON items (shop, epoch);
CREATE INDEX items_by_vector ON items (shop, vector_version);

CREATE TABLE variants (
  shop TEXT NOT NULL,
  item TEXT NOT NULL,
  variant TEXT NOT NULL,
  position INTEGER NOT NULL,
  title TEXT,
  options TEXT NOT NULL DEFAULT '{}',
  sku TEXT,
  image_url TEXT,
  PRIMARY KEY (shop, item, variant)
) STRICT, WITHOUT ROWID;

-- An item in one market; market '*' stands for every market without a row of its own.
CREATE TABLE offers (
  shop TEXT NOT NULL,
  item TEXT NOT NULL,
  market TEXT NOT NULL,
  currency TEXT NOT NULL,
  visible INTEGER NOT NULL,
  -- Visible and some variant in stock, whatever the validity window says.
  sellable INTEGER NOT NULL,
  valid_from INTEGER,
  valid_until INTEGER,
  url TEXT,
  title TEXT,
  description TEXT,
  PRIMARY KEY (shop, item, market)
) STRICT, WITHOUT ROWID;
CREATE INDEX offers_not_sellable ON offers (shop, item, market) WHERE sellable = 0;
CREATE INDEX offers_windowed ON offers (shop, item, market) WHERE valid_from IS NOT NULL OR valid_until IS NOT NULL;

CREATE TABLE prices (
  shop TEXT NOT NULL,
  item TEXT NOT NULL,
  market TEXT NOT NULL,
  variant TEXT NOT NULL,
  price INTEGER NOT NULL,
  list_price INTEGER,
  -- NULL: stock is not tracked, the variant can always be bought.
  stock INTEGER,
  PRIMARY KEY (shop, item, market, variant)
) STRICT, WITHOUT ROWID;

-- Full text of live items, every locale in one row. `tenant` holds one token per shop, so that a query
-- is confined to its shop inside the index. `segmented` holds Chinese and Japanese cut into words.
CREATE VIRTUAL TABLE item_text USING fts5 (
  tenant, title, body, segmented,
  content = '', contentless_delete = 1,
  tokenize = 'porter unicode61 remove_diacritics 2'
);

-- One row an item: `bought` = [[id, weight, times bought together], ...], `similar` = [[id, cosine], ...].
CREATE TABLE neighbours (
  shop TEXT NOT NULL,
  item TEXT NOT NULL,
  bought TEXT NOT NULL DEFAULT '[]',
  similar TEXT NOT NULL DEFAULT '[]',
  -- When `bought` was last learned; older rows are emptied after a learning run.
  bought_at INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (shop, item)
) STRICT, WITHOUT ROWID;

-- Shop-wide lists by market: [[id, score, count], ...], best first.
CREATE TABLE lists (
  shop TEXT NOT NULL,
  list TEXT NOT NULL,
  market TEXT NOT NULL,
  entries TEXT NOT NULL,
  computed_at INTEGER NOT NULL,
  PRIMARY KEY (shop, list, market)
) STRICT, WITHOUT ROWID;

-- Work that a committed item write owes: embeddings, cards, the veto snapshot.
CREATE TABLE outbox (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  shop TEXT NOT NULL,
  item TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

-- One row, rewritten every few seconds: a replica that shows an old value lags by the difference.
CREATE TABLE pulse (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  at INTEGER NOT NULL
) STRICT;
INSERT INTO pulse (id, at) VALUES (1, 0);
