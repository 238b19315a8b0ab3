-- The directory: which workspaces there are. It is never on a visitor's way; a workspace's id is
-- inside every key, so nothing is looked up here to record an inquiry.
CREATE TABLE workspaces (
  id         TEXT PRIMARY KEY,
  name       TEXT NOT NULL,
  created_at INTEGER NOT NULL
);
