-- How far the search for what was waiting before `due` was there has come; no row when it is over. It goes by time,
-- so that what has waited longest goes out first.
CREATE TABLE due_search (at INTEGER NOT NULL);
INSERT INTO due_search (at) SELECT next_at FROM deliveries WHERE next_at IS NOT NULL ORDER BY next_at LIMIT 1;
