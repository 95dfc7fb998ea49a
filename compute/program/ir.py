"""The program: a workbook's formulas bound, ordered and split into what is fixed and what varies between iterations.

It is the one intermediate representation. Backends read it and never the workbook's formulas.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import NamedTuple

from compute.dialects import Draw
from compute.dialects.crystal_ball_stored import NOTHING_STORED, StoredModel
from compute.formulas.ast import Node
from compute.graph import Binder, CellId, NameKey, ProducerIndex, SheetIndex
from compute.program.trials import TrialTable
from compute.program.what_if import WhatIf
from compute.records import dataclass
from compute.stopping import ConvergenceRule
from compute.values import Area
from compute.workbook.model import Rectangle, Workbook


# A named tuple, as a program has one for each formula: a frozen dataclass takes several times as long to make.
class FormulaCell(NamedTuple):
    """One formula: its bound tree, relative to its own cell. ``range`` is the rectangle an array formula fills.

    ``is_input`` marks the constant in the input cell of a data table, which stays what it is, a blank included.
    """

    number: int
    sheet: int
    row: int
    column: int
    tree: Node
    is_array: bool = False
    is_dynamic_array: bool = False
    range: Rectangle | None = None
    is_input: bool = False

    @property
    def cell(self) -> CellId:
        return self.sheet, self.row, self.column


@dataclass(frozen=True, slots=True)
class DrawSite:
    """One uncertain draw of the model. ``stream`` keys its random numbers; ``key`` is how results name it.

    A time series has a site for each of its ``periods``, one after the other; ``period`` counts them from 0.
    """

    index: int
    formula: int
    draw: Draw
    stream: int
    key: str
    name: str | None
    address: str
    period: int = 0
    periods: int = 1


@dataclass(frozen=True, slots=True)
class OutputSite:
    """One cell whose samples are kept; ``group`` names the range of outputs that it is the ``position``-th of.

    ``rules`` are the workbook's own for how well its statistics shall be known, None where they are not understood.
    """

    key: str
    name: str | None
    address: str
    cell: CellId
    group: str | None = None
    position: int | None = None
    rules: tuple[ConvergenceRule, ...] | None = ()


@dataclass(frozen=True, slots=True)
class Step:
    """Formulas computed together: one tree over one or more cells of one sheet, none of which needs another of them.

    ``is_ring``: formulas that refer to each other in a ring, which is a circle only if none of them breaks it (an IF
    whose other branch is taken).
    """

    formulas: tuple[int, ...]
    level: int = 0
    is_ring: bool = False


@dataclass(frozen=True, slots=True)
class Unsupported:
    """A function or feature without a faithful evaluation, with the cells that use it."""

    feature: str
    reason: str
    cells: tuple[str, ...]
    formulas: frozenset[int]


@dataclass(frozen=True, slots=True)
class Program:
    """``fixed`` steps give the same value in every iteration and run once; ``varying`` steps run for every block.

    ``needed`` are the formulas that outputs and draws hang on; a program with dynamic references may compute others on
    demand. ``tables`` are the what-if data tables by formula, ``trial_tables`` all those of
    the workbook that are over RAND, ``has_rings`` tells whether formulas refer to each other
    in a ring, ``unused_draws`` are the draws that reach no output, ``made_inputs`` the draws that feed
    each formula that counts as an input,
    ``statistics`` the formulas that show statistics of the run; ``simulation`` is the number of this one among several
    that share their draws; ``stored`` is what a product keeps in its own data.
    """

    workbook: Workbook
    sheets: SheetIndex
    formulas: tuple[FormulaCell, ...]
    producers: Mapping[CellId, int]
    producer_index: ProducerIndex
    fixed: tuple[Step, ...]
    varying: tuple[Step, ...]
    needed: frozenset[int]
    draws: tuple[DrawSite, ...]
    outputs: tuple[OutputSite, ...]
    lambdas: Mapping[NameKey, Node]
    binder: Binder
    has_dynamic: bool
    unsupported: tuple[Unsupported, ...]
    has_rings: bool = False
    tables: Mapping[int, WhatIf] = field(default_factory=dict)
    trial_tables: tuple[TrialTable, ...] = ()
    unused_draws: tuple[int, ...] = ()
    made_inputs: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    statistics: frozenset[int] = frozenset()
    simulation: int = 1
    product: str = "Excel"
    stored: StoredModel = NOTHING_STORED

    @property
    def folded_draws(self) -> tuple[int, ...]:
        """The draws that a made input stands for where inputs are ranked."""
        return tuple(sorted({i for behind in self.made_inputs.values() for i in behind}))

    @property
    def output_ranges(self) -> dict[str, tuple[str, ...]]:
        """The keys of outputs that belong together, by the name of their range, in the order of their positions."""
        found: dict[str, list[OutputSite]] = {}
        for site in self.outputs:
            if site.group is not None:
                found.setdefault(site.group, []).append(site)
        return {
            name: tuple(s.key for s in sorted(sites, key=lambda s: (s.position is None, s.position or 0)))
            for name, sites in found.items()
            if len(sites) > 1
        }

    def by_place(self, numbers: Iterable[int]) -> tuple[int, ...]:
        """Formulas as Excel iterates them: sheets by name, then rows from left to right."""
        own = sorted(
            (self.formulas[n] for n in numbers),
            key=lambda f: (self.sheets.names[f.sheet].casefold(), f.row, f.column),
        )
        return tuple(f.number for f in own)

    def filled(self, formula: FormulaCell) -> Area:
        """The area whose cells the formula fills."""
        top, left, bottom, right = formula.range or (formula.row, formula.column, formula.row, formula.column)
        return Area(formula.sheet, top, left, bottom, right)
