"""From a workbook to its program: parse, canonicalise, bind, slice, order, split. Each step is a named function."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field, replace

from compute.dialects import Canonicaliser, SeriesDraw
from compute.dialects.modeler_tools import HOLDS_A_FORMULA, INDEX
from compute.distributions import Distribution
from compute.errors import ErrorCode, FormulaSyntaxError, UnknownCell
from compute.formulas import cell_key, parse_address
from compute.formulas.ast import (
    Binary,
    ErrorValue,
    Node,
    Unary,
)
from compute.graph import (
    Binder,
    CellId,
    Loop,
    ProducerIndex,
    SheetIndex,
    levels,
    ringed_levels,
)
from compute.program import what_if
from compute.program.copies import Copies
from compute.program.dependencies import Dependencies
from compute.program.enclosed import is_enclosed
from compute.program.external import constant_draw
from compute.program.facts import FactBook
from compute.program.ir import DrawSite, FormulaCell, OutputSite, Program, Step, Unsupported
from compute.program.joint_draws import with_members
from compute.program.law_cells import law_problems
from compute.program.made_inputs import draws_behind_made_inputs
from compute.program.series import period_sites, shape_problem
from compute.program.stored_inputs import stored_inputs, stored_outputs
from compute.program.trials import TrialTable, reached_from, trial_table
from compute.program.watched import Labels, unique_key, watched_cells
from compute.program.what_if import WhatIf
from compute.records import dataclass
from compute.sampling import stream_key
from compute.values import Area
from compute.workbook.model import Formula, Workbook


@dataclass
class _Assembly:
    """What is known so far while a program is put together."""

    workbook: Workbook
    sheets: SheetIndex
    canonicalise: Canonicaliser
    binder: Binder
    formulas: list[FormulaCell] = field(default_factory=list)
    producers: dict[CellId, int] = field(default_factory=dict)
    problems: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    facts: FactBook = field(init=False)
    table_inputs: dict[int, tuple[int | None, int | None]] = field(default_factory=dict)
    enclosed: dict[int, tuple[Node, Node]] = field(default_factory=dict)
    counted: int | None = None

    def __post_init__(self) -> None:
        self.facts = FactBook(self.binder.lambdas)

    @functools.cached_property
    def copies(self) -> Copies:
        """The formulas by their trees, once all of them are read."""
        return Copies(self.formulas, self.facts)

    @functools.cached_property
    def dynamic(self) -> frozenset[int]:
        """The formulas that read places known only once they are computed."""
        return frozenset(self.copies.where(lambda facts: facts.is_dynamic))

    @functools.cached_property
    def fresh(self) -> frozenset[int]:
        """The formulas that draw by RAND or its kin."""
        return frozenset(self.copies.where(lambda facts: facts.is_fresh))

    def key(self, cell: CellId) -> str:
        return cell_key(self.sheets.names[cell[0]], cell[1], cell[2])


def assemble(
    workbook: Workbook,
    inputs: Mapping[CellId, Distribution] | None = None,
    outputs: Sequence[tuple[CellId, str | None]] = (),
    *,
    everything: bool = False,
) -> Program:
    """The program of a workbook.

    ``inputs`` puts laws into cells from outside, ``outputs`` adds cells to watch. With ``everything`` all formulas are
    needed (recalculation), else those that outputs and draws hang on.
    """
    assembly = _read_formulas(workbook, inputs or {})
    index = ProducerIndex(assembly.producers)
    dependencies = Dependencies(assembly.formulas, assembly.copies, assembly.producers, index, assembly.sheets)
    by_trial = _trial_tables(assembly, dependencies)
    labels, stored = Labels(workbook, assembly.sheets), assembly.canonicalise.stored
    given = [*stored_outputs(workbook, stored, labels), *outputs, *_heads(assembly, by_trial)]
    watched = watched_cells(labels, assembly.formulas, assembly.producers, assembly.copies, given)
    sites = _draw_sites(assembly)
    roots = range(len(assembly.formulas)) if everything else _roots(assembly, watched, sites)
    order, rings = _ordered(roots, dependencies)
    if not everything and not assembly.dynamic.isdisjoint(order):
        order, rings = _ordered(range(len(assembly.formulas)), dependencies)
    tables = _tables(assembly, order, rings, dependencies)
    varying, steps = _varying(assembly, order, rings, dependencies, sites, tables), _steps(assembly, order, rings)
    return Program(
        workbook=workbook,
        sheets=assembly.sheets,
        formulas=tuple(assembly.formulas),
        producers=assembly.producers,
        producer_index=index,
        fixed=tuple(s for s in steps if s.formulas[0] not in varying),
        varying=tuple(s for s in steps if s.formulas[0] in varying),
        needed=frozenset(n for n in order if n < len(assembly.formulas)),
        draws=sites,
        outputs=watched,
        lambdas=assembly.binder.lambdas,
        binder=assembly.binder,
        has_dynamic=bool(assembly.dynamic),
        unsupported=_unsupported(assembly),
        has_rings=bool(rings),
        tables=tables,
        trial_tables=by_trial,
        unused_draws=_unused(assembly, watched, sites, dependencies),
        made_inputs=_made_inputs(assembly, sites, dependencies),
        statistics=frozenset(assembly.copies.where(lambda facts: facts.statistics)),
        product=assembly.canonicalise.product,
        stored=stored,
    )


def _read_formulas(workbook: Workbook, inputs: Mapping[CellId, Distribution]) -> _Assembly:
    canonicalise = Canonicaliser(workbook)
    sheets = SheetIndex(s.name for s in workbook.sheets)
    assembly = _Assembly(workbook, sheets, canonicalise, Binder(workbook, canonicalise))
    given = dict(inputs)
    for position, sheet in enumerate(workbook.sheets):
        for (row, column), formula in sheet.formulas.items():
            law = given.pop((position, row, column), None)
            _add(assembly, (position, row, column), formula, law)
        for child, owner in sheet.spilled.items():
            number = assembly.producers.get((position, *owner))
            if number is not None:
                assembly.producers.setdefault((position, *child), number)
    for cell, law in given.items():
        _add(assembly, cell, None, law)
    _read_stored_inputs(assembly)
    _read_trial_index(assembly)
    _read_table_inputs(assembly)
    return assembly


def _read_stored_inputs(assembly: _Assembly) -> None:
    stored, taken = assembly.canonicalise.stored, assembly.producers
    for formula in stored_inputs(stored, assembly.binder, assembly.sheets.names, taken, len(assembly.formulas)):
        assembly.producers[formula.cell] = formula.number
        assembly.formulas.append(formula)
        for feature, reason in assembly.facts(formula.tree).problems:
            _note(assembly, formula.number, feature, reason)


def _read_trial_index(assembly: _Assembly) -> None:
    """The index of a SIPmath workbook, a constant made into the count of iterations."""
    index = assembly.canonicalise.trial_index
    if index is None:
        return
    number = assembly.producers.get(index.cell)
    if number is None:
        number = assembly.producers[index.cell] = len(assembly.formulas)
        assembly.formulas.append(FormulaCell(number, *index.cell, index.draw(assembly.workbook)))
        assembly.counted = number
    elif not assembly.facts(assembly.formulas[number].tree).draws:
        _note(assembly, number, INDEX, HOLDS_A_FORMULA)


def _read_table_inputs(assembly: _Assembly) -> None:
    """The input cells of data tables, those that hold constants made into formulas that can be given other values."""
    for formula in [f for f in assembly.formulas if f.range is not None]:
        stored = assembly.workbook.sheets[formula.sheet].formulas.get((formula.row, formula.column))
        if stored is None or stored.data_table is None or isinstance(formula.tree, ErrorValue):
            continue
        given = (stored.data_table.row_input, stored.data_table.column_input)
        assembly.table_inputs[formula.number] = tuple(  # type: ignore[assignment]
            None if address is None else _table_input(assembly, formula.sheet, address) for address in given
        )


def _table_input(assembly: _Assembly, sheet: int, address: str) -> int:
    row, column = parse_address(address)
    known = assembly.producers.get((sheet, row, column))
    if known is not None:
        return known
    number = assembly.producers[sheet, row, column] = len(assembly.formulas)
    tree = what_if.constant(assembly.workbook.sheets[sheet].values.get((row, column)))
    assembly.formulas.append(FormulaCell(number, sheet, row, column, tree, is_input=True))
    return number


def _add(assembly: _Assembly, cell: CellId, formula: Formula | None, law: Distribution | None) -> None:
    number = len(assembly.formulas)
    sheet, row, column = cell
    if law is not None:
        tree: Node = constant_draw(law)
    else:
        assert formula is not None
        tree = _tree(assembly, formula, number, cell)
    is_array = law is None and formula is not None and formula.kind in ("array", "dynamic", "data_table")
    filled = formula.range if is_array and formula is not None else None
    is_dynamic_array = is_array and formula is not None and formula.kind == "dynamic"
    assembly.formulas.append(FormulaCell(number, sheet, row, column, tree, is_array, is_dynamic_array, filled))
    assembly.producers[cell] = number


def _tree(assembly: _Assembly, formula: Formula, number: int, cell: CellId) -> Node:
    sheet, row, column = cell
    if formula.kind == "data_table":
        return _table_tree(formula)
    try:
        tree = assembly.binder.bind_text(formula.text, assembly.sheets.names[sheet], row, column)
    except FormulaSyntaxError as error:
        _note(assembly, number, "formula", f"it cannot be read: {error.message}")
        return ErrorValue(ErrorCode.NAME)
    if isinstance(tree, Binary) and is_enclosed(formula.text):
        tree = assembly.enclosed.setdefault(id(tree), (tree, Unary("+", tree)))[1]
    facts = assembly.facts(tree)
    if facts.has_copulas:
        tree = with_members(tree, formula.range if formula.kind in ("array", "dynamic") else None)
        facts = assembly.facts(tree)
    for feature, reason in facts.problems:
        _note(assembly, number, feature, reason)
    return tree


def _table_tree(formula: Formula) -> Node:
    """A data table by its edges; #REF! where an input cell was deleted or the table has no edges, as Excel shows it."""
    inputs = formula.data_table
    if formula.range is None or min(formula.range) < 2 or inputs is None:
        return ErrorValue(ErrorCode.REF)
    deleted = "#REF!" in (inputs.row_input, inputs.column_input)
    return ErrorValue(ErrorCode.REF) if deleted else what_if.edges(formula.range)


def _note(assembly: _Assembly, number: int, feature: str, reason: str) -> None:
    assembly.problems.setdefault((feature, reason), []).append(number)


def _unsupported(assembly: _Assembly) -> tuple[Unsupported, ...]:
    for problem in law_problems(assembly.formulas, assembly.copies, assembly.sheets, assembly.producers):
        _note(assembly, *problem)
    for number in assembly.copies.where(lambda facts: facts.draws):
        formula = assembly.formulas[number]
        for draw in assembly.facts(formula.tree).draws:
            if isinstance(draw, SeriesDraw) and (reason := shape_problem(draw, formula)) is not None:
                _note(assembly, formula.number, draw.law, reason)
    return tuple(
        Unsupported(
            feature, reason, tuple(assembly.key(assembly.formulas[n].cell) for n in numbers), frozenset(numbers)
        )
        for (feature, reason), numbers in assembly.problems.items()
    )


def _draw_sites(assembly: _Assembly) -> tuple[DrawSite, ...]:
    """Every draw in the order of sheets, rows and columns, keyed by its name, else ``Sheet!A1`` (``Sheet!A1#2`` …)."""
    found: list[DrawSite] = []
    taken: set[str] = set()
    labels = Labels(assembly.workbook, assembly.sheets)
    drawing = (assembly.formulas[n] for n in assembly.copies.where(lambda facts: facts.draws))
    for formula in sorted(drawing, key=lambda f: f.cell):
        address = assembly.key(formula.cell)
        # Draws in the LAMBDAs that a formula calls by name come after its own.
        for ordinal, draw in enumerate(assembly.facts(formula.tree).draws):
            own = address if ordinal == 0 else f"{address}#{ordinal + 1}"
            name = labels.text(draw.name, formula.cell)
            stream = stream_key(assembly.sheets.names[formula.sheet], address.rpartition("!")[2], ordinal)
            first = DrawSite(len(found), formula.number, draw, stream, own, name, address)
            for site in period_sites(first, formula, assembly.key):
                found.append(replace(site, key=unique_key(site.name or site.key, site.key, taken)))
    return tuple(found)


def _roots(assembly: _Assembly, outputs: Iterable[OutputSite], sites: Iterable[DrawSite]) -> list[int]:
    roots = [assembly.producers[o.cell] for o in outputs if o.cell in assembly.producers]
    return list(dict.fromkeys([*roots, *(s.formula for s in sites)]))


def _unused(
    assembly: _Assembly, outputs: Iterable[OutputSite], sites: Iterable[DrawSite], dependencies: Dependencies
) -> tuple[int, ...]:
    """The draws that no output hangs on; none where references are dynamic and nobody can know."""
    roots = [assembly.producers[o.cell] for o in outputs if o.cell in assembly.producers]
    reached = reached_from(roots, dependencies)
    if not assembly.dynamic.isdisjoint(reached):
        return ()
    return tuple(s.index for s in sites if s.formula not in reached)


def _made_inputs(
    assembly: _Assembly, sites: Sequence[DrawSite], dependencies: Dependencies
) -> dict[int, tuple[int, ...]]:
    return draws_behind_made_inputs(sites, assembly.formulas, assembly.facts, dependencies.read_by, dependencies)


def _ordered(roots: Iterable[int], dependencies: Dependencies) -> tuple[dict[int, int], list[tuple[int, ...]]]:
    """The level of every needed formula, and the rings among them; most workbooks have none."""
    wanted = list(roots)
    try:
        return levels(wanted, dependencies), []
    except Loop:
        return ringed_levels(wanted, dependencies)


def _tables(
    assembly: _Assembly,
    order: Mapping[int, int],
    rings: Sequence[tuple[int, ...]],
    dependencies: Dependencies,
) -> dict[int, WhatIf]:
    """The needed data tables. Those over circles, which Montecell cannot compute, are noted."""
    ringed = {n for ring in rings for n in ring}
    tables, fresh = dict[int, WhatIf](), assembly.fresh if assembly.table_inputs else frozenset()
    for number, (across, down) in assembly.table_inputs.items():
        if number not in order:
            continue
        formula = assembly.formulas[number]
        assert formula.range is not None
        shown = what_if.result_cells(formula.range, across is not None, down is not None)
        results = [n for c in shown if (n := assembly.producers.get((formula.sheet, *c))) is not None]
        inputs = [n for n in (across, down) if n is not None]
        between = what_if.affected(results, inputs, dependencies, order, assembly.dynamic.__contains__, fresh)
        tables[number] = WhatIf(across, down, tuple(n for n in between if n < len(assembly.formulas)))
        if ringed.intersection(between):
            _note(assembly, number, "TABLE", "a data table over formulas in a circle is not supported")
    return tables


def _trial_tables(assembly: _Assembly, dependencies: Dependencies) -> tuple[TrialTable, ...]:
    """The data tables whose results hang on RAND or on a SIPmath workbook's index, wherever they are."""
    found, fresh = list[TrialTable](), assembly.fresh if assembly.table_inputs else frozenset()
    has_trials = fresh or assembly.counted is not None
    for number, given in assembly.table_inputs.items() if has_trials else ():
        across, down = given
        counted = assembly.counted if assembly.counted in given else None
        formula = assembly.formulas[number]
        assert formula.range is not None
        heads, below = list[CellId](), set[int]()
        for place in what_if.result_cells(formula.range, across is not None, down is not None):
            cell = (formula.sheet, *place)
            head = assembly.producers.get(cell)
            reached = set() if head is None else reached_from([head], dependencies)
            if reached & fresh or counted in reached:
                heads.append(cell)
                below |= reached
        if heads:
            # The values of an index count trials, whatever reads it.
            reads = [None if n is None else n in below and n != counted for n in given]
            area = Area(formula.sheet, *formula.range)
            found.append(trial_table(number, area, heads, reads[0], reads[1], by_index=counted is not None))
    return tuple(found)


def _heads(assembly: _Assembly, tables: Sequence[TrialTable]) -> list[tuple[CellId, None]]:
    """The cells that tables over RAND simulate, but for those that show a text."""

    def is_text(cell: CellId) -> bool:
        return isinstance(assembly.workbook.sheets[cell[0]].cached.get(cell[1:]), str)

    return [(cell, None) for table in tables for cell in table.heads if not is_text(cell)]


def _varying(
    assembly: _Assembly,
    order: Mapping[int, int],
    rings: Sequence[tuple[int, ...]],
    dependencies: Dependencies,
    sites: Sequence[DrawSite],
    tables: Mapping[int, WhatIf],
) -> set[int]:
    """The formulas (and areas) whose value can differ between iterations; a ring varies as a whole, and so does a data
    table with all that it computes again.
    """
    varying = {s.formula for s in sites}
    while True:
        varying = _reached(assembly, order, rings, dependencies, bool(sites), varying)
        moved = [t for n, t in tables.items() if n in varying]
        again = {n for t in moved for n in (t.row_input, t.column_input, *t.affected) if n is not None}
        if again <= varying:
            return varying
        varying |= again


def _reached(
    assembly: _Assembly,
    order: Mapping[int, int],
    rings: Sequence[tuple[int, ...]],
    dependencies: Dependencies,
    has_draws: bool,
    start: set[int],
) -> set[int]:
    """What varies when the formulas of ``start`` do."""
    varying = set(start)
    ring_of = {number: ring for ring in rings for number in ring}
    own = set(assembly.copies.where(lambda facts: facts.is_random or (has_draws and facts.is_dynamic)))
    for number in sorted(order, key=order.__getitem__):
        if number in varying and number not in ring_of:
            continue
        if number in varying or number in own or not varying.isdisjoint(dependencies(number)):
            varying.update(ring_of.get(number, (number,)))
    return varying


def _steps(assembly: _Assembly, order: Mapping[int, int], rings: Sequence[tuple[int, ...]]) -> list[Step]:
    """Formulas by level; within a level those of one tree on one sheet together where the tree allows it."""
    groups: dict[tuple[int, int, int], list[int]] = {}
    count = len(assembly.formulas)
    ringed = {number for ring in rings for number in ring}
    for number, level in order.items():
        if number >= count or number in ringed:
            continue
        formula = assembly.formulas[number]
        together = assembly.facts(formula.tree).can_batch and not formula.is_array
        groups.setdefault((level, formula.sheet, id(formula.tree) if together else -number - 1), []).append(number)
    steps = [Step(tuple(sorted(numbers)), key[0]) for key, numbers in groups.items()]
    steps += [Step(_ring_order(assembly, ring), order[ring[0]], is_ring=True) for ring in rings]
    where = {n: assembly.formulas[n].sheet for s in steps for n in s.formulas[:1]}
    return sorted(steps, key=lambda s: (s.level, where[s.formulas[0]], s.formulas[0]))


def _ring_order(assembly: _Assembly, ring: tuple[int, ...]) -> tuple[int, ...]:
    """The formulas of a ring as Excel iterates them: sheets by name, then rows from left to right."""
    own = [assembly.formulas[n] for n in ring if n < len(assembly.formulas)]
    own.sort(key=lambda f: (assembly.sheets.names[f.sheet].casefold(), f.row, f.column))
    return tuple(f.number for f in own)


def find_cell(workbook: Workbook, sheet: str, row: int, column: int, shown: str) -> CellId:
    """The cell's identity; raises UnknownCell naming the sheets there are when the sheet does not exist."""
    for position, candidate in enumerate(workbook.sheets):
        if candidate.name.casefold() == sheet.casefold():
            return position, row, column
    names = ", ".join(s.name for s in workbook.sheets)
    raise UnknownCell(f"{shown}: the workbook has no sheet {sheet!r}; its sheets are {names}", cells=(shown,))


__all__ = ["assemble", "find_cell"]
