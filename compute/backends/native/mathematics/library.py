"""The functions as internal functions of a module, each defined when first called."""

from __future__ import annotations

from collections.abc import Callable

from llvmlite import ir

from compute.backends.native.mathematics.arcs import acos, asin, atan, atan2
from compute.backends.native.mathematics.circular import cos, sin, tan
from compute.backends.native.mathematics.error_function import erf, erfc, normal_probability
from compute.backends.native.mathematics.exponential import exp, expm1
from compute.backends.native.mathematics.hyperbolic import acosh, asinh, atanh, cosh, sinh, tanh
from compute.backends.native.mathematics.lanes import WIDTHS, Lanes, Real
from compute.backends.native.mathematics.logarithm import log, log1p
from compute.backends.native.mathematics.normal import normal_quantile
from compute.backends.native.mathematics.pairs import Pair
from compute.backends.native.mathematics.power import ordinary_power, positive_power, power, power_of_logarithm
from compute.records import dataclass

__all__ = ["FUNCTIONS", "Definition", "Mathematics"]


@dataclass(frozen=True, slots=True)
class Definition:
    """How a function's body is emitted, of how many arguments, and whether calls of it are always expanded."""

    emit: Callable[..., Real]
    arguments: int = 1
    inline: bool = False


FUNCTIONS: dict[str, Definition] = {
    "sqrt": Definition(lambda x: x.sqrt(), inline=True),
    "exp": Definition(exp, inline=True),
    "expm1": Definition(expm1),
    "log": Definition(log, inline=True),
    "log1p": Definition(log1p),
    "pow": Definition(power, arguments=2),
    "pow_of_log": Definition(lambda x, head, tail, y: power_of_logarithm(x, Pair(head, tail), y), arguments=4),
    "ordinary_pow_of_log": Definition(
        lambda head, tail, y: ordinary_power(Pair(head, tail), y), arguments=3, inline=True
    ),
    "positive_pow_of_log": Definition(lambda head, tail, y: positive_power(Pair(head, tail), y), arguments=3),
    "normal_quantile": Definition(normal_quantile),
    "normal_probability": Definition(normal_probability),
    "erf": Definition(erf),
    "erfc": Definition(erfc),
    "sin": Definition(sin),
    "cos": Definition(cos),
    "tan": Definition(tan),
    "asin": Definition(asin),
    "acos": Definition(acos),
    "atan": Definition(atan),
    "atan2": Definition(atan2, arguments=2),
    "sinh": Definition(sinh),
    "cosh": Definition(cosh),
    "tanh": Definition(tanh),
    "asinh": Definition(asinh),
    "acosh": Definition(acosh),
    "atanh": Definition(atanh),
}


class Mathematics:
    """The functions on vectors of ``width`` doubles (1: a plain double), in one LLVM module.

    ``Mathematics(module, width)`` defines nothing by itself; ``mathematics.exp(builder, x)`` defines ``mc.exp.v4`` in
    the module on first use (internal linkage) and emits a call of it at the builder's place. Arguments and results are
    ``ir.Value`` of ``mathematics.type``: ``double``, or a vector of that width. Several objects for one module
    and width share their functions. Raises ValueError for a width other than 1, 2, 4 and 8.
    """

    def __init__(self, module: ir.Module, width: int) -> None:
        if width not in WIDTHS:
            raise ValueError(f"{width} lanes: a vector has 1, 2, 4 or 8")
        self.module = module
        self.width = width
        self.type: ir.Type = ir.DoubleType() if width == 1 else ir.VectorType(ir.DoubleType(), width)

    def call(self, builder: ir.IRBuilder, name: str, *arguments: ir.Value) -> ir.Value:
        """The function of that name in ``FUNCTIONS``, on as many arguments as it has."""
        return builder.call(self.function(name), arguments)

    def function(self, name: str) -> ir.Function:
        """The function itself, defined if it was not yet."""
        full = f"mc.{name}.v{self.width}"
        known = self.module.globals.get(full)
        return known if known is not None else self._define(full, FUNCTIONS[name])

    def _define(self, full: str, definition: Definition) -> ir.Function:
        kind = ir.FunctionType(self.type, [self.type] * definition.arguments)
        function = ir.Function(self.module, kind, full)
        function.linkage = "internal"
        function.attributes.add("nounwind")
        if definition.inline:
            function.attributes.add("alwaysinline")
        lanes = Lanes(ir.IRBuilder(function.append_basic_block("entry")), self.width)
        result = definition.emit(*(Real(lanes, argument) for argument in function.args))
        lanes.builder.ret(result.value)
        return function

    def sqrt(self, builder: ir.IRBuilder, x: ir.Value) -> ir.Value:
        """√x, rounded once; nan below 0."""
        return self.call(builder, "sqrt", x)

    def exp(self, builder: ir.IRBuilder, x: ir.Value) -> ir.Value:
        """eˣ; ∞ and 0 beyond the range."""
        return self.call(builder, "exp", x)

    def expm1(self, builder: ir.IRBuilder, x: ir.Value) -> ir.Value:
        """eˣ − 1."""
        return self.call(builder, "expm1", x)

    def log(self, builder: ir.IRBuilder, x: ir.Value) -> ir.Value:
        """The natural logarithm; −∞ at ±0, nan below."""
        return self.call(builder, "log", x)

    def log1p(self, builder: ir.IRBuilder, x: ir.Value) -> ir.Value:
        """log(1 + x); −∞ at −1, nan below."""
        return self.call(builder, "log1p", x)

    def pow(self, builder: ir.IRBuilder, x: ir.Value, y: ir.Value) -> ir.Value:
        """xʸ, with IEEE 754's special cases: 1 for y = 0, nan for a negative x and a y that isn't whole."""
        return self.call(builder, "pow", x, y)

    def normal_quantile(self, builder: ir.IRBuilder, p: ir.Value) -> ir.Value:
        """z with Φ(z) = p; ∓∞ at 0 and 1, nan outside."""
        return self.call(builder, "normal_quantile", p)
