-- Who an account is elsewhere.
SELECT issuer, subject FROM identities WHERE account = ?1 ORDER BY issuer, subject
