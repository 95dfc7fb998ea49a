"""The event stream: its order, its resumption, its end."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass

import httpx2
import pytest
from fastapi import routing

from server.simulations import service

pytestmark = pytest.mark.anyio
URL = "/api/v1/simulations"


@dataclass
class Event:
    id: int
    name: str
    data: dict[str, object]


def _parsed(text: str) -> Iterator[Event]:
    for block in text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
        if fields:
            yield Event(int(fields["id"]), fields["event"], json.loads(fields["data"]))


async def _submit(client: httpx2.AsyncClient, upload, **spec: object) -> str:
    body = {"workbook_id": await upload(client), "spec": {"iterations": 100, **spec}}
    response = await client.post(URL, json=body)
    assert response.status_code == 202, response.text
    identifier: str = response.json()["id"]
    return identifier


async def _events(client: httpx2.AsyncClient, simulation: str, last: str | None = None) -> list[Event]:
    headers = {} if last is None else {"Last-Event-ID": last}
    async with asyncio.timeout(60):
        response = await client.get(f"{URL}/{simulation}/events", headers=headers)
    assert response.headers["content-type"].startswith("text/event-stream")
    return list(_parsed(response.text))


async def test_the_story_is_told_in_order_and_ends(stage, engine, upload) -> None:
    engine.hold_at = 3
    async with stage.server() as client:
        simulation = await _submit(client, upload)
        await asyncio.to_thread(engine.held.wait, 60)
        follower = asyncio.create_task(_events(client, simulation))
        engine.gate.set()
        events = await follower
        assert [event.id for event in events] == list(range(1, len(events) + 1))
        assert events[0].data["stage"] == "queued"
        done = [event.data["done"] for event in events[:-1]]
        assert done == sorted(done)
        assert {event.name for event in events[:-1]} == {"progress"}
        assert events[-1].name == "succeeded"
        assert events[-1].data == (await client.get(f"{URL}/{simulation}")).json()


@pytest.mark.parametrize("garbage", ["", "x", "-1", "1.5", "99999999999999999999", "٣"])
async def test_an_unknown_last_event_id_starts_from_the_beginning(sqlite_stage, upload, garbage: str) -> None:
    async with sqlite_stage.server() as client:
        simulation = await _submit(client, upload)
        whole = await _events(client, simulation)
        response = await client.get(f"{URL}/{simulation}/events", headers=[(b"Last-Event-ID", garbage.encode())])
        assert list(_parsed(response.text)) == whole


async def test_the_stream_goes_on_behind_the_last_event_also_after_a_restart(stage, engine, upload) -> None:
    async with stage.server() as client:
        simulation = await _submit(client, upload)
        whole = await _events(client, simulation)
        assert len(whole) >= 3
        assert await _events(client, simulation, str(whole[1].id)) == whole[2:]
    async with stage.server() as client:
        assert await _events(client, simulation, str(whole[1].id)) == whole[2:]
        assert await _events(client, simulation, str(whole[-1].id)) == []


async def test_a_long_story_is_told_in_several_looks(stage, upload, monkeypatch: pytest.MonkeyPatch) -> None:
    async with stage.server() as client:
        simulation = await _submit(client, upload)
        whole = await _events(client, simulation)
        monkeypatch.setattr(service, "EVENTS_AT_ONCE", 1)
        assert await _events(client, simulation) == whole


@pytest.mark.parametrize(
    ("error", "code"),
    [("compute", "model.circular_reference"), ("other", "simulation.crashed"), ("memory", "simulation.out_of_memory")],
)
async def test_a_failure_tells_its_reason_and_nothing_else(stage, engine, upload, error: str, code: str) -> None:
    from compute.errors import CircularReference

    reasons = {
        "compute": CircularReference("A1 loops", cells=("S!A1",)),
        "other": KeyError("secret"),
        "memory": MemoryError(),
    }
    engine.raises = lambda: reasons[error]
    async with stage.server() as client:
        simulation = await _submit(client, upload)
        last = (await _events(client, simulation))[-1]
        assert last.name == "failed"
        assert last.data["problem"]["code"] == code
        assert "secret" not in json.dumps(last.data)
        if error == "compute":
            assert last.data["problem"]["cells"] == ["S!A1"]


async def test_progress_is_told_at_most_so_often(sqlite_stage, engine, upload) -> None:
    engine.chunks = 200
    async with sqlite_stage.server(progress_seconds=30.0) as client:
        simulation = await _submit(client, upload)
        events = await _events(client, simulation)
        assert len(events) <= 4
        assert events[-1].data["progress"]["done"] == 100


async def test_an_idle_stream_is_kept_alive(sqlite_stage, engine, upload, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routing, "_PING_INTERVAL", 0.02)
    engine.hold_at = 1
    async with sqlite_stage.server() as client:
        simulation = await _submit(client, upload)
        await asyncio.to_thread(engine.held.wait, 60)
        follower = asyncio.create_task(client.get(f"{URL}/{simulation}/events"))
        # The transport hands the response over when it is complete: the gate opens once a ping must have been sent.
        asyncio.get_running_loop().call_later(0.2, engine.gate.set)
        assert ": ping\n\n" in (await follower).text


async def test_the_interval_of_the_keep_alive_is_what_the_contract_says() -> None:
    assert routing._PING_INTERVAL == 15.0
