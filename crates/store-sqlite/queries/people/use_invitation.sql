-- Somebody uses an invitation, if it is not over.
UPDATE invitations SET uses = uses - 1 WHERE id = ?1 AND uses > 0 AND expires > ?2
