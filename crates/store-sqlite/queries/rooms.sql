SELECT name, last_id FROM rooms WHERE last_id > 0 ORDER BY name
