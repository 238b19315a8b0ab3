-- The ledger of one workspace, as it begins.
--
-- One object holds one client company; everything that must be true together is in this one
-- database, so "recorded" is one commit: inquiry, contact, lead, first task and due deliveries.
--
-- Times are milliseconds since 1970 (they stay exact in JavaScript numbers until the year 287396).
-- Ids are text. What a person typed stands in contacts, contact_points, inquiries, revisions,
-- answers, answer_messages, facts.value, tasks.result, notes and deliveries.body, and nowhere else:
-- events and audit carry ids and codes only.

-- The configuration, every published version, never changed afterwards: a visitor who began on
-- version 3 of a form finishes on version 3.
CREATE TABLE config_versions (
  version      INTEGER PRIMARY KEY,
  body         TEXT NOT NULL,            -- JSON of lead::config::Config
  published_at INTEGER NOT NULL,
  published_by TEXT NOT NULL
);

-- Keys that the workspace has given out. A site key's id is public; of an API key only the hash
-- of its id is kept, since the id is its secret.
CREATE TABLE keys (
  id         TEXT PRIMARY KEY,
  kind       TEXT NOT NULL,              -- site | api
  site       TEXT NOT NULL DEFAULT '',   -- which site a site key stands for
  created_at INTEGER NOT NULL,
  revoked_at INTEGER
);

-- Sign-in links and sessions, by the hash of their secret id.
CREATE TABLE sign_in_links (
  id         TEXT PRIMARY KEY,
  member     TEXT NOT NULL,
  expires_at INTEGER NOT NULL,
  uses_left  INTEGER NOT NULL
);
CREATE TABLE sessions (
  id         TEXT PRIMARY KEY,
  member     TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
);

-- The person; survives leads.
CREATE TABLE contacts (
  id         TEXT PRIMARY KEY,
  name       TEXT NOT NULL DEFAULT '',
  created_at INTEGER NOT NULL
);

-- Ways to reach a person, as typed and as understood. The index finds the same person again by an
-- exact match of phone, mailbox or messenger; what was not understood never identifies anyone.
CREATE TABLE contact_points (
  contact TEXT NOT NULL REFERENCES contacts (id),
  kind    TEXT NOT NULL,                 -- phone | email | messenger | other
  raw     TEXT NOT NULL,
  normal  TEXT NOT NULL,
  PRIMARY KEY (contact, kind, normal)
) WITHOUT ROWID;
CREATE INDEX contact_points_by_normal ON contact_points (normal, kind);

-- One pass of a person through the main funnel. The priority is computed from facts when a lead is
-- looked at; only its rank is kept, so that a list is one index scan. Nothing but the rule writes it.
CREATE TABLE leads (
  id          TEXT PRIMARY KEY,
  contact     TEXT NOT NULL REFERENCES contacts (id),
  opened_at   INTEGER NOT NULL,
  stage       TEXT NOT NULL,
  status      TEXT NOT NULL,             -- open | won | lost | deferred
  assigned_to TEXT NOT NULL,
  rule        TEXT NOT NULL,             -- which routing rule matched
  source      TEXT NOT NULL,             -- JSON of lead::source::Source
  parent      TEXT,                      -- the closed lead this person had before
  rank        INTEGER NOT NULL,
  answer_by   INTEGER NOT NULL,
  answered_at INTEGER,
  touches     INTEGER NOT NULL DEFAULT 1,
  revision    INTEGER NOT NULL DEFAULT 1
);
CREATE INDEX leads_by_contact ON leads (contact, opened_at);
CREATE INDEX leads_in_rank_order ON leads (status, rank, answer_by, id);
CREATE INDEX leads_of_member_in_rank_order ON leads (assigned_to, status, rank, answer_by, id);

-- One submission. The raw body is kept beside the columns; the id is the idempotency key.
CREATE TABLE inquiries (
  id           TEXT PRIMARY KEY,
  lead         TEXT NOT NULL REFERENCES leads (id),
  recorded_at  INTEGER NOT NULL,
  channel      TEXT NOT NULL,            -- widget | hosted | api
  secret_hash  TEXT,                     -- of the secret that lets answers follow
  body_hash    TEXT NOT NULL,            -- to tell a repetition from a revision
  raw          TEXT NOT NULL,
  reply        TEXT NOT NULL,            -- the answer a repetition gets again
  form         TEXT NOT NULL,
  form_version INTEGER NOT NULL,         -- a configuration version
  request      TEXT NOT NULL,            -- JSON of form::wire::InquiryRequest, without the secret
  source       TEXT NOT NULL,            -- JSON of lead::source::Source
  site         TEXT NOT NULL,
  origin       TEXT NOT NULL DEFAULT '', -- as the browser named it
  user_agent   TEXT NOT NULL DEFAULT '',
  country      TEXT NOT NULL DEFAULT ''
);
CREATE INDEX inquiries_by_lead ON inquiries (lead, recorded_at);

-- The same id came again with another body: kept, flagged, never thrown away.
CREATE TABLE revisions (
  inquiry     TEXT NOT NULL REFERENCES inquiries (id),
  recorded_at INTEGER NOT NULL,
  body_hash   TEXT NOT NULL,
  raw         TEXT NOT NULL,
  PRIMARY KEY (inquiry, body_hash)
) WITHOUT ROWID;

-- The merged answers of an inquiry (form::Answers), and what was received, message by message.
-- Answers that arrive before their inquiry wait in answer_messages until it comes.
CREATE TABLE answers (
  inquiry TEXT PRIMARY KEY REFERENCES inquiries (id),
  merged  TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE answer_messages (
  inquiry     TEXT NOT NULL,
  body_hash   TEXT NOT NULL,
  secret_hash TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  body        TEXT NOT NULL,
  PRIMARY KEY (inquiry, body_hash)
) WITHOUT ROWID;

-- What is known of a lead's case; only ever added to, the newest per key counts.
CREATE TABLE facts (
  number   INTEGER PRIMARY KEY AUTOINCREMENT,
  lead     TEXT NOT NULL REFERENCES leads (id),
  key      TEXT NOT NULL,
  value    TEXT NOT NULL,
  known    TEXT NOT NULL,
  said_on  TEXT NOT NULL,                -- YYYY-MM-DD
  author   TEXT NOT NULL,                -- visitor, or a member's id
  evidence TEXT NOT NULL,                -- the inquiry or note it rests on
  added_at INTEGER NOT NULL
);
CREATE INDEX facts_by_lead ON facts (lead, number);

CREATE TABLE tasks (
  id       TEXT PRIMARY KEY,
  lead     TEXT NOT NULL REFERENCES leads (id),
  kind     TEXT NOT NULL,                -- first_response
  due_at   INTEGER NOT NULL,
  assignee TEXT NOT NULL,
  done_at  INTEGER,
  result   TEXT NOT NULL DEFAULT ''
);
CREATE INDEX tasks_by_lead ON tasks (lead, due_at);

CREATE TABLE notes (
  id         TEXT PRIMARY KEY,
  lead       TEXT NOT NULL REFERENCES leads (id),
  written_at INTEGER NOT NULL,
  author     TEXT NOT NULL,
  body       TEXT NOT NULL
);
CREATE INDEX notes_by_lead ON notes (lead, written_at);

-- The outbox. The body is written at the first attempt and stays the same over all retries; before
-- that a message says whatever is true when it is first sent.
CREATE TABLE deliveries (
  id          TEXT PRIMARY KEY,
  lead        TEXT NOT NULL REFERENCES leads (id),
  destination TEXT NOT NULL,
  event       TEXT NOT NULL,
  created_at  INTEGER NOT NULL,
  body        TEXT,
  state       TEXT NOT NULL,             -- queued | retrying | sent | dead
  attempts    INTEGER NOT NULL DEFAULT 0,
  next_at     INTEGER,                   -- null when nothing more is due
  last_result TEXT NOT NULL DEFAULT ''
);
CREATE INDEX deliveries_due ON deliveries (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX deliveries_by_lead ON deliveries (lead, created_at);

-- A lead's history from the first second: ids and codes, never what a person typed.
CREATE TABLE events (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  lead   TEXT NOT NULL REFERENCES leads (id),
  body   TEXT NOT NULL                   -- JSON of lead::event::Event
);
CREATE INDEX events_by_lead ON events (lead, number);

-- Who asked for what and was refused, or changed what; only ever added to.
CREATE TABLE audit (
  number  INTEGER PRIMARY KEY AUTOINCREMENT,
  at      INTEGER NOT NULL,
  who     TEXT NOT NULL,
  action  TEXT NOT NULL,
  target  TEXT NOT NULL,
  outcome TEXT NOT NULL
);
CREATE TRIGGER audit_is_append_only BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TRIGGER audit_is_never_deleted BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'append only'); END;
