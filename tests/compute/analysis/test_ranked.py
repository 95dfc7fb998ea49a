"""Inputs sorted once for all outputs: the same bars as each pair for itself, errors and ties among them."""

from __future__ import annotations

import numpy as np
import pytest

from compute.analysis.tornado import Ranked, change_in_mean, rank_correlation


@pytest.mark.parametrize("share_of_errors", [0.0, 0.001, 0.3, 1.0])
@pytest.mark.parametrize("digits", [15, 1, 0])
def test_bars_over_the_iterations_without_errors(share_of_errors: float, digits: int) -> None:
    """``digits`` makes ties; one input has errors of its own, one is constant, zeros have both signs."""
    source = np.random.default_rng(5)
    inputs = {name: np.round(source.normal(size=5_003), digits) for name in ("a", "b", "c")}
    inputs["c"][source.random(5_003) < 0.01] = np.nan
    inputs["constant"] = np.full(5_003, 2.5)
    output = np.round(inputs["a"] * 2 + source.normal(size=5_003), digits)
    output[source.random(5_003) < share_of_errors] = np.nan
    for bar in Ranked(inputs).bars(output):
        kept = ~np.isnan(output) & ~np.isnan(inputs[bar.name])
        x, y = inputs[bar.name][kept], output[kept]
        assert bar.rank_correlation == rank_correlation(x, y)
        assert (bar.low_mean, bar.high_mean) == change_in_mean(x, y)
