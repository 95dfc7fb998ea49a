"""XNPV and XIRR in native code against the reference backend on the same draws, and against Excel's own example."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from compute.backends.native import NativeMachine
from compute.backends.reference import BlockResult
from compute.errors import ErrorCode
from tests.compute.backends.native.machines import both, machine_of

RANDOM = np.random.default_rng(20261123)
CELLS: dict[str, object] = {
    "A1": "=_xldudf_MC_NORMAL(0,1)",
    "A2": "=_xldudf_MC_UNIFORM(-0.5,1.5)",
    "A3": "=_xldudf_MC_BERNOULLI(0.5)",
    "A4": "=_xldudf_MC_TRIANGULAR(0,300,1200)",
    "A5": "=1/A3",
    # The example of Excel's page on XIRR and XNPV, every flow a little uncertain.
    **{f"B{i}": f"={flow}*(1+A$1/50)" for i, flow in enumerate([-10000, 2750, 4250, 3250, 2750], 1)},
    **{f"C{i}": day for i, day in enumerate([39448, 39508, 39751, 39859, 39904], 1)},
    **{f"E{i}": flow for i, flow in enumerate([-10000, 2750, 4250, 3250, 2750], 1)},
    # The first flow of either sign, so that some iterations have no rate.
    **{f"D{i}": f"={i * 100}+A$1*{(-1) ** i * 700}" for i in range(1, 6)},
    # Forty flows, in days of the order of their making but for the first.
    **{f"F{i}": f"={-90000 if i == 1 else i * 117}+A$4*{0.3 + i % 7}" for i in range(1, 41)},
    **{f"G{i}": 44000 + int(d) for i, d in enumerate([0, *RANDOM.integers(1, 5000, 39)], 1)},
    # Dates that vary, with parts of a day; some before the first.
    **{f"H{i}": f"=C{i}+A$4*{(i > 1) * 0.77}" for i in range(1, 6)},
    **{f"I{i}": f"=C{i}+A$1*{(i == 2) * 60}" for i in range(1, 6)},
    # An error, in the flows and in the dates, in half the iterations.
    **{f"J{i}": f"=B{i}+0*A5" if i == 3 else f"=B{i}" for i in range(1, 6)},
    **{f"K{i}": f"=C{i}+0*SQRT(A$1)" if i == 4 else f"=C{i}+0*A$1" for i in range(1, 6)},
    # Two rates, or none.
    **{f"L{i}": f"={flow}+A$1*3" for i, flow in enumerate([-1000, 2550, -1620], 1)},
    **{f"M{i}": day for i, day in enumerate([40000, 40365, 40730], 1)},
    **{f"P{i}": i * 9 - 11 for i in range(1, 6)},
    **{f"N{i}": v for i, v in enumerate([-1000, 600, 700, None, "x"], 1)},
}  # fmt: skip
NATIVE = [
    "=XIRR(B1:B5,C1:C5)", "=XIRR(B1:B5,C1:C5,0.1)", "=XNPV(0.09,B1:B5,C1:C5)", "=XNPV(A2,B1:B5,C1:C5)",
    "=XIRR(B1:B5,C1:C5,A2)", "=XIRR(B1:B5,C1:C5,A1)", "=XIRR(B1:B5,C1:C5,-1+0*A1)", "=XIRR(B1:B5,C1:C5,A5)",
    "=XIRR(D1:D5,C1:C5)", "=XIRR(D1:D5,C1:C5,-0.5)", "=XIRR(D1:D5,C1:C5,A2)", "=XNPV(0.2,D1:D5,C1:C5)",
    "=XIRR(F1:F40,G1:G40)", "=XIRR(F1:F40,G1:G40,A2)", "=XNPV(A3/7,F1:F40,G1:G40)", "=XNPV(0.05+A4/1E5,F1:F40,G1:G40)",
    "=XIRR(B1:B5,H1:H5)", "=XNPV(0.1,B1:B5,H1:H5)", "=XIRR(B1:B5,I1:I5)", "=XNPV(0.1,B1:B5,I1:I5)",
    "=XIRR(B1:B5,I1:I5,A5)", "=XNPV(A5,B1:B5,I1:I5)", "=XIRR(J1:J5,C1:C5)", "=XNPV(0.1,J1:J5,C1:C5)",
    "=XIRR(J1:J5,K1:K5)", "=XNPV(0.1,J1:J5,K1:K5)", "=XNPV(SQRT(A1),J1:J5,C1:C5)", "=XIRR(J1:J5,K1:K5,SQRT(A1))",
    "=XIRR(L1:L3,M1:M3)", "=XIRR(L1:L3,M1:M3,0.5)", "=XIRR(L1:L3,M1:M3,5)", "=XIRR(L1:L3,M1:M3,-0.9)",
    "=XNPV(1E300*A3,B1:B5,C1:C5)", "=XNPV(-A3,B1:B5,C1:C5)", "=XIRR(B1:B5,C1:C5,1E6)", "=XIRR(B1:B5,C1:C5,-0.999999)",
    "=XIRR(A1:A2,M1:M2)", "=XIRR(B2:B2,C2:C2)", "=XNPV(0.1,B2:B2,C2:C2)", "=XIRR(C1:C5,C1:C5,A2)",
    "=XNPV(0.1,B1:B5,P1:P5)", "=XIRR(B1:B5,P1:P5)", "=XNPV(0.1,B2:B5,P2:P5)",
]  # fmt: skip
LEFT = {
    "=XIRR(B1:B4,C1:C5)": "as many dates as flows",
    "=XNPV(A2,N1:N5,C1:C5)": "no numbers",
    "=XIRR(N1:N4,C1:C4,A2)": "no numbers",
    "=XIRR(B1:B5,N1:N5)": "no numbers",
}
"""What stays with the reference backend, and a part of the reason."""


def compiled(path: Path, formulas: list[str]) -> NativeMachine:
    cells = {f"Z{i}": formula for i, formula in enumerate(formulas, 1)}
    return machine_of(path, {**CELLS, **cells}, [f"S!{place}" for place in cells], NativeMachine)


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> NativeMachine:
    return compiled(tmp_path_factory.mktemp("dated") / "flows.xlsx", NATIVE)


@pytest.fixture(scope="module")
def blocks(machine: NativeMachine) -> tuple[BlockResult, BlockResult]:
    return both(machine)


def test_all_are_compiled(machine: NativeMachine) -> None:
    assert not machine.plan.reasons


@pytest.mark.parametrize("formula", NATIVE)
def test_a_formula(blocks: tuple[BlockResult, BlockResult], formula: str) -> None:
    row = NATIVE.index(formula)
    found, expected = blocks
    np.testing.assert_array_equal(found.output_codes[row], expected.output_codes[row])
    np.testing.assert_allclose(found.outputs[row], expected.outputs[row], rtol=1e-12, atol=1e-12)


def test_the_cases_meet_rates_and_errors(blocks: tuple[BlockResult, BlockResult]) -> None:
    """The table above compares nothing unless rates are found in some iterations and errors are met in others."""
    codes = blocks[0].output_codes
    assert (codes == 0).any(axis=1).sum() > 30
    assert (codes != 0).any(axis=1).sum() > 15
    assert {ErrorCode.DIV0, ErrorCode.NUM} <= set(np.unique(codes).tolist())


def test_excel_s_example(tmp_path: Path) -> None:
    """Microsoft's pages on XIRR (0.373362535) and XNPV (2086.65 at 9 %)."""
    machine = compiled(tmp_path / "flows.xlsx", ["=XIRR(E1:E5,C1:C5,0.1+0*A1)", "=XNPV(0.09+0*A1,E1:E5,C1:C5)"])
    found, _ = both(machine)
    assert not machine.plan.reasons
    np.testing.assert_allclose(found.outputs[0], 0.373362535, atol=2e-9)
    np.testing.assert_allclose(found.outputs[1], 2086.65, atol=0.005)


@pytest.mark.parametrize("formula", LEFT)
def test_what_is_not_compiled_says_why_and_is_the_reference_s(tmp_path: Path, formula: str) -> None:
    machine = compiled(tmp_path / "flows.xlsx", [formula, "=A1*2"])
    found, expected = both(machine)
    reasons = list(machine.plan.reasons.values())
    assert len(reasons) == 1
    assert LEFT[formula] in reasons[0]
    np.testing.assert_array_equal(found.output_codes, expected.output_codes)
    np.testing.assert_array_equal(found.outputs[0], expected.outputs[0])
