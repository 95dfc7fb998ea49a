"""A workbook made for XLRisk, whose outputs stand in a list on its own sheet."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import compute


def test_outputs_listed_on_the_sheet_are_watched(book: Callable[..., Path]) -> None:
    path = book(
        {
            "Model": {"A1": "=RiskLogNorm(0,0.25)", "A2": "=RiskNormal(10,2)", "A3": "=A1*A2"},
            "XLRisk": {"A1": "Outputs", "A2": "Model!$A$3", "B2": "Product"},
        },
        names={"RiskOutputs": "XLRisk!$A$1"},
    )
    model = compute.Model.open(path)
    assert list(model.outputs) == ["Product"]
    assert model.describe().product == "XLRisk"
    result = model.simulate(5_000)
    # XLRisk's law takes the mean and deviation of the logarithm: its own mean is exp(0 + 0.25²/2).
    assert result.inputs["Model!A1"].mean == pytest.approx(1.03175, abs=2e-3)
    assert result.outputs["Product"].mean == pytest.approx(10.3175, abs=0.05)
