-- Whether there is an admin.
SELECT id FROM accounts WHERE role = 'admin' AND id > 0 LIMIT 1
