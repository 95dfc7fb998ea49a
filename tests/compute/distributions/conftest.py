"""One table of laws with their scipy oracles; every generic property test runs once for each row."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from scipy import integrate, interpolate, optimize, special, stats

from compute.distributions import LAWS, Law


@dataclass(frozen=True)
class Case:
    """A law, and the same law in scipy.

    ``peaked``: the density has a single finite peak to look for; ``kinked``: the quantile function has corners, so that
    its integral converges slowly; ``numeric``: scipy's moments are themselves the result of a coarse integration.
    """

    law: Law
    oracle: Any
    peaked: bool = True
    kinked: bool = False
    numeric: bool = False

    @property
    def id(self) -> str:
        shown = ",".join("{…}" if isinstance(value, tuple) else f"{value:g}" for value in self.law.arguments)
        return f"{self.law.name}({shown})"


def make(name: str, *parameters: Any) -> Law:
    return LAWS[name](*parameters)


def lognormal(mean: float, sd: float) -> Any:
    spread = math.log1p((sd / mean) ** 2)
    return stats.lognorm(s=math.sqrt(spread), scale=mean / math.sqrt(1 + (sd / mean) ** 2))


def triangular(low: float, mode: float, high: float) -> Any:
    return stats.triang((mode - low) / (high - low), low, high - low)


def pert(low: float, mode: float, high: float, weight: float = 4.0) -> Any:
    width = high - low
    return stats.beta(1 + weight * (mode - low) / width, 1 + weight * (high - mode) / width, low, width)


def listed(values: tuple[float, ...], weights: tuple[float, ...]) -> Any:
    total = sum(weights)
    return stats.rv_discrete(values=(values, [weight / total for weight in weights]))


def betasubj(low: float, mode: float, mean: float, high: float) -> tuple[float, float]:
    alpha1 = 2 * (mean - low) * ((low + high) / 2 - mode) / ((mean - mode) * (high - low))
    return alpha1, alpha1 * (high - mean) / (mean - low)


def trigen_ends(bottom: float, mode: float, top: float, p_bottom: float, p_top: float) -> tuple[float, float, float]:
    def gaps(ends: Any) -> list[float]:
        law = triangular(ends[0], mode, ends[1])
        return [law.cdf(bottom) - p_bottom, law.cdf(top) - p_top]

    low, high = optimize.fsolve(gaps, [bottom - 0.7, top + 0.8], xtol=1e-13)
    return low, mode, high


def bars(edges: tuple[float, ...], masses: tuple[float, ...]) -> Any:
    return stats.rv_histogram((np.array(masses), np.array(edges)), density=False)


class _Kumaraswamy(stats.rv_continuous):
    def _cdf(self, x: Any, a: Any, b: Any) -> Any:
        return -np.expm1(b * np.log1p(-(x**a)))

    def _sf(self, x: Any, a: Any, b: Any) -> Any:
        return (1 - x**a) ** b

    def _pdf(self, x: Any, a: Any, b: Any) -> Any:
        return a * b * x ** (a - 1) * (1 - x**a) ** (b - 1)

    def _ppf(self, p: Any, a: Any, b: Any) -> Any:
        return stats.beta(1, b).ppf(p) ** (1 / a)


def kumaraswamy(a: float, b: float, low: float, high: float) -> Any:
    return _Kumaraswamy(a=0, b=1, shapes="a, b")(a, b, loc=low, scale=high - low)


class Lines:
    """A density of straight lines by scipy's polynomials and numerical inversion."""

    def __init__(self, x: tuple[float, ...], heights: tuple[float, ...]) -> None:
        area = np.trapezoid(heights, x)
        slopes = np.diff(heights) / np.diff(x)
        self.density = interpolate.PPoly(np.array([slopes, heights[:-1]]) / area, np.array(x))
        self.integral = self.density.antiderivative()
        self.low, self.high = x[0], x[-1]

    def pdf(self, x: Any) -> Any:
        return np.where((x < self.low) | (x > self.high), 0.0, self.density(x))

    def cdf(self, x: Any) -> Any:
        return self.integral(np.clip(x, self.low, self.high))

    def sf(self, x: Any) -> Any:
        return 1 - self.cdf(x)

    def ppf(self, p: Any) -> Any:
        return np.vectorize(
            lambda share: optimize.brentq(lambda x: self.cdf(x) - share, self.low, self.high, xtol=1e-15)
        )(p)

    def stats(self, moments: str) -> tuple[float, ...]:
        def central(power: int, centre: float) -> float:
            pieces = zip(self.density.x, self.density.x[1:], strict=False)
            return sum(integrate.quad(lambda x: (x - centre) ** power * self.pdf(x), *piece)[0] for piece in pieces)

        mean = central(1, 0.0)
        variance = central(2, mean)
        return mean, variance, central(3, mean) / variance**1.5, central(4, mean) / variance**2 - 3


class Mirrored:
    """The law of −X."""

    def __init__(self, base: Any) -> None:
        self.base = base

    def pdf(self, x: Any) -> Any:
        return self.base.pdf(-np.asarray(x))

    def cdf(self, x: Any) -> Any:
        return self.base.sf(-np.asarray(x))

    def sf(self, x: Any) -> Any:
        return self.base.cdf(-np.asarray(x))

    def ppf(self, p: Any) -> Any:
        return -self.base.isf(p)

    def stats(self, moments: str) -> tuple[float, ...]:
        mean, variance, skewness, excess = self.base.stats(moments)
        return -mean, variance, -skewness, excess


def by_trapezoids(law: Any) -> tuple[float, float, float, float]:
    """Mean, sd, skewness and kurtosis, integrated over the normal score; scipy's own are coarse for JohnsonSB."""
    z = np.arange(-14.0, 14.0, 0.01)
    x = np.where(z < 0, law.ppf(special.ndtr(z)), law.isf(special.ndtr(-z)))
    weights = np.exp(-0.5 * z * z)
    weights /= weights.sum()
    mean = float(weights @ x)
    sd = math.sqrt(float(weights @ (x - mean) ** 2))
    return mean, sd, float(weights @ ((x - mean) / sd) ** 3), float(weights @ ((x - mean) / sd) ** 4)


def standardised_to(mean: float, sd: float, standard: Any) -> Any:
    """scipy's law of the family moved and stretched to a mean and an sd."""
    centre, spread, *_ = by_trapezoids(standard)
    return standard.dist(*standard.args, loc=mean - sd * centre / spread, scale=sd / spread)


def johnson_case(mean: float, sd: float, standard: Any) -> Case:
    """JohnsonMoments given the moments of one of its members, which it has to find."""
    oracle = standardised_to(mean, sd, standard)
    *_, skewness, kurtosis = by_trapezoids(standard)
    return Case(make("JOHNSONMOMENTS", mean, sd, skewness, kurtosis), oracle, numeric=True)


class Quantiles:
    """A law by its quantile function of the logit, everything else by root-finding and numerical derivatives."""

    def __init__(self, at_logit: Any) -> None:
        self.at_logit = at_logit

    def ppf(self, p: Any) -> Any:
        return self.at_logit(special.logit(np.asarray(p)))

    def _logit(self, x: float) -> float:
        low, high = self.at_logit(-700.0), self.at_logit(700.0)
        if not low < x < high:
            return math.inf if x >= high else -math.inf
        return float(optimize.brentq(lambda u: self.at_logit(u) - x, -700, 700, xtol=1e-14, rtol=1e-15))

    def cdf(self, x: Any) -> Any:
        return np.array([special.expit(self._logit(value)) for value in np.asarray(x)])

    def sf(self, x: Any) -> Any:
        return np.array([special.expit(-self._logit(value)) for value in np.asarray(x)])

    def pdf(self, x: Any) -> Any:
        u = np.array([self._logit(value) for value in np.asarray(x)])
        near = np.where(np.isfinite(u), u, 0.0)
        step = 1e-3
        # Seven points: the error is of the sixth power of the step.
        slope = sum(
            w * (self.at_logit(near + k * step) - self.at_logit(near - k * step))
            for k, w in ((1, 0.75), (2, -0.15), (3, 1 / 60))
        )
        return np.where(np.isfinite(u), special.expit(u) * special.expit(-u) * step / slope, 0.0)

    def stats(self, moments: str) -> tuple[float, ...]:
        def mean_of(power: int, centre: float) -> float:
            def integrand(u: float) -> float:
                return float((self.at_logit(u) - centre) ** power * special.expit(u) * special.expit(-u))

            return sum(
                integrate.quad(integrand, *ends, epsabs=0, epsrel=1e-11, limit=200)[0]
                for ends in ((-300, -10), (-10, 10), (10, 300))
            )

        mean = mean_of(1, 0.0)
        variance = mean_of(2, mean)
        return mean, variance, mean_of(3, mean) / variance**1.5, mean_of(4, mean) / variance**2 - 3


def metalog_line(*a: float) -> Any:
    """Keelin's equation 6, each term written out."""

    def at_logit(u: Any) -> Any:
        d = special.expit(u) - 0.5
        terms = [1.0, u, d * u, d, d**2, d**2 * u, d**3, d**3 * u, d**4]
        return sum(weight * term for weight, term in zip(a, terms, strict=False))

    return at_logit


CUMUL = make("CUMUL", 0, 10, (2, 5, 6), (0.1, 0.6, 0.8))
CASES = [
    Case(make("NORMAL", 100, 10), stats.norm(100, 10)),
    Case(make("NORMAL", -3, 1e-3), stats.norm(-3, 1e-3)),
    Case(make("LOGNORMAL", 10, 3), lognormal(10, 3)),
    Case(make("LOGNORMAL", 2, 5), lognormal(2, 5)),
    Case(make("LOGNORMAL2", 1, 0.5), stats.lognorm(0.5, scale=math.e)),
    Case(make("TRIANGULAR", 1, 2, 5), triangular(1, 2, 5)),
    Case(make("TRIANGULAR", 1, 1, 5), triangular(1, 1, 5)),
    Case(make("TRIANGULAR", -1, 5, 5), triangular(-1, 5, 5)),
    Case(make("PERT", 1, 2, 5), pert(1, 2, 5)),
    Case(make("PERT", 0, 0, 1), pert(0, 0, 1)),
    Case(make("UNIFORM", 2, 5), stats.uniform(2, 3), peaked=False),
    Case(make("DISCRETE", (3, 1, 2), (1, 2, 1)), listed((3, 1, 2), (1, 2, 1))),
    Case(make("DISCRETE", (-1.5, 0, 10, 0), (0.2, 0.3, 0.1, 0)), listed((-1.5, 0, 10), (0.2, 0.3, 0.1))),
    Case(make("BERNOULLI", 0.3), stats.bernoulli(0.3)),
    Case(make("BINOMIAL", 20, 0.3), stats.binom(20, 0.3)),
    Case(make("BINOMIAL", 1000, 0.999), stats.binom(1000, 0.999)),
    Case(make("POISSON", 3.5), stats.poisson(3.5)),
    Case(make("POISSON", 1e5), stats.poisson(1e5)),
    Case(make("BETA", 2, 3), stats.beta(2, 3)),
    Case(make("BETA", 0.5, 0.7), stats.beta(0.5, 0.7), peaked=False),
    Case(make("GAMMA", 2, 3), stats.gamma(2, scale=3)),
    Case(make("GAMMA", 0.4, 10), stats.gamma(0.4, scale=10), peaked=False),
    Case(make("EXPONENTIAL", 4), stats.expon(scale=4)),
    Case(make("WEIBULL", 1.5, 2), stats.weibull_min(1.5, scale=2)),
    Case(make("WEIBULL", 4, 2), stats.weibull_min(4, scale=2)),
    Case(make("ERLANG", 3, 2), stats.erlang(3, scale=2)),
    Case(make("CHISQ", 5), stats.chi2(5)),
    Case(make("PEARSON5", 5.5, 3), stats.invgamma(5.5, scale=3)),
    Case(make("PEARSON6", 2, 5, 3), stats.betaprime(2, 5, scale=3)),
    Case(make("F", 4, 11), stats.f(4, 11)),
    Case(make("STUDENT", 5), stats.t(5)),
    Case(make("STUDENT", 1.5), stats.t(1.5)),
    Case(make("STUDENT3", 3, 2, 9), stats.t(9, 3, 2)),
    Case(make("LOGISTIC", 3, 2), stats.logistic(3, 2)),
    Case(make("LAPLACE", 3, 2), stats.laplace(3, 2 / math.sqrt(2))),
    Case(make("CAUCHY", 3, 2), stats.cauchy(3, 2)),
    Case(make("HYPSECANT", 3, 2), stats.hypsecant(3, 4 / math.pi)),
    Case(make("ERF", 0.5), stats.norm(0, math.sqrt(2))),
    Case(make("SKEWNORMAL", 1, 2, 3), stats.skewnorm(3, 1, 2)),
    Case(make("SKEWNORMAL", 1, 2, -1), stats.skewnorm(-1, 1, 2)),
    Case(make("EXTVALUEMAX", 3, 2), stats.gumbel_r(3, 2)),
    Case(make("EXTVALUEMIN", 3, 2), stats.gumbel_l(3, 2)),
    Case(make("FRECHET", 1, 2, 5), stats.invweibull(5, 1, 2)),
    Case(make("GEV", 1, 2, 0.1), stats.genextreme(-0.1, 1, 2)),
    Case(make("GEV", 1, 2, -0.3), stats.genextreme(0.3, 1, 2)),
    Case(make("GEV", 1, 2, 0), stats.gumbel_r(1, 2)),
    Case(make("GPD", 1, 2, 0.1), stats.genpareto(0.1, 1, 2)),
    Case(make("GPD", 1, 2, -0.4), stats.genpareto(-0.4, 1, 2)),
    Case(make("GPD", 1, 2, 0), stats.genpareto(0, 1, 2)),
    Case(make("PARETO", 5, 2), stats.pareto(5, scale=2)),
    Case(make("PARETO2", 2, 5), stats.lomax(5, scale=2)),
    Case(make("LOGLOGISTIC", 1, 2, 6), stats.fisk(6, 1, 2)),
    Case(make("BURR12", 1, 2, 3, 4), stats.burr12(3, 4, 1, 2)),
    Case(make("DAGUM", 1, 2, 6, 1.5), stats.burr(6, 1.5, 1, 2)),
    Case(make("FATIGUELIFE", 1, 2, 0.7), stats.fatiguelife(0.7, 1, 2)),
    Case(make("LEVY", 1, 2), stats.levy(1, 2)),
    Case(make("RAYLEIGH", 3), stats.rayleigh(scale=3)),
    Case(make("INVGAUSS", 2, 5), stats.invgauss(2 / 5, scale=5)),
    Case(make("INVGAUSS", 2, 0.5), stats.invgauss(2 / 0.5, scale=0.5)),
    Case(make("JOHNSONSB", 0.5, 1.5, 1, 5), stats.johnsonsb(0.5, 1.5, 1, 4), numeric=True),
    Case(make("JOHNSONSU", 0.5, 2.5, 1, 5), stats.johnsonsu(0.5, 2.5, 1, 5)),
    Case(make("BETAGENERAL", 2, 3, 1, 5), stats.beta(2, 3, 1, 4)),
    Case(make("BETASUBJ", 1, 2, 2.5, 5), stats.beta(*betasubj(1, 2, 2.5, 5), 1, 4)),
    Case(make("MODPERT", 1, 2, 5, 7), pert(1, 2, 5, 7)),
    Case(make("KUMARASWAMY", 2, 3, 1, 5), kumaraswamy(2, 3, 1, 5)),
    Case(make("RECIPROCAL", 2, 50), stats.loguniform(2, 50)),
    Case(make("TRIGEN", 2, 3, 7, 0.1, 0.95), triangular(*trigen_ends(2, 3, 7, 0.1, 0.95))),
    Case(make("TRIGEN", 2, 3, 7, 0, 1), triangular(2, 3, 7)),
    Case(
        make("CUMUL", 0, 10, (2, 5, 6), (0.1, 0.6, 0.8)),
        bars((0, 2, 5, 6, 10), (0.1, 0.5, 0.2, 0.2)),
        peaked=False,
        kinked=True,
    ),
    Case(make("HISTOGRAM", 0, 10, (1, 0, 5, 2)), bars((0, 2.5, 5, 7.5, 10), (1, 0, 5, 2)), peaked=False, kinked=True),
    Case(make("GENERAL", 0, 10, (2, 5, 6), (1, 4, 2)), Lines((0, 2, 5, 6, 10), (0, 1, 4, 2, 0))),
    Case(make("DOUBLETRIANG", 1, 2, 5, 0.4), Lines((1, 2, 2 + 1e-13, 5), (0, 0.8, 0.4, 0)), peaked=False),
    Case(make("GEOMETRIC", 0.3), stats.geom(0.3, loc=-1)),
    Case(make("NEGBIN", 4, 0.3), stats.nbinom(4, 0.3)),
    Case(make("HYPERGEO", 10, 15, 40), stats.hypergeom(40, 15, 10)),
    Case(make("HYPERGEO", 30, 35, 40), stats.hypergeom(40, 35, 30)),
    Case(make("INTUNIFORM", -2, 7), stats.randint(-2, 8)),
    Case(make("DUNIFORM", (4, 1, 9)), listed((4, 1, 9), (1, 1, 1))),
    Case(make("RESAMPLE", (4, 1, 9, 1)), listed((1, 4, 9), (2, 1, 1))),
    Case(make("LOGARITHMIC", 0.7), stats.logser(0.7)),
    Case(make("JOHNSONMOMENTS", 10, 2, 0, 3), stats.norm(10, 2)),
    johnson_case(10, 2, stats.johnsonsu(-0.8, 2.1)),
    johnson_case(-1, 0.5, stats.johnsonsu(2, 3)),
    johnson_case(10, 2, stats.johnsonsb(1.1, 1.4)),
    johnson_case(10, 2, stats.johnsonsb(-0.3, 1.2)),
    johnson_case(5, 1, stats.lognorm(0.3)),
    Case(
        make(
            "JOHNSONMOMENTS",
            5,
            1,
            *(-float(stats.lognorm.stats(0.3, moments="s")),),
            3 + float(stats.lognorm.stats(0.3, moments="k")),
        ),
        Mirrored(standardised_to(-5, 1, stats.lognorm(0.3))),
    ),
    Case(make("METALOG", (10, 1.5, 0.3, 2, 0.5, 0.1)), Quantiles(metalog_line(10, 1.5, 0.3, 2, 0.5, 0.1))),
    Case(
        make("METALOG", (1, 0.5, 0.1, 0.2, 0.1, 0.2, 0.1, 0.2, 0.1)),
        Quantiles(metalog_line(1, 0.5, 0.1, 0.2, 0.1, 0.2, 0.1, 0.2, 0.1)),
    ),
    Case(
        make("METALOG", (1, 0.1, 0.05, 0.1), 2),
        Quantiles(lambda u: 2 + np.exp(metalog_line(1, 0.1, 0.05, 0.1)(u))),
    ),
    Case(
        make("METALOG", (-1, 0.1, -0.05, 0.1), -1e300, 4),
        Quantiles(lambda u: 4 - np.exp(-metalog_line(-1, 0.1, -0.05, 0.1)(u))),
    ),
    Case(
        make("METALOG", (0.5, 0.6, 0.1), 1, 5),
        Quantiles(lambda u: 1 + 4 * special.expit(metalog_line(0.5, 0.6, 0.1)(u))),
    ),
]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "case" in metafunc.fixturenames:
        metafunc.parametrize("case", CASES, ids=[case.id for case in CASES])


@pytest.fixture
def laws_tested() -> frozenset[str]:
    return frozenset(case.law.name for case in CASES)
