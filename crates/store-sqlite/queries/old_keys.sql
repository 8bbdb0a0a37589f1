SELECT max(number), count(*) FROM (SELECT number, at FROM keys ORDER BY number LIMIT ?2) WHERE at <= ?1
