"""What of a program is not computed for all iterations at once, and why, cell by cell."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from compute.dialects import Draw, nodes
from compute.formulas import cell_key
from compute.formulas.ast import Binary, Call, NameReference, Node, Omitted
from compute.functions import REGISTRY
from compute.functions.common_arguments import COMMON_ARGUMENTS
from compute.functions.fallback import FALLBACK
from compute.functions.signature import Style
from compute.graph import areas_of, is_dynamic, static_references
from compute.program.facts import RANDOM_ARRAYS
from compute.program.ir import FormulaCell, Program
from compute.records import dataclass

ELEMENT_FORMS = frozenset({"MAP", "REDUCE", "SCAN", "BYROW", "BYCOL", "MAKEARRAY"})
PLACE_GIVING = frozenset({"OFFSET", "INDIRECT"})
TEXT_GIVING = frozenset(
    {"TEXT", "FIXED", "DOLLAR", "USDOLLAR", "BAHTTEXT", "REPT", "CONCATENATE", "CONCAT", "TEXTJOIN", "VALUETOTEXT"}
)

FALLBACK_VARYING = "evaluated by the formulas package, one iteration at a time: slow"
FALLBACK_FIXED = "evaluated by the formulas package, once: slow"
MOVING = "the place it refers to moves with uncertain values: computed again for each different place"
TEXT_BUILT = "text built from uncertain values: one iteration at a time"
PLAIN = "computed in plain Python, once for each different set of its arguments"
PER_ELEMENT = "its LAMBDA is called once for each element"
ROUNDS = "formulas in a ring: computed in rounds, until every iteration stands still"

SHOWN_CELLS = 10

Varies = Callable[[Node], bool]


@dataclass(frozen=True, slots=True)
class SlowPath:
    """One function or feature that leaves the vectorised path for one reason, with its cells (``Sheet1!B7``)."""

    feature: str
    reason: str
    cells: tuple[str, ...]

    def __str__(self) -> str:
        more = len(self.cells) - SHOWN_CELLS
        cells = ", ".join(self.cells[:SHOWN_CELLS]) + (f" and {more:,} more" if more > 0 else "")
        return f"{self.feature} at {cells}: {self.reason}"


def slow_paths(program: Program) -> tuple[SlowPath, ...]:
    """Every slow path in the order of sheets, rows and columns; only what differs between iterations can be slow, but
    for functions of the ``formulas`` package.
    """
    finder = _Finder(program)
    found: dict[tuple[str, str], list[str]] = {}
    for formula in sorted(program.formulas, key=lambda f: f.cell):
        for feature, reason in dict.fromkeys(finder.of(formula)):
            found.setdefault((feature, reason), []).append(_address(program, formula))
    return tuple(SlowPath(feature, reason, tuple(cells)) for (feature, reason), cells in found.items())


def fallback_paths(program: Program) -> tuple[SlowPath, ...]:
    """The slow paths through the ``formulas`` package alone; most programs have none, which is soon seen."""
    trees = {id(f.tree): f.tree for f in program.formulas}
    if not any(isinstance(n, Call) and n.name in FALLBACK for tree in trees.values() for n in nodes(tree)):
        return ()
    return tuple(s for s in slow_paths(program) if s.feature in FALLBACK)


def _address(program: Program, formula: FormulaCell) -> str:
    return cell_key(program.sheets.names[formula.sheet], formula.row, formula.column)


class _Finder:
    """Looks at each distinct tree once; most formulas of a workbook are copies of few."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._varying = {n for s in program.varying for n in s.formulas}
        self._ringed = {n for s in program.varying if s.is_ring for n in s.formulas}
        self._suspects: dict[int, list[Node]] = {}

    def of(self, formula: FormulaCell) -> Iterator[tuple[str, str]]:
        """(feature, reason) pairs of one formula."""
        varying = formula.number in self._varying
        known = self._suspects.get(id(formula.tree))
        if known is None:
            known = self._suspects[id(formula.tree)] = [n for n in nodes(formula.tree) if _is_suspect(n)]
        if not varying:
            yield from ((n.name, FALLBACK_FIXED) for n in known if isinstance(n, Call) and n.name in FALLBACK)
            return
        if formula.number in self._ringed:
            yield "circle", ROUNDS
        table = self._program.tables.get(formula.number)
        if table is not None:
            yield "data table", f"{len(table.affected):,} formulas are computed again for each of its cells"
        for node in known:
            yield from _reasons(node, lambda part: self._varies(part, formula))

    def _varies(self, node: Node, formula: FormulaCell) -> bool:
        """Whether a part of a formula may differ between iterations; a variable of LET or LAMBDA may."""
        for part in nodes(node):
            if isinstance(part, Draw | NameReference):
                return True
            if isinstance(part, Call) and part.name in RANDOM_ARRAYS:
                return True
        if self._program.draws and is_dynamic(node):
            return True
        areas = areas_of(static_references(node), formula.sheet, formula.row, formula.column, self._program.sheets)
        return any(self._varying.intersection(self._program.producer_index.inside(area)) for area in areas)


def _is_suspect(node: Node) -> bool:
    if isinstance(node, Binary):
        return node.operator in ("&", ":")
    if not isinstance(node, Call):
        return False
    if node.name in FALLBACK | COMMON_ARGUMENTS.keys() | ELEMENT_FORMS | TEXT_GIVING:
        return True
    function = REGISTRY.get(node.name)
    return function is not None and function.style is Style.ELEMENTWISE


def _reasons(node: Node, varies: Varies) -> Iterator[tuple[str, str]]:
    if isinstance(node, Binary):
        if node.operator == "&" and varies(node):
            yield "&", TEXT_BUILT
        if node.operator == ":" and (_moves(node.left, varies) or _moves(node.right, varies)):
            yield "a range", MOVING
        return
    assert isinstance(node, Call)
    if node.name in FALLBACK:
        # A formula that is computed again computes the whole of it, whether this part differs or not.
        yield node.name, FALLBACK_VARYING if any(map(varies, node.arguments)) else FALLBACK_FIXED
    elif node.name in ELEMENT_FORMS:
        yield node.name, PER_ELEMENT
    elif node.name in COMMON_ARGUMENTS:
        yield from _grouped(node, varies)
    elif any(map(varies, node.arguments)):
        yield node.name, TEXT_BUILT if node.name in TEXT_GIVING else PLAIN


TEXT_GIVING = frozenset(
    {"TEXT", "FIXED", "DOLLAR", "USDOLLAR", "BAHTTEXT", "REPT", "CONCAT", "TEXTJOIN", "VALUETOTEXT"}
)


def _moves(side: Node, varies: Varies) -> bool:
    """Whether one end of a range is a place chosen by uncertain values."""
    if isinstance(side, Call):
        return any(varies(a) for a in side.arguments[1:]) or (side.name == "INDIRECT" and varies(side))
    return False


def _grouped(node: Call, varies: Varies) -> Iterator[tuple[str, str]]:
    function = REGISTRY[node.name]
    names: list[str] = []
    for index, argument in enumerate(node.arguments):
        parameter = function.parameter(index).name if function.parameters else ""
        if parameter in COMMON_ARGUMENTS[node.name] and not isinstance(argument, Omitted) and varies(argument):
            names.append(parameter)
    if not names:
        return
    if node.name in PLACE_GIVING:
        yield node.name, MOVING
        return
    listed = " and ".join(dict.fromkeys(names))
    yield node.name, f"its {listed} {'is' if len(set(names)) == 1 else 'are'} uncertain: computed again for each value"
