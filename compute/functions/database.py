"""Statistics over the rows of a list that meet criteria (DSUM, DGET and their kin)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from compute.errors import CellError, ErrorCode
from compute.functions.aggregates import count_kinds, greatest, least, mean_of, product_of
from compute.functions.conditional import selected
from compute.functions.criteria import Cells, Criterion, parse_criterion
from compute.functions.reductions import ordered_sum, per_lane
from compute.functions.samples import Sample
from compute.functions.signature import CallContext, CellFailure, Operand, any_value, cells, function
from compute.functions.statistics_descriptive import deviation_cell, variance_cell
from compute.values import Array, Booleans, Kind, blank, error, numeric, select

_ARGUMENTS = (cells("database"), any_value("field"), cells("criteria"))


def _labels(context: CallContext, array: Array) -> list[str]:
    """The headings of a list, folded for comparison."""
    row = context.settled(array.part(slice(0, 1), slice(None)))[0]
    return ["" if v is None else str(int(v) if isinstance(v, float) and v.is_integer() else v).casefold() for v in row]


def _field(context: CallContext, labels: list[str], field: Array) -> int | None:
    """The 0-based column that a field names by its heading or number; None when the field is left empty."""
    value = context.constant(field)
    if value is None:
        return None
    if isinstance(value, str):
        if value.casefold() in labels:
            return labels.index(value.casefold())
    elif isinstance(value, float) and 1 <= value < len(labels) + 1:
        return int(value) - 1
    raise CellFailure(ErrorCode.VALUE)


def _rows_meeting(context: CallContext, records: Array, labels: list[str], criteria: Array) -> Booleans:
    """Where a record meets one row of criteria or another, shape (records, lanes)."""
    if records.rows == 0 or criteria.rows < 2:
        raise CellFailure(ErrorCode.VALUE)
    headings = _labels(context, criteria)
    conditions = context.settled(criteria.part(slice(1, None), slice(None)))
    columns = {
        h: Cells(records.part(slice(None), slice(i, i + 1)), context.date_1904)
        for i, h in reversed(list(enumerate(labels)))
    }
    met = np.zeros((records.rows, 1), np.bool_)
    for row in conditions:
        here = np.ones((records.rows, 1), np.bool_)
        for heading, wanted in zip(headings, row, strict=True):
            if wanted is None:
                continue
            if heading in columns:
                here = here & columns[heading].meeting(_condition(wanted, context.date_1904))
            else:
                here = here & _computed(wanted)
        met = met | here
    return met


def _computed(wanted: object) -> bool:
    """A condition under a heading that the list lacks: a formula's truth, which is the same for every record."""
    return wanted is not False and not isinstance(wanted, (str, CellError)) and wanted != 0


def _condition(wanted: object, date_1904: bool) -> Criterion:
    """A criterion as lists take it: a text without an operator asks for texts that begin with it."""
    if isinstance(wanted, str):
        found = parse_criterion(wanted, date_1904)
        plain = not wanted.startswith(("=", "<", ">"))
        if plain and isinstance(found.target, str) and found.target:
            return Criterion("=", found.target + "*")
        return found
    if isinstance(wanted, bool):
        return Criterion("=", wanted)
    if isinstance(wanted, CellError):
        return Criterion("=", ("error", int(wanted.number)))
    assert isinstance(wanted, float)  # a cell holds nothing else
    return Criterion("=", wanted)


def _chosen(context: CallContext, database: Operand, field: Array | None, criteria: Operand) -> tuple[Array, Booleans]:
    """The field's cells (of all fields where it is left empty: the first), and where records meet the criteria."""
    labels = _labels(context, database.array)
    records = database.array.part(slice(1, None), slice(None))
    place = None if field is None else _field(context, labels, field)
    met = _rows_meeting(context, records, labels, criteria.array)
    if place is None:
        return numeric(np.ones((records.rows, 1, 1))), met
    return records.part(slice(None), slice(place, place + 1)), met


def _register(name: str, pick: Callable[[Sample], Array]) -> None:
    def implementation(context: CallContext, database: Operand, field: Array | None, criteria: Operand) -> Array:
        if field is None or field.is_kind(Kind.BLANK).all():
            raise CellFailure(ErrorCode.VALUE)
        return pick(selected(*_chosen(context, database, field, criteria)))

    function(name, *_ARGUMENTS)(implementation)


_register("DSUM", lambda s: per_lane(ordered_sum(s.values), codes=s.codes))
_register("DAVERAGE", mean_of)
_register("DMIN", least)
_register("DMAX", greatest)
_register("DPRODUCT", product_of)
_register("DSTDEV", lambda s: deviation_cell(s, 1))
_register("DSTDEVP", lambda s: deviation_cell(s, 0))
_register("DVAR", lambda s: variance_cell(s, 1))
_register("DVARP", lambda s: variance_cell(s, 0))


def _register_count(name: str, kinds: tuple[Kind, ...]) -> None:
    def implementation(context: CallContext, database: Operand, field: Array | None, criteria: Operand) -> Array:
        values, met = _chosen(context, database, field, criteria)
        return numeric(count_kinds(select(met[:, None, :], values, blank()), kinds))

    function(name, *_ARGUMENTS)(implementation)


_register_count("DCOUNT", (Kind.NUMBER,))
_register_count("DCOUNTA", (Kind.NUMBER, Kind.BOOLEAN, Kind.TEXT, Kind.ERROR))


def _empty(values: Array) -> Booleans:
    """Where the cells of one column are blank or hold an empty text, shape (records, lanes)."""
    nothing = values.is_kind(Kind.TEXT) & (values.text_array() == "") | values.is_kind(Kind.BLANK)
    return np.asarray(nothing[:, 0, :], np.bool_)


@function("DGET", *_ARGUMENTS)
def single_record(context: CallContext, database: Operand, field: Array | None, criteria: Operand) -> Array:
    """The field of the only record that meets the criteria; #VALUE! where none does, #NUM! where several do.

    Records whose field is empty do not count.
    """
    values, met = _chosen(context, database, field, criteria)
    met = met & ~_empty(values)
    found = met.sum(axis=0)
    lanes = max(values.lanes, met.shape[1])
    place = np.broadcast_to(met.argmax(axis=0) if met.size else np.zeros(1, np.intp), (lanes,))
    whole = values.broadcast(values.rows, 1, lanes)
    at = (place, 0, np.arange(lanes))
    picked = Array(
        whole.numbers[at].reshape(1, 1, -1),
        whole.kind_array()[at].reshape(1, 1, -1),
        None if whole.texts is None else whole.texts[at].reshape(1, 1, -1),
    )
    picked = select((found > 1).reshape(1, 1, -1), error(ErrorCode.NUM), picked)
    return select((found == 0).reshape(1, 1, -1), error(ErrorCode.VALUE), picked)
