"""Stress and shares of variance of time series: each period is an input of its own."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import special

import compute
from compute.errors import SpecificationError
from tests.compute.conftest import Build

A1 = 0.8


@pytest.fixture
def model(book: Build) -> compute.Model:
    cells = {"A1:A3": f"=MC.AR1(0,1,{A1},0)", "C1": "=SUM(A1:A3)"}
    return compute.Model.open(book({"S": cells}), outputs=["S!C1"])


def test_a_stressed_period_takes_its_random_number_from_a_part_of_its_law(model: compute.Model) -> None:
    report = model.stress({"S!A2": (0.0, 0.1)}, iterations=2_000, seed=3)
    stressed = next(iter(report.runs.values()))
    values = {key: stressed.inputs[f"S!{key}"].samples for key in ("A1", "A2", "A3")}
    noise = values["A2"] - A1 * values["A1"]
    assert noise.max() <= special.ndtri(0.1) + 1e-12
    # The mean of a standard normal number below its first decile.
    expected = -np.exp(-(special.ndtri(0.1) ** 2) / 2) / np.sqrt(2 * np.pi) / 0.1
    assert noise.mean() == pytest.approx(expected, abs=4 * noise.std() / np.sqrt(noise.size))
    np.testing.assert_array_equal(values["A1"], report.baseline.inputs["S!A1"].samples)
    later = report.baseline.inputs["S!A3"].samples - A1 * report.baseline.inputs["S!A2"].samples
    np.testing.assert_allclose(values["A3"] - A1 * values["A2"], later, atol=1e-12)


def test_sobol_indices_are_the_shares_of_each_period_s_noise(model: compute.Model) -> None:
    report = model.sobol_indices(base=1_024, seed=3)
    weights = np.array([1 + A1 + A1**2, 1 + A1, 1.0]) ** 2
    for key, share in zip(("S!A1", "S!A2", "S!A3"), weights / weights.sum(), strict=True):
        index = report.indices["S!C1"][key]
        assert index is not None
        assert index.first == pytest.approx(share, abs=0.02)
        assert index.total == pytest.approx(share, abs=0.02)


def test_a_series_in_a_lambda_cannot_be_stressed(book: Build) -> None:
    cells = {"A1": "=SUM(MAP({1;2},LAMBDA(x,SUM(MC.AR1(0,1,0.8,0,3))+x)))"}
    model = compute.Model.open(book({"S": cells}), outputs=["S!A1"])
    with pytest.raises(SpecificationError, match="S!A1 is drawn several times"):
        model.stress({"S!A1": (0.0, 0.1)}, iterations=100)
