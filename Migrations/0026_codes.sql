-- Codes are in kebab-case. The audit trail keeps the words of its day, because they are hashed.

-- Roles. A column's check cannot be changed, and the table cannot be dropped while others refer to it, so the column
-- is made anew; a column that is added cannot be NOT NULL, so triggers hold that.
ALTER TABLE user_account ADD COLUMN role_code TEXT CONSTRAINT user_account_role_known CHECK (role_code IN
    ('county-administrator', 'town-clerk', 'village-worker', 'tablet', 'province', 'auditor'));
UPDATE user_account SET role_code = CASE role WHEN 'countyAdministrator' THEN 'county-administrator'
    WHEN 'townClerk' THEN 'town-clerk' WHEN 'villageWorker' THEN 'village-worker' ELSE role END;
ALTER TABLE user_account DROP COLUMN role;
ALTER TABLE user_account RENAME COLUMN role_code TO role;
CREATE TRIGGER user_account_role_given BEFORE INSERT ON user_account WHEN NEW.role IS NULL
BEGIN SELECT RAISE(ABORT, 'user_account_role_given'); END;
CREATE TRIGGER user_account_role_kept BEFORE UPDATE OF role ON user_account WHEN NEW.role IS NULL
BEGIN SELECT RAISE(ABORT, 'user_account_role_given'); END;
