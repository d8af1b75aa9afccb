-- Whose desk bears a token, and when it was last here. A renewed token keeps its id; its former secret lives on for a while.
ALTER TABLE tokens ADD COLUMN device TEXT NOT NULL DEFAULT '';
ALTER TABLE tokens ADD COLUMN version TEXT NOT NULL DEFAULT '';
ALTER TABLE tokens ADD COLUMN seen_ns INTEGER;
-- Each renewal makes it valid for so many days again; absent: it ends when it ends.
ALTER TABLE tokens ADD COLUMN days INTEGER;
ALTER TABLE tokens ADD COLUMN former_hash BLOB;
ALTER TABLE tokens ADD COLUMN former_until_ns INTEGER;
CREATE UNIQUE INDEX tokens_former ON tokens (former_hash) WHERE former_hash IS NOT NULL;

-- Codes with which people fetch their tokens, once. Only their hashes are here.
CREATE TABLE invitations (
    id TEXT NOT NULL PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    extensions TEXT NOT NULL DEFAULT '[]',
    groups TEXT NOT NULL DEFAULT '[]',
    days INTEGER,
    created_ns INTEGER NOT NULL,
    expires_ns INTEGER NOT NULL,
    revoked_ns INTEGER,
    used_ns INTEGER,
    -- The device that used it, and the token that it got.
    device TEXT NOT NULL DEFAULT '',
    token TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;

-- What admins configured while the gateway ran, by kind; secrets in it are sealed by who writes it. Its revision is in `meta`.
CREATE TABLE configuration (
    key TEXT NOT NULL PRIMARY KEY,
    body TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- What admins changed. Never a secret.
CREATE TABLE audit (
    id INTEGER PRIMARY KEY,
    at_ns INTEGER NOT NULL,
    who TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL DEFAULT '',
    detail TEXT NOT NULL DEFAULT ''
) STRICT;
