-- When losses are looked for next; no row while nothing was sent off lately. And the gaps that people were told of.
CREATE TABLE loss_watch (one INTEGER PRIMARY KEY CHECK (one = 1), next_at INTEGER NOT NULL);
INSERT INTO loss_watch (one, next_at) SELECT 1, 0 WHERE EXISTS (SELECT 1 FROM count_sources);
CREATE TABLE loss_alerts (
  day  TEXT NOT NULL,
  site TEXT NOT NULL,
  gap  TEXT NOT NULL,
  PRIMARY KEY (day, site, gap)
) WITHOUT ROWID;
