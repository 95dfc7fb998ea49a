"""Correlated draws: the dependence asked for, uniform margins, strata kept, any slice computed alone."""

from __future__ import annotations

import pickle
from collections.abc import Callable

import numpy as np
import pytest
from scipy import integrate, stats

from compute.errors import SpecificationError
from compute.sampling import Sampling, sampler
from compute.sampling.copulas import (
    ClaytonCopula,
    Copula,
    FrankCopula,
    GaussianCopula,
    GumbelCopula,
    Reflected,
    StudentCopula,
)
from compute.sampling.correlated import CorrelatedGroup, CorrelatedSampler, Method

Floats = np.ndarray
PAIR = np.array([[1.0, 0.6], [0.6, 1.0]])
N = 100_000


def made(copula: Copula, way: Sampling = "monte_carlo", n: int = N, seed: int = 1, method: Method = "copula") -> Floats:
    target = copula.matrix if isinstance(copula, GaussianCopula) else None
    return np.stack([source(copula, way, n, seed, method, target).uniforms(i, 0, n) for i in range(copula.size)])


def source(
    copula: Copula, way: Sampling, n: int, seed: int, method: Method, target: Floats | None
) -> CorrelatedSampler:
    base = sampler(way, seed, n, [100 + i for i in range(copula.size + 1)])
    group = CorrelatedGroup("Inputs!A1:B2#1", tuple(range(copula.size)), copula, method, target)
    return CorrelatedSampler(base, n, [group])


def debye(theta: float) -> float:
    return integrate.quad(lambda t: t / np.expm1(t), 0, theta)[0] / theta


KENDALL: dict[str, tuple[Copula, float]] = {
    # Nelsen, An Introduction to Copulas, 2nd ed. (2006), table 4.1 and section 5.1.
    "gaussian": (GaussianCopula(PAIR), 2 / np.pi * np.arcsin(0.6)),
    "student": (StudentCopula(PAIR, 3.0), 2 / np.pi * np.arcsin(0.6)),
    "clayton": (ClaytonCopula(2.0), 2 / (2 + 2)),
    "clayton, negative": (ClaytonCopula(-0.5), -0.5 / 1.5),
    "clayton, opposite": (ClaytonCopula(-1.0), -1.0),
    "gumbel": (GumbelCopula(2.5), 1 - 1 / 2.5),
    "gumbel, none": (GumbelCopula(1.0), 0.0),
    "frank": (FrankCopula(5.0), 1 - 4 / 5 * (1 - debye(5.0))),
    "frank, strong": (FrankCopula(60.0), 1 - 4 / 60 * (1 - debye(60.0))),
    "frank, negative": (FrankCopula(-5.0), -(1 - 4 / 5 * (1 - debye(5.0)))),
    "clayton reflected both": (Reflected(ClaytonCopula(2.0), (True, True)), 0.5),
    "clayton reflected once": (Reflected(ClaytonCopula(2.0), (True, False)), -0.5),
}


@pytest.mark.parametrize("way", ["monte_carlo", "latin_hypercube", "sobol"])
@pytest.mark.parametrize("name", KENDALL)
def test_kendall_s_tau_is_the_copula_s(name: str, way: Sampling) -> None:
    copula, tau = KENDALL[name]
    sample = made(copula, way)
    found = stats.kendalltau(sample[0], sample[1]).statistic
    # The standard error of tau at n is below 2/3 · n^−1/2 · 1.5.
    assert found == pytest.approx(tau, abs=4 / np.sqrt(N))


@pytest.mark.parametrize("name", KENDALL)
def test_each_margin_stays_uniform(name: str) -> None:
    for row in made(KENDALL[name][0]):
        assert stats.kstest(row, "uniform").pvalue > 1e-3
        assert row.min() > 0.0
        assert row.max() < 1.0


def both_below(u: float, rho: float, df: int) -> float:
    """C(u, u) of Student's copula: given T1 = t, T2 is a t of df + 1 (Demarta & McNeil 2005, section 2).

    scipy's own multivariate_t.cdf integrates at random and errs by 1e-4 now and then.
    """
    at = stats.t.ppf(u, df)

    def below_given(t: float) -> float:
        spread = np.sqrt((1 - rho**2) * (df + t * t) / (df + 1))
        return float(stats.t.pdf(t, df) * stats.t.cdf((at - rho * t) / spread, df + 1))

    # Cut at 0: a half-line that ends far out hides the peak from the rule.
    parts = [(-np.inf, min(at, 0.0)), (0.0, at)] if at > 0 else [(-np.inf, at)]
    return float(sum(integrate.quad(below_given, a, b, epsabs=1e-12, limit=200)[0] for a, b in parts))


AT = 0.002
JOINT: dict[str, Callable[[float], float]] = {
    # C(u, u) as the families define it; Nelsen (2006), table 4.1.
    "student": lambda u: both_below(u, rho=0.6, df=3),
    "clayton": lambda u: (2 * u**-2.0 - 1) ** -0.5,
    "gumbel": lambda u: u ** (2 ** (1 / 2.5)),
    "frank": lambda u: -np.log1p(np.expm1(-5 * u) ** 2 / np.expm1(-5)) / 5,
    "frank, strong": lambda u: -np.log1p(np.expm1(-60 * u) ** 2 / np.expm1(-60)) / 60,
}


@pytest.mark.parametrize("name", JOINT)
def test_joint_extremes(name: str) -> None:
    u, v = made(KENDALL[name][0], n=1_000_000)
    below = JOINT[name](AT)
    # Frank's copula is its own mirror image; the formula above would cancel.
    above = below if name.startswith("frank") else 2 * AT - 1 + JOINT[name](1 - AT)
    # Four standard errors of a share of 10^6.
    assert np.mean((u < AT) & (v < AT)) == pytest.approx(below, abs=4 * np.sqrt(AT / 1_000_000))
    assert np.mean((u > 1 - AT) & (v > 1 - AT)) == pytest.approx(above, abs=4 * np.sqrt(AT / 1_000_000))


@pytest.mark.parametrize("copula", [ClaytonCopula(1.5, 3), GumbelCopula(1.8, 3), FrankCopula(4.0, 3)])
def test_three_draws_are_tied_pair_by_pair_alike(copula: Copula) -> None:
    sample = made(copula, n=40_000)
    taus = [stats.kendalltau(sample[i], sample[j]).statistic for i, j in ((0, 1), (0, 2), (1, 2))]
    assert max(taus) - min(taus) < 0.02
    assert min(taus) > 0.3


@pytest.mark.parametrize("method", ["copula", "iman_conover"])
@pytest.mark.parametrize("n", [1, 2, 7, 1000, 4097])
def test_a_correlated_latin_hypercube_keeps_one_draw_in_each_stratum(n: int, method: Method) -> None:
    for row in made(GaussianCopula(PAIR), "latin_hypercube", n, method=method):
        assert np.array_equal(np.sort(np.floor(row * n)), np.arange(n))


@pytest.mark.parametrize("way", ["monte_carlo", "latin_hypercube", "sobol"])
def test_iman_and_conover_s_method_only_reorders(way: Sampling) -> None:
    n = 2_000
    base = sampler(way, 1, n, [100, 101, 102])
    sample = made(GaussianCopula(PAIR), way, n, method="iman_conover")
    if way != "latin_hypercube":
        for i, row in enumerate(sample):
            assert np.array_equal(np.sort(row), np.sort(base.uniforms(i, 0, n)))
    assert np.corrcoef(scores(sample))[0, 1] == pytest.approx(0.6, abs=0.002)


def scores(sample: Floats) -> Floats:
    return np.stack([stats.norm.ppf(stats.rankdata(row) / (row.size + 1)) for row in sample])


def test_iman_and_conover_s_method_meets_a_matrix_of_six_within_five_thousandths() -> None:
    factors = np.random.default_rng(11).normal(size=(6, 9))
    factors /= np.sqrt((factors**2).sum(axis=1, keepdims=True))
    target = factors @ factors.T
    worst = [
        np.abs(
            np.corrcoef(scores(made(GaussianCopula(target), "latin_hypercube", 1_000, seed, "iman_conover"))) - target
        ).max()
        for seed in range(20)
    ]
    assert np.median(worst) <= 0.005


CASES: list[tuple[Sampling, Method, Callable[[], Copula]]] = [
    ("monte_carlo", "copula", lambda: GaussianCopula(PAIR)),
    ("sobol", "copula", lambda: StudentCopula(PAIR, 5.0)),
    ("latin_hypercube", "copula", lambda: GumbelCopula(2.0)),
    ("latin_hypercube", "iman_conover", lambda: GaussianCopula(PAIR)),
    ("monte_carlo", "iman_conover", lambda: GaussianCopula(PAIR)),
]


@pytest.mark.parametrize(("way", "method", "copula"), CASES)
def test_any_slice_computed_alone_equals_the_slice_of_the_whole(
    way: Sampling, method: Method, copula: Callable[[], Copula]
) -> None:
    n = 9_000
    whole = made(copula(), way, n, method=method)
    fresh = source(copula(), way, n, 1, method, PAIR)
    for start, stop in ((8_192, 9_000), (0, 1), (17, 4_113)):
        for i in (1, 0):
            assert np.array_equal(fresh.uniforms(i, start, stop), whole[i, start:stop])
    again = pickle.loads(pickle.dumps(fresh))
    assert np.array_equal(again.uniforms(1, 100, 200), whole[1, 100:200])


def test_draws_outside_the_group_are_as_they_were() -> None:
    copula = GaussianCopula(PAIR)
    base = sampler("latin_hypercube", 1, 500, [100, 101, 102])
    found = source(copula, "latin_hypercube", 500, 1, "copula", PAIR)
    assert np.array_equal(found.uniforms(2, 0, 500), base.uniforms(2, 0, 500))


REFUSED = {
    "Clayton below": lambda: ClaytonCopula(-2.0),
    "Clayton of three, negative": lambda: ClaytonCopula(-0.5, 3),
    "Gumbel": lambda: GumbelCopula(0.5),
    "Frank of nothing": lambda: FrankCopula(0.0),
    "Frank of three, negative": lambda: FrankCopula(-2.0, 3),
    "t": lambda: StudentCopula(PAIR, 0.0),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_parameter_outside_its_domain_is_named(case: str) -> None:
    with pytest.raises(SpecificationError, match="must be"):
        REFUSED[case]()
