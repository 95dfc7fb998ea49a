"""The laws of draws: their parameters read over a frame's lanes, laws made of laws, laws given by percentiles.

    ReadLaw
    ├── NamedLaw        a law of compute.distributions with its parameters
    ├── CombinedLaw     RiskEvent, Splice, Deduct, Compound: some parameters are laws
    └── PercentileLaw   found from percentiles, once for each set of them

Each can be asked for columns, to be drawn from lane by lane, and for the law of one lane as an object.
"""

from __future__ import annotations

import functools
import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from compute.backends.reference.draw_streams import FIRST, Element
from compute.backends.reference.frame import Frame
from compute.dialects import Draw, InnerLaw
from compute.dialects.combined import COMBINED, COUNT, LAW, NUMBER, combination_of
from compute.dialects.law_nodes import FORMULA, HELD
from compute.dialects.percentile_forms import simplified
from compute.distributions import COMBINATIONS, LAWS, CompoundColumns, Distribution, DUniform, Law, Shifted
from compute.distributions.columns import Columns, LawColumns
from compute.distributions.mixtures import RiskEventColumns, SpliceColumns
from compute.distributions.payment import DeductColumns
from compute.errors import ErrorCode, InvalidDistribution, UnsupportedFormula
from compute.formulas.ast import Node, Omitted
from compute.functions.call import common_rectangle
from compute.program import FormulaCell
from compute.program.law_cells import law_cell
from compute.records import dataclass
from compute.values import Array, Codes, Floats, Kind, first_error, to_numbers

if TYPE_CHECKING:
    from compute.backends.reference.evaluator import Evaluator
    from compute.graph import CellId

Uniforms = Callable[[int], Floats]


@dataclass(frozen=True, slots=True)
class Losses:
    """The sums of losses of a compound law, plus a constant: what it is drawn by, having no inverse."""

    sums: CompoundColumns
    by: Floats

    def draw(self, p: Floats, uniforms_of: Uniforms) -> Floats:
        """The sums: how many losses by ``p``, the j-th by ``uniforms_of(j)``; NaN where the law does not exist."""
        sums = self.sums
        with np.errstate(all="ignore"):
            exists = sums.frequency.valid & sums.severity.valid
            exists = exists & (sums.deductible >= 0) & np.isfinite(sums.deductible) & (sums.limit > 0)
            p = np.where(exists, p, np.nan)
            return sums.draw(p, uniforms_of) + self.by if exists.any() else p


@dataclass(frozen=True, slots=True)
class Step:
    """One adjustment: truncation, by values or percentiles, or shift; a limit that is None is open."""

    kind: str
    low: Floats | None
    high: Floats | None

    def columns(self, law: Columns | Losses) -> Columns | Losses:
        """The law after this step."""
        if self.kind == "shift":
            by = np.zeros(1) if self.low is None else self.low
            return replace(law, by=law.by + by) if isinstance(law, Losses) else law.shifted(by)
        assert isinstance(law, Columns), "sums are not truncated: the dialects refuse it"
        if self.kind == "truncate":
            return law.truncated(*_ends(self, -math.inf, math.inf))
        return law.truncated_by_percentile(*_ends(self, 0.0, 1.0))

    def at(self, law: Distribution, lane: int) -> Distribution:
        """One lane's law after this step."""
        low, high = (None if end is None else float(end[lane % end.shape[0]]) for end in (self.low, self.high))
        if self.kind == "shift":
            return law.shift(low or 0.0)
        if self.kind == "truncate":
            return law.truncate(low, high)
        return law.truncate(None if low is None else law.ppf(low), None if high is None else law.ppf(high))


def _ends(step: Step, low: float, high: float) -> tuple[Floats, Floats]:
    return (
        np.array([low]) if step.low is None else step.low,
        np.array([high]) if step.high is None else step.high,
    )


@dataclass(frozen=True, slots=True)
class ReadLaw(ABC):
    """A draw's law with everything in it evaluated over a frame's lanes."""

    name: str
    steps: tuple[Step, ...]

    def columns(self) -> Columns | Losses:
        """The law of every lane."""
        law = self._columns()
        for step in self.steps:
            law = step.columns(law)
        return law

    def at(self, lane: int) -> Distribution:
        """The law of one lane. Raises InvalidDistribution where it does not exist."""
        law = self._at(lane)
        for step in self.steps:
            law = step.at(law, lane)
        return law

    @property
    def lanes(self) -> int:
        """In how many lanes it may differ; 1 for a law that is the same in every iteration."""
        ends = (end for step in self.steps for end in (step.low, step.high) if end is not None)
        return max([self._lanes(), *(int(end.shape[0]) for end in ends)])

    @abstractmethod
    def _lanes(self) -> int: ...

    def inner(self) -> Columns:
        """As ``columns``, for a law inside another, which is never a sum."""
        law = self.columns()
        assert isinstance(law, Columns), "a sum inside another law is refused when the program is assembled"
        return law

    @abstractmethod
    def _columns(self) -> Columns | Losses: ...

    @abstractmethod
    def _at(self, lane: int) -> Distribution: ...


@dataclass(frozen=True, slots=True)
class NamedLaw(ReadLaw):
    """A law of ``LAWS`` with its parameters: (lanes,) each, lists (elements, lanes)."""

    arguments: tuple[Floats, ...]

    def _lanes(self) -> int:
        return max((a.shape[-1] for a in self.arguments), default=1)

    def _columns(self) -> Columns:
        return LawColumns(LAWS[self.name], self.arguments)

    def _at(self, lane: int) -> Distribution:
        given: list[Any] = [
            tuple(p[:, lane % p.shape[1]].tolist()) if p.ndim == 2 else _number(p, lane) for p in self.arguments
        ]
        return LAWS[self.name](*given)


def _number(column: Floats, lane: int) -> float:
    return float(column[lane % column.shape[0]])


@dataclass(frozen=True, slots=True)
class CombinedLaw(ReadLaw):
    """A law of ``COMBINATIONS``; its parameters in the order of ``compute.dialects.combined.COMBINED``."""

    arguments: tuple[Floats | ReadLaw, ...]

    def _lanes(self) -> int:
        return max(a.lanes if isinstance(a, ReadLaw) else a.shape[-1] for a in self.arguments)

    def _columns(self) -> Columns | Losses:
        parts: list[Any] = [a.inner() if isinstance(a, ReadLaw) else a for a in self.arguments]
        if self.name == "RISKEVENT":
            return RiskEventColumns(*parts)
        if self.name == "SPLICE":
            return SpliceColumns(*parts)
        if self.name == "DEDUCT":
            return DeductColumns(*parts)
        frequency = parts[0] if isinstance(parts[0], Columns) else LawColumns(DUniform, (np.floor(parts[0])[None],))
        return Losses(CompoundColumns(frequency, *parts[1:]), np.zeros(1))

    def _at(self, lane: int) -> Distribution:
        parts: list[Any] = [a.at(lane) if isinstance(a, ReadLaw) else _number(a, lane) for a in self.arguments]
        if self.name == "COMPOUND" and isinstance(parts[0], float):
            parts[0] = DUniform((max(math.floor(parts[0]), 0),) if math.isfinite(parts[0]) else ())
        return COMBINATIONS[self.name](*parts)


Pairs = tuple[tuple[str | float, float], ...]


@functools.lru_cache(maxsize=65_536)
def _from_percentiles(law: str, pairs: Pairs, descending: bool) -> Distribution | InvalidDistribution:
    try:
        return LAWS[law].from_percentiles(*pairs, descending=descending)
    except InvalidDistribution as problem:
        return problem


@dataclass(frozen=True, slots=True)
class PercentileLaw(ReadLaw):
    """A law by pairs of a parameter's name or a probability, and a value."""

    kinds: tuple[tuple[tuple[str, ...], Floats], ...]
    values: tuple[Floats, ...]
    descending: bool

    def _lanes(self) -> int:
        kinds = (size for names, shares in self.kinds for size in (len(names), shares.size))
        return max(*kinds, *(v.size for v in self.values))

    def _at(self, lane: int) -> Distribution:
        kinds = (names[lane % len(names)] or _number(shares, lane) for names, shares in self.kinds)
        pairs = tuple(zip(kinds, (_number(value, lane) for value in self.values), strict=True))
        found = _from_percentiles(self.name, pairs, self.descending)
        if isinstance(found, InvalidDistribution):
            raise InvalidDistribution(found.message, code=found.code)
        return found

    def _columns(self) -> Columns:
        law, lanes = LAWS[self.name], self._lanes()
        table = np.full((len(law.parameters) + 1, lanes), np.nan)
        for lane in range(lanes):
            try:
                found = self._at(lane)
            except InvalidDistribution:
                continue
            base, by = (found.base, found.by) if isinstance(found, Shifted) else (found, 0.0)
            assert isinstance(base, Law)
            table[:, lane] = *base.arguments, by
        return LawColumns(law, tuple(table[:-1])).shifted(table[-1])


def column(evaluator: Evaluator, node: Node, frame: Frame, element: Element = FIRST) -> tuple[Floats, Codes | None]:
    """One parameter over the lanes; of an array that element, #N/A beyond its end."""
    array = _element(evaluator, node, frame, element)
    if array is None:
        return np.array([0.0]), np.full((1, 1, 1), int(ErrorCode.NA), np.uint8)
    numbers, codes = to_numbers(array, evaluator.date_1904)
    return np.ascontiguousarray(numbers[0, 0]), codes


def _element(evaluator: Evaluator, node: Node, frame: Frame, element: Element) -> Array | None:
    array = evaluator.scalar(node, frame)
    row, at = (0 if array.rows == 1 else element[0], 0 if array.columns == 1 else element[1])
    if row >= array.rows or at >= array.columns:
        return None
    return array if array.is_single else array.cell(row, at)


def single_parts(law: Draw | InnerLaw) -> Iterator[Node]:
    """The formula trees in a law that stand for one number each, those of laws inside it too."""
    combination = combination_of(law.law)
    if combination is not None:
        for role, node in zip(combination.roles, law.parameters, strict=False):
            if isinstance(node, InnerLaw):
                yield from single_parts(node)
            elif role != LAW and not isinstance(node, Omitted):
                yield node
    elif law.percentiles is not None or law.law == FORMULA:
        yield from law.parameters
    else:
        infos = LAWS[law.law].parameters
        yield from (n for p, n in zip(infos, law.parameters, strict=False) if not p.domain.is_list)
    yield from (n for a in law.adjustments for n in (a.low, a.high) if n is not None)


class LawReader:
    """Reads laws over the lanes of one frame; ``codes`` collects the errors met, (1, 1, lanes)."""

    def __init__(self, evaluator: Evaluator, frame: Frame, element: Element = FIRST) -> None:
        self._evaluator, self._frame, self._element = evaluator, frame, element
        self.codes: Codes | None = None

    def read(self, law: Draw | InnerLaw) -> ReadLaw:
        """The law with its parameters and adjustments."""
        if law.law == HELD:
            part = law.parameters[0]
            return self.read(part) if isinstance(part, InnerLaw) else self._held(part, "a function of laws")
        if law.law in COMBINED:
            return self._combined(law)
        if getattr(law, "percentiles", None) is not None:
            return self._by_percentiles(law)
        infos = LAWS[law.law].parameters
        given = zip(infos, law.parameters, strict=False)
        arguments = [self._list(node) if info.domain.is_list else self._number(node) for info, node in given]
        arguments += [np.array([float(p.default or 0.0)]) for p in infos[len(law.parameters) :]]
        return NamedLaw(law.law, self._steps(law), tuple(arguments))

    def _steps(self, law: Draw | InnerLaw) -> tuple[Step, ...]:
        return tuple(Step(a.kind, self._limit(a.low), self._limit(a.high)) for a in law.adjustments)

    def _limit(self, node: Node | None) -> Floats | None:
        return None if node is None else self._number(node)

    def _number(self, node: Node) -> Floats:
        numbers, codes = column(self._evaluator, node, self._frame, self._element)
        self.codes = first_error(self.codes, codes)
        return numbers

    def _list(self, node: Node) -> Floats:
        array = self._evaluator.array(node, self._frame.as_array())
        numbers, codes = to_numbers(array, self._evaluator.date_1904)
        if codes is not None:
            flat = codes.reshape(-1, codes.shape[2])
            self.codes = first_error(self.codes, flat.max(axis=0)[None, None, :])
        return np.ascontiguousarray(numbers).reshape(-1, array.lanes)

    def _combined(self, law: Draw | InnerLaw) -> CombinedLaw:
        combination, arguments = COMBINED[law.law], list[Floats | ReadLaw]()
        missing = [Omitted()] * (len(combination.roles) - len(law.parameters))
        given = zip(combination.roles, combination.names, (*law.parameters, *missing), strict=True)
        for role, name, node in given:
            if isinstance(node, InnerLaw):
                arguments.append(self.read(node))
            elif role == LAW:
                arguments.append(self._held(node, law.law))
            elif isinstance(node, Omitted) and role == NUMBER:
                arguments.append(np.array([math.inf if name == "limit" else 0.0]))
            else:
                assert role in (NUMBER, COUNT)
                arguments.append(self._number(node))
        return CombinedLaw(law.law, self._steps(law), tuple(arguments))

    def _held(self, node: Node, shown: str) -> ReadLaw:
        """The law that another cell holds, its parameters as that cell's formula reads them."""
        program, formula = self._evaluator.program, self._frame.formulas[0]

        def found(cell: CellId) -> FormulaCell | None:
            number = program.producers.get(cell)
            return None if number is None else program.formulas[number]

        held = law_cell(node, formula, program.sheets, found)
        if held is None or not isinstance(held.tree, Draw | InnerLaw) or len(self._frame.formulas) != 1:
            where = f"{program.sheets.names[formula.sheet]}!R{formula.row}C{formula.column}"
            raise UnsupportedFormula(f"{where}: {shown} is given a reference to no law", cells=(where,))
        frame = replace(Frame.of((held,), self._frame.block_lanes), subset=self._frame.subset)
        reader = LawReader(self._evaluator, frame)
        law = reader.read(held.tree)
        self.codes = first_error(self.codes, reader.codes)
        return law

    def _by_percentiles(self, law: Draw | InnerLaw) -> PercentileLaw:
        assert law.percentiles is not None
        names = dict(law.percentiles.names)
        kinds = tuple(self._kind(node, names) for node in law.parameters[::2])
        values = tuple(self._number(node) for node in law.parameters[1::2])
        return PercentileLaw(law.law, self._steps(law), kinds, values, law.percentiles.descending)

    def _kind(self, node: Node, names: dict[str, str]) -> tuple[tuple[str, ...], Floats]:
        """What a pair gives, lane by lane: a parameter by its name, or (where that is empty) a probability."""
        array = _element(self._evaluator, node, self._frame, self._element)
        if array is not None and array.kinds is not None and (array.kinds == Kind.TEXT).any():
            spelled = array.text_array()[0, 0].tolist()
            found = tuple(names.get(simplified(s), s) if s else "" for s in spelled)
            return found, np.array(array.numbers[0, 0])
        return ("",), self._number(node)


def law_columns(
    evaluator: Evaluator, law: Draw | InnerLaw, frame: Frame, element: Element = FIRST
) -> tuple[Columns, Codes | None]:
    """The law over the frame's lanes, truncated and shifted as its adjustments say, and the errors met, (1, 1, lanes).

    A sum of losses that is the same in every lane is that of ``compute.distributions.Compound``. Raises
    UnsupportedFormula for one that changes from lane to lane.
    """
    reader = LawReader(evaluator, frame, element)
    read = reader.read(law)
    found = read.columns()
    if not isinstance(found, Losses):
        return found, reader.codes
    if read.lanes > 1:
        raise UnsupportedFormula("the percentiles of a sum whose laws change from iteration to iteration")
    try:
        return read.at(0).columns(), reader.codes
    except InvalidDistribution:
        return LawColumns(DUniform, (np.full((1, 1), np.nan),)), reader.codes


def rectangle_of(evaluator: Evaluator, law: Draw | InnerLaw, frame: Frame) -> tuple[int, int]:
    """How many draws an array formula makes of one call: as many as its parameters have elements."""
    if not frame.whole:
        return 1, 1
    arrays = [evaluator.scalar(n, frame) for n in single_parts(law)]
    return common_rectangle(arrays) if arrays else (1, 1)
