"""Draws from densities of straight pieces in vector code: the piece by counting, the place in it by a square root.

A table's words: how many pieces, their whole area, and a head's rest; the areas reached at the end of each piece but
the last; from the next multiple of 8 on, 8 words for each piece: area before, start, width, height at the start, rise.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from compute.backends.native.emission import I64, IrValue
from compute.backends.native.mathematics.lanes import Bits, Lanes, Mask, Real
from compute.backends.native.table_memory import by_rows, integer_at, number_at, splat
from compute.distributions.parameters import FloatArray
from compute.distributions.piecewise import Lines
from compute.distributions.quantile_tables import HEAD_WORDS

MOST_PIECES = 256
_ROW = 8


def lines_table(lines: Lines) -> FloatArray | None:
    """The words of a density; None where it has too many pieces."""
    reached, count = lines.reached[:, 0], lines.left.shape[0]
    if count > MOST_PIECES or not np.isfinite(reached).all():
        return None
    bounds = np.zeros(-(-count // _ROW) * _ROW)
    bounds[: count - 1] = reached[1:-1]
    head = np.zeros(HEAD_WORDS)
    head[:1].view(np.int64)[0] = count
    head[1] = reached[-1]
    left, right = lines.left[:, 0], lines.right[:, 0]
    rows = np.zeros((count, _ROW))
    rows[:, :5] = np.stack([reached[:-1], lines.knots[:-1, 0], np.diff(lines.knots[:, 0]), left, right - left], axis=1)
    words = np.concatenate([head, bounds, rows.ravel()])
    words.flags.writeable = False
    return words


def drawn_from_lines(lanes: Lanes, u: Real, table: IrValue) -> Real:
    """The values of uniforms, with the arithmetic of the law itself."""
    builder = lanes.builder
    wanted = u * number_at(lanes, table, 1)
    count = integer_at(builder, table, 0)
    bounds = builder.gep(table, [I64(HEAD_WORDS)])
    piece = _counted(lanes, bounds, builder.sub(count, I64(1)), wanted)
    size = builder.and_(builder.add(count, I64(_ROW - 1)), I64(-_ROW))
    return by_rows(lanes, builder.gep(bounds, [size]), piece << 3, _ROW, [wanted], _into)[0]


def _counted(lanes: Lanes, bounds: IrValue, count: IrValue, wanted: Real) -> Bits:
    """How many of the bounds are less."""
    builder = lanes.builder
    before = builder.block
    head, body, after = (builder.append_basic_block(name) for name in ("again", "bound", "counted"))
    builder.branch(head)
    builder.position_at_end(head)
    at, held = builder.phi(I64), builder.phi(lanes.word_type)
    builder.cbranch(builder.icmp_signed("<", at, count), body, after)
    builder.position_at_end(body)
    bound = Real(lanes, splat(lanes, builder.load(builder.gep(bounds, [at]))))
    beyond: Mask = bound < wanted
    more = builder.add(held, builder.zext(beyond.value, lanes.word_type))
    for phi, first, later in ((at, I64(0), builder.add(at, I64(1))), (held, lanes.word(0).value, more)):
        phi.add_incoming(first, before)
        phi.add_incoming(later, body)
    builder.branch(head)
    builder.position_at_end(after)
    return Bits(lanes, held)


def _into(c: Sequence[Real], arguments: Sequence[Real]) -> list[Real]:
    before, start, width, left, rise = c[:5]
    area = arguments[0] - before
    area = (area > 0.0).select(area, 0.0)
    inner = left * left + 2.0 * rise * (area / width)
    root = (inner > 0.0).select(inner, 0.0).sqrt()
    into = (area > 0.0).select(2.0 * area / (left + root), 0.0)
    return [start + (into < width).select(into, width)]


__all__ = ["drawn_from_lines", "lines_table"]
