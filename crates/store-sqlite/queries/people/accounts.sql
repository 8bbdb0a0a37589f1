-- Accounts, in order.
SELECT id, name, folded, role, disabled, password IS NOT NULL, made FROM accounts WHERE id > ?1 ORDER BY id LIMIT ?2
