"""What only shows on a real connection: uvicorn, chunked bodies, clients that leave."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import httpx2
import pytest
import uvicorn

from server.app import create_app
from server.simulations import topics

pytestmark = pytest.mark.anyio
API = "/api/v1"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@asynccontextmanager
async def _served(stage, **changes: object) -> AsyncIterator[tuple[httpx2.AsyncClient, object]]:
    """The application behind uvicorn on a free loopback port."""
    app = create_app(stage.settings(**changes), stage.engine)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        config = uvicorn.Config(app, log_config=None, timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve([listener]))
        async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
            async with asyncio.timeout(30):
                while not server.started:
                    await asyncio.sleep(0)
            yield client, app
        server.should_exit = True
        await serving


def _zeros(megabytes: int) -> Iterator[bytes]:
    for _ in range(megabytes * 16):
        yield b"\0" * 65536


async def _async_zeros(megabytes: int) -> AsyncIterator[bytes]:
    for piece in _zeros(megabytes):
        yield piece


@pytest.mark.parametrize("chunked", [True, False])
async def test_a_client_that_sends_too_much_hears_why(sqlite_stage, chunked: bool) -> None:
    async with _served(sqlite_stage, max_upload_bytes=1024 * 1024) as (client, _):
        body = _async_zeros(8) if chunked else b"".join(_zeros(8))
        response = await client.post(f"{API}/workbooks", content=body, headers={"Content-Type": XLSX})
        assert (response.status_code, response.json()["code"]) == (413, "request.too_large")
        assert list(sqlite_stage.settings().uploads_folder.iterdir()) == []
        assert (await client.get("/health/ready")).status_code == 200


async def test_a_multipart_upload_in_many_small_pieces(sqlite_stage, book: bytes) -> None:
    boundary = b"----x"
    head = (
        b'--%s\r\nContent-Disposition: form-data; name="file"; filename="Gr\xc3\xb6\xc3\x9fe.xlsx"\r\n\r\n' % boundary
    )
    whole = head + book + b"\r\n--%s--\r\n" % boundary

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(whole), 7):
            yield whole[start : start + 7]

    async with _served(sqlite_stage) as (client, _):
        headers = {"Content-Type": f"multipart/form-data; boundary={boundary.decode()}"}
        response = await client.post(f"{API}/workbooks", content=pieces(), headers=headers)
        assert response.status_code == 201, response.text
        assert response.json()["file_name"] == "Größe.xlsx"
        assert (await client.get(f"{response.headers['location']}/file")).content == book


async def test_an_upload_that_breaks_off_leaves_nothing(sqlite_stage) -> None:
    async with _served(sqlite_stage) as (client, _):
        settings = sqlite_stage.settings()
        _, writer = await asyncio.open_connection("127.0.0.1", client.base_url.port)
        lines = (f"POST {API}/workbooks HTTP/1.1", "Host: localhost", f"Content-Type: {XLSX}", "Content-Length: 100000")
        writer.write("\r\n".join((*lines, "", "PK")).encode())
        await writer.drain()
        async with asyncio.timeout(30):
            while not list(settings.uploads_folder.iterdir()):
                await asyncio.sleep(0)
            writer.close()
            await writer.wait_closed()
            while list(settings.uploads_folder.iterdir()):
                await asyncio.sleep(0)
        assert list(settings.workbooks_folder.iterdir()) == []


async def test_a_follower_that_leaves_is_forgotten_and_disturbs_nobody(sqlite_stage, upload) -> None:
    engine = sqlite_stage.engine
    engine.hold_at = 2
    async with _served(sqlite_stage) as (client, app):
        body = {"workbook_id": await upload(client), "spec": {"iterations": 100}}
        simulation = (await client.post(f"{API}/simulations", json=body)).json()["id"]
        await asyncio.to_thread(engine.held.wait, 30)
        watchers = app.state.context.bulletin._waiting
        path = f"{API}/simulations/{simulation}/events"
        async with client.stream("GET", path) as response:
            async for line in response.aiter_lines():
                if line.startswith("id: 1"):
                    break
            assert topics.events(simulation) in watchers
            # Hundreds may follow: none of them may hold a connection to the database while it waits.
            pool = app.state.context.database.engine.pool
            async with asyncio.timeout(30):
                while pool.checkedout():
                    await asyncio.sleep(0)
        async with asyncio.timeout(30):
            while topics.events(simulation) in watchers:
                await asyncio.sleep(0)
        engine.gate.set()
        assert "event: succeeded" in (await client.get(path)).text


async def test_a_server_with_followers_stops_in_time(sqlite_stage, upload) -> None:
    engine = sqlite_stage.engine
    engine.hold_at = 0
    async with asyncio.timeout(30):
        async with _served(sqlite_stage) as (client, _):
            body = {"workbook_id": await upload(client), "spec": {"iterations": 100}}
            simulation = (await client.post(f"{API}/simulations", json=body)).json()["id"]
            await asyncio.to_thread(engine.held.wait, 30)
            follower = await asyncio.open_connection("127.0.0.1", client.base_url.port)
            follower[1].write(f"GET {API}/simulations/{simulation}/events HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            await follower[0].readuntil(b"event: progress")
    follower[1].close()
