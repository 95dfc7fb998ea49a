"""Correlation matrices: read, judged and mended."""

from __future__ import annotations

import math

import numpy as np
import pytest

from compute.errors import SpecificationError
from compute.sampling.correlation_matrix import (
    CorrelationMatrix,
    combined,
    correlation_matrix,
    nearest_correlation_matrix,
    score_correlations,
    triangular_root,
)

N = None
FULL = [[1.0, 0.5, -0.2], [0.5, 1.0, 0.0], [-0.2, 0.0, 1.0]]
READ = {
    "full": FULL,
    "lower triangle": [[1.0, N, N], [0.5, 1.0, N], [-0.2, 0.0, 1.0]],
    "upper triangle": [[1.0, 0.5, -0.2], [N, 1.0, 0.0], [N, N, 1.0]],
    "lower triangle over zeros": [[1.0, 0.0, 0.0], [0.5, 1.0, 0.0], [-0.2, 0.0, 1.0]],
    "blank diagonal": [[N, 0.5, -0.2], [0.5, N, 0.0], [-0.2, 0.0, N]],
}


@pytest.mark.parametrize("form", READ)
def test_every_way_of_writing_a_matrix_is_read(form: str) -> None:
    found = correlation_matrix(READ[form], "Inputs!A1:C3")
    assert found.values.tolist() == FULL
    assert found.missing == ()


def test_a_pair_blank_on_both_sides_is_listed_and_counts_as_zero() -> None:
    found = correlation_matrix([[1.0, N, 0.3], [N, 1.0, 0.1], [0.3, 0.1, 1.0]], "A1:C3")
    assert found.missing == ((0, 1),)
    assert found.values[0, 1] == 0.0


WRONG = {
    "not square": ([[1.0, 0.5]], "1 × 2"),
    "too large": ([[1.0, 1.5], [1.5, 1.0]], "row 1, column 2 is 1.5"),
    "diagonal": ([[1.0, 0.5], [0.5, 0.9]], "row 2 is 0.9"),
    "sides": ([[1.0, 0.5], [0.4, 1.0]], "0.5 on one side and 0.4"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_matrix_names_its_place_and_entry(case: str) -> None:
    rows, words = WRONG[case]
    with pytest.raises(SpecificationError, match=r"Inputs!A1:C3.*") as caught:
        correlation_matrix(rows, "Inputs!A1:C3")
    assert words in caught.value.message


def test_higham_s_example() -> None:
    """Higham (2002), section 4: the matrix of ones beside a zero has the nearest one with .7607 and .1573."""
    bad = CorrelationMatrix(np.array([[1.0, 1.0, 0.0], [1.0, 1.0, 1.0], [0.0, 1.0, 1.0]]))
    assert not bad.is_valid
    found = nearest_correlation_matrix(bad)
    assert found.is_valid
    assert found.values[0, 1] == pytest.approx(0.7607, abs=5e-5)
    assert found.values[0, 2] == pytest.approx(0.1573, abs=5e-5)


def test_the_nearest_matrix_has_smaller_distance_than_any_shrunken_one() -> None:
    rng = np.random.default_rng(5)
    for _ in range(20):
        values = np.tanh(rng.normal(size=(5, 5)))
        values = (values + values.T) / 2
        np.fill_diagonal(values, 1.0)
        bad = CorrelationMatrix(values)
        found = nearest_correlation_matrix(bad)
        assert found.is_valid
        assert np.diag(found.values).tolist() == [1.0] * 5
        distance = np.linalg.norm(found.values - values)
        for weight in np.linspace(0, 1, 101):
            shrunken = CorrelationMatrix(weight * np.eye(5) + (1 - weight) * values)
            if shrunken.is_valid:
                assert distance <= np.linalg.norm(shrunken.values - values) + 1e-9


def test_spearman_s_correlation_is_turned_into_that_of_scores() -> None:
    asked = CorrelationMatrix(np.array([[1.0, 0.8005], [0.8005, 1.0]]))
    # The conventions measured in @RISK: scores .8142 show Spearman .8005.
    assert score_correlations(asked, "spearman").values[0, 1] == pytest.approx(0.8142, abs=3e-4)
    assert score_correlations(asked, "score") is asked


@pytest.mark.parametrize("rank", [1, 2, 4])
def test_the_root_of_a_singular_matrix_gives_it_back(rank: int) -> None:
    factors = np.random.default_rng(rank).normal(size=(4, rank))
    factors /= np.sqrt((factors**2).sum(axis=1, keepdims=True))
    root = triangular_root(factors @ factors.T)
    assert np.allclose(root @ root.T, factors @ factors.T, atol=1e-10)
    assert np.array_equal(root, np.tril(root))


def test_a_block_s_width_changes_no_bit() -> None:
    rng = np.random.default_rng(3)
    root, scores = np.tril(rng.normal(size=(7, 7))), rng.normal(size=(7, 1000))
    whole = combined(root, scores)
    for start, stop in ((0, 1), (3, 17), (500, 1000)):
        assert np.array_equal(combined(root, scores[:, start:stop].copy()), whole[:, start:stop])
    assert math.isclose(whole[6, 0], float(root[6] @ scores[:, 0]), rel_tol=1e-12)
