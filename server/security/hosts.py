"""Who may talk to this server: the Host it is called by, and the page that calls.

A server on 127.0.0.1 is reachable from every web page the person has open. Checking Host stops DNS rebinding (a foreign
name that resolves to 127.0.0.1); checking Origin and Sec-Fetch-Site (W3C Fetch Metadata) stops other sites' scripts and
forms. Programs send neither header and are let in: they could read the files anyway.
"""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from server.errors import Refused
from server.kit.problems import problem, respond


class HostAndOrigin:
    """Answers 403 ``host.refused`` or ``origin.refused`` before anything else sees the request."""

    def __init__(self, app: ASGIApp, hosts: tuple[str, ...], origins: tuple[str, ...]) -> None:
        self._app = app
        self._hosts = frozenset(host.lower() for host in hosts)
        self._origins = frozenset(origin.rstrip("/").lower() for origin in origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            self.check(scope)
        except Refused as refusal:
            response = respond(Request(scope), problem(403, refusal.detail, refusal.code))
            await response(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def check(self, scope: Scope) -> None:
        """Raises Refused."""
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if "*" not in self._hosts and host_name(host) not in self._hosts:
            raise Refused(
                f"This server does not answer to the name {host or '(none)'}. Add it to MONTECELL_ALLOWED_HOSTS.",
                code="host.refused",
            )
        origin = headers.get("origin")
        if origin is not None and not self._is_known(origin, f"{scope['scheme']}://{host}"):
            raise Refused(
                f"Pages of {origin} may not use this server. Add it to MONTECELL_ALLOWED_ORIGINS.",
                code="origin.refused",
            )
        if origin is None and headers.get("sec-fetch-site") == "cross-site" and not _opens_a_page(scope, headers):
            raise Refused("Pages of other sites may not use this server.", code="origin.refused")

    def _is_known(self, origin: str, own: str) -> bool:
        return origin.lower() == own.lower() or origin.rstrip("/").lower() in self._origins


def _opens_a_page(scope: Scope, headers: Headers) -> bool:
    # A link to the playground, and Office framing the pane, are cross-site by nature; what they open holds no data.
    is_page = not scope["path"].startswith("/api/")
    return is_page and scope["method"] in ("GET", "HEAD") and headers.get("sec-fetch-mode") == "navigate"


def host_name(host: str) -> str:
    """The name of a Host header without its port, IPv6 in its brackets, lower case."""
    if host.startswith("["):
        return host.partition("]")[0].lower() + "]"
    return host.partition(":")[0].lower()
