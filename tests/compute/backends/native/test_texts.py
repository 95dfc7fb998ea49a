"""Texts in native code against the reference backend: which text, which error, and what is made of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from compute.backends.native import NativeMachine
from compute.backends.reference import BlockResult
from tests.compute.backends.native.machines import both, machine_of, reason_of

REGIONS = ["north", "South", "east", "WEST", "north-east"]
CELLS: dict[str, object] = {
    "A1": "=_xldudf_MC_NORMAL(100,10)",
    "A2": "=_xldudf_MC_UNIFORM(-2,2)",
    "A3": "=_xldudf_MC_BERNOULLI(0.3)",
    "A4": "=_xldudf_MC_TRIANGULAR(0,3,12)",
    # C1 to C20 hold texts that vary, C21 to C24 fixed ones, a number and a blank.
    **{f"C{i}": f'=IF(A$2>{i / 10 - 1},"High",IF(A$2>{i / 10 - 2},"Mid","low"))' for i in range(1, 21)},
    "C21": "High", "C22": "other", "C23": 7,
    **{f"D{i}": REGIONS[i % 5] for i in range(1, 25)},
    **{f"E{i}": f"=A$4*{i}-A$1/10" for i in range(1, 25)},
    **{f"F{i}": i * 3 for i in range(1, 25)},
    **{f"G{i}": f'=D{i}&"/"&C{i}' for i in range(1, 21)},
    # I1: a text that is an error in some iterations; I2: one that reads as a number; I3: HIGH in capitals.
    "I1": '=IF(A3=1,1/0,"Mid")',
    "I2": '=IF(A3=1,"5","07")',
    "I3": '=IF(A2>0,"HIGH","high")',
    "I4": '=CHOOSE(INT(A4/4)+1,"alpha","beta","gamma")',
    "I5": '=IF(A3=1,"High*","low")',
    "I6": '=IF(A2>0,"<>High","<>low")',
    "I7": '=IF(A2>0,">Low","<Mid")',
    "J1": "beta", "J2": "Gamma", "J3": "alpha", "J4": "be*", "J5": "beta",
    "K1": "=A1*1", "K2": "=A1*2", "K3": "=A2*3", "K4": "=A1+4", "K5": "=A1+5",
    "L1": "one", "L2": "two", "L3": "three", "L4": "four", "L5": "five",
    "M1": 1, "M2": 2, "M3": 3, "M4": 4, "M5": 5,
}  # fmt: skip
CHOICES = [
    '=IF(A2>0,"a","b")', '=IF(A2>0,"a","b")=IF(A3=1,"A","c")', "=IF(A3=1,C1,G2)", '=IFERROR(I1,"none")', "=I1",
    '=IFS(A2>1,"x",A2>0,"y")', '=SWITCH(INT(A4),1,"one",2,"two","more")', '=SWITCH(C3,"HIGH",1,"mid",2,3)',
    '=CHOOSE(A4,"a","b","c")', '=IF(C1="high",A1,A2)', "=IF(I1=\"Mid\",1,2)", "=ISERROR(I1)", "=ISTEXT(C1)",
    "=ISNUMBER(A1)", "=ISNUMBER(C1)", "=ISTEXT(I1)", "=ISNUMBER(A1/A3)", "=ISLOGICAL(A1>100)",
]  # fmt: skip
JOINS = [
    '=C1&"-"&C2', '="x"&A3*0&C1', "=LEN(C1&C2&C3)", '=G1="South/high"', "=(A2>0)&C1", "=C1&I1", "=I1&(1/A3)", '=C5&F3',
    '=CONCATENATE(C1," ",D1)', "=CONCAT(C1,C2)", '=LEN(G1&"")', "=C1&J9",
]  # fmt: skip
COMPARISONS = [
    "=C1=C2", "=C1<>C2", "=C1<C2", "=C1<=G1", "=C1>C2", "=C1>=C2", '=C1="HIGH"', '=I3="High"', "=I3=C1", "=I3>C1",
    '=C1=""', "=C1=J9", "=C1<>J9", "=C1>5", "=C1=5", "=C1<>5", "=A1<>C1",
    "=A1<C1", "=A1>=C1", "=C1<(A2>0)", "=C1=(A2>0)", "=I1=C1",
    "=1/A3=C1", "=J9=C1", "=EXACT(I3,C1)", "=SUMPRODUCT((C1:C9=\"High\")*E1:E9)", "=SUMPRODUCT(--(C1:C9=C2:C10))",
]  # fmt: skip
NUMBERS = ["=I2*2", "=I2+I2", "=-I2", "=I2%", "=C1+1", "=VALUE(I2)", "=I1*1", "=SQRT(I2)", "=IF(I2*1>6,1,2)",
           "=SUM(C1:C24)",
           "=SUM(I2,3)", "=AVERAGE(C1:F3)", "=COUNT(C1:C24)", "=COUNTA(C1:C24)", "=MAX(C1:E3)"]  # fmt: skip
FUNCTIONS = [
    "=LEN(C1)", "=LEFT(C1,2)", '=LEFT(C1)="h"', "=UPPER(G3)", "=RIGHT(G1,3)", "=MID(G1,2,3)", '=SEARCH("i",C1)',
    '=ISNUMBER(SEARCH("i",C1))', '=IFERROR(FIND("H",C1),9)', '=SUBSTITUTE(C1,"i","o")', "=TRIM(I4)", "=CODE(I4)",
    "=REPT(C1,2)", "=LEN(I1)", "=EXACT(C1,C2)", "=PROPER(I4)", "=LEN(C1)+LEN(C2)", '=LEFT(C1,A3+1)="m"', "=T(C1)",
]  # fmt: skip
LOOKUPS = [
    "=VLOOKUP(I4,J1:M5,2,FALSE)", "=VLOOKUP(I4,J1:M5,3,FALSE)", "=VLOOKUP(I4,J1:M5,4,FALSE)", "=MATCH(I4,J1:J5,0)",
    "=VLOOKUP(\"gamma\",J1:M5,2,FALSE)", "=VLOOKUP(\"delta\",J1:M5,2,FALSE)", "=INDEX(L1:L5,A4/3+1)",
    "=INDEX(C1:C20,A4+1)", '=INDEX(C1:C20,A4+1)="High"', "=INDEX(K1:K5,MATCH(\"beta\",J1:J5,0))",
    "=XLOOKUP(I4,J1:J5,K1:K5)", "=MATCH(C1,J1:J5,0)", "=IFERROR(MATCH(I1,J1:J5,0),-1)", "=VLOOKUP(2,M1:M5,1)+A1",
    "=LOOKUP(I4,L1:L5,K1:K5)", "=INDEX(L1:L5,MATCH(I4,J1:J5,0))", "=VLOOKUP(A4/3,M1:M5,1)",
    "=HLOOKUP(I4,J1:M5,2,FALSE)",
]  # fmt: skip
CRITERIA = [
    '=COUNTIF(C1:C24,"High")', '=COUNTIF(C1:C24,"high")', '=COUNTIF(C1:C24,"<>high")', '=COUNTIF(C1:C24,"m*")',
    '=COUNTIF(C1:C24,"*o*")', '=COUNTIF(C1:C24,"*h*")', '=COUNTIF(C1:C24,">High")', '=COUNTIF(C1:C24,"<=low")',
    "=COUNTIF(C1:C24,C1)",
    "=COUNTIF(C1:C24,I5)", "=COUNTIF(C1:C24,I6)", "=COUNTIF(C1:C24,I7)", '=COUNTIF(C1:C24,"<>"&C1)',
    "=COUNTIF(C1:C24,J2)",
    '=SUMIF(C1:C24,"High",E1:E24)', '=SUMIF(C1:C24,C2,F1:F24)', '=AVERAGEIF(C1:C24,"Mid",E1:E24)',
    '=AVERAGEIF(C1:C20,"absent",E1:E20)', '=SUMIFS(E1:E24,D1:D24,"south",C1:C24,"High")',
    "=SUMIFS(E1:E24,D1:D24,D1,C1:C24,C2)", '=COUNTIFS(C1:C24,"Mid",E1:E24,">0")',
    '=COUNTIFS(C1:C24,"<>Mid",E1:E24,">"&A2)',
    '=COUNTIFS(D1:D24,"n*",C1:C24,"<>low")', "=COUNTIF(C1:C24,7)", '=COUNTIF(C1:C24,">5")', "=COUNTIF(I1:I1,\"Mid\")",
    "=COUNTIF(I3:I3,\"high\")", "=COUNTIF(D1:D24,C1)", "=COUNTIF(D1:D24,IF(A3=1,\"north\",\"w*\"))",
    "=COUNTIF(G1:G20,G1)",
    '=SUMIF(I3:I4,"HIGH",E1:E2)', '=COUNTIF(E1:E24,"<="&A1)', "=COUNTIF(E1:E24,\"<0\")", "=SUMIF(E1:E24,\">=5\")",
]  # fmt: skip
FORMULAS = [*CHOICES, *JOINS, *COMPARISONS, *NUMBERS, *FUNCTIONS, *LOOKUPS, *CRITERIA]
LEFT = {
    '="x"&A3*0&C1': "a number that varies",
    "=I1&(1/A3)": "a number that varies",
    '=COUNTIF(C1:C24,"*o*")': "do not follow each other",
    '=COUNTIF(C1:C24,"*h*")': "do not follow each other",
    '=LEFT(C1,A3+1)="m"': "LEFT",
    "=SUM(I2,3)": "no number",
    "=HLOOKUP(I4,J1:M5,2,FALSE)": "keys vary",
}
"""What stays with the reference backend, and a part of the reason."""


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> NativeMachine:
    """All formulas in one workbook; which text each of them shows is told by two more."""
    cells = dict(CELLS)
    for i, formula in enumerate(FORMULAS, 1):
        cells |= {f"B{i}": formula, f"Q{i}": f"=IF(ISTEXT(B{i}),LEN(B{i}),0)", f"R{i}": f'=B{i}="High"'}
    outputs = [f"S!{column}{i}" for i in range(1, len(FORMULAS) + 1) for column in "BQR"]
    return machine_of(tmp_path_factory.mktemp("book") / "model.xlsx", cells, outputs, NativeMachine)


@pytest.fixture(scope="module")
def blocks(everything: NativeMachine) -> tuple[BlockResult, BlockResult]:
    return both(everything)


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_formula(everything: NativeMachine, blocks: tuple[BlockResult, BlockResult], formula: str) -> None:
    found, expected = blocks
    at = FORMULAS.index(formula)
    rows = slice(3 * at, 3 * at + 3)
    np.testing.assert_array_equal(found.output_codes[rows], expected.output_codes[rows])
    np.testing.assert_allclose(found.outputs[rows], expected.outputs[rows], rtol=1e-12, atol=0)
    reason = reason_of(everything, 2, at + 1)
    assert (reason is None) == (formula not in LEFT), reason
    if reason is not None:
        assert LEFT[formula] in reason


def test_texts_that_are_outputs_of_a_program_compiled_throughout(tmp_path: Path) -> None:
    """They are no numbers: #VALUE!, but for the iterations in which they are another error."""
    cells = {**{f"A{i}": CELLS[f"A{i}"] for i in range(1, 4)}, "B1": '=IF(A2>0,"x","y")', "B2": '=IF(A3=1,1/0,"z")&B1'}
    machine = machine_of(tmp_path / "model.xlsx", cells, ["S!B1", "S!B2", "S!A1"], NativeMachine)
    assert not machine.plan.reasons
    found, expected = both(machine)
    np.testing.assert_array_equal(found.output_codes, expected.output_codes)
    np.testing.assert_array_equal(np.isnan(found.outputs), np.isnan(expected.outputs))
    assert len(set(found.output_codes[1].tolist())) == 2


def test_texts_handed_on_from_row_to_row(tmp_path: Path) -> None:
    """Two columns that read each other: which texts they may hold is known only after several readings."""
    cells: dict[str, object] = {**{f"A{i}": CELLS[f"A{i}"] for i in range(1, 4)}, "Q1": "w"}
    for i in range(2, 12):
        cells |= {f"P{i}": f'=IF(A$2>D{i},"uu",Q{i - 1})', f"Q{i}": f'=IF(A$1>E{i},"vvv",P{i})', f"D{i}": 2 - i / 8}
        cells[f"E{i}"] = 80 + 7 * (i % 5)
    cells |= {"B1": "=LEN(Q11&P10)", "B2": '=COUNTIF(P2:Q11,"vvv")', "B3": '=COUNTIF(P2:Q11,"w")', "B4": "=P11=Q10"}
    machine = machine_of(tmp_path / "model.xlsx", cells, [f"S!B{i}" for i in range(1, 5)], NativeMachine)
    assert not machine.plan.reasons
    found, expected = both(machine)
    np.testing.assert_array_equal(found.outputs, expected.outputs)
    assert all(len(set(row)) > 1 for row in found.outputs.tolist())
    assert max(line.length for line in machine.plan.lines) == 10


def test_texts_that_grow_out_of_themselves_stay_with_the_reference(tmp_path: Path) -> None:
    cells: dict[str, object] = {**{f"A{i}": CELLS[f"A{i}"] for i in range(1, 4)}, "P1": '=IF(A2>0,"a","b")'}
    cells |= {f"P{i}": f'=P{i - 1}&IF(A$1>{90 + i},"x","yy")' for i in range(2, 30)}
    cells |= {"B1": "=LEN(P29)", "B2": "=A1*A2"}
    machine = machine_of(tmp_path / "model.xlsx", cells, ["S!B1", "S!B2"], NativeMachine)
    found, expected = both(machine, 64)
    np.testing.assert_allclose(found.outputs, expected.outputs, rtol=1e-12)
    assert reason_of(machine, 2, 1) is not None
    assert reason_of(machine, 2, 2) is None


@pytest.mark.parametrize("is_first_alone", [True, False])
def test_every_second_cell_of_a_column(tmp_path: Path, is_first_alone: bool) -> None:
    """Cells of one formula without neighbours are one line, whether they are read from above or from below."""
    cells: dict[str, object] = {**{f"A{i}": CELLS[f"A{i}"] for i in range(1, 5)}}
    for i in range(1, 40, 2):
        cells[f"C{i}"] = f"=A$1*{i}" if i == 1 and is_first_alone else f"=A$1+D{i}"
        cells[f"C{i + 1}"] = f"=C{i}*2-D{i + 1}"
        cells |= {f"D{i}": i * 1.5, f"D{i + 1}": i / 3}
    for i in range(3, 40, 4):
        cells[f"E{i}"] = f"=IF(C{i}>C{i + 1},C{i - 2},E{i - 4 if i > 3 else 90})"
    cells |= {"E90": "=A2", "B1": "=SUM(C1:C40)", "B2": "=E39", "B3": "=SUM(E3:E39)"}
    machine = machine_of(tmp_path / "model.xlsx", cells, ["S!B1", "S!B2", "S!B3"], NativeMachine)
    found, expected = both(machine)
    np.testing.assert_allclose(found.outputs, expected.outputs, rtol=1e-12)
    assert not machine.plan.reasons
    assert max(line.length for line in machine.plan.lines) >= 19
