-- The directory knows when each workspace has something to do next, as far as its ledger has told, and looks
-- whether that was done: a ledger whose alarm was lost is found by this.
--
-- look_at is a minute after the work was due, or a day from now when nothing is. Workspaces from before this
-- migration are looked at at once, because nothing is known of them. The index is over workspaces, of which
-- there are thousands and not millions.
ALTER TABLE workspaces ADD COLUMN due_at INTEGER;
ALTER TABLE workspaces ADD COLUMN look_at INTEGER NOT NULL DEFAULT 0;
CREATE INDEX workspaces_to_look_at ON workspaces (look_at);
