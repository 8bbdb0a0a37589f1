-- Invitations, the newest first.
SELECT id, role, uses, made, expires, maker FROM invitations WHERE id > 0 ORDER BY id DESC LIMIT ?1
