-- How visitors go through a form, counted by day, site, form, version and source, without knowing who
-- they are: no address, no id, no browser's name stands here or can be derived from it.
--
-- A day's sources have rows of their own, so that a count is a few small numbers and "how many sources has
-- this day already?" is one short look at an index. The step `recorded` is written by the ledger itself, in
-- the commit of the inquiry; all others come from browsers.
CREATE TABLE count_sources (
  id       INTEGER PRIMARY KEY,
  day      TEXT NOT NULL,                -- YYYY-MM-DD, where the workspace is
  site     TEXT NOT NULL,
  channel  TEXT NOT NULL,
  network  TEXT NOT NULL,
  campaign TEXT NOT NULL
);
CREATE UNIQUE INDEX count_sources_by_day ON count_sources (day, site, channel, network, campaign);
CREATE TABLE counts (
  form         TEXT NOT NULL,
  source       INTEGER NOT NULL REFERENCES count_sources (id),
  form_version INTEGER NOT NULL,
  step         TEXT NOT NULL,            -- open, contact, minted, recorded, completed, shown:QUESTION, …
  n            INTEGER NOT NULL,
  PRIMARY KEY (form, source, form_version, step)
) WITHOUT ROWID;
