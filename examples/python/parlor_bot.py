"""Bots that need no address, for Parlor: one file, nothing to install (Python 3.9 or newer).

A function as a bot:

    from html import escape
    from parlor_bot import bot, run

    @bot("Echo")
    def echo(message):
        return f"You said: {escape(message['text'])}"

    run("http://localhost:6277", room="welcome")

Or a program that answers over HTTP already, as `parlor relay` does it:

    python3 parlor_bot.py --room welcome http://localhost:5000/echo

The bot connects to the server, so nobody has to reach your computer. It works through a proxy (HTTPS_PROXY), connects
again when the connection is lost, and answers many messages at once. A bot's token is kept in
~/.local/state/parlor/relay.json, so that starting it again is the same bot.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import html
import http.client
import json
import mimetypes
import os
import random
import re
import socket
import ssl
import struct
import sys
import tempfile
import threading
import time
import traceback
import urllib.error
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

SERVER = "http://localhost:6277"
ROOM = "welcome"
AT_ONCE = 64  # jobs of one bot
MESSAGE_MAX = 16 << 20  # bytes of a frame
ANSWER_MAX = 8 << 20  # bytes of a frame that the server takes; it closes the connection over a longer one
BACK_OFF = (0.2, 4.0)  # seconds: the first wait for a new connection, and the longest
QUIET = 25.0  # seconds without a word from the server until it is asked whether it is there
TIMEOUT = 30.0  # seconds for a call

escape = html.escape  # text of people is no HTML: escape it before you answer with it


class Trouble(Exception):
    """Something that trying again does not mend: a sentence that says what to do."""


# What a bot does -----------------------------------------------------------------------------------------------------


class Bot:
    """One bot: `answer(message, path, headers, raw, within)` gives the fields of a frame, and so does `file(path)`."""

    def __init__(self, name, responds_to=None, room=None, token=None):
        self.name, self.responds_to, self.room, self.token = name, responds_to, room, token


class FunctionBot(Bot):
    """A function that gets the message as a dict, and returns a text or a dict."""

    def __init__(self, function, files=None, **settings):
        super().__init__(**settings)
        self.function, self.files = function, Path(files).resolve() if files else None

    def answer(self, message, path, headers, raw, within):
        try:
            if path:
                message = {**message, "path": path}
            said = self.function(message)
            said = {"text": said} if isinstance(said, str) else said
            json.dumps(said)
            return {"answer": said}
        except Exception as error:  # whatever a student's function does, the others go on
            traceback.print_exc()
            return body(500, "text/plain; charset=utf-8", f"{type(error).__name__}: {error}".encode())

    def file(self, path, within):
        if self.files is None:
            return body(404)
        wanted = (self.files / urllib.parse.unquote(path.split("?")[0])).resolve()
        if self.files not in wanted.parents or not wanted.is_file():
            return body(404)
        kind = mimetypes.guess_type(wanted.name)[0] or "application/octet-stream"
        return body(200, kind, wanted.read_bytes())


class NoRedirects(urllib.request.HTTPRedirectHandler):
    """A redirect is an answer, and not followed."""

    def redirect_request(self, *_):
        return None


class HttpBot(Bot):
    """A program on this computer that answers over HTTP."""

    def __init__(self, url, **settings):
        super().__init__(**settings)
        self.url = url
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), NoRedirects)

    def answer(self, message, path, headers, raw, within):
        url = self.at(path)
        if url is None:
            return {"error": "the form's action leads away from the bot's own address", "url": self.url}
        passed = {k: v for k, v in headers.items() if re.match(r"(?i)content-type$|webhook-|parlor-", k)}
        return self.ask(urllib.request.Request(url, raw.encode(), passed, method="POST"), within)

    def file(self, path, within):
        found = body(404)
        for url in (self.at(path), self.at("/" + path)):
            if url is not None:
                found = self.ask(urllib.request.Request(url), within)
            if found.get("status") != 404:
                break
        return found

    def ask(self, request, within):
        try:
            with self.opener.open(request, timeout=within) as reply:
                return self.read(reply)
        except urllib.error.HTTPError as reply:
            with reply:
                return self.read(reply)
        except (OSError, http.client.HTTPException) as error:
            why = getattr(error, "reason", error)
            if isinstance(why, ConnectionRefusedError):
                why = "nothing is listening there (connection refused)"
            elif isinstance(why, http.client.HTTPException):
                why = "what answers there is no web server, or it stopped in the middle of its answer"
            return {"error": str(why), "url": request.full_url}

    def read(self, reply):
        limit = 5 << 20
        content = reply.read(limit + 1)
        if len(content) > limit:
            return {"error": "it answered with more than 5 MiB, which is too long for a message", "url": self.url}
        headers = {name.lower(): value for name, value in reply.headers.items()}
        return {**body(reply.status, headers.get("content-type"), content), "headers": headers, "url": reply.url}

    def at(self, path):
        """Another place of the same program; none if it leads elsewhere."""
        url = urllib.parse.urljoin(self.url, path.replace("\\", "/") if path else "")
        same = urllib.parse.urlsplit(url)[:2] == urllib.parse.urlsplit(self.url)[:2]
        return url if same and not urllib.parse.urlsplit(path or "").scheme else None


def body(status, kind=None, content=b""):
    """The fields of an answer as over HTTP."""
    return {"status": status, "type": kind, "body": base64.b64encode(content).decode()}


# The server's API ----------------------------------------------------------------------------------------------------


def is_here(url):
    host = urllib.parse.urlsplit(url).hostname or ""
    return host == "localhost" or host.endswith(".localhost") or host.startswith("127.") or host == "::1"


class Server:
    """Parlor's HTTP API."""

    def __init__(self, address):
        near = re.match(r"(localhost|\[|\d+\.\d+\.\d+\.\d+)", address)
        address = address if "://" in address else ("http://" if near else "https://") + address
        parts = urllib.parse.urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise Trouble(f"“{address}” is no address of a server; it looks like https://chat.example.org")
        self.name = f"{parts.scheme}://{parts.netloc}"
        self.room = urllib.parse.unquote(parts.path.strip("/")) or None  # a room's address names the room too
        handlers = [urllib.request.ProxyHandler({})] if is_here(self.name) else []
        self.opener = urllib.request.build_opener(*handlers)

    def call(self, method, path, fields=None):
        data = None if fields is None else json.dumps(fields).encode()
        request = urllib.request.Request(self.name + path, data, {"content-type": "application/json"}, method=method)
        try:
            with self.opener.open(request, timeout=TIMEOUT) as reply:
                return json.loads(reply.read())
        except urllib.error.HTTPError as reply:
            with reply:
                raise Trouble(f"{self.name} says: {sentence(reply.read())} (status {reply.code})") from None
        except (ValueError, http.client.HTTPException):
            raise Trouble(f"what answers at {self.name} is no Parlor server") from None
        except OSError as error:
            why = getattr(error, "reason", error)
            raise Trouble(f"can't reach the Parlor server at {self.name}: {why}. Is it running there?") from None

    def page(self, room):
        return f"{self.name}/{urllib.parse.quote(room)}"


def sentence(content):
    """What an error says."""
    try:
        return str(json.loads(content)["message"])
    except (ValueError, KeyError, TypeError):
        return content[:200].decode("utf-8", "replace")


# Tokens, kept in the same file as `parlor relay` keeps them ----------------------------------------------------------


def state_file():
    folder = os.environ.get("XDG_STATE_HOME") or os.path.join(os.path.expanduser("~"), ".local", "state")
    return Path(folder) / "parlor" / "relay.json"


def kept():
    try:
        mine = json.loads(state_file().read_text("utf-8"))
        return [one for one in mine if isinstance(one, dict)]
    except (OSError, ValueError, TypeError):
        return []


def keep(entry):
    """Keeps a token; only this person can read the file."""
    same = lambda one: all(one.get(key) == entry[key] for key in ("server", "room", "name"))
    text = json.dumps([one for one in kept() if not same(one)] + ([entry] if "token" in entry else []), indent=2)
    path = state_file()
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, new = tempfile.mkstemp(dir=path.parent)  # with mode 0600
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(new, path)
    except OSError as error:
        print(f"the bot's token can't be kept in {path}: {error}", file=sys.stderr)


_joining = threading.Lock()


def join(server, bot, room, take_over):
    """Finds the bot or makes it; gives its token, and the bot as it is if the token was kept from before."""
    bots = server.call("GET", "/api/bots?" + urllib.parse.urlencode({"room": room}))
    place = {"server": server.name, "room": room, "name": bot.name}
    mine = next((one for one in kept() if place.items() <= one.items()), None)
    is_socket = lambda one: one["url"].strip() == "socket:"
    # In a database that was emptied or put back, the id may be that of somebody else's bot: the name says, and the token.
    is_mine = lambda one: mine and one["id"] == mine.get("bot") and one["name"] == bot.name and is_socket(one)
    known = next((one for one in bots if is_mine(one)), None)
    if known:
        return mine["token"], known
    same = sorted((one for one in bots if one["name"] == bot.name), key=lambda one: bool(one.get("connected")))
    same = [one for one in same if is_socket(one) and not one.get("connected")] or same
    if same:
        found = same[0]
        if not take_over and (found.get("connected") or (found["url"].strip() and not is_socket(found))):
            raise Trouble(
                f"the room “{room}” has a bot “{bot.name}” already, which somebody uses; choose another name, or say "
                "take_over=True (--take-over)"
            )
        adapt(server, bot, found)
    else:
        new = {"room": room, "name": bot.name, "responds_to": bot.responds_to, "url": "socket:", "only_new": True}
        found = server.call("POST", "/api/actions/bot", new)
    token = server.call("POST", "/api/actions/bot-token", {"id": found["id"]})["token"]
    keep({**place, "bot": found["id"], "token": token})
    return token, None


def adapt(server, bot, found):
    """Makes a bot that is there what this one should be."""
    change = {}
    if found["url"].strip() != "socket:":
        change["url"] = "socket:"
    if bot.responds_to is not None and bot.responds_to != found["responds_to"]:
        change["responds_to"] = bot.responds_to
    if change:
        server.call("POST", "/api/actions/bot", {"id": found["id"], **change})


# The websocket (RFC 6455) --------------------------------------------------------------------------------------------


class Lost(Exception):
    """The connection is over, and another one may be made."""


class Refused(Exception):
    """The server answered the handshake with something else than a websocket."""

    def __init__(self, status, message):
        super().__init__(f"{message} (status {status})")
        self.status = status


class Closed(Exception):
    """The server closed the connection."""

    def __init__(self, code, reason):
        super().__init__(f"the server closed the connection: {reason or code}")
        self.code = code


def dial(server_name):
    """A stream to the server: plain or TLS, through the proxy that the environment names."""
    parts = urllib.parse.urlsplit(server_name)
    secure = parts.scheme == "https"
    host, port = parts.hostname, parts.port or (443 if secure else 80)
    proxy = urllib.request.getproxies().get(parts.scheme)
    if proxy and not is_here(server_name) and not urllib.request.proxy_bypass(host):
        via = urllib.parse.urlsplit(proxy if "://" in proxy else "http://" + proxy)
        stream = socket.create_connection((via.hostname, via.port or 80), TIMEOUT)
        lines = [f"CONNECT {host}:{port} HTTP/1.1", f"Host: {host}:{port}"]
        if via.username:
            user = f"{urllib.parse.unquote(via.username)}:{urllib.parse.unquote(via.password or '')}"
            lines.append("Proxy-Authorization: Basic " + base64.b64encode(user.encode()).decode())
        stream.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        status, _, _ = read_head(stream)
        if status != 200:
            stream.close()
            raise Lost(f"the proxy {via.hostname} answered with the status {status}")
    else:
        stream = socket.create_connection((host, port), TIMEOUT)
    stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return ssl.create_default_context().wrap_socket(stream, server_hostname=host) if secure else stream


def read_head(stream):
    """Status, headers and what came behind them."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = stream.recv(4096)
        if not piece or len(data) > 1 << 16:
            raise Lost("the connection ended during the handshake")
        data += piece
    head, rest = data.split(b"\r\n\r\n", 1)
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    try:
        return int(first.split()[1]), headers, rest
    except (IndexError, ValueError):
        raise Lost("what answers there does not speak HTTP") from None


class WebSocket:
    """A client's websocket."""

    def __init__(self, server_name, token):
        self.stream = dial(server_name)
        self.sending = threading.Lock()
        self.buffer = b""
        key = base64.b64encode(os.urandom(16)).decode()
        request = [
            "GET /api/bots/socket HTTP/1.1",
            f"Host: {urllib.parse.urlsplit(server_name).netloc}",
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            f"Sec-WebSocket-Key: {key}",
            f"Authorization: Bearer {token}",
        ]
        self.stream.sendall(("\r\n".join(request) + "\r\n\r\n").encode())
        status, headers, self.buffer = read_head(self.stream)
        if status != 101:
            rest = self.buffer
            while len(rest) < min(int(headers.get("content-length") or 0), 1 << 16):
                piece = self.stream.recv(4096)
                if not piece:
                    break
                rest += piece
            self.stream.close()
            raise Refused(status, sentence(rest))
        accept = base64.b64encode(hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest())
        if headers.get("sec-websocket-accept") != accept.decode():
            raise Lost("what answers there is no websocket")
        self.stream.settimeout(QUIET)

    def send(self, text):
        self.frame(0x1, text.encode())

    def frame(self, kind, payload):
        size = len(payload)
        if size < 126:
            head = struct.pack("!BB", 0x80 | kind, 0x80 | size)
        elif size < 1 << 16:
            head = struct.pack("!BBH", 0x80 | kind, 0x80 | 126, size)
        else:
            head = struct.pack("!BBQ", 0x80 | kind, 0x80 | 127, size)
        mask = os.urandom(4)
        pattern = int.from_bytes((mask * (size // 4 + 1))[:size], "big")
        masked = (int.from_bytes(payload, "big") ^ pattern).to_bytes(size, "big")
        with self.sending:
            self.stream.sendall(head + mask + masked)

    def texts(self):
        """What the server says, until the connection ends."""
        message = b""
        while True:
            first, payload = self.read_frame()
            kind = first & 0x0F
            if kind in (0x0, 0x1):
                message += payload
                if len(message) > MESSAGE_MAX:
                    raise Lost("the server sent a message that is too long")
                if first & 0x80:
                    yield message.decode()
                    message = b""
            elif kind == 0x8:
                code = struct.unpack("!H", payload[:2])[0] if len(payload) >= 2 else 1005
                self.frame(0x8, payload[:2])
                raise Closed(code, payload[2:].decode("utf-8", "replace"))
            elif kind == 0x9:
                self.frame(0xA, payload)

    def read_frame(self):
        first, second = self.read(2)
        size = second & 0x7F
        if size == 126:
            size = struct.unpack("!H", self.read(2))[0]
        elif size == 127:
            size = struct.unpack("!Q", self.read(8))[0]
        if size > MESSAGE_MAX:
            raise Lost("the server sent a message that is too long")
        return first, self.read(size)

    def read(self, size):
        asked = False
        while len(self.buffer) < size:
            try:
                piece = self.stream.recv(1 << 16)
            except (socket.timeout, TimeoutError):
                if asked:
                    raise Lost("the server gives no sign of life") from None
                asked = True
                self.frame(0x9, b"")
                continue
            if not piece:
                raise Lost("the server ended the connection")
            asked = False
            self.buffer += piece
        found, self.buffer = self.buffer[:size], self.buffer[size:]
        return found

    def close(self):
        try:
            self.frame(0x8, struct.pack("!H", 1000))
        except OSError:
            pass
        self.stream.close()


# Relaying ------------------------------------------------------------------------------------------------------------


class Relay:
    """Keeps one bot connected, for ever."""

    def __init__(self, server, bot, room, take_over=False):
        self.server, self.bot, self.room, self.take_over = server, bot, room, take_over
        self.pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix=bot.name or "bot")
        self.lock = threading.Lock()
        self.socket = None
        self.under_way = set()
        self.answers = {}  # of the last jobs, in case the server asks again after a lost connection
        self.failure = None

    def run(self):
        try:
            token, kept_bot = self.bot.token, None
            if token is None:
                with _joining:
                    token, kept_bot = join(self.server, self.bot, self.room, self.take_over)
            self.keep_connected(token, kept_bot)
        except Trouble as trouble:
            self.failure = trouble

    def keep_connected(self, token, kept_bot):
        wait, before = BACK_OFF[0], None
        while True:
            try:
                with_socket = WebSocket(self.server.name, token)
                with self.lock:
                    self.socket = with_socket
                say("Connected again." if before else self.hello())
                if kept_bot:  # the server knows its token, so it is ours
                    adapt(self.server, self.bot, kept_bot)
                wait, before, kept_bot = BACK_OFF[0], "connected", None
                for text in with_socket.texts():
                    self.take(text)
            except Refused as refused:
                if refused.status == 401 and kept_bot:  # the token was replaced since
                    keep({"server": self.server.name, "room": self.room, "name": self.bot.name})
                    with _joining:
                        token, kept_bot = join(self.server, self.bot, self.room, self.take_over)
                    continue
                if refused.status in (401, 409, 421):
                    raise Trouble(f"{self.server.name} says: {refused}") from None
                why = refused
            except Closed as closed:
                if closed.code in (4401, 4404):
                    gone = "has a new token: somebody else runs it" if closed.code == 4401 else "was deleted in the room"
                    raise Trouble(f"the bot {self.bot.name} {gone}") from None
                why = closed
            except ssl.SSLCertVerificationError as error:
                raise Trouble(f"{self.server.name} has no certificate that this computer trusts: {error.verify_message}") from None
            except (Lost, OSError, ValueError) as error:
                why = error
            with self.lock:
                self.socket = None
            if str(why) != before:
                say(f"{self.bot.name} is not connected: {why}. Trying again, for ever.")
            before = str(why)
            time.sleep(wait * random.uniform(0.5, 1))
            wait = min(wait * 2, BACK_OFF[1])

    def hello(self):
        if self.bot.token is not None:
            return f"Connected to {self.server.name}. Ctrl-C ends it."
        return f"{self.bot.name} is in the room: {self.server.page(self.room)} (Ctrl-C ends it)"

    def take(self, text):
        frame = json.loads(text)
        job = frame.get("id")
        if "error" in frame:
            return say(f"The server says: {frame['error']}")
        with self.lock:
            if job in self.under_way:
                return None
            self.under_way.add(job)
            answer = self.answers.get(job)
        self.pool.submit(self.deliver, job, answer) if answer else self.pool.submit(self.carry_out, frame, text)
        return None

    def carry_out(self, frame, text):
        try:
            within = float(frame.get("within") or 120)
            if "activation" in frame:
                answer = self.activate(frame, text, within)
            elif "get" in frame:
                answer = self.bot.file(frame["get"], min(within, TIMEOUT))
            else:
                answer = {"error": "this program does not know what is wanted; a newer one may"}
        except Exception as error:  # one job's trouble is not the others'
            traceback.print_exc()
            answer = {"error": f"{type(error).__name__}: {error}"}
        answer = json.dumps({"id": frame["id"], **answer})
        if len(answer) > ANSWER_MAX:
            answer = json.dumps({"id": frame["id"], "error": "what it answered is longer than 8 MiB"})
        self.deliver(frame["id"], answer)

    def activate(self, frame, text, within):
        message = frame["activation"]
        said = message.get("text", message.get("form_data", message.get("event")))
        say(f"{message.get('author')} in {message.get('room')}: {said}")
        start, began = text.find('"activation":') + len('"activation":'), time.monotonic()
        try:  # byte for byte, since it may be signed
            raw = text[start : json.JSONDecoder().raw_decode(text, start)[1]]
        except ValueError:
            raw = json.dumps(message)
        answer = self.bot.answer(message, frame.get("path"), frame.get("headers") or {}, raw, within)
        took = round((time.monotonic() - began) * 1000)
        if "answer" in answer:
            words = answer["answer"].get("text") if isinstance(answer["answer"], dict) else answer["answer"]
        else:
            words = answer.get("error") or f"status {answer['status']}"
        say(f"{self.bot.name or 'The bot'} after {took} ms: {words}")
        return answer

    def deliver(self, job, answer):
        with self.lock:
            self.under_way.discard(job)
            self.answers[job] = answer
            while len(self.answers) > AT_ONCE:
                del self.answers[next(iter(self.answers))]
            connection = self.socket
        try:
            if connection:
                connection.send(answer)
        except OSError:
            pass  # the server asks again, over the next connection


def say(text):
    """Prints one line that does nothing to the terminal."""
    line = "".join(c if c.isprintable() else " " for c in str(text)[:301])
    print(time.strftime("%H:%M:%S"), line if len(line) <= 300 else line[:300] + "…", flush=True)


# What one calls ------------------------------------------------------------------------------------------------------

_bots = []


def bot(name, responds_to=None, room=None, files=None):
    """Makes a function a bot. It hears messages with its name, or those that match `responds_to`.

    The function gets a dict (`room`, `author`, `text`, `params`; `state` in a conversation; `form_data` for a form, and
    then `path` is the form's action) and returns a text, or a dict with `text`, `image`, `state` and so on. `files` is a
    folder: what is in it can be used in answers, such as {"text": "Look", "image": "cat.png"}.
    """

    def take(function):
        _bots.append(FunctionBot(function, name=name, responds_to=responds_to, room=room, files=files))
        return function

    return take


def run(server=None, room=None, bots=None, take_over=False):
    """Runs all bots until Ctrl-C."""
    bots = _bots if bots is None else bots
    server = Server(server or os.environ.get("PARLOR_SERVER") or SERVER)
    relays = [Relay(server, one, one.room or room or server.room or ROOM, take_over) for one in bots]
    threads = [threading.Thread(target=relay.run, daemon=True) for relay in relays]
    for thread in threads:
        thread.start()
    try:
        while any(thread.is_alive() for thread in threads):
            for thread in threads:
                thread.join(0.2)
    except KeyboardInterrupt:
        for relay in relays:
            if relay.socket:
                relay.socket.close()
        print("\nThe bots stay in their rooms, and answer again when this is started again.", flush=True)
        os._exit(0)  # a function that is at work now is not waited for
    failures = [str(relay.failure) for relay in relays if relay.failure]
    sys.exit("\n".join(failures) or None)


def main():
    parser = argparse.ArgumentParser(description="Joins a program that answers over HTTP to a room of Parlor, as a bot.")
    parser.add_argument("url", help="where the program answers, such as http://localhost:5000/echo")
    parser.add_argument("--server", help=f"the Parlor server ({SERVER})")
    parser.add_argument("--room", help=f"the room ({ROOM})")
    parser.add_argument("--name", help="the bot's name (from the url's path)")
    parser.add_argument("--responds-to", help="a pattern for the messages that it answers")
    parser.add_argument("--token", help="the token of a bot that is there already")
    parser.add_argument("--take-over", action="store_true", help="take over a bot of this name that somebody else uses")
    given = parser.parse_args()
    url = given.url if "://" in given.url else "http://" + given.url
    last = urllib.parse.unquote(urllib.parse.urlsplit(url).path.rstrip("/").rpartition("/")[2])
    words = [word[:1].upper() + word[1:] for word in re.split(r"[\W_]+", last) if word]
    name = given.name or " ".join(words) or "Bot"
    one = HttpBot(url, name=name, responds_to=given.responds_to, token=given.token)
    run(given.server, given.room, [one], given.take_over)


if __name__ == "__main__":
    try:
        main()
    except Trouble as trouble:
        sys.exit(str(trouble))
