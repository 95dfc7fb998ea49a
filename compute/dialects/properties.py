"""Property functions: the further arguments by which a draw gets a name, a static value, limits or a shift.

@RISK's order holds for every product: truncation comes before the shift, Truncate2 after it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from compute.dialects.canonical import Adjustment, Correlation, Draw, Family, Percentiles
from compute.formulas.ast import ArrayConstant, Boolean, Call, Node, Number, Omitted, Text, Unary
from compute.records import dataclass


@dataclass(slots=True)
class Properties:
    """What the property functions of one draw say; ``refused`` is why they cannot be followed."""

    name: Node | None = None
    static: Node | None = None
    truncate: Adjustment | None = None
    truncate_after: Adjustment | None = None
    shift: Node | None = None
    correlation: Correlation | None = None
    seed: Node | None = None
    locked: bool = False
    refused: str | None = None

    def adjustments(self) -> tuple[Adjustment, ...]:
        """The steps between law and value, in their order."""
        shift = None if self.shift is None else Adjustment("shift", self.shift)
        return tuple(a for a in (self.truncate, shift, self.truncate_after) if a is not None)

    def draw(
        self,
        law: str,
        parameters: tuple[Node, ...],
        limits: tuple[Adjustment, ...] = (),
        percentiles: Percentiles | None = None,
    ) -> Draw:
        """The draw that has these properties; ``limits`` of the law itself come before its adjustments."""
        return Draw(
            law,
            parameters,
            name=self.name,
            static=self.static,
            adjustments=limits + self.adjustments(),
            correlation=self.correlation,
            seed=self.seed,
            locked=self.locked,
            percentiles=percentiles,
        )


Arguments = list[Node | None]
_ARCHIMEDEAN: dict[str, Family] = {"clayton": "clayton", "gumbel": "gumbel", "frank": "frank"}
RANGE_OF_COPULA = "must name clayton, frank or gumbel; how @RISK describes a copula in a range is not documented"


def _name(properties: Properties, arguments: Arguments) -> None:
    properties.name = arguments[0] if arguments else None


def _static(properties: Properties, arguments: Arguments) -> None:
    properties.static = arguments[0] if arguments else None


def _base_case(properties: Properties, arguments: Arguments) -> None:
    """PsiBaseCase(value): what the cell holds while nothing is simulated, unless PsiStatic says so."""
    properties.static = properties.static or _part(arguments, 0)


def _shift(properties: Properties, arguments: Arguments) -> None:
    properties.shift = arguments[0] if arguments else Number(0.0)


def _truncate(properties: Properties, arguments: Arguments) -> None:
    """RiskTruncate(min, max); PsiTruncate(min, max, type), where type 1 is values, 3 percentiles."""
    low, high, kind = (*arguments, None, None, None)[:3]
    if kind == Number(3.0):
        properties.truncate = Adjustment("truncate_percentile", low, high)
    elif kind in (None, Number(1.0)):
        properties.truncate = Adjustment("truncate", low, high)
    else:
        properties.refused = "of its property Truncate only types 1 (values) and 3 (shares) are understood"


def _truncate_percentile(properties: Properties, arguments: Arguments) -> None:
    low, high = (*arguments, None, None)[:2]
    properties.truncate = Adjustment("truncate_percentile", low, high)


def _truncate_after(properties: Properties, arguments: Arguments) -> None:
    low, high = (*arguments, None, None)[:2]
    properties.truncate_after = Adjustment("truncate", low, high)


def _part(arguments: Arguments, index: int) -> Node | None:
    return arguments[index] if index < len(arguments) else None


def _tie(properties: Properties, name: str, correlation: Correlation | None) -> None:
    if correlation is None:
        properties.refused = f"its property {name} lacks an argument"
    elif properties.correlation is not None:
        properties.refused = "it is correlated twice"
    properties.correlation = correlation


def _of_a_pair(group: Node | None) -> Node | None:
    """A correlation written as a number is the matrix of a pair (Frontline's help, PsiCopulaGauss)."""
    sign, number = 1.0, group
    if isinstance(group, Unary) and group.operator == "-":
        sign, number = -1.0, group.operand
    if not isinstance(number, Number):
        return group
    one, both = Number(1.0), Number(sign * number.value)
    return ArrayConstant(((one, both), (both, one)))


def _matrix(properties: Properties, arguments: Arguments) -> None:
    """RiskCorrmat(matrix, position, [instance]), MC.CORRELATE, PsiCorrMatrix, PsiCopulaGauss."""
    group, position = _of_a_pair(_part(arguments, 0)), _part(arguments, 1)
    found = None
    if group is not None and position is not None:
        found = Correlation("gaussian", group, position, _part(arguments, 2))
    _tie(properties, "correlation matrix", found)


def _student(properties: Properties, arguments: Arguments) -> None:
    """MC.COPULAT(matrix, position, degrees of freedom, [instance]), PsiCopulaStudent."""
    group, position, degrees = _of_a_pair(_part(arguments, 0)), _part(arguments, 1), _part(arguments, 2)
    found = None
    if group is not None and position is not None and degrees is not None:
        found = Correlation("student", group, position, _part(arguments, 3), degrees)
    _tie(properties, "t copula", found)


def _archimedean(family: Family) -> Callable[[Properties, Arguments], None]:
    """MC.COPULACLAYTON(group, position, theta, [reflection]) and its kin."""

    def reader(properties: Properties, arguments: Arguments) -> None:
        group, position, theta = (_part(arguments, i) for i in range(3))
        found = None
        if group is not None and position is not None and theta is not None:
            found = Correlation(family, group, position, None, theta, _part(arguments, 3))
        _tie(properties, f"{family.capitalize()} copula", found)

    return reader


def _by_type(properties: Properties, arguments: Arguments) -> None:
    """PsiCopula(type, parameter, [reflection], [instance]); draws of one type without an instance belong together.

    Reflection 0 is none, 3 turns both of a pair round; 1 and 2 turn the first or second, and which draw that is the
    product's help does not tell. Source: Frontline's help, PsiCopula.
    """
    kind, theta = _part(arguments, 0), _part(arguments, 1)
    family = _ARCHIMEDEAN.get(kind.value.casefold()) if isinstance(kind, Text) else None
    turned = _part(arguments, 2)
    if family is None or kind is None:
        properties.refused = f"its property Copula {RANGE_OF_COPULA}"
    elif turned not in (None, Number(0.0), Number(3.0)):
        properties.refused = "of its property Copula only reflections 0 and 3, as numbers, are understood"
    else:
        group = _part(arguments, 3) or kind
        tie = None if theta is None else Correlation(family, group, None, None, theta)
        if tie is not None and turned == Number(3.0):
            tie = replace(tie, reflection=Number(2.0))
        _tie(properties, "Copula", tie)


def _source(properties: Properties, arguments: Arguments) -> None:
    group = _part(arguments, 0)
    _tie(properties, "Indep", None if group is None else Correlation("source", group))


def _dependent(properties: Properties, arguments: Arguments) -> None:
    group, coefficient = _part(arguments, 0), _part(arguments, 1)
    found = None
    if group is not None and coefficient is not None:
        found = Correlation("dependent", group, parameter=coefficient)
    _tie(properties, "Dep", found)


def _seed(properties: Properties, arguments: Arguments) -> None:
    """RiskSeed(generator, seed) and PsiSeed(seed): every generator is Montecell's own."""
    properties.seed = arguments[-1] if arguments else None
    if properties.seed is None:
        properties.refused = "its property Seed lacks the seed"


def _lock(properties: Properties, arguments: Arguments) -> None:
    """RiskLock() and RiskLock(TRUE): not drawn; RiskLock(FALSE): drawn."""
    given = arguments[0] if arguments else None
    properties.locked = not (isinstance(given, Boolean) and not given.value)


READERS: dict[str, Callable[[Properties, Arguments], None]] = {
    "NAME": _name,
    "STATIC": _static,
    "BASECASE": _base_case,
    "SHIFT": _shift,
    "TRUNCATE": _truncate,
    "TRUNCATEP": _truncate_percentile,
    "TRUNCATE2": _truncate_after,
    "CORRMAT": _matrix,
    "CORRMATRIX": _matrix,
    "CORRELATE": _matrix,
    "COPULAGAUSS": _matrix,
    "COPULASTUDENT": _student,
    "COPULAT": _student,
    "COPULA": _by_type,
    "COPULACLAYTON": _archimedean("clayton"),
    "COPULAGUMBEL": _archimedean("gumbel"),
    "COPULAFRANK": _archimedean("frank"),
    "INDEPC": _source,
    "DEPC": _dependent,
    "CORRINDEP": _source,
    "CORRDEPEN": _dependent,
    "SEED": _seed,
    "LOCK": _lock,
}
SILENT = frozenset({"UNITS", "CATEGORY", "ISDATE", "ISDISCRETE", "COLLECT", "CONVERGENCE", "SIXSIGMA"})
"""Properties that describe or report, and do not change a draw."""
REFUSED = {
    "FIT": "(a fit that is redone) is not available yet",
    "TSTRANSFORM": "belongs to a time series",
    "TSINTEGRATE": "belongs to a time series",
    "TSSEASONALITY": "belongs to a time series",
    "TSSYNC": "belongs to a time series",
}


def is_property(name: str | None) -> bool:
    """Whether a function's own name, without its product's prefix, is a property."""
    return name is not None and (name in READERS or name in SILENT or name in REFUSED)


def split(call: Call, local_name: Callable[[str], str | None]) -> tuple[list[Node], Properties]:
    """A law's own arguments and the properties among them; ``local_name`` strips the product's prefix from a name."""
    plain: list[Node] = []
    found: list[tuple[str, tuple[Node, ...]]] = []
    for argument in call.arguments:
        own = local_name(argument.name) if isinstance(argument, Call) else None
        if isinstance(argument, Call) and own is not None and is_property(own):
            found.append((own, argument.arguments))
        else:
            plain.append(argument)
    return plain, read(found)


def read(calls: Sequence[tuple[str, tuple[Node, ...]]]) -> Properties:
    """The properties given as (name without prefix, arguments)."""
    properties = Properties()
    for name, arguments in calls:
        if name in REFUSED:
            properties.refused = f"its property {name.capitalize()} {REFUSED[name]}"
        elif name in READERS:
            READERS[name](properties, [None if isinstance(a, Omitted) else a for a in arguments])
    return properties
