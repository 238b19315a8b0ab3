-- What may have arrived already, though no attempt of this installation's is counted: tried again by hand, taken back
-- while its destination was switched off, or restored from a backup. Systems that can be asked are asked first.
ALTER TABLE deliveries ADD COLUMN again INTEGER NOT NULL DEFAULT 0;
