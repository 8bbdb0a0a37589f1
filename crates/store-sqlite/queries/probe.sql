SELECT
    (SELECT max(place) FROM events),
    (SELECT max(number) FROM rooms),
    (SELECT max(id) FROM bots),
    (SELECT max(number) FROM keys),
    (SELECT max(number) FROM pending),
    (SELECT max(number) FROM activations)
