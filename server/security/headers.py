"""Response headers that tell browsers what a page of ours may do: one base, and what the pane needs instead."""

from __future__ import annotations

from collections.abc import Callable

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

OFFICE_JS = "https://appsforoffice.microsoft.com"

BASE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
# Excel on the web frames the pane, and dialogs of office.js talk to their opener: neither of these may be on its pages.
NOT_FRAMED = {"X-Frame-Options": "DENY", "Cross-Origin-Opener-Policy": "same-origin"}

API_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
DOCUMENTATION_POLICY = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)


def page_policy(frame_ancestors: tuple[str, ...], *, office: bool) -> str:
    """The policy of a page that runs WebAssembly; with ``office``, also office.js from Microsoft's own host."""
    scripts = f"'self' 'wasm-unsafe-eval'{f' {OFFICE_JS}' if office else ''}"
    connections = f"'self'{f' {OFFICE_JS}' if office else ''}"
    framers = " ".join(frame_ancestors) or "'none'"
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src {scripts}",
            # Excel on the web injects style attributes (office-js issue 1687); so do charts.
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            f"connect-src {connections}",
            "worker-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            f"frame-ancestors {framers}",
        )
    )


def policies(frame_ancestors: tuple[str, ...]) -> Callable[[str], dict[str, str]]:
    """The headers for a path. The playground is framed by nobody, the pane by Office, the API is not a page."""
    pane = BASE | {"Content-Security-Policy": page_policy(frame_ancestors, office=True)}
    playground = BASE | NOT_FRAMED | {"Content-Security-Policy": page_policy((), office=False)}
    documentation = BASE | NOT_FRAMED | {"Content-Security-Policy": DOCUMENTATION_POLICY}
    api = BASE | NOT_FRAMED | {"Content-Security-Policy": API_POLICY, "Cache-Control": "no-store"}

    def for_path(path: str) -> dict[str, str]:
        if path == "/app/playground.html" or path.startswith("/playground"):
            return playground
        if path.startswith("/app/"):
            return pane
        if path == "/api/v1/docs":
            return documentation
        return api if path.startswith(("/api/", "/health/")) else playground

    return for_path


class SecurityHeaders:
    """Adds the path's headers to every response; a header the endpoint has set stays."""

    def __init__(self, app: ASGIApp, headers: Callable[[str], dict[str, str]]) -> None:
        self._app = app
        self._headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers(scope["path"]).items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers)
