SELECT * FROM clears
