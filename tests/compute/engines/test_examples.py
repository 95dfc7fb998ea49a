"""Every example workbook, of each product, on the power engine and on the reference engine."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import compute

EXAMPLES = sorted((Path(__file__).resolve().parents[3] / "docs" / "examples").glob("*.xlsx"))

OUTPUTS = {"rand_only": ["Model!B11"]}
"""What is watched where the workbook itself marks nothing."""


@pytest.mark.parametrize("sampling", ["monte_carlo", "latin_hypercube"])
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.stem)
def test_an_example(path: Path, sampling: str) -> None:
    model = compute.Model.open(path, outputs=OUTPUTS.get(path.stem, ()))
    power, reference = (
        model.simulate(1_000, seed=9, sampling=sampling, engine=engine)  # type: ignore[arg-type]
        for engine in ("power", "reference")
    )
    for found, expected in ((power.outputs, reference.outputs), (power.inputs, reference.inputs)):
        assert found.keys() == expected.keys()
        for key, variable in expected.items():
            np.testing.assert_array_equal(found[key].codes, variable.codes)
            np.testing.assert_allclose(found[key].samples, variable.samples, rtol=1e-11, atol=1e-11)
