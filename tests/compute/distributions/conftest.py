"""One table of laws with their scipy oracles; every generic property test runs once for each row."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import pytest
from scipy import stats

from compute.distributions import LAWS, Law


@dataclass(frozen=True)
class Case:
    """A law, and the same law in scipy; ``peaked`` says whether the density has a single finite peak to look for."""

    law: Law
    oracle: Any
    peaked: bool = True

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
]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "case" in metafunc.fixturenames:
        metafunc.parametrize("case", CASES, ids=[case.id for case in CASES])


@pytest.fixture
def laws_tested() -> frozenset[str]:
    return frozenset(case.law.name for case in CASES)
