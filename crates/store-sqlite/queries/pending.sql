SELECT r.name, p.trigger, p.body, p.plan FROM pending AS p JOIN rooms AS r ON r.number = p.room ORDER BY p.number
