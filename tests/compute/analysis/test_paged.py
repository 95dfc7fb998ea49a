"""Analysis of columns that are loaded one at a time: the same bits as with all of them in memory."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from compute.analysis import LEAF, Ranked, tornado
from compute.analysis.paged import PagedRanked, paged_correlations
from compute.analysis.realised_correlations import realised_correlations

COUNT = 2 * LEAF + 77


def columns(kind: str) -> dict[str, np.ndarray]:
    """Three inputs and an output, with ties, constants or errors."""
    generator = np.random.default_rng(11)
    found = {name: generator.normal(size=COUNT) for name in "abc"}
    found["y"] = found["a"] + 2.0 * found["b"] ** 2 + generator.normal(size=COUNT)
    if kind == "ties":
        found = {name: np.round(values) for name, values in found.items()}
    if kind == "constant":
        found["a"] = np.full(COUNT, 3.0)
    if kind in ("errors in an input", "errors in both"):
        found["b"][::7] = np.nan
    if kind in ("errors in the output", "errors in both"):
        found["y"][3::5] = np.nan
    if kind == "nothing but errors":
        found["y"][:] = np.nan
    return found


KINDS = [
    "plain", "ties", "constant", "errors in an input", "errors in the output", "errors in both", "nothing but errors",
]  # fmt: skip


@pytest.mark.parametrize("is_prepared", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_the_bars_are_those_of_inputs_in_memory(kind: str, is_prepared: bool, tmp_path: Path) -> None:
    found = columns(kind)
    output = found.pop("y")
    paged = PagedRanked(tuple(found), found.__getitem__, tmp_path)
    if is_prepared:
        paged.prepare()
    # Twice: the second time the ranks come from their files.
    for _ in range(2):
        assert tornado(paged, output) == tornado(Ranked(found), output)


def test_no_iterations_have_no_bars_worth_the_name(tmp_path: Path) -> None:
    nothing = {"a": np.empty(0)}
    bars = PagedRanked(("a",), nothing.__getitem__, tmp_path).bars(np.empty(0))
    assert bars == Ranked(nothing).bars(np.empty(0))


def test_an_input_is_loaded_once_however_many_outputs_there_are(tmp_path: Path) -> None:
    found, loaded = columns("plain"), []

    def load(name: str) -> np.ndarray:
        loaded.append(name)
        return found[name]

    paged = PagedRanked(("a", "b"), load, tmp_path)
    for name in "cy":
        paged.bars(found[name])
    assert loaded == ["a", "b"]


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "nothing but errors"])
def test_correlations_are_those_of_columns_in_memory(kind: str, tmp_path: Path) -> None:
    found = columns(kind)
    paged = paged_correlations(tuple(found), found.__getitem__, tmp_path)
    held = realised_correlations(np.stack(list(found.values())))
    for part in ("score", "spearman", "pearson", "standard_errors"):
        np.testing.assert_allclose(getattr(paged, part), getattr(held, part), rtol=1e-11, atol=1e-15)


def test_correlations_of_nothing_are_not_numbers(tmp_path: Path) -> None:
    found = columns("nothing but errors")
    paged = paged_correlations(("a", "y"), found.__getitem__, tmp_path)
    assert np.isnan(paged.score).all()
    assert paged.score.shape == (2, 2)
