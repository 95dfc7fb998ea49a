"""Simulations that keep every trial: the file to download, what is refused, what a restart finds."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import unquote

import httpx2
import polars
import pytest

from compute.details import ResultDetails
from compute.protocol import ResultSummary
from server.app import create_app
from server.simulations.storage import SimulationFolder

pytestmark = pytest.mark.anyio
API = "/api/v1"


@pytest.fixture
async def real(sqlite_stage, anyio_backend: str) -> AsyncIterator[httpx2.AsyncClient]:
    """A server with the engine that is shipped."""
    async with sqlite_stage.server(create_app(sqlite_stage.settings(threads=1))) as client:
        yield client


async def simulated(client: httpx2.AsyncClient, workbook: str, **spec: object) -> dict[str, object]:
    """The simulation's document when it has ended."""
    response = await client.post(f"{API}/simulations", json={"workbook_id": workbook, "spec": spec})
    assert response.status_code == 202, response.text
    identifier = response.json()["id"]
    await client.get(f"{API}/simulations/{identifier}/events")
    found: dict[str, object] = (await client.get(f"{API}/simulations/{identifier}")).json()
    return found


async def test_every_trial_comes_as_parquet(real: httpx2.AsyncClient, upload, sqlite_stage) -> None:
    document = await simulated(real, await upload(real), iterations=5000, seed=3, engine="arrow")
    assert document["status"] == "succeeded", document
    results = f"{API}/simulations/{document['id']}/results"
    summary = ResultSummary.model_validate((await real.get(results)).json())
    answer = await real.get(results, params={"format": "parquet"})
    assert answer.headers["content-type"] == "application/vnd.apache.parquet"
    assert unquote(answer.headers["content-disposition"]).endswith("''Plan - Montecell.parquet")
    trials = polars.read_parquet(io.BytesIO(answer.content))
    assert trials.columns == ["simulation", "iteration", "Profit", "Sheet!B1", "Sheet!B2"]
    assert trials["Profit"].mean() == pytest.approx(summary.outputs[0].mean)
    assert summary.certificate.engine == "arrow"
    accepted = await real.get(results, headers={"accept": "application/vnd.apache.parquet"})
    assert accepted.content == answer.content
    folder = SimulationFolder.of(sqlite_stage.settings(), str(document["id"])).result(1)
    assert sorted(file.name for file in folder.iterdir()) == ["result.json", "summary.json", "trials.parquet"]


async def test_details_and_workbooks_come_from_the_file(real: httpx2.AsyncClient, upload) -> None:
    workbook = await upload(real)
    one, other = [await simulated(real, workbook, iterations=3000, engine=name) for name in ("arrow", "power")]
    found = []
    for document in (one, other):
        results = f"{API}/simulations/{document['id']}/results"
        found.append(ResultDetails.model_validate((await real.get(results, params={"include": "all"})).json()))
        assert (await real.get(results, params={"format": "xlsx"})).status_code == 200
    assert found[0] == found[1]


@pytest.mark.parametrize(("engine", "format_"), [("arrow", "csv"), ("power", "parquet")])
async def test_samples_come_in_one_form_only(real: httpx2.AsyncClient, upload, engine: str, format_: str) -> None:
    document = await simulated(real, await upload(real), iterations=1000, engine=engine)
    answer = await real.get(f"{API}/simulations/{document['id']}/results", params={"format": format_})
    assert answer.status_code == 406
    assert "Parquet" in answer.json()["detail"]


async def test_an_analysis_keeps_no_trials(real: httpx2.AsyncClient, upload) -> None:
    analysis = {"kind": "sensitivity", "method": "sobol", "outputs": ["Profit"]}
    body = {"workbook_id": await upload(real), "spec": {"engine": "arrow"}, "analysis": analysis}
    answer = await real.post(f"{API}/analyses", json=body)
    assert answer.status_code == 422
    assert answer.json()["code"] == "simulation.keep"


async def test_what_attempts_before_have_left_goes_with_success(tmp_path: Path) -> None:
    folder = SimulationFolder(tmp_path)
    for attempt in (1, 2):
        folder.result(attempt).mkdir()
        (folder.result(attempt) / "trials.parquet").write_bytes(b"")
    folder.remove_other_results(folder.result(2))
    assert [path.name for path in tmp_path.iterdir()] == ["result-2"]
