-- What is asked of language models and what it costs: at most one call a key, and never above a shop's day.
-- Money is in millionths of the budget's currency unit.

CREATE TABLE model_calls (
  key TEXT PRIMARY KEY,
  shop TEXT NOT NULL,
  purpose TEXT NOT NULL,
  model TEXT NOT NULL,
  -- reserved: begun, its end not known (yet); answered: paid and kept; failed: the provider did not take it.
  state TEXT NOT NULL CHECK (state IN ('reserved', 'answered', 'failed')),
  -- Who made the reservation: only that one may settle it.
  claim TEXT NOT NULL,
  -- The day whose budget it counts against.
  day TEXT NOT NULL,
  max_micro INTEGER NOT NULL,
  -- The provider's batch that it waits in.
  batch TEXT,
  input_tokens INTEGER NOT NULL DEFAULT 0,
  output_tokens INTEGER NOT NULL DEFAULT 0,
  micro_cost INTEGER NOT NULL DEFAULT 0,
  answer TEXT,
  -- Of an answer that is of no use: refused, malformed, too_long.
  reason TEXT,
  attempts INTEGER NOT NULL DEFAULT 1,
  created_at INTEGER NOT NULL,
  answered_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX model_calls_of_shop ON model_calls (shop, state);
CREATE INDEX model_calls_of_batch ON model_calls (batch) WHERE batch IS NOT NULL;
CREATE INDEX model_calls_by_age ON model_calls (created_at);

-- A shop's own daily budget; without a row the worker's default holds.
CREATE TABLE budgets (
  shop TEXT PRIMARY KEY,
  daily_micro INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Reserved and spent money together never pass the day's budget.
CREATE TABLE spend (
  shop TEXT NOT NULL,
  day TEXT NOT NULL,
  purpose TEXT NOT NULL,
  reserved_micro INTEGER NOT NULL DEFAULT 0,
  spent_micro INTEGER NOT NULL DEFAULT 0,
  calls INTEGER NOT NULL DEFAULT 0,
  input_tokens INTEGER NOT NULL DEFAULT 0,
  output_tokens INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (shop, day, purpose)
) STRICT, WITHOUT ROWID;

-- Calls handed over together. A row is written before the provider hears of it, so that a restart asks for the batch
-- instead of sending it again.
CREATE TABLE model_batches (
  -- Ours; the provider's own name is known once it took the batch.
  batch TEXT PRIMARY KEY,
  shop TEXT NOT NULL,
  provider TEXT NOT NULL,
  name TEXT,
  state TEXT NOT NULL CHECK (state IN ('submitting', 'running', 'ended', 'failed')),
  calls INTEGER NOT NULL,
  done INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL,
  ended_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX model_batches_open ON model_batches (shop) WHERE state IN ('submitting', 'running');

-- When a job that waits on purpose goes on: for tomorrow's budget, for a provider that asked for patience.
ALTER TABLE jobs ADD COLUMN next_run_at INTEGER;

-- As in the catalogue: what was learned under a lease that was lost is not written.
CREATE TABLE fences (
  name TEXT PRIMARY KEY,
  fence INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TRIGGER fences_only_rise BEFORE UPDATE ON fences
WHEN NEW.fence < OLD.fence BEGIN
  SELECT RAISE(ABORT, 'lease_lost');
END;
