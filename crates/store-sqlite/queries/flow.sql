SELECT text FROM flows WHERE name = ?1 AND version = ?2
