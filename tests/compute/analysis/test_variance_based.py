"""Sobol indices against the closed forms of Ishigami's function and Sobol's G, and against SALib on the same runs."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from SALib.analyze import sobol
from scipy.stats import qmc

from compute.analysis.variance_based import SobolIndex, design, given_data_first_order, indices

Model = Callable[[np.ndarray], np.ndarray]


def ishigami(uniforms: np.ndarray) -> np.ndarray:
    x = (2 * uniforms - 1) * math.pi
    return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


A = np.array([0.0, 1.0, 4.5, 9.0, 99.0, 99.0, 99.0, 99.0])


def sobol_g(uniforms: np.ndarray) -> np.ndarray:
    return np.prod((np.abs(4 * uniforms - 2) + A) / (1 + A), axis=1)


# T. Ishigami, T. Homma, Proc. ISUMA'90 (1990) 398, with a = 7 and b = 0.1.
V1, V2, V13 = (1 + 0.1 * math.pi**4 / 5) ** 2 / 2, 49 / 8, 0.01 * math.pi**8 * (1 / 18 - 1 / 50)
V = V1 + V2 + V13
PARTS = 1 / (3 * (1 + A) ** 2)
WHOLE = np.prod(1 + PARTS) - 1
CLOSED = {
    "ishigami": (ishigami, 3, [V1 / V, V2 / V, 0.0], [(V1 + V13) / V, V2 / V, V13 / V]),
    "sobol g": (sobol_g, 8, PARTS / WHOLE, PARTS * np.prod(1 + PARTS) / (1 + PARTS) / WHOLE),
}


def outputs(model: Model, inputs: int, points: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    a, b, *mixed = (model(uniforms) for _, uniforms in design(len(points), inputs).matrices(points))
    return a, b, np.column_stack(mixed)


def found(*runs: np.ndarray) -> list[SobolIndex]:
    result = indices(*runs)
    assert None not in result
    return [index for index in result if index is not None]


@pytest.mark.parametrize("name", CLOSED)
def test_closed_forms_are_found(name: str) -> None:
    """To 0.01, with 2¹⁴ scrambled Sobol points."""
    model, inputs, first, total = CLOSED[name]
    result = found(*outputs(model, inputs, qmc.Sobol(2 * inputs, rng=3).random(2**14)))
    assert [index.first for index in result] == pytest.approx(list(first), abs=0.01)
    assert [index.total for index in result] == pytest.approx(list(total), abs=0.01)


@pytest.mark.parametrize("name", CLOSED)
def test_the_same_numbers_as_salib(name: str) -> None:
    """SALib's estimates on the same runs to 1e-8, its bootstrapped half-widths to 25 %."""
    model, inputs, _, _ = CLOSED[name]
    a, b, mixed = outputs(model, inputs, np.random.default_rng(5).random((4096, 2 * inputs)))
    problem = {"num_vars": inputs, "names": [f"x{i}" for i in range(inputs)], "bounds": [[0, 1]] * inputs}
    stacked = np.column_stack((a, mixed, b)).ravel()
    expected = sobol.analyze(problem, stacked, calc_second_order=False, num_resamples=400, seed=1)
    result = found(a + 1e6, b + 1e6, mixed + 1e6)
    # SALib's analysis centres all runs together, which moves its first-order indices a little.
    assert [index.first for index in result] == pytest.approx(list(expected["S1"]), abs=2e-4)
    middle = (a.mean() + b.mean()) / 2
    centred = [float(sobol.first_order(a - middle, ab - middle, b - middle)) for ab in mixed.T]
    assert [index.first for index in result] == pytest.approx(centred, abs=1e-8)
    assert [index.total for index in result] == pytest.approx(list(expected["ST"]), abs=1e-8)
    halves = [index.first_interval.half_width for index in result]
    assert halves == pytest.approx(list(expected["S1_conf"]), rel=0.25)
    assert [i.total_interval.half_width for i in result] == pytest.approx(list(expected["ST_conf"]), rel=0.25)


def test_intervals_cover_what_they_promise() -> None:
    """300 runs; the sampling error of a coverage of 0.9 is 0.017."""
    random, hits = np.random.default_rng(6), np.zeros(6)
    _, _, first, total = CLOSED["ishigami"]
    for _ in range(300):
        a, b, mixed = outputs(ishigami, 3, random.random((1000, 6)))
        for place, index in enumerate(indices(a, b, mixed, confidence=0.9)):
            assert index is not None
            hits[place] += index.first_interval.low <= first[place] <= index.first_interval.high
            hits[place + 3] += index.total_interval.low <= total[place] <= index.total_interval.high
    assert np.all((hits / 300 > 0.84) & (hits / 300 < 0.96))


def test_groups_explain_what_their_members_do_together() -> None:
    points = qmc.Sobol(6, rng=3).random(2**13)
    plan = design(2**13, 3, groups=((0, 2), (1,)))
    a, b, *mixed = (ishigami(uniforms) for _, uniforms in plan.matrices(points))
    result = found(a, b, np.column_stack(mixed))
    assert plan.evaluations == 4 * 2**13
    assert result[0].first == pytest.approx((V1 + V13) / V, abs=0.01)
    assert result[1].total == pytest.approx(V2 / V, abs=0.01)


def test_a_block_takes_its_columns_from_b() -> None:
    points = np.random.default_rng(1).random((4, 6))
    blocks = {block.name: uniforms for block, uniforms in design(4, 3).matrices(points)}
    assert list(blocks) == ["A", "B", "AB0", "AB1", "AB2"]
    np.testing.assert_array_equal(blocks["A"], points[:, :3])
    np.testing.assert_array_equal(blocks["B"], points[:, 3:])
    np.testing.assert_array_equal(blocks["AB1"], points[:, [0, 4, 2]])


def test_errors_leave_out_an_iteration_of_all_three_runs() -> None:
    a, b, mixed = outputs(ishigami, 3, np.random.default_rng(5).random((500, 6)))
    a[3], mixed[7, 1] = np.nan, np.nan
    good = np.ones(500, bool)
    good[3] = False
    result, clean = found(a, b, mixed), found(a[good], b[good], mixed[good][:, [0]])
    assert result[0].first == pytest.approx(clean[0].first, rel=1e-12)
    assert [index.count for index in result] == [499, 498, 499]
    assert indices(np.ones(5), np.ones(5), np.ones((5, 2))) == (None, None)


@pytest.mark.parametrize("name", CLOSED)
def test_first_order_from_an_ordinary_run(name: str) -> None:
    """To 0.015 from 50,000 iterations, without any extra run."""
    model, inputs, first, _ = CLOSED[name]
    uniforms = np.random.default_rng(9).random((50_000, inputs))
    result = given_data_first_order({f"x{i}": uniforms[:, i] for i in range(inputs)}, model(uniforms))
    assert list(result.values()) == pytest.approx(list(first), abs=0.015)


def test_binning_against_sums_by_hand() -> None:
    random = np.random.default_rng(2)
    x = random.integers(0, 3, 900).astype(float)
    y = x + random.normal(size=900)
    means = [y[x == level].mean() for level in (0, 1, 2)]
    sizes = [np.count_nonzero(x == level) for level in (0, 1, 2)]
    share = np.dot(sizes, (np.array(means) - y.mean()) ** 2) / np.sum((y - y.mean()) ** 2)
    expected = 1 - (1 - share) * 899 / 897
    assert given_data_first_order({"x": x}, y, parts=30)["x"] == pytest.approx(expected, rel=1e-12)


def test_chance_is_taken_off() -> None:
    random = np.random.default_rng(12)
    y = random.normal(size=2000)
    values = [given_data_first_order({"x": random.normal(size=2000)}, y)["x"] or 0.0 for _ in range(300)]
    assert np.mean(values) == pytest.approx(0.0, abs=4 * np.std(values) / math.sqrt(300))


def test_nothing_to_explain_and_impossible_wishes() -> None:
    assert given_data_first_order({"x": np.ones(99), "y": np.arange(99.0)}, np.arange(99.0))["x"] is None
    assert given_data_first_order({"x": np.arange(99.0)}, np.ones(99)) == {"x": None}
    with pytest.raises(ValueError, match="parts is 1"):
        given_data_first_order({}, np.ones(3), 1)
    with pytest.raises(ValueError, match="n is 0"):
        design(0, 3)
    for groups in (((0,), (0, 1)), ((3,),), ((),)):
        with pytest.raises(ValueError, match="groups are"):
            design(5, 3, groups)
    with pytest.raises(ValueError, match="uniforms are"):
        list(design(5, 3).matrices(np.ones((5, 3))))
    with pytest.raises(ValueError, match="shapes"):
        indices(np.ones(3), np.ones(4), np.ones((3, 1)))
