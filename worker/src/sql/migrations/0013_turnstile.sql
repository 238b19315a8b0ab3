-- The secret by which a site asks Turnstile is sealed like those of destinations (0011). Configurations that were
-- published with it in the open are closed by the alarm, a few at a time.
INSERT OR IGNORE INTO plain_configs (version) SELECT version FROM config_versions WHERE instr(body, '"turnstile"');
