SELECT erased, mark FROM rooms WHERE number = ?1 AND erased < mark AND archive = 0
