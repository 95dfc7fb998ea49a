"""Native code against the reference backend on the same draws: numbers to 1e-12, errors and truth values exactly."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import openpyxl
import pytest

import compute
from compute import distributions
from compute.backends.native import NativeMachine
from compute.backends.reference import BlockResult
from compute.sampling import sampler

Build = Callable[[Mapping[str, Mapping[str, object]]], Path]
LANES = 512
DRAWS = {
    "A1": "=_xldudf_MC_NORMAL(100,10)",
    "A2": "=_xldudf_MC_UNIFORM(-2,2)",
    "A3": "=_xldudf_MC_BERNOULLI(0.3)",
    "A4": "=_xldudf_MC_TRIANGULAR(0,3,12)",
    "A5": "=_xldudf_MC_LOGNORMAL(50,20)",
    "A6": "=_xldudf_MC_EXPONENTIAL(4)",
}
FIXED = {
    **{f"D{i}": i * 10 for i in range(1, 31)},
    **{f"E{i}": i * i for i in range(1, 31)},
    **{f"F{i}": [0.5, 1.25, 1.5, 3, 7, 9, 10, 11.5, 12, 40][i - 1] for i in range(1, 11)},
    "G1": "text",
    "G3": True,
    "G4": 2.5,
}
FORMULAS = [
    "=A1+A2",
    "=A1-A2*A4/A5",
    "=A1/A3",
    "=-A2%",
    "=(A2-0.25)^2",
    "=A4^A2",
    "=A2^0.5",
    "=A3^A3",
    "=0.1*3-0.3+A3*0",
    "=(43.1-43.2+A3)+1-A3",
    "=A1>100",
    "=A3=1",
    "=A3<>0",
    "=IF(A1>=100,A2,A4)",
    "=IF(A2,1,2)",
    "=IF(1/A3>0,5,6)",
    "=IFERROR(1/A3,-1)",
    "=ISERROR(SQRT(A2))",
    "=AND(A1>95,A2<1)",
    "=OR(A1>115,A2<-1)",
    "=NOT(A1>100)",
    "=SUM(A1:A6)",
    "=SUM(A1:A6,3,A2)",
    "=SUM(A1:A6,G1:G4)",
    "=PRODUCT(A2:A4)",
    "=MIN(A1:A6)",
    "=MAX(0,A2)",
    "=MAX(A1:A6,A2*100)",
    "=AVERAGE(A1:A6)",
    "=SUMPRODUCT(A1:A6,D1:D6)",
    "=COUNTIF(A1:A6,\">3\")",
    "=SUMIF(A1:A6,\"<=50\",D1:D6)",
    "=ABS(A2)",
    "=SQRT(A4)",
    "=SQRT(A2)",
    "=EXP(A2)",
    "=EXP(A1*10)",
    "=LN(A4)",
    "=LN(A2)",
    "=SIGN(A2)",
    "=INT(A2)",
    "=INT(A3+0.1*3*10)",
    "=POWER(A5,1/3)",
    "=NPV(0.1,A1:A6)",
    "=NPV(A2,A1:A6)",
    "=IRR(H1:H6)",
    "=IRR(A1:A6)",
    "=VLOOKUP(A5,D1:E30,2)",
    "=VLOOKUP(A5,D1:E30,2,TRUE)",
    "=VLOOKUP(INT(A4)*10,D1:E30,2,FALSE)",
    "=MATCH(A4,F1:F10)",
    "=MATCH(INT(A4),F1:F10,0)",
    "=INDEX(E1:E30,MATCH(A5,D1:D30,1))",
    "=INDEX(E1:E30,A4+1)",
    "=INDEX(A1:A6,A3+2)",
    "=INDEX(E1:E30,A2*20)",
    "=INDEX(A1:A6,A2*4)",
    "=INDEX(A1:A6,2,1)",
    "=LOOKUP(A4,F1:F10,D1:D10)",
    "=CHOOSE(A3+1,A1,A2)",
    "=CHOOSE(A4,A1,A2,7)",
    "=A2+TRUE",
    "=(A1>100)*A2",
    "=A1+G2",
]  # fmt: skip


def both(machine: NativeMachine, way: str = "monte_carlo", lanes: int = LANES) -> tuple[BlockResult, BlockResult]:
    source = sampler(way, 7, 4096, [d.stream for d in machine.program.draws])  # type: ignore[arg-type]
    return machine.run(source, 0, lanes), machine.reference.run(source, 0, lanes)


def assert_same(found: BlockResult, expected: BlockResult, tolerance: float = 1e-12) -> None:
    np.testing.assert_array_equal(found.output_codes, expected.output_codes)
    np.testing.assert_array_equal(found.input_codes, expected.input_codes)
    np.testing.assert_allclose(found.inputs, expected.inputs, rtol=tolerance, atol=1e-13)
    np.testing.assert_allclose(found.outputs, expected.outputs, rtol=tolerance, atol=1e-12)


def machine_of(book: Build, cells: Mapping[str, object], outputs: list[str]) -> NativeMachine:
    model = compute.Model.open(book({"S": {**DRAWS, **FIXED, **cells}}), outputs=outputs)
    return NativeMachine(model.program)


FLOWS = {"H1": "=-A1", **{f"H{i}": f"=A{i}+A5*0.4" for i in range(2, 7)}}


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> NativeMachine:
    """All formulas in one workbook, compiled once."""
    cells = {**FLOWS, **{f"B{i + 1}": formula for i, formula in enumerate(FORMULAS)}}
    path = tmp_path_factory.mktemp("book") / "model.xlsx"
    workbook = openpyxl.Workbook()
    workbook.active.title = "S"
    for place, value in {**DRAWS, **FIXED, **cells}.items():
        workbook.active[place] = value
    workbook.save(path)
    return NativeMachine(compute.Model.open(path, outputs=[f"S!B{i + 1}" for i in range(len(FORMULAS))]).program)


@pytest.fixture(scope="module")
def blocks(everything: NativeMachine) -> tuple[BlockResult, BlockResult]:
    return both(everything)


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_formula(everything: NativeMachine, blocks: tuple[BlockResult, BlockResult], formula: str) -> None:
    row = FORMULAS.index(formula)
    found, expected = blocks
    assert not everything.plan.reasons
    np.testing.assert_array_equal(found.output_codes[row], expected.output_codes[row])
    np.testing.assert_allclose(found.outputs[row], expected.outputs[row], rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("way", ["monte_carlo", "latin_hypercube", "sobol"])
def test_every_way_of_sampling(everything: NativeMachine, way: str) -> None:
    assert_same(*both(everything, way, 100))


LEFT = {
    "=A1&A2": "a number that varies",
    "=IF(A3>0,_xldudf_MC_NORMAL(0,1),0)": "draw",
    "=VLOOKUP(A5,E30:D1,2)": "corners",
    "=PRODUCT(INDEX(E1:E3,0),A2)": "INDEX gives",
    "=MIN(IF(A3>0,H9,5),7)": "may hold no number",
    "=SUM(IF(A3>0,G3,A1),7)": "may hold no number",
}  # fmt: skip


@pytest.mark.parametrize("formula", LEFT)
def test_what_is_left_to_the_reference_lies_between_compiled_stages(book: Build, formula: str) -> None:
    cells = {"B1": formula, "B2": "=A1+A2", "B3": "=IFERROR(B1+B2,B2)"}
    machine = machine_of(book, cells, ["S!B1", "S!B2", "S!B3"])
    assert any(LEFT[formula] in reason for reason in machine.plan.reasons.values())
    assert_same(*both(machine))


CHAINS: dict[str, dict[str, object]] = {
    "forwards along a row": {
        "J1": "=A1", **{f"{c}1": f"={p}1*(1+A2/100)" for p, c in zip("JKLMNO", "KLMNOP", strict=True)},
    },
    "backwards down a column": {"J20": "=A1", **{f"J{r}": f"=J{r + 1}*0.9+A2" for r in range(1, 20)}},
    "two rows that need each other": {
        "J1": "=A1", "J2": "=A2",
        **{f"{c}1": f"={p}1+{p}2" for p, c in zip("JKLMNO", "KLMNOP", strict=True)},
        **{f"{c}2": f"={c}1*0.5-{p}2" for p, c in zip("JKLMNO", "KLMNOP", strict=True)},
    },
    "rows of different lengths": {
        **{f"{c}1": f"=A1*COLUMN({c}1)" for c in "J"}, **{f"{c}1": "=$A$1*2" for c in "KLMNOP"},
        **{f"{c}2": f"={c}1+$A$4" for c in "LMN"}, **{f"{c}3": f"=SUM($L$2:$N$2)*{c}1" for c in "KLMNOP"},
    },
    "a range of one cell": {"J1": "=A1+A2", "K1": "=MEDIAN(J1:J1)", "L1": "=NPV(A2,J1:J1)+K1"},
    "powers of one base": {
        **{f"J{r}": f"=(1+$A$2/10)^(D{r}/10-1)" for r in range(1, 31)},
        **{f"K{r}": f"=J{r}+$A$1^E{r}" for r in range(1, 11)},
        **{f"L{r}": f"=K{r}+$A$3^(D{r}/10-1)" for r in range(1, 31)}, **{f"M{r}": f"=$A$5^F{r}" for r in range(1, 11)},
        **{f"N{r}": f"=($A$5-50)^(D{r}/10)" for r in range(1, 31)},
        **{f"O{r}": f"=$A$2^F{r}+(1/$A$3)^D{r}" for r in range(1, 11)},
        **{f"P{r}": f"=(1E-200*$A$1)^(D{r}/10-1)+($A$1*1E100)^(D{r}/10)" for r in range(1, 11)},
        **{f"Q{r}": f"=($A$3-1)^(5-D{r}/10)" for r in range(1, 11)},
        **{f"R{r}": f"=SQRT($A$2)^(D{r}/10)" for r in range(1, 11)},
        **{f"S{r}": f"=($A$1*1E100)^(D{r}/70)+(10^(300*$A$2)/($A$3*2))^(1-D{r}/31)" for r in range(1, 31)},
        **{f"T{r}": f"=$A$2^(D{r}/120)-MAX($A$2,0)^(D{r}/40-1)" for r in range(1, 31)},
        **{f"S{r}": f"=$A$2^(D{r}/10+$A$3)" for r in range(1, 11)},
    },
    "what stands still": {
        **{f"J{r}": f"=SUM($A$1:$A$6)*D{r}+VLOOKUP($A$4,$D$1:$E$30,2)" for r in range(1, 11)},
        **{f"K{r}": f"=J{r}/$A$3+IF($A$2>0,1,SQRT($A$2))" for r in range(1, 11)},
        **{f"L{r}": f"=SUM($J$1:$J$10)+$K$3*D{r}" for r in range(1, 11)},
        **{f"M{r}": f"=IFERROR($K$3,0)+L{r}+L{r}" for r in range(3, 9)},
    },
    "a growing table of sums": {
        **{f"J{r}": f"=A$1*D{r}" for r in range(1, 13)}, **{f"K{r}": f"=SUM(J{r}:J{r + 3})" for r in range(1, 10)},
    },
}  # fmt: skip


@pytest.mark.parametrize("watched", ["all", "last"])
@pytest.mark.parametrize("name", CHAINS)
def test_lines_of_formulas(book: Build, name: str, watched: str) -> None:
    """What is not watched is not written for others to see: it must be kept for those that read it."""
    cells = list(CHAINS[name])
    machine = machine_of(book, CHAINS[name], [f"S!{c}" for c in (cells if watched == "all" else cells[-1:])])
    assert_same(*both(machine))


ORDERS = ["=SUM(1/A3,B2)", "=SUM(B2,1/A3)", "=MAX(1/A3,B2:B3,SQRT(A2))", "=MIN(B2:B3,1/A3)", "=PRODUCT(2,SQRT(A2),B4)"]


@pytest.mark.parametrize("formula", ORDERS)
def test_the_first_error_among_the_arguments_is_the_result(book: Build, formula: str) -> None:
    """Values before ranges and after them: the error that comes first in the text."""
    cells = {"B1": formula, "B2": "=SQRT(A2)", "B3": "=A1", "B4": "=1/A3"}
    machine = machine_of(book, cells, ["S!B1"])
    source = sampler("monte_carlo", 7, 4096, [d.stream for d in machine.program.draws])
    expected = machine.reference.run(source, 0, LANES)
    machine.reference = NotAsked()  # type: ignore[assignment]
    assert len(set(expected.output_codes.ravel().tolist())) == 3
    assert_same(machine.run(source, 0, LANES), expected)


class NotAsked:
    """Stands where the reference backend would be asked for iterations in doubt."""

    def run(self, *asked: object) -> BlockResult:
        raise AssertionError(f"the reference backend was asked for {asked}")


def test_an_error_among_the_iterations_has_its_own_code(book: Build) -> None:
    cells = {"B1": "=1/A3", "B2": "=SQRT(A2)", "B3": "=B1+B2", "B4": "=B2+B1"}
    machine = machine_of(book, cells, ["S!B1", "S!B2", "S!B3", "S!B4"])
    source = sampler("monte_carlo", 7, 4096, [d.stream for d in machine.program.draws])
    expected = machine.reference.run(source, 0, LANES)
    machine.reference = NotAsked()  # type: ignore[assignment]
    assert len(set(expected.output_codes.ravel().tolist())) == 3
    assert_same(machine.run(source, 0, LANES), expected)


def test_numbers_on_the_edge_of_the_fifteenth_digit_are_the_reference_s(book: Build) -> None:
    machine = machine_of(book, {"B1": "=IF(A3*0.1+A3*0.2=A3*0.3,1,2)"}, ["S!B1"])
    assert_same(*both(machine))


def test_any_slice_is_the_same(everything: NativeMachine) -> None:
    machine = everything
    source = sampler("monte_carlo", 7, 4096, [d.stream for d in machine.program.draws])
    whole = machine.run(source, 0, 96)
    for start, stop in ((0, 8), (8, 13), (13, 64), (64, 96)):
        part = machine.run(source, start, stop)
        np.testing.assert_array_equal(part.outputs, whole.outputs[:, start:stop])
        np.testing.assert_array_equal(part.inputs, whole.inputs[:, start:stop])


LAWS = {"normal": "Normal", "lognormal": "LogNormal2", "triangular": "Triangular", "uniform": "Uniform"}


@pytest.mark.parametrize(
    ("name", "lanes"), [("A", 4096), ("B", 512), ("D", 64), pytest.param("C", 256, marks=pytest.mark.sweep)]
)
def test_a_benchmark_model(shared_folder: Path, name: str, lanes: int) -> None:
    folder = shared_folder / "bench" / "models"
    spec = json.loads((folder / f"{name}.json").read_text())
    inputs = {
        f"{i['sheet']}!{i['cell']}": getattr(distributions, LAWS[i["dist"]])(*i["params"]) for i in spec["inputs"]
    }
    outputs = [f"{o['sheet']}!{o['cell']}" for o in spec["outputs"]]
    machine = NativeMachine(compute.Model.open(folder / f"{name}.xlsx", inputs=inputs, outputs=outputs).program)
    found, expected = both(machine, lanes=lanes)
    np.testing.assert_array_equal(found.output_codes, expected.output_codes)
    np.testing.assert_allclose(found.outputs, expected.outputs, rtol=1e-9, atol=1e-6)


def test_truth_values_are_known_to_those_who_are_read_before_them(book: Build) -> None:
    cells: dict[str, object] = {"A1": "=_xldudf_MC_NORMAL(100,10)", "C1": "=A1>95"}
    for row in range(2, 7):
        cells[f"B{row}"] = f"=IF(C{row - 1},A$1*2,A$1-50)+$A$1/7"
        cells[f"C{row}"] = f"=B{row}>180"
    machine = machine_of(book, cells, ["S!B6"])
    assert not machine.plan.reasons
    found, expected = both(machine)
    np.testing.assert_allclose(found.outputs, expected.outputs, rtol=1e-12)
