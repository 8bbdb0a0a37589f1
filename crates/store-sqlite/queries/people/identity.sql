-- The account that is this one elsewhere.
SELECT account FROM identities WHERE issuer = ?1 AND subject = ?2
