-- The invitation whose secret has this hash.
SELECT id, role, uses, made, expires, maker FROM invitations WHERE hash = ?1
