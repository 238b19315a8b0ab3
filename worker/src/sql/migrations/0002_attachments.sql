-- Files that visitors attach, with the inquiry they came with.
--
-- Only new tables, so that waking with a million leads costs no more than waking with none. A row holds at
-- most two megabytes and a file ten, so a file's content stands in parts of at most one, written in the same
-- commit as the file itself. The same content for the same question is one file, however often it is sent.
--
-- What a person typed or made stands in attachments.name, attachments.raw_name and attachment_parts.content.
CREATE TABLE attachments (
  id          TEXT PRIMARY KEY,
  inquiry     TEXT NOT NULL REFERENCES inquiries (id),
  question    TEXT NOT NULL,
  attached_at INTEGER NOT NULL,
  name        TEXT NOT NULL,             -- without paths, control characters and tricks
  raw_name    TEXT NOT NULL,             -- as it came
  media_type  TEXT NOT NULL,             -- by the first bytes
  size        INTEGER NOT NULL,
  sha256      TEXT NOT NULL
);
CREATE UNIQUE INDEX attachments_by_content ON attachments (inquiry, question, sha256);
CREATE TABLE attachment_parts (
  attachment TEXT NOT NULL REFERENCES attachments (id),
  number     INTEGER NOT NULL,           -- from 0
  content    BLOB NOT NULL,
  PRIMARY KEY (attachment, number)
);
