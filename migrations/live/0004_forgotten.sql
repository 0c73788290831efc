-- Until when a shopper's events are not taken: a write that was under way while the shopper was forgotten comes late, and
-- this database is another one than that of the erasures.
CREATE TABLE forgotten (
  shop TEXT NOT NULL,
  -- As in operations: 128 bits of a hash, or '*'.
  who TEXT NOT NULL,
  until_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (shop, who)
) STRICT, WITHOUT ROWID;
CREATE INDEX forgotten_to_expire ON forgotten (expires_at);
