"""The nine most used laws as workbooks draw them, against scipy's: a p-value for each law and seed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from scipy import stats

from compute import Model
from compute.workbook import build_workbook
from validation.case import SHEET, Book, FloatArray, Sheet, Typed

_SPREAD = math.sqrt(math.log1p(0.09))
LAWS: tuple[tuple[str, Any], ...] = (
    ("MC.NORMAL(100,10)", stats.norm(100, 10)),
    ("MC.LOGNORMAL(10,3)", stats.lognorm(_SPREAD, scale=10 / math.sqrt(1.09))),
    ("MC.TRIANGULAR(1,2,5)", stats.triang(0.25, 1, 4)),
    ("MC.UNIFORM(2,5)", stats.uniform(2, 3)),
    ("MC.BERNOULLI(0.3)", stats.bernoulli(0.3)),
    ("MC.BINOMIAL(20,0.3)", stats.binom(20, 0.3)),
    ("MC.POISSON(3.5)", stats.poisson(3.5)),
    ("MC.INTUNIFORM(-2,7)", stats.randint(-2, 8)),
    ("MC.DISCRETE({1,2,3},{1,2,1})", stats.rv_discrete(values=((1, 2, 3), (0.25, 0.5, 0.25)))),
)


KOLMOGOROV, PEARSON = "Kolmogorov–Smirnov", "chi-square"


def kolmogorov(uniforms: FloatArray) -> float:
    """Kolmogorov and Smirnov's p-value of uniformity, by the limit law with Stephens's correction."""
    ordered, n = np.sort(uniforms), uniforms.size
    steps = np.arange(n + 1) / n
    distance = max(float(np.max(steps[1:] - ordered)), float(np.max(ordered - steps[:-1])))
    return float(stats.kstwobign.sf(distance * (math.sqrt(n) + 0.12 + 0.11 / math.sqrt(n))))


def pearson(values: FloatArray, law: Any) -> float:
    """Pearson's chi-square p-value of a law of whole numbers."""
    low, high = int(law.ppf(1e-3)), int(law.isf(1e-3))
    k = np.arange(low, high + 1)
    # The classes at both ends hold the tails too.
    found = np.bincount(np.clip(values, low, high).astype(int) - low, minlength=k.size)
    expected = law.pmf(k)
    expected[0], expected[-1] = law.cdf(low), law.sf(high - 1)
    return float(stats.chisquare(found, expected / expected.sum() * values.size).pvalue)


def fit(values: FloatArray, law: Any, seed: int) -> Mapping[str, float]:
    """The p-values of a sample: Kolmogorov and Smirnov's, and for laws of whole numbers Pearson's.

    A law of whole numbers is made continuous by its distributional transform, F(x−) + V·P(X = x) with uniform V, under
    which Kolmogorov and Smirnov's test holds exactly (Rüschendorf, J. Statist. Plann. Inference 139, 2009).
    """
    if hasattr(law, "pdf") and not hasattr(law.dist if hasattr(law, "dist") else law, "pmf"):
        return {KOLMOGOROV: kolmogorov(law.cdf(values))}
    k = np.arange(int(values.min()) - 1, int(values.max()) + 1)
    steps, place = law.cdf(k), values.astype(int) - k[0]
    share = np.random.default_rng(seed).random(values.size)
    spread = steps[place - 1] + share * (steps[place] - steps[place - 1])
    return {KOLMOGOROV: kolmogorov(spread), PEARSON: pearson(values, law)}


def p_values(seeds: range, iterations: int) -> Mapping[str, Mapping[str, FloatArray]]:
    """Each law's p-values under plain Monte Carlo by test, one for each seed."""
    cells = (Typed(f"A{row}", f"={text}") for row, (text, _) in enumerate(LAWS, 1))
    end = Typed("B1", f"=SUM(A1:A{len(LAWS)})")
    model = Model.open(build_workbook(Book((Sheet(SHEET, (*cells, end)),))), outputs=[f"{SHEET}!B1"])
    found: list[list[Mapping[str, float]]] = []
    for seed in seeds:
        inputs = model.simulate(iterations, seed, "monte_carlo").inputs.values()
        found.append([fit(v.samples, law, seed) for v, (_, law) in zip(inputs, LAWS, strict=True)])
    return {
        text: {test: np.array([row[place][test] for row in found]) for test in found[0][place]}
        for place, (text, _) in enumerate(LAWS)
    }
