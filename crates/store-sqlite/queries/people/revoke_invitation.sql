-- An invitation is taken back.
DELETE FROM invitations WHERE id = ?1
