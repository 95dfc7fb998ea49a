"""The outermost layer of a request: its id, its size limit, and the net under everything unexpected."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.errors import TooLarge
from server.kit.ids import new_id
from server.kit.problems import problem, respond

log = logging.getLogger("montecell.server")
REQUEST_ID = "montecell.request_id"
_CLIENT_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
DRAIN_SECONDS = 2.0


class RequestContext:
    """Gives each request an id (the client's own ``X-Request-Id`` if it is sane) and answers 500 for the unforeseen."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _request_id(Headers(scope=scope))
        scope[REQUEST_ID] = request_id
        started = False

        async def send_with_id(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                MutableHeaders(scope=message)["X-Request-Id"] = request_id
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        except Exception:
            log.exception("request %s: %s %s failed", request_id, scope["method"], scope["path"])
            if started:
                raise
            await _answer_500(scope, receive, send_with_id, request_id)


def _request_id(headers: Headers) -> str:
    given = headers.get("x-request-id", "")
    return given if _CLIENT_ID.fullmatch(given) else new_id("req")


async def _answer_500(scope: Scope, receive: Receive, send: Send, request_id: str) -> None:
    detail = f"The server failed on this request. Its log tells why, under the id {request_id}."
    response = respond(Request(scope), problem(500, detail, "server.error", request_id=request_id))
    await response(scope, receive, send)


class BodyLimit:
    """Counts what really arrives, whatever Content-Length says, and refuses a body that is too large.

    ``limit`` gives the bytes for a request. Raises TooLarge inside the application, which makes it a problem document.
    """

    def __init__(self, app: ASGIApp, limit: Callable[[Scope], int]) -> None:
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = self._limit(scope)
        received = 0

        async def receive_limited() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                await drain(receive, message)
                raise too_large(limit)
            return message

        await self._app(scope, receive_limited, send)


def too_large(limit: int) -> TooLarge:
    """The refusal, naming the limit in the unit a person uses."""
    shown = f"{limit / (1024 * 1024):g} MB" if limit >= 1024 * 1024 else f"{limit:,} bytes"
    return TooLarge(f"The request is larger than this server's limit of {shown}.")


async def drain(receive: Receive, message: Message) -> None:
    """Read and drop the rest of a body for a moment: a client that is still sending would miss the answer otherwise."""
    try:
        async with asyncio.timeout(DRAIN_SECONDS):
            while message["type"] == "http.request" and message.get("more_body", False):
                message = await receive()
    except TimeoutError:
        return
