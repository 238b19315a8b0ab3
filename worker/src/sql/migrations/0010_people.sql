-- People's rights and sameness: who is the same person, who has been erased, what is kept for how long,
-- and what was delivered.
--
-- Only new and empty tables, so that waking with a million leads costs no more than waking with none. They hold
-- ids, codes, counts and times; nothing that a person typed stands here, so that an erasure leaves them as they are.

-- This contact is the same person as that one. Nothing is copied and nothing is taken away: a merge is one row
-- here, and taking it back is that row gone. A person is found by following the rows to their end.
CREATE TABLE aliases (
  contact TEXT PRIMARY KEY REFERENCES contacts (id),
  person  TEXT NOT NULL REFERENCES contacts (id),
  change  TEXT NOT NULL                  -- the change of sameness that said so
) WITHOUT ROWID;
CREATE INDEX aliases_by_person ON aliases (person);

-- Every merge and every split, with the ids of what it moved, so that exactly that moves back.
CREATE TABLE sameness (
  id        TEXT PRIMARY KEY,
  kind      TEXT NOT NULL,               -- merge | split
  at        INTEGER NOT NULL,
  by        TEXT NOT NULL,               -- a member's id
  person    TEXT NOT NULL,               -- the contact that stayed
  other     TEXT NOT NULL,               -- the contact that joined it, or was parted from it
  moved     TEXT NOT NULL,               -- JSON of lead::person::Moved: ids only
  undone_at INTEGER,
  undone_by TEXT
);
CREATE INDEX sameness_by_person ON sameness (person);
CREATE INDEX sameness_by_other ON sameness (other);

-- Two contacts with something in common that may be one person or two: shown to the head, who knows.
CREATE TABLE perhaps_same (
  contact    TEXT NOT NULL REFERENCES contacts (id),
  other      TEXT NOT NULL REFERENCES contacts (id),
  noticed_at INTEGER NOT NULL,
  settled    TEXT NOT NULL DEFAULT '',   -- same | apart, once somebody said so
  PRIMARY KEY (contact, other)
) WITHOUT ROWID;
CREATE INDEX perhaps_same_by_other ON perhaps_same (other);

-- Persons who were erased: the receipt. It outlives a restore from an older backup, because an operator can read
-- it out beforehand and have it applied again.
CREATE TABLE erasures (
  id         TEXT PRIMARY KEY,
  contact    TEXT NOT NULL,
  erased_at  INTEGER NOT NULL,
  by         TEXT NOT NULL,              -- a member's id, api, operator, or retention
  reason     TEXT NOT NULL,              -- asked | consent_withdrawn | by_mistake | retention | restored
  leads      INTEGER NOT NULL,
  inquiries  INTEGER NOT NULL,
  files      INTEGER NOT NULL
);
CREATE INDEX erasures_by_contact ON erasures (contact);
CREATE INDEX erasures_by_time ON erasures (erased_at, id);

-- Inquiries of erased persons: one that comes again, from a browser that kept it, is known and writes nothing.
CREATE TABLE erased_inquiries (
  inquiry TEXT PRIMARY KEY,
  erasure TEXT NOT NULL REFERENCES erasures (id)
) WITHOUT ROWID;
CREATE INDEX erased_inquiries_by_erasure ON erased_inquiries (erasure);

-- How far each rule of retention has come. A rule walks the closings by time and never goes back.
CREATE TABLE retention (
  rule      TEXT PRIMARY KEY,            -- closed | raw | spam
  reached_at INTEGER NOT NULL,           -- closed_at of the last closing it looked at
  reached_id TEXT NOT NULL               -- and its lead
) WITHOUT ROWID;
CREATE TABLE retention_due (
  one     INTEGER PRIMARY KEY CHECK (one = 1),
  next_at INTEGER NOT NULL,
  ran_at  INTEGER
);

-- Deliveries, added up by the hour in which they were queued: what was due, what arrived, what was given up. The
-- triggers count in the commit that changes a delivery, whoever changes it and why, so that the sum cannot drift
-- from the rows; looking at a month costs a few hundred small rows however many leads there are.
CREATE TABLE delivery_hours (
  hour        INTEGER NOT NULL,          -- created_at / 3600000
  site        TEXT NOT NULL,
  destination TEXT NOT NULL,
  event       TEXT NOT NULL,
  queued      INTEGER NOT NULL DEFAULT 0,
  sent        INTEGER NOT NULL DEFAULT 0,
  dead        INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (hour, site, destination, event)
) WITHOUT ROWID;
CREATE TRIGGER deliveries_are_counted AFTER INSERT ON deliveries BEGIN
  INSERT INTO delivery_hours (hour, site, destination, event, queued)
  VALUES (NEW.created_at / 3600000,
          coalesce((SELECT CASE WHEN json_valid(source) THEN json_extract(source, '$.site') END FROM leads WHERE id = NEW.lead), ''),
          NEW.destination, NEW.event, 1)
  ON CONFLICT (hour, site, destination, event) DO UPDATE SET queued = queued + 1;
END;
CREATE TRIGGER delivery_ends_are_counted AFTER UPDATE OF state ON deliveries WHEN OLD.state <> NEW.state BEGIN
  UPDATE delivery_hours
  SET queued = queued - (NEW.state = 'erased'),
      sent = sent + (NEW.state = 'sent') - (OLD.state = 'sent'),
      dead = dead + (NEW.state = 'dead') - (OLD.state = 'dead')
  WHERE hour = NEW.created_at / 3600000 AND destination = NEW.destination AND event = NEW.event
    AND site = coalesce((SELECT CASE WHEN json_valid(source) THEN json_extract(source, '$.site') END FROM leads WHERE id = NEW.lead), '');
END;

-- A delivery of an erased person stays as it is: an attempt that was under way when he was erased ends without
-- bringing it back, and so does whoever sends old letters again.
CREATE TRIGGER erased_deliveries_stay BEFORE UPDATE ON deliveries WHEN OLD.state = 'erased' BEGIN
  SELECT RAISE(IGNORE);
END;

-- The history is only ever added to, and its lines are ids and codes. The one thing that is ever taken out of a
-- line is what a destination said, when the person whom it may have quoted is erased.
CREATE TRIGGER events_are_never_deleted BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'append only'); END;
