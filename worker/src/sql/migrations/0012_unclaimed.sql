-- Answers that came before their inquiry, counted by the inquiry they wait for.
--
-- Whether an inquiry has come cannot be asked of answer_messages without reading all of it, so what waits stands in
-- a table of its own: it is bounded (crates/lead/src/unclaimed.rs), and its oldest are given up after a week. The row
-- goes when the inquiry comes. Only ids, counts and times stand here.
CREATE TABLE unclaimed_answers (
  inquiry  TEXT PRIMARY KEY,
  since    INTEGER NOT NULL,             -- when the first of them came
  messages INTEGER NOT NULL,
  bytes    INTEGER NOT NULL              -- of their bodies
) WITHOUT ROWID;
CREATE INDEX unclaimed_answers_by_time ON unclaimed_answers (since);

-- What waited before there was this table is counted by the alarm, a few at a time; reached is the last inquiry it
-- has looked at. A new ledger has none.
ALTER TABLE backfills ADD COLUMN reached TEXT NOT NULL DEFAULT '';
INSERT INTO backfills (name) SELECT 'unclaimed_answers' WHERE EXISTS (SELECT 1 FROM answer_messages);
