"""Further properties that every law keeps, one test each, for every row of the table in conftest and extreme ones."""

from __future__ import annotations

import math
import pickle
from typing import Any

import numpy as np
import pytest

from compute.distributions import LAWS, Domain, Law

SMALL = np.array([1e-300, 1e-200, 1e-100, 1e-50, 1e-20, 1e-9, 1e-3])
INNER = np.linspace(0.02, 0.98, 49)


def make(name: str, *parameters: Any) -> Law:
    return LAWS[name](*parameters)  # type: ignore[call-arg]


# fmt: off
EXTREME = [
    make("NORMAL", 1e15, 1e-3), make("NORMAL", 0, 1e-300), make("NORMAL", 0, 1e300), make("LOGNORMAL", 1e-9, 1e3),
    make("LOGNORMAL", 1e12, 10), make("LOGNORMAL2", 0, 20), make("TRIANGULAR", -1e9, 0, 1e-9),
    make("TRIANGULAR", 0, 1e-12, 1), make("PERT", 0, 1e-9, 1), make("PERT", -1e6, 1e6 - 1, 1e6),
    make("UNIFORM", -1e300, 1e300), make("UNIFORM", 1, 1 + 1e-15), make("BETA", 1e-2, 1e-2), make("BETA", 1e4, 1e5),
    make("BETA", 0.05, 300), make("GAMMA", 1e-2, 1), make("GAMMA", 1e6, 1e-6), make("ERLANG", 1000, 1e-3),
    make("EXPONENTIAL", 1e-300), make("WEIBULL", 0.05, 1), make("WEIBULL", 200, 1), make("CHISQ", 0.1),
    make("CHISQ", 1e5), make("STUDENT", 0.3), make("STUDENT", 1e6), make("F", 0.5, 0.5), make("F", 1e3, 1e4),
    make("LOGLOGISTIC", 0, 1, 0.2), make("PARETO", 0.05, 1), make("PARETO", 1e3, 1), make("PARETO2", 1, 0.05),
    make("PEARSON5", 0.1, 1), make("PEARSON5", 1e4, 1), make("PEARSON6", 0.1, 0.1, 1), make("INVGAUSS", 1, 1e-3),
    make("INVGAUSS", 1, 1e6), make("BURR12", 0, 1, 0.1, 10), make("DAGUM", 0, 1, 10, 0.1),
    make("FATIGUELIFE", 0, 1, 20), make("FRECHET", 0, 1, 0.1), make("GEV", 0, 1, 2), make("GEV", 0, 1, -2),
    make("GEV", 0, 1, 1e-12), make("GPD", 0, 1, 3), make("GPD", 0, 1, -3), make("GPD", 0, 1, -1e-12),
    make("JOHNSONSU", 10, 0.2, 0, 1), make("JOHNSONSB", -3, 0.1, 0, 1), make("SKEWNORMAL", 0, 1, 100),
    make("SKEWNORMAL", 0, 1, -1e4), make("KUMARASWAMY", 0.1, 0.1, 0, 1), make("RECIPROCAL", 1e-150, 1e150),
    make("JOHNSONMOMENTS", 0, 1, 2, 5.1), make("JOHNSONMOMENTS", 0, 1, 10, 400), make("JOHNSONMOMENTS", 0, 1, 0, 50),
    make("METALOG", (0, 1e-6)), make("METALOG", (0, 3, 0.5), 0), make("HISTOGRAM", 0, 1, (1e-300, 1)),
    make("CUMUL", 0, 1e9, (1e-9,), (0.999,)), make("BERNOULLI", 1e-300), make("BINOMIAL", 1e9, 1e-9),
    make("BINOMIAL", 1e9, 0.5), make("POISSON", 1e-300), make("POISSON", 1e12), make("GEOMETRIC", 1e-9),
    make("GEOMETRIC", 1), make("NEGBIN", 1e5, 0.001), make("HYPERGEO", 500, 5e5, 1e6), make("INTUNIFORM", -1e15, 1e15),
    make("LOGARITHMIC", 0.99999), make("LOGARITHMIC", 1e-9), make("DISCRETE", (1, 2), (1e-300, 1)),
]
# fmt: on


@pytest.mark.parametrize("law", EXTREME, ids=str)
def test_extreme_parameters_give_rising_quantiles_within_the_support(law: Law) -> None:
    p = np.concatenate(([0.0], SMALL, INNER, 1 - SMALL[-2:][::-1], [1.0]))
    x = law.ppf(p)
    assert not np.isnan(x).any()
    # The last bits of quantiles that are nearly equal may come from either side of the median.
    slack = np.where(np.isinf(x[1:]) | law.is_discrete, 0.0, 4e-13 * np.abs(x[1:]))
    assert np.all((x[1:] >= x[:-1] - slack) | (x[1:] == x[:-1]))
    low, high = law.support
    assert np.all((x >= low - abs(low) * 1e-15) & (x <= high + abs(high) * 1e-15))
    assert low <= law.ppf(0.5) <= high


@pytest.mark.parametrize("law", [law for law in EXTREME if not law.is_discrete], ids=str)
def test_extreme_parameters_keep_cdf_and_quantile_inverse(law: Law) -> None:
    x = law.ppf(INNER)
    # What the last bits of x move the probability by cannot be asked back.
    grain = 64 * np.spacing(np.abs(x))
    assert np.all(law.cdf(x - grain) <= INNER + 1e-8)
    assert np.all(law.cdf(x + grain) >= INNER - 1e-8)


def tail_values(case: Any, quantile: Any, density_floor: float = 1e-10) -> tuple[Any, Any]:
    """Tail probabilities and quantiles where a last bit of the quantile does not matter."""
    x = quantile(SMALL)
    with np.errstate(all="ignore"):
        fine = np.abs(case.law.pdf(x)) * np.spacing(np.abs(x)) < density_floor * SMALL
    usable = fine & np.isfinite(x) & (case.law.pdf(x) > 1e-300)
    return SMALL[usable], x[usable]


def test_lower_tail_reaches_to_1e_300(case: Any) -> None:
    if case.law.is_discrete:
        x = case.law.ppf(SMALL)
        assert np.all(case.law.cdf(x) >= SMALL * (1 - 1e-9))
        return
    p, x = tail_values(case, case.law.ppf)
    np.testing.assert_allclose(case.law.cdf(x), p, rtol=1e-7)


def test_upper_tail_reaches_to_1e_300(case: Any) -> None:
    if case.law.is_discrete:
        x = case.law.isf(SMALL)
        assert np.all(case.law.sf(x) <= SMALL * (1 + 1e-9))
        return
    q, x = tail_values(case, case.law.isf)
    np.testing.assert_allclose(case.law.sf(x), q, rtol=1e-6)


def test_upper_quantiles_are_quantiles_of_the_complement(case: Any) -> None:
    np.testing.assert_allclose(case.law.isf(1 - INNER), case.law.ppf(INNER), rtol=1e-9, atol=1e-12)
    assert np.isnan(case.law.isf(np.array([-0.1, 1.1, np.nan]))).all()
    assert isinstance(case.law.isf(0.25), float)


def test_both_sides_add_up_to_one(case: Any) -> None:
    x = np.concatenate((case.law.ppf(INNER), case.law.ppf(INNER) + 0.37))
    np.testing.assert_allclose(case.law.cdf(x) + case.law.sf(x), 1.0, atol=1e-12)


def test_probability_never_falls(case: Any) -> None:
    low, high = case.law.ppf(np.array([0.001, 0.999]))
    x = np.linspace(low - 1, high + 1, 1501)
    assert np.all(np.diff(case.law.cdf(x)) >= -1e-14)
    assert np.all(np.diff(case.law.sf(x)) <= 1e-14)


def test_density_is_the_derivative_of_probability(case: Any) -> None:
    if case.law.is_discrete:
        low = case.law.lattice(case.law.ppf(0.01), case.law.ppf(0.99))[:200]
        with np.errstate(all="ignore"):
            jump = case.law.cdf(low) - case.law.columns().below(low)
        np.testing.assert_allclose(jump, case.law.pmf(low), rtol=1e-7, atol=1e-12)
        return
    x = case.law.ppf(INNER)
    step = 1e-4 * (case.law.ppf(0.75) - case.law.ppf(0.25))
    slope = (8 * (case.law.cdf(x + step) - case.law.cdf(x - step)) - case.law.cdf(x + 2 * step)) / (12 * step)
    slope = slope + case.law.cdf(x - 2 * step) / (12 * step)
    wanted = case.law.pdf(x)
    close = np.abs(slope - wanted) <= 1e-6 * wanted.max()
    # At a corner of the density its two sides differ.
    assert np.count_nonzero(~close) <= 3


def test_density_is_never_negative_and_vanishes_outside(case: Any) -> None:
    low, high = case.law.support
    x = np.concatenate((case.law.ppf(INNER), [low - 1, high + 1]))
    x = x[np.isfinite(x)]
    assert np.all(case.law.pdf(x) >= 0)
    outside = (x < low) | (x > high)
    assert np.all(case.law.pdf(x[outside]) == 0)


def test_moments_are_those_of_some_law(case: Any) -> None:
    mean, variance, skewness, kurtosis = case.law.moments()
    low, high = case.law.support
    if math.isfinite(mean):
        assert low <= mean <= high
    assert not variance < 0
    if math.isfinite(kurtosis) and math.isfinite(skewness):
        assert kurtosis >= skewness**2 + 1 - 1e-9


def test_mode_and_static_value_are_possible(case: Any) -> None:
    low, high = case.law.support
    assert low <= case.law.mode <= high
    assert low <= case.law.static_value <= high
    if case.law.is_discrete:
        assert case.law.pmf(case.law.mode) > 0
        assert case.law.pmf(case.law.static_value) > 0


def test_truncation_by_percentile_is_truncation_by_value(case: Any) -> None:
    columns = case.law.columns()
    by_percentile = columns.truncated_by_percentile(0.1, 0.8).draw(INNER)
    by_value = case.law.truncate(case.law.ppf(0.1), case.law.ppf(0.8)).ppf(INNER)
    np.testing.assert_array_equal(by_percentile, by_value)


def test_truncating_twice_is_truncating_to_both(case: Any) -> None:
    low, inner_low, inner_high, high = case.law.ppf(np.array([0.05, 0.2, 0.7, 0.9]))
    twice = case.law.truncate(low, high).truncate(inner_low, inner_high).ppf(INNER)
    once = case.law.truncate(inner_low, inner_high).ppf(INNER)
    if case.law.is_discrete:
        # A probability within rounding of a step may fall on either side of it.
        assert np.count_nonzero(twice != once) <= 2
    else:
        np.testing.assert_allclose(twice, once, rtol=1e-8, atol=1e-9)


def test_one_sided_truncations_meet_in_the_whole(case: Any) -> None:
    cut = case.law.ppf(0.6)
    below, above = case.law.truncate(None, cut), case.law.truncate(cut, None)
    assert (below.ppf(1.0), above.ppf(0.0)) == pytest.approx((cut, cut))
    if not case.law.is_discrete:
        assert below.support[0] == pytest.approx(case.law.support[0])
    assert above.support[1] == pytest.approx(case.law.support[1])


def test_truncation_and_shift_change_places_with_their_ends(case: Any) -> None:
    low, high = case.law.ppf(0.1), case.law.ppf(0.9)
    first_cut = case.law.truncate(low, high).shift(8.0)
    first_moved = case.law.shift(8.0).truncate(low + 8.0, high + 8.0)
    if not case.law.is_discrete:
        np.testing.assert_allclose(first_cut.ppf(INNER), first_moved.ppf(INNER), rtol=1e-7, atol=1e-9)
    assert first_cut.support == pytest.approx(first_moved.support)


def varied(law: Law) -> list[Law]:
    """Laws of the same family nearby: each number a little greater where that is allowed."""
    found = [law]
    for place, info in enumerate(type(law).parameters):
        for factor in (1.01, 1.5):
            arguments = list(law.arguments)
            if isinstance(arguments[place], tuple):
                continue
            if info.domain in (Domain.COUNT, Domain.POSITIVE_COUNT, Domain.INTEGER):
                arguments[place] += 1
            else:
                arguments[place] *= factor
            if type(law).valid(*(np.asarray(value) for value in arguments)).all():
                found.append(type(law)(*arguments))  # type: ignore[call-arg]
    return found


def test_parameters_may_differ_from_iteration_to_iteration(case: Any) -> None:
    laws = varied(case.law)
    p = np.resize(np.array([0.03, 0.5, 0.77, 0.99]), len(laws))
    columns = []
    for place, info in enumerate(type(case.law).parameters):
        values = [law.arguments[place] for law in laws]
        columns.append(np.array(values).T if info.domain.is_list else np.array(values))
    whole = type(case.law).over(*columns)
    alone = [law.ppf(float(share)) for law, share in zip(laws, p, strict=True)]
    assert whole.draw(p).tolist() == alone
    x = np.array(alone)
    with np.errstate(all="ignore"):
        for kernel, name in ((whole.probability, "cdf"), (whole.excess, "sf"), (whole.density, "pdf")):
            each = [getattr(law, name)(float(value)) for law, value in zip(laws, x, strict=True)]
            np.testing.assert_allclose(kernel(x), each, rtol=1e-13, atol=1e-300)


def test_laws_are_values(case: Any) -> None:
    again = type(case.law)(*case.law.arguments)
    assert again == case.law
    assert hash(again) == hash(case.law)
    assert pickle.loads(pickle.dumps(case.law)) == case.law
    assert case.law.shift(1) == again.shift(1) != case.law.shift(2)
    with pytest.raises((AttributeError, TypeError)):
        case.law.name = "OTHER"
    for info in case.law.parameters:
        with pytest.raises((AttributeError, TypeError)):
            setattr(case.law, info.name, 1.0)


@pytest.mark.parametrize(
    ("found", "wanted"),
    [
        (make("INVGAUSS", 2, 5).ppf(1e-200), 0.0054421740218520594752),
        (make("INVGAUSS", 2, 0.5).ppf(1e-100), 0.0011002507754557762797),
        (make("INVGAUSS", 2, 0.5).ppf(1e-20), 0.0057041480297354285438),
        (make("SKEWNORMAL", 0, 1, 3).cdf(-2.5), 4.3417580220349502397e-17),
        (make("SKEWNORMAL", 0, 1, 3).cdf(-6.6), 6.2262498173255173078e-99),
        (make("SKEWNORMAL", 0, 1, 100).cdf(-0.14), 4.3541489210495036422e-48),
        (make("SKEWNORMAL", 0, 1, -3).sf(1.0), 5.6244433711877094156e-05),
        (make("BETA", 0.5, 0.5).cdf(1e-40), 6.3661977236758134308e-21),
        (make("BETA", 2, 3).cdf(1e-100), 6e-200),
        (make("STUDENT", 3).isf(1e-300), 1.0331108360446529096e100),
        (make("STUDENT", 0.3).isf(1e-20), 1.3958120070683053165e65),
    ],
)
def test_tails_are_those_of_forty_digit_arithmetic(found: float, wanted: float) -> None:
    """Expected values by mpmath 1.4.1 with 40 digits, from the laws' defining integrals."""
    assert found == pytest.approx(wanted, rel=2e-12)
