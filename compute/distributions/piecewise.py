"""Laws drawn with straight lines: Cumul, General, Histogram, DoubleTriang, TriGen."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import field
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from compute.distributions.bounded import Triangular
from compute.distributions.kernels import as_floats
from compute.distributions.law import Law, Moments
from compute.distributions.parameters import Argument, BoolArray, Domain, FloatArray, Ordering, ParameterInfo
from compute.records import dataclass

_MIN = ParameterInfo("min", "Smallest possible value", Domain.REAL)
_MAX = ParameterInfo("max", "Largest possible value", Domain.REAL)
_APART = Ordering("min", "max", strict=True)


@dataclass(frozen=True, slots=True)
class Lines:
    """A density of straight pieces, columns of it: knots (m+1, n), heights at both ends of each piece (m, n)."""

    knots: FloatArray
    left: FloatArray
    right: FloatArray

    @property
    def reached(self) -> FloatArray:
        """The area up to each knot (m+1, n), the last being the whole."""
        areas = 0.5 * (self.left + self.right) * np.diff(self.knots, axis=0)
        return as_floats(np.concatenate((np.zeros_like(areas[:1]), np.cumsum(areas, axis=0))))

    def piece(self, index: npt.NDArray[np.intp]) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray, FloatArray]:
        """Start, width, both heights and the share reached before, of one piece in each column."""
        start, end = _pick(self.knots, index), _pick(self.knots, index + 1)
        total = self.reached
        return start, end - start, _pick(self.left, index), _pick(self.right, index), _pick(total, index)

    def share_up_to(self, x: FloatArray) -> FloatArray:
        """The share of the area up to x."""
        index = np.clip(np.count_nonzero(self.knots <= x, axis=0) - 1, 0, self.left.shape[0] - 1)
        start, width, left, right, before = self.piece(index)
        into = np.minimum(np.maximum(x - start, 0.0), width)
        area = before + into * (left + 0.5 * (right - left) * (into / width))
        return as_floats(np.minimum(area / self.reached[-1], 1.0))

    def mirrored(self) -> Lines:
        """The density of −X."""
        return Lines(-self.knots[::-1], self.right[::-1], self.left[::-1])

    def ends(self) -> tuple[FloatArray, FloatArray]:
        """The first and the last knot between which there is any density."""
        some = (self.left > 0) | (self.right > 0)
        first, last = np.argmax(some, axis=0), some.shape[0] - np.argmax(some[::-1], axis=0)
        return _pick(self.knots, first), _pick(self.knots, last)


def _pick(table: FloatArray, index: npt.NDArray[np.intp]) -> FloatArray:
    if table.shape[1] == 1:
        return as_floats(table[index, 0])
    return as_floats(np.take_along_axis(table, np.broadcast_to(index, table.shape[1:])[np.newaxis], axis=0)[0])


def _stack(*rows: FloatArray) -> FloatArray:
    """Numbers (n,) and lists (k, n) one above the other."""
    tables = [row[np.newaxis] if row.ndim == 1 else row for row in rows]
    width = max(table.shape[1] for table in tables)
    return np.concatenate([np.broadcast_to(table, (table.shape[0], width)) for table in tables])


class PiecewiseLaw(Law):
    """A law whose density consists of straight pieces."""

    __slots__ = ()

    @staticmethod
    @abstractmethod
    def lines(*arguments: Any, **unused: Any) -> Lines:
        """``(*parameters)`` → the density, its area any positive number."""

    @classmethod
    def quantile_kernel(cls, p: FloatArray, q: FloatArray, *parameters: FloatArray) -> FloatArray:
        lines = cls.lines(*parameters)
        reached = lines.reached
        wanted = np.maximum(p, 5e-324) * reached[-1]
        if reached.shape[1] == 1:
            index = np.searchsorted(reached[1:, 0], wanted, side="left")
        else:
            index = np.count_nonzero(reached[1:] < wanted, axis=0)
        index = np.minimum(index, lines.left.shape[0] - 1)
        start, width, left, right, before = lines.piece(index)
        area = np.maximum(wanted - before, 0.0)
        # The root of left t + (right − left) t² / 2 width = area in the form that does not cancel.
        root = np.sqrt(np.maximum(left * left + 2.0 * (right - left) * (area / width), 0.0))
        into = np.where(area > 0, 2.0 * area / (left + root), 0.0)
        inside = start + np.minimum(into, width)
        low, high = lines.ends()
        return np.where(q <= 0, high, np.where(p <= 0, low, inside))

    @classmethod
    def probability_kernel(cls, x: FloatArray, *parameters: FloatArray) -> FloatArray:
        return cls.lines(*parameters).share_up_to(x)

    @classmethod
    def excess_kernel(cls, x: FloatArray, *parameters: FloatArray) -> FloatArray:
        # From the other side, so that small shares are not a difference from 1.
        return cls.lines(*parameters).mirrored().share_up_to(-x)

    @classmethod
    def density_kernel(cls, x: FloatArray, *parameters: FloatArray) -> FloatArray:
        lines = cls.lines(*parameters)
        index = np.clip(np.count_nonzero(lines.knots <= x, axis=0) - 1, 0, lines.left.shape[0] - 1)
        start, width, left, right, _ = lines.piece(index)
        height = (left + (right - left) * ((x - start) / width)) / lines.reached[-1]
        return np.where((x < lines.knots[0]) | (x > lines.knots[-1]), 0.0, height)

    def moments(self) -> Moments:
        lines = self.lines(*self.columns().parameters)
        total = float(lines.reached[-1, 0])
        start, width = lines.knots[:-1, 0], np.diff(lines.knots[:, 0])
        origin = float(start[0])
        # Gauss–Legendre with 4 points is exact for the quintic pieces of the fourth moment.
        points, weights = np.polynomial.legendre.leggauss(4)
        share = 0.5 * (points + 1.0)[:, np.newaxis]
        height = lines.left[:, 0] + (lines.right[:, 0] - lines.left[:, 0]) * share
        mass = 0.5 * weights[:, np.newaxis] * width * height / total
        value = (start - origin) + width * share
        mean = float((mass * value).sum())
        distance = value - mean
        second, third, fourth = (float((mass * distance**power).sum()) for power in (2, 3, 4))
        return Moments(origin + mean, second, third / second**1.5, fourth / second**2)

    @property
    def mode(self) -> float:
        lines = self.lines(*self.columns().parameters)
        left, right = lines.left[:, 0], lines.right[:, 0]
        best = int(np.argmax(np.maximum(left, right)))
        if left[best] == right[best]:
            return float(lines.knots[best, 0] + (lines.knots[best + 1, 0] - lines.knots[best, 0]) / 2)
        return float(lines.knots[best + (right[best] > left[best]), 0])

    @property
    def support(self) -> tuple[float, float]:
        low, high = self.lines(*self.columns().parameters).ends()
        return float(low[0]), float(high[0])


def _rising(low: FloatArray, values: FloatArray, high: FloatArray) -> BoolArray:
    knots = _stack(np.atleast_1d(low), values if values.ndim == 2 else values[:, np.newaxis], np.atleast_1d(high))
    answer: BoolArray = np.all(np.diff(knots, axis=0) > 0, axis=0)
    return answer


@dataclass(frozen=True, slots=True)
class Cumul(PiecewiseLaw):
    """The law whose distribution function joins (min, 0), the points (x, p) and (max, 1) with straight lines.

    Source: @RISK's RiskCumul.
    """

    min: float
    max: float
    x: tuple[float, ...]
    p: tuple[float, ...]

    name: ClassVar[str] = "CUMUL"
    title: ClassVar[str] = "Cumul"
    summary: ClassVar[str] = "A shape given by points of its cumulative curve."
    parameters: ClassVar[tuple[ParameterInfo, ...]] = (
        _MIN,
        _MAX,
        ParameterInfo("x", "Rising values between min and max", Domain.VALUES),
        ParameterInfo("p", "Probability of being at or below each value, rising", Domain.PROBABILITIES),
    )
    orderings: ClassVar[tuple[Ordering, ...]] = (_APART,)

    @classmethod
    def consistent(cls, *parameters: FloatArray) -> BoolArray | bool:
        low, high, x, p = parameters
        if x.shape[0] != p.shape[0] or x.shape[0] == 0:
            return False
        rising: BoolArray = np.all(np.diff(p, axis=0) >= 0, axis=0) & _rising(low, x, high)
        return rising

    @classmethod
    def inconsistency(cls, *parameters: Argument) -> str:
        return _list_problem(cls.title, parameters, "p must not fall")

    @staticmethod
    def lines(low: FloatArray, high: FloatArray, x: FloatArray, p: FloatArray) -> Lines:
        if x.shape[0] != p.shape[0]:
            return _NO_LINES
        knots = _stack(low, x, high)
        reached = _stack(np.zeros(1), p, np.ones(1))
        heights = np.diff(reached, axis=0) / np.diff(knots, axis=0)
        return Lines(knots, heights, heights)


_NO_LINES = Lines(np.full((2, 1), np.nan), np.full((1, 1), np.nan), np.full((1, 1), np.nan))


def _list_problem(title: str, parameters: tuple[Argument, ...], rule: str) -> str:
    low, high, x, p = parameters
    counts = f"there are {np.size(x)} values and {np.size(p)} numbers beside them"
    order = f"the values must rise strictly between {low} and {high}"
    return f"{title}: {counts}; each value needs one number, {order}, and {rule}."


@dataclass(frozen=True, slots=True)
class General(PiecewiseLaw):
    """The law whose density joins (min, 0), the points (x, w) and (max, 0) with straight lines, up to a factor.

    Source: @RISK's RiskGeneral.
    """

    min: float
    max: float
    x: tuple[float, ...]
    w: tuple[float, ...]

    name: ClassVar[str] = "GENERAL"
    title: ClassVar[str] = "General"
    summary: ClassVar[str] = "A shape drawn freely by points of its density."
    parameters: ClassVar[tuple[ParameterInfo, ...]] = (
        _MIN,
        _MAX,
        ParameterInfo("x", "Rising values between min and max", Domain.VALUES),
        ParameterInfo("w", "Relative density at each value", Domain.WEIGHTS),
    )
    orderings: ClassVar[tuple[Ordering, ...]] = (_APART,)

    @classmethod
    def consistent(cls, *parameters: FloatArray) -> BoolArray | bool:
        low, high, x, w = parameters
        return _rising(low, x, high) if x.shape[0] == w.shape[0] and x.shape[0] else False

    @classmethod
    def inconsistency(cls, *parameters: Argument) -> str:
        return _list_problem(cls.title, parameters, "no weight may be negative")

    @staticmethod
    def lines(low: FloatArray, high: FloatArray, x: FloatArray, w: FloatArray) -> Lines:
        if x.shape[0] != w.shape[0]:
            return _NO_LINES
        knots, heights = _stack(low, x, high), _stack(np.zeros(1), w, np.zeros(1))
        return Lines(knots, heights[:-1], heights[1:])


@dataclass(frozen=True, slots=True)
class Histogram(PiecewiseLaw):
    """The law of a histogram: as many equal bins between min and max as there are weights.

    Source: @RISK's RiskHistogrm.
    """

    min: float
    max: float
    w: tuple[float, ...]

    name: ClassVar[str] = "HISTOGRAM"
    title: ClassVar[str] = "Histogram"
    summary: ClassVar[str] = "A shape given by the bars of a histogram."
    parameters: ClassVar[tuple[ParameterInfo, ...]] = (
        _MIN,
        _MAX,
        ParameterInfo("w", "Relative frequency of each bin", Domain.WEIGHTS),
    )
    orderings: ClassVar[tuple[Ordering, ...]] = (_APART,)

    @staticmethod
    def lines(low: FloatArray, high: FloatArray, w: FloatArray) -> Lines:
        if w.shape[0] == 0:
            return _NO_LINES
        share = (np.arange(w.shape[0] + 1) / w.shape[0])[:, np.newaxis]
        knots = np.where(share == 1.0, high, low + (high - low) * share)
        width = max(knots.shape[1], w.shape[1])
        heights = np.broadcast_to(w, (w.shape[0], width))
        return Lines(np.broadcast_to(knots, (knots.shape[0], width)), heights, heights)


@dataclass(frozen=True, slots=True)
class DoubleTriang(PiecewiseLaw):
    """Two triangles back to back at the mode, the lower one with probability pLower.

    Source: @RISK's RiskDoubleTriang; Kotz, van Dorp, Beyond Beta (2004).
    """

    min: float
    mode: float = field()
    max: float = field()
    p_lower: float = field()

    name: ClassVar[str] = "DOUBLETRIANG"
    title: ClassVar[str] = "DoubleTriang"
    summary: ClassVar[str] = (
        "An estimate by minimum, likely value, maximum and the chance to be below the likely value."
    )
    parameters: ClassVar[tuple[ParameterInfo, ...]] = (
        _MIN,
        ParameterInfo("mode", "Most likely value", Domain.REAL),
        _MAX,
        ParameterInfo("p_lower", "Probability of a value below the mode", Domain.OPEN_PROBABILITY),
    )
    orderings: ClassVar[tuple[Ordering, ...]] = (
        Ordering("min", "mode", strict=True),
        Ordering("mode", "max", strict=True),
    )

    @staticmethod
    def lines(low: FloatArray, mode: FloatArray, high: FloatArray, p_lower: FloatArray) -> Lines:
        rise, fall = 2.0 * p_lower / (mode - low), 2.0 * (1.0 - p_lower) / (high - mode)
        nothing = np.zeros_like(rise + fall)
        return Lines(_stack(low, mode, high), _stack(nothing, fall), _stack(rise, nothing))


@dataclass(frozen=True, slots=True)
class TriGen(Law):
    """The triangular law with a given mode whose percentiles pBottom and pTop are bottom and top.

    Source: @RISK's RiskTrigen (whose percentages run from 0 to 100; here 0 to 1).
    """

    bottom: float
    mode: float = field()
    top: float = field()
    p_bottom: float = field()
    p_top: float = field()

    name: ClassVar[str] = "TRIGEN"
    title: ClassVar[str] = "TriGen"
    summary: ClassVar[str] = "A triangular estimate by low and high percentiles instead of the extremes."
    parameters: ClassVar[tuple[ParameterInfo, ...]] = (
        ParameterInfo("bottom", "Low percentile's value", Domain.REAL),
        ParameterInfo("mode", "Most likely value", Domain.REAL),
        ParameterInfo("top", "High percentile's value", Domain.REAL),
        ParameterInfo("p_bottom", "Probability of a value at or below bottom, 0 to 1", Domain.PROBABILITY),
        ParameterInfo("p_top", "Probability of a value at or below top, 0 to 1", Domain.PROBABILITY),
    )
    orderings: ClassVar[tuple[Ordering, ...]] = (
        Ordering("bottom", "mode"),
        Ordering("mode", "top"),
        Ordering("bottom", "top", strict=True),
        Ordering("p_bottom", "p_top", strict=True),
    )

    @staticmethod
    def ends(
        bottom: FloatArray, mode: FloatArray, top: FloatArray, p_bottom: FloatArray, p_top: FloatArray
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Minimum, mode and maximum of the triangle; elementwise by bisection on the share s left of the mode."""
        left, right, rest = mode - bottom, top - mode, 1.0 - p_top
        # left = W (s − √(pBottom s)) and right = W ((1 − s) − √(rest (1 − s))), W being the whole width.
        low, high = p_bottom + 0.0 * left * rest, p_top + 0.0 * left * p_bottom
        for _ in range(60):
            share = 0.5 * (low + high)
            ahead = left * ((1.0 - share) - np.sqrt(rest * (1.0 - share))) > right * (share - np.sqrt(p_bottom * share))
            low, high = np.where(ahead, share, low), np.where(ahead, high, share)
        share = 0.5 * (low + high)
        span = 1.0 - np.sqrt(p_bottom * share) - np.sqrt(rest * (1.0 - share))
        width = (top - bottom) / span
        exact_low = np.where(p_bottom == 0, bottom, mode - width * share)
        return exact_low, mode + 0.0 * width, np.where(rest == 0, top, mode + width * (1.0 - share))

    @classmethod
    def quantile_kernel(cls, p: FloatArray, q: FloatArray, *parameters: FloatArray) -> FloatArray:
        return Triangular.quantile_kernel(p, q, *cls.ends(*parameters))

    @classmethod
    def probability_kernel(cls, x: FloatArray, *parameters: FloatArray) -> FloatArray:
        return Triangular.probability_kernel(x, *cls.ends(*parameters))

    @classmethod
    def excess_kernel(cls, x: FloatArray, *parameters: FloatArray) -> FloatArray:
        return Triangular.excess_kernel(x, *cls.ends(*parameters))

    @classmethod
    def density_kernel(cls, x: FloatArray, *parameters: FloatArray) -> FloatArray:
        return Triangular.density_kernel(x, *cls.ends(*parameters))

    def triangle(self) -> Triangular:
        """The triangular law itself."""
        low, mode, high = (float(end[0]) for end in self.ends(*self.columns().parameters))
        return Triangular(low, mode, high)

    def moments(self) -> Moments:
        return self.triangle().moments()

    @property
    def support(self) -> tuple[float, float]:
        return self.triangle().support
