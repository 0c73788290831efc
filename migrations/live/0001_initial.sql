-- The live store without Upstash Redis: a shopper's last events, one packed row a shopper.
-- A database of its own, because it is written on every event and read on every personal shelf.
CREATE TABLE recents (
  shop TEXT NOT NULL,
  shopper TEXT NOT NULL,
  -- [[item, type, milliseconds, value], ...], newest last.
  events TEXT NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (shop, shopper)
) STRICT, WITHOUT ROWID;
CREATE INDEX recents_by_age ON recents (updated_at);
