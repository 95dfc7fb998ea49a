"""Recalculated values against those that Excel stored."""

from __future__ import annotations

import math
from dataclasses import field
from typing import Any

from compute.backends.reference import recalculate_workbook
from compute.errors import CODES_BY_TEXT, CellError, Scalar
from compute.formulas import address, cell_key
from compute.records import dataclass
from compute.workbook import Workbook

RELATIVE = 1e-9


@dataclass(slots=True)
class Verification:
    """How many formula cells agree, and those that do not: (cell, formula, stored, ours)."""

    equal: int = 0
    without_value: int = 0
    different: list[tuple[str, str, Scalar, Scalar]] = field(default_factory=list)
    unsupported: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        return not self.different and not self.unsupported

    def as_json(self) -> dict[str, Any]:
        """Plain data; errors as their text."""

        def plain(value: Scalar) -> Any:
            return value.code if isinstance(value, CellError) else value

        return {
            "equal": self.equal,
            "without_cached_value": self.without_value,
            "different": [
                {"cell": c, "formula": f"={f}", "excel": plain(want), "montecell": plain(got)}
                for c, f, want, got in self.different
            ],
            "unsupported": [{"cell": c, "formula": f"={f}", "reason": r} for c, f, r in self.unsupported],
        }


def verify(workbook: Workbook) -> Verification:
    """Compares every formula cell that has a cached value; draws and volatile cells differ by their nature."""
    values, run = recalculate_workbook(workbook)
    outcome = Verification()
    program = run.program
    reasons = {n: f"{u.feature}: {u.reason}" for u in program.unsupported for n in u.formulas}
    for formula in program.formulas:
        sheet = workbook.sheets[formula.sheet]
        where = (formula.row, formula.column)
        if where not in sheet.formulas:
            continue  # the constant in the input cell of a data table
        key, text = cell_key(sheet.name, *where), sheet.formulas[where].text
        if formula.number in reasons or formula.number in run.failed:
            outcome.unsupported.append((key, text, reasons.get(formula.number) or run.failed[formula.number].message))
            continue
        if where not in sheet.cached:
            outcome.without_value += 1
            continue
        stored, ours = sheet.cached[where], values[sheet.name].get(address(*where))
        if same(stored, ours):
            outcome.equal += 1
        else:
            outcome.different.append((key, text, stored, ours))
    return outcome


def same(stored: Scalar, ours: Scalar) -> bool:
    """Numbers to 1e-9 relative; everything else exactly. Files store errors newer than Excel 2007 as #VALUE!."""
    if isinstance(stored, CellError):
        if not isinstance(ours, CellError):
            return False
        newer = CODES_BY_TEXT.get(ours.code, 0) >= 9
        return stored.code == ours.code or (stored.code == "#VALUE!" and newer)
    if isinstance(stored, bool) or isinstance(ours, bool):
        return stored is ours
    if isinstance(stored, float) and isinstance(ours, float):
        return math.isclose(stored, ours, rel_tol=RELATIVE, abs_tol=RELATIVE)
    return (stored or "") == (ours or "") if isinstance(stored, str) or stored is None else stored == ours
