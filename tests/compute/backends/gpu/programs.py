"""Programs that GPUs are tried with: the formulas of the native tests, their chains, and the benchmark's models."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import openpyxl

import compute
from compute import distributions
from compute.program import Program
from tests.compute.backends.native import test_functions_as_reference as functions
from tests.compute.backends.native import test_same_as_reference as basics

LAWS = basics.LAWS
BENCHMARKS = ("A", "B", "C")
"""Those that are compiled throughout; D works with texts."""


def program_of(path: Path, cells: Mapping[str, object], outputs: Sequence[str]) -> Program:
    """A workbook of one sheet, S."""
    workbook = openpyxl.Workbook()
    workbook.active.title = "S"
    for place, value in cells.items():
        workbook.active[place] = value
    workbook.save(path)
    return compute.Model.open(path, outputs=[f"S!{o}" for o in outputs]).program


def formulas(path: Path, texts: Sequence[str], around: Mapping[str, object]) -> Program:
    """A program with one output for each formula."""
    cells = {f"B{i + 1}": text for i, text in enumerate(texts)}
    return program_of(path, {**around, **cells}, list(cells))


def basic_formulas(path: Path) -> Program:
    return formulas(path, basics.FORMULAS, {**basics.DRAWS, **basics.FIXED, **basics.FLOWS})


def all_functions(path: Path) -> Program:
    return formulas(path, functions.FORMULAS, functions.CELLS)


def chain(path: Path, name: str) -> Program:
    """Without COLUMN, which is not compiled."""
    cells = {place: str(formula).replace("COLUMN(J1)", "10") for place, formula in basics.CHAINS[name].items()}
    return program_of(path, {**basics.DRAWS, **basics.FIXED, **cells}, list(cells))


def benchmark(shared: Path, name: str) -> Program:
    folder = shared / "bench" / "models"
    spec = json.loads((folder / f"{name}.json").read_text())
    inputs = {
        f"{i['sheet']}!{i['cell']}": getattr(distributions, LAWS[i["dist"]])(*i["params"]) for i in spec["inputs"]
    }
    outputs = [f"{o['sheet']}!{o['cell']}" for o in spec["outputs"]]
    return compute.Model.open(folder / f"{name}.xlsx", inputs=inputs, outputs=outputs).program
