SELECT name, upto, at, mark FROM rooms WHERE number = ?1
