-- A spill: what visitors sent while their workspace's ledger could not answer.
--
-- An envelope is a call to that ledger, word for word, with the time at which it came. It is deleted only
-- after the ledger acknowledged it; what the ledger will never take stays, with next_at null. What a person
-- typed, and the secret of his inquiry, which the ledger keeps hashed, stand in envelopes.call.
CREATE TABLE envelopes (
  id          TEXT PRIMARY KEY,          -- the inquiry's id and a hash of the call: the same twice is one
  inquiry     TEXT NOT NULL,
  workspace   TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  call        TEXT NOT NULL,             -- JSON of ledger::call::Call
  attempts    INTEGER NOT NULL DEFAULT 0,
  next_at     INTEGER,
  last_result TEXT NOT NULL DEFAULT ''   -- a code, for example 403 key_unknown
) WITHOUT ROWID;
CREATE INDEX envelopes_due ON envelopes (next_at, received_at) WHERE next_at IS NOT NULL;
CREATE INDEX envelopes_by_inquiry ON envelopes (inquiry, received_at);
CREATE INDEX envelopes_by_workspace ON envelopes (workspace);
