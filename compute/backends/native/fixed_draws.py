"""Reading draws from laws that stay the same in every iteration."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from compute.backends.native.errors import NotNative
from compute.backends.native.expressions import Fixed, Sampled
from compute.backends.native.fixed_laws import MOST_WORK, FixedLaw, fixed_law, moved_law
from compute.backends.native.lines import is_written
from compute.backends.native.tabled_draws import SCALED
from compute.backends.reference.draw_laws import LawReader, rectangle_of
from compute.backends.reference.frame import Frame
from compute.dialects import Draw, SeriesDraw
from compute.distributions import LAWS
from compute.distributions.columns import Columns, LawColumns
from compute.distributions.piecewise import TriGen
from compute.errors import InvalidDistribution, UnsupportedFormula
from compute.formulas.ast import Number
from compute.program import FormulaCell

if TYPE_CHECKING:
    from compute.backends.native.reading import Reading
    from compute.backends.native.surroundings import Surroundings


_CHEAPER = frozenset(
    {"NORMAL", "LOGNORMAL", "LOGNORMAL2", "WEIBULL", "LOGLOGISTIC", "FRECHET", "BURR12", "DAGUM", "KUMARASWAMY"}
)
"""Laws whose table is read in less time than their formula takes."""
_FEW = 16
"""As many of those tables are worth making."""


def cheaper_by_tables(around: Surroundings, cells: Sequence[tuple[FormulaCell, Draw]]) -> Sampled | None:
    """The draws of a line by tables where its law also has a formula, which takes longer; None where it has not."""
    law = cells[0][1].law
    shapes = 1 if law == "NORMAL" else len({draw.parameters for _, draw in cells})
    if law not in _CHEAPER or len(around.tables) + shapes > _FEW:
        return None
    known = dict(around.tables)
    try:
        found = tabled(around, cells)
    except NotNative:
        around.tables = known
        return None
    around.spared[around.reader] = shapes
    return found


def are_few(around: Surroundings, line: int) -> bool:
    """Whether a line's tables are few enough among those of all lines that were read since."""
    is_too_much = line in around.relying and sum(around.tables.values()) > MOST_WORK
    return not is_too_much and (line not in around.spared or len(around.tables) + around.spared[line] <= _FEW)


def tabled(around: Surroundings, cells: Sequence[tuple[FormulaCell, Draw]]) -> Sampled:
    """The draws of a line's cells by tables; raises NotNative where one of them has none."""
    sites = np.array([around.sites[formula.number, id(draw)] for formula, draw in cells], np.int64)
    written = _written([draw for _, draw in cells])
    moved = None if written is None else moved_law(written)
    if moved is not None:
        demand_few(around, [moved[0]])
        by_form = tuple(Fixed("number", part) for part in moved[1:])
        return Sampled("number", sites, moved[0].kind, by_form, (moved[0].words,) * len(cells))
    distinct, where = list(range(len(cells))), np.arange(len(cells))
    if written is not None:
        _, firsts, where = np.unique(_bits(written), axis=0, return_index=True, return_inverse=True)
        order = np.argsort(firsts)
        distinct, where = firsts[order].tolist(), np.argsort(order)[where]
    columns = [_columns(around, *cells[i]) for i in distinct]
    ends = [TriGen.ends(*c.parameters) for c in columns if isinstance(c, LawColumns) and c.law is TriGen]
    if len(ends) == len(columns) and all(c.valid.all() for c in columns):
        by_ends = tuple(Fixed("number", np.concatenate(end)[where]) for end in zip(*ends, strict=True))
        return Sampled("number", sites, "TRIANGULAR", by_ends)
    laws = [_law(c, cells[i][1]) for i, c in zip(distinct, columns, strict=True)]
    kinds = {law.kind for law in laws}
    if len(kinds) > 1:
        raise NotNative("draws of different kinds in one line are not compiled")
    demand_few(around, laws)
    parts = (np.array([law.location for law in laws]), np.array([law.scale for law in laws]))
    fixed = tuple(Fixed("number", part[where]) for part in parts)
    return Sampled("number", sites, kinds.pop(), fixed, tuple(laws[i].words for i in where.tolist()))


def _written(draws: Sequence[Draw]) -> LawColumns | None:
    """The laws of draws from one law whose parameters are all written out; None for others."""
    law = LAWS.get(draws[0].law)
    if law is None or not law.parameters or any(info.domain.is_list for info in law.parameters):
        return None
    if any(d.law != draws[0].law or d.counts or isinstance(d, SeriesDraw) or not is_written(d) for d in draws):
        return None
    given = [[p.value for p in d.parameters if isinstance(p, Number)] for d in draws]
    if any(len(row) != len(law.parameters) for row in given):
        return None
    return law.over(*np.array(given, np.float64).T)


def _bits(columns: LawColumns) -> npt.NDArray[np.uint64]:
    """The parameters, one row for each column; equal only where all bits are."""
    return np.stack(columns.parameters, axis=1).view(np.uint64)


_PLACED: dict[str, tuple[int | None, int]] = {
    "GAMMA": (None, 1),
    "ERLANG": (None, 1),
    "PEARSON5": (None, 1),
    "PEARSON6": (None, 2),
    "CAUCHY": (0, 1),
    "LEVY": (0, 1),
    "STUDENT3": (0, 1),
    "FATIGUELIFE": (0, 1),
}
"""Laws of which these parameters are the location (None for 0) and the scale, the others shapes."""


def tabled_shapes(reading: Reading, draw: Draw) -> Sampled | None:
    """Draws from laws whose place and size vary while their shape does not; None where a law is none of these."""
    location, scale = _PLACED.get(draw.law, (None, -1))
    further = draw.correlation or draw.seed or draw.locked or draw.counts or draw.percentiles or draw.adjustments
    if scale < 0 or further or len(draw.parameters) != len(LAWS[draw.law].parameters):
        return None
    shapes = [i for i in range(len(draw.parameters)) if i not in (location, scale)]
    if not all(reading.is_fixed(draw.parameters[i]) for i in shapes):
        return None
    values = {i: reading.constant(draw.parameters[i]).values for i in shapes}
    length = reading.line.length
    columns = [values.get(i, np.full(length, float(i == scale))) for i in range(len(draw.parameters))]
    laws = [_law(LAWS[draw.law].over(*cell), draw) for cell in zip(*columns, strict=True)]
    demand_few(reading.around, laws)
    sites = np.array([reading.around.sites[f.number, id(draw)] for f in reading.line.formulas], np.int64)
    nothing = Fixed("number", np.zeros(length))
    parts = (
        nothing if location is None else reading.number(draw.parameters[location]),
        reading.number(draw.parameters[scale]),
    )
    return Sampled("number", sites, SCALED, parts, tuple(law.words for law in laws))


def demand_few(around: Surroundings, laws: Sequence[FixedLaw]) -> None:
    """Notes the tables of laws; raises NotNative where the program has more of them than are worth making."""
    for law in laws:
        around.tables[law.key] = law.work
    if sum(around.tables.values()) > MOST_WORK:
        raise NotNative("the laws have more different shapes than are worth tables")
    around.relying.add(around.reader)


def _law(columns: Columns, draw: Draw) -> FixedLaw:
    found = fixed_law(columns)
    if found is None:
        raise _refused(draw)
    return found


def _refused(draw: Draw) -> NotNative:
    return NotNative(f"draws from {draw.law} are not compiled")


def _columns(around: Surroundings, formula: FormulaCell, draw: Draw) -> Columns:
    if draw.correlation or draw.seed or draw.locked or draw.counts:
        raise NotNative("a draw has further properties")
    if isinstance(draw, SeriesDraw) or draw.law not in LAWS:
        raise _refused(draw)
    frame = Frame.of((formula,), 1)
    reader = LawReader(around.evaluator, frame)
    try:
        if rectangle_of(around.evaluator, draw, frame) != (1, 1):
            raise NotNative("a draw that fills an array is not compiled")
        read = reader.read(draw)
        columns = read.columns()
    except (InvalidDistribution, UnsupportedFormula) as problem:
        raise NotNative(problem.message) from problem
    if reader.codes is not None or read.lanes != 1 or not isinstance(columns, Columns):
        raise _refused(draw)
    return columns


__all__ = ["cheaper_by_tables", "demand_few", "tabled", "tabled_shapes"]
