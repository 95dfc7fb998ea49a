"""Which cells are watched, and the names that inputs and outputs go by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from compute.dialects import Draw
from compute.formulas import address, cell_key
from compute.formulas.ast import Binary, CellReference, Node, Number, RangeReference, Text
from compute.graph import CellId, SheetIndex, areas_of, static_references
from compute.program.copies import Copies
from compute.program.ir import FormulaCell, OutputSite
from compute.records import dataclass
from compute.values import Area, general_text
from compute.workbook.model import Workbook


@dataclass(frozen=True, slots=True)
class Labels:
    """Names as they can be known without a calculation."""

    workbook: Workbook
    sheets: SheetIndex

    def text(self, node: Node | None, cell: CellId) -> str | None:
        """A name given as text, by a cell, or joined of those with ``&``; None where it is anything else.

        A cell's constant counts, else what Excel last showed in it.
        """
        if isinstance(node, Text):
            return node.value or None
        if isinstance(node, Number):
            return general_text(node.value)
        if isinstance(node, Binary) and node.operator == "&":
            left, right = self.text(node.left, cell), self.text(node.right, cell)
            return None if left is None or right is None else left + right
        if not isinstance(node, CellReference | RangeReference):
            return None
        value = next((self._shown(area) for area in self.areas(node, cell)), None)
        if isinstance(value, float):
            return general_text(value)
        return None if value is None else str(value)

    def areas(self, node: Node | None, cell: CellId) -> list[Area]:
        """The areas that a tree of a formula in that cell refers to."""
        return [] if node is None else areas_of(static_references(node), *cell, self.sheets)

    def _shown(self, area: Area) -> object:
        sheet = self.workbook.sheets[area.sheet]
        return sheet.values.get((area.top, area.left), sheet.cached.get((area.top, area.left)))


def unique_key(wanted: str, own: str, taken: set[str]) -> str:
    """A result key that nobody else has: two inputs of one name are told apart by their cells."""
    key = wanted if wanted not in taken else f"{wanted} ({own})"
    taken.add(key)
    return key


def watched_cells(
    labels: Labels,
    formulas: Sequence[FormulaCell],
    producers: Mapping[CellId, int],
    copies: Copies,
    given: Sequence[tuple[CellId, str | None]],
) -> tuple[OutputSite, ...]:
    """Marked cells in the order of sheets, rows and columns, then those given from outside, then those that cells ask
    statistics of.
    """
    found: dict[CellId, OutputSite] = {}
    marked = (formulas[n] for n in copies.where(lambda facts: facts.marks))
    for formula in sorted(marked, key=lambda f: f.cell):
        for mark in copies.facts(formula.tree).marks:
            name = labels.text(mark.name, formula.cell)
            group, position = labels.text(mark.group, formula.cell), _position(mark.position)
            if mark.of is None:
                found.setdefault(formula.cell, OutputSite("", name, "", formula.cell, group, position, mark.rules))
                continue
            cells = list(_cells(labels, mark.of, formula.cell))
            if group is None and len(cells) > 1:
                group = name or _place(labels, mark.of, formula.cell)
            for number, cell in enumerate(cells, start=1):
                found.setdefault(cell, OutputSite("", name, "", cell, group, number))
    for cell, name in given:
        known = found.get(cell, OutputSite("", None, "", cell))
        found[cell] = replace(known, name=name or known.name)
    for cell in _asked_for(labels, formulas, producers, copies):
        found.setdefault(cell, OutputSite("", None, "", cell))
    taken: set[str] = set()
    sites: list[OutputSite] = []
    for cell, site in found.items():
        own = cell_key(labels.sheets.names[cell[0]], cell[1], cell[2])
        sites.append(replace(site, key=unique_key(site.name or own, own, taken), address=own))
    return tuple(sites)


def _position(node: Node | None) -> int | None:
    return int(node.value) if isinstance(node, Number) else None


def _place(labels: Labels, node: Node, cell: CellId) -> str:
    """The areas as a name for the outputs in them: ``Model!B5:F5``."""
    areas, names = labels.areas(node, cell), labels.sheets.names
    return ",".join(f"{cell_key(names[a.sheet], a.top, a.left)}:{address(a.bottom, a.right)}" for a in areas)


def _cells(labels: Labels, node: Node, cell: CellId) -> Iterator[CellId]:
    for area in labels.areas(node, cell):
        sheet = labels.workbook.sheets[area.sheet]
        for row in range(area.top, min(area.bottom, sheet.last_row) + 1):
            for column in range(area.left, min(area.right, sheet.last_column) + 1):
                yield area.sheet, row, column


def _asked_for(
    labels: Labels, formulas: Sequence[FormulaCell], producers: Mapping[CellId, int], copies: Copies
) -> Iterator[CellId]:
    """The cells of which the workbook asks for statistics, inputs aside: they are watched as outputs are."""
    asking = (formulas[n] for n in copies.where(lambda facts: facts.statistics))
    for formula in sorted(asking, key=lambda f: f.cell):
        for statistic in copies.facts(formula.tree).statistics:
            if statistic.kind.startswith("theoretical:"):
                continue
            for place in statistic.of:
                if not isinstance(place, CellReference | RangeReference):
                    continue
                for area in labels.areas(place, formula.cell):
                    cell = (area.sheet, area.top, area.left)
                    if cell in producers and not isinstance(formulas[producers[cell]].tree, Draw):
                        yield cell
