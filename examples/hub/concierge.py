"""The hub's protocol, for programs in Python: connect, identify, send, receive, come back after a lost connection.

    pip install websockets

Copy this file beside your own:

    import asyncio, concierge

    async def talk(hub):
        await hub.send("SELF_SUBSCRIBE", service="chat_service")
        await hub.message(concierge.to_service("chat_service"), {"text": "Hello"})
        async for payload in hub:
            print(payload)

    asyncio.run(concierge.stay("ws://localhost:6277/hub/ws", talk, name="ann"))

Every payload of the protocol: docs/reference/hub.md, which any Parlor shows at /guide/reference/hub.
"""

import asyncio
import json
import random

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus, InvalidURI

VERSION = "0.2.0"
SUBPROTOCOL = "ert-concierge"
LARGEST = 8 << 20  # bytes of a payload that we take: a service with many subscribers has a long list of them
IDENTIFIED_WITHIN = 10  # seconds for the answer to IDENTIFY
BACK_OFF = (0.5, 30)  # seconds: the first wait before we come back, and the longest
BEATS = {"ping_interval": 5, "ping_timeout": 10}  # seconds: the library asks whether the hub is still there
SETTLED = 20  # seconds after which a connection has been a good one, and the waits begin anew

NO_HUB = "There is no hub. Addresses look like ws://localhost:6277/hub/ws; on a port of the hub's own the path is /ws."

# Close codes after which trying again does not help, and what to do about them.
FINAL = {
    4000: "The hub does not let us in.",
    4002: "The hub can't read our IDENTIFY.",
    4003: "The hub wants IDENTIFY first.",
    4005: "Somebody has this name: choose another one.",
    4006: "The secret is wrong, or there is one and we don't know it: ask who runs the server.",
    4007: "The hub speaks another version of the protocol.",
    4008: "A name may have letters, digits and _ only.",
    1002: "We have broken the websocket protocol.",
    1007: "We have sent text that is no UTF-8.",
    1009: "We have sent a payload that is too large.",
}
# Those after which it does.
PASSING = {
    4004: "We were too slow to say who we are.",
    4009: "The hub has not heard from us for too long.",
    1001: "The server goes away.",
    1012: "The server restarts.",
    1013: "We read too slowly, so the hub dropped us.",
}


class Refused(Exception):
    """Trying again does not help. The text is a sentence for people."""


def to_client(uuid):
    """A target: one client, by its uuid."""
    return {"type": "UUID", "uuid": uuid}


def to_name(name):
    """A target: one client, by its name."""
    return {"type": "NAME", "name": name}


def to_service(service):
    """A target: the owner of a service; for the owner itself, all subscribers."""
    return {"type": "SERVICE", "service": service}


def to_subscriber(service, uuid):
    """A target, for the owner of a service: one client alone."""
    return {"type": "SERVICE_CLIENT_UUID", "service": service, "uuid": uuid}


class Hub:
    """A connection whose client has been let in. `async for payload in hub` gives what comes, until it is closed."""

    def __init__(self, socket, hello):
        self.socket = socket
        self.uuid = hello["uuid"]
        self.fs_key = hello.get("fs_key", hello["uuid"])  # the header x-fs-key for our files; older hubs take the uuid
        self.sent = 0

    async def send(self, type, **fields):
        """Sends a payload, and gives its number: its answer has that as "seq"."""
        number, self.sent = self.sent, self.sent + 1
        await self.socket.send(json.dumps({"type": type, **fields}, ensure_ascii=False))
        return number

    async def message(self, target, data):
        """Sends any JSON to whom the target names."""
        return await self.send("MESSAGE", target=target, data=data)

    async def __aiter__(self):
        # Pings of the server are answered by the library, as long as we never block: use asyncio.sleep, and
        # asyncio.to_thread for what takes long.
        async for text in self.socket:
            yield json.loads(text)


async def stay(url, talk, *, name, nickname=None, tags=(), secret=None, subprotocol=True, say=print):
    """Connects, and does what `talk(hub)` does; when the connection is lost, begins again, with another uuid and
    subscribed to nothing. Ends when `talk` returns; raises Refused when there is no use in trying again. `say` is told
    what happens.
    """
    identify = {"type": "IDENTIFY", "name": name, "nickname": nickname, "version": VERSION, "tags": list(tags)}
    if secret is not None:
        identify["secret"] = secret
    been_there, wait = False, BACK_OFF[0]
    while True:
        began = asyncio.get_running_loop().time()
        try:
            # The argument is a list: a plain string would offer its letters, one by one.
            offered = [SUBPROTOCOL] if subprotocol else None
            async with connect(url, subprotocols=offered, max_size=LARGEST, **BEATS) as socket:
                await socket.send(json.dumps(identify, ensure_ascii=False))
                hub = Hub(socket, hello(await asyncio.wait_for(socket.recv(), IDENTIFIED_WITHIN)))
                been_there = True
                await talk(hub)
                # It returned because it had enough, or because nothing more will come.
                if socket.close_code is None:
                    return
                why = closed(socket.close_code, socket.close_reason, been_there)
        except ConnectionClosed as error:
            code, reason = (error.rcvd.code, error.rcvd.reason) if error.rcvd else (1006, "")
            why = closed(code, reason, been_there)
        except InvalidURI as error:
            raise Refused(NO_HUB) from error
        except InvalidStatus as error:
            why = refused(error.response)
        except InvalidHandshake as error:
            why = f"There is a server, but it speaks no websocket: {error}."
        except (TimeoutError, asyncio.TimeoutError):
            why = "The server does not answer."
        except OSError as error:
            why = f"The server can't be reached{': ' + error.strerror if error.strerror else ''}."
        if asyncio.get_running_loop().time() - began > SETTLED:
            wait = BACK_OFF[0]
        pause = wait * random.uniform(0.5, 1.0)  # not everybody at once
        say(f"{why} Trying again in {pause:.1f} s.")
        await asyncio.sleep(pause)
        wait = min(wait * 2, BACK_OFF[1])


def hello(text):
    """The first payload, if it is what a hub sends."""
    try:
        payload = json.loads(text)
        if payload["type"] == "HELLO" and isinstance(payload["uuid"], str):
            return payload
    except (ValueError, KeyError, TypeError):
        pass
    raise Refused(NO_HUB)


def closed(code, reason, been_there):
    """A sentence about a close, if it makes sense to come back."""
    words = f" ({code}: {reason})" if reason else f" ({code})"
    if code == 4005 and been_there:
        return f"The hub has not noticed yet that our old connection is gone{words}."
    if code in FINAL:
        raise Refused(FINAL[code] + words)
    return PASSING.get(code, "The connection was lost.") + words


def refused(response):
    """A sentence about an answer that is no websocket, if it makes sense to come back."""
    status = response.status_code
    if status == 429 or status >= 500:
        return f"The server has too much to do (status {status})."
    if status in (401, 403, 421):
        said = (response.body or b"").decode(errors="replace").strip()[:500]
        raise Refused(f"The server does not let us in (status {status}). {said}")
    raise Refused(f"{NO_HUB} (Status {status}.)")
