"""The built pane: types, caching, nothing outside its folder."""

from __future__ import annotations

from pathlib import Path

import pytest

pytestmark = pytest.mark.anyio


@pytest.fixture
def dist(sqlite_stage) -> Path:
    folder = sqlite_stage.folder / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "playground.html").write_text("<title>playground</title>")
    (folder / "taskpane.html").write_text("<title>pane</title>")
    for name in ("main-Bx3kQ9aZ.js", "engine-D4f_s-21.wasm", "plain.js", "style-DiwrgTda.css", "font-AbCdEfGh.woff2"):
        (folder / "assets" / name).write_bytes(b"\0asm")
    (sqlite_stage.folder / "secret.txt").write_text("secret")
    return folder


@pytest.mark.parametrize(
    ("path", "media_type", "caching"),
    [
        ("/playground", "text/html; charset=utf-8", "no-cache"),
        ("/app/playground.html", "text/html; charset=utf-8", "no-cache"),
        ("/app/taskpane.html", "text/html; charset=utf-8", "no-cache"),
        ("/app/assets/main-Bx3kQ9aZ.js", "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"),
        ("/app/assets/engine-D4f_s-21.wasm", "application/wasm", "public, max-age=31536000, immutable"),
        ("/app/assets/style-DiwrgTda.css", "text/css; charset=utf-8", "public, max-age=31536000, immutable"),
        ("/app/assets/font-AbCdEfGh.woff2", "font/woff2", "public, max-age=31536000, immutable"),
        ("/app/assets/plain.js", "text/javascript; charset=utf-8", "no-cache"),
    ],
)
async def test_files(sqlite_stage, dist: Path, path: str, media_type: str, caching: str) -> None:
    async with sqlite_stage.server() as client:
        response = await client.get(path)
        assert response.status_code == 200
        assert (response.headers["content-type"], response.headers["cache-control"]) == (media_type, caching)
        again = await client.get(path, headers={"If-None-Match": response.headers["etag"]})
        assert again.status_code in (200, 304)


@pytest.mark.parametrize(
    "path", ["/app/../secret.txt", "/app/%2e%2e/secret.txt", "/app/..%2fsecret.txt", "/app/assets/", "/app/nothing.js"]
)
async def test_nothing_outside_and_no_listing(sqlite_stage, dist: Path, path: str) -> None:
    async with sqlite_stage.server() as client:
        response = await client.get(path)
        assert (response.status_code, response.json()["code"]) == (404, "route.not_found")


async def test_the_root_leads_to_the_playground(client) -> None:
    response = await client.get("/")
    assert (response.status_code, response.headers["location"]) == (307, "/playground")


@pytest.mark.parametrize("path", ["/playground", "/app/taskpane.html"])
async def test_a_pane_that_is_not_built_says_how(client, path: str) -> None:
    response = await client.get(path)
    assert response.status_code == 200
    assert "make run" in response.text
