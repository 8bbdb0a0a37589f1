SELECT rowid FROM temp.sample WHERE sample MATCH ?1 ORDER BY rowid DESC LIMIT ?2
