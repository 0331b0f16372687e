-- The change feed: how long it is kept, and from where.

-- One row. Pruning is remembered, because a follower whose place was pruned must be told rather than skip what is gone.
CREATE TABLE change_retention (
    only_row       INTEGER NOT NULL PRIMARY KEY CONSTRAINT change_retention_one_row CHECK (only_row = 1),
    -- Days for which change rows are kept.
    days           INTEGER NOT NULL CONSTRAINT change_retention_days_range CHECK (days BETWEEN 1 AND 36500),
    -- Sequence of the last change row that was removed; 0 while none was.
    pruned_through INTEGER NOT NULL CONSTRAINT change_retention_pruned_positive CHECK (pruned_through >= 0)
) STRICT;
INSERT INTO change_retention (only_row, days, pruned_through) VALUES (1, 400, 0);
