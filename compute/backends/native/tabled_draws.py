"""Draws by tables in vector code: ``quantile_tables`` and ``step_tables`` of distributions read as they are laid out.

Each function takes uniforms and a pointer to a table's words; it is written once into a module and called from every
line that draws. Where a table does not answer the result is NaN.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from llvmlite import ir

from compute.backends.native.emission import DOUBLE, I1, I32, I64, Emission, IrValue
from compute.backends.native.lined_draws import drawn_from_lines
from compute.backends.native.mathematics import Mathematics
from compute.backends.native.mathematics.lanes import Bits, Lanes, Mask, Real
from compute.backends.native.table_memory import by_rows, integer_at, number_at, splatted
from compute.backends.native.telling import failing
from compute.distributions.quantile_tables import END_DEGREE, END_OCTAVES, END_WORDS, HEAD_WORDS, OCTAVES
from compute.distributions.step_tables import CELL_WORDS, NEAR, SURE_FROM
from compute.errors import ErrorCode
from compute.values import Floats

_ROW = 8
_MANTISSA, _ONE = 2**52 - 1, 1023 << 52
SCALED = "scaled"
"""Quantiles whose location and scale vary: where these are not allowed the reference backend names the error."""
_SURE = 2.0**-30
"""Nearer to an end the worksheet's functions have fewer digits than the tables."""
_LN2 = 0.6931471805599453
_POINTER = DOUBLE.as_pointer()


def tabled_draw(maths: Mathematics, kind: str) -> ir.Function:
    """The function ``(uniforms, table) → values`` of a kind of table: "steps", "lines", "quantiles", or of these alone
    those that are "centred quantiles" or "other quantiles".
    """
    name = f"montecell.{kind.replace(' ', '_')}.v{maths.width}"
    known = maths.module.globals.get(name)
    if known is not None:
        return known
    function = _function(maths, name, maths.type, [maths.type, _POINTER], attributes=("nounwind",))
    lanes = Lanes(ir.IRBuilder(function.append_basic_block("entry")), maths.width)
    uniforms, table = function.args
    made = _WRITERS[kind](maths, lanes, Real(lanes, uniforms), table)
    lanes.builder.ret(made.value)
    return function


def _function(
    maths: Mathematics,
    name: str,
    result: ir.Type,
    arguments: Sequence[ir.Type],
    attributes: Sequence[str] = ("nounwind", "noinline"),
) -> ir.Function:
    function = ir.Function(maths.module, ir.FunctionType(result, arguments), name)
    function.linkage = "internal"
    for attribute in attributes:
        function.attributes.add(attribute)
    return function


class _Place:
    """Where in a table shares lie: the first word of each row, the place in its piece (−½ to ½), which are an end's."""

    def __init__(self, lanes: Lanes, u: Real, table: IrValue, row_words: int) -> None:
        builder = lanes.builder
        self.is_upper = u > 0.5
        rest = 1.0 - u
        self.share = (u < rest).select(u, rest)
        self.is_end = self.share < 2.0**-OCTAVES
        inner = self.is_end.select(2.0**-OCTAVES, self.share)
        most = 0.5 - 2.0**-54
        inner = (inner < most).select(inner, most)
        self.bits = integer_at(builder, table, 0)
        pieces, word = splatted(lanes, self.bits), inner.bits()
        size = row_words.bit_length() - 1
        row = Bits(lanes, builder.lshr(word.value, (lanes.word(52 - size) - pieces).value)) & -row_words
        begin = splatted(lanes, builder.shl(I64((1023 - OCTAVES) << size), self.bits))
        upper = splatted(lanes, builder.shl(I64((OCTAVES - 1) << size), self.bits))
        chosen = builder.select(self.is_upper.value, upper.value, lanes.word(0).value)
        self.row = row - begin + Bits(lanes, chosen)
        within = Bits(lanes, builder.shl(word.value, pieces.value)) & _MANTISSA | _ONE
        self.place = within.real() - 1.5


def _quantiles(maths: Mathematics, lanes: Lanes, u: Real, table: IrValue, is_centred: bool | None = None) -> Real:
    """``is_centred``: what the tables say of it, where they all say the same."""
    place = _Place(lanes, u, table, _ROW)
    head = [number_at(lanes, table, i) for i in range(HEAD_WORDS - 1)]
    value = by_rows(lanes, lanes.builder.gep(table, [I64(HEAD_WORDS)]), place.row, _ROW, [place.place], _piece)[0]
    if is_centred is None:
        value = value * lanes.fma(head[4], u - 0.5, head[3])
    elif is_centred:
        value = value * (u - 0.5)
    value = _where(lanes, place.is_end, value, _ends_function(maths), u, table)
    value = (value < head[5]).select(head[5], value)
    return (value > head[6]).select(head[6], value)


def _ends_function(maths: Mathematics) -> ir.Function:
    """``(values, lanes, uniforms, table)`` → the values, those of some lanes (bits) by an end's polynomials."""

    def write(lanes: Lanes, u: IrValue, table: IrValue) -> Callable[[IrValue], IrValue]:
        builder, end = lanes.builder, _end_function(maths)
        count = builder.shl(I64(2 * (OCTAVES - 1) * _ROW), integer_at(builder, table, 0))
        ends = builder.gep(table, [builder.add(count, I64(HEAD_WORDS))])
        size = I64((len(END_OCTAVES) - 1) * END_WORDS)

        def at_end(lane: IrValue) -> IrValue:
            share = builder.extract_element(u, lane) if lanes.width > 1 else u
            upper = builder.fcmp_ordered(">", share, DOUBLE(0.5))
            share = builder.select(upper, builder.fsub(DOUBLE(1.0), share), share)
            own = builder.gep(ends, [builder.select(upper, size, I64(0))])
            sign = builder.load(builder.gep(table, [builder.select(upper, I64(2), I64(1))]))
            return builder.fmul(sign, builder.call(end, [share, own]))

        return at_end

    return _rare_function(maths, "quantile_ends", write)


def _piece(c: Sequence[Real], arguments: Sequence[Real]) -> list[Real]:
    (x,) = arguments
    lanes, x2 = x.lanes, x * x
    low = lanes.fma(lanes.fma(c[3], x, c[2]), x2, lanes.fma(c[1], x, c[0]))
    high = lanes.fma(lanes.fma(c[7], x, c[6]), x2, lanes.fma(c[5], x, c[4]))
    return [lanes.fma(high, x2 * x2, low)]


def _end_function(maths: Mathematics) -> ir.Function:
    """The size of the quantile of one share by an end's polynomials."""
    name = "montecell.quantile_end"
    known = maths.module.globals.get(name)
    if known is not None:
        return known
    function = _function(maths, name, DOUBLE, [DOUBLE, _POINTER])
    lanes = Lanes(ir.IRBuilder(function.append_basic_block("entry")), 1)
    builder, single = lanes.builder, Mathematics(maths.module, 1)
    share, table = function.args
    logarithm = Real(lanes, single.log(builder, share))
    at: IrValue = I64(0)
    for power in END_OCTAVES[1:-1]:
        beyond = (logarithm < -power * _LN2).value
        at = builder.add(at, builder.select(beyond, I64(END_WORDS), I64(0)))
    row = builder.gep(table, [at])
    words = [Real(lanes, builder.load(builder.gep(row, [I64(i)]))) for i in range(END_DEGREE + 3)]
    x = (logarithm - words[0]) * words[1]
    value = words[-1]
    for coefficient in reversed(words[2:-1]):
        value = lanes.fma(value, x, coefficient)
    builder.ret(single.exp(builder, value.value))
    return function


def _steps(maths: Mathematics, lanes: Lanes, u: Real, table: IrValue) -> Real:
    place = _Place(lanes, u, table, CELL_WORDS)
    cells = lanes.builder.gep(table, [I64(HEAD_WORDS)])
    change, value = by_rows(lanes, cells, place.row, CELL_WORDS, [u], _cell)
    value = (abs(u - change) <= change * NEAR).select(float("nan"), value)
    return _where(lanes, place.is_end | change.is_nan(), value, _searches_function(maths), u, table)


def _cell(c: Sequence[Real], arguments: Sequence[Real]) -> list[Real]:
    return [c[0], (arguments[0] <= c[0]).select(c[1], c[2])]


def _searches_function(maths: Mathematics) -> ir.Function:
    """``(values, lanes, uniforms, table)`` → the values, those of some lanes (bits) by halving."""

    def write(lanes: Lanes, u: IrValue, table: IrValue) -> Callable[[IrValue], IrValue]:
        builder, search = lanes.builder, _search_function(maths)

        def searched(lane: IrValue) -> IrValue:
            share = builder.extract_element(u, lane) if lanes.width > 1 else u
            return builder.call(search, [share, table])

        return searched

    return _rare_function(maths, "step_searches", write)


def _search_function(maths: Mathematics) -> ir.Function:
    """The value of one share by halving."""
    name = "montecell.step_search"
    known = maths.module.globals.get(name)
    if known is not None:
        return known
    function = _function(maths, name, DOUBLE, [DOUBLE, _POINTER])
    before, head, body, after = (function.append_basic_block(n) for n in ("entry", "again", "halve", "found"))
    builder = ir.IRBuilder(before)
    share, table = function.args
    count = integer_at(builder, table, 1)
    cells = builder.shl(I64(2 * (OCTAVES - 1) * CELL_WORDS), integer_at(builder, table, 0))
    changes = builder.gep(table, [builder.add(cells, I64(HEAD_WORDS))])
    builder.branch(head)
    builder.position_at_end(head)
    first, last = builder.phi(I64), builder.phi(I64)
    builder.cbranch(builder.icmp_signed("<", first, last), body, after)
    builder.position_at_end(body)
    middle = builder.lshr(builder.add(first, last), I64(1))
    is_before = builder.fcmp_ordered("<", builder.load(builder.gep(changes, [middle])), share)
    for phi, start, following in (
        (first, I64(0), builder.select(is_before, builder.add(middle, I64(1)), first)),
        (last, count, builder.select(is_before, last, middle)),
    ):
        phi.add_incoming(start, before)
        phi.add_incoming(following, body)
    builder.branch(head)
    builder.position_at_end(after)
    value = builder.load(builder.gep(changes, [builder.add(count, first)]))
    lanes = Lanes(builder, 1)
    u = Real(lanes, share)
    doubtful = (u < SURE_FROM) | (u > 1.0 - SURE_FROM)
    for at in (first, builder.sub(first, I64(1))):
        # Beside the first change lies a cell, beside the last one a value: neither decides.
        bounded = builder.select(builder.icmp_unsigned("<", at, count), at, I64(0))
        change = Real(lanes, builder.load(builder.gep(changes, [bounded])))
        near = (abs(u - change) <= change * NEAR) & Mask(lanes, builder.icmp_unsigned("<", at, count))
        doubtful = doubtful | near
    builder.ret(doubtful.select(float("nan"), Real(lanes, value)).value)
    return function


_WRITERS: dict[str, Callable[[Mathematics, Lanes, Real, IrValue], Real]] = {
    "quantiles": _quantiles,
    "centred quantiles": lambda maths, lanes, u, table: _quantiles(maths, lanes, u, table, True),
    "other quantiles": lambda maths, lanes, u, table: _quantiles(maths, lanes, u, table, False),
    "steps": _steps,
    "lines": lambda maths, lanes, u, table: drawn_from_lines(lanes, u, table),
}


def drawn(
    emit: Emission,
    maths: Mathematics,
    kind: str,
    u: IrValue,
    parameters: Sequence[IrValue],
    table: IrValue,
    tables: Sequence[Floats],
    *,
    is_inline: bool = False,
) -> IrValue:
    """Draws by a table: location + scale · its value; where it does not answer, the reference backend does."""
    builder = emit.builder
    function = tabled_draw(maths, kind if kind in ("steps", "lines") else kind_of(tables))
    value = builder.call(function, [u, table], attrs=("alwaysinline" if is_inline else "noinline",))
    if kind in ("steps", "lines"):
        emit.doubt(emit.is_nan(value))
    if kind == "steps":
        return value
    location, scale = parameters
    made = builder.fadd(location, builder.fmul(scale, value))
    if kind == SCALED:
        emit.doubt(builder.not_(builder.fcmp_ordered("ogt", scale, emit.number(0.0))))
        emit.doubt(builder.not_(builder.fcmp_ordered("olt", emit.absolute(made), emit.number(float("inf")))))
    return made


def kind_of(tables: Sequence[Floats]) -> str:
    """The kind of tables of quantiles that are read together."""
    centred = {bool(words[4]) for words in tables}
    if len(centred) > 1:
        return "quantiles"
    return "centred quantiles" if centred.pop() else "other quantiles"


def inverted(emit: Emission, maths: Mathematics, kind: str, parts: Sequence[IrValue], table: IrValue) -> IrValue:
    """The quantile of a share: #NUM! outside 0 … 1; the ends are the reference backend's."""
    share, location, scale = parts
    builder = emit.builder
    sure = builder.and_(
        builder.fcmp_ordered("oge", share, emit.number(_SURE)),
        builder.fcmp_ordered("ole", share, emit.number(1.0 - _SURE)),
    )
    value = builder.call(tabled_draw(maths, kind), [emit.select(sure, share, emit.number(0.5)), table])
    wrong = builder.or_(
        builder.fcmp_ordered("olt", share, emit.number(0.0)), builder.fcmp_ordered("ogt", share, emit.number(1.0))
    )
    known = builder.or_(builder.or_(sure, wrong), emit.is_nan(share))
    emit.doubt(builder.or_(builder.not_(known), emit.is_nan(value)))
    found = builder.fadd(location, builder.fmul(scale, value))
    return failing(emit, [share], found, (wrong, ErrorCode.NUM))


def placed(emit: Emission, tables: Sequence[Floats]) -> tuple[IrValue, list[int]]:
    """A pointer to the tables, those that are one and the same once, and where each begins."""
    begins: dict[int, int] = {}
    parts: list[bytes] = []
    size = 0
    for table in tables:
        if id(table) not in begins:
            begins[id(table)] = size
            padded = -(-table.size // HEAD_WORDS) * HEAD_WORDS
            parts.append(table.tobytes() + bytes(8 * (padded - table.size)))
            size += padded
    data = bytearray(b"".join(parts))
    kind = ir.ArrayType(ir.IntType(8), len(data))
    constant = ir.GlobalVariable(emit.module, kind, emit.module.get_unique_name("tables"))
    constant.linkage, constant.global_constant, constant.align = "internal", True, 64
    constant.initializer = ir.Constant(kind, data)
    return emit.builder.bitcast(constant, _POINTER), [begins[id(table)] for table in tables]


def _where(lanes: Lanes, where: Mask, usual: Real, rare: ir.Function, u: Real, table: IrValue) -> Real:
    """What a rare function gives where the mask holds; it is called only if it holds anywhere."""
    builder = lanes.builder
    bits = builder.bitcast(where.value, ir.IntType(lanes.width)) if lanes.width > 1 else where.value
    before = builder.block
    some, after = builder.append_basic_block("some"), builder.append_basic_block("after")
    builder.cbranch(builder.icmp_unsigned("!=", bits, bits.type(0)), some, after)
    builder.position_at_end(some)
    made = builder.call(rare, [usual.value, builder.zext(bits, I32), u.value, table])
    builder.branch(after)
    builder.position_at_end(after)
    final = builder.phi(lanes.real_type)
    final.add_incoming(usual.value, before)
    final.add_incoming(made, some)
    return Real(lanes, final)


Rare = Callable[[Lanes, IrValue, IrValue], Callable[[IrValue], IrValue]]


def _rare_function(maths: Mathematics, name: str, write: Rare) -> ir.Function:
    """A function ``(values, lanes, uniforms, table)`` that computes some of the values anew, one after the other."""
    full = f"montecell.{name}.v{maths.width}"
    known = maths.module.globals.get(full)
    if known is not None:
        return known
    function = _function(maths, full, maths.type, [maths.type, I32, maths.type, _POINTER])
    lanes = Lanes(ir.IRBuilder(function.append_basic_block("entry")), maths.width)
    builder, (values, bits, u, table) = lanes.builder, function.args
    compute = write(lanes, u, table)
    before, test = builder.block, builder.append_basic_block("lane")
    after = builder.append_basic_block("done")
    builder.branch(test)
    builder.position_at_end(test)
    left, held = builder.phi(I32), builder.phi(lanes.real_type)
    lane = builder.cttz(left, I1(1))
    made = compute(lane)
    placed = made if lanes.width == 1 else builder.insert_element(held, made, lane)
    rest = builder.and_(left, builder.sub(left, I32(1)))
    for phi, first, later in ((left, bits, rest), (held, values, placed)):
        phi.add_incoming(first, before)
        phi.add_incoming(later, builder.block)
    builder.cbranch(builder.icmp_unsigned("!=", rest, I32(0)), test, after)
    builder.position_at_end(after)
    builder.ret(placed)
    return function


__all__ = ["SCALED", "drawn", "inverted", "kind_of", "placed", "tabled_draw"]
