"""Formulas made at random over numbers, truth values and errors: native code gives what the reference backend gives.

Iterations that native code hands over are left out, so that nothing is compared with itself.
"""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import numpy.typing as npt
import openpyxl
import pytest

import compute
from compute.backends.native import NativeMachine
from compute.backends.reference import BlockResult
from compute.sampling import Sampler, sampler

FORMULAS, LANES, DEPTH = 60, 128, 3
CELLS = {
    "A1": "=_xldudf_MC_NORMAL(100,10)",
    "A2": "=_xldudf_MC_UNIFORM(-2,2)",
    "A3": "=_xldudf_MC_BERNOULLI(0.5)",
    "A4": "=_xldudf_MC_TRIANGULAR(0,3,12)",
    "A5": "=_xldudf_MC_LOGNORMAL(50,20)",
    "A6": "=_xldudf_MC_EXPONENTIAL(4)",
    "X1": "=1/A3",
    "X2": "=SQRT(A2)",
    "X3": "=MATCH(A4,D3:D6)",
    "X4": "=A1-A5",
    "X5": "=A2>0",
    "X6": "=INT(A4)",
    **{f"D{i}": i for i in range(1, 31)},
    **{f"E{i}": i * i for i in range(1, 31)},
}
LEAVES = ["X1", "X2", "X3", "X4", "X5", "X6", "A1", "A2", "A3", "A4", "2", "0.5", "0", "TRUE", "-3"]
RANGES = ["X1:X4", "A1:A4", "X4:X4", "A1:A6", "X2:X3", "D1:D6"]
FORMS = [
    "({e}+{e})", "({e}-{e})", "({e}*{e})", "({e}/{e})", "({e}^{e})", "({e}^2)", "({e}<{e})", "({e}>={e})", "({e}={e})",
    "({e}<>{e})", "IF({e},{e},{e})", "IFERROR({e},{e})", "ISERROR({e})", "AND({e},{e})", "OR({e},{e})", "NOT({e})",
    "SUM({e},{r},{e})", "MAX({e},{r})", "MIN({r},{e})", "PRODUCT({e},{r},{e})", "ABS({e})", "SQRT({e})", "EXP({e})",
    "LN({e})", "SIGN({e})", "INT({e})", "ROUND({e},0)", "ROUND({e},-1)", "TRUNC({e},1)", "MOD({e},{e})",
    "CEILING({e},0.5)", "LARGE({r},2)", "SMALL({r},1)", "MEDIAN({r})", "STDEV.S({r})", "COUNT({r})", "AVERAGE({r})",
    "SUMSQ({r})",
    "PERCENTILE({r},0.3)", 'COUNTIF({r},">0")', 'SUMIF({r},"<=3")', 'AVERAGEIF({r},">1")', "VLOOKUP({e},D1:E30,2,TRUE)",
    "VLOOKUP({e},D1:E30,2,FALSE)", "INDEX(E1:E30,{e})", "CHOOSE({e},{e},{e})", "IFS({e},{e},TRUE,{e})",
    "SWITCH({e},1,{e},0,{e},{e})", "NPV({e},{r})", "IRR({r})", "PMT({e},12,{e})", "SUMPRODUCT(X1:X4,D1:D4)",
]  # fmt: skip


def formula(source: random.Random, depth: int) -> str:
    """A formula of at most that many levels."""
    if depth == 0 or source.random() < 0.15:
        return source.choice(LEAVES)
    text = source.choice(FORMS)
    while "{e}" in text:
        text = text.replace("{e}", formula(source, depth - 1), 1)
    while "{r}" in text:
        text = text.replace("{r}", source.choice(RANGES), 1)
    return text


class Unsettled(NativeMachine):
    """Leaves the doubted iterations as native code made them, and tells which they are."""

    doubted: npt.NDArray[np.bool_]

    def _settle(self, result: BlockResult, doubted: npt.NDArray[np.bool_], sampler: Sampler) -> None:
        self.doubted = doubted.copy()


def machine_of(path: Path, texts: list[str]) -> Unsettled:
    workbook = openpyxl.Workbook()
    workbook.active.title = "S"
    for place, value in {**CELLS, **{f"B{i + 1}": f"={text}" for i, text in enumerate(texts)}}.items():
        workbook.active[place] = value
    workbook.save(path)
    return Unsettled(compute.Model.open(path, outputs=[f"S!B{i + 1}" for i in range(len(texts))]).program)


def seeds(many: int) -> list[object]:
    """Two seeds in the default run, all in the sweep."""
    return [pytest.param(s, marks=[] if s < 2 else [pytest.mark.sweep]) for s in range(many)]


@pytest.mark.parametrize("seed", seeds(60))
def test_random_formulas(tmp_path: Path, seed: int) -> None:
    source = random.Random(seed)
    texts = [formula(source, DEPTH) for _ in range(FORMULAS)]
    assert compared(tmp_path / "model.xlsx", texts, seed) > FORMULAS // 2


def compared(path: Path, texts: list[str], seed: int) -> int:
    """How many of the formulas were held against the reference in at least half of the iterations.

    Where a few formulas hand too many iterations over, they are looked for and the others compared without them.
    """
    machine = machine_of(path, texts)
    draws = sampler("monte_carlo", seed, 4096, [d.stream for d in machine.program.draws])
    found, expected = machine.run(draws, 0, LANES), machine.reference.run(draws, 0, LANES)
    kept = ~machine.doubted
    for row, text in enumerate(texts):
        np.testing.assert_array_equal(found.output_codes[row, kept], expected.output_codes[row, kept], err_msg=text)
        np.testing.assert_allclose(
            found.outputs[row, kept], expected.outputs[row, kept], rtol=1e-10, atol=1e-10, err_msg=text
        )
    if kept.mean() >= 0.5:
        return len(texts)
    half = len(texts) // 2
    return 0 if half == 0 else compared(path, texts[:half], seed) + compared(path, texts[half:], seed)
