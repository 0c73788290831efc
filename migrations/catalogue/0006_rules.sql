-- Merchandising rules: every publication is a version of its own, and the highest version of a shop is the active one.
-- To publish, and to go back to an earlier version, is one INSERT: readers see the whole old set or the whole new one.
CREATE TABLE rule_versions (
  shop TEXT NOT NULL REFERENCES shops (shop),
  version INTEGER NOT NULL CHECK (version > 0),
  -- The whole set as a JSON array.
  rules TEXT NOT NULL,
  -- The earlier version whose rules these are; NULL when they were written anew. 0: no rules.
  restored_from INTEGER,
  -- Who published, and why, in their own words.
  label TEXT NOT NULL,
  note TEXT NOT NULL,
  published_at INTEGER NOT NULL,
  PRIMARY KEY (shop, version)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER rule_versions_stay BEFORE UPDATE ON rule_versions BEGIN
  SELECT RAISE(ABORT, 'a published version of rules never changes');
END;
