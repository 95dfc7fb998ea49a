"""The whole way with the real engine, and what the stage engine of the other tests promises in its place."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import unquote

import httpx2
import numpy as np
import openpyxl
import pytest

from compute.details import ResultDetails
from compute.protocol import ResultSummary
from server.app import create_app

pytestmark = pytest.mark.anyio
API = "/api/v1"


@pytest.fixture
async def real(sqlite_stage, anyio_backend: str) -> AsyncIterator[httpx2.AsyncClient]:
    """A server with the engine that is shipped."""
    async with sqlite_stage.server(create_app(sqlite_stage.settings(threads=1))) as client:
        yield client


def _workbook(cells: dict[str, object]) -> bytes:
    workbook = openpyxl.Workbook()
    for cell, value in cells.items():
        workbook.active[cell] = value
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


async def _simulated(client: httpx2.AsyncClient, workbook: str, **spec: object) -> str:
    response = await client.post(f"{API}/simulations", json={"workbook_id": workbook, "spec": spec})
    assert response.status_code == 202, response.text
    identifier: str = response.json()["id"]
    await client.get(f"{API}/simulations/{identifier}/events")
    document = (await client.get(f"{API}/simulations/{identifier}")).json()
    assert document["status"] == "succeeded", document
    return identifier


async def test_a_workbook_from_upload_to_its_results(real: httpx2.AsyncClient, upload) -> None:
    workbook = await upload(real)
    model = (await real.get(f"{API}/workbooks/{workbook}/model")).json()
    assert [each["law"] for each in model["inputs"]] == ["NORMAL", "UNIFORM"]
    assert [each["name"] for each in model["outputs"]] == ["Profit"]
    assert model["file_name"] == "Plan.xlsx"
    simulation = await _simulated(real, workbook, iterations=5000, seed=3)
    results = f"{API}/simulations/{simulation}/results"
    summary = ResultSummary.model_validate((await real.get(results)).json())
    assert summary.outputs[0].mean == pytest.approx(500, abs=15)
    assert summary.certificate.workbook_name == "Plan.xlsx"
    rows = list(csv.reader(io.StringIO((await real.get(results, params={"format": "csv"})).text)))
    assert rows[0] == ["Profit", "Sheet!B1", "Sheet!B2"]
    assert len(rows) == 5001
    for profit, price, units in rows[1:50]:
        assert float(profit) == pytest.approx(float(price) * float(units) - 1000, rel=1e-12)
    book = await real.get(results, params={"format": "xlsx"})
    assert unquote(book.headers["content-disposition"]).endswith("''Plan - Montecell.xlsx")
    written = openpyxl.load_workbook(io.BytesIO(book.content))
    assert written["Sheet"]["B1"].value == "=_xldudf_MC_NORMAL(100,10)"
    assert len(written.sheetnames) > 1


async def test_details_are_the_sections_asked_for(real: httpx2.AsyncClient, upload) -> None:
    simulation = await _simulated(real, await upload(real), iterations=2000, seed=3)
    results = f"{API}/simulations/{simulation}/results"
    answer = await real.get(results, params={"include": "tornado, Regression,statistics", "convention": "excel"})
    found = ResultDetails.model_validate(answer.json())
    summary = ResultSummary.model_validate((await real.get(results)).json())
    assert (found.convention, found.digest) == ("excel", summary.certificate.digest)
    assert found.spider is None
    assert found.regression is not None
    assert {term.input for term in found.regression[0].terms} == {"Sheet!B1", "Sheet!B2"}
    assert found.regression[0].r_squared == pytest.approx(0.98, abs=0.02)
    assert found.tornado is not None
    assert set(found.tornado[0].bars) == set(summary.outputs[0].tornado)
    assert found.statistics is not None
    samples = [
        float(row[0])
        for row in list(csv.reader(io.StringIO((await real.get(results, params={"format": "csv"})).text)))[1:]
    ]
    assert found.statistics[0].percentiles["95"] == pytest.approx(np.quantile(samples, 0.95), rel=1e-12)
    assert found.without_effect == ()


async def test_a_fan_without_outputs_is_refused_with_what_it_needs(real: httpx2.AsyncClient, upload) -> None:
    simulation = await _simulated(real, await upload(real), iterations=100)
    answer = await real.get(
        f"{API}/simulations/{simulation}/results", params={"include": "fan", "fan": ["Sheet!A1:A2"]}
    )
    document = answer.json()
    assert (answer.status_code, document["code"]) == (422, "results.range")
    assert "two or more" in document["detail"]


async def test_the_same_seed_gives_the_same_digest(real: httpx2.AsyncClient, upload) -> None:
    workbook = await upload(real)
    digests = []
    for seed in (5, 5, 6):
        simulation = await _simulated(real, workbook, iterations=2000, seed=seed)
        digests.append((await real.get(f"{API}/simulations/{simulation}/results")).json()["certificate"]["digest"])
    assert digests[0] == digests[1] != digests[2]


async def test_inputs_and_outputs_given_from_outside(real: httpx2.AsyncClient, upload) -> None:
    workbook = await upload(real, content=_workbook({"A1": 10, "A2": "=A1*2"}))
    inputs = [{"cell": "Sheet!A1", "law": "UNIFORM", "parameters": [0, 1]}]
    simulation = await _simulated(
        real, workbook, iterations=1000, inputs=inputs, outputs=[{"cell": "Sheet!A2", "name": "Twice"}]
    )
    summary = (await real.get(f"{API}/simulations/{simulation}/results")).json()
    assert summary["outputs"][0]["name"] == "Twice"
    assert summary["outputs"][0]["mean"] == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize(
    ("cells", "code", "cell"),
    [
        ({"A1": '=_xldudf_MC_OUTPUT("x")+1'}, "model.no_inputs", None),
        ({"A1": "=_xldudf_MC_NORMAL(0,1)"}, "model.no_outputs", None),
        (
            {"A1": "=_xldudf_MC_NORMAL(0,1)", "A2": '=_xldudf_MC_OUTPUT("x")+NOSUCHFUNCTION(A1)'},
            "model.unsupported",
            "Sheet!A2",
        ),
        (
            {"A1": "=_xldudf_MC_NORMAL(0,-1)", "A2": '=_xldudf_MC_OUTPUT("x")+A1'},
            "model.invalid_distribution",
            "Sheet!A1",
        ),
        (
            {"A1": "=_xldudf_MC_NORMAL(0,1)+A2", "A2": '=_xldudf_MC_OUTPUT("x")+A1'},
            "model.circular_reference",
            "Sheet!A1",
        ),
    ],
)
async def test_what_keeps_a_model_from_being_simulated_is_said_before(
    real: httpx2.AsyncClient, upload, cells: dict[str, object], code: str, cell: str | None
) -> None:
    workbook = await upload(real, content=_workbook(cells))
    response = await real.post(f"{API}/simulations", json={"workbook_id": workbook})
    document = response.json()
    assert (response.status_code, document["code"]) == (422, code), document
    assert cell is None or cell in document["cells"]
    assert (await real.get(f"{API}/simulations")).json()["items"] == []


async def test_an_unknown_cell_of_a_specification(real: httpx2.AsyncClient, upload) -> None:
    body = {"workbook_id": await upload(real), "spec": {"outputs": [{"cell": "Nowhere!A1"}]}}
    response = await real.post(f"{API}/simulations", json=body)
    assert (response.status_code, response.json()["code"].startswith("model.")) == (422, True), response.text


async def test_a_running_simulation_of_the_engine_can_be_cancelled(real: httpx2.AsyncClient, upload) -> None:
    body = {"workbook_id": await upload(real), "spec": {"iterations": 10_000_000}}
    simulation = (await real.post(f"{API}/simulations", json=body)).json()["id"]
    path = f"{API}/simulations/{simulation}"
    while (await real.get(path)).json()["status"] == "queued":
        pass
    assert (await real.delete(path)).status_code == 202
    await real.get(f"{path}/events")
    assert (await real.get(path)).json()["status"] == "cancelled"


async def test_the_benchmark_model(real: httpx2.AsyncClient, upload, shared_folder: Path) -> None:
    content = (shared_folder / "bench" / "models" / "A_mc.xlsx").read_bytes()
    workbook = await upload(real, name="A_mc.xlsx", content=content)
    model = (await real.get(f"{API}/workbooks/{workbook}/model")).json()
    assert len(model["inputs"]) == 10
    simulation = await _simulated(real, workbook, iterations=5000)
    summary = (await real.get(f"{API}/simulations/{simulation}/results")).json()
    assert len(summary["inputs"]) == 10
    assert len(summary["outputs"]) == 8
    # A project that never pays has no internal rate of return: a few iterations of one output end so, as in Excel.
    assert {code for output in summary["outputs"] for code in output["error_codes"]} <= {"#NUM!"}
    assert all(output["count"] > 4950 and output["mean"] is not None for output in summary["outputs"])


async def test_the_stage_engine_keeps_the_contract_of_the_real_one(real, sqlite_stage, upload, tmp_path: Path) -> None:
    """What the other tests rely on: cancels, progress to the end, a result that loads as it was saved."""
    from compute.errors import Cancelled
    from compute.protocol import Progress, SimulationSpec
    from server.gateway.contract import RunControl
    from server.gateway.engine import ComputeGateway

    workbook = await upload(real)
    path = sqlite_stage.settings().workbooks_folder / workbook / "Plan.xlsx"
    spec = SimulationSpec(iterations=500, seed=4)
    for engine in (ComputeGateway(), sqlite_stage.engine):
        folder = tmp_path / type(engine).__name__
        told: list[Progress] = []
        assert engine.accept(path, spec, None, 10_000).spec.iterations == 500
        (folder / "checkpoint").mkdir(parents=True)
        with pytest.raises(Cancelled):
            engine.simulate(path, spec, RunControl(told.append, lambda: True, folder / "checkpoint", 1))
        result = engine.simulate(path, spec, RunControl(told.append, lambda: False, folder / "checkpoint", 1))
        result.save(folder)
        loaded = engine.load_result(folder)
        assert loaded.summary() == result.summary()
        names, columns = loaded.samples_table()
        assert len(names) == len(columns) >= 2
        assert {len(column) for column in columns} == {500}
        assert told[-1].done == told[-1].total == 500
        assert loaded.write_workbook(path, folder / "Results.xlsx") is not None
        assert (folder / "Results.xlsx").stat().st_size > 0
