"""The analytic cases; their exact values come from closed forms, recursions and scipy, never from compute."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy import stats

from validation.case import Case, FloatArray, mean, share, variance


def _column(letter: str, formulas: list[str]) -> dict[str, float | str]:
    return {f"{letter}{row}": formula for row, formula in enumerate(formulas, 1)}


def sum_of_normals() -> Case:
    mu, sigma = [10, 20, 30, 40, 50], [1, 2, 3, 4, 5]
    cells = _column("A", [f"=MC.NORMAL({m},{s})" for m, s in zip(mu, sigma, strict=True)]) | {"B1": "=SUM(A1:A5)"}
    total, square = float(sum(mu)), float(sum(s * s for s in sigma))
    high = stats.norm.ppf(0.95, total, math.sqrt(square))
    found = mean("B1", total), variance("B1", total, square), share("B1", high, 0.95, "share under exact P95")
    told = "`=SUM(A1:A5)` of `MC.NORMAL(10,1)` to `MC.NORMAL(50,5)`"
    return Case("Sum of normals", told, "normal with the sums of means and variances", cells, found)


def sum_of_correlated_normals() -> Case:
    sigma, matrix = np.array([10.0, 20.0, 15.0]), np.array([[1, 0.7, -0.2], [0.7, 1, 0.3], [-0.2, 0.3, 1]])
    cells: dict[str, float | str] = {f"{c}{r + 1}": float(matrix[r, i]) for r in range(3) for i, c in enumerate("FGH")}
    laws = zip((100, 200, 50), (10, 20, 15), strict=True)
    cells |= _column("A", [f"=MC.NORMAL({m},{s},MC.CORRELATE($F$1:$H$3,{n}))" for n, (m, s) in enumerate(laws, 1)])
    cells |= {"B1": "=SUM(A1:A3)", "B2": "=(A1-100)*(A2-200)"}
    square = float(sigma @ matrix @ sigma)
    high = stats.norm.ppf(0.95, 350, math.sqrt(square))
    found = (
        mean("B1", 350.0),
        variance("B1", 350.0, square),
        share("B1", high, 0.95, "share under exact P95"),
        mean("B2", 0.7 * 200, "covariance of the first two"),
    )
    told = "three normals with sd 10, 20, 15, tied by `MC.CORRELATE`: 0.7, −0.2, 0.3; `=SUM(A1:A3)`"
    return Case("Sum of correlated normals", told, "normal with variance σᵀRσ", cells, found)


def product_of_lognormals() -> Case:
    mu, sigma = [0.1, 0.2, -0.1], [0.2, 0.3, 0.1]
    formulas = [f"=MC.LOGNORMAL2({m},{s})" for m, s in zip(mu, sigma, strict=True)]
    law = stats.lognorm(math.sqrt(sum(s * s for s in sigma)), scale=math.exp(sum(mu)))
    found = (
        mean("B1", float(law.mean())),
        variance("B1", float(law.mean()), float(law.var())),
        share("B1", law.ppf(0.9), 0.9, "share under exact P90"),
    )
    told = "`=PRODUCT(A1:A3)` of `MC.LOGNORMAL2(0.1,0.2)`, `(0.2,0.3)`, `(-0.1,0.1)`"
    cells = _column("A", formulas) | {"B1": "=PRODUCT(A1:A3)"}
    return Case("Product of lognormals", told, "lognormal with the sums of μ and σ²", cells, found)


def _chances(task: tuple[int, int, int], step: float) -> FloatArray:
    """The probabilities of the cells around the multiples of a step from the minimum of a PERT law on."""
    low, likely, high = task
    width = high - low
    law = stats.beta(1 + 4 * (likely - low) / width, 1 + 4 * (high - likely) / width, low, width)
    edges = low + (np.arange(round(width / step) + 2) - 0.5) * step
    chances: FloatArray = np.diff(law.cdf(edges))
    return chances


def project_chain() -> Case:
    tasks, step = [(8, 10, 16), (4, 5, 9), (10, 15, 30), (2, 3, 5)], 2.0**-9
    means = [(a + 4 * m + b) / 6 for a, m, b in tasks]
    square = sum((mu - a) * (b - mu) / 7 for mu, (a, _, b) in zip(means, tasks, strict=True))
    chances = np.ones(1)
    for task in tasks:
        chances = np.convolve(chances, _chances(task, step))
    reached = np.cumsum(chances) - chances / 2
    high = sum(a for a, _, _ in tasks) + step * float(np.interp(0.9, reached, np.arange(reached.size)))
    found = (
        mean("B1", sum(means)),
        variance("B1", sum(means), square),
        share("B1", high, 0.9, f"share under exact P90 ({high:.5f} days)"),
    )
    told = "`=SUM(A1:A4)` of `MC.PERT(8,10,16)`, `(4,5,9)`, `(10,15,30)`, `(2,3,5)`"
    cells = _column("A", [f"=MC.PERT({a},{m},{b})" for a, m, b in tasks]) | {"B1": "=SUM(A1:A4)"}
    source = "PERT's mean and variance, summed; numerical convolution of the four densities"
    return Case("Project of four tasks in a row", told, source, cells, found)


def newsvendor() -> Case:
    price, cost, salvage, mu, sigma = 25.0, 12.0, 5.0, 500.0, 80.0
    cells: dict[str, float | str] = {
        "A1": price, "A2": cost, "A3": salvage, "A4": f"=MC.NORMAL({mu:g},{sigma:g})",
        "A5": f"=NORM.INV((A1-A2)/(A1-A3),{mu:g},{sigma:g})",
        "B1": "=A1*MIN(A4,A5)+A3*MAX(A5-A4,0)-A2*A5", "B2": "=--(A4<=A5)",
    }  # fmt: skip
    ratio = (price - cost) / (price - salvage)
    profit = (price - cost) * mu - (price - salvage) * sigma * stats.norm.pdf(stats.norm.ppf(ratio))
    told = "price 25, cost 12, salvage 5, demand `MC.NORMAL(500,80)`, order `=NORM.INV((A1-A2)/(A1-A3),500,80)`"
    found = mean("B1", float(profit), "expected profit at the best order"), mean("B2", ratio, "service level")
    return Case("Newsvendor", told, "(p−c)μ − (p−s)σφ(z), z = Φ⁻¹((p−c)/(p−s))", cells, found)


def european_call() -> Case:
    spot, strike, rate, sigma, years = 100.0, 105.0, 0.03, 0.25, 1.5
    cells: dict[str, float | str] = {
        "A1": spot, "A2": strike, "A3": rate, "A4": sigma, "A5": years, "A6": "=MC.NORMAL(0,1)",
        "A7": "=A1*EXP((A3-A4^2/2)*A5+A4*SQRT(A5)*A6)",
        "B1": "=EXP(-A3*A5)*MAX(A7-A2,0)", "B2": "=EXP(-A3*A5)*MAX(A2-A7,0)", "B3": "=EXP(-A3*A5)*A7",
    }  # fmt: skip
    spread = sigma * math.sqrt(years)
    d1 = (math.log(spot / strike) + (rate + sigma**2 / 2) * years) / spread
    discounted = strike * math.exp(-rate * years)
    call = float(spot * stats.norm.cdf(d1) - discounted * stats.norm.cdf(d1 - spread))
    found = mean("B1", call, "call"), mean("B2", call - spot + discounted, "put"), mean("B3", spot, "discounted price")
    told = "spot 100, strike 105, rate 3%, volatility 25%, 1.5 years; the price at the end from one `MC.NORMAL(0,1)`"
    return Case("European option", told, "Black and Scholes; put by parity; the price is a martingale", cells, found)


def geometric_asian() -> Case:
    spot, strike, rate, sigma, steps = 100.0, 100.0, 0.05, 0.3, 12
    drift, swing = (rate - sigma**2 / 2) / steps, sigma / math.sqrt(steps)
    cells = _column("A", ["=MC.NORMAL(0,1)"] * steps)
    before = [f"{spot:g}", *(f"B{i}" for i in range(1, steps))]
    cells |= _column("B", [f"={b}*EXP({drift!r}+{swing!r}*A{i})" for i, b in enumerate(before, 1)])
    cells |= {"C1": f"=EXP(-{rate})*MAX(GEOMEAN(B1:B{steps})-{strike:g},0)", "C2": f"=LN(GEOMEAN(B1:B{steps}))"}
    middle = math.log(spot) + drift * (steps + 1) / 2
    square = swing**2 * (steps + 1) * (2 * steps + 1) / (6 * steps)
    d1 = (middle - math.log(strike) + square) / math.sqrt(square)
    grown = math.exp(middle + square / 2) * stats.norm.cdf(d1)
    price = float(math.exp(-rate) * (grown - strike * stats.norm.cdf(d1 - math.sqrt(square))))
    found = mean("C1", price, "call"), mean("C2", middle, "mean of the log average"), variance("C2", middle, square)
    told = "a year of monthly prices, one `MC.NORMAL(0,1)` each; `=EXP(-0.05)*MAX(GEOMEAN(B1:B12)-100,0)`"
    return Case("Geometric Asian option", told, "Kemna and Vorst: the average is lognormal", cells, found)


def panjer(rate: float, losses: FloatArray, most: int) -> FloatArray:
    """P(S = 0 … most) of a Poisson number of losses with P(Y = j) = losses[j], j from 0 (ASTIN Bulletin 12, 1981)."""
    chances = np.zeros(most + 1)
    chances[0] = math.exp(-rate * (1 - losses[0]))
    for s in range(1, most + 1):
        j = np.arange(1, min(s, losses.size - 1) + 1)
        chances[s] = rate / s * float(np.sum(j * losses[j] * chances[s - j]))
    return chances


def compound_poisson() -> Case:
    losses, most = np.array([0.0, 0.4, 0.3, 0.2, 0.0, 0.1]), 25
    cells = _column("A", ["=MC.DISCRETE({1,2,3,5},{0.4,0.3,0.2,0.1})"] * most)
    cells |= {"B1": "=MC.POISSON(3)", "C1": f"=SUMPRODUCT((ROW(A1:A{most})<=B1)*A1:A{most})", "C2": "=MAX(C1-10,0)"}
    chances, s = panjer(3.0, losses, 150), np.arange(151)
    average = float(chances @ s)
    found = (
        mean("C1", average),
        variance("C1", average, float(chances @ (s - average) ** 2)),
        share("C1", 0.0, float(chances[0]), "share without loss"),
        share("C1", 10.0, float(chances[:11].sum()), "share at most 10"),
        mean("C2", float(chances @ np.maximum(s - 10, 0)), "expected excess over 10"),
    )
    told = "`MC.POISSON(3)` losses of `MC.DISCRETE({1,2,3,5},{0.4,0.3,0.2,0.1})`, at most 25 (more: 7e-16)"
    return Case("Compound Poisson", told, "Panjer's recursion", cells, found)


def _counts(title: str, formulas: list[str], law: Any, told: str, source: str) -> Case:
    average, square, high = float(law.mean()), float(law.var()), float(law.ppf(0.9))
    reached = float(law.cdf(high))
    found = mean("B1", average), variance("B1", average, square), share("B1", high, reached, f"share at most {high:g}")
    return Case(title, told, source, _column("A", formulas) | {"B1": f"=SUM(A1:A{len(formulas)})"}, found)


def sum_of_binomials() -> Case:
    formulas = [f"=MC.BINOMIAL({n},0.3)" for n in (5, 12, 20)]
    told = "`=SUM(A1:A3)` of `MC.BINOMIAL(5,0.3)`, `(12,0.3)`, `(20,0.3)`"
    return _counts("Sum of binomials", formulas, stats.binom(37, 0.3), told, "binomial, n = 37")


def sum_of_poissons() -> Case:
    formulas = [f"=MC.POISSON({rate})" for rate in (0.5, 2, 4.5)]
    told = "`=SUM(A1:A3)` of `MC.POISSON(0.5)`, `(2)`, `(4.5)`"
    return _counts("Sum of Poisson counts", formulas, stats.poisson(7), told, "Poisson, mean 7")


def largest_of_uniforms() -> Case:
    n = 5
    average, square = n / (n + 1), n / ((n + 1) ** 2 * (n + 2))
    cells = _column("A", ["=MC.UNIFORM(0,1)"] * n) | {"B1": f"=MAX(A1:A{n})"}
    found = (
        mean("B1", average),
        variance("B1", average, square),
        share("B1", 0.5 ** (1 / n), 0.5, "share under exact median"),
    )
    return Case("Largest of uniforms", "`=MAX(A1:A5)` of `MC.UNIFORM(0,1)`", "beta(5, 1)", cells, found)


def random_walk() -> Case:
    steps = 50
    cells = _column("A", ["=2*MC.BERNOULLI(0.5)-1"] * steps)
    cells |= _column("B", ["=A1", *(f"=B{i - 1}+A{i}" for i in range(2, steps + 1))])
    cells |= {"C1": f"=B{steps}", "C2": f"=ABS(B{steps})", "C3": f"=MAX(0,B1:B{steps})"}
    k = np.arange(steps + 1)
    chances = stats.binom.pmf(k, steps, 0.5)
    distance = float(chances @ np.abs(2 * k - steps))
    # The reflection principle: P(max >= r) = P(S >= r) + P(S > r).
    ends = 2 * k - steps
    highest = sum(float(chances[ends >= r].sum() + chances[ends > r].sum()) for r in range(1, steps + 1))
    found = (
        mean("C1", 0.0),
        variance("C1", 0.0, float(steps)),
        mean("C2", distance, "mean distance"),
        mean("C3", highest, "mean of the highest point"),
    )
    told = "fifty steps `=2*MC.BERNOULLI(0.5)-1`, summed row by row; `=ABS(B50)`, `=MAX(0,B1:B50)`"
    return Case("Random walk", told, "binomial end; the reflection principle", cells, found)


CASES = (
    sum_of_normals, sum_of_correlated_normals, product_of_lognormals, project_chain, newsvendor, european_call,
    geometric_asian, compound_poisson, sum_of_binomials, sum_of_poissons, largest_of_uniforms, random_walk,
)  # fmt: skip
