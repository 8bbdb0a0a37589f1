DELETE FROM rooms WHERE number = ?1
