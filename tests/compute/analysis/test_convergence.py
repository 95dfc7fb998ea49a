"""Convergence: judged leaf by leaf, from the leaves seen and nothing else."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pytest
from scipy import stats

from compute.analysis import LEAF
from compute.analysis.convergence import Monitor, Rule, assess, converged_at
from compute.analysis.describe import Measure

X = np.random.default_rng(17).normal(100, 50, 40 * LEAF)
MEAN, DEVIATION = Measure("mean"), Measure("standard_deviation")
P95, TARGET = Measure("percentile", 0.95), Measure("probability_at_most", 120.0)
RULES = {
    "mean": Rule(MEAN, 0.005),
    "deviation": Rule(DEVIATION, 0.3, relative=False),
    "percentile": Rule(P95, 0.005, confidence=0.9),
    "probability": Rule(TARGET, 0.005, relative=False),
}


def half_width(rule: Rule, x: np.ndarray) -> float:
    """The half-width by scipy alone, asymptotic for the standard deviation."""
    z = stats.norm.ppf(0.5 + rule.confidence / 2)
    if rule.measure == MEAN:
        return float(stats.sem(x) * stats.t.ppf(0.5 + rule.confidence / 2, x.size - 1))
    if rule.measure == DEVIATION:
        return float(z * np.std(x, ddof=1) * math.sqrt((stats.kurtosis(x, fisher=False) - 1) / 4 / x.size))
    if rule.measure == P95:
        ends = stats.quantile_test(x, p=0.95).confidence_interval(rule.confidence)
        return float(ends.high - ends.low) / 2
    below = stats.binomtest(int((x <= 120).sum()), x.size).proportion_ci(rule.confidence, "wilson")
    return float(below.high - below.low) / 2


@pytest.mark.parametrize("name", RULES)
def test_a_rule_holds_from_the_first_leaf_whose_interval_is_narrow_enough(name: str) -> None:
    rule = RULES[name]
    expected = next(
        leaves
        for leaves in range(2, 41)
        if half_width(rule, X[: leaves * LEAF])
        <= rule.tolerance * (abs(rule.measure.of(X[: leaves * LEAF]) or 0) if rule.relative else 1)
    )
    assert 2 < expected < 40
    assert converged_at({"x": X}, {"x": (rule,)}) == expected


def fold(monitor: Monitor, columns: Mapping[str, np.ndarray], leaves: int) -> Monitor:
    for place in range(leaves):
        monitor = monitor.after({key: x[place * LEAF : (place + 1) * LEAF] for key, x in columns.items()})
    return monitor


def test_the_answer_depends_on_the_leaves_seen_and_not_on_what_follows() -> None:
    rules = {"x": tuple(RULES.values())}
    last = converged_at({"x": X}, rules)
    assert last is not None
    cut = X[: last * LEAF]
    other = np.concatenate((cut, np.full(5 * LEAF, 1e9)))
    assert converged_at({"x": cut}, rules) == converged_at({"x": other}, rules) == last
    assert converged_at({"x": cut[:-LEAF]}, rules) is None
    seen = fold(Monitor.watching(rules), {"x": other}, last + 5)
    assert seen.converged_at == last
    assert seen.iterations_still_needed == 0


def test_all_rules_of_all_variables_must_hold_together() -> None:
    other = np.random.default_rng(2).normal(10, 20, X.size)
    rules = {"x": (RULES["mean"],), "y": (Rule(MEAN, 0.01),)}
    alone = [converged_at({"x": X, "y": other}, {key: rules[key]}) for key in rules]
    assert None not in alone
    assert converged_at({"x": X, "y": other}, rules) == max(place or 0 for place in alone)


def test_a_monitor_is_a_value_that_can_be_continued_twice() -> None:
    start = fold(Monitor.watching({"x": (RULES["percentile"],)}), {"x": X}, 3)
    once, twice = fold(start, {"x": X}, 2), fold(start, {"x": X}, 2)
    assert once.statuses() == twice.statuses()
    assert start.leaves == 3


@pytest.mark.parametrize("name", RULES)
def test_a_pilot_run_tells_how_many_iterations_are_needed(name: str) -> None:
    rule = RULES[name]
    pilot = assess(rule, X[: 2 * LEAF])
    actual = converged_at({"x": X}, {"x": (rule,)})
    assert not pilot.converged
    assert actual is not None
    assert pilot.iterations_needed is not None
    assert pilot.iterations_needed % LEAF == 0
    assert pilot.iterations_needed == pytest.approx(actual * LEAF, rel=0.3)


def test_what_is_still_needed_shrinks_to_nothing() -> None:
    monitor = Monitor.watching({"x": (RULES["mean"],)})
    still = []
    for place in range(12):
        monitor = monitor.after({"x": X[place * LEAF : (place + 1) * LEAF]})
        still.append(monitor.iterations_still_needed)
    assert still[0] is not None
    assert still[0] > 4 * LEAF
    assert still[-1] == 0


def test_errors_do_not_count_as_samples() -> None:
    x = X.copy()
    x[::2] = np.nan
    whole, half = assess(RULES["mean"], X[: 4 * LEAF]), assess(RULES["mean"], x[: 4 * LEAF])
    assert half.interval is not None
    assert whole.interval is not None
    assert half.interval.half_width == pytest.approx(whole.interval.half_width * math.sqrt(2), rel=0.05)
    assert half.iterations_needed == pytest.approx(2 * (whole.iterations_needed or 0), rel=0.15)


def test_nothing_can_be_said_of_nothing_or_of_a_relative_zero() -> None:
    empty = assess(RULES["mean"], np.full(10, np.nan))
    assert (empty.converged, empty.estimate, empty.iterations_needed) == (False, None, None)
    zero = assess(Rule(MEAN), np.array([-1.0, 1.0] * 50))
    assert (zero.converged, zero.iterations_needed) == (False, None)
    assert assess(Rule(MEAN), np.zeros(50)).converged
    assert assess(Rule(P95), np.arange(10.0)).converged is False


def test_a_short_leaf_is_the_last() -> None:
    monitor = Monitor.watching({"x": (RULES["mean"],)}).after({"x": X[:10]})
    with pytest.raises(ValueError, match="was the last one"):
        monitor.after({"x": X[:10]})
    with pytest.raises(ValueError, match="A leaf holds"):
        Monitor.watching({"x": (RULES["mean"],)}).after({"x": X[: LEAF + 1]})


def test_at_least_so_many_leaves() -> None:
    easy = {"x": (Rule(MEAN, 0.5),)}
    assert converged_at({"x": X}, easy) == 2
    assert converged_at({"x": X}, easy, at_least=7) == 7
    with pytest.raises(ValueError, match="at_least is 0"):
        Monitor.watching(easy, 0)
    with pytest.raises(ValueError, match="no rule"):
        Monitor.watching({})


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"measure": Measure("mode")}, "no rule of convergence"),
        ({"measure": MEAN, "tolerance": 0.0}, "tolerance is 0"),
        ({"measure": MEAN, "confidence": 1.0}, "confidence is 1"),
        ({"measure": Measure("percentile", 1.0)}, "extreme"),
    ],
)
def test_rules_that_make_no_sense_are_refused(given: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Rule(**given)  # type: ignore[arg-type]
