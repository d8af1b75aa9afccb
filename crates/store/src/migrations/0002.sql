-- How many calls an office has of each direction, missed, and with a recording: a list says how many it holds without
-- counting them.
CREATE TABLE counts (
    office INTEGER NOT NULL,
    kind TEXT NOT NULL,
    calls INTEGER NOT NULL,
    PRIMARY KEY (office, kind)
) STRICT, WITHOUT ROWID;

INSERT INTO counts SELECT office, direction, count(*) FROM calls GROUP BY office, direction;
INSERT INTO counts SELECT office, 'missed', count(*) FROM calls WHERE missed = 1 GROUP BY office;
INSERT INTO counts SELECT office, 'recording', count(*) FROM calls WHERE has_recording = 1 GROUP BY office;

CREATE TRIGGER calls_counted AFTER INSERT ON calls BEGIN
    INSERT INTO counts VALUES (new.office, new.direction, 1)
        ON CONFLICT (office, kind) DO UPDATE SET calls = calls + 1;
END;
CREATE TRIGGER calls_counted_missed AFTER INSERT ON calls WHEN new.missed = 1 BEGIN
    INSERT INTO counts VALUES (new.office, 'missed', 1)
        ON CONFLICT (office, kind) DO UPDATE SET calls = calls + 1;
END;
CREATE TRIGGER calls_counted_recording AFTER INSERT ON calls WHEN new.has_recording = 1 BEGIN
    INSERT INTO counts VALUES (new.office, 'recording', 1)
        ON CONFLICT (office, kind) DO UPDATE SET calls = calls + 1;
END;
CREATE TRIGGER calls_recounted AFTER UPDATE ON calls
WHEN old.direction <> new.direction OR old.missed <> new.missed OR old.has_recording <> new.has_recording BEGIN
    UPDATE counts SET calls = calls - 1 WHERE office = old.office AND (kind = old.direction
        OR (kind = 'missed' AND old.missed = 1) OR (kind = 'recording' AND old.has_recording = 1));
    INSERT INTO counts VALUES (new.office, new.direction, 1)
        ON CONFLICT (office, kind) DO UPDATE SET calls = calls + 1;
    INSERT INTO counts VALUES (new.office, 'missed', new.missed)
        ON CONFLICT (office, kind) DO UPDATE SET calls = calls + new.missed;
    INSERT INTO counts VALUES (new.office, 'recording', new.has_recording)
        ON CONFLICT (office, kind) DO UPDATE SET calls = calls + new.has_recording;
END;
CREATE TRIGGER calls_uncounted AFTER DELETE ON calls BEGIN
    UPDATE counts SET calls = calls - 1 WHERE office = old.office AND (kind = old.direction
        OR (kind = 'missed' AND old.missed = 1) OR (kind = 'recording' AND old.has_recording = 1));
END;
