-- All sessions of this account end but one.
DELETE FROM sessions WHERE account = ?1 AND id IS NOT ?2
