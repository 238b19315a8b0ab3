-- Work that a migration leaves behind for rows that were there before it.
--
-- A migration itself only adds, so that waking costs the same with a million leads as with none; whatever has
-- to be written for old rows is written afterwards, a few at a time, by the alarm (sql/backfills.rs), while
-- everything else goes on. position says how far it is.
CREATE TABLE backfills (
  name     TEXT PRIMARY KEY,
  position INTEGER NOT NULL DEFAULT 0,
  done_at  INTEGER
) WITHOUT ROWID;

-- Versions that were published before there was a table for their forms. A new ledger has none of them.
INSERT INTO backfills (name) SELECT 'published_forms' WHERE EXISTS (SELECT 1 FROM config_versions);
