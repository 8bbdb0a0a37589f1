-- The hash of an account's password.
SELECT password FROM accounts WHERE id = ?1
