# What a NeCSuS server keeps: messages, bots and clears, with what its versions and its users put into them. Follows
# `import sqlite3, sys, os` and `db = sqlite3.connect(…)`.
db.executescript(
    """
    CREATE TABLE messages (
        id INTEGER PRIMARY KEY AUTOINCREMENT, room TEXT, author TEXT, kind TEXT, text TEXT, "when" REAL,
        image TEXT, media TEXT, css TEXT, js TEXT, base_url TEXT, from_bot INTEGER, state TEXT, strange BLOB
    );
    CREATE TABLE bots (id INTEGER PRIMARY KEY AUTOINCREMENT, room TEXT, name TEXT, responds_to TEXT, url TEXT);
    CREATE TABLE clears (room TEXT, last_cleared_id INTEGER);
    """
)
bots = [
    (1, "group2-joel", "EchoBot", None, "https://echobot.example/echo"),
    (2, "group2-joel", "Repeater", r"repeat (?P<word>\w+)", "https://echobot.example/repeat"),
    (5, "cleared", None, "", None),
]
db.executemany("INSERT INTO bots VALUES (?, ?, ?, ?, ?)", bots)
messages = [
    (1, "group2-joel", "Joel", "user", "Hi EchoBot", 1704000000.25, None, None, None),
    (2, "group2-joel", "EchoBot", "bot", "<b>Hello</b>", 1704000001.5, "http://x/y.png", 1, '["any", {"json": 1}]'),
    (3, "cleared", "Joel", "user", "before the clear", 1704000002, None, None, None),
    (4, "group2-joel", "NeCSuS", "system", "Something failed", 1704000003, None, None, None),
    (5, "cleared", "Joel", "user", "after the clear", 1704000004, None, None, None),
    (6, "odd types", None, None, 42, "1704000005.5", None, "no number", "no json"),
    (7, "odd types", b"\xff\xfe", "user", None, None, None, None, None),
    (8, "group2-joel", "Zoë", "user", "café", 1704000006, "", None, None),
    (9, "api", "Joel", "user", "a name that is kept for the server", 1704000007, None, None, None),
    (10, None, "Joel", "user", "nowhere", 1704000008, None, None, None),
]
db.executemany(
    'INSERT INTO messages (id, room, author, kind, text, "when", image, from_bot, state) VALUES (?,?,?,?,?,?,?,?,?)',
    messages,
)
db.execute("INSERT INTO clears VALUES ('cleared', 3)")
db.commit()
