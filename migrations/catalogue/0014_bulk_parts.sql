-- What a part of a bulk write with an Idempotency-Key found before it wrote, in the transaction that wrote: the same request
-- again tells the same outcomes.
CREATE TABLE bulk_parts (
  shop TEXT NOT NULL,
  -- operations.bulk_requests.request
  request TEXT NOT NULL,
  -- Its number and a hash of its items' ids.
  part TEXT NOT NULL,
  -- [[id, source_at, source_version, content_hash, deleted_at], ...] of the items that were there.
  found TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  PRIMARY KEY (shop, request, part)
) STRICT, WITHOUT ROWID;
CREATE INDEX bulk_parts_by_age ON bulk_parts (started_at);
