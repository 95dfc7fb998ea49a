"""Fits and elicitations over HTTP: answers against facts, limits, refusals, and that the formulas mean the laws."""

from __future__ import annotations

from typing import Any

import httpx2
import numpy as np
import pytest
from scipy import stats

pytestmark = pytest.mark.anyio
API = "/api/v1"
SAMPLE = np.random.Generator(np.random.Philox(3)).gamma(2.0, 3.0, 500).tolist()


async def test_laws_fitted_to_a_sample(client: httpx2.AsyncClient) -> None:
    body = {"values": SAMPLE, "laws": ["GAMMA", "NORMAL", "BETA"], "rank_by": "bic", "resamples": 50}
    answer = (await client.post(f"{API}/fits", json=body)).json()
    assert (answer["size"], answer["ranked_by"]) == (500, "bic")
    gamma, normal = answer["fits"]
    assert (gamma["law"], normal["law"]) == ("GAMMA", "NORMAL")
    shape, _, scale = stats.gamma.fit(SAMPLE, floc=0)
    assert gamma["parameters"] == {"shape": pytest.approx(shape, rel=1e-5), "scale": pytest.approx(scale, rel=1e-5)}
    numbers = ",".join(repr(value) for value in gamma["parameters"].values())
    assert gamma["formula"] == f"=MC.GAMMA({numbers})"
    assert gamma["atrisk_formula"] == f"=RiskGamma({numbers})"
    low, high = gamma["intervals"]["shape"]
    assert low < shape < high
    assert normal["intervals"] is None
    assert gamma["bic"] < normal["bic"]
    [refused] = answer["refused"]
    assert refused["law"] == "BETA"
    assert "between 0 and 1" in refused["reason"]


async def test_a_series(client: httpx2.AsyncClient) -> None:
    noise = np.random.Generator(np.random.Philox(5)).normal(size=2000)
    series = [0.0]
    for each in noise:
        series.append(0.8 * series[-1] + each)
    answer = (await client.post(f"{API}/fits/series", json={"values": series, "processes": ["AR1", "MA1"]})).json()
    best = answer["fits"][0]
    assert (best["process"], len(answer["fits"])) == ("AR1", 2)
    # The standard error of the coefficient is √((1 − 0.8²) / 2000) = 0.0134.
    assert best["parameters"]["a1"] == pytest.approx(0.8, abs=4 * 0.0134)
    numbers = ",".join(repr(value) for value in best["parameters"].values())
    assert (best["formula"], best["atrisk_formula"]) == (f"=MC.AR1({numbers})", f"=RiskAR1({numbers})")


async def test_columns(client: httpx2.AsyncClient) -> None:
    normal = np.random.Generator(np.random.Philox(6)).normal(size=(1000, 2))
    first = normal[:, 0]
    second = 0.6 * first + 0.8 * normal[:, 1]
    body = {"columns": [first.tolist(), second.tolist()], "measure": "pearson", "families": ["gaussian", "clayton"]}
    answer = (await client.post(f"{API}/fits/dependence", json=body)).json()
    assert answer["correlations"][0][1] == pytest.approx(np.corrcoef(first, second)[0, 1], abs=1e-12)
    assert [each["family"] for each in answer["copulas"]] == ["gaussian", "clayton"]
    assert answer["copulas"][0]["matrix"][0][1] == pytest.approx(0.6, abs=0.08)


async def test_an_experts_percentiles(client: httpx2.AsyncClient) -> None:
    said = [{"p": p, "x": float(stats.norm.ppf(p, 100, 10))} for p in (0.1, 0.5, 0.9)]
    answer = (await client.post(f"{API}/elicitations", json={"percentiles": said, "laws": ["NORMAL"]})).json()
    [normal] = answer["fits"]
    assert normal["parameters"] == {"mean": pytest.approx(100), "sd": pytest.approx(10)}
    assert normal["rms_error"] < 1e-6
    # The metalog of three symmetric percentiles: a1 is the median, a2 the distance over ln 9, a3 nothing.
    a1, a2, a3 = answer["metalog"]["parameters"]["coefficients"]
    assert (a1, a2, a3) == pytest.approx((100, (said[2]["x"] - 100) / np.log(9), 0), abs=1e-9)
    assert answer["metalog"]["formula"].startswith("=MC.METALOG({")


async def test_percentiles_that_no_metalog_has(client: httpx2.AsyncClient) -> None:
    said = [{"p": p, "x": x} for p, x in ((0.1, 0.0), (0.5, 1.0), (0.9, 100.0))]
    body = {"percentiles": said, "laws": ["NORMAL"]}
    answer = (await client.post(f"{API}/elicitations", json=body)).json()
    assert answer["metalog"] is None
    assert "rise" in answer["metalog_problem"]
    assert answer["fits"]


@pytest.mark.parametrize(
    ("path", "body", "code", "words"),
    [
        ("fits", {"values": [1, 2, 3]}, "fitting.data", "5 or more"),
        ("fits", {"values": [1.0] * 10_001}, "request.invalid", "values"),
        ("fits", {"values": SAMPLE, "laws": ["GAMA"]}, "fitting.law", "GAMA"),
        ("fits", {"values": SAMPLE, "resamples": 1000}, "fitting.bootstrap", "at most 400"),
        ("fits", {"values": SAMPLE, "rank_by": "best"}, "request.invalid", "rank_by"),
        ("fits", {"values": [1, "2", 3, 4, 5, None]}, "request.invalid", "values.5"),
        ("fits/series", {"values": [1, 2, 3]}, "series.data", "12 or more"),
        ("fits/series", {"values": SAMPLE, "processes": ["AR9"]}, "series.data", "AR9"),
        ("fits/dependence", {"columns": [[1, 2, 3, 4, 5], [1, 2, 3]]}, "fitting.columns", "5, 3"),
        ("fits/dependence", {"columns": [[1, 2, 3, 4, 5]]}, "request.invalid", "columns"),
        ("elicitations", {"percentiles": [{"p": 0.1, "x": 1}] * 2}, "request.invalid", "percentiles"),
        ("elicitations", {"percentiles": [{"p": p, "x": 1} for p in (0.1, 0.2, 0.3)]}, "fitting.points", "twice"),
        (
            "elicitations",
            {"percentiles": [{"p": p, "x": p} for p in (0.1, 0.2, 0.3)], "laws": ["GAMA"]},
            "fitting.law",
            "GAMA",
        ),
    ],
)
async def test_what_cannot_be_fitted(
    client: httpx2.AsyncClient, path: str, body: dict[str, Any], code: str, words: str
) -> None:
    refused = await client.post(f"{API}/{path}", json=body)
    document = refused.json()
    assert (refused.status_code, document["code"]) == (422, code), document
    assert words in f"{document['detail']} {document.get('errors')}"
