-- What the store knows of itself: epoch, clean (1 after an orderly end).
CREATE TABLE meta (
    key TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE settings (
    key TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Connections of this office, and how far each one's log is folded.
CREATE TABLE connections (
    ordinal INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    folded INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Offices whose calls are held, with the resume cursor of a remote one.
CREATE TABLE offices (
    ordinal INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    epoch TEXT NOT NULL DEFAULT '',
    cursor INTEGER NOT NULL DEFAULT 0
) STRICT;

-- The log of this office: what was told (kind 0) and what people wrote (kind 1). AUTOINCREMENT: a seq is never reused.
CREATE TABLE log (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    kind INTEGER NOT NULL,
    connection INTEGER NOT NULL DEFAULT 0,
    call TEXT NOT NULL DEFAULT '',
    received_ns INTEGER NOT NULL,
    version INTEGER NOT NULL,
    body TEXT NOT NULL
) STRICT;
CREATE INDEX log_connection ON log (connection, seq) WHERE kind = 0;
CREATE INDEX log_call ON log (call, seq) WHERE call <> '';
-- Gaps that opened or closed: they are about no one call, and few among many.
CREATE INDEX log_gaps ON log (connection, seq) WHERE kind = 0 AND call = '' AND instr(body, '"decision":"gap') > 0;

-- Dedupe keys live as long as their connection, also after their entries are gone.
CREATE TABLE dedupe (
    connection INTEGER NOT NULL,
    key BLOB NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (connection, key)
) STRICT, WITHOUT ROWID;

-- Calls as they stand. at = start in ms * 1024 + ordinal, so that rowid order is order by time.
CREATE TABLE calls (
    at INTEGER PRIMARY KEY,
    office INTEGER NOT NULL,
    id TEXT NOT NULL,
    connection TEXT NOT NULL,
    direction TEXT NOT NULL,
    state TEXT NOT NULL,
    result TEXT NOT NULL DEFAULT '',
    number TEXT NOT NULL DEFAULT '',
    name TEXT NOT NULL DEFAULT '',
    line TEXT NOT NULL DEFAULT '',
    talk_ms INTEGER NOT NULL DEFAULT 0,
    has_recording INTEGER NOT NULL DEFAULT 0,
    missed INTEGER NOT NULL DEFAULT 0,
    in_menu INTEGER NOT NULL DEFAULT 0,
    open INTEGER NOT NULL DEFAULT 0,
    seq INTEGER NOT NULL,
    -- What search sees: the number's digits; name and notes, folded, words between single blanks.
    digits TEXT NOT NULL DEFAULT '',
    words TEXT NOT NULL DEFAULT '',
    body TEXT NOT NULL,
    UNIQUE (office, id)
) STRICT;
CREATE INDEX calls_seq ON calls (office, seq);
CREATE INDEX calls_number ON calls (number, at) WHERE number <> '';
CREATE INDEX calls_last_four ON calls (substr(digits, -4), at) WHERE digits <> '';
CREATE INDEX calls_line ON calls (line, at) WHERE line <> '';
CREATE INDEX calls_missed ON calls (at) WHERE missed = 1;
CREATE INDEX calls_recording ON calls (at) WHERE has_recording = 1;
CREATE INDEX calls_open ON calls (at) WHERE open = 1;

-- Who may see a call besides those who see everything: 'x:connection:extension' or 'g:group'.
CREATE TABLE audience (
    scope TEXT NOT NULL,
    at INTEGER NOT NULL REFERENCES calls (at) ON DELETE CASCADE ON UPDATE CASCADE,
    PRIMARY KEY (scope, at)
) STRICT, WITHOUT ROWID;
CREATE INDEX audience_at ON audience (at);

-- Who could see a call once and may no longer.
CREATE TABLE parted (
    at INTEGER NOT NULL REFERENCES calls (at) ON DELETE CASCADE ON UPDATE CASCADE,
    scope TEXT NOT NULL,
    PRIMARY KEY (at, scope)
) STRICT, WITHOUT ROWID;

-- Search leads through these, in rowid order, which is order by time. They hold no text of their own: what a row
-- held is told to them when it goes. Tokens are cut by our own folding, at blanks.
--
-- Every four digits in a row of a number, and its last three.
CREATE VIRTUAL TABLE calls_digits USING fts5 (
    grams, content = '', columnsize = 0, detail = none, prefix = '3', tokenize = 'ascii'
);
INSERT INTO calls_digits (calls_digits, rank) VALUES ('secure-delete', 1);

-- Any three characters in a row of name and notes.
CREATE VIRTUAL TABLE calls_inner USING fts5 (
    words, content = '', columnsize = 0, tokenize = 'trigram case_sensitive 1'
);
INSERT INTO calls_inner (calls_inner, rank) VALUES ('secure-delete', 1);

-- The first one or two characters of words.
CREATE VIRTUAL TABLE calls_start USING fts5 (
    words, content = '', columnsize = 0, detail = none, prefix = '1 2', tokenize = 'ascii'
);
INSERT INTO calls_start (calls_start, rank) VALUES ('secure-delete', 1);

-- The id that a call had before, for good.
CREATE TABLE redirects (
    office INTEGER NOT NULL,
    old TEXT NOT NULL,
    new TEXT NOT NULL,
    PRIMARY KEY (office, old)
) STRICT, WITHOUT ROWID;
CREATE INDEX redirects_new ON redirects (office, new);

-- Which call a recording belongs to.
CREATE TABLE recordings (
    office INTEGER NOT NULL,
    id TEXT NOT NULL,
    call TEXT NOT NULL,
    PRIMARY KEY (office, id)
) STRICT, WITHOUT ROWID;

-- Calls that are no more to be seen, for desks that resume; audience: a JSON list of the scopes that could see it.
CREATE TABLE gone (
    office INTEGER NOT NULL,
    id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    audience TEXT NOT NULL DEFAULT '[]',
    PRIMARY KEY (office, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX gone_seq ON gone (office, seq);

-- What people wrote. seq 0: not yet in its office's log.
CREATE TABLE facts (
    office INTEGER NOT NULL,
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    author TEXT NOT NULL,
    at_ns INTEGER NOT NULL,
    subject TEXT NOT NULL,
    replaces TEXT NOT NULL DEFAULT '',
    value TEXT NOT NULL,
    seq INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (office, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX facts_subject ON facts (office, subject);
CREATE INDEX facts_seq ON facts (office, seq);

CREATE TABLE commands (
    id TEXT NOT NULL PRIMARY KEY,
    connection TEXT NOT NULL,
    call TEXT NOT NULL,
    author TEXT NOT NULL,
    at_ns INTEGER NOT NULL,
    request TEXT NOT NULL,
    state TEXT NOT NULL,
    detail TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;

CREATE TABLE gaps (
    connection TEXT NOT NULL,
    from_ns INTEGER NOT NULL,
    to_ns INTEGER,
    hole_ns INTEGER,
    cause TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (connection, from_ns)
) STRICT, WITHOUT ROWID;

CREATE TABLE tokens (
    id TEXT NOT NULL PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    extensions TEXT NOT NULL DEFAULT '[]',
    groups TEXT NOT NULL DEFAULT '[]',
    expires_ns INTEGER,
    revoked_ns INTEGER
) STRICT, WITHOUT ROWID;

-- Requests to and from PBXs, redacted by who writes them.
CREATE TABLE journal (
    id INTEGER PRIMARY KEY,
    at_ns INTEGER NOT NULL,
    connection TEXT NOT NULL DEFAULT '',
    kind TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT;
CREATE INDEX journal_at ON journal (at_ns);
