"""The built pane as static files: right types on every machine, hashed assets cached for good."""

from __future__ import annotations

import os
import re
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

# The operating system's table is not asked: Windows' registry calls .js text/plain often enough.
MEDIA_TYPES = {
    ".css": "text/css",
    ".html": "text/html",
    ".ico": "image/vnd.microsoft.icon",
    ".js": "text/javascript",
    ".json": "application/json",
    ".map": "application/json",
    ".mjs": "text/javascript",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".xml": "text/xml",
}
# Vite: assets/name-HASH.ext, the hash being eight characters or more of base64url.
_HASHED = re.compile(r"-[A-Za-z0-9_-]{8,}\.[a-z0-9]+$")
FOR_GOOD = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"

NOT_BUILT = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Montecell</title>
<body style="font-family: system-ui; max-width: 40em; margin: 4em auto; line-height: 1.5">
<h1>The pane is not built yet</h1>
<p>The server runs, and <a href="/api/v1/docs">its API</a> answers. The pages of the add-in and the playground
have to be built once:</p>
<pre>make run</pre>
<p>in the folder of the project builds them and starts this server again.</p>
</body></html>
"""


class PaneFiles(StaticFiles):
    """Files below a folder; nothing outside it, and no folder listings."""

    def file_response(
        self, full_path: str | os.PathLike[str], stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        response = super().file_response(full_path, stat_result, scope, status_code)
        path = Path(full_path)
        response.headers["Cache-Control"] = caching(path)
        if response.status_code == 200:
            response.headers["Content-Type"] = media_type(path)
        return response


def media_type(path: Path) -> str:
    """The type to serve a file as; text is always UTF-8."""
    kind = MEDIA_TYPES.get(path.suffix.lower(), "application/octet-stream")
    return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind


def caching(path: Path) -> str:
    """Assets with a hash in their name never change; everything else is revalidated by its ETag."""
    return FOR_GOOD if path.parent.name == "assets" and _HASHED.search(path.name) else ASK_AGAIN


def routes(folder: Path) -> list[Route | Mount]:
    """``/app/`` with all files, ``/playground``, and ``/`` leading there."""

    async def playground(request: Request) -> Response:
        page = folder / "playground.html"
        if not page.is_file():
            return HTMLResponse(NOT_BUILT, headers={"Cache-Control": "no-store"})
        return FileResponse(page, media_type="text/html", headers={"Cache-Control": ASK_AGAIN})

    async def home(request: Request) -> Response:
        return RedirectResponse("/playground", status_code=307)

    async def pane_missing(request: Request) -> Response:
        return HTMLResponse(NOT_BUILT, headers={"Cache-Control": "no-store"})

    pages: list[Route | Mount] = [Route("/", home), Route("/playground", playground)]
    if folder.is_dir():
        return [*pages, Mount("/app", PaneFiles(directory=folder), name="pane")]
    return [*pages, Route("/app/{path:path}", pane_missing)]
