-- What a bulk write with an Idempotency-Key found is kept for each of its items (bulk_parts of the catalogue): how many a shop's
-- keys may tell of is bounded where keys are given out.
ALTER TABLE bulk_requests ADD COLUMN items INTEGER NOT NULL DEFAULT 0;
