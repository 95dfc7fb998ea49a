"""Quantile functions of fixed laws as tables: polynomials in pieces, checked against the function when they are made.

A share u lies in an octave [2^−(e+1), 2^−e) of its distance from the nearer end, 0 or 1; octave and piece follow from
its leading bits. In the eleven octaves around the middle a piece has a polynomial of degree 7 of the quantile itself;
nearer to the ends four polynomials of degree 15 in ln u give the logarithm of its size. A table is used where at the
ends and in the middle of every piece it meets the quantile to 1e-13, at which places such polynomials miss most; a law
with kinks, or one that reaches 0 or ∞ too fast, has none.

``QuantileTable.words`` is what native code reads: a head of 8 numbers, the pieces in 8 each, the ends in 24 each.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable

import numpy as np

from compute.distributions.parameters import FloatArray
from compute.records import dataclass

OCTAVES = 12
"""Shares nearer to an end than 2^−OCTAVES are the ends'."""
DEGREE = 7
END_DEGREE = 15
END_WORDS = 24
"""Middle, 1 / half the width, the coefficients of one of an end's polynomials; filled up to whole lines of memory."""
HEAD_WORDS = 8
END_OCTAVES = (OCTAVES, 17, 24, 35, 55)
"""Where an end's polynomials begin and stop, as powers of ½."""
CLOSE, CLOSER = 1e-13, 4e-15
_FEWEST, _MOST = 3, 5
"""Bits of the number of pieces in an octave."""
_LN2 = math.log(2.0)

Quantile = Callable[[FloatArray, FloatArray], FloatArray]


@dataclass(frozen=True, slots=True, eq=False)
class QuantileTable:
    """The table; ``words`` of shape (n,) is read only."""

    words: FloatArray

    @property
    def piece_bits(self) -> int:
        """An octave has 2 to that power pieces."""
        return int(self.words[:1].view(np.int64)[0])

    @property
    def rows(self) -> FloatArray:
        """Coefficients of the pieces (rising powers of 2 × the place in the piece, −1 to 1): lower half, upper half."""
        return self.words[HEAD_WORDS : HEAD_WORDS + 2 * (OCTAVES - 1) * (8 << self.piece_bits)].reshape(-1, 8)

    @property
    def ends(self) -> FloatArray:
        """The ends' polynomials, (2, 4, END_WORDS)."""
        return self.words[-2 * (len(END_OCTAVES) - 1) * END_WORDS :].reshape(2, -1, END_WORDS)


def quantile_table(quantile: Quantile) -> QuantileTable | None:
    """The table of ``quantile(p, q)``, continuous in p with q = 1 − p; None where no table is true to it.

    Around the middle it is true to 4e-15 where the quantile itself is smooth to that; of a law that crosses 0 elsewhere
    than in its median, relative to the distance of its quartiles.
    """
    with np.errstate(all="ignore"):
        low, first, middle, third, high = _at(
            quantile, np.array([0.0, 0.25, 0.5, 0.75, 1.0]), np.array([1.0, 0.75, 0.5, 0.25, 0.0])
        )
        spread = third - first
        if not (0.0 < spread < math.inf):
            return None
        is_centred = abs(middle) <= 1e-15 * spread
        floor = 0.5 * spread if low < 0.0 < high and not is_centred else 0.0
        law = _Law(quantile, is_centred, floor)
        pieces = law.pieces()
        ends = None if pieces is None else law.ends()
        if pieces is None or ends is None:
            return None
        bits, rows = pieces
        head = np.array([0.0, *law.signs(), *((0.0, 1.0) if is_centred else (1.0, 0.0)), low, high, 0.0])
        head[:1].view(np.int64)[0] = bits
        words = np.concatenate([head, rows.ravel(), ends.ravel()])
        words.flags.writeable = False
        return QuantileTable(words)


def _at(quantile: Quantile, p: FloatArray, q: FloatArray) -> FloatArray:
    return np.asarray(quantile(p.reshape(-1), q.reshape(-1)), np.float64).reshape(p.shape)


class _Interpolation:
    """Values at Chebyshev's nodes to coefficients of rising powers.

    By way of the series in Chebyshev's polynomials, whose terms fall, and without a library whose sums depend on the
    processor.
    """

    def __init__(self, degree: int) -> None:
        count = degree + 1
        angles = (np.arange(count) + 0.5) * (np.pi / count)
        self.nodes = np.cos(angles)
        self._series = np.cos(np.arange(count)[:, None] * angles) * (2.0 / count)
        self._series[0] *= 0.5
        self._powers = np.zeros((count, count))
        for k in range(count):
            self._powers[: k + 1, k] = np.polynomial.chebyshev.cheb2poly([0.0] * k + [1.0])

    def coefficients(self, values: FloatArray) -> FloatArray:
        """Of values (n, nodes): (n, powers). What they are beside a straight line is small, and so is its rounding."""
        slope = (values[:, 0] - values[:, -1]) / (self.nodes[0] - self.nodes[-1])
        level = values[:, self.nodes.size // 2]
        rest = values - level[:, None] - slope[:, None] * self.nodes
        found = _sums(self._powers, _sums(self._series, rest.T)).T
        found[:, 0] += level
        found[:, 1] += slope
        return found


def _sums(left: FloatArray, right: FloatArray) -> FloatArray:
    """The matrix product, each sum from its first term on."""
    total = left[:, :1] * right[:1]
    for k in range(1, right.shape[0]):
        total = total + left[:, k : k + 1] * right[k : k + 1]
    return total


def _polynomial(coefficients: FloatArray, x: FloatArray) -> FloatArray:
    """Of shape (n, degree + 1) at x (k,): (n, k)."""
    value = np.repeat(coefficients[:, -1:], x.size, axis=1)
    for k in range(coefficients.shape[1] - 2, -1, -1):
        value = value * x + coefficients[:, k : k + 1]
    return value


_PIECE, _END = _Interpolation(DEGREE), _Interpolation(END_DEGREE)
# A little less than 1: at ½ a centred law is 0 / 0.
_CHECKS = np.array([-1.0, 0.0, 1.0 - 2.0**-10])
_END_CHECKS = np.array([-1.0, -0.6, 0.1, 0.98])


@dataclass(frozen=True, slots=True)
class _Law:
    """A quantile: whether it crosses 0 at ½ and is divided by u − ½, below which size errors are absolute."""

    quantile: Quantile
    is_centred: bool
    floor: float

    def side(self, share: FloatArray, is_upper: bool) -> FloatArray:
        """The function at shares from one end."""
        rest = 1.0 - share
        return _at(self.quantile, *((rest, share) if is_upper else (share, rest)))

    def pieces(self) -> tuple[int, FloatArray] | None:
        """The bits of their number in an octave, and their coefficients: of the fewest that are as true as can be."""
        found = None
        for bits in range(self._promising(), _MOST + 1):
            rows, miss = self._rows(bits)
            if miss <= CLOSER:
                return bits, rows
            if miss <= CLOSE and found is None:
                found = bits, rows
        return found

    def _promising(self) -> int:
        """From how many bits on a table may be true, by a few pieces."""
        octaves = np.array([1, 4, OCTAVES - 1])
        least = _MOST + 1
        for bits in range(_FEWEST, _MOST + 1):
            half = np.ldexp(0.25, -octaves - bits)
            lower, upper = (self._fitted(np.ldexp(0.5, -octaves) + half, half, side)[1] for side in (False, True))
            if lower <= CLOSER and upper <= CLOSER:
                return bits
            if lower <= CLOSE and upper <= CLOSE:
                least = min(least, bits)
        return least

    def _rows(self, bits: int) -> tuple[FloatArray, float]:
        """All the pieces, the lower half from 2^−OCTAVES up to ½, then the upper from its end on; how far they miss."""
        octaves = np.arange(OCTAVES - 1, 0, -1)[:, None]
        places = np.arange(1 << bits)[None, :]
        half = np.ldexp(0.25, -octaves - bits) + 0.0 * places
        middle = (np.ldexp(0.5, -octaves) + half * (2 * places + 1)).reshape(-1)
        lower, upper = (self._fitted(middle, half.reshape(-1), is_upper) for is_upper in (False, True))
        # Of a nan no maximum is to be had.
        return np.concatenate([lower[0], upper[0]]), float(np.maximum(lower[1], upper[1]))

    def _fitted(self, middle: FloatArray, half: FloatArray, is_upper: bool) -> tuple[FloatArray, float]:
        """Coefficients (pieces, 8), and by how much they miss the function."""
        places = np.concatenate([_PIECE.nodes, _CHECKS])
        share = middle[:, None] + half[:, None] * places
        values = self.side(share, is_upper)
        if self.is_centred:
            values = values / ((0.5 - share) if is_upper else (share - 0.5))
        coefficients = _PIECE.coefficients(values[:, : DEGREE + 1])
        wanted = values[:, DEGREE + 1 :]
        away = np.abs(_polynomial(coefficients, _CHECKS) - wanted) / np.maximum(np.abs(wanted), self.floor)
        return coefficients * np.exp2(np.arange(DEGREE + 1)), float(away.max())

    def signs(self) -> tuple[float, float]:
        """Whether values are below 0 or above it nearest to each end."""
        least = np.array([2.0**-54])
        return float(np.sign(self.side(least, False)[0])) or 1.0, float(np.sign(self.side(least, True)[0])) or 1.0

    def ends(self) -> FloatArray | None:
        """The ends' polynomials, if they are true."""
        found = np.zeros((2, len(END_OCTAVES) - 1, END_WORDS))
        for side in range(2):
            for piece, (near, far) in enumerate(itertools.pairwise(END_OCTAVES)):
                middle, half = -0.5 * (near + far) * _LN2, 0.5 * (far - near) * _LN2
                share = np.exp(middle + half * np.concatenate([_END.nodes, _END_CHECKS]))
                values = self.side(share, bool(side))
                if not (np.sign(values) == self.signs()[side]).all():
                    return None
                size = np.log(np.abs(values))
                coefficients = _END.coefficients(size[None, : END_DEGREE + 1])[0]
                away = np.abs(_polynomial(coefficients[None], _END_CHECKS)[0] - size[END_DEGREE + 1 :])
                if not away.max() <= CLOSE:
                    return None
                found[side, piece, :2] = middle, 1.0 / half
                found[side, piece, 2 : END_DEGREE + 3] = coefficients
        return found


__all__ = ["HEAD_WORDS", "OCTAVES", "QuantileTable", "quantile_table"]
