"""Details are made once for each request and kept with the result, across restarts, up to a number."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx2
import pytest

pytestmark = pytest.mark.anyio
URL = "/api/v1/simulations"


async def _simulated(client: httpx2.AsyncClient, workbook: str) -> str:
    body = {"workbook_id": workbook, "spec": {"iterations": 100, "seed": 7}}
    identifier: str = (await client.post(URL, json=body)).json()["id"]
    await client.get(f"{URL}/{identifier}/events")
    return identifier


def _count_loads(engine, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    loaded: list[Path] = []
    plain = engine.load_result

    def load(folder: Path):
        loaded.append(folder)
        return plain(folder)

    monkeypatch.setattr(engine, "load_result", load)
    return loaded


async def test_equal_requests_are_computed_once_also_after_a_restart(stage, upload, engine, monkeypatch) -> None:
    loaded = _count_loads(engine, monkeypatch)
    async with stage.server() as client:
        simulation = await _simulated(client, await upload(client))
        asked = {"include": "tornado,fan", "fan": ["A!B1:B3"]}
        answers = await asyncio.gather(*(client.get(f"{URL}/{simulation}/results", params=asked) for _ in range(5)))
        assert len({answer.text for answer in answers}) == 1
        assert answers[0].json()["notes"] == ["tornado,fan A!B1:B3"]
        assert len(loaded) == 1
    async with stage.server() as client:
        again = await client.get(f"{URL}/{simulation}/results", params=asked)
        assert (again.text, len(loaded)) == (answers[0].text, 1)


@pytest.mark.parametrize(
    "other",
    [{"include": "tornado"}, {"include": "tornado,fan", "convention": "excel"}, {"include": "fan,tornado"}],
    ids=["sections", "convention", "order"],
)
async def test_another_request_is_computed_anew(sqlite_stage, upload, engine, monkeypatch, other) -> None:
    loaded = _count_loads(engine, monkeypatch)
    async with sqlite_stage.server() as client:
        simulation = await _simulated(client, await upload(client))
        first = await client.get(f"{URL}/{simulation}/results", params={"include": "tornado,fan"})
        second = await client.get(f"{URL}/{simulation}/results", params=other)
        assert len(loaded) == 2
        assert first.text != second.text


async def test_as_many_are_kept_as_the_setting_says(sqlite_stage, upload, engine, monkeypatch) -> None:
    loaded = _count_loads(engine, monkeypatch)
    async with sqlite_stage.server(kept_details=2) as client:
        simulation = await _simulated(client, await upload(client))
        for number in (1, 2, 3, 4):
            asked = {"include": "fan", "fan": [f"A!B1:B{number}"]}
            await client.get(f"{URL}/{simulation}/results", params=asked)
        folder = sqlite_stage.settings().simulations_folder / simulation
        assert len(list(folder.glob("result-*/details/*.json"))) == 2
        await client.get(f"{URL}/{simulation}/results", params=asked)
        assert len(loaded) == 4


async def test_a_refusal_is_not_kept(sqlite_stage, upload, engine, monkeypatch) -> None:
    from compute.errors import SpecificationError

    async with sqlite_stage.server() as client:
        simulation = await _simulated(client, await upload(client))

        def refused(folder: Path):
            raise SpecificationError("two or more", code="results.range")

        monkeypatch.setattr(engine, "load_result", refused)
        answer = await client.get(f"{URL}/{simulation}/results", params={"include": "fan"})
        assert (answer.status_code, answer.json()["code"]) == (422, "results.range")
        monkeypatch.undo()
        answer = await client.get(f"{URL}/{simulation}/results", params={"include": "fan"})
        assert answer.status_code == 200
