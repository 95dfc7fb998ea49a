"""Laws made of laws: RiskEvent, Splice and Compound, against mixtures and convolutions worked out independently."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy import integrate, stats

from compute.distributions import (
    COMBINATIONS,
    Bernoulli,
    Binomial,
    Compound,
    CompoundColumns,
    Deduct,
    Discrete,
    Distribution,
    Exponential,
    Gamma,
    Geometric,
    IntUniform,
    LogNormal,
    LogNormal2,
    Normal,
    Pareto,
    Pareto2,
    Poisson,
    RiskEvent,
    Splice,
    Uniform,
)
from compute.distributions.parameters import FloatArray
from compute.errors import InvalidDistribution
from compute.sampling import element_stream, stream_key, uniforms

P = np.concatenate(([1e-300, 1e-9], np.linspace(0.001, 0.999, 199), [1 - 1e-9]))
X = np.linspace(-6, 12, 181)

EVENTS = [
    (RiskEvent(0.3, Normal(5, 2)), stats.norm(5, 2)),
    (RiskEvent(0.9, Exponential(2)), stats.expon(scale=2)),
    (RiskEvent(0.01, Uniform(-5, -1)), stats.uniform(-5, 4)),
    (RiskEvent(0.4, Poisson(3)), stats.poisson(3)),
    (RiskEvent(0.0, Normal(5, 2)), stats.norm(5, 2)),
    (RiskEvent(1.0, Normal(5, 2)), stats.norm(5, 2)),
]


def own_name(value: object) -> str:
    """The text of one of our laws; scipy's have an address in theirs, which differs between processes."""
    return str(value) if isinstance(value, Distribution) else ""


@pytest.mark.parametrize(("law", "impact"), EVENTS, ids=own_name)
def test_risk_event_is_the_mixture_of_nothing_and_impact(law: RiskEvent, impact: Any) -> None:
    np.testing.assert_allclose(law.cdf(X), (1 - law.p) * (X >= 0) + law.p * impact.cdf(X), atol=1e-14)
    np.testing.assert_allclose(law.sf(X), (1 - law.p) * (X < 0) + law.p * impact.sf(X), rtol=1e-12, atol=1e-14)
    first, second = law.p * impact.mean(), law.p * impact.moment(2)
    third, fourth = law.p * impact.moment(3), law.p * impact.moment(4)
    variance = second - first**2
    assert law.mean == pytest.approx(first)
    assert law.variance == pytest.approx(variance, rel=1e-9, abs=1e-15)
    if variance:
        assert law.skewness == pytest.approx((third - 3 * first * variance - first**3) / variance**1.5)
        central = fourth - 4 * first * third + 6 * first**2 * second - 3 * first**4
        assert law.kurtosis == pytest.approx(central / variance**2)


@pytest.mark.parametrize(("law", "impact"), EVENTS, ids=own_name)
def test_risk_event_quantiles_are_the_smallest_values_with_enough_probability(law: RiskEvent, impact: Any) -> None:
    x = law.ppf(P)
    assert np.all(np.diff(x) >= 0)
    assert np.all(law.cdf(x) >= P * (1 - 1e-12) - 1e-16)
    with np.errstate(all="ignore"):
        assert np.all(law.columns().below(x) <= P * (1 + 1e-12) + 1e-16)
    assert law.pmf(0.0) == pytest.approx(1 - law.p + (law.p * impact.pmf(0) if law.is_discrete else 0))
    assert np.mean(law.ppf(np.linspace(0.0005, 0.9995, 1000)) == 0) == pytest.approx(law.pmf(0.0), abs=2e-3)


SPLICES = [
    (Splice(Normal(0, 1), Exponential(4), 1.0), stats.norm(0, 1), stats.expon(scale=4)),
    (Splice(Normal(0, 1), Normal(0, 1), 0.3), stats.norm(0, 1), stats.norm(0, 1)),
    (Splice(Gamma(2, 3), Pareto(5, 2), 4.0), stats.gamma(2, scale=3), stats.pareto(5, scale=2)),
    (Splice(Exponential(1), Exponential(2), -1.0), stats.expon(), stats.expon(scale=2)),
]


@pytest.mark.parametrize(("law", "left", "right"), SPLICES, ids=lambda value: getattr(value, "title", ""))
def test_splice_has_both_densities_over_their_common_area(law: Splice, left: Any, right: Any) -> None:
    area = left.cdf(law.point) + right.sf(law.point)
    np.testing.assert_allclose(law.pdf(X), np.where(law.point > X, left.pdf(X), right.pdf(X)) / area, rtol=1e-12)
    np.testing.assert_allclose(law.cdf(law.ppf(P)), P, rtol=1e-9, atol=1e-16)
    np.testing.assert_allclose(law.sf(X), 1 - law.cdf(X), atol=1e-14)

    def mean_of(power: int, centre: float) -> float:
        below = integrate.quad(lambda x: (x - centre) ** power * left.pdf(x), -40, law.point)[0]
        above = integrate.quad(lambda x: (x - centre) ** power * right.pdf(x), law.point, math.inf)[0]
        return float((below + above) / area)

    mean = mean_of(1, 0.0)
    variance = mean_of(2, mean)
    assert (law.mean, law.variance) == pytest.approx((mean, variance), rel=1e-6, abs=1e-9)
    assert law.skewness == pytest.approx(mean_of(3, mean) / variance**1.5, rel=1e-5, abs=1e-9)
    assert law.pdf(law.mode) >= law.pdf(X).max() * (1 - 1e-9)


def test_splice_of_discrete_laws_gives_the_point_to_the_right() -> None:
    law = Splice(Poisson(3), Geometric(0.1), 4.0)
    left, right = stats.poisson(3), stats.geom(0.1, loc=-1)
    area = left.cdf(3) + right.sf(3)
    k = np.arange(40.0)
    np.testing.assert_allclose(law.pmf(k), np.where(k < 4, left.pmf(k), right.pmf(k)) / area)
    x = law.ppf(P)
    assert np.all((law.cdf(x) >= P * (1 - 1e-12)) & (law.columns().below(x) <= P * (1 + 1e-12)))
    assert law.mean == pytest.approx(
        float((k * law.pmf(k)).sum() + (np.arange(40, 900) * right.pmf(np.arange(40, 900))).sum() / area)
    )


def test_heavy_tail_stays_heavy_after_splicing_and_truncating() -> None:
    assert Splice(Normal(0, 1), Pareto2(3, 1.5), 1.0).variance == math.inf
    assert Pareto2(3, 1.5).truncate(1, None).variance == math.inf
    assert math.isfinite(Pareto2(3, 1.5).truncate(None, 50).variance)
    assert Pareto(2.5, 1).truncate(4, None).variance == pytest.approx(stats.pareto(2.5, scale=4).var(), rel=1e-6)


LOSS = stats.lognorm(0.6, scale=10)
PAYMENTS = [
    (Deduct(LogNormal2(math.log(10), 0.6), 5, 20, 1), LOSS, 5.0, 20.0, True),
    (Deduct(LogNormal2(math.log(10), 0.6), 5, 20), LOSS, 5.0, 20.0, False),
    (Deduct(LogNormal2(math.log(10), 0.6), 5), LOSS, 5.0, math.inf, False),
    (Deduct(LogNormal2(math.log(10), 0.6), 0, 8), LOSS, 0.0, 8.0, False),
    (Deduct(Normal(1, 2), 0, 3, 1), stats.norm(1, 2), 0.0, 3.0, True),
    (Deduct(Uniform(0, 4), 9, 3, 1), stats.uniform(0, 4), 9.0, 3.0, True),
]


@pytest.mark.parametrize(("law", "loss", "deductible", "limit", "zeros"), PAYMENTS, ids=own_name)
def test_a_payment_is_the_loss_above_the_deductible_up_to_the_limit(
    law: Deduct, loss: Any, deductible: float, limit: float, zeros: bool
) -> None:
    """P(Y ≤ y) = P(X ≤ y + d) below the limit, given X > d where smaller losses make no claim."""
    claims, gone = (1.0, 0.0) if zeros else (loss.sf(deductible), loss.cdf(deductible))
    inside = (loss.cdf(X + deductible) - gone) / claims
    np.testing.assert_allclose(law.cdf(X), np.where(limit <= X, 1.0, np.where(X < 0, 0.0, inside)), atol=1e-12)
    np.testing.assert_allclose(law.sf(X), 1 - law.cdf(X), atol=1e-12)
    nothing = (loss.cdf(deductible) - gone) / claims
    full = 0.0 if limit == math.inf else loss.sf(limit + deductible) / claims
    assert (law.pmf(0.0), law.pmf(limit)) == pytest.approx((nothing, full), abs=1e-12)

    def raw(power: int) -> float:
        top = min(limit, 1e4)
        between = integrate.quad(lambda y: y**power * loss.pdf(y + deductible), 0, top, limit=400, points=[1, 10])[0]
        return float(between / claims + full * (limit**power if full else 0.0))

    assert law.mean == pytest.approx(raw(1), rel=1e-6, abs=1e-12)
    assert law.variance == pytest.approx(raw(2) - raw(1) ** 2, rel=1e-6, abs=1e-12)
    if law.variance > 0:
        third = raw(3) - 3 * raw(1) * law.variance - raw(1) ** 3
        assert law.skewness == pytest.approx(third / law.variance**1.5, rel=1e-5)


@pytest.mark.parametrize(("law", "loss", "deductible", "limit", "zeros"), PAYMENTS, ids=own_name)
def test_payments_are_the_smallest_values_with_enough_probability(
    law: Deduct, loss: Any, deductible: float, limit: float, zeros: bool
) -> None:
    paid = np.clip(loss.ppf(P if zeros else loss.cdf(deductible) + P * loss.sf(deductible)) - deductible, 0, limit)
    np.testing.assert_allclose(law.ppf(P), paid, rtol=1e-6, atol=1e-9)
    assert (law.support[0] >= 0) & (law.support[1] <= limit)


@pytest.mark.parametrize(("zeros", "counts"), [(1.0, (0, 1, 2, 3)), (0.0, (1, 2, 3))])
def test_payments_of_losses_in_whole_numbers(zeros: float, counts: tuple[float, ...]) -> None:
    law, loss = Deduct(Poisson(3), 1, 3, zeros), stats.poisson(3)
    own = {0.0: loss.cdf(1), 1.0: loss.pmf(2), 2.0: loss.pmf(3), 3.0: loss.sf(3)}
    total = sum(own[k] for k in counts)
    np.testing.assert_array_equal(law.lattice(-5, 50), counts)
    np.testing.assert_allclose(law.pmf(np.array(counts, float)), [own[k] / total for k in counts])
    assert law.mean == pytest.approx(sum(k * own[k] for k in counts) / total)
    assert law.mode == 3.0
    assert law.static_value == 2.0 if not zeros else law.static_value in counts


def gamma_sum(frequency: Any, most: int, scale: float, x: FloatArray) -> FloatArray:
    """P(sum ≤ x) of exponential losses: a gamma law for each number of them."""
    total = np.zeros_like(x)
    for n in range(most):
        total += frequency.pmf(n) * (stats.gamma(n, scale=scale).cdf(x) if n else (x >= 0))
    return total


@pytest.mark.parametrize(
    ("frequency", "oracle"),
    [
        (Poisson(3), stats.poisson(3)),
        (Binomial(7, 0.3), stats.binom(7, 0.3)),
        (Geometric(0.2), stats.geom(0.2, loc=-1)),
        (IntUniform(2, 5), stats.randint(2, 6)),
    ],
    ids=own_name,
)
def test_compound_of_exponential_losses(frequency: Distribution, oracle: Any) -> None:
    law = Compound(frequency, Exponential(10))
    x = np.array([0.0, 1.0, 10.0, 40.0, 90.0, 200.0])
    expected = gamma_sum(oracle, 200, 10.0, x)
    np.testing.assert_allclose(law.cdf(x), expected, atol=2e-7)
    np.testing.assert_allclose(law.ppf(expected[1:5]), x[1:5], rtol=1e-4)
    n1, n2, _, _ = (float(value) for value in oracle.stats("mvsk"))
    assert (law.mean, law.variance) == pytest.approx((n1 * 10, n1 * 100 + n2 * 100))
    assert law.pmf(0.0) == pytest.approx(float(oracle.pmf(0)))


def test_compound_of_dice_is_exact() -> None:
    law = Compound(Binomial(4, 0.3), IntUniform(1, 6))
    dice = np.r_[0.0, np.full(6, 1 / 6)]
    expected, power = np.zeros(25), np.ones(1)
    for n in range(5):
        expected[: power.size] += stats.binom(4, 0.3).pmf(n) * power
        power = np.convolve(power, dice)
    k = np.arange(25.0)
    np.testing.assert_allclose(law.pmf(k), expected, atol=1e-15)
    assert law.lattice(-10, 100).tolist() == k.tolist()
    mean = float(k @ expected)
    variance = float(((k - mean) ** 2) @ expected)
    wanted = [float(((k - mean) ** n) @ expected) for n in (3, 4)]
    assert law.moments() == pytest.approx((mean, variance, wanted[0] / variance**1.5, wanted[1] / variance**2))
    assert (law.static_value, law.support, law.mode) == (4.0, (0.0, 24.0), float(np.argmax(expected)))


@pytest.mark.parametrize(("deductible", "limit"), [(0.0, math.inf), (4.0, math.inf), (0.0, 12.0), (4.0, 12.0)])
def test_deductible_and_limit_act_on_each_loss(deductible: float, limit: float) -> None:
    severity = LogNormal(10, 5)
    law = Compound(Bernoulli(1), severity, deductible, limit)
    u = (np.arange(200_000) + 0.5) / 200_000
    paid = np.minimum(np.maximum(severity.ppf(u) - deductible, 0), limit)
    assert law.mean == pytest.approx(float(paid.mean()), rel=1e-4)
    assert law.variance == pytest.approx(float(paid.var()), rel=1e-2)
    x = np.array([0.0, 0.5, 3.0, 9.0, 11.9])
    expected = severity.cdf(x + deductible)
    if deductible == 0:
        expected[0] = 0.0
    np.testing.assert_allclose(law.cdf(x), expected, atol=2e-4)


def sums(law: Compound, seed: int, start: int, stop: int) -> FloatArray:
    stream = stream_key("Sheet1", "A1", 0)
    return law.draw(
        uniforms(seed, stream, start, stop), lambda j: uniforms(seed, element_stream(stream, j), start, stop)
    )


def test_sampled_sums_are_a_function_of_seed_stream_iteration_and_part() -> None:
    law = Compound(Poisson(2), Normal(1, 3))
    whole = sums(law, 7, 0, 5_000)
    assert np.concatenate([sums(law, 7, a, a + 37) for a in range(0, 370, 37)]).tolist() == whole[:370].tolist()
    assert sums(law, 8, 0, 100).tolist() != whole[:100].tolist()
    assert np.mean(whole == 0) == pytest.approx(math.exp(-2), abs=0.02)
    distance = stats.kstest(whole[whole != 0], lambda x: (law.cdf(x) - (x >= 0) * math.exp(-2)) / (1 - math.exp(-2)))
    assert distance.pvalue > 1e-4


def test_columns_of_sums_are_the_sums_of_each_column() -> None:
    means = np.array([1.0, 5.0, 3.0])
    columns = CompoundColumns(Poisson.over(means), Exponential.over(means), np.zeros(1), np.full(1, np.inf))
    p, parts = np.array([0.3, 0.9, 0.6]), np.random.default_rng(3).random((60, 3))
    drawn = columns.draw(p, lambda j: parts[j])
    for i, mean in enumerate(means):
        alone = Compound(Poisson(mean), Exponential(mean)).draw(p[i : i + 1], lambda j, i=i: parts[j, i : i + 1])
        assert drawn[i] == alone[0]


REFUSED: list[tuple[Any, str]] = [
    (lambda: RiskEvent(1.2, Normal(0, 1)), r"^RiskEvent: p is 1\.2; it must be a number between 0 and 1\.$"),
    (lambda: RiskEvent(math.nan, Normal(0, 1)), "^RiskEvent: p is nan"),
    (lambda: RiskEvent(0.5, 3.0), r"^RiskEvent: impact is 3\.0; it must be a probability law\.$"),  # type: ignore[arg-type]
    (lambda: Splice(Normal(0, 1), Poisson(1), 0), "both must be continuous or both discrete"),
    (lambda: Splice(Normal(0, 1), Normal(0, 1), math.inf), "^Splice: point is inf; it must be a finite number"),
    (lambda: Splice(Exponential(1), Uniform(-3, -2), -1), "nothing below -1 and .* nothing from there on"),
    (lambda: Compound(Normal(3, 1), Normal(0, 1)), "^Compound: frequency is Normal.* whole numbers of 0 or more"),
    (lambda: Compound(Discrete((0.5, 1), (1, 1)), Normal(0, 1)), "whole numbers of 0 or more"),
    (lambda: Compound(IntUniform(-1, 3), Normal(0, 1)), "whole numbers of 0 or more"),
    (lambda: Compound(Poisson(3), Normal(0, 1), -1), r"^Compound: deductible is -1; it must be a number of 0 or more"),
    (lambda: Compound(Poisson(3), Normal(0, 1), 0, 0), "^Compound: limit is 0; it must be a number greater than 0"),
    (lambda: Compound(Poisson(3), Pareto(1.5, 1)).cdf(1.0), "no finite variance"),
    (lambda: Deduct(Normal(0, 1), -1), r"^Deduct: deductible is -1; it must be a number of 0 or more"),
    (lambda: Deduct(Normal(0, 1), 1, 0), "^Deduct: limit is 0; it must be a number greater than 0"),
    (lambda: Deduct(Uniform(0, 4), 9), r"^Deduct: .* has nothing above the deductible 9"),
]


@pytest.mark.parametrize(("build", "words"), REFUSED, ids=[words for _, words in REFUSED])
def test_what_cannot_be_put_together_is_refused(build: Any, words: str) -> None:
    with pytest.raises(InvalidDistribution, match=words):
        build()


@pytest.mark.parametrize("name", COMBINATIONS)
def test_combinations_describe_themselves(name: str) -> None:
    law = COMBINATIONS[name]
    assert law.name == name == law.__name__.upper() == law.title.upper()
    assert law.summary.endswith(".")
    assert "Source:" in (law.__doc__ or "")


@pytest.mark.parametrize("law", [law for law, *_ in (*EVENTS, *SPLICES, *PAYMENTS)], ids=str)
def test_combinations_are_truncated_and_shifted_like_any_law(law: Distribution) -> None:
    assert law.shift(3).ppf(0.4) == law.ppf(0.4) + 3
    low, high = law.ppf(0.1), law.ppf(0.95)
    if low < high:
        cut = law.truncate(low, high)
        assert (cut.ppf(0.0), cut.ppf(1.0)) == pytest.approx((low, high))
        assert low <= cut.mean <= high
