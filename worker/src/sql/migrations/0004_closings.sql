-- Why leads are no longer open: one row per lead that left the funnel, gone when the lead is open again
-- (the history keeps that it was closed). The reason and its evidence stand beside the lead and not in
-- it, so that the newest closings are one index scan and nothing has to be indexed anew.
CREATE TABLE closings (
  lead        TEXT PRIMARY KEY REFERENCES leads (id),
  closed_at   INTEGER NOT NULL,
  assigned_to TEXT NOT NULL,
  reason      TEXT NOT NULL,             -- price_bar_declined
  evidence    TEXT NOT NULL              -- what the reason rests on: ids only
) WITHOUT ROWID;
CREATE INDEX closings_by_time ON closings (closed_at, lead);
CREATE INDEX closings_of_member_by_time ON closings (assigned_to, closed_at, lead);

-- A person whom nobody is to disturb, by his own word: none | forever.
ALTER TABLE contacts ADD COLUMN do_not_contact TEXT NOT NULL DEFAULT 'none';
