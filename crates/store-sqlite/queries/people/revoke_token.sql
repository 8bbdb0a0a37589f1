-- A token of this account is taken back.
DELETE FROM tokens WHERE id = ?1 AND account = ?2
