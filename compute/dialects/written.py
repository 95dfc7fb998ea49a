"""Laws as formulas for a cell: ``=MC.GAMMA(2,3,MC.SHIFT(1))``, and in @RISK's spelling where @RISK has the law."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from compute.dialects.atrisk import FUNCTIONS, SERIES
from compute.dialects.montecell import function_name
from compute.dialects.signature import LawFunction, unchanged
from compute.distributions import LAWS, Law
from compute.sampling.time_series import Process

_MOST_MATRIX = 7_000
Values = Sequence[float | Sequence[float]]
_ATRISK: Mapping[str, LawFunction] = MappingProxyType(
    {f.law: f for f in FUNCTIONS.values() if f.read is unchanged and not f.truncates}
)


def montecell_formula(law: type[Law], parameters: Values, shift: float = 0.0) -> str:
    """The law as a person types it into a cell; parameters at their defaults are left out at the end."""
    return _written(f"MC.{function_name(law.name)}", "MC.SHIFT", _needed(law, parameters), shift)


def atrisk_formula(law: type[Law], parameters: Values, shift: float = 0.0) -> str | None:
    """The same in @RISK's spelling; None where @RISK has no such law with the same parameters."""
    function = _ATRISK.get(law.name)
    if function is None or len(parameters) != len(function.parameters):
        return None
    return _written(function.name, "RiskShift", tuple(parameters), shift)


def with_property(formula: str, written: str) -> str:
    """A formula of one call with one more property at its end."""
    return f"{formula.removesuffix(')')},{written})"


def matrix_properties(matrix: Sequence[Sequence[float]], degrees: float | None = None) -> tuple[str, ...] | None:
    """The property of each input that a matrix of normal scores ties, Gaussian or with ``degrees`` as a t copula.

    The matrix is written out. None where Excel's formulas, of 8,192 characters at most, have no room for it.
    """
    rows = ";".join(",".join(map(_number, row)) for row in matrix)
    if len(rows) > _MOST_MATRIX:
        return None
    name, last = ("MC.CORRELATE", "") if degrees is None else ("MC.COPULAT", f",{_number(degrees)}")
    return tuple(f"{name}({{{rows}}},{place}{last})" for place in range(1, len(matrix) + 1))


def archimedean_properties(family: str, theta: float, reflected: Sequence[bool], group: str) -> tuple[str, ...]:
    """The property of each input that a Clayton, Gumbel or Frank copula ties; ``group`` names the inputs together."""
    quoted = group.replace('"', '""')
    return tuple(
        f'MC.COPULA{family.upper()}("{quoted}",{place},{_number(theta)}{",2" if turned else ""})'
        for place, turned in enumerate(reflected, start=1)
    )


def montecell_series(process: type[Process], parameters: Sequence[float]) -> str:
    """A time series as a person types it over a range of periods."""
    return _written(f"MC.{process.name}", "", parameters, 0.0)


def atrisk_series(process: type[Process], parameters: Sequence[float]) -> str | None:
    """The same in @RISK's spelling, entered over a range as an array formula; None where @RISK has no such process."""
    function = next((f for f in SERIES.values() if f.process == process.name), None)
    return None if function is None else _written(function.name, "", parameters, 0.0)


def _needed(law: type[Law], parameters: Values) -> Values:
    kept = list(parameters)
    while kept and LAWS[law.name].parameters[len(kept) - 1].default == kept[-1]:
        kept.pop()
    return kept


def _written(name: str, shift_name: str, parameters: Values, shift: float) -> str:
    shown = [_argument(value) for value in parameters]
    if shift:
        shown.append(f"{shift_name}({_number(shift)})")
    return f"={name}({','.join(shown)})"


def _argument(value: float | Sequence[float]) -> str:
    if isinstance(value, Sequence):
        return f"{{{','.join(_number(part) for part in value)}}}"
    return _number(value)


def _number(value: float) -> str:
    """The shortest text that reads back as the same number."""
    plain = float(value)
    return str(int(plain)) if plain.is_integer() and abs(plain) < 1e15 else repr(plain).upper()
