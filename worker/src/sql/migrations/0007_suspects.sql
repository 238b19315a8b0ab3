-- Inquiries that look as if no person sent them, what speaks against each, and what people decided.
--
-- Only new tables and triggers, so that waking with a million leads costs no more than waking with none. A
-- lead that is set aside has the status `suspect` and is a lead in every other way: it has its inquiry, its
-- contact, its seller and its deadline, it is in every count, and a person who writes again finds it. Nothing
-- in these tables was typed by anyone: codes, weights, ids, and digests under a salt that lives for a day.

-- What speaks against an inquiry; one row for each that shows any sign, set aside or not.
CREATE TABLE suspicions (
  inquiry TEXT PRIMARY KEY REFERENCES inquiries (id),
  lead    TEXT NOT NULL REFERENCES leads (id),
  score   INTEGER NOT NULL,
  signals TEXT NOT NULL                  -- JSON of lead::suspicion::Verdict
) WITHOUT ROWID;
CREATE INDEX suspicions_by_lead ON suspicions (lead);

-- Leads that were set aside, by the inquiry that opened them.
CREATE TABLE suspects (
  lead         TEXT PRIMARY KEY REFERENCES leads (id),
  inquiry      TEXT NOT NULL,
  set_aside_at INTEGER NOT NULL,
  state        TEXT NOT NULL,            -- held | released | spam
  decided_at   INTEGER,
  decided_by   TEXT                      -- a member's id, machine or visitor
) WITHOUT ROWID;
CREATE INDEX suspects_by_time ON suspects (state, set_aside_at, lead);

-- Leads drawn by chance for the team to judge, so that it is known how often the rules are wrong.
CREATE TABLE samples (
  lead        TEXT PRIMARY KEY REFERENCES leads (id),
  was_suspect INTEGER NOT NULL,
  drawn_at    INTEGER NOT NULL,
  verdict     TEXT,                      -- genuine | spam
  judged_by   TEXT
) WITHOUT ROWID;
CREATE INDEX samples_to_judge ON samples (was_suspect, drawn_at, lead) WHERE verdict IS NULL;
CREATE INDEX samples_judged ON samples (was_suspect, verdict) WHERE verdict IS NOT NULL;

-- What came lately, to see the same again and again: digests under the salt of the day, gone after it.
CREATE TABLE arrivals (
  number INTEGER PRIMARY KEY,
  at     INTEGER NOT NULL,
  key    TEXT NOT NULL                   -- of a text, a network or a contact
);
CREATE INDEX arrivals_by_key ON arrivals (key, at);
CREATE INDEX arrivals_by_time ON arrivals (at);
CREATE TABLE daily_salts (
  day  TEXT PRIMARY KEY,                 -- YYYY-MM-DD, UTC
  salt TEXT NOT NULL
) WITHOUT ROWID;

-- Work that was done for one inquiry does not count for another.
CREATE TABLE spent_proofs (
  signature  TEXT PRIMARY KEY,
  inquiry    TEXT NOT NULL,
  expires_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX spent_proofs_by_time ON spent_proofs (expires_at);

-- Whatever is queued for a lead that is set aside waits until it is released, whoever queues it; and a
-- message that waits already is not queued a second time, since it will say the news too.
CREATE TRIGGER messages_of_suspects_are_queued_once BEFORE INSERT ON deliveries
WHEN EXISTS (SELECT 1 FROM deliveries AS waiting
             WHERE waiting.lead = NEW.lead AND waiting.destination = NEW.destination
               AND waiting.event = NEW.event AND waiting.state = 'held')
BEGIN
  SELECT RAISE(IGNORE);
END;
CREATE TRIGGER messages_of_suspects_are_held AFTER INSERT ON deliveries
WHEN NEW.next_at IS NOT NULL AND EXISTS (SELECT 1 FROM suspects WHERE suspects.lead = NEW.lead AND suspects.state = 'held')
BEGIN
  UPDATE deliveries SET state = 'held', next_at = NULL WHERE id = NEW.id;
END;
