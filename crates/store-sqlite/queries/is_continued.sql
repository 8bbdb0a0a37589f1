SELECT messages IS NULL FROM events WHERE place = ?1
