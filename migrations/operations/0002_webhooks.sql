-- What the webhook door needs of `operations`: who may deliver, what could not be taken, whose order it was, whom to forget.

-- Senders and how they sign. Secrets and tokens are sealed (AES-GCM); the key is known to `ingest` alone.
CREATE TABLE webhook_sources (
  shop TEXT NOT NULL,
  source TEXT NOT NULL,
  -- The body of the PUT without its secrets, as JSON.
  config TEXT NOT NULL,
  -- {"secrets": [...], "token": ...} sealed, and bound to the shop and source.
  sealed TEXT NOT NULL,
  -- Short keyed hashes, so that a person can tell secrets apart that nobody can read.
  fingerprints TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (shop, source)
) STRICT, WITHOUT ROWID;

-- Who placed an order: refunds name the order and not the shopper. Kept 180 days.
CREATE TABLE orders (
  shop TEXT NOT NULL,
  source TEXT NOT NULL,
  order_id TEXT NOT NULL,
  -- As events name shoppers: `u:...` or `a:...`.
  shopper TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (shop, source, order_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX orders_by_shopper ON orders (shop, shopper);
CREATE INDEX orders_by_age ON orders (created_at);

-- Shoppers to be forgotten, and the receipts of those who were.
CREATE TABLE erasures (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  shop TEXT NOT NULL,
  source TEXT NOT NULL,
  ref TEXT NOT NULL,
  -- A JSON list of shopper keys, or "all"; emptied when it is done, since the receipt must not remember them.
  shoppers TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'done')),
  -- The last finished step and object, so that an interrupted run goes on.
  cursor TEXT,
  counts TEXT NOT NULL DEFAULT '{}',
  created_at INTEGER NOT NULL,
  finished_at INTEGER,
  error TEXT,
  UNIQUE (shop, source, ref)
) STRICT;
CREATE INDEX erasures_waiting ON erasures (seq) WHERE state = 'waiting';

-- What could not be taken is kept whole: who sent it, why it failed, and all that is needed to try again.
CREATE TABLE letters (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  -- `webhook:<source>` or `queue:<name>`.
  origin TEXT NOT NULL,
  -- Empty when the message names none.
  shop TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('delivery', 'effect', 'message', 'notice')),
  topic TEXT NOT NULL,
  -- The delivery or message; the same over retries, so that a failure is kept once.
  ref TEXT NOT NULL,
  code TEXT NOT NULL,
  detail TEXT NOT NULL,
  -- Headers needed to read it again, as JSON; never a signature.
  headers TEXT NOT NULL DEFAULT '{}',
  encoding TEXT NOT NULL CHECK (encoding IN ('text', 'base64', 'gzip')),
  body TEXT NOT NULL,
  -- Size of the body as it was sent.
  bytes INTEGER NOT NULL,
  -- Further pieces of the body in dead_letter_parts: a row takes 2 MB.
  parts INTEGER NOT NULL DEFAULT 0,
  attempts INTEGER NOT NULL DEFAULT 1,
  created_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  UNIQUE (origin, shop, ref)
) STRICT;
INSERT INTO letters (seq, origin, shop, kind, topic, ref, code, detail, encoding, body, bytes, created_at, last_at)
  SELECT seq,
    CASE WHEN body LIKE '[%' THEN 'queue:shelfwise-impressions' ELSE 'queue:unknown' END,
    CASE WHEN json_valid(body) THEN COALESCE(json_extract(body, '$.shop'), json_extract(body, '$[0].shop'), '') ELSE '' END,
    'message', '', 'seq-' || seq, 'retries_exhausted', error, 'text', body, LENGTH(CAST(body AS BLOB)), created_at, created_at
  FROM dead_letters;
DROP TABLE dead_letters;
ALTER TABLE letters RENAME TO dead_letters;
CREATE INDEX dead_letters_of_shop ON dead_letters (shop, seq);
CREATE INDEX dead_letters_by_age ON dead_letters (last_at);

CREATE TABLE dead_letter_parts (
  origin TEXT NOT NULL,
  shop TEXT NOT NULL,
  ref TEXT NOT NULL,
  part INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (origin, shop, ref, part)
) STRICT, WITHOUT ROWID;
