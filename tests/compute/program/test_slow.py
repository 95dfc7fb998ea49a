"""What inspect says of formulas that are not computed for all iterations at once."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

import compute.functions
from compute.functions import REGISTRY
from compute.functions.common_arguments import COMMON_ARGUMENTS, COUNTED_ALIKE
from compute.functions.fallback import refusal
from compute.program.slow import MOVING, PER_ELEMENT, PLAIN, TEXT_BUILT, SlowPath, slow_paths
from compute.runners import Model
from compute.workbook import build_workbook

DRAWS = {"A1": "=MC.UNIFORM(0,3)", "A2": "=INT(A1)", **{f"B{i}": i for i in range(1, 7)}}
"""A1 and A2 are uncertain, B1:B6 are not."""


class Cell:
    format = None

    def __init__(self, cell: str, typed: Any) -> None:
        self.cell, self.input = cell, typed


class Sheet:
    name = "Sheet1"

    def __init__(self, cells: dict[str, Any]) -> None:
        self.cells = [Cell(*pair) for pair in cells.items()]


class Snapshot:
    names = ()

    def __init__(self, cells: dict[str, Any]) -> None:
        self.sheets = [Sheet(cells)]


def found(cells: dict[str, Any]) -> list[SlowPath]:
    model = Model.open(build_workbook(Snapshot(DRAWS | cells)), outputs=["Sheet1!D1"])
    return [p for p in slow_paths(model.program) if "Sheet1!A2" not in p.cells]


CASES = [
    ("=OFFSET(B1,A2,0)", [("OFFSET", MOVING)]),
    ("=SUM(OFFSET(B1,0,0,A2+1,1))", [("OFFSET", MOVING)]),
    ('=INDIRECT("B"&A2+1)', [("INDIRECT", MOVING), ("&", TEXT_BUILT)]),
    ("=SUM(B1:INDEX(B1:B6,A2+1))", [("a range", MOVING)]),
    ("=INDEX(B1:B6,A2+1)", []),
    ("=A1+OFFSET(B1,1,0)", []),
    ('=A1+LEN("x"&B1)', []),
    ('=LEN("x"&A1)', [("LEN", PLAIN), ("&", TEXT_BUILT)]),
    ('=LEN("x"&INDIRECT("A1"))', [("LEN", PLAIN), ("&", TEXT_BUILT)]),
    ('=VALUE(TEXT(A1,"0.00"))', [("TEXT", TEXT_BUILT)]),
    ('=A1+LEN(TEXT(B1,"0"))', []),
    ("=LEN(CONCAT(A1,B1))", [("LEN", PLAIN), ("CONCAT", TEXT_BUILT)]),
    ("=COMBIN(A2+3,2)", [("COMBIN", PLAIN)]),
    ("=SUBTOTAL(A2+1,B1:B6)", [("SUBTOTAL", "its function_num is uncertain: computed again for each value")]),
    ("=A1+SUBTOTAL(9,B1:B6)", []),
    ("=SUM(SEQUENCE(A2+1,A2+2))", [("SEQUENCE", "its rows and columns are uncertain: computed again for each value")]),
    ("=XLOOKUP(A2,B1:B6,B1:B6,0)", []),
    ("=XLOOKUP(A2,B1:B6,B1:B6,0,A2-1)",
     [("XLOOKUP", "its match_mode is uncertain: computed again for each value")]),
    ("=SUM(MAP(B1:B6,LAMBDA(x,x*A1)))", [("MAP", PER_ELEMENT)]),
    ("=SUM(A1*B1:B6)", []),
    ("=ROUND(A1,A2)+IF(A1>1,VLOOKUP(A1,B1:B6,1),0)", []),
]  # fmt: skip


@pytest.mark.parametrize(("formula", "expected"), CASES, ids=[c[0] for c in CASES])
def test_what_leaves_the_vectorised_path_is_named(formula, expected):
    paths = found({"D1": formula})
    assert sorted((p.feature, p.reason) for p in paths) == sorted(expected)
    assert all(p.cells == ("Sheet1!D1",) for p in paths)


def test_a_circle_and_the_cells_that_share_a_reason(book):
    import openpyxl

    path = book({"S": {"A1": "=MC.UNIFORM(0,3)", "D1": "=A1+0.5*D2", "D2": "=D1*0.5", "E1": "=OFFSET(A1,A1,0)"}})
    workbook = openpyxl.load_workbook(path)
    workbook.calculation.iterate = True
    workbook["S"]["E2"] = "=OFFSET(A1,A1,1)"
    workbook.save(path)
    said = [str(p) for p in slow_paths(Model.open(path, outputs=["S!D1", "S!E1", "S!E2"]).program)]
    assert said == [
        "circle at S!D1, S!D2: formulas in a ring: computed in rounds, until every iteration stands still",
        f"OFFSET at S!E1, S!E2: {MOVING}",
    ]


def test_inspect_lists_them(tmp_path, capsys):
    from compute.cli import main

    path = tmp_path / "book.xlsx"
    cells = DRAWS | {"D1": '=MC.OUTPUT("x")+OFFSET(B1,A2,0)'} | {f"E{i}": f"=LEN(A1&B{i})" for i in range(1, 15)}
    path.write_bytes(build_workbook(Snapshot(cells | {"D2": "=SUM(E1:E14)"})))
    assert main(["inspect", str(path), "--output", "Sheet1!D2"]) == 0
    said = capsys.readouterr().out
    assert f"note: OFFSET at Sheet1!D1: {MOVING}" in said
    assert f"Sheet1!E9, Sheet1!E10 and 4 more: {TEXT_BUILT}" in said


@pytest.mark.skipif(refusal() is not None, reason=str(refusal()))
def test_functions_of_the_fallback_are_named_whether_they_vary_or_not():
    paths = found({"D1": "=FORECAST.ETS(7+A2,B1:B6,C1:C6)", "D2": "=FORECAST.ETS.STAT(B1:B6,C1:C6,8)"})
    assert [str(p) for p in paths] == [
        "FORECAST.ETS at Sheet1!D1: evaluated by the formulas package, one iteration at a time: slow",
        "FORECAST.ETS.STAT at Sheet1!D2: evaluated by the formulas package, once: slow",
    ]


def test_grouped_functions_are_those_that_ask_for_one_value_in_every_lane():
    asking = _asking(Path(compute.functions.__file__).parent)
    names = {
        name
        for name, f in REGISTRY.items()
        if (f.implementation.__module__, f.implementation.__qualname__.partition(".")[0]) in asking
    }
    assert names == COMMON_ARGUMENTS.keys() | COUNTED_ALIKE, (
        "compute/functions/common_arguments.py lists the arguments that must not differ"
    )
    for name, parameters in COMMON_ARGUMENTS.items():
        assert set(parameters) <= {p.name for p in REGISTRY[name].parameters}, name


def _asking(folder: Path) -> set[tuple[str, str]]:
    """(module, function) of everything that reaches ``constant``, ``settled`` or ``LanesDiffer``, by the source."""
    uses: dict[tuple[str, str], set[tuple[str, str]]] = {}
    asking: set[tuple[str, str]] = set()
    for path in folder.rglob("*.py"):
        if path.name == "signature.py":
            continue
        module = ".".join(["compute.functions", *path.relative_to(folder).with_suffix("").parts])
        tree = ast.parse(path.read_text(encoding="utf-8"))
        imported = {
            a.asname or a.name: (n.module, a.name)
            for n in ast.walk(tree)
            if isinstance(n, ast.ImportFrom) and n.module
            for a in n.names
        }
        for top in tree.body:
            if not isinstance(top, ast.FunctionDef | ast.ClassDef):
                continue
            names = {n.id for n in ast.walk(top) if isinstance(n, ast.Name)}
            attributes = {n.attr for n in ast.walk(top) if isinstance(n, ast.Attribute)}
            uses[module, top.name] = {imported.get(n, (module, n)) for n in names}
            if "LanesDiffer" in names or attributes & {"constant", "settled"}:
                asking.add((module, top.name))
    while more := {key for key, used in uses.items() if key not in asking and used & asking}:
        asking |= more
    return asking
