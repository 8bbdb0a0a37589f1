-- An account may not log in any more, or may again.
UPDATE accounts SET disabled = ?2 WHERE id = ?1
