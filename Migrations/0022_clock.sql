-- The machine's clock: until when it was believed last, so that a clock that jumped while the service was stopped is
-- noticed at the next start.
CREATE TABLE clock (
    only_row     INTEGER NOT NULL PRIMARY KEY CONSTRAINT clock_one_row CHECK (only_row = 1),
    -- By how many days the clock may be ahead of the last record or sign of life before somebody has to confirm it.
    -- A parameter of the installation.
    forward_days INTEGER NOT NULL CONSTRAINT clock_forward_days_range CHECK (forward_days BETWEEN 1 AND 36500),
    -- The last sign of life: written once an hour, and with a confirmation. NULL before the first.
    seen_at      INTEGER
) STRICT;
INSERT INTO clock (only_row, forward_days) VALUES (1, 30);
