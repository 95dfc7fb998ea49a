"""Formulas made at random over numbers, truth values and errors: native code gives what the reference backend gives.

Iterations that native code hands over are left out, so that nothing is compared with itself.
"""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from compute.sampling import sampler
from tests.compute.backends.native.machines import Unsettled, machine_of

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
MIXED_CELLS = {
    "Y1": '=IF(A2>0,A1,"")', "Y2": '=IFERROR(1/A3,"n/a")', "Y3": '=CHOOSE(INT(A4/3)+1,A2,"High",A2>0,1/0)',
    "Y4": '=IF(A3=1,"5",TRUE)', "Y5": '=IF(A2>1,"high",IF(A2>0,"Low",A3))', "Y6": "=IF(A3=1,A4)",
    "Y7": '=IF(A2>0,Z3,"x")', "Z1": "High", "Z2": True, "Z4": 2.5, "Z5": '=IF(A3=1,"high","low")', "Z6": "=A2>0",
    "Z7": "=A4",
}  # fmt: skip
MIXED_LEAVES = [*LEAVES, *(f"Y{i}" for i in range(1, 8)), *(f"Z{i}" for i in range(1, 8)), '""', '"high"']
MIXED_RANGES = ["Y1:Y7", "Y2:Y3", "Z1:Z7", "Y1:Z7", "Y1:Y1", "X1:Y4", "Z1:Z4", "Y5:Y6"]
MIXED_FORMS = [
    *FORMS, "ISNUMBER({e})", "ISTEXT({e})", "ISLOGICAL({e})", "ISNONTEXT({e})", "N({e})", "T({e})", "IF({e}={e},{e})",
    'IF({e},{e},"")', 'IFERROR({e},"")', '({e}="")', "ISBLANK({e})", "COUNTA({r})", "SUM({r},{r})", "MAX({r})",
    "INDEX({r},A3+1)", 'COUNTIF({r},"high")', "COUNTIF({r},\"<>high\")", "SUMIF({r},\"high\",{r})", "NPV(0.1,{r})",
    "SUM({r})", "AVERAGE({r})", "COUNT({r})",
    'COUNTIF({r},"<>0")', 'AVERAGEIF({r},"<>0",{r})', "IF(ISNUMBER({e}),{e},{e})",
]  # fmt: skip
Choices = tuple[list[str], list[str], list[str]]
"""What formulas are made of: forms, leaves and ranges."""
PLAIN: Choices = (FORMS, LEAVES, RANGES)
MIXED: Choices = (MIXED_FORMS, MIXED_LEAVES, MIXED_RANGES)


def formula(source: random.Random, depth: int, choices: Choices = PLAIN) -> str:
    """A formula of at most that many levels."""
    forms, leaves, ranges = choices
    if depth == 0 or source.random() < 0.15:
        return source.choice(leaves)
    text = source.choice(forms)
    while "{e}" in text:
        text = text.replace("{e}", formula(source, depth - 1, choices), 1)
    while "{r}" in text:
        text = text.replace("{r}", source.choice(ranges), 1)
    return text


def compiled(path: Path, texts: list[str]) -> Unsettled:
    formulas = {f"B{i + 1}": f"={text}" for i, text in enumerate(texts)}
    return machine_of(path, {**CELLS, **MIXED_CELLS, **formulas}, [f"S!{place}" for place in formulas], Unsettled)


def seeds(many: int) -> list[object]:
    """Two seeds in the default run, all in the sweep."""
    return [pytest.param(s, marks=[] if s < 2 else [pytest.mark.sweep]) for s in range(many)]


@pytest.mark.parametrize("seed", seeds(60))
def test_random_formulas(tmp_path: Path, seed: int) -> None:
    source = random.Random(seed)
    texts = [formula(source, DEPTH) for _ in range(FORMULAS)]
    assert compared(tmp_path / "model.xlsx", texts, seed) > FORMULAS // 2


@pytest.mark.parametrize("seed", seeds(60))
def test_random_formulas_of_several_types(tmp_path: Path, seed: int) -> None:
    source = random.Random(1_000 + seed)
    texts = [formula(source, DEPTH, MIXED) for _ in range(FORMULAS)]
    assert compared(tmp_path / "model.xlsx", texts, seed) > FORMULAS // 2


def compared(path: Path, texts: list[str], seed: int) -> int:
    """How many of the formulas were held against the reference in at least half of the iterations.

    Where a few formulas hand too many iterations over, they are looked for and the others compared without them.
    """
    machine = compiled(path, texts)
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
