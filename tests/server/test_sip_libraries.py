"""Simulations whose inputs take the trials of a SIPmath library."""

from __future__ import annotations

import csv
import datetime
import io
from collections.abc import AsyncIterator

import httpx2
import numpy as np
import pytest

from compute.sipmath import trials_library
from server.app import create_app

pytestmark = pytest.mark.anyio
API = "/api/v1"
TRIALS = np.random.Generator(np.random.Philox(4)).normal(40, 5, (100, 2))
LIBRARY = trials_library("Shop", {"Price": TRIALS[:, 0], "Units": TRIALS[:, 1]}, date=datetime.date(2026, 11, 23))


@pytest.fixture
async def real(sqlite_stage, anyio_backend: str) -> AsyncIterator[httpx2.AsyncClient]:
    """A server with the engine that is shipped."""
    async with sqlite_stage.server(create_app(sqlite_stage.settings(threads=1))) as client:
        yield client


async def asked(client: httpx2.AsyncClient, workbook: str, **library: object) -> httpx2.Response:
    spec = {"iterations": 100, "library": {"text": LIBRARY, **library}}
    return await client.post(f"{API}/simulations", json={"workbook_id": workbook, "spec": spec})


async def test_inputs_take_the_trials_of_a_library(real: httpx2.AsyncClient, upload) -> None:
    response = await asked(real, await upload(real), inputs={"Sheet!B1": "Price", "Sheet!B2": "Units"})
    assert response.status_code == 202, response.text
    # The text goes in and is not sent back with every document.
    assert response.json()["spec"]["library"]["text"] == ""
    assert response.json()["spec"]["library"]["inputs"] == {"Sheet!B1": "Price", "Sheet!B2": "Units"}
    own = f"{API}/simulations/{response.json()['id']}"
    await real.get(f"{own}/events")
    assert (await real.get(own)).json()["status"] == "succeeded"
    text = (await real.get(f"{own}/results", params={"format": "csv"})).text
    rows = list(csv.DictReader(io.StringIO(text)))
    drawn = np.array([[float(row["Sheet!B1"]), float(row["Sheet!B2"])] for row in rows])
    np.testing.assert_array_equal(drawn, TRIALS)
    profits = np.array([float(row["Profit"]) for row in rows])
    np.testing.assert_allclose(profits, TRIALS[:, 0] * TRIALS[:, 1] - 1000, rtol=1e-12)
    notes = (await real.get(f"{own}/results")).json()["notes"]
    assert "Sheet!B1 takes its trials from 'Price' of a SIPmath library" in notes


@pytest.mark.parametrize(
    ("library", "words"),
    [
        ({"inputs": {"Sheet!B1": "Cost"}}, "has no variable 'Cost'; it has Price, Units"),
        ({}, "no cell of the workbook bears the name of a variable"),
        ({"text": "{", "inputs": {"Sheet!B1": "Price"}}, ""),
    ],
)
async def test_what_a_library_cannot_give_is_refused(
    library: dict[str, object], words: str, real: httpx2.AsyncClient, upload
) -> None:
    response = await asked(real, await upload(real), **library)
    assert response.status_code == 422, response.text
    assert words in response.json()["detail"]
    assert response.json()["code"].startswith("sipmath.")
