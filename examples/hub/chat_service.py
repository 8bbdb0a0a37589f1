"""A chat service: a program that owns a service of the hub, and repeats to all subscribers what one of them says.

    pip install -r requirements.txt
    python3 chat_service.py                              # owns the service "chat"
    python3 client.py --service chat --nickname Ann      # in another terminal; and again, as somebody else

Parlor has a chat service of its own, whose name is chat_service. To have that name for this program, start the server
with `parlor serve --no-chat-service` and this with `--service chat_service`: clients notice no difference.
"""

import argparse
import asyncio
import os
import re
import sys

import concierge

SERVER = "ws://localhost:6277/hub/ws"
VERSION = "1.0"


class ChatService:
    """What happens while the service is there."""

    def __init__(self, service, nickname):
        self.service, self.nickname = service, nickname

    async def talk(self, hub):
        """Owns the service, and answers whatever comes, until the connection is closed."""
        creation = await hub.send("SERVICE_CREATE", service=self.service, nickname=self.nickname)
        # Only subscribers are told who else subscribes: so we are one ourselves.
        await hub.send("SELF_SUBSCRIBE", service=self.service)
        async for payload in hub:
            kind = payload["type"]
            if payload.get("seq") == creation and (kind != "SERVICE_CREATE_RESULT" or not payload["successful"]):
                raise concierge.Refused(self.why_not(payload))
            if kind == "SERVICE_CREATE_RESULT" and payload.get("seq") == creation:
                print(f"The service {self.service} is there.", flush=True)
            elif kind == "SERVICE_CLIENT_SUBSCRIBED" and self.is_ours(payload):
                await self.tell_all(hub, f"{shown(payload['client'])} joined the chat.")
            elif kind == "SERVICE_CLIENT_UNSUBSCRIBED" and self.is_ours(payload):
                await self.tell_all(hub, f"{shown(payload['client'])} left the chat.")
            elif kind == "MESSAGE" and payload["target"] == concierge.to_service(self.service):
                await self.hear(hub, payload)
            elif kind.startswith("ERROR_"):
                print(f"The hub says {kind}: {payload.get('desc', '')}", file=sys.stderr, flush=True)

    async def hear(self, hub, payload):
        """One subscriber has said something. What comes from strangers may have any shape."""
        author, data = payload["origin"], payload["data"]
        text = data.get("text") if isinstance(data, dict) else None
        if not isinstance(text, str) or not text.strip():
            return
        if text.strip() == "/about":
            about = f"(Only you can see this!)\n{self.nickname}\nVersion: {VERSION}"
            said = {"type": "TEXT", "author": "System Message", "author_uuid": "0", "text": about}
            await hub.message(concierge.to_subscriber(self.service, author["uuid"]), said)
            return
        said = {"type": "TEXT", "author": shown(author), "author_uuid": author["uuid"], "text": text}
        await hub.message(concierge.to_service(self.service), said)

    async def tell_all(self, hub, text):
        """Says to all subscribers what happened."""
        print(text, flush=True)
        await hub.message(concierge.to_service(self.service), {"type": "STATUS", "text": text})

    def is_ours(self, payload):
        """We may be subscribed to other services, too, some day."""
        return payload["service"]["name"] == self.service

    def why_not(self, payload):
        """A sentence for why there is no service."""
        if payload["type"] != "SERVICE_CREATE_RESULT":
            return f"The service could not be made: {payload.get('desc', payload['type'])}"
        if self.service == "chat_service":
            return (
                "There is a service chat_service already. If it is the server's own: start the server with "
                "--no-chat-service, or take another name with --service."
            )
        return f"There is a service {self.service} already: take another name with --service."


def shown(client):
    """How a client is called."""
    return client["nickname"] or client["name"]


def main():
    """Reads the command line and runs the service until Ctrl+C."""
    parser = argparse.ArgumentParser(description="A chat service at a Parlor's hub.")
    parser.add_argument("server", nargs="?", default=os.environ.get("HUB", SERVER), help=f"default: {SERVER}")
    parser.add_argument("--service", default="chat", help="default: chat; chat_service needs parlor --no-chat-service")
    parser.add_argument("--nickname", default="Chat Service", help="how the service is shown")
    parser.add_argument("--name", help="this program's own name: letters, digits and _; default: owner_of_ the service")
    secret = "the hub's secret, or an account's token; safer in the variable HUB_SECRET"
    parser.add_argument("--secret", default=os.environ.get("HUB_SECRET"), help=secret)
    options = parser.parse_args()

    service = ChatService(options.service, options.nickname)
    staying = concierge.stay(
        options.server,
        service.talk,
        name=options.name or "owner_of_" + re.sub("[^A-Za-z0-9_]", "_", options.service),
        nickname=options.nickname,
        tags=["service", "chat"],
        secret=options.secret,
        say=lambda text: print(text, file=sys.stderr, flush=True),
    )
    try:
        asyncio.run(staying)
    except concierge.Refused as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        pass  # our clients are told that the service is gone


if __name__ == "__main__":
    main()
