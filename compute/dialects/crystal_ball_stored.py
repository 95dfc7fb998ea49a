"""Assumptions, forecasts and correlations that Crystal Ball keeps in its own data, as inputs and outputs.

Which cell an object is about says a hidden name of its sheet, ``CB_`` and the object's identifier; what stands in a
parameter, a name or a coefficient in place of a number, a name ``CBCR_`` and the reference's. An assumption's cell
holds a number, which a run replaces by draws; references in parameters are followed in every iteration, those in names
and coefficients once (User's Guide, docs.oracle.com/cd/E52437_01/en/crystal_ball_users_guide/ch03s06s01.html).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import field, replace

from compute.dialects.canonical import Draw, NotUnderstood
from compute.dialects.crystal_ball_blocks import MAX_BYTES, blocks, identifier, inflated, member, objects, part_of
from compute.dialects.crystal_ball_laws import UNREAD_LAW, stored_law
from compute.dialects.crystal_ball_references import Ambiguous, CellNames, disagreement, given_parameters, unknown_mark
from compute.dialects.crystal_ball_ties import Tie, tied
from compute.errors import UnsafeWorkbook, WorkbookError
from compute.formulas import cell_key
from compute.formulas.ast import Node, Number, Text
from compute.records import dataclass
from compute.workbook.model import Sheet, Workbook
from compute.workbook.nrbf import Instance

PRODUCT_DATA = "Crystal Ball's stored data"
DATA_SHEET = "CB_DATA_"
NAMES, COEFFICIENT = ("AsmValueRefEnum", "FrcValueRefEnum", "DecVarValueRefEnum"), "CorrelationCoefRefEnum"
_CELL_NAME = re.compile(r"CB_([0-9a-f]{32})", re.IGNORECASE)
# In larger grids ZA100 is a cell, and Excel puts a line before a name that would be one.
_OLD_NAME = re.compile(r"_?Z([ACDFT])(\d{3,})[A-Z]*")
_OBJECTS = re.compile(r"Decisioneering\.CB\.CBObjectStore\.(?:CB7\.)?(.+)")
_WITHOUT_EFFECT = re.compile(r"SheetPreferences|Opt\..*|OS(?:Sensitivity|Overlay|Trend|Scatter)\w*")
"""Charts, preferences of charts, and OptQuest: nothing in them changes what a simulation draws."""
CellPlace = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class StoredAssumption:
    """A cell (sheet's position, row, column) whose number is replaced by draws; names in the draw are not bound yet."""

    cell: CellPlace
    draw: Draw


@dataclass(frozen=True, slots=True)
class StoredForecast:
    """A cell that is watched; ``name`` may be a text or a formula of texts."""

    cell: CellPlace
    name: Node | None


@dataclass(frozen=True, slots=True)
class StoredProblem:
    """Something that is not followed; one that is ``blocking`` keeps the workbook from being simulated."""

    reason: str
    cells: tuple[str, ...] = ()
    blocking: bool = True
    feature: str = PRODUCT_DATA


@dataclass(frozen=True, slots=True)
class StoredModel:
    """What the data of Crystal Ball makes of a workbook; ``is_present`` when it has any that counts."""

    assumptions: tuple[StoredAssumption, ...] = ()
    forecasts: tuple[StoredForecast, ...] = ()
    problems: tuple[StoredProblem, ...] = ()
    notes: tuple[str, ...] = ()
    is_present: bool = False


NOTHING_STORED = StoredModel()
WRITE_FORMULAS = (
    "without them a simulation would be wrong. Write the assumptions as formulas (=CB.Normal(…) or =MC.NORMAL(…))"
)
UNREAD = f"this workbook's assumptions are stored in Crystal Ball's own data, which could not be read; {WRITE_FORMULAS}"
OLD = (
    "this workbook was saved by a version of Crystal Ball before 7, whose records of assumptions (names such as ZA100) "
    f"are not read; save it once with Crystal Ball 7 or later, or else: {WRITE_FORMULAS}"
)
FILTERED = (
    "this forecast leaves out values by a filter, which Montecell does not have; it is no output unless you name it"
)
DISCARDS = "a forecast's filter leaves out whole trials, which Montecell does not do"
MARKED = "it is marked {}, which may mean that it is frozen and keeps its value; what it means is not documented"
SHOWN_CELLS = 10


def stored_model(workbook: Workbook) -> StoredModel:
    """What Crystal Ball's data in the workbook says; NOTHING_STORED without any."""
    return _Reading(workbook).model()


@dataclass(slots=True)
class _Found:
    """An assumption on its way: its identifier on its sheet, and its place in the order of cells."""

    identity: str
    sheet: str
    assumption: StoredAssumption


@dataclass(slots=True)
class _Reading:
    workbook: Workbook
    names: CellNames = field(init=False)
    bytes_left: int = MAX_BYTES
    known: set[tuple[str, str]] = field(default_factory=set)
    found: list[_Found] = field(default_factory=list)
    ties: list[Tie] = field(default_factory=list)
    forecasts: list[StoredForecast] = field(default_factory=list)
    problems: list[StoredProblem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    unused: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.names = CellNames(self.workbook)

    def model(self) -> StoredModel:
        kinds: dict[str, Callable[[Sheet, Instance], None]] = {
            "AssumptionCellRef": self._assumption,
            "ForecastCellRef": self._forecast,
            "DecVarCellRef": self._decision,
            "CorrelationRef": self._correlation,
        }
        has_blocks = False
        for sheet, thing in self._objects():
            has_blocks = True
            match = _OBJECTS.fullmatch(thing.type_name)
            kind = match[1] if match else thing.type_name
            if kind in kinds:
                kinds[kind](sheet, thing)
            elif not _WITHOUT_EFFECT.fullmatch(kind):
                self._problem(f"it holds an object of the kind {kind}, which Montecell does not know")
        self._unread_cells(has_blocks)
        self._old_versions()
        assumptions = self._tied()
        forecasts = tuple(sorted(self.forecasts, key=lambda f: f.cell))
        is_present = bool(assumptions or self.problems)
        return StoredModel(assumptions, forecasts, tuple(self.problems), tuple(self.notes), is_present)

    def _objects(self) -> Iterator[tuple[Sheet, Instance]]:
        for sheet in self.workbook.sheets:
            for block in blocks(sheet):
                part = part_of(block, sheet)
                try:
                    data = inflated(block, part, self.bytes_left)
                    self.bytes_left -= len(data)
                    found = objects(data, part)
                except WorkbookError as error:
                    self._problem(f"{error.message.rstrip('.')}; {WRITE_FORMULAS}")
                    if isinstance(error, UnsafeWorkbook):
                        return
                    continue
                for thing in found:
                    yield sheet, thing

    def _problem(self, reason: str, *cells: str, blocking: bool = True) -> None:
        self.problems.append(StoredProblem(reason, cells, blocking))

    def _place(self, sheet: Sheet, thing: Instance, what: str) -> CellPlace | None:
        """The cell that an object is about; a cell that was deleted is noted, one that cannot be told is a problem."""
        identity = identifier(member(thing, "mGuid"))
        label = f"{what} {member(thing, 'mVarName')!r}"
        if identity is None:
            self._problem(f"the {label} of the sheet {sheet.name} has no identifier")
            return None
        self.known.add((sheet.name.casefold(), identity))
        text = self.names.text(f"CB_{identity}", sheet)
        if text is None:
            self._problem(f"the name that tells the cell of the {label} of the sheet {sheet.name} is missing")
            return None
        place = self.names.cell(text)
        if place is None:
            self.notes.append(f"Crystal Ball's {label} of the sheet {sheet.name} has lost its cell ({text})")
            self.unused.add(identity)
        return place

    def _shown(self, cell: CellPlace) -> str:
        return cell_key(self.workbook.sheets[cell[0]].name, cell[1], cell[2])

    def _assumption(self, sheet: Sheet, thing: Instance) -> None:
        cell = self._place(sheet, thing, "assumption")
        if cell is None:
            return
        shown, identity = self._shown(cell), identifier(member(thing, "mGuid")) or ""
        held = self.workbook.sheets[cell[0]]
        if cell[1:] in held.formulas or cell[1:] in held.spilled:
            self.notes.append(f"{shown} holds a formula now: Crystal Ball's assumption of this cell is not used")
            self.unused.add(identity)
            return
        if any(one.assumption.cell == cell for one in self.found):
            self._problem("it has two assumptions in one cell", shown)
            return
        drawn = self._draw(sheet, thing)
        if isinstance(drawn, NotUnderstood):
            self.problems.append(StoredProblem(f"{drawn.call}: {drawn.reason}", (shown,)))
            return
        value = held.values.get(cell[1:])
        if isinstance(value, float) and not isinstance(value, bool):
            drawn = replace(drawn, static=Number(value))
        self.found.append(_Found(identity, sheet.name, StoredAssumption(cell, drawn)))

    def _draw(self, sheet: Sheet, thing: Instance) -> Draw | NotUnderstood:
        text = member(thing, "mDstParms")
        shown = text[:80] if isinstance(text, str) else "an assumption without a law"
        law = stored_law(text) if isinstance(text, str) else None
        if law is None:
            return NotUnderstood(shown, UNREAD_LAW)
        mark = unknown_mark(thing)
        wrong = disagreement(law, thing) if mark is None else MARKED.format(mark)
        if wrong is not None:
            return NotUnderstood(shown, wrong)
        try:
            given = given_parameters(law, thing, sheet, self.names)
        except Ambiguous as problem:
            return NotUnderstood(shown, str(problem))
        return law.draw(given, self._name(sheet, thing))

    def _name(self, sheet: Sheet, thing: Instance) -> Node | None:
        for kind in NAMES:
            node = self.names.reference(thing, kind, 0, sheet)
            if isinstance(node, Node):
                return node
        name = member(thing, "mVarName")
        return Text(name) if isinstance(name, str) and name and not name.startswith("=") else None

    def _forecast(self, sheet: Sheet, thing: Instance) -> None:
        cell = self._place(sheet, thing, "forecast")
        if cell is None:
            return
        prefs = member(thing, "mPreferences", "fFilterPrefs")
        if member(prefs, "fUseFilter") is True:
            discards = member(prefs, "fFilterAllOnDiscard") is True
            self._problem(DISCARDS if discards else FILTERED, self._shown(cell), blocking=discards)
            return
        mark = unknown_mark(thing)
        if mark is not None:
            self._problem(
                f"this forecast is no output unless you name it: {MARKED.format(mark)}",
                self._shown(cell),
                blocking=False,
            )
            return
        self.forecasts.append(StoredForecast(cell, self._name(sheet, thing)))

    def _decision(self, sheet: Sheet, thing: Instance) -> None:
        cell = self._place(sheet, thing, "decision variable")
        if cell is not None:
            self.notes.append(f"{self._shown(cell)} is a decision variable of Crystal Ball: it keeps its value")

    def _correlation(self, sheet: Sheet, thing: Instance) -> None:
        own = identifier(member(thing, "mGuid"))
        if own is not None:
            self.known.add((sheet.name.casefold(), own))
        first, second = (identifier(member(thing, f"mAssumption{i}Guid")) for i in (1, 2))
        node = self.names.reference(thing, COEFFICIENT, 0, sheet)
        coefficient = member(thing, "mCoefficient")
        if node is None and isinstance(coefficient, float):
            node = Number(coefficient)
        if first is None or second is None or not isinstance(node, Node):
            self._problem(f"a correlation of the sheet {sheet.name} lacks an assumption or its coefficient")
            return
        self.ties.append(Tie(sheet.name, first, second, node))

    def _tied(self) -> tuple[StoredAssumption, ...]:
        """The assumptions in the order of their cells, with their correlations."""
        ordered = sorted(self.found, key=lambda f: f.assumption.cell)
        places = defaultdict(list)
        for index, one in enumerate(ordered):
            places[one.identity].append((one.sheet, index))
        labels = [self._shown(one.assumption.cell) for one in ordered]
        correlations, lost = tied(self.ties, places, labels, self.unused)
        for reason in lost:
            self._problem(reason)
        return tuple(
            replace(one.assumption, draw=replace(one.assumption.draw, correlation=correlations.get(index)))
            for index, one in enumerate(ordered)
        )

    def _unread_cells(self, has_blocks: bool) -> None:
        """Cells that Crystal Ball has named and of which nothing was read: one with a number is an assumption or a
        decision variable, one with a formula a forecast (User's Guide, Crystal Ball's three types of cells).
        """
        places = (
            self.names.cell(n.text)
            for n in self.workbook.names
            if (match := _CELL_NAME.fullmatch(n.name))
            and not self._is_known(n.sheet, match[1].lower())
            and self.names.is_value(n.text)
        )
        cells = tuple(self._shown(place) for place in places if place is not None)
        sheets = (s for s in self.workbook.sheets if s.name.casefold() == DATA_SHEET.casefold())
        if cells:
            more = f" and {len(cells) - SHOWN_CELLS} more" if cells[SHOWN_CELLS:] else ""
            self._problem(f"{UNREAD} in place of the values of {', '.join(cells[:SHOWN_CELLS])}{more}", *cells)
        elif not has_blocks and not self.problems and any(s.values or s.formulas for s in sheets):
            self._problem(f"{UNREAD} and delete the hidden sheet {DATA_SHEET}", DATA_SHEET)

    def _is_known(self, scope: str | None, identity: str) -> bool:
        if scope is None:
            return any(known == identity for _, known in self.known)
        return (scope.casefold(), identity) in self.known

    def _old_versions(self) -> None:
        names = {n.name.upper() for n in self.workbook.names}
        records = [match for name in names if (match := _OLD_NAME.fullmatch(name))]
        if "ZA0" in names and any(match[1] == "A" for match in records):
            self._problem(OLD)
