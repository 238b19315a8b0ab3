-- Whose turn it is, why leads went where they went, and drafts of the configuration.
--
-- Only new tables, columns with a default and triggers, so that waking with a million leads costs no more
-- than waking with none.

-- How many open leads a member has, so that a turn is decided without counting. A member's row is made when
-- he is first asked for, by counting once along an index; from then on the triggers below keep it right,
-- whoever opens, closes, opens again or hands over a lead.
CREATE TABLE turns (
  member        TEXT PRIMARY KEY,
  open          INTEGER NOT NULL,
  last_given_at INTEGER                  -- when a rule last gave him one
) WITHOUT ROWID;
CREATE TRIGGER turns_lead_opened AFTER INSERT ON leads WHEN NEW.status = 'open' BEGIN
  UPDATE turns SET open = open + 1 WHERE member = NEW.assigned_to;
END;
CREATE TRIGGER turns_lead_changed AFTER UPDATE OF status, assigned_to ON leads
WHEN OLD.status <> NEW.status OR OLD.assigned_to <> NEW.assigned_to BEGIN
  UPDATE turns SET open = open - 1 WHERE member = OLD.assigned_to AND OLD.status = 'open';
  UPDATE turns SET open = open + 1 WHERE member = NEW.assigned_to AND NEW.status = 'open';
END;
CREATE TRIGGER turns_lead_gone AFTER DELETE ON leads WHEN OLD.status = 'open' BEGIN
  UPDATE turns SET open = open - 1 WHERE member = OLD.assigned_to;
END;

-- Why a lead went where it went: rules, members, loads and whether each condition held. The words that were
-- seen stay in the inquiry, and are put beside it when it is shown: nothing a person typed stands here.
CREATE TABLE routings (
  lead    TEXT PRIMARY KEY REFERENCES leads (id),
  inquiry TEXT NOT NULL,
  version INTEGER NOT NULL,              -- the configuration that decided
  body    TEXT NOT NULL                  -- JSON of lead::routing::why::Why
) WITHOUT ROWID;

-- The configuration that is being prepared; there is at most one.
CREATE TABLE drafts (
  number   INTEGER PRIMARY KEY CHECK (number = 1),
  body     TEXT NOT NULL,                -- JSON of lead::config::Config, with masks where secrets stay as they are
  based_on INTEGER NOT NULL,             -- the version that was in force when it was begun
  saved_at INTEGER NOT NULL,
  saved_by TEXT NOT NULL
);

-- Which versions are an older one taken up again.
CREATE TABLE versions_again (
  version INTEGER PRIMARY KEY REFERENCES config_versions (version),
  again   INTEGER NOT NULL
);

-- Where the sender's network is, beside the country, where the runtime knows it.
ALTER TABLE inquiries ADD COLUMN region TEXT NOT NULL DEFAULT '';
ALTER TABLE inquiries ADD COLUMN city TEXT NOT NULL DEFAULT '';
