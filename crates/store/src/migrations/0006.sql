-- What each desk decided about a call's card: `viewer` is the token or person, '' this computer's own record.
CREATE TABLE card_decisions (
    office INTEGER NOT NULL,
    call TEXT NOT NULL,
    viewer TEXT NOT NULL,
    at_ns INTEGER NOT NULL,
    is_shown INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (office, call, viewer)
) STRICT, WITHOUT ROWID;
CREATE INDEX card_decisions_at ON card_decisions (office, at_ns);

-- When the office had logged and published the first states of a call.
CREATE TABLE call_times (
    office INTEGER NOT NULL,
    call TEXT NOT NULL,
    at_ns INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (office, call)
) STRICT, WITHOUT ROWID;
CREATE INDEX call_times_at ON call_times (at_ns);

-- When desks followed the office, and as whom. Without `until_ns` one follows it now.
CREATE TABLE desk_times (
    id INTEGER PRIMARY KEY,
    office INTEGER NOT NULL,
    viewer TEXT NOT NULL,
    from_ns INTEGER NOT NULL,
    until_ns INTEGER,
    body TEXT NOT NULL
) STRICT;
CREATE INDEX desk_times_viewer ON desk_times (office, viewer, from_ns);

