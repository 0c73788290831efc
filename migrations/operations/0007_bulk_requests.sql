-- Bulk writes that named themselves with an Idempotency-Key: the same request again must do nothing twice. What it did is
-- found again by the names that it gave (batches of event ids here, bulk_parts in the catalogue), so no answer is kept, and
-- nothing of the body but a hash.
CREATE TABLE bulk_requests (
  shop TEXT NOT NULL,
  -- SHA-256 of the key.
  key TEXT NOT NULL,
  -- SHA-256 of path, query, content type and body.
  fingerprint TEXT NOT NULL,
  -- What everything that the request does is named by.
  request TEXT NOT NULL,
  -- The clock of everything that it writes, whenever it is written.
  started_at INTEGER NOT NULL,
  -- Who is at it, and until when nobody else may be; 0: nobody.
  holder TEXT NOT NULL,
  held_until INTEGER NOT NULL,
  PRIMARY KEY (shop, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX bulk_requests_by_age ON bulk_requests (started_at);
