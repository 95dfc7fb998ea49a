"""The measurements of docs/validation.md, part by part, kept as numbers in ``measured`` beside this file."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from compute.sampling import sampler, stream_key
from raw_stream import ORDERS
from validation import genz, laws, pairs, stream_tests
from validation.case import WAYS, lines
from validation.cases import CASES

MEASURED = Path(__file__).with_name("measured")
LAW_SEEDS, LAW_ITERATIONS = range(1, 101), 1_000_000
STREAM_SEEDS, STREAM_COUNT = range(1, 21), 1 << 20
GENZ_SEEDS, LONG_SEEDS = range(1, 501), range(1_001, 1_101)
STRATA = (1, 2, 3, 1000, 4096, 100_000, 999_983, 1_000_000)
STRATA_DRAWS, STRATA_SEEDS = 5, range(1, 6)


def case_rows(number: int) -> list[dict[str, Any]]:
    """The rows of one analytic case (from 0)."""
    case = CASES[number]()
    return [
        {
            "case": case.title, "statistic": line.statistic.label, "way": way, "exact": line.statistic.exact,
            "ours": line.ours, "error": line.error, "standard_error": line.standard_error,
            "in_standard_errors": line.in_standard_errors, "seeds": [line.seeds[0], line.seeds[-1]],
        }
        for way in WAYS for line in lines(case, number + 1, way)
    ]  # fmt: skip


def measured_cases() -> list[dict[str, Any]]:
    """All analytic cases."""
    return [row for number in range(len(CASES)) for row in case_rows(number)]


def measured_streams() -> dict[str, Any]:
    """The p-values of each order and test."""
    return {
        order: {test: p.tolist() for test, p in stream_tests.p_values(order, STREAM_SEEDS, STREAM_COUNT).items()}
        for order in ORDERS
    }


def measured_genz() -> list[dict[str, Any]]:
    """How the errors of Genz's integrands fall: slopes, their standard errors, last errors and their kurtosis."""
    rows: list[dict[str, Any]] = [{"family": each.name, "difficulty": each.difficulty} for each in genz.INTEGRANDS]
    for source in genz.SOURCES:
        errors = genz.errors(source, GENZ_SEEDS)
        columns = *genz.slopes(errors), genz.root_mean_square(errors)[:, -1], genz.kurtosis(errors)
        for row, *numbers in zip(rows, *columns, strict=True):
            row[source] = dict(zip(("slope", "of slope", "error", "kurtosis"), map(float, numbers), strict=True))
    slow = [each for each in genz.INTEGRANDS if each.name in genz.SLOW]
    late = genz.slopes(genz.errors("sobol", LONG_SEEDS, genz.LONG_SIZES, slow), genz.LONG_SIZES)
    for each, *numbers in zip(slow, *late, strict=True):
        rows[genz.INTEGRANDS.index(each)]["late"] = dict(zip(("slope", "of slope"), map(float, numbers), strict=True))
    return rows


def measured_pairs() -> list[dict[str, Any]]:
    """Correlations among draws that are independent: the largest, and the root mean square times √n."""
    return [
        {"n": n, "draws": draws, **{way: pairs.correlations(way, n, draws) for way in pairs.WAYS}}
        for n in pairs.SIZES
        for draws in pairs.DRAWS
    ]


def strata_off(n: int, draw: int, seed: int) -> int:
    """How many of n strata of a Latin hypercube do not hold exactly one draw."""
    streams = [stream_key("Model", f"B{row}", 0) for row in range(1, STRATA_DRAWS + 1)]
    values = sampler("latin_hypercube", seed, n, streams).uniforms(draw, 0, n)
    return int(np.count_nonzero(np.bincount((values * n).astype(np.intp), minlength=n) != 1))


def measured_strata() -> dict[str, int]:
    """For each number of iterations the strata, over draws and seeds, that do not hold exactly one draw."""
    return {
        str(n): sum(strata_off(n, draw, seed) for draw in range(STRATA_DRAWS) for seed in STRATA_SEEDS) for n in STRATA
    }


def measured_laws() -> dict[str, dict[str, list[float]]]:
    """The p-values of the nine laws by test."""
    found = laws.p_values(LAW_SEEDS, LAW_ITERATIONS)
    return {law: {test: p.tolist() for test, p in tests.items()} for law, tests in found.items()}


PARTS: Mapping[str, Callable[[], Any]] = MappingProxyType(
    {
        "cases": measured_cases,
        "strata": measured_strata,
        "genz": measured_genz,
        "pairs": measured_pairs,
        "streams": measured_streams,
        "laws": measured_laws,
    }
)


def measure(part: str) -> None:
    """Measure one part and keep its numbers."""
    MEASURED.mkdir(exist_ok=True)
    found = json.dumps(PARTS[part](), indent=1)
    (MEASURED / f"{part}.json").write_text(found + "\n", encoding="utf-8")


def kept(part: str) -> Any:
    """The numbers of one part as they were measured last."""
    return json.loads((MEASURED / f"{part}.json").read_text(encoding="utf-8"))
