SELECT erased FROM rooms WHERE number = ?1
