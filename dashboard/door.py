"""The web door: who may talk to this page's server."""

import ipaddress
import socket
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
"""Nothing from elsewhere. Dash writes its configuration inline, hence 'unsafe-inline'."""

HEADERS = [
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-cache"),
]


def is_own_host(host_header: str, own_names: frozenset[str]) -> bool:
    """True when the Host header names this machine and not somebody's domain that resolves to it.

    An address is always own: only a name can be pointed at us from outside (DNS rebinding).
    """
    name = urlsplit(f"//{host_header}").hostname or ""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return name in own_names
    return True


def is_own_origin(origin: str, host_header: str) -> bool:
    """True when the page that asks was served from where it asks. Clients that are no browser send none."""
    return origin == "" or urlsplit(origin).netloc == host_header


class Door:
    """ASGI middleware in front of every route, the websocket included: other hosts and origins get 403.

    Dash checks the origin of its own websocket only; a route of ours would answer any web page that the
    browser has open.
    """

    def __init__(self, app: ASGIApp, host: str) -> None:
        self._app = app
        self._own_names = frozenset({"localhost", socket.gethostname().lower(), host.lower()})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let own pages through, with headers that keep them to this server."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        host, origin = headers.get(b"host", ""), headers.get(b"origin", "")
        if is_own_host(host, self._own_names) and is_own_origin(origin, host):
            await self._app(scope, receive, _with_headers(send))
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": "not from this page"})
        else:
            await send({"type": "http.response.start", "status": 403, "headers": HEADERS})
            await send(
                {
                    "type": "http.response.body",
                    "body": b"Open this page by its address, or by the name in page.host.\n",
                }
            )


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            held = {name for name, _ in message["headers"]}
            added = [header for header in HEADERS if header[0] not in held]
            message = {**message, "headers": [*message["headers"], *added]}
        await send(message)

    return sending
