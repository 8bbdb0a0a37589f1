-- Invitations that are over are forgotten.
DELETE FROM invitations WHERE expires <= ?1
