"""Every law that can be fitted finds the parameters it was drawn with, and is as likely as scipy's fit of it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy import stats

from compute.distributions import LAWS, Law, Normal
from compute.fitting import CONTINUOUS, DISCRETE, FittingError, Sample, fit
from compute.fitting.likelihood import log_likelihood
from compute.fitting.log_densities import LOG_DENSITIES, log_density

SIZE = 5000

# Laws to draw from, and by how much a fitted parameter may be off (a little over four of its standard errors).
LAW_TABLE: list[tuple[str, tuple[float, ...], tuple[float, ...]]] = [
    ("NORMAL", (100, 10), (0.6, 0.45)),
    ("LOGNORMAL", (10, 3), (0.2, 0.2)),
    ("LOGNORMAL2", (1, 0.5), (0.03, 0.025)),
    ("TRIANGULAR", (1, 2, 5), (0.1, 0.15, 0.15)),
    ("PERT", (1, 2, 5), (0.1, 0.1, 0.3)),
    ("UNIFORM", (2, 5), (0.005, 0.005)),
    ("BETA", (2, 3), (0.17, 0.25)),
    ("BETAGENERAL", (2, 3, 10, 20), (0.4, 1.2, 0.3, 1.5)),
    ("GAMMA", (3, 2), (0.25, 0.2)),
    ("ERLANG", (3, 2), (0, 0.07)),
    ("EXPONENTIAL", (4,), (0.24,)),
    ("WEIBULL", (2, 3), (0.1, 0.1)),
    ("CHISQ", (5,), (0.2,)),
    ("STUDENT", (5,), (1.0,)),
    ("STUDENT3", (3, 2, 5), (0.15, 0.15, 1.3)),
    ("F", (6, 12), (0.8, 2.0)),
    ("LOGISTIC", (5, 2), (0.25, 0.1)),
    ("LOGLOGISTIC", (1, 3, 4), (0.4, 0.4, 0.6)),
    ("EXTVALUEMAX", (5, 2), (0.13, 0.1)),
    ("EXTVALUEMIN", (5, 2), (0.13, 0.1)),
    ("PARETO", (3, 2), (0.18, 0.005)),
    ("PARETO2", (2, 3), (0.6, 0.6)),
    ("PEARSON5", (3, 4), (0.25, 0.4)),
    ("PEARSON6", (3, 4, 2), (0.6, 1.2, 1.0)),
    ("INVGAUSS", (3, 6), (0.15, 0.5)),
    ("RAYLEIGH", (3,), (0.09,)),
    ("LAPLACE", (3, 2), (0.1, 0.12)),
    ("CAUCHY", (3, 2), (0.17, 0.17)),
    ("LEVY", (3, 2), (0.12, 0.2)),
    ("BURR12", (1, 3, 2, 3), (0.15, 1.6, 0.4, 2.2)),
    ("DAGUM", (1, 3, 3, 1), (0.3, 0.6, 0.5, 0.5)),
    ("FATIGUELIFE", (1, 3, 0.5), (0.5, 0.5, 0.12)),
    ("FRECHET", (1, 3, 3), (0.3, 0.35, 0.4)),
    ("HYPSECANT", (3, 2), (0.12, 0.12)),
    ("JOHNSONSB", (0.5, 1.5, 2, 8), (0.4, 0.35, 0.3, 1.2)),
    ("JOHNSONSU", (0.5, 1.5, 2, 3), (0.25, 0.25, 0.5, 0.6)),
    ("KUMARASWAMY", (2, 3, 1, 4), (0.3, 0.8, 0.08, 0.4)),
    ("RECIPROCAL", (2, 30), (0.01, 0.1)),
    ("ERF", (0.5,), (0.025,)),
    ("GEV", (5, 2, 0.2), (0.15, 0.12, 0.06)),
    ("GPD", (1, 2, 0.2), (0.01, 0.18, 0.08)),
    ("SKEWNORMAL", (1, 2, 3), (0.15, 0.15, 0.7)),
    ("BERNOULLI", (0.3,), (0.03,)),
    ("BINOMIAL", (20, 0.3), (3, 0.05)),
    ("POISSON", (4,), (0.12,)),
    ("GEOMETRIC", (0.3,), (0.02,)),
    ("NEGBIN", (5, 0.4), (1, 0.06)),
    ("INTUNIFORM", (2, 9), (0, 0)),
    ("LOGARITHMIC", (0.7,), (0.04,)),
]


def drawn(law: Law, size: int = SIZE, seed: int = 20) -> Any:
    """One value in each of ``size`` equally probable strata would hide the sampling error; these are independent."""
    return law.ppf(np.random.default_rng(seed).random(size))


@pytest.mark.parametrize(("name", "parameters", "allowed"), LAW_TABLE, ids=[row[0] for row in LAW_TABLE])
def test_parameters_are_recovered(name: str, parameters: tuple[float, ...], allowed: tuple[float, ...]) -> None:
    law = LAWS[name](*parameters)
    data = drawn(law)
    found = fit(data, [name]).best
    gaps = np.abs(np.array(list(found.parameters.values())) - np.array(parameters))
    assert np.all(gaps <= np.array(allowed)), dict(found.parameters)
    # The law it was drawn from is never more likely than the fitted one, but for the sd with n − 1.
    assert found.log_likelihood >= log_likelihood(law, data) - 1e-4
    assert found.log_likelihood == pytest.approx(log_likelihood(found.distribution, data), rel=1e-9)


def test_the_table_holds_every_law_that_can_be_fitted() -> None:
    assert {row[0] for row in LAW_TABLE} == {law.name for law in (*CONTINUOUS, *DISCRETE)}


@pytest.mark.parametrize(("name", "parameters", "_allowed"), LAW_TABLE, ids=[row[0] for row in LAW_TABLE])
def test_log_densities_are_those_of_the_law(name: str, parameters: tuple[float, ...], _allowed: object) -> None:
    law = LAWS[name](*parameters)
    x = np.asarray(law.ppf(np.linspace(0.001, 0.999, 97)))
    np.testing.assert_allclose(log_density(LAWS[name], x, parameters), np.log(law.pdf(x)), rtol=1e-9, atol=1e-11)


def test_log_densities_reach_where_densities_round_to_nothing() -> None:
    assert LOG_DENSITIES["NORMAL"](np.array([1000.0]), 0.0, 1.0)[0] == pytest.approx(stats.norm.logpdf(1000.0))
    assert log_density(LAWS["GAMMA"], np.array([5000.0]), (2.0, 1.0))[0] == pytest.approx(stats.gamma.logpdf(5000, 2))


SCIPY: list[tuple[str, tuple[float, ...], Any, dict[str, float]]] = [
    ("NORMAL", (100, 10), stats.norm, {}),
    ("LOGNORMAL2", (1, 0.5), stats.lognorm, {"floc": 0}),
    ("GAMMA", (3, 2), stats.gamma, {"floc": 0}),
    ("WEIBULL", (2, 3), stats.weibull_min, {"floc": 0}),
    ("BETA", (2, 3), stats.beta, {"floc": 0, "fscale": 1}),
    ("EXPONENTIAL", (4,), stats.expon, {"floc": 0}),
    ("LOGISTIC", (5, 2), stats.logistic, {}),
    ("EXTVALUEMAX", (5, 2), stats.gumbel_r, {}),
    ("EXTVALUEMIN", (5, 2), stats.gumbel_l, {}),
    ("STUDENT3", (3, 2, 5), stats.t, {}),
    ("PEARSON5", (3, 4), stats.invgamma, {"floc": 0}),
    ("PEARSON6", (3, 4, 2), stats.betaprime, {"floc": 0}),
    ("INVGAUSS", (3, 6), stats.invgauss, {"floc": 0}),
    ("LAPLACE", (3, 2), stats.laplace, {}),
    ("CAUCHY", (3, 2), stats.cauchy, {}),
    ("HYPSECANT", (3, 2), stats.hypsecant, {}),
    ("GEV", (5, 2, 0.2), stats.genextreme, {}),
    ("JOHNSONSU", (0.5, 1.5, 2, 3), stats.johnsonsu, {}),
    ("SKEWNORMAL", (1, 2, 3), stats.skewnorm, {}),
    ("LOGLOGISTIC", (1, 3, 4), stats.fisk, {}),
    ("FATIGUELIFE", (1, 3, 0.5), stats.fatiguelife, {}),
    ("BURR12", (1, 3, 2, 3), stats.burr12, {}),
    ("FRECHET", (1, 3, 3), stats.invweibull, {}),
]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("name", "parameters", "oracle", "fixed"), SCIPY, ids=[row[0] for row in SCIPY])
def test_no_fit_is_less_likely_than_scipys(
    name: str, parameters: tuple[float, ...], oracle: Any, fixed: dict[str, float]
) -> None:
    data = drawn(LAWS[name](*parameters), 1000)
    theirs = float(np.sum(oracle.logpdf(data, *oracle.fit(data, **fixed))))
    # The normal fit takes the sd with n − 1, which is less likely by 1 / (4n).
    assert fit(data, [name]).best.log_likelihood >= theirs - 1e-6 * data.size


def test_normal_fit_is_the_mean_and_the_sd_with_n_less_one() -> None:
    data = drawn(Normal(3, 2), 30)
    found = fit(data, [Normal]).best
    assert dict(found.parameters) == pytest.approx({"mean": data.mean(), "sd": data.std(ddof=1)})


def test_statistics_are_those_of_the_conventions() -> None:
    data = drawn(Normal(3, 2), 50)
    found = fit(data, [Normal]).best
    oracle = stats.norm(data.mean(), data.std(ddof=1))
    likelihood = float(np.sum(oracle.logpdf(data)))
    assert found.aic == pytest.approx(-2 * likelihood + 2 * 2 + 2 * 2 * 3 / (50 - 3))
    assert found.bic == pytest.approx(-2 * likelihood + 2 * math.log(50))
    assert found.average_log_likelihood == pytest.approx(likelihood / 50)
    assert found.goodness is not None
    assert found.goodness.kolmogorov_smirnov == pytest.approx(stats.kstest(data, oracle.cdf).statistic)
    assert found.goodness.anderson_darling == pytest.approx(
        stats.goodness_of_fit(
            stats.norm,
            data,
            known_params={"loc": data.mean(), "scale": data.std(ddof=1)},
            statistic="ad",
            n_mc_samples=9,
            rng=1,
        ).statistic
    )
    assert found.goodness.bins == math.floor(2 * 50**0.4) == 9
    counts = np.histogram(oracle.cdf(data), bins=9, range=(0, 1))[0]
    assert found.goodness.chi_square == pytest.approx(float(stats.chisquare(counts).statistic))


def test_ranking_by_any_statistic() -> None:
    report = fit(drawn(LAWS["GAMMA"](2, 3), 2000), ["GAMMA", "NORMAL", "UNIFORM"])
    for by in ("aic", "bic", "average_log_likelihood", "chi_square", "anderson_darling", "kolmogorov_smirnov"):
        names = [found.law.name for found in report.ranked(by)]  # type: ignore[arg-type]
        assert names == ["GAMMA", "NORMAL", "UNIFORM"], by


def test_plot_points_lie_on_the_diagonal_of_the_true_law() -> None:
    data = drawn(Normal(3, 2), 2000)
    found = fit(data, [Normal])
    sample = found.sample
    assert sample is not None
    pp, qq = found.best.pp_points(sample), found.best.qq_points(sample)
    assert np.max(np.abs(pp.theory - pp.data)) < 0.03
    assert np.corrcoef(qq.theory, qq.data)[0, 1] > 0.998


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ([1.0, 2.0, math.nan, 4.0, 5.0], "value 3 is nan"),
        ([1.0, "two", 3.0, 4.0, 5.0], "value 2 is 'two'"),
        ([1.0, None, 3.0, 4.0, 5.0], "value 2 is empty"),
        ([1.0, 2.0, 3.0, 4.0], "there are 4 values; fitting needs 5 or more"),
        ([2.0] * 10, "all 10 values are 2"),
    ],
)
def test_bad_data_are_named(data: list[Any], words: str) -> None:
    with pytest.raises(FittingError, match=words):
        fit(data)


def test_laws_whose_support_the_data_leave_are_refused_by_reason() -> None:
    report = fit([-1.0, 2.0, 3.0, 4.0, 5.5], ["GAMMA", "POISSON", "NORMAL", "BETA"])
    assert [found.law.name for found in report.fits] == ["NORMAL"]
    reasons = {refusal.law.name: refusal.reason for refusal in report.refused}
    assert "smallest value" in reasons["GAMMA"]
    assert "not a whole number" in reasons["POISSON"] or "-1" in reasons["POISSON"]
    with pytest.raises(FittingError, match="Gamma was not fitted"):
        report.fitted(LAWS["GAMMA"])


def test_fixed_ends() -> None:
    data = drawn(LAWS["BETAGENERAL"](2, 3, 10, 20), 3000)
    found = fit(data, ["BETAGENERAL", "GAMMA", "NORMAL"], lower=10, upper=20)
    assert (found.best.parameters["min"], found.best.parameters["max"]) == (10, 20)
    assert found.best.free == 2
    theirs = stats.beta.fit(data, floc=10, fscale=10)
    assert found.best.log_likelihood == pytest.approx(float(np.sum(stats.beta.logpdf(data, *theirs))), abs=1e-4)
    assert {refusal.law.name for refusal in found.refused} == {"GAMMA", "NORMAL"}
    moved = fit(data, ["GAMMA"], lower=9).best
    assert moved.distribution.support[0] == 9


def test_shifted_fit_finds_the_location() -> None:
    data = drawn(LAWS["GAMMA"](3, 2), 5000) + 50
    found = fit(data, ["GAMMA"], shift=True).best
    assert found.shift == pytest.approx(50, abs=0.4)
    assert found.free == 3
    assert found.distribution.mean == pytest.approx(56, abs=0.3)


def test_censored_data() -> None:
    lives = drawn(LAWS["EXPONENTIAL"](4), 4000)
    seen = lives[lives <= 3]
    found = fit(Sample(seen, above=np.full(lives.size - seen.size, 3.0)), ["EXPONENTIAL", "WEIBULL"])
    # The maximum is known: total time on test over the number of failures.
    exact = (seen.sum() + 3.0 * (lives.size - seen.size)) / seen.size
    assert found.fitted(LAWS["EXPONENTIAL"]).parameters["mean"] == pytest.approx(exact, rel=1e-5)
    oracle = stats.CensoredData(uncensored=seen, right=np.full(lives.size - seen.size, 3.0))
    shape, _, scale = stats.weibull_min.fit(oracle, floc=0)
    weibull = found.fitted(LAWS["WEIBULL"]).parameters
    assert (weibull["shape"], weibull["scale"]) == pytest.approx((shape, scale), rel=1e-3)
    assert found.best.goodness is None


def test_interval_and_left_censored_data() -> None:
    values = drawn(Normal(10, 2), 3000)
    low, exact = values[values < 8], values[values >= 8]
    bounds = tuple((math.floor(v), math.floor(v) + 1.0) for v in exact[:500])
    data = Sample(exact[500:], below=np.full(low.size, 8.0), between=bounds)
    found = fit(data, [Normal]).best
    assert found.parameters["mean"] == pytest.approx(10, abs=0.2)
    assert found.parameters["sd"] == pytest.approx(2, abs=0.2)


def test_truncated_data() -> None:
    values = drawn(Normal(10, 2), 8000)
    data = Sample(values[values > 9], window=(9.0, math.inf))
    found = fit(data, [Normal]).best
    assert found.parameters["mean"] == pytest.approx(10, abs=0.6)
    assert found.parameters["sd"] == pytest.approx(2, abs=0.3)
    assert found.goodness is not None
    assert found.goodness.kolmogorov_smirnov is not None
    assert found.goodness.kolmogorov_smirnov < 0.03


def test_default_laws_follow_the_data() -> None:
    counts = fit(drawn(LAWS["POISSON"](4), 500))
    assert counts.best.law.name in ("POISSON", "BINOMIAL", "NEGBIN")
    assert all(found.law in DISCRETE for found in counts.fits)


def test_likelihoods_are_true_for_laws_that_are_far_from_the_data() -> None:
    """A search that runs off to enormous parameters must not find a likelihood made of lost digits."""
    data = drawn(LAWS["GAMMA"](3, 2), 300)
    report = fit(data)
    assert len(report.fits) == len(CONTINUOUS) - 1
    for found in report.fits:
        assert found.log_likelihood == pytest.approx(log_likelihood(found.distribution, data), rel=1e-6)
