"""The server's limit of iterations, and what a request leaves to the workbook's own settings."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import openpyxl
import pytest
from openpyxl.workbook.defined_name import DefinedName

from server.app import create_app

pytestmark = pytest.mark.anyio
API = "/api/v1"
LIMIT = 20_000


@pytest.fixture
async def real(stage, anyio_backend: str) -> AsyncIterator[httpx2.AsyncClient]:
    async with stage.server(create_app(stage.settings(threads=1, max_iterations=LIMIT))) as client:
        yield client


def _with_settings(iterations: int) -> bytes:
    """A workbook with @RISK's settings, which it keeps as hidden names."""
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet["A1"], sheet["A2"] = "=_xll.RiskUniform(0,2)", '=_xll.RiskOutput("Profit")+A1'
    names = {"RiskNumIterations": str(iterations), "RiskFixedSeed": "77", "RiskUseFixedSeed": "TRUE"}
    for name, text in names.items():
        workbook.defined_names[name] = DefinedName(name, attr_text=text, hidden=True)
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("spec", "field"),
    [
        ({"iterations": LIMIT + 1}, "spec.iterations"),
        ({"convergence": {"at_most": LIMIT + 1}}, "spec.convergence.at_most"),
        ({"convergence": {"at_least": LIMIT + 1}}, "spec.convergence.at_least"),
    ],
)
async def test_more_iterations_than_the_server_runs(
    real: httpx2.AsyncClient, upload, spec: dict[str, Any], field: str
) -> None:
    refused = await real.post(f"{API}/simulations", json={"workbook_id": await upload(real), "spec": spec})
    document = refused.json()
    assert (refused.status_code, document["code"]) == (422, "simulation.iterations")
    assert [each["field"] for each in document["errors"]] == [field]
    assert "20,000" in document["detail"]
    assert (await real.get(f"{API}/simulations")).json()["items"] == []


async def test_a_run_that_ends_by_itself_ends_at_the_limit(real: httpx2.AsyncClient, upload) -> None:
    spec = {"convergence": {"rules": [{"tolerance": 1e-9}]}, "seed": 1}
    accepted = await real.post(f"{API}/simulations", json={"workbook_id": await upload(real), "spec": spec})
    assert accepted.json()["spec"]["convergence"]["at_most"] == LIMIT
    path = accepted.headers["location"]
    await real.get(f"{path}/events")
    summary = (await real.get(f"{path}/results")).json()
    assert summary["certificate"]["iterations"] <= LIMIT
    assert summary["convergence"][0]["converged"] is False


@pytest.mark.parametrize(
    ("spec", "expected", "note"),
    [
        ({}, (300, 77, "latin_hypercube"), "iterations 300, seed 77"),
        ({"iterations": 500}, (500, 77, "latin_hypercube"), "seed 77"),
        ({"iterations": 500, "seed": 1, "sampling": "sobol"}, (500, 1, "sobol"), None),
    ],
)
async def test_what_a_request_leaves_out_is_the_workbooks_own_setting(
    real: httpx2.AsyncClient, upload, spec: dict[str, Any], expected: tuple[object, ...], note: str | None
) -> None:
    workbook = await upload(real, content=_with_settings(300))
    accepted = await real.post(f"{API}/simulations", json={"workbook_id": workbook, "spec": spec})
    document = accepted.json()
    assert tuple(document["spec"][name] for name in ("iterations", "seed", "sampling")) == expected
    assert document["progress"]["total"] == expected[0]
    path = accepted.headers["location"]
    await real.get(f"{path}/events")
    summary = (await real.get(f"{path}/results")).json()
    assert tuple(summary["certificate"][name] for name in ("iterations", "seed", "sampling")) == expected
    found = [each for each in summary["notes"] if "taken from the workbook's settings of @RISK" in each]
    assert found == document["notes"]
    assert [each.endswith(f": {note}") for each in found] == ([] if note is None else [True])


async def test_without_settings_the_defaults_hold(real: httpx2.AsyncClient, upload) -> None:
    document = (await real.post(f"{API}/simulations", json={"workbook_id": await upload(real)})).json()
    assert tuple(document["spec"][name] for name in ("iterations", "seed", "sampling")) == (
        10_000, 42, "latin_hypercube",
    )  # fmt: skip
    assert document["notes"] == []


async def test_the_workbooks_own_iterations_may_be_too_many(real: httpx2.AsyncClient, upload) -> None:
    workbook = await upload(real, content=_with_settings(30_000))
    refused = await real.post(f"{API}/simulations", json={"workbook_id": workbook})
    assert (refused.status_code, refused.json()["code"]) == (422, "simulation.iterations")
    assert "30,000 iterations are asked for (taken from the workbook's settings of @RISK" in refused.json()["detail"]


async def test_of_shares_of_variance_only_the_seed_is_the_workbooks(real: httpx2.AsyncClient, upload) -> None:
    body = {"workbook_id": await upload(real, content=_with_settings(300)), "analysis": {"kind": "sensitivity"}}
    document = (await real.post(f"{API}/analyses", json=body)).json()
    # Sobol points of one input: 1,024 · (1 + 2) iterations.
    assert tuple(document["spec"][name] for name in ("iterations", "seed", "sampling")) == (3072, 77, "sobol")
