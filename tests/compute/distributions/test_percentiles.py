"""Laws given by percentiles: parameters → percentiles → parameters, in every mix, and pairs that cannot be met."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from scipy import stats

from compute.distributions import LAWS, Erlang, Exponential, Gamma, LogNormal, Normal, Poisson, Triangular, Uniform
from compute.distributions.percentiles import defined_for
from compute.errors import InvalidDistribution

LAWS_BY_PERCENTILES: list[tuple[str, tuple[float, ...]]] = [
    ("NORMAL", (100, 10)), ("NORMAL", (-3, 1e-3)), ("LOGISTIC", (3, 2)), ("LAPLACE", (3, 2)), ("CAUCHY", (3, 2)),
    ("HYPSECANT", (3, 2)), ("EXTVALUEMAX", (3, 2)), ("EXTVALUEMIN", (-3, 2)), ("STUDENT3", (3, 2, 5)),
    ("STUDENT", (4,)), ("JOHNSONSU", (0.5, 2.5, 1, 5)), ("GEV", (1, 2, 0.1)), ("GEV", (1, 2, -0.3)),
    ("SKEWNORMAL", (1, 2, 3)), ("LOGLOGISTIC", (1, 2, 6)), ("BURR12", (1, 2, 3, 4)), ("DAGUM", (1, 2, 6, 1.5)),
    ("FATIGUELIFE", (1, 2, 0.7)), ("LEVY", (1, 2)), ("FRECHET", (1, 2, 5)), ("GPD", (1, 2, 0.1)),
    ("LOGNORMAL", (10, 3)), ("LOGNORMAL", (2, 5)), ("LOGNORMAL2", (1, 0.5)), ("GAMMA", (2, 3)), ("GAMMA", (0.4, 10)),
    ("EXPONENTIAL", (4,)), ("WEIBULL", (1.5, 2)), ("CHISQ", (5,)), ("F", (4, 11)), ("PARETO", (5, 2)),
    ("PARETO2", (2, 5)), ("PEARSON5", (5.5, 3)), ("PEARSON6", (2, 5, 3)), ("INVGAUSS", (2, 5)), ("RAYLEIGH", (3,)),
    ("UNIFORM", (2, 5)), ("TRIANGULAR", (1, 2, 5)), ("TRIANGULAR", (-8, 1, 1.5)), ("PERT", (1, 2, 5)),
    ("MODPERT", (1, 2, 5, 7)), ("BETAGENERAL", (2, 3, 1, 5)),
    ("KUMARASWAMY", (2, 3, 1, 5)), ("JOHNSONSB", (0.5, 1.5, 1, 5)), ("BETA", (2, 3)), ("ERF", (0.5,)),
    ("RECIPROCAL", (2, 50)),
]  # fmt: skip
AMBIGUOUS = {
    "LOGNORMAL(2, 5):mean", "DAGUM(1, 2, 6, 1.5):", "DAGUM(1, 2, 6, 1.5):scale", "DAGUM(1, 2, 6, 1.5):scale,shape1",
    "TRIANGULAR(-8, 1, 1.5):min",
}  # fmt: skip
"""What two laws of the family meet: both percentiles of the triangle lie below its mode, for one."""
SHARES = {1: (0.9,), 2: (0.1, 0.8), 3: (0.05, 0.4, 0.95), 4: (0.05, 0.3, 0.7, 0.95)}


def mixes() -> list[Any]:
    """Each law with all of its parameters unknown, and with each choice of one or two of them given by name."""
    found = []
    for name, arguments in LAWS_BY_PERCENTILES:
        names = [info.name for info in LAWS[name].parameters]
        for count in range(len(names)):
            for known in itertools.combinations(names, count):
                found.append(pytest.param(name, arguments, known, id=f"{name}{arguments}:{','.join(known)}"))
    return found


@pytest.mark.parametrize(("name", "arguments", "known"), mixes())
def test_parameters_come_back_from_percentiles(name: str, arguments: tuple[float, ...], known: tuple[str, ...]) -> None:
    law = LAWS[name](*arguments)  # type: ignore[call-arg]
    names = [info.name for info in law.parameters]
    shares = SHARES[len(names) - len(known)]
    pairs = [(each, arguments[names.index(each)]) for each in known] + [(p, law.ppf(p)) for p in shares]
    found = type(law).from_percentiles(*pairs)
    spread = law.ppf(0.75) - law.ppf(0.25)
    assert found.ppf(np.array(shares)) == pytest.approx(law.ppf(np.array(shares)), rel=1e-9, abs=1e-9 * spread)
    if f"{name}{arguments}:{','.join(known)}" in AMBIGUOUS:
        return
    p = np.array([0.01, 0.2, 0.4, 0.6, 0.8, 0.99])
    # Four percentiles hold four shapes only loosely: other parameters give nearly the same law.
    digits = {1: 1e-9, 2: 1e-8, 3: 1e-6, 4: 2e-2}[len(shares)]
    assert found.ppf(p) == pytest.approx(law.ppf(p), rel=digits, abs=digits * spread)


def test_every_continuous_law_with_numbers_of_its_own_has_a_form() -> None:
    by_lists = {"CUMUL", "GENERAL", "HISTOGRAM", "METALOG", "TRIGEN", "JOHNSONMOMENTS", "BETASUBJ", "DOUBLETRIANG"}
    expected = {name for name, law in LAWS.items() if not law.discrete and name not in by_lists}
    assert {name for name, law in LAWS.items() if defined_for(law)} == expected
    assert {name for name, _ in LAWS_BY_PERCENTILES} == expected - {"ERLANG"}


def test_normal_is_exact() -> None:
    law = Normal.from_percentiles((0.05, 1.0), (0.95, 10.0))
    score = float(stats.norm.ppf(0.95))
    assert (law.mean, law.standard_deviation) == pytest.approx((5.5, 4.5 / score), rel=1e-14)
    assert Normal.from_percentiles(("mean", 3.0), (0.975, 7.0)).standard_deviation == pytest.approx(
        4 / stats.norm.ppf(0.975)
    )


def test_descending_percentiles_are_those_of_a_greater_value() -> None:
    assert Triangular.from_percentiles((0.9, 2.0), (0.5, 4.0), (0.1, 7.0), descending=True).ppf(
        np.array([0.1, 0.5, 0.9])
    ) == pytest.approx([2, 4, 7])


def test_percentiles_zero_and_one_are_the_ends() -> None:
    assert Uniform.from_percentiles((0.0, 2.0), (1.0, 9.0)) == Uniform(2, 9)
    law = Triangular.from_percentiles((0, 1.0), (0.5, 3.0), (1, 6.0))
    assert (law.support, law.ppf(0.5)) == ((1.0, 6.0), pytest.approx(3.0))


@pytest.mark.parametrize("base", [LogNormal(10, 3), Gamma(2, 3), Exponential(4)], ids=str)
@pytest.mark.parametrize("by", [-20.0, 5.0])
def test_a_law_that_starts_at_zero_may_be_moved(base: Any, by: float) -> None:
    law = base.shift(by)
    p = SHARES[len(base.parameters) + 1]
    found = type(base).from_percentiles(*((share, law.ppf(share)) for share in p))
    assert found.ppf(0.7) == pytest.approx(law.ppf(0.7), rel=1e-7)
    named = type(base).from_percentiles(("loc", by), *((share, law.ppf(share)) for share in p[:-1]))
    assert named.support[0] == by
    assert named.ppf(0.7) == pytest.approx(law.ppf(0.7), rel=1e-7)


REFUSED: list[tuple[Any, tuple[Any, ...], str]] = [
    (Poisson, ((0.5, 3.0),), "Poisson: is not defined by percentiles"),
    (Normal, ((0.5, 3.0),), "Normal: takes mean, sd or as many percentiles, but 1 pairs are given"),
    (Normal, ((0.5, 3.0), (1.5, 4.0)), r"the percentile 1\.5 \(with the value 4\) must lie between 0 and 1"),
    (Normal, ((0.1, 3.0), (0.9, 3.0)), r"the value 3 at percentile 0\.9 must be above 3 at percentile 0\.1"),
    (Normal, ((0.1, 3.0), (0.1, 4.0)), "the value 4 at percentile 0.1 must be above"),
    (Normal, (("mode", 3.0), (0.1, 4.0)), "Normal: has no parameter mode"),
    (Normal, (("mean", 3.0), ("mean", 4.0)), "mean is given twice"),
    (Normal, (("sd", -3.0), (0.1, 4.0)), "sd is -3; it must be a number of 0 or more"),
    (Normal, (("mean", float("nan")), (0.1, 4.0)), "the value of mean is nan; it must be a finite number"),
    (Normal, ((0.0, 1.0), (0.5, 4.0)), "the percentile 0 cannot be 1: the law has no such end"),
    (Normal, (("mean", 3.0), (0.9, 2.0)), r"no such law has the value 2 at percentile 0\.9"),
    (Triangular, (("min", 5.0), (0.5, 4.0), (0.9, 8.0)), r"no such law has the value \S+ at percentile"),
    (Triangular, ((0.05, 0.0), (0.5, 99.0), (0.95, 100.0)), r"no such law has the value \S+ at percentile"),
    (Gamma, ((0.1, -1.0), (0.9, 4.0)), r"no such law has the value -1 at percentile 0\.1"),
    (Erlang, ((0.1, 1.0), (0.9, 4.0)), "m must be given by its name"),
]


@pytest.mark.parametrize(("law", "pairs", "words"), REFUSED, ids=[words for *_, words in REFUSED])
def test_pairs_that_cannot_be_met_are_named(law: Any, pairs: Any, words: str) -> None:
    with pytest.raises(InvalidDistribution, match=words):
        law.from_percentiles(*pairs)


def test_erlang_by_its_count_and_one_percentile() -> None:
    found = Erlang.from_percentiles(("m", 3.0), (0.9, 20.0))
    assert found.ppf(0.9) == pytest.approx(20.0)
