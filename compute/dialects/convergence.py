"""Rules of convergence that a workbook states: how well @RISK shall know a statistic of an output.

``RiskOutput("Profit",,,RiskConvergence(3%,2,95%,TRUE))`` for one output, names as @RISK 8 saves them for all. Source:
Palisade's help of @RISK 8, RiskConvergence and Convergence Settings. What PsiConvergence counts as converged is not
documented as fully: its level of confidence is left aside by its own product.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from compute.errors import Scalar
from compute.formulas.ast import Boolean, Call, Node, Number, Omitted, Unary
from compute.stopping import ConvergenceRule, Watched

ACTUAL, RELATIVE = 1.0, 2.0
PREFIX = "_AtRisk_SimSetting_Convergence"
_FOLLOWED = frozenset(
    {
        "ConfidenceLevel",
        "PercentileToTest",
        "PerformMeanTest",
        "PerformPercentileTest",
        "PerformStdDeviationTest",
        "TestAllOutputs",
        "TestingPeriod",
        "Tolerance",
    }
)
NOT_UNDERSTOOD = "its numbers must be written out, with tolerance, confidence and percentile in their limits"


def rules_of(call: Call) -> tuple[ConvergenceRule, ...] | None:
    """RiskConvergence(tolerance, type, confidence, mean, sd, percentile, p); None where it cannot be read."""
    found = [_constant(node) for node in call.arguments]
    tolerance, kind, confidence, mean, deviation, percentile, level = (*found, *[None] * 7)[:7]
    if kind not in (ACTUAL, RELATIVE) or any(_is_unread(n, v) for n, v in zip(call.arguments, found, strict=True)):
        return None
    return _rules(tolerance, kind == RELATIVE, confidence, (mean, deviation, percentile), level)


def rules_of_settings(names: Mapping[str, Scalar]) -> tuple[ConvergenceRule, ...] | None:
    """The rules for all outputs that @RISK's saved settings state; empty where it asks for none, None where a setting
    beside them is not known.

    A tolerance is a share of the statistic, as @RISK saves its default of 3 %.
    """
    own = {name.removeprefix(PREFIX): value for name, value in names.items() if name.startswith(PREFIX)}
    if names.get("RiskMonitorConvergence") is not True or own.get("TestAllOutputs") is False:
        return ()
    if not own.keys() <= _FOLLOWED or "Tolerance" not in own:
        return None
    tests = tuple(own.get(name) for name in ("PerformMeanTest", "PerformStdDeviationTest", "PerformPercentileTest"))
    return _rules(own["Tolerance"], True, own.get("ConfidenceLevel"), tests, own.get("PercentileToTest"))


def rule_text(rule: ConvergenceRule) -> str:
    """``mean ± 3% (95% confidence)``."""
    shown = rule.statistic.replace("_", " ")
    named = f"{100 * (rule.level or 0):g}th percentile" if rule.statistic == "percentile" else shown
    width = f"{100 * rule.tolerance:g}%" if rule.relative else f"{rule.tolerance:g}"
    return f"{named} ± {width} ({100 * rule.confidence:g}% confidence)"


def _rules(
    tolerance: Scalar, relative: bool, confidence: Scalar, tests: Sequence[Scalar], level: Scalar
) -> tuple[ConvergenceRule, ...] | None:
    share = 0.95 if confidence is None else confidence
    if not _is_number(tolerance) or not _is_number(share):
        return None
    statistics: tuple[Watched, ...] = ("mean", "standard_deviation", "percentile")
    wanted = [s for s, test in zip(statistics, tests, strict=True) if test is True or (_is_number(test) and test)]
    at = float(level) if isinstance(level, float) else None
    if "percentile" in wanted and at is None:
        return None
    try:
        return tuple(
            ConvergenceRule(
                statistic=statistic,
                level=at if statistic == "percentile" else None,
                tolerance=float(tolerance),  # type: ignore[arg-type]
                relative=relative,
                confidence=float(share),  # type: ignore[arg-type]
            )
            for statistic in wanted or statistics[:1]
        )
    except ValueError:
        return None


def _is_number(value: Scalar) -> bool:
    return isinstance(value, float) and not isinstance(value, bool)


def _is_unread(node: Node, value: float | bool | None) -> bool:
    return value is None and not isinstance(node, Omitted)


def _constant(node: Node) -> float | bool | None:
    if isinstance(node, Number | Boolean):
        return node.value
    if isinstance(node, Unary):
        inner = _constant(node.operand)
        if isinstance(inner, float):
            return {"%": inner / 100.0, "-": -inner, "+": inner}.get(node.operator)
    return None


__all__ = ["NOT_UNDERSTOOD", "rule_text", "rules_of", "rules_of_settings"]
