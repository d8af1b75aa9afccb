-- The former secret may ask for another one as long as the new one was never used: its answer may have been lost.
ALTER TABLE tokens ADD COLUMN former_renews INTEGER NOT NULL DEFAULT 0;
