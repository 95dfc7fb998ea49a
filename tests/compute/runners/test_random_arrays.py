"""RANDARRAY in a simulation: numbers of the run's own seed, each call and each element its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

import compute


def test_each_call_and_each_run_has_numbers_of_its_own(book: Callable[..., Path]) -> None:
    array = "_xlfn.RANDARRAY(1,2)"
    cells = {
        "A1": "=_xldudf_MC_NORMAL(0,1)",
        "B1": f"=SUM({array})-SUM({array})",
        "B2": f"=INDEX({array},1,1)",
        "B3": f"=INDEX({array},1,2)",
    }
    model = compute.Model.open(book({"S": cells}), outputs=["S!B1", "S!B2", "S!B3"])
    first = model.simulate(6_000, seed=1)
    difference = first.outputs["S!B1"].samples
    assert abs(difference.mean()) < 0.03
    assert abs(difference.var() - 4 / 12) < 0.03
    assert abs(np.corrcoef(first.outputs["S!B2"].samples, first.outputs["S!B3"].samples)[0, 1]) < 0.05
    assert model.simulate(6_000, seed=1, threads=1, chunk_leaves=1).digest == first.digest
    assert not np.array_equal(model.simulate(6_000, seed=2).outputs["S!B2"].samples, first.outputs["S!B2"].samples)
