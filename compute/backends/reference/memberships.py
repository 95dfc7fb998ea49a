"""What the workbook says of correlations and own seeds, read once with every draw at its static value."""

from __future__ import annotations

import math
from dataclasses import replace

from compute.backends.reference.evaluator import Evaluator
from compute.backends.reference.frame import Frame
from compute.dialects import Correlation, SeriesDraw
from compute.errors import CellError, InvalidCorrelation, Scalar
from compute.formulas import address
from compute.formulas.ast import Node
from compute.program import DrawSite, Program
from compute.records import dataclass
from compute.values import Area, Array, Reference

MOST_MEMBERS = 1_000


@dataclass(frozen=True, slots=True)
class Membership:
    """One draw's place in a group.

    ``group`` names it for people (``Inputs!A1:C3``, with ``#2`` for a second instance); ``matrix`` holds the entries as
    read, blank ones None, for families that take a matrix. ``position`` counts from 1, 0 where there is none;
    ``parameter`` is the degrees of freedom, theta or a coefficient, ``reflection`` 1 for a copula as it is.
    """

    site: int
    family: str
    group: str
    position: int
    parameter: float | None
    reflection: int
    matrix: tuple[tuple[float | None, ...], ...] = ()


def memberships(program: Program, evaluator: Evaluator) -> tuple[Membership, ...]:
    """Every correlated draw's membership; series are tied period by period, in a group for each period.

    Raises InvalidCorrelation, naming the draw's cell and what is wrong.
    """
    found: list[Membership] = []
    series: dict[str, bool] = {}
    for site in program.draws:
        if site.draw.correlation is None:
            continue
        one = _membership(program, evaluator, site, site.draw.correlation)
        is_series = isinstance(site.draw, SeriesDraw)
        if series.setdefault(one.group, is_series) != is_series:
            raise _wrong(site, f"{one.group} correlates time series with other inputs; give them other instances")
        found.append(replace(one, group=f"{one.group}, period {site.period + 1}") if is_series else one)
    return tuple(found)


def own_seeds(program: Program, evaluator: Evaluator) -> dict[int, int]:
    """The seeds that draws have of their own, by site. Raises InvalidCorrelation for one that is no whole number."""
    found: dict[int, int] = {}
    for site in program.draws:
        if site.draw.seed is None:
            continue
        value = _number(evaluator, site, program, site.draw.seed, "seed")
        if value != int(value) or not 0 <= value < 2**53:
            raise _wrong(site, f"its seed is {value:g}; it must be a whole number from 0")
        found[site.index] = int(value)
    return found


def _membership(program: Program, evaluator: Evaluator, site: DrawSite, tie: Correlation) -> Membership:
    matrix: tuple[tuple[float | None, ...], ...] = ()
    if tie.family in ("gaussian", "student"):
        group, matrix = _matrix(program, evaluator, site, tie.group)
        group = tie.title or group
    else:
        group = str(_item(evaluator.array(tie.group, _frame(program, site))))
    if tie.instance is not None:
        instance = _item(evaluator.array(tie.instance, _frame(program, site)))
        group = group if instance in (None, 1.0) else f"{group}#{_shown(instance)}"
    if tie.own:
        is_named = group and group != repr(matrix)
        group = f"{group} in {site.address}" if is_named else site.address
    position = 0
    if tie.position is not None:
        given = _number(evaluator, site, program, tie.position, "position in the matrix")
        position = int(given)
        if position != given or not 1 <= position <= (len(matrix) or MOST_MEMBERS):
            most = len(matrix) or MOST_MEMBERS
            raise _wrong(site, f"its position in {group} is {given:g}; it must be a whole number from 1 to {most}")
    parameter = turned = None
    if tie.parameter is not None:
        parameter = _number(evaluator, site, program, tie.parameter, "parameter of the copula")
    if tie.reflection is not None:
        turned = _number(evaluator, site, program, tie.reflection, "reflection")
    return Membership(site.index, tie.family, group, position, parameter, int(turned or 1), matrix)


def _matrix(
    program: Program, evaluator: Evaluator, site: DrawSite, node: Node
) -> tuple[str, tuple[tuple[float | None, ...], ...]]:
    frame = _frame(program, site)
    place = evaluator.place(node, frame)
    values = evaluator.dereferenced(place, frame)
    name = _name_of(program, place.area) if isinstance(place, Reference) else ""
    rows = tuple(
        tuple(_entry(site, name, values.item(r, c), (r, c)) for c in range(values.columns)) for r in range(values.rows)
    )
    return name or repr(rows), rows


def _name_of(program: Program, area: Area) -> str:
    sheet = program.sheets.names[area.sheet]
    return f"{sheet}!{address(area.top, area.left)}:{address(area.bottom, area.right)}"


def _entry(site: DrawSite, name: str, value: Scalar, at: tuple[int, int]) -> float | None:
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, float):
        raise _wrong(site, f"row {at[0] + 1}, column {at[1] + 1} of its correlation matrix {name} is {_shown(value)}")
    return value


def _frame(program: Program, site: DrawSite) -> Frame:
    return Frame.of((program.formulas[site.formula],), 1)


def _item(array: Array) -> Scalar:
    return array.item()


def _number(evaluator: Evaluator, site: DrawSite, program: Program, node: Node, what: str) -> float:
    value = _item(evaluator.array(node, _frame(program, site)))
    if isinstance(value, bool) or not isinstance(value, float) or not math.isfinite(value):
        raise _wrong(site, f"its {what} is {_shown(value)}; it must be a number")
    return value


def _shown(value: Scalar) -> str:
    if isinstance(value, CellError):
        return value.code
    if isinstance(value, float):
        return f"{value:g}"
    return "blank" if value is None else repr(value)


def _wrong(site: DrawSite, what: str) -> InvalidCorrelation:
    label = site.address if site.name is None else f"{site.address} ({site.name})"
    return InvalidCorrelation(f"{label}: {what}", cells=(site.address,))
