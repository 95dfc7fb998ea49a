"""The cells and formulas that stand in Crystal Ball's data in place of numbers and names."""

from __future__ import annotations

import math
from collections.abc import Mapping

from compute.dialects.crystal_ball_blocks import member, pairs
from compute.dialects.crystal_ball_laws import LOCATION, StoredLaw
from compute.dialects.named_cells import cell_named, value_named
from compute.dialects.tree import nodes
from compute.errors import FormulaSyntaxError
from compute.formulas import parse
from compute.formulas.ast import CellReference, Coordinate, Node, RangeReference
from compute.workbook.model import DefinedName, Sheet, Workbook
from compute.workbook.nrbf import Array, Instance, Value

PARAMETER = "ParmControlId"
_CONTROLS: Mapping[str, Mapping[int, str]] = {"NORMAL": {2: "MEAN", 3: "STDDEV"}}
"""By law, the parameters behind the numbers of a dialog's fields, as far as they were met."""
_KINDS: Mapping[str, list[float]] = {"NORMAL": [0.0, 1.0, 2.0, 3.0, 4.0]}
"""The numbers that Crystal Ball's record of a law has for its parameters, when they are the ordinary ones."""


_MEMBERS = frozenset(
    {
        "mDstParms",
        "mExcelCellRefs",
        "mGuid",
        "mObjectIdentity",
        "mPreferences",
        "mUseCustomName",
        "mUseRangeName",
        "mVar",
        "mVarName",
    }
)
_CONTEXT = frozenset({"CB_ObjectIdentity", "CB_Preferences", "CB_UseCustomName", "CB_ValueRefs", "CB_VarAddress"})
"""What every assumption and forecast has that was met, or what concerns names alone."""


class Ambiguous(Exception):
    """A reference of which nobody can tell what it stands for; the text says why."""


class CellNames:
    """The names in a workbook by which Crystal Ball's objects find cells."""

    def __init__(self, workbook: Workbook) -> None:
        self._workbook = workbook
        self._names: dict[tuple[str, str], DefinedName] = {
            ((n.sheet or "").casefold(), n.name.casefold()): n for n in workbook.names
        }

    def text(self, name: str, sheet: Sheet) -> str | None:
        """What a name of that sheet, else of the workbook, stands for."""
        for scope in (sheet.name.casefold(), ""):
            found = self._names.get((scope, name.casefold()))
            if found is not None:
                return found.text
        return None

    def cell(self, text: str) -> tuple[int, int, int] | None:
        """The cell that a name's text is."""
        return cell_named(self._workbook, text)

    def is_value(self, text: str) -> bool:
        """Whether a name's text is a cell without a formula."""
        cell = self.cell(text)
        return cell is not None and cell[1:] not in self._workbook.sheets[cell[0]].formulas

    def value(self, text: str) -> float | None:
        """The number that the cell of that text holds or last showed."""
        value = value_named(self._workbook, DefinedName("", text))
        return value if isinstance(value, float) and not isinstance(value, bool) else None

    def reference(self, thing: Instance, kind: str, number: int, sheet: Sheet) -> Node | str | None:
        """What an object refers to for that purpose: a formula; a text that says why it is none; None without one."""
        for key, value in _references(thing):
            if isinstance(key, Instance) and key.type_name.endswith(f".{kind}") and member(key, "value__") == number:
                return self.formula(value, sheet)
        return None

    def formula(self, reference: Value, sheet: Sheet) -> Node | str:
        """A reference as a formula, or why it is none."""
        text = self.formula_text(reference, sheet)
        if text is None:
            return f"the name of its reference {member(reference, 'mAbsoluteRefersToOrRangeName')!r} is missing"
        try:
            tree = parse(text, 1, 1)
        except FormulaSyntaxError:
            return f"its reference {text} cannot be read"
        return tree if _is_absolute(tree) else f"its reference {text} is relative"

    def formula_text(self, reference: Value, sheet: Sheet) -> str | None:
        """The text of a reference as Excel has kept it up to date."""
        name = member(reference, "mGuidKey")
        return self.text(name, sheet) if isinstance(name, str) else None


def given_parameters(law: StoredLaw, thing: Instance, sheet: Sheet, names: CellNames) -> dict[str, Node]:
    """The formulas that stand in parameters of an assumption, by parameter.

    Of which parameter a reference is tells the number of its field where the law's fields are known; else the only
    parameter whose stored value the referenced cell shows. Raises Ambiguous where neither does.
    """
    given: dict[str, Node] = {}
    for key, reference in _references(thing):
        if not isinstance(key, Instance) or not key.type_name.endswith(f".{PARAMETER}"):
            continue
        node = names.formula(reference, sheet)
        if isinstance(node, str):
            raise Ambiguous(node)
        control = member(key, "value__") if _is_ordinary(law, thing) else None
        parameter = _parameter(law, control, names.formula_text(reference, sheet) or "", names)
        if parameter in given:
            raise Ambiguous(f"two references seem to stand for its parameter {parameter}")
        given[parameter] = node
    return given


def _parameter(law: StoredLaw, control: Value, text: str, names: CellNames) -> str:
    known = _CONTROLS.get(law.function, {}).get(control) if isinstance(control, int) else None
    if known is not None:
        return known
    shown = names.value(text)
    fitting = [] if shown is None else [p for p, v in law.values.items() if math.isclose(v, shown, rel_tol=1e-12)]
    if len(fitting) != 1:
        found = "none" if not fitting else "several"
        raise Ambiguous(f"which parameter its reference {text} stands for cannot be told: {found} had the cell's value")
    return fitting[0]


def _is_ordinary(law: StoredLaw, thing: Instance) -> bool:
    """Whether a law is given by its ordinary parameters, and not by percentiles."""
    return law.function in _KINDS and _KINDS[law.function] in _records(thing)


def _records(thing: Instance) -> list[list[Value]]:
    record = member(thing, "mVar", "mDst", "DstParms")
    return [v.items for v in record.members.values() if isinstance(v, Array)] if isinstance(record, Instance) else []


def disagreement(law: StoredLaw, thing: Instance) -> str | None:
    """Why an assumption's two records of its parameters contradict each other; None where they agree."""
    # Numbers of parameters come first, then their values.
    numbers = [i for items in _records(thing)[-1:] for i in items if isinstance(i, float)]
    if not numbers:
        return None
    # A location of 0 is kept as another number that means none.
    missing = [p for p, v in law.values.items() if p != LOCATION and v not in numbers]
    return f"its two records of {missing[0]} differ" if missing else None


def unknown_mark(thing: Instance) -> str | None:
    """The first thing that an assumption or forecast has and ordinary ones have not; None where there is nothing.

    What such a mark means is not known: ``_Exclude`` may be that of frozen cells, which keep their values in a run.
    """
    variable = member(thing, "mVar")
    context = [(k, v) for k, v in pairs(member(variable, "mContextData")) if k not in _CONTEXT]
    law = [(name, member(variable, "mDst", name)) for name in ("CustomData", "Shared")]
    own = [(name, value) for name, value in thing.members.items() if name.rpartition("+")[2] not in _MEMBERS]
    marks = (*context, *law, *_further(member(variable, "mDst", "DstParms")), *own)
    return next((str(name) for name, value in marks if _says_something(value)), None)


def _further(record: Value) -> list[tuple[str, Value]]:
    """What a record of a law holds besides its kind and the two lists of its parameters' numbers and values."""
    if not isinstance(record, Instance):
        return []
    lists = [name for name, value in record.members.items() if isinstance(value, Array)][:2]
    kinds = [n for n, v in record.members.items() if isinstance(v, Instance) and v.type_name.endswith(".DstTypes")]
    return [(f"DstParms.{name}", value) for name, value in record.members.items() if name not in (*lists, *kinds)]


def _says_something(value: Value) -> bool:
    return isinstance(value, Instance | Array) or value not in (None, False, 0, 0.0, "")


def _references(thing: Instance) -> list[tuple[Value, Value]]:
    return list(pairs(member(thing, "mExcelCellRefs", "mFors")))


def _is_absolute(tree: Node) -> bool:
    places = [n for n in nodes(tree) if isinstance(n, CellReference | RangeReference)]
    parts = (getattr(p, field) for p in places for field in p.__dataclass_fields__)
    return all(part.absolute for part in parts if isinstance(part, Coordinate))
