-- Destinations that stand on their own: fair turns, one line per lead, dead letters, switching off, secrets.
--
-- Nothing here walks over leads or deliveries when it is applied: the tables are new, and the one column is empty.
-- What waits at that moment, and older dead letters, are found bit by bit, by the alarm (see also 0015_waiting.sql).

-- What is due, by destination: "whose turn is it?" is a seek for each destination, however much waits for one of
-- them. deliveries.next_at stays the truth; triggers keep this copy, so that no statement can forget it.
CREATE TABLE due (
  destination TEXT NOT NULL,
  at          INTEGER NOT NULL,
  delivery    TEXT NOT NULL,
  PRIMARY KEY (destination, at, delivery)
) WITHOUT ROWID;
CREATE TRIGGER due_added AFTER INSERT ON deliveries WHEN new.next_at IS NOT NULL BEGIN
  -- As it stands: another trigger may have held it in the meantime.
  INSERT OR IGNORE INTO due (destination, at, delivery)
  SELECT destination, next_at, id FROM deliveries WHERE id = new.id AND next_at IS NOT NULL;
END;
CREATE TRIGGER due_moved AFTER UPDATE OF next_at ON deliveries BEGIN
  DELETE FROM due WHERE destination = old.destination AND at = old.next_at AND delivery = old.id;
  INSERT OR IGNORE INTO due (destination, at, delivery) SELECT new.destination, new.next_at, new.id WHERE new.next_at IS NOT NULL;
END;
CREATE TRIGGER due_gone AFTER DELETE ON deliveries BEGIN
  DELETE FROM due WHERE destination = old.destination AND at = old.next_at AND delivery = old.id;
END;

-- One line per lead and destination: a later event waits here, with the time it is wanted at, until the earlier one
-- has arrived or is dead.
ALTER TABLE deliveries ADD COLUMN wanted_at INTEGER;

-- What was given up, for the page that shows and replays it.
CREATE TABLE dead_letters (
  delivery    TEXT PRIMARY KEY,
  destination TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX dead_letters_by_destination ON dead_letters (destination, delivery);
CREATE TRIGGER delivery_died AFTER UPDATE OF state ON deliveries WHEN new.state = 'dead' BEGIN
  INSERT OR IGNORE INTO dead_letters (delivery, destination) VALUES (new.id, new.destination);
END;
CREATE TRIGGER delivery_lives AFTER UPDATE OF state ON deliveries WHEN old.state = 'dead' AND new.state <> 'dead' BEGIN
  DELETE FROM dead_letters WHERE delivery = new.id;
END;
CREATE TRIGGER dead_letter_gone AFTER DELETE ON deliveries BEGIN
  DELETE FROM dead_letters WHERE delivery = old.id;
END;

-- How far the search for older dead letters has come; no row when it is over.
CREATE TABLE dead_letter_search (next_row INTEGER NOT NULL, last_row INTEGER NOT NULL);
INSERT INTO dead_letter_search (next_row, last_row) SELECT 0, rowid FROM deliveries ORDER BY rowid DESC LIMIT 1;

-- How each destination has been doing; no row while all is well.
CREATE TABLE destination_health (
  destination   TEXT PRIMARY KEY,
  failing_since INTEGER,
  failures      INTEGER NOT NULL,
  off_since     INTEGER,
  said          TEXT NOT NULL            -- codes of the service, never what a person typed
) WITHOUT ROWID;

-- What a service calls our lead: ids only.
CREATE TABLE remote_ids (
  lead        TEXT NOT NULL,
  destination TEXT NOT NULL,
  remote      TEXT NOT NULL,
  PRIMARY KEY (lead, destination)
) WITHOUT ROWID;

-- Secrets of destinations, sealed by AES-256-GCM; the key is made of the installation's secret and the workspace's
-- id, and is kept nowhere. Configurations carry none of them any more.
CREATE TABLE destination_secrets (
  destination TEXT PRIMARY KEY,
  sealed      TEXT NOT NULL,             -- base64 of nonce and sealed text
  changed_at  INTEGER NOT NULL
) WITHOUT ROWID;

-- Configurations that were published before, and still carry their secrets in the open: each leaves this list when
-- its secrets have been taken out. The newest first, since it is the one in force.
CREATE TABLE plain_configs (version INTEGER PRIMARY KEY);
INSERT INTO plain_configs (version) SELECT version FROM config_versions;

-- Whose ledger this is: the key of the secrets rests on it, and an alarm comes without a caller who would say.
CREATE TABLE whose (workspace TEXT NOT NULL);
