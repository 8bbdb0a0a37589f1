"""Example bots for Parlor: one small web server, and each route of it is a bot.

    pip install -r requirements.txt
    python3 bots.py              # listens at http://127.0.0.1:1234
    python3 bots.py 5000         # or at another port (0: any free one)

Then open http://127.0.0.1:1234/ for a list of the bots, and add the ones you like to a room of Parlor.
Parlor's guide (/guide/ on any Parlor) leads you to them step by step; examples/README.md says which to try for what.

How a bot works, in three sentences. Somebody writes a message; Parlor looks which bots of the room it is meant for, and
sends each of them an HTTP POST with the message as JSON. The bot answers with JSON that has a "text". Parlor shows that
text in the room. That is all there is to it: every function below does just that.
"""

import argparse
import html
import os
import pprint
import random
import time

from flask import Flask, abort, redirect, request, url_for
from flask_cors import CORS
from werkzeug.serving import make_server

app = Flask(__name__)  # Flask also serves every file in the folder "static", at /static/...
CORS(app)  # lets a room load our scripts (see the bot "buttons")

# What a good "Responds to" pattern for each bot is. A bot that is not listed needs none: it answers to its name.
RESPONDS_TO = {
    "/repeat": r"repeat (?P<word>\w+) (?P<count>\d+) times",
    "/slow": r"wait (?P<seconds>\d+(\.\d+)?)",
    "/guess": r"guess a number",
    "/ping": r"^ping$",
    "/pong": r"^pong$",
}


@app.get("/")
def index():
    """Open this page in a browser to see whether the server is up, and which bots it has."""
    rows = []
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        if rule.rule == "/" or rule.endpoint == "static":
            continue
        what = (app.view_functions[rule.endpoint].__doc__ or "").strip().splitlines()[0]
        pattern = html.escape(RESPONDS_TO.get(rule.rule, ""))
        url = request.url_root.rstrip("/") + rule.rule
        rows.append(f"<tr><td><code>{url}</code></td><td>{html.escape(what)}</td><td><code>{pattern}</code></td></tr>")
    head = "<tr><th>URL</th><th>what it does</th><th>responds to</th></tr>"
    return f"<h1>The bots are up</h1><table>{head}{''.join(rows)}</table>"


@app.before_request
def print_message():
    """Prints what comes in: while you write a bot, this is the first thing you want to see."""
    if request.is_json:
        print(f"\nIncoming message to {request.path}:")
        pprint.pprint(request.get_json(silent=True), indent=2)


# ---------------------------------------------------------------------------------------------------------------------
# First steps


@app.post("/hello")
def hello():
    """Greets whoever wrote."""
    message = request.json
    # The author's name comes from a person, and our text is HTML: html.escape turns < into &lt; and so on.
    return {"text": f"Hello, {html.escape(message['author'])}!"}


@app.post("/echo")
def echo():
    """Says again what was said, under an author's name of its own."""
    message = request.json
    return {"author": "Echo", "text": f"You said: {html.escape(message['text'])}"}


@app.post("/debug")
def debug():
    """Shows the JSON that it got, and the headers that Parlor added."""
    extra = {name: value for name, value in request.headers if name.lower().startswith(("parlor-", "webhook-"))}
    shown = pprint.pformat(request.json) + "\n\n" + pprint.pformat(extra)
    return {"text": f"<pre>{html.escape(shown)}</pre>"}


@app.post("/repeat")
def repeat():
    """Repeats a word: the named groups of the pattern arrive as "params"."""
    params = request.json["params"]
    count = min(int(params["count"]), 100)  # never trust a stranger's number
    return {"text": " ".join([html.escape(params["word"])] * count)}


# Parlor never wakes a bot because of a bot's message. So these two do not play forever, even in the same room.


@app.post("/ping")
def ping():
    """Answers "ping" with "pong"."""
    return {"author": "Ping", "text": "pong"}


@app.post("/pong")
def pong():
    """Answers "pong" with "ping"."""
    return {"author": "Pong", "text": "ping"}


@app.post("/slow")
def slow():
    """Thinks for as many seconds as the message says ("wait 3"), or for 2."""
    seconds = min(float(request.json.get("params", {}).get("seconds") or 2), 300)
    time.sleep(seconds)
    return {"text": f"That took me {seconds:g} seconds."}


# ---------------------------------------------------------------------------------------------------------------------
# Pictures, sounds, HTML


@app.post("/image")
def image():
    """Shows a picture, by its full URL."""
    return {"text": "Here is a cat.", "image": url_for("static", filename="cat.svg", _external=True)}


@app.post("/media")
def media():
    """Plays a sound. A relative URL is enough: Parlor completes it with the bot's URL."""
    return {"text": "Ding!", "media": "/static/ding.wav"}


@app.post("/html")
def formatted():
    """Formats its text with HTML."""
    return {"text": "Both <b>bold</b> and <i>italic</i>, a <a href='/'>link to my bots</a>, and 1 &lt; 2."}


@app.post("/relative")
def relative():
    """Uses relative URLs, in its HTML and in "image"."""
    return {
        "text": '<img src="/static/square.png" alt="from the root"> <img src="static/square.png" alt="from here">',
        "image": "static/cat.svg",
    }


# ---------------------------------------------------------------------------------------------------------------------
# Conversations: whoever answers with a "state" gets the next message of the room, alone, with that state


@app.post("/stateful")
def stateful():
    """Collects what you say, until you say stop, null or empty."""
    message = request.json
    heard = message.get("state") or []  # no state yet: the conversation begins
    if not isinstance(heard, list):
        heard = []

    command = message["text"].strip().lower()
    if command == "stop":
        return {"text": "Goodbye. (I left the state away.)"}
    if command == "null":
        return {"text": "Goodbye. (My state was null.)", "state": None}
    if command == "empty":
        # An empty string is a state like any other, and so are 0, False and []: the conversation goes on.
        return {"text": "Still here: my state is an empty string.", "state": ""}

    if "state" in message:
        heard = heard + [message["text"]]
    return {"text": f"I have heard {len(heard)} thing(s). Say more, or say stop, null or empty.", "state": heard}


@app.post("/guess")
def guess():
    """Plays a game: guess the number. The state is the bot's whole memory, the server keeps nothing."""
    message = request.json
    game = message.get("state")
    if game is None:
        return {
            "text": "I think of a number from 1 to 20. What is it? (Or: give up)",
            "state": {"number": random.randint(1, 20), "tries": 0},
        }

    number, tries = game["number"], game["tries"] + 1
    words = message["text"].strip()
    if words.lower() == "give up":
        return {"text": f"It was {number}."}
    if not words.isdigit():
        return {"text": "That is no number. Try again, or say: give up", "state": game}
    if int(words) == number:
        return {"text": f"Yes, it was {number}! You needed {tries} guess(es)."}
    hint = "Too low." if int(words) < number else "Too high."
    return {"text": f"{hint} Guess again.", "state": {"number": number, "tries": tries}}


# ---------------------------------------------------------------------------------------------------------------------
# Forms: when somebody presses a button, the bot gets a POST with "form_data" (and without "text")


@app.post("/form")
def form():
    """Asks with a form, and gets the answers itself."""
    message = request.json
    if "form_data" in message:
        # A field with one value is a string, a field with several values is a list.
        chosen = pprint.pformat(message["form_data"])
        return {"text": f"{html.escape(message['author'])} sent: <pre>{html.escape(chosen)}</pre>"}
    return {
        "text": """
            <form>
                <p><label>Your name <input name="name"></label></p>
                <p>
                    <label><input type="checkbox" name="topping" value="nuts"> nuts</label>
                    <label><input type="checkbox" name="topping" value="cream"> cream</label>
                </p>
                <button name="dessert" value="cake">Cake</button>
                <button name="dessert" value="ice">Ice cream</button>
            </form>
        """
    }


@app.post("/form-elsewhere")
def form_elsewhere():
    """Asks with forms that other routes answer: see "action"."""
    absolute = url_for("form_target", _external=True)
    return {
        "text": f"""
            <form action="form-target"><button name="from" value="relative">beside me</button></form>
            <form action="/form-target"><button name="from" value="root">from the root</button></form>
            <form action="{absolute}"><button name="from" value="absolute">the whole URL</button></form>
            <form action="/form-chat"><button name="from" value="chat">begin a conversation</button></form>
        """
    }


@app.post("/form-target")
def form_target():
    """Gets the forms of form-elsewhere; need not be in the room itself."""
    return {"text": f"I got it: {html.escape(str(request.json['form_data']))}"}


@app.post("/form-chat")
def form_chat():
    """Begins a conversation out of a form, although it is not in the room (yet)."""
    if "form_data" in request.json:
        return {"text": "What would you like to tell me?", "state": "asked"}
    return {"text": f"Thank you for: {html.escape(request.json['text'])}"}


@app.post("/guess-form")
def guess_form():
    """Plays the guessing game with buttons: form and state together."""
    message = request.json
    game = message.get("state") or {"number": random.randint(1, 5), "tries": 0}
    buttons = "".join(f'<button name="guess" value="{n}">{n}</button> ' for n in range(1, 6))

    if "form_data" not in message:
        return {"text": f"I think of a number. <form>{buttons}</form>", "state": game}
    game["tries"] += 1
    if int(message["form_data"]["guess"]) == game["number"]:
        return {"text": f"Yes, {game['number']}! You needed {game['tries']} guess(es)."}
    return {"text": f"Not that one. <form>{buttons}</form>", "state": game}


# ---------------------------------------------------------------------------------------------------------------------
# Style and script


@app.post("/inline")
def inline():
    """Brings a style and a script along in its HTML."""
    return {
        "author": "Inline",
        "text": """
            <style> .message-card[data-necsus-author="Inline"] { border-left: 4px solid seagreen; } </style>
            <p>The script has not run yet.</p>
            <script> document.currentScript.previousElementSibling.textContent = "The script has run."; </script>
        """,
    }


@app.post("/buttons")
def buttons():
    """Has a button; its style and script are files in the folder "static"."""
    return {
        "author": "Buttons",
        "text": '<button class="example-button" onclick="exampleClick(this)">Press me</button>',
        "css": "/static/style.css",
        "js": "/static/script.js",
    }


@app.post("/module")
def module():
    """Loads a JavaScript module (.mjs), which numbers this bot's messages from then on."""
    return {
        "author": "Module",
        "text": "I am message number <span class='example-number'>?</span>.",
        "js": "/static/count.mjs",
    }


# ---------------------------------------------------------------------------------------------------------------------
# Everything that can go wrong. Add one of these to a room to learn what Parlor says about it


@app.post("/errors/404")
def error_404():
    """Says 404, as if there were no such route."""
    abort(404)


@app.get("/errors/405")
def error_405():
    """Takes GET only, so that a POST gets 405: the classic @app.get (or @app.route) instead of @app.post."""
    return "You got me. A bot can't: it is sent a POST."


@app.post("/errors/500")
def error_500():
    """Has a bug. The terminal in which this server runs shows where."""
    return {"text": "One divided by zero is " + str(1 / 0)}


@app.post("/errors/redirect")
def error_redirect():
    """Sends elsewhere; Parlor does not follow."""
    return redirect("/hello")


@app.post("/errors/not-json")
def error_not_json():
    """Answers with HTML instead of JSON: a string that was returned without { }."""
    return "<p>This is <b>HTML</b>. <script>alert('Parlor shows me as text.')</script></p>"


@app.post("/errors/empty")
def error_empty():
    """Answers with nothing at all."""
    return ""


@app.post("/errors/list")
def error_list():
    """Answers with a list instead of a dict."""
    return [{"text": "I am in a list."}]


@app.post("/errors/string")
def error_string():
    """Answers with a JSON string instead of a dict."""
    return app.json.response("I am only a string.")


@app.post("/errors/null")
def error_null():
    """Answers with JSON's null instead of a dict."""
    return app.json.response(None)


@app.post("/errors/no-text")
def error_no_text():
    """Forgets the "text" (look closely)."""
    return {"txt": "Hello!"}


@app.post("/errors/wrong-text")
def error_wrong_text():
    """Has a number where the text should be."""
    return {"text": 42}


@app.post("/errors/wrong-extras")
def error_wrong_extras():
    """Is fine, although its other keys have wrong types: Parlor drops those."""
    return {"text": "My picture was no URL.", "image": 5, "author": ["nobody"], "css": {}, "mood": "good"}


@app.post("/errors/slow")
def error_slow():
    """Takes longer than any bot may (but set a short time-out for it, or wait two minutes)."""
    time.sleep(150)
    return {"text": "Is anybody still there?"}


@app.post("/errors/large")
def error_large():
    """Answers with two mebibytes of text, more than a bot may."""
    return {"text": "na " * 700_000 + "batman"}


def main():
    """Reads the command line and starts the server."""
    parser = argparse.ArgumentParser(description="Example bots for Parlor.")
    parser.add_argument("port", nargs="?", type=int, default=int(os.environ.get("PORT", 1234)), help="default: 1234")
    parser.add_argument("--host", default="127.0.0.1", help="0.0.0.0 lets other computers reach your bots")
    options = parser.parse_args()

    # In a server with few bots, app.run(port=1234) does. This way we learn the port even if we asked for "any" (0).
    server = make_server(options.host, options.port, app, threaded=True)
    print(f"The bots listen at http://{options.host}:{server.server_port}/ (stop them with Ctrl+C)", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
