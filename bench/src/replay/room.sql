SELECT number FROM rooms WHERE name = ?1
