-- Operations: what the workers owe and what they did. Never read on the hot path.

-- Event ids seen, so that a repeated event counts once. `batch` marks the request that brought it.
CREATE TABLE event_ids (
  shop TEXT NOT NULL,
  event_id TEXT NOT NULL,
  batch TEXT NOT NULL,
  -- NULL: remembered for ever (secret keys).
  expires_at INTEGER,
  PRIMARY KEY (shop, event_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX event_ids_to_expire ON event_ids (expires_at) WHERE expires_at IS NOT NULL;

-- Accepted events wait here, one row a request, until they are folded into the daily partitions.
CREATE TABLE event_batches (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  shop TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  events INTEGER NOT NULL,
  body TEXT NOT NULL
) STRICT;

-- The range of batches being folded, written before its partitions are: after a crash the same range is
-- folded into the same objects again, so no event is stored twice.
CREATE TABLE fold_plans (
  plan INTEGER PRIMARY KEY CHECK (plan = 1),
  from_seq INTEGER NOT NULL,
  to_seq INTEGER NOT NULL
) STRICT;

CREATE TABLE daily_counts (
  shop TEXT NOT NULL,
  day TEXT NOT NULL,
  market TEXT NOT NULL,
  type TEXT NOT NULL,
  events INTEGER NOT NULL,
  PRIMARY KEY (shop, day, market, type)
) STRICT, WITHOUT ROWID;

CREATE TABLE jobs (
  shop TEXT NOT NULL,
  job TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('idle', 'running', 'failed')),
  -- Where a resumable job stands; its own format.
  cursor TEXT,
  done INTEGER NOT NULL DEFAULT 0,
  total INTEGER NOT NULL DEFAULT 0,
  started_at INTEGER,
  finished_at INTEGER,
  error TEXT,
  -- 1: something happened since the last start that the job has to see.
  due INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (shop, job)
) STRICT, WITHOUT ROWID;

CREATE TABLE leases (
  name TEXT PRIMARY KEY,
  holder TEXT NOT NULL,
  -- Grows with every grant: a holder that slept through its lease is told from its successor.
  fence INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE dead_letters (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  queue TEXT NOT NULL,
  body TEXT NOT NULL,
  error TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
