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


def fit(values: FloatArray, law: Any) -> float:
    """Kolmogorov and Smirnov's p-value for a continuous law, Pearson's chi-square for a discrete one."""
    if hasattr(law, "pdf") and not hasattr(law.dist if hasattr(law, "dist") else law, "pmf"):
        n = values.size
        ordered, steps = law.cdf(np.sort(values)), np.arange(n + 1) / n
        distance = max(float(np.max(steps[1:] - ordered)), float(np.max(ordered - steps[:-1])))
        return float(stats.kstwobign.sf(distance * (math.sqrt(n) + 0.12 + 0.11 / math.sqrt(n))))
    low, high = int(law.ppf(1e-3)), int(law.isf(1e-3))
    k = np.arange(low, high + 1)
    # The classes at both ends hold the tails too.
    found = np.bincount(np.clip(values, low, high).astype(int) - low, minlength=k.size)
    expected = law.pmf(k)
    expected[0], expected[-1] = law.cdf(low), law.sf(high - 1)
    return float(stats.chisquare(found, expected / expected.sum() * values.size).pvalue)


def p_values(seeds: range, iterations: int) -> Mapping[str, FloatArray]:
    """Each law's p-values under plain Monte Carlo, one for each seed."""
    cells = (Typed(f"A{row}", f"={text}") for row, (text, _) in enumerate(LAWS, 1))
    end = Typed("B1", f"=SUM(A1:A{len(LAWS)})")
    model = Model.open(build_workbook(Book((Sheet(SHEET, (*cells, end)),))), outputs=[f"{SHEET}!B1"])
    table = []
    for seed in seeds:
        inputs = model.simulate(iterations, seed, "monte_carlo").inputs.values()
        table.append([fit(v.samples, law) for v, (_, law) in zip(inputs, LAWS, strict=True)])
    return dict(zip((text for text, _ in LAWS), np.array(table).T, strict=True))
