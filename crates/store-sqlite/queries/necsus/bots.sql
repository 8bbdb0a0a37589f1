SELECT rowid AS row_number, * FROM bots ORDER BY rowid
