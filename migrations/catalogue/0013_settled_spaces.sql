-- 1: all that the shop had was understood when the embedder was chosen. A local one that was learned in the middle of an
-- import is learned once more when everything is.
ALTER TABLE vector_spaces ADD COLUMN settled INTEGER NOT NULL DEFAULT 1;
