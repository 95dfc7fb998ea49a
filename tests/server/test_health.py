"""Live and ready."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.anyio


async def test_a_sound_server_is_live_and_ready(stage) -> None:
    async with stage.server() as client:
        for path in ("/health/live", "/health/ready"):
            response = await client.get(path)
            assert (response.status_code, response.json()) == (200, {"status": "ok"})


async def test_not_ready_without_a_data_folder_to_write_to(sqlite_stage) -> None:
    async with sqlite_stage.server() as client:
        uploads = sqlite_stage.settings().uploads_folder
        uploads.rmdir()
        uploads.write_text("in the way")
        response = await client.get("/health/ready")
        assert (response.status_code, response.json()["code"]) == (503, "server.not_ready")
        assert (await client.get("/health/live")).status_code == 200
        uploads.unlink()


@pytest.mark.postgresql
async def test_not_ready_without_its_database(sqlite_stage, postgresql) -> None:
    import psycopg

    sqlite_stage.database_url = postgresql.database()
    name = sqlite_stage.database_url.rpartition("/")[2]
    async with sqlite_stage.server(worker=False) as client:
        with psycopg.connect(f"postgresql://postgres@127.0.0.1:{postgresql.port}/postgres", autocommit=True) as own:
            own.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        response = await client.get("/health/ready")
        assert (response.status_code, response.json()["code"]) == (503, "server.not_ready")
