"""Properties that every law keeps, one test each, for every row of the table in conftest."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
import pytest
from scipy import integrate

from compute.distributions import LAWS, Discrete, Law
from compute.distributions.counts import CountLaw
from compute.distributions.integration import lattice_moments, quantile_moments

P = np.concatenate(([1e-6, 1e-4], np.linspace(0.003, 0.997, 143), [1 - 1e-4, 1 - 1e-6]))


def test_quantiles_are_those_of_the_oracle(case: Any) -> None:
    if case.law.is_discrete:
        np.testing.assert_array_equal(case.law.ppf(P), case.oracle.ppf(P))
    else:
        spread = case.oracle.ppf(0.75) - case.oracle.ppf(0.25)
        np.testing.assert_allclose(case.law.ppf(P), case.oracle.ppf(P), rtol=1e-9, atol=1e-12 * spread)


def test_probabilities_are_those_of_the_oracle(case: Any) -> None:
    x = np.concatenate((case.law.ppf(P), case.law.ppf(P) + 0.3, [-1e3, 1e3]))
    # Between whole numbers some of scipy's laws answer as if they were continuous.
    steps = np.floor(x) if isinstance(case.law, CountLaw) else x
    with np.errstate(all="ignore"):
        below, above = case.oracle.cdf(steps), case.oracle.sf(steps)
    known = np.isfinite(below) & np.isfinite(above)
    assert known.sum() > P.size
    np.testing.assert_allclose(case.law.cdf(x)[known], below[known], rtol=1e-9, atol=1e-13)
    np.testing.assert_allclose(case.law.sf(x)[known], above[known], rtol=1e-9, atol=1e-13)
    ends = np.array([-np.inf, np.inf])
    assert case.law.cdf(ends).tolist() == [0.0, 1.0]
    assert case.law.sf(ends).tolist() == [1.0, 0.0]


def test_density_is_that_of_the_oracle(case: Any) -> None:
    x = np.concatenate((case.law.ppf(P), [-1e3, 1e3]))
    with np.errstate(all="ignore"):
        density = case.oracle.pmf(x) if case.law.is_discrete else case.oracle.pdf(x)
    np.testing.assert_allclose(case.law.pdf(x), density, rtol=1e-8, atol=1e-300)
    np.testing.assert_array_equal(case.law.pmf(x), case.law.pdf(x) if case.law.is_discrete else 0.0)


def test_quantile_is_the_smallest_value_with_enough_probability(case: Any) -> None:
    x = case.law.ppf(P)
    if not case.law.is_discrete:
        np.testing.assert_allclose(case.law.cdf(x), P, rtol=1e-9)
        return
    assert np.all(case.law.cdf(x) >= P)
    assert np.all(case.law.columns().below(x) < P)
    # In the last millionth the complement decides, of which a cdf near 1 has too few digits left.
    x = x[case.law.sf(x) > 2e-6]
    np.testing.assert_array_equal(case.law.ppf(case.law.cdf(x)), x)


def test_quantiles_rise(case: Any) -> None:
    assert np.all(np.diff(case.law.ppf(np.linspace(0, 1, 2001))) >= 0)


def test_density_integrates_to_probability(case: Any) -> None:
    law: Law = case.law
    low, middle, high = (law.ppf(p) for p in (0.1, 0.45, 0.8))
    if law.is_discrete:
        lattice = law.lattice(law.ppf(1e-17), law.ppf(1 - 1e-16))
        np.testing.assert_allclose(np.cumsum(law.pmf(lattice)), law.cdf(lattice), rtol=1e-8, atol=1e-15)
        return
    for start, stop in ((low, middle), (middle, high)):
        area, _ = integrate.quad(law.pdf, start, stop, epsabs=0, epsrel=1e-10, limit=400)
        assert area == pytest.approx(law.cdf(stop) - law.cdf(start), rel=1e-8)


def test_moments_are_those_of_the_oracle(case: Any) -> None:
    mean, variance, skewness, excess = (float(value) for value in case.oracle.stats(moments="mvsk"))
    expected = (mean, variance, skewness, excess + 3)
    for found, wanted in zip(case.law.moments(), expected, strict=True):
        if math.isfinite(wanted):
            assert found == pytest.approx(wanted, rel=2e-6 if case.numeric else 1e-7, abs=1e-9)
    if math.isfinite(case.law.variance):
        assert case.law.standard_deviation == math.sqrt(case.law.variance)


def test_moments_are_those_of_numerical_integration(case: Any) -> None:
    law: Law = case.law
    found = lattice_moments(law) if law.is_discrete else quantile_moments(law)
    for ours, numeric in zip(law.moments()[:2], found[:2], strict=True):
        if math.isfinite(ours):
            assert ours == pytest.approx(numeric, rel=1e-2 if case.kinked else 1e-6, abs=1e-9)


def test_extreme_probabilities_stay_inside_the_support(case: Any) -> None:
    low, high = case.law.support
    far = case.law.ppf(np.array([0.0, 1e-300, 1e-30, 1 - 1e-12, 1 - 2.0**-53, 1.0]))
    assert not np.isnan(far).any()
    assert np.all((far >= low) & (far <= high))
    assert np.isfinite(far[1:-1]).all()
    assert (far[0], far[-1]) == (low, high)


def test_probability_outside_the_unit_interval_has_no_quantile(case: Any) -> None:
    assert np.isnan(case.law.ppf(np.array([-1e-9, 1 + 1e-9, np.nan, -np.inf, np.inf]))).all()


def test_scalars_and_arrays_give_the_same_bits(case: Any) -> None:
    law: Law = case.law
    whole = law.ppf(P)
    assert [law.ppf(float(p)) for p in P] == whole.tolist()
    assert isinstance(law.ppf(0.3), float)
    columns = [np.repeat(np.atleast_2d(np.asarray(value)).T, P.size, axis=1) for value in law.arguments]
    spread = [
        column if info.domain.is_list else column[0] for info, column in zip(law.parameters, columns, strict=True)
    ]
    assert type(law).quantile(P, *spread).tolist() == whole.tolist()
    assert type(law).quantile(P, *law.arguments).tolist() == whole.tolist()


@pytest.mark.parametrize("size", [1, 3, 7, 64, 100])
def test_chunks_give_the_bits_of_the_whole(case: Any, size: int) -> None:
    whole = case.law.ppf(P)
    pieces = [case.law.ppf(P[start : start + size]) for start in range(0, P.size, size)]
    assert np.concatenate(pieces).tolist() == whole.tolist()
    assert case.law.ppf(P[::2]).tolist() == whole[::2].tolist()
    shuffled = np.random.default_rng(size).permutation(P.size)
    assert case.law.ppf(P[shuffled]).tolist() == whole[shuffled].tolist()


def test_mode_is_the_peak(case: Any) -> None:
    if not case.peaked:
        pytest.skip("flat or unbounded density: no single peak")
    law: Law = case.law
    around = (
        law.lattice(law.ppf(0.001), law.ppf(0.999)) if law.is_discrete else law.ppf(np.linspace(0.001, 0.999, 4001))
    )
    assert law.pdf(law.mode) >= law.pdf(around).max() * (1 - 1e-9)


def test_static_value_is_the_mean_or_the_nearest_possible_value(case: Any) -> None:
    law: Law = case.law
    if not math.isfinite(law.mean):
        assert law.static_value == law.ppf(0.5)
    elif not law.is_discrete:
        assert law.static_value == law.mean
    else:
        lattice = law.lattice(law.ppf(1e-12), law.ppf(1 - 1e-12))
        assert law.static_value in lattice
        assert abs(law.static_value - law.mean) == pytest.approx(np.abs(lattice - law.mean).min())


def test_truncation_keeps_the_law_between_its_ends(case: Any) -> None:
    base: Law = case.law
    low, high = base.ppf(0.2), base.ppf(0.9)
    law = base.truncate(low, high)
    x = law.ppf(P)
    assert np.all((x >= low) & (x <= high))
    assert (law.ppf(0.0), law.ppf(1.0)) == pytest.approx((low, high), rel=1e-12)
    with np.errstate(all="ignore"):
        before = base.columns().below(np.array([low]))[0]
    mass = base.cdf(high) - before
    np.testing.assert_allclose(law.cdf(x), (base.cdf(x) - before) / mass, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(law.pdf(x), base.pdf(x) / mass, rtol=1e-9)
    if law.is_discrete:
        assert np.all(law.cdf(x) >= P * (1 - 1e-12))
    else:
        np.testing.assert_allclose(law.cdf(x), P, rtol=1e-7)
    assert low <= law.static_value <= high
    assert low <= law.mode <= high


def test_truncation_is_precise_in_the_upper_tail(case: Any) -> None:
    base: Law = case.law
    columns = base.columns()
    with np.errstate(all="ignore"):
        start = float(columns.quantile(np.array([1 - 1e-12]), np.array([1e-12]))[0])
        beyond = float(columns.from_on(np.array([start]))[0])
    if start >= base.support[1] or base.sf(start) == 0:
        pytest.skip("the law has no upper tail")
    law = base.truncate(start)
    x = law.ppf(np.array([1e-3, 0.5, 0.99]))
    conditional = base.sf(x) / beyond
    if law.is_discrete:
        assert np.all(conditional <= np.array([0.999, 0.5, 0.01]) * (1 + 1e-3))
    else:
        np.testing.assert_allclose(conditional, [0.999, 0.5, 0.01], rtol=1e-2)


def test_shift_moves_everything(case: Any) -> None:
    law = case.law.shift(12.5)
    np.testing.assert_array_equal(law.ppf(P), case.law.ppf(P) + 12.5)
    x = case.law.ppf(P)
    np.testing.assert_allclose(law.cdf(x + 12.5), case.law.cdf((x + 12.5) - 12.5), rtol=1e-12)
    assert law.mode == case.law.mode + 12.5
    assert law.support == tuple(end + 12.5 for end in case.law.support)
    if math.isfinite(case.law.mean):
        assert law.mean == case.law.mean + 12.5


@pytest.mark.parametrize("name", sorted(LAWS))
def test_law_describes_itself(name: str) -> None:
    law = LAWS[name]
    assert law.name == name == law.__name__.upper()
    assert tuple(info.name for info in law.parameters) == tuple(field.name for field in dataclasses.fields(law))
    assert law.title
    assert law.summary.endswith(".")
    assert all(info.description for info in law.parameters)
    assert "Source:" in (law.__doc__ or "")


@pytest.mark.parametrize("name", sorted(LAWS))
def test_every_law_is_in_the_table(name: str, laws_tested: frozenset[str]) -> None:
    assert name in laws_tested


def test_list_parameters_may_differ_from_iteration_to_iteration() -> None:
    values = np.array([[1.0, 10.0, 5.0], [2.0, 20.0, 4.0]])
    weights = np.array([[1.0, 3.0, 0.0], [1.0, 1.0, 0.0]])
    drawn = Discrete.quantile(np.array([0.6, 0.6, 0.6]), values, weights)
    assert drawn[:2].tolist() == [2.0, 10.0]
    assert math.isnan(drawn[2])
