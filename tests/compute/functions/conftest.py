"""A few cells and the functions over them: formulas read as Excel's, without the engine above the functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from compute.errors import CellError, ErrorCode, Scalar
from compute.formulas import ast, parse, parse_address
from compute.functions import REGISTRY, LanesDiffer, Operand, call
from compute.values import Area, Array, Floats, Kind, Reference, blank, error, from_scalar, numeric, stack, to_numbers

SHEETS = ("Sheet1", "Sheet2")


@dataclass
class Sheet:
    """Cells by (row, column); a sequence of floats is a number that differs between lanes."""

    cells: dict[tuple[int, int], Array] = field(default_factory=dict)
    formulas: dict[tuple[int, int], str] = field(default_factory=dict)
    hidden: frozenset[int] = frozenset()
    filtered: frozenset[int] = frozenset()
    lanes: int = 1


class Context:
    """A CallContext for the formula in A100 of the first sheet."""

    sheet, row, column, date_1904, batched = 0, 100, 1, False, False

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self.lanes = sheet.lanes

    def used(self, area: Area) -> Area:
        return area

    def dereference(self, reference: Reference) -> Array:
        area = reference.area
        used = max([1, *(r for r, _ in self._sheet.cells)])
        bottom = min(area.bottom, max(used, area.top)) if area.rows > 1000 else area.bottom
        rows = range(area.top, bottom + 1)
        return stack([[self._sheet.cells.get((r, c), blank()) for c in range(area.left, area.right + 1)] for r in rows])

    def constant(self, value: Array | Operand) -> Scalar:
        return self.settled(value.array if isinstance(value, Operand) else value)[0][0]

    def settled(self, value: Array) -> list[list[Scalar]]:
        if value.lanes > 1:
            labels = np.unique(value.numbers.reshape(-1, value.lanes), axis=1, return_inverse=True)[1].reshape(-1)
            if labels.max():
                raise LanesDiffer(labels)
        return [[value.item(r, c) for c in range(value.columns)] for r in range(value.rows)]

    def resolve(self, text: str, a1: bool = True) -> Reference | None:
        row, column = parse_address(text)
        return Reference((Area(0, row, column, row, column),))

    def formula_at(self, sheet: int, row: int, column: int) -> str | None:
        return self._sheet.formulas.get((row, column))

    def readings(self, area: Area) -> list[str]:
        raise NotImplementedError

    def pivot_cell(self, place: Area, data_field: str, items: Mapping[str, tuple[Scalar, ...]]) -> Area | None:
        raise NotImplementedError

    def sheet_names(self) -> tuple[str, ...]:
        return SHEETS

    def is_row_hidden(self, sheet: int, row: int, *, filtered_only: bool) -> bool:
        return row in self._sheet.filtered or (not filtered_only and row in self._sheet.hidden)

    def uniforms(self, rows: int, columns: int) -> Floats:
        return np.linspace(0.1, 0.9, rows * columns * self.lanes).reshape(rows, columns, self.lanes)

    def now(self) -> float:
        return 45000.5


def _value(value: Any) -> Array:
    if isinstance(value, np.ndarray):
        return numeric(value.astype(np.float64).reshape(1, 1, -1))
    return from_scalar(value)


def _place(node: ast.Node) -> Reference:
    if isinstance(node, ast.CellReference):
        row, column = node.row.resolve(100, ast.MAX_ROW), node.column.resolve(1, ast.MAX_COLUMN)
        return Reference((Area(0, row, column, row, column),))
    if isinstance(node, ast.Binary) and node.operator == ",":
        return Reference(_place(node.left).areas + _place(node.right).areas)
    assert isinstance(node, ast.RangeReference), node
    top, bottom = (c.resolve(100, ast.MAX_ROW) for c in (node.top, node.bottom))
    left, right = (c.resolve(1, ast.MAX_COLUMN) for c in (node.left, node.right))
    return Reference((Area(0, top, left, bottom, right),))


class Calculator:
    """Evaluates constants, references, calls and signs; no operators between values."""

    def __init__(self, sheet: Sheet) -> None:
        self.context = Context(sheet)

    def evaluate(self, node: ast.Node) -> Array | Reference:
        match node:
            case ast.Number(value) | ast.Text(value) | ast.Boolean(value):
                return from_scalar(value)
            case ast.ErrorValue(code):
                return error(code)
            case ast.ArrayConstant(rows):
                return stack([[self.values(item) for item in row] for row in rows])
            case ast.Unary("-", operand):
                numbers, codes = to_numbers(self.values(operand))
                return error(ErrorCode.VALUE) if codes is not None else numeric(-numbers)
            case ast.Call(name, arguments):
                function = REGISTRY[name]
                return call(
                    function,
                    self.context,
                    [self.argument(function.parameter(i).type, a) for i, a in enumerate(arguments)],
                )
            case _:
                return _place(node)

    def values(self, node: ast.Node) -> Array:
        value = self.evaluate(node)
        return self.context.dereference(value) if isinstance(value, Reference) else value

    def argument(self, kind: str, node: ast.Node) -> Any:
        if isinstance(node, ast.Omitted):
            return Operand(blank(), None, True) if kind in ("range", "array") else blank()
        value = self.evaluate(node)
        if kind == "reference":
            return value
        if kind in ("range", "array"):
            return Operand(self.values(node), value if isinstance(value, Reference) else None)
        return self.values(node)


@dataclass(frozen=True)
class Excel:
    """Calls formulas over cells given as {"A1": value}."""

    def array(self, formula: str, cells: Mapping[str, Any] | None = None, **sheet: Any) -> Array:
        """The value of a formula; ``hidden``, ``filtered`` (rows) and ``formulas`` ({"A1": text}) set the sheet."""
        lanes = max([1, *(len(v) for v in (cells or {}).values() if isinstance(v, np.ndarray))])
        placed = {parse_address(a): _value(v) for a, v in (cells or {}).items()}
        formulas = {parse_address(a): text for a, text in sheet.pop("formulas", {}).items()}
        calculator = Calculator(Sheet(placed, formulas, lanes=lanes, **sheet))
        return calculator.values(parse(formula, 100, 1))

    def __call__(self, formula: str, cells: Mapping[str, Any] | None = None, **sheet: Any) -> Any:
        """The single value of a formula, or rows of values."""
        found = self.array(formula, cells, **sheet)
        rows = [[found.item(r, c) for c in range(found.columns)] for r in range(found.rows)]
        return rows[0][0] if found.is_single else rows

    @staticmethod
    def column(letter: str, values: Sequence[Any]) -> dict[str, Any]:
        """Values down a column, from its first row on."""
        return {f"{letter}{i}": value for i, value in enumerate(values, start=1)}

    @staticmethod
    def same(found: Any, expected: Any, relative: float = 1e-9) -> bool:
        """Whether a value is the one expected; errors are written as their texts."""
        if isinstance(expected, list):
            return (
                isinstance(found, list)
                and len(found) == len(expected)
                and all(Excel.same(f, e, relative) for f, e in zip(found, expected, strict=True))
            )
        if isinstance(found, CellError):
            return found.code == expected
        if isinstance(found, bool) or isinstance(expected, bool):
            return found is expected
        if isinstance(found, float) and isinstance(expected, (int, float)):
            return found == pytest.approx(expected, rel=relative, abs=1e-12)
        return bool(found == expected)


@pytest.fixture(scope="session")
def excel() -> Excel:
    """Formulas over a few cells."""
    return Excel()


@pytest.fixture(scope="session")
def lanes_agree(excel: Excel) -> Callable[..., None]:
    """Checks that a formula gives a lane the same bits alone as among many lanes."""

    def check(formula: str, cells: Mapping[str, Any]) -> None:
        try:
            together = excel.array(formula, cells)
        except LanesDiffer as differ:
            for label in np.unique(differ.labels):
                kept = differ.labels == label
                check(formula, {a: v[kept] if isinstance(v, np.ndarray) else v for a, v in cells.items()})
            return
        lanes = max(len(v) for v in cells.values() if isinstance(v, np.ndarray))
        for lane in range(lanes):
            alone = {a: v[lane : lane + 1] if isinstance(v, np.ndarray) else v for a, v in cells.items()}
            single = excel.array(formula, alone)
            for row, column in np.ndindex(single.rows, single.columns):
                one, many = single.item(row, column), together.item(row, column, lane)
                assert one == many, f"{formula} in lane {lane}: {one!r} alone, {many!r} among {lanes}"
        assert not (together.kind_array() == Kind.BLANK).all()

    return check
