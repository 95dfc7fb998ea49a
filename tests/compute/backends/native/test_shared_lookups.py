"""Lookups of one key among the same keys: one search, and the same values and errors as each by itself."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from llvmlite import ir

import compute
from compute.backends.native import NativeMachine
from compute.backends.native.emission import Emission
from compute.backends.native.expressions import Cell, Pick, Search
from compute.backends.native.shared_lookups import SharedLookups
from compute.distributions import DUniform
from compute.sampling import sampler

Build = Callable[..., Path]
LANES, COLUMNS = 512, "BCDEFGHI"
KEYS = {
    "even": [10.0 * i for i in range(1, 21)],
    "uneven": [float(i * i) for i in range(1, 21)],
    "few": [1.0, 5.0, 60.0, 70.0],
}
LOOKUPS: dict[str, tuple[str, ...]] = {
    # formulas of column {c}, whose key is in row 2; the keys are in Z, results in AA … AD
    "two columns": ("VLOOKUP({c}2,$Z$1:$AD${n},2)", "VLOOKUP({c}2,$Z$1:$AD${n},3)"),
    "three columns": tuple(f"VLOOKUP({{c}}2,$Z$1:$AD${{n}},{i})" for i in (2, 4, 3)),
    "four columns and the position": (
        *(f"VLOOKUP({{c}}2,$Z$1:$AD${{n}},{i},TRUE)" for i in (2, 3, 4, 5)),
        "MATCH({c}2,$Z$1:$Z${n})",
    ),
    "by several functions": (
        "VLOOKUP({c}2,$Z$1:$AD${n},3)",
        "INDEX($AA$1:$AA${n},MATCH({c}2,$Z$1:$Z${n},1))",
        "LOOKUP({c}2,$Z$1:$Z${n},$AD$1:$AD${n})",
    ),
    "fewer choices than keys": (
        "INDEX($AB$1:$AB$3,MATCH({c}2,$Z$1:$Z${n},1))",
        "INDEX($AA$1:$AA${n},MATCH({c}2,$Z$1:$Z${n},1))",
    ),
    "more choices than keys": ("INDEX($AB$1:$AB$20,MATCH({c}2,$Z$1:$Z$4,1))", "VLOOKUP({c}2,$Z$1:$AB$4,2)"),
    "equal keys": ("VLOOKUP(ROUND({c}2,0),$Z$1:$AD${n},3,FALSE)", "MATCH(ROUND({c}2,0),$Z$1:$Z${n},0)"),
    "equal and next lower": ("VLOOKUP({c}3,$Z$1:$AD${n},3,FALSE)", "VLOOKUP({c}3,$Z$1:$AD${n},3,TRUE)"),
    "one key for all columns": ("VLOOKUP($A$1,$Z$1:$AD${n},3)+{c}2", "VLOOKUP($A$1,$Z$1:$AD${n},2)"),
    "a key of the column before": ("VLOOKUP({p}2,$Z$1:$AD${n},3)", "VLOOKUP({c}2,$Z$1:$AD${n},3)"),
    # "~": not in the last column, which has a turn of the loop without the first of the lookups
    "not in every column": ("~VLOOKUP({c}2,$Z$1:$AD${n},3)", "VLOOKUP({c}2,$Z$1:$AD${n},2)"),
    "a result beside its key": ("{c}2+1", "VLOOKUP({c}4,$Z$1:$AD${n},3)", "VLOOKUP({c}2,$Z$1:$AD${n},2)"),
}


def _cells(formulas: tuple[str, ...], keys: list[float]) -> dict[str, object]:
    cells: dict[str, object] = {"A1": 0.0, "A2": "=A1*2"}
    for i in range(20):
        cells |= {f"{c}{i + 1}": 1.0 + i * 7 % 11 + j * 100 for j, c in enumerate(("AA", "AB", "AC", "AD"))}
    cells |= {f"Z{i}": k for i, k in enumerate(keys, start=1)}
    for i, c in enumerate(COLUMNS):
        cells |= {f"{c}1": i + 0.25, f"{c}2": f"=$A$1*{c}1-20", f"{c}3": f"=ROUND({c}2/10,0)*10"}
        for row, formula in enumerate(formulas, start=4):
            if formula[0] == "~" and c == COLUMNS[-1]:
                continue
            cells[f"{c}{row}"] = "=" + formula.lstrip("~").format(c=c, p=("A" + COLUMNS)[i], n=len(keys))
    return cells


@pytest.mark.parametrize("keys", KEYS)
@pytest.mark.parametrize("name", LOOKUPS)
def test_as_reference(book: Build, name: str, keys: str) -> None:
    """Every value bit for bit and every error, over keys below, among and above those there are."""
    formulas = LOOKUPS[name]
    rows = range(4, 4 + len(formulas))
    model = compute.Model.open(
        book({"S": _cells(formulas, KEYS[keys])}),
        inputs={"S!A1": DUniform(np.linspace(-2, 60, 249).tolist())},
        outputs=[f"S!{c}{r}" for r in rows for c in COLUMNS[: -1 if r == 4 else None]],
    )
    machine = NativeMachine(model.program)
    assert machine.plan.reasons == {}
    source = sampler("monte_carlo", 3, LANES, [d.stream for d in model.program.draws])
    found, expected = machine.run(source, 0, LANES), machine.reference.run(source, 0, LANES)
    np.testing.assert_array_equal(found.output_codes, expected.output_codes)
    np.testing.assert_array_equal(found.outputs, expected.outputs)
    assert expected.output_codes.any()
    assert (expected.output_codes == 0).any()


SEARCHES = {
    # keys of the lookups by number; the choices they ask for; how many searches and how many loads of a row's pair
    "one lookup": (((1, "a"),), 1, 0),
    "two of one key": (((1, "a"), (1, "b")), 1, 8),
    "the same twice": (((1, "a"), (1, "a")), 1, 0),
    "three of one key": (((1, "a"), (1, "b"), (1, "c")), 1, 16),
    "of two keys": (((1, "a"), (2, "a")), 2, 0),
    "of two keys, two each": (((1, "a"), (2, "a"), (2, "b"), (1, "b")), 2, 16),
}


@pytest.mark.parametrize("name", SEARCHES)
def test_one_search_for_each_key(name: str) -> None:
    """What is written for lookups, in the words of LLVM: a floor for each search, a load of two for each pair."""
    asked, searches, loads = SEARCHES[name]
    module = ir.Module("m")
    kind = ir.FunctionType(ir.VoidType(), [ir.VectorType(ir.DoubleType(), 8)] * 2)
    emit = Emission(module, ir.Function(module, kind, "f"), 8)
    keys, choices = np.arange(20.0), {"a": np.arange(20.0), "b": np.arange(20.0) + 1, "c": np.arange(20.0) + 2}
    picks = [
        Pick("number", Search("number", Cell("number", np.array([key])), keys, False), choices[of]) for key, of in asked
    ]

    def place(expression: object) -> int:
        assert isinstance(expression, Cell)
        return int(expression.places[0])

    lookups = SharedLookups(emit, picks, place)
    for pick in picks:
        assert isinstance(pick.position, Search)
        lookups.picked(pick, pick.position, emit.function.args[place(pick.position.key) - 1])
    text = str(emit.function)
    assert text.count("llvm.floor") == searches
    assert text.count("load <2 x double>") == loads
