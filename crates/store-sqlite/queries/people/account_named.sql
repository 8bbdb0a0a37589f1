-- The account with this folded name.
SELECT id FROM accounts WHERE folded = ?1
