"""Statistics that cells ask for, by each product's names: ``RiskMean(B5)``, ``MC.PERCENTILE("Profit",0.9)``.

Every function takes a cell or a name (two for a correlation), then its numbers, then optionally a simulation's number;
among the arguments may stand a truncation, which leaves samples out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from compute.dialects.canonical import NotUnderstood, Statistic
from compute.dialects.properties import split
from compute.formulas.ast import Call, Node, Omitted
from compute.records import dataclass


@dataclass(frozen=True, slots=True)
class StatisticFunction:
    """One function: the statistic's name, how many numbers follow the variable, and of how many variables it is."""

    kind: str
    numbers: int = 0
    variables: int = 1


_PLAIN: Mapping[str, StatisticFunction] = {
    "MEAN": StatisticFunction("mean"),
    "STDDEV": StatisticFunction("standard_deviation"),
    "VARIANCE": StatisticFunction("variance"),
    "MIN": StatisticFunction("minimum"),
    "MAX": StatisticFunction("maximum"),
    "RANGE": StatisticFunction("range"),
    "MODE": StatisticFunction("mode"),
    "MEDIAN": StatisticFunction("median"),
    "SKEWNESS": StatisticFunction("skewness"),
    "KURTOSIS": StatisticFunction("kurtosis"),
    "PERCENTILE": StatisticFunction("percentile", 1),
    "PTOX": StatisticFunction("percentile", 1),
    "PERCENTILED": StatisticFunction("percentile_descending", 1),
    "QTOX": StatisticFunction("percentile_descending", 1),
    "TARGET": StatisticFunction("probability", 1),
    "XTOP": StatisticFunction("probability", 1),
    "TARGETD": StatisticFunction("probability_above", 1),
    "XTOQ": StatisticFunction("probability_above", 1),
}


def _theoretical(prefix: str) -> dict[str, StatisticFunction]:
    return {f"{prefix}{n}": StatisticFunction(f"theoretical:{f.kind}", f.numbers) for n, f in _PLAIN.items()}


ATRISK: Mapping[str, StatisticFunction] = {
    **_PLAIN,
    **_theoretical("THEO"),
    "DATA": StatisticFunction("trial", 1),
    "CORREL": StatisticFunction("correlation", 0, 2),
    "COEFFOFVARIATION": StatisticFunction("coefficient_of_variation"),
    "STDERROFMEAN": StatisticFunction("standard_error"),
    "MEANABSDEV": StatisticFunction("mean_absolute_deviation"),
    "SEMISTDDEV": StatisticFunction("semi_deviation"),
    "SEMIVARIANCE": StatisticFunction("semi_variance"),
}
"""@RISK's functions without ``Risk``; Palisade's help, Statistics functions."""

PSI: Mapping[str, StatisticFunction] = {
    **_PLAIN,
    **_theoretical("THEO"),
    "COEFFVAR": StatisticFunction("coefficient_of_variation"),
    "ABSDEV": StatisticFunction("mean_absolute_deviation"),
    "STDERR": StatisticFunction("standard_error"),
    "COUNT": StatisticFunction("count"),
    "BVAR": StatisticFunction("value_at_risk", 1),
    "CVAR": StatisticFunction("conditional_value_at_risk", 1),
    "SEMIDEV": StatisticFunction("lower_partial_deviation", 2),
    "SEMIVAR": StatisticFunction("lower_partial_moment", 2),
    "EXPGAIN": StatisticFunction("expected_gain", 1),
    "EXPLOSS": StatisticFunction("expected_loss", 1),
    "CORRELATION": StatisticFunction("correlation", 0, 2),
    "SPEARMANRHO": StatisticFunction("spearman", 0, 2),
    "KENDALLTAU": StatisticFunction("kendall", 0, 2),
    "DATA": StatisticFunction("trial", 1),
    "MEANCI": StatisticFunction("mean_half_width", 1),
    "STDDEVCI": StatisticFunction("standard_deviation_half_width", 1),
    "PERCENTILECI": StatisticFunction("percentile_half_width", 2),
    "TARGETCI": StatisticFunction("probability_half_width", 2),
    "CITRIALS": StatisticFunction("trials_needed", 2),
}
"""Analytic Solver's functions without ``Psi``."""

MONTECELL: Mapping[str, StatisticFunction] = {
    **PSI,
    **ATRISK,
    "SD": StatisticFunction("standard_deviation"),
    "CV": StatisticFunction("coefficient_of_variation"),
    "VALUEATRISK": StatisticFunction("value_at_risk", 1),
    "ERRORS": StatisticFunction("errors"),
    "FREQUENCY": StatisticFunction("frequency", 2),
    "SPEARMAN": StatisticFunction("spearman", 0, 2),
    "KENDALL": StatisticFunction("kendall", 0, 2),
}
"""Montecell's functions without ``MC.``: whatever the others have, and plainer names."""


def statistic(
    function: StatisticFunction, shown: str, call: Call, local_name: Callable[[str], str | None]
) -> Statistic | NotUnderstood:
    """A call as a statistic, or why it cannot be one; ``shown`` is the function's name for people."""
    plain, properties = split(call, local_name)
    while plain and isinstance(plain[-1], Omitted):
        plain.pop()
    least = function.variables + function.numbers
    if not least <= len(plain) <= least + 1 or any(isinstance(p, Omitted) for p in plain[:least]):
        wanted = " and ".join(["a cell or name"] * function.variables)
        numbers = f", then {function.numbers} number{'s' * (function.numbers > 1)}" if function.numbers else ""
        found = f"it takes {wanted}{numbers} and an optional simulation, but {len(plain)} arguments are given"
        return NotUnderstood(shown, found)
    cut = properties.truncate or properties.truncate_after
    return Statistic(
        function.kind,
        tuple(plain[: function.variables]),
        tuple(plain[function.variables : least]),
        _last(plain, least),
        None if cut is None else cut.low,
        None if cut is None else cut.high,
        cut is not None and cut.kind == "truncate_percentile",
    )


def _last(plain: list[Node], least: int) -> Node | None:
    return plain[least] if len(plain) > least else None
