# Bots of one function each, for the tests.
import sys
import threading
from pathlib import Path

from parlor_bot import bot, escape, run

pictures = Path(__file__).parent / "pictures"
together = threading.Barrier(20)


@bot("Echo", room="a")
def echo(message):
    return f"You said: {escape(message['text'])}"


@bot("Count", responds_to=r"count to (?P<most>\d+)", room="a")
def count(message):
    return {"text": " ".join(str(n + 1) for n in range(int(message["params"]["most"])))}


@bot("Cat", room="a", files=pictures)
def cat(message):
    return {"text": "Look", "image": "cat.png", "state": message.get("state", 0) + 1}


@bot("Broken", room="b")
def broken(message):
    if "too long" in message["text"]:
        return "x" * (9 << 20)
    if "no number" in message["text"]:
        return {"text": "", "state": float("nan")}
    return str(1 / 0)


@bot("Together", room="many")
def all_here(message):
    together.wait(60)
    return "all here"


run(sys.argv[1])
