-- A token was used.
UPDATE tokens SET used = ?2 WHERE id = ?1
