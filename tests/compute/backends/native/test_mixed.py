"""Cells of one type in some iterations and of another in others: native code against the reference backend."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from compute.backends.native import NativeMachine
from compute.backends.reference import BlockResult
from tests.compute.backends.native.machines import Unsettled, both, machine_of, reason_of

CELLS: dict[str, object] = {
    "A1": "=_xldudf_MC_NORMAL(100,10)",
    "A2": "=_xldudf_MC_UNIFORM(-2,2)",
    "A3": "=_xldudf_MC_BERNOULLI(0.3)",
    "A4": "=_xldudf_MC_TRIANGULAR(0,3,12)",
    # C: a number or the empty text; D: rows of a schedule that ends; E: of every type in turn.
    **{f"C{i}": f'=IF(A$2>{i / 5 - 2},A$1*{i},"")' for i in range(1, 21)},
    "D1": "=IF(A4>1,1,\"\")", **{f"D{i}": f'=IF(D{i - 1}="","",IF(D{i - 1}>=A$4,"",D{i - 1}+1))' for i in range(2, 13)},
    "E1": '=CHOOSE(INT(A4/3)+1,A2,"High",A2>0,1/0)',
    "E2": '=IF(A3=1,"5",A2)', "E3": "=IF(A2>0,TRUE,0)", "E4": "=IF(A2>0,A1)", "E5": '=IFERROR(1/A3,"n/a")',
    "E6": '=IF(A2>0,G8,"")', "E7": '=IF(A2>1,"high",IF(A2>0,"Low",A3))', "E8": '=IF(A2>1,1/0,IF(A2>0,"",7))',
    "E9": '=IF(A3=1,A4,"-")',
    # F: fixed cells of all kinds, F5 is blank; G likewise, with what varies among it.
    "F1": 3, "F2": "High", "F3": True, "F4": 5.5, "F6": "", "F7": 2, "F8": -9,
    "G1": 1, "G2": "text", "G3": False, "G4": "=A1", "G5": '=IF(A2>0,"x","y")', "G6": "=A2>0", "G7": "=C1",
    **{f"H{i}": f"=F{i}" for i in range(1, 8)},
    **{f"I{i}": f"=G{i}" for i in range(1, 9)},
    **{f"J{i}": f'=IF($A$3=1,F{i},"none")' for i in range(1, 8)},
    **{f"K{i}": i for i in range(1, 21)},
    **{f"L{i}": f'=IF(C{i}="",0,C{i})' for i in range(1, 21)},
    **{f"M{i}": f'=IF(ISNUMBER(D{i}),K{i}*2,"")' for i in range(1, 13)},
    **{f"N{i}": f'=IF(A$2>{i / 5 - 2},"High",IF(A$3=1,A$1,{i}))' for i in range(1, 11)},
}  # fmt: skip
MADE = [
    *[f"=E{i}" for i in range(1, 10)], *[f"=I{i}" for i in range(1, 9)], "=H2", "=J1", "=J2", "=J3", "=J5", "=D5",
    "=D9",
    '=IF(C5="",E7,C5)', '=IFERROR(E1,"oops")', "=IFERROR(E8,E1)", '=IFS(A2>1,"x",A2>0,5,TRUE,A3=1)',
    '=SWITCH(A3,1,"one",0,A1)', '=CHOOSE(A3+1,A1,"b")', "=IF(A3=1,E1,E2)", "=IF(E3,1,2)", "=IF(E1,1,2)",
    '=IF(A2>0,,"x")', "=IF(A2>0,A1,F5)", "=IF(E6=0,1,2)", "=+E1", "=IFERROR(E1,F2)", '=IF(A2>0,5,"")&""',
]  # fmt: skip
NUMBERS = [
    "=E1+1", "=E2*2", "=E2+E2", "=-E3", "=E4*2", "=E5+1", "=E6+1", "=E7%", "=SQRT(E2)", "=E9-A4", "=C1/C2",
    "=ROUND(E1,1)",
    "=MAX(E2,E3)", "=N(E1)", "=N(E3)", "=N(E5)", "=N(C3)+N(C4)", "=T(E7)", "=T(E1)", "=IFERROR(E1+0,-1)",
    "=E2^2", "=ABS(E4)", "=INT(E9)",
]  # fmt: skip
COMPARED = [
    *[f"=E{i}{operator}{other}" for i in (1, 3, 6, 7, 8) for operator in ("=", "<>", "<", ">=")
      for other in ('""', "0", '"HIGH"', "TRUE", "E2", "F5")],
    "=C5=C6", "=C5<C6", "=E7>E1", "=E7<=G5", "=G6=E3", "=A1>(A2>0)", "=(A2>0)=TRUE", "=E2=5", '=E2="5"', '=E9="-"',
    "=E7=G5", "=H3=TRUE", '=J2="high"', "=0<E6", '=""=E6', "=E5=1", "=A2=E2",
]  # fmt: skip
ASKED = [
    *[f"=IS{what}(E{i})" for what in ("NUMBER", "TEXT", "LOGICAL", "ERROR", "BLANK", "NONTEXT") for i in (1, 3, 6, 8)],
    "=ISNUMBER(C7)", "=ISBLANK(G8)", "=ISBLANK(A1)", "=ISNUMBER(F3)", "=ISTEXT(H2)", "=ISLOGICAL(H3)", "=ISNUMBER(H5)",
    "=NOT(E3)", "=AND(E3=TRUE,A3=1)", "=OR(E3,A3=1)", "=AND(G5,A3=1)", "=ISNUMBER(E1+1)",
]  # fmt: skip
RANGES = [
    "=SUM(C1:C20)", "=SUM(C1:C4,A1,5)", "=AVERAGE(C1:C20)", "=AVERAGE(C18:C20)", "=AVERAGE(C1:C3,A1)", "=COUNT(C1:C20)",
    "=COUNTA(C1:C20)", "=MIN(C1:C20)", "=MAX(C19:C20)", "=MIN(C1:C5,K1)", "=MAX(C1:D12)", "=SUM(D1:D12)", "=SUM(E2:E7)",
    "=SUM(E1:E8)", "=AVERAGE(E2:E7)", "=COUNT(E1:E8)", "=SUM(F1:F7)", "=SUM(G1:G7)", "=SUM(G1:G8,H1:H7)", "=MAX(G1:G7)",
    "=SUM(H1:I7)", "=COUNT(H1:I7)", "=COUNT(J1:J7)", "=AVERAGE(J1:J7)", "=SUM(C1)", "=SUM(C1,C2)", "=MAX(C19)",
    "=SUMPRODUCT(C1:C20,K1:K20)", "=SUMPRODUCT(E2:E7,K2:K7)", "=NPV(0.1,C1:C20)", "=NPV(A2,D1:D12)",
    "=NPV(A2/10,E1:E8)", "=NPV(0.05,G1:G8)", "=NPV(0.1,F1:F7)*A1", "=IRR(L1:L20)", "=IRR(G1:I1,A3-2)",
    "=IRR(F1:F8,A2*5)", "=PRODUCT(C1:C3)", "=PRODUCT(G1:G4)",
    "=MEDIAN(C1:C20)", "=STDEV(G1:G4)", "=LARGE(C1:C20,2)", "=SUM(IF(A3=1,C1,0),1)", "=SUM(E2)", "=COUNT(E3)",
    '=SUMPRODUCT((C1:C20<>"")*K1:K20)', '=SUMPRODUCT(--(D1:D12=""))', "=SUMPRODUCT((D1:D12>2)*(K1:K12))",
    "=COUNTBLANK(C1:C20)", "=SUMSQ(C1:C5)", "=SUM(M1:M12)", "=SUM(N1:N10)", "=COUNT(E5:E5)",
]  # fmt: skip
CRITERIA = [
    '=COUNTIF(C1:C20,"<>0")', '=COUNTIF(G1:G8,"<>1")', '=SUMIF(L1:L20,"<>0",K1:K20)', '=COUNTIF(E3:E9,"<>"&A3)',
    '=AVERAGEIF(C1:C20,">300",N1:N20)', '=AVERAGEIF(L1:L10,"<>0",N1:N10)', '=COUNTIFS(K1:K20,"<9",L1:L20,"<>0")',
    '=SUMIF(E5:E8,"<>7",K5:K8)', '=COUNTIF(E2:E2,"<>5")', "=AVERAGEIF(F1:F7,\"<9\",C1:C7)",
    '=AVERAGEIF(C19:C20,">0",E5:E6)',
    '=COUNTIF(C1:C20,">0")', '=COUNTIF(C1:C20,">"&A4*90)', "=SUMIF(C1:C20,\">500\")", "=SUMIF(K1:K20,\">5\",C1:C20)",
    "=SUMIF(C1:C20,\">100\",K1:K20)", '=AVERAGEIF(K1:K20,"<9",C1:C20)', '=COUNTIF(N1:N10,"High")',
    '=COUNTIF(N1:N10,"<>High")', '=SUMIF(N1:N10,"high",C1:C10)', "=SUMIF(N1:N10,3,K1:K10)", "=COUNTIF(N1:N10,A1)",
    '=COUNTIF(C1:C20,"")', '=COUNTIF(E1:E8,"h*")', "=COUNTIF(E2:E2,5)", '=COUNTIFS(N1:N10,"High",C1:C10,">300")',
    '=COUNTIF(C1:C20,"<>")', "=COUNTIF(E3:E3,TRUE)", "=SUMIFS(C1:C10,K1:K10,\">2\",N1:N10,\"High\")",
    '=MAXIFS(C1:C10,K1:K10,">3")', '=COUNTIF(F1:G7,"High")',
]  # fmt: skip
LOOKED_UP = [
    "=INDEX(C1:C20,3)", "=INDEX(C1:C20,A4+1)", "=INDEX(F1:F7,A4/2+1)", "=INDEX(F1:G7,2,1)", "=INDEX(I1:I8,A4/2+1)",
    "=VLOOKUP(A4,K1:L7,2)", '=IFERROR(INDEX(D1:D12,A4+1),"none")', "=VLOOKUP(INT(A4)+1,K1:N7,4,FALSE)",
    "=INDEX(E1:E8,3)", "=CHOOSE(E3+1,1,2)", "=VLOOKUP(C1,K1:L7,2)", "=MATCH(C1,K1:K20)", "=INDEX(G1:G8,A4/2+1)",
]  # fmt: skip
FORMULAS = [*MADE, *NUMBERS, *COMPARED, *ASKED, *RANGES, *CRITERIA, *LOOKED_UP]
LEFT: dict[str, str] = {
    '=IF(A2>0,5,"")&""': "joins a number that varies",
    "=OR(E3,A3=1)": "skip texts in cells",
    "=AND(G5,A3=1)": "skip texts in cells",
    "=SUM(IF(A3=1,C1,0),1)": "may hold no number",
    "=PRODUCT(C1:C3)": "in some iterations alone",
    "=IRR(L1:L20)": "in some iterations alone",
    "=MEDIAN(C1:C20)": "in some iterations alone",
    "=LARGE(C1:C20,2)": "in some iterations alone",
    "=SUMSQ(C1:C5)": "in some iterations alone",
    '=COUNTIF(E2:E2,"<>5")': "may read as the number",
    '=MAXIFS(C1:C10,K1:K10,">3")': "in some iterations alone",
    "=COUNTBLANK(C1:C20)": "COUNTBLANK",
    '=COUNTIF(C1:C20,"")': "about blanks",
    '=COUNTIF(C1:C20,"<>")': "about blanks",
    "=COUNTIF(E2:E2,5)": "may read as the number",
    "=COUNTIF(E3:E3,TRUE)": "no comparison with a number",
    '=COUNTIF(F1:G7,"High")': "in some iterations alone",
    "=VLOOKUP(C1,K1:L7,2)": "looks up",
    "=MATCH(C1,K1:K20)": "looks up",
    "=INDEX(G1:G8,A4/2+1)": "texts and others",
}  # fmt: skip
"""What stays with the reference backend, and a part of the reason."""


@pytest.fixture(scope="module")
def handed(tmp_path_factory: pytest.TempPathFactory) -> NativeMachine:
    """All formulas, each read by two that are the reference backend's: which type it has, and which text."""
    cells = dict(CELLS)
    for i, formula in enumerate(FORMULAS, 1):
        cells |= {f"B{i}": formula, f"Q{i}": f"=TYPE(B{i})", f"R{i}": f'=IF(ISNUMBER(B{i}),0,CODE(B{i}&" ")+LEN(B{i}))'}
    outputs = [f"S!{column}{i}" for i in range(1, len(FORMULAS) + 1) for column in "BQR"]
    return machine_of(tmp_path_factory.mktemp("book") / "model.xlsx", cells, outputs, Unsettled)


@pytest.fixture(scope="module")
def blocks(handed: Unsettled) -> tuple[BlockResult, BlockResult]:
    made = both(handed)
    assert handed.doubted.mean() < 0.05
    return made


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_formula(handed: Unsettled, blocks: tuple[BlockResult, BlockResult], formula: str) -> None:
    at = FORMULAS.index(formula)
    same(*blocks, slice(3 * at, 3 * at + 3), ~handed.doubted)
    reason = reason_of(handed, 2, at + 1)
    assert (reason is None) == (formula not in LEFT), reason
    if reason is not None:
        assert LEFT[formula] in reason


def same(found: BlockResult, expected: BlockResult, rows: slice, kept: npt.NDArray[np.bool_]) -> None:
    np.testing.assert_array_equal(found.output_codes[rows, kept], expected.output_codes[rows, kept])
    np.testing.assert_allclose(found.outputs[rows, kept], expected.outputs[rows, kept], rtol=1e-12, atol=0)


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Unsettled, BlockResult, BlockResult]:
    """Those that are compiled, as outputs of a program that is compiled throughout."""
    compiled = [f for f in FORMULAS if f not in LEFT]
    cells = CELLS | {f"B{i}": formula for i, formula in enumerate(compiled, 1)}
    path = tmp_path_factory.mktemp("book") / "model.xlsx"
    machine = machine_of(path, cells, [f"S!B{i}" for i in range(1, len(compiled) + 1)], Unsettled)
    return machine, *both(machine)


def test_outputs_of_a_program_compiled_throughout(outputs: tuple[Unsettled, BlockResult, BlockResult]) -> None:
    machine, found, expected = outputs
    assert not machine.plan.reasons
    same(found, expected, slice(None), ~machine.doubted)
    assert machine.doubted.mean() < 0.05


def test_texts_and_truth_values_are_no_errors(tmp_path: Path) -> None:
    """A mixed output alone does not make the kernel run a second time, which tells errors apart."""
    cells = {"A2": CELLS["A2"], "B1": '=IF(A2>0,A2,"")', "B2": "=IF(A2>0,A2,TRUE)", "B3": '=IF(A2>0,1/(A2>1),"")'}
    for outputs, is_run_again in ((["S!B1", "S!B2"], False), (["S!B1", "S!B3"], True)):
        machine = machine_of(tmp_path / "model.xlsx", cells, outputs, Unsettled)
        same(*both(machine), slice(None), ~machine.doubted)
        assert (machine._exact is not None) == is_run_again
