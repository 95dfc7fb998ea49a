"""Stress tests, goal seeks and shares of variance in the queue of simulations, with the engine that is shipped."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import openpyxl
import pytest

from server.app import create_app

pytestmark = pytest.mark.anyio
API = "/api/v1"


@pytest.fixture
async def real(stage, anyio_backend: str) -> AsyncIterator[httpx2.AsyncClient]:
    """A server with the engine that is shipped, on both databases, that runs at most 50,000 iterations."""
    async with stage.server(create_app(stage.settings(threads=1, max_iterations=50_000))) as client:
        yield client


@pytest.fixture
def plan() -> bytes:
    """Profit = price · units − costs: price normal, units uniform, costs a constant."""
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet["B1"], sheet["B2"], sheet["B3"] = "=_xldudf_MC_NORMAL(100,10)", "=_xldudf_MC_UNIFORM(10,20)", 1000
    sheet["B4"] = '=_xldudf_MC_OUTPUT("Profit")+B1*B2-B3'
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


async def _answered(client: httpx2.AsyncClient, workbook: str, analysis: dict[str, Any], **spec: object) -> Any:
    body = {"workbook_id": workbook, "spec": spec, "analysis": analysis}
    accepted = await client.post(f"{API}/analyses", json=body)
    assert accepted.status_code == 202, accepted.text
    path = accepted.headers["location"]
    assert path == f"{API}/simulations/{accepted.json()['id']}"
    async with asyncio.timeout(60):
        await client.get(f"{path}/events")
    document = (await client.get(path)).json()
    assert document["status"] == "succeeded", document
    assert document["analysis"]["kind"] == analysis["kind"]
    return (await client.get(f"{path}/results")).json()


async def test_a_stress_test(real: httpx2.AsyncClient, upload, plan: bytes) -> None:
    analysis = {
        "kind": "stress",
        "ranges": [{"input": "Sheet!B2", "low": 0, "high": 0.1}],
        "statistics": [{"name": "mean"}, {"name": "percentile", "level": 0.5}],
    }
    found = await _answered(real, await upload(real, content=plan), analysis, iterations=4000, seed=3)
    mean, median = found["effects"]
    assert (mean["run"], mean["output"], mean["statistic"]["name"]) == ("Sheet!B2", "Profit", "mean")
    # The lowest tenth of uniform(10, 20) has the mean 10.5, the whole 15; the price's mean is 100.
    assert mean["baseline"] == pytest.approx(500, abs=8)
    assert mean["stressed"] == pytest.approx(50, abs=8)
    assert mean["change"] == mean["stressed"] - mean["baseline"]
    assert median["statistic"] == {"name": "percentile", "level": 0.5}
    assert set(found["certificates"]) == {"baseline", "Sheet!B2"}


async def test_a_goal_seek(real: httpx2.AsyncClient, upload, plan: bytes) -> None:
    analysis = {"kind": "goal_seek", "cell": "Sheet!B3", "output": "Profit", "target": 0, "low": 0, "high": 3000}
    found = await _answered(real, await upload(real, content=plan), analysis, iterations=4000, seed=3)
    assert found["outcome"] == "reached"
    # The mean of price · units is 1,500, and costs move the profit one for one.
    assert found["value"] == pytest.approx(1500, abs=10)
    assert [each["value"] for each in found["tried"]][:2] == [0, 3000]


@pytest.mark.parametrize(("method", "figure"), [("sobol", "total"), ("shapley", "effect")])
async def test_shares_of_variance(real: httpx2.AsyncClient, upload, plan: bytes, method: str, figure: str) -> None:
    analysis = {"kind": "sensitivity", "method": method, "base": 4096}
    found = await _answered(real, await upload(real, content=plan), analysis, seed=3)
    shares = {each["input"]: each[figure] for each in found["shares"]}
    # Of a product of independent factors: units alone 100² · 100/12, price alone 15² · 10², both 10² · 100/12.
    alone, price, both = 1e4 * 100 / 12, 225 * 100, 100 * 100 / 12
    whole = alone + price + both
    own = {"Sheet!B1": price + both, "Sheet!B2": alone + both}
    if method == "shapley":
        own = {"Sheet!B1": price + both / 2, "Sheet!B2": alone + both / 2}
    for key, share in own.items():
        assert shares[key] == pytest.approx(share / whole, abs=0.05)
    assert found["evaluations"] <= 50_000


async def test_an_analysis_has_results_as_json_only(real: httpx2.AsyncClient, upload, plan: bytes) -> None:
    analysis = {"kind": "goal_seek", "cell": "Sheet!B3", "output": "Profit", "target": 0, "low": 0, "high": 3000}
    await _answered(real, await upload(real, content=plan), analysis, iterations=100)
    [listed] = (await real.get(f"{API}/simulations")).json()["items"]
    refused = await real.get(listed["links"]["results"], params={"format": "csv"})
    assert (refused.status_code, refused.json()["code"]) == (406, "request.not_acceptable")
    refused = await real.get(listed["links"]["results"], params={"include": "tornado"})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "query.include")


@pytest.mark.parametrize(
    ("analysis", "code", "words"),
    [
        ({"kind": "stress", "ranges": [{"input": "Prise"}]}, "simulation.unknown_input", "Sheet!B1"),
        ({"kind": "stress", "ranges": [{"input": "Sheet!B1", "low": 0.5, "high": 0.5}]}, "stress.range", "Sheet!B1"),
        (
            {"kind": "stress", "ranges": [{"input": "Sheet!B1"}], "statistics": [{"name": "percentile"}]},
            "analysis.statistic",
            "percentile",
        ),
        ({"kind": "stress", "ranges": []}, "request.invalid", "ranges"),
        ({"kind": "stretch"}, "request.invalid", "stretch"),
        (
            {"kind": "goal_seek", "cell": "Sheet!B4", "output": "Profit", "target": 0, "low": 0, "high": 1},
            "variation.cell",
            "Sheet!B4",
        ),
        (
            {"kind": "goal_seek", "cell": "Sheet!B3", "output": "Loss", "target": 0, "low": 0, "high": 1},
            "simulation.unknown_output",
            "Loss",
        ),
        (
            {"kind": "goal_seek", "cell": "Sheet!B3", "output": "Profit", "target": 0, "low": 1, "high": 1},
            "goal_seek.numbers",
            "low",
        ),
        ({"kind": "sensitivity", "base": 20_000}, "design.size", "80,000 iterations"),
        ({"kind": "sensitivity", "method": "shapley", "base": 50_001}, "design.size", "50,000"),
    ],
)
async def test_what_cannot_be_analysed_is_refused_before_it_is_queued(
    real: httpx2.AsyncClient, upload, plan: bytes, analysis: dict[str, Any], code: str, words: str
) -> None:
    body = {"workbook_id": await upload(real, content=plan), "analysis": analysis}
    refused = await real.post(f"{API}/analyses", json=body)
    assert (refused.status_code, refused.json()["code"]) == (422, code), refused.text
    assert words in refused.json()["detail"]
    assert (await real.get(f"{API}/simulations")).json()["items"] == []


async def test_a_repeated_key_and_a_cancel_while_it_waits(stage, upload, engine) -> None:
    engine.hold_at = 0
    async with stage.server() as client:
        body = {"workbook_id": await upload(client), "analysis": {"kind": "sensitivity"}}
        key = {"Idempotency-Key": "k"}
        first = await client.post(f"{API}/analyses", json=body, headers=key)
        again = await client.post(f"{API}/analyses", json=body, headers=key)
        assert (first.status_code, again.status_code) == (202, 200)
        other = await client.post(f"{API}/simulations", json={"workbook_id": body["workbook_id"]}, headers=key)
        assert (other.status_code, other.json()["code"]) == (409, "idempotency.conflict")
        await asyncio.to_thread(engine.held.wait, 60)
        path = first.headers["location"]
        assert (await client.delete(path)).json()["status"] == "running"
        async with asyncio.timeout(60):
            await client.get(f"{path}/events")
        assert (await client.get(path)).json()["status"] == "cancelled"


async def test_an_analysis_outlives_its_server(stage, upload, engine) -> None:
    """Stopped in the middle it goes back to the queue, and the next server ends it."""
    engine.hold_at = 2
    async with stage.server() as client:
        body = {"workbook_id": await upload(client), "analysis": {"kind": "sensitivity"}, "spec": {"seed": 5}}
        path = (await client.post(f"{API}/analyses", json=body)).headers["location"]
        await asyncio.to_thread(engine.held.wait, 60)
    engine.hold_at = None
    async with stage.server() as client:
        async with asyncio.timeout(60):
            await client.get(f"{path}/events")
        assert (await client.get(path)).json()["status"] == "succeeded"
        assert (await client.get(f"{path}/results")).json()["seed"] == 5
    assert engine.calculated == [0, 1, 2, 3]
