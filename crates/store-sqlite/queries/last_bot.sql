SELECT max(
    coalesce((SELECT max(id) FROM bots), 0),
    coalesce((SELECT value FROM meta WHERE name = 'bots'), 0)
)
