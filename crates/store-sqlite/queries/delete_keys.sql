DELETE FROM keys WHERE number <= ?1 AND at <= ?2
