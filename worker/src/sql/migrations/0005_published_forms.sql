-- Forms as they were published: a numbered version is what its visitors saw, word for word, also when a
-- later build words its ready questions otherwise. A version that was published before this table is made
-- from its configuration.
CREATE TABLE published_forms (
  version INTEGER NOT NULL REFERENCES config_versions (version),
  form    TEXT NOT NULL,
  body    TEXT NOT NULL,                 -- JSON of form::Form
  PRIMARY KEY (version, form)
) WITHOUT ROWID;
