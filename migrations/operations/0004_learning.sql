-- Learning goes in steps that a killed worker goes on with: each leaves objects in R2, and then says here that it did.

CREATE TABLE learn_runs (
  shop TEXT NOT NULL,
  -- Made of what is learned from: the same events are the same run.
  run TEXT NOT NULL,
  -- own: learned here; offered: learned on another machine, checked and published here.
  origin TEXT NOT NULL CHECK (origin IN ('own', 'offered')),
  -- ended: neither published nor to be gone on with (something was erased, or it was refused); its objects go.
  state TEXT NOT NULL CHECK (state IN ('running', 'published', 'ended')),
  -- The present step, and where in it the run stands; everything before is in R2.
  step TEXT NOT NULL,
  cursor INTEGER NOT NULL DEFAULT 0,
  started_at INTEGER NOT NULL,
  -- The last step that was committed.
  updated_at INTEGER NOT NULL,
  -- Why it ended, where that is for people.
  error TEXT,
  PRIMARY KEY (shop, origin, run)
) STRICT, WITHOUT ROWID;
-- A shop has one run at a time.
CREATE UNIQUE INDEX learn_runs_running ON learn_runs (shop) WHERE state = 'running';
