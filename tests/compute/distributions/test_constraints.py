"""What laws refuse, and the sentence in which they do."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from compute.distributions import LAWS, PERT, Discrete, Domain, Law, Normal, Poisson, Triangular, Uniform
from compute.errors import InvalidDistribution

NEVER = (math.nan, math.inf, -math.inf)
REFUSED: dict[Domain, tuple[Any, ...]] = {
    Domain.REAL: NEVER,
    Domain.POSITIVE: (*NEVER, 0.0, -1.0),
    Domain.NOT_NEGATIVE: (*NEVER, -1e-9),
    Domain.PROBABILITY: (*NEVER, -0.01, 1.01),
    Domain.POSITIVE_PROBABILITY: (*NEVER, 0.0, 1.01),
    Domain.OPEN_PROBABILITY: (*NEVER, 0.0, 1.0),
    Domain.COUNT: (*NEVER, -1.0, 2.5),
    Domain.POSITIVE_COUNT: (*NEVER, 0.0, 2.5),
    Domain.INTEGER: (*NEVER, 2.5),
    Domain.VALUES: ((), (1.0, math.nan), (math.inf,)),
    Domain.WEIGHTS: ((), (0.0, 0.0), (1.0, -1.0), (1.0, math.nan)),
    Domain.PROBABILITIES: ((), (0.5, 1.5), (-0.1,), (math.nan,)),
}


def test_every_domain_refuses_something() -> None:
    assert set(REFUSED) == set(Domain)


def test_each_parameter_refuses_what_its_domain_excludes(case: Any) -> None:
    law: type[Law] = type(case.law)
    for place, info in enumerate(law.parameters):
        for bad in REFUSED[info.domain]:
            parameters = list(case.law.arguments)
            parameters[place] = bad
            with pytest.raises(InvalidDistribution) as caught:
                law(*parameters)
            assert caught.value.code == "distribution.parameter"
            assert caught.value.message.startswith(f"{law.title}: {info.name} is ")
            assert info.domain.value in caught.value.message
            if bad != ():
                assert not law.valid(*parameters).any()
                assert np.isnan(law.quantile(0.5, *parameters)).all()


def test_each_ordering_is_kept(case: Any) -> None:
    law: type[Law] = type(case.law)
    names = [info.name for info in law.parameters]
    for rule in law.orderings:
        parameters = list(case.law.arguments)
        low, high = names.index(rule.low), names.index(rule.high)
        parameters[low] = parameters[high] + 1.0
        assert not law.valid(*parameters).any()
        with pytest.raises(InvalidDistribution, match=f"^{law.title}: "):
            law(*parameters)


@pytest.mark.parametrize("bad", ["ten", None, object()])
def test_text_is_no_parameter(bad: Any) -> None:
    with pytest.raises(InvalidDistribution, match=r"^Normal: mean is .*; it must be a finite number\.$"):
        Normal(bad, 1)


def test_message_names_law_parameter_value_and_rule() -> None:
    with pytest.raises(InvalidDistribution) as caught:
        Triangular(1, 6, 5)
    assert caught.value.message == "Triangular: mode is 6 and max is 5; mode must be at most max."
    with pytest.raises(InvalidDistribution) as caught:
        Discrete((1, 2, 3), (1, 2))
    assert caught.value.message == "Discrete: there are 3 values and 2 probabilities; each value needs one probability."


@pytest.mark.parametrize(
    ("law", "value"),
    [
        (Normal(7, 0), 7.0),
        (Uniform(3, 3), 3.0),
        (Triangular(3, 3, 3), 3.0),
        (PERT(3, 3, 3), 3.0),
        (Poisson(0), 0.0),
        (LAWS["LOGNORMAL"](5, 0), 5.0),
        (LAWS["LOGNORMAL2"](0, 0), 1.0),
        (LAWS["BINOMIAL"](0, 0.5), 0.0),
        (LAWS["BINOMIAL"](9, 1), 9.0),
        (LAWS["BINOMIAL"](9, 0), 0.0),
        (LAWS["BERNOULLI"](1), 1.0),
        (LAWS["BERNOULLI"](0), 0.0),
        (Discrete((4,), (0.1,)), 4.0),
    ],
    ids=str,
)
def test_degenerate_laws_are_constants(law: Law, value: float) -> None:
    assert law.ppf(np.array([0, 1e-300, 0.3, 0.5, 1 - 1e-16, 1])).tolist() == [value] * 6
    assert (law.cdf(value - 1e-6), law.cdf(value), law.sf(value)) == (0.0, 1.0, 0.0)
    assert (law.mean, law.variance, law.standard_deviation, law.static_value) == (value, 0.0, 0.0, value)
    assert math.isnan(law.skewness)
    assert math.isnan(law.kurtosis)
    assert law.support == (value, value)


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (2.0, 1.0, "low is 2 and high is 1"),
        (math.nan, 1.0, "low must be at most high"),
        (50.0, 60.0, "no probability between 50 and 60"),
    ],
)
def test_truncation_that_leaves_nothing_is_refused(low: float, high: float, words: str) -> None:
    with pytest.raises(InvalidDistribution, match=words):
        Normal(0, 1).truncate(low, high)
    assert np.isnan(Normal.over(0.0, 1.0).truncated(low, high).draw(0.5)).all()


def test_shift_must_be_finite() -> None:
    with pytest.raises(InvalidDistribution, match="Shift: by is inf"):
        Normal(0, 1).shift(math.inf)


def test_invalid_columns_are_nan_and_leave_the_others_alone() -> None:
    drawn = Normal.quantile(np.array([0.5, 0.5, 0.5]), np.array([1.0, 2.0, np.nan]), np.array([1.0, -1.0, 1.0]))
    assert drawn[0] == 1.0
    assert np.isnan(drawn[1:]).all()
