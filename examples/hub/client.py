"""A chat in the terminal, with whoever is subscribed to a chat service of the hub.

    pip install -r requirements.txt
    python3 client.py --nickname Ann                     # the server's own chat service
    python3 client.py --service chat --nickname Ann      # the one of chat_service.py
    python3 client.py --raw                              # to look at the protocol itself

Write a line, press Enter. Ctrl+C ends it, and so does Ctrl+D.

With --raw it offers no subprotocol, as some old clients don't, shows each payload as it comes, and sends a line that
begins with { as a payload: try {"type": "SERVICE_FETCH_ALL"}.
"""

import argparse
import asyncio
import getpass
import json
import os
import random
import re
import sys
import threading

import concierge

SERVER = "ws://localhost:6277/hub/ws"


class Chat:
    """A chat, across all the connections that it takes."""

    def __init__(self, service, raw, lines):
        self.service, self.raw, self.lines = service, raw, lines
        self.joined = asyncio.Event()
        self.unsent = []

    async def talk(self, hub):
        """Joins the chat and writes what comes, while a second task sends what is typed."""
        self.joined.clear()
        # The service may come later, or be deleted and come back: then everybody is told that it was made.
        await hub.send("SELF_SUBSCRIBE", service=self.service)
        tasks = [asyncio.create_task(self.send_lines(hub)), asyncio.create_task(self.hear_all(hub))]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()  # raises what ended it
        finally:
            for task in tasks:
                task.cancel()

    async def hear_all(self, hub):
        """Writes what comes, until the connection is closed."""
        async for payload in hub:
            if self.raw:
                write(json.dumps(payload, ensure_ascii=False))
            await self.hear(hub, payload)

    async def hear(self, hub, payload):
        """One payload of the hub."""
        kind = payload["type"]
        if kind == "MESSAGE" and not self.raw:
            service = payload["origin"]["service"]
            if service and service["name"] == self.service:
                self.show(payload["data"])
        elif kind == "SELF_SUBSCRIBE_RESULT" and payload["service"]["name"] == self.service:
            self.joined.set()
            others = len(payload["service"]["subscribers"]) - 1
            note(f"You are in. Others here: {others}.")
        elif kind == "INVALID_SERVICE" and payload["service"] == self.service:
            self.joined.clear()
            note(f"There is no service {self.service} yet; waiting for it.")
        elif kind == "SERVICE_CREATE_RESULT" and payload["service"]["name"] == self.service:
            if not self.joined.is_set():
                await hub.send("SELF_SUBSCRIBE", service=self.service)
        elif kind == "SERVICE_DELETE_RESULT" and payload["service"]["name"] == self.service:
            self.joined.clear()
            note(f"The service {self.service} has gone; waiting until it comes back.")
        elif kind == "BAD":
            note("That was not sent: you are not subscribed.")
        elif kind.startswith("ERROR_"):
            note(f"{kind}: {payload.get('desc', '')}")

    def show(self, data):
        """What the chat service has said. It is a program of a stranger: data may have any shape."""
        if not isinstance(data, dict) or not isinstance(data.get("text"), str):
            return
        if data.get("type") == "STATUS":
            note(data["text"])
        elif data.get("type") == "TEXT":
            write(f"{data.get('author')}: {data['text']}")

    async def send_lines(self, hub):
        """Sends what is typed, until there is no more. What can't be said yet waits, for the next connection too."""
        while True:
            if not self.unsent:
                self.unsent.append(await self.lines.get())
            line = self.unsent[0]
            if line is None:
                return
            if self.raw and line.startswith("{"):
                await send_payload(hub, line)
            elif line.strip():
                await self.joined.wait()
                await hub.message(concierge.to_service(self.service), {"text": line})
            self.unsent.clear()


async def send_payload(hub, line):
    """Sends a payload as it was typed."""
    try:
        fields = json.loads(line)
        kind = fields.pop("type")
    except (ValueError, KeyError) as error:
        return note(f"That is no payload: {error!r}")
    await hub.send(kind, **fields)


def write(text):
    """Writes what strangers have said: without what would command the terminal, and further lines indented."""
    kept = re.sub("[\\x00-\\x09\\x0b-\\x1f\\x7f-\\x9f]", "\N{REPLACEMENT CHARACTER}", text)
    print(kept.replace("\n", "\n    "), flush=True)


def note(text):
    """Writes what is no talk."""
    write(f"* {text}")


def read_lines(loop, lines):
    """Reads what is typed, in a thread of its own: no system can wait for a keyboard in any other way."""
    for line in sys.stdin:
        loop.call_soon_threadsafe(lines.put_nowait, line.rstrip("\r\n"))
    loop.call_soon_threadsafe(lines.put_nowait, None)


async def run(options):
    """Chats until there is nothing more to send."""
    lines = asyncio.Queue()
    threading.Thread(target=read_lines, args=(asyncio.get_running_loop(), lines), daemon=True).start()
    chat = Chat(options.service, options.raw, lines)
    await concierge.stay(
        options.server,
        chat.talk,
        name=options.name or unused_name(options.nickname),
        nickname=options.nickname,
        tags=["chat"],
        secret=options.secret,
        subprotocol=not options.raw,
        say=note,
    )


def unused_name(nickname):
    """A name that nobody else will have: what can stand in one, and a few digits by chance."""
    return f"{re.sub('[^A-Za-z0-9_]', '', nickname)[:32] or 'client'}_{random.randrange(16**6):06x}"


def main():
    """Reads the command line."""
    parser = argparse.ArgumentParser(description="A chat in the terminal, at a Parlor's hub.")
    parser.add_argument("server", nargs="?", default=os.environ.get("HUB", SERVER), help=f"default: {SERVER}")
    parser.add_argument("--service", default="chat_service", help="default: chat_service, the server's own")
    parser.add_argument("--nickname", default=None, help="how you are shown; default: your login on this computer")
    parser.add_argument("--name", help="letters, digits and _; default: one that nobody has")
    secret = "the hub's secret, or an account's token; safer in the variable HUB_SECRET"
    parser.add_argument("--secret", default=os.environ.get("HUB_SECRET"), help=secret)
    parser.add_argument("--raw", action="store_true", help="offer no subprotocol, show payloads, send lines of JSON")
    options = parser.parse_args()
    options.nickname = options.nickname or getpass.getuser()

    # A terminal that can't show a letter shows another one, instead of ending us.
    sys.stdin.reconfigure(errors="replace")
    sys.stdout.reconfigure(errors="replace")
    try:
        asyncio.run(run(options))
    except concierge.Refused as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        print()


if __name__ == "__main__":
    main()
