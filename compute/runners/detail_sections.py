"""The sections of a run's details: from the library's values to messages, every number that is none as None."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Literal

from compute.analysis import (
    Convention,
    Interval,
    OutputRange,
    box,
    change_in_statistic,
    contribution_to_variance,
    density,
    describe,
    fan_chart,
    mean_interval,
    pearson,
    percentile_interval,
    regression,
    running_mean,
    scenario,
    spearman,
    standard_deviation_interval,
)
from compute.analysis.risk import conditional_value_at_risk, value_at_risk
from compute.details import (
    BoxData,
    ContributionBar,
    ContributionDetail,
    ConvergenceDetail,
    CorrelationsDetail,
    DensityDetail,
    FanDetail,
    IntervalData,
    IntervalsDetail,
    RegressionDetail,
    RegressionTermData,
    ScenarioDetail,
    ScenarioLine,
    SpiderDetail,
    SpiderLine,
    StatisticsDetail,
    TornadoDetail,
)
from compute.protocol import CorrelationReport, TornadoBar
from compute.records import dataclass
from compute.runners.loading import LoadedSamples

if TYPE_CHECKING:
    from compute.runners.result import Variable
    from compute.values import Floats

CONFIDENCE = 0.95
TAIL = 0.05
Kind = Literal["output", "input"]


@dataclass(frozen=True, slots=True)
class Study:
    """What details are made of: a run's variables by key, each output's tornado bars, and what was asked for.

    ``drivers`` are the inputs that are ranked: those that feed a made input are not among them.
    """

    outputs: Mapping[str, Variable]
    inputs: Mapping[str, Variable]
    drivers: Mapping[str, Variable]
    bars: Mapping[str, tuple[TornadoBar, ...]]
    groups: tuple[CorrelationReport, ...]
    convention: Convention
    fans: Mapping[str, tuple[str, ...]]
    scenarios: tuple[OutputRange, ...]

    @property
    def variables(self) -> Iterator[tuple[Kind, Variable]]:
        """Outputs, then inputs."""
        for output in self.outputs.values():
            yield "output", output
        for given in self.inputs.values():
            yield "input", given

    @property
    def samples(self) -> Mapping[str, Floats]:
        """The samples of the ranked inputs by key."""
        return loaded(self.drivers)


def loaded(variables: Mapping[str, Variable]) -> LoadedSamples[str]:
    """The samples of variables by key, each loaded when it is needed."""
    return LoadedSamples({key: partial(getattr, variable, "samples") for key, variable in variables.items()})


def statistics(study: Study) -> tuple[StatisticsDetail, ...]:
    """Every statistic of every variable."""
    return tuple(_statistics(kind, variable, study.convention) for kind, variable in study.variables)


def _statistics(kind: Kind, variable: Variable, convention: Convention) -> StatisticsDetail:
    found = describe(variable.samples, convention, errors=variable.errors)
    return StatisticsDetail(
        key=variable.key,
        kind=kind,
        cell=variable.cell,
        count=found.count,
        errors=found.errors,
        mean=found.mean,
        standard_error=found.standard_error,
        median=found.median,
        mode=found.mode,
        standard_deviation=found.standard_deviation,
        variance=found.variance,
        coefficient_of_variation=found.coefficient_of_variation,
        semi_deviation=found.semi_deviation,
        mean_absolute_deviation=found.mean_absolute_deviation,
        skewness=found.skewness,
        kurtosis=found.kurtosis,
        minimum=found.minimum,
        maximum=found.maximum,
        range=found.range,
        value_at_risk=value_at_risk(variable.samples, TAIL, convention=convention),
        conditional_value_at_risk=conditional_value_at_risk(variable.samples, TAIL, convention=convention),
        percentiles={f"{percent:g}": value for percent, value in found.percentiles.items()},
        box=_box(variable, convention),
    )


def _box(variable: Variable, convention: Convention) -> BoxData | None:
    found = box(variable.samples, convention)
    if found is None:
        return None
    return BoxData(
        low_whisker=found.low_whisker,
        low_quartile=found.low_quartile,
        median=found.median,
        high_quartile=found.high_quartile,
        high_whisker=found.high_whisker,
        outliers=found.outliers,
    )


def intervals(study: Study) -> tuple[IntervalsDetail, ...]:
    """Confidence intervals of every variable's mean, standard deviation and three percentiles."""
    return tuple(
        IntervalsDetail(
            key=variable.key,
            kind=kind,
            confidence=CONFIDENCE,
            mean=_interval(mean_interval(variable.samples, CONFIDENCE)),
            standard_deviation=_interval(standard_deviation_interval(variable.samples, CONFIDENCE)),
            percentile_5=_interval(percentile_interval(variable.samples, 0.05, CONFIDENCE)),
            median=_interval(percentile_interval(variable.samples, 0.5, CONFIDENCE)),
            percentile_95=_interval(percentile_interval(variable.samples, 0.95, CONFIDENCE)),
        )
        for kind, variable in study.variables
    )


def _interval(found: Interval | None) -> IntervalData | None:
    if found is None:
        return None
    return IntervalData(low=_finite(found.low), high=_finite(found.high), method=found.method)


def densities(study: Study) -> tuple[DensityDetail, ...]:
    """A density curve of every variable that has one."""
    return tuple(_density(kind, variable) for kind, variable in study.variables)


def _density(kind: Kind, variable: Variable) -> DensityDetail:
    found = density(variable.samples)
    if found is None or not math.isfinite(float(found.heights.max())):
        return DensityDetail(key=variable.key, kind=kind)
    return DensityDetail(
        key=variable.key,
        kind=kind,
        x=tuple(found.values.tolist()),
        height=tuple(found.heights.tolist()),
        bandwidth=found.bandwidth,
        rule=found.rule,
    )


def tornadoes(study: Study) -> tuple[TornadoDetail, ...]:
    """The summary's bars by the size of their rank correlations."""
    return tuple(
        TornadoDetail(
            output=key,
            mean=variable.mean,
            bars=tuple(sorted(study.bars[key], key=lambda bar: -abs(bar.rank_correlation or 0.0))),
        )
        for key, variable in study.outputs.items()
    )


def regressions(study: Study) -> tuple[RegressionDetail, ...]:
    """A stepwise regression of every output on the inputs."""
    inputs = study.samples
    return tuple(_regression(key, inputs, variable) for key, variable in study.outputs.items())


def _regression(key: str, inputs: Mapping[str, Floats], output: Variable) -> RegressionDetail:
    found = regression(inputs, output.samples)
    return RegressionDetail(
        output=key,
        terms=tuple(
            RegressionTermData(
                input=term.name,
                coefficient=_finite(term.coefficient),
                standardised=term.standardised,
                mapped=_finite(term.mapped),
                p_value=term.p_value,
            )
            for term in found.terms
        ),
        intercept=None if found.intercept is None else _finite(found.intercept),
        r_squared=found.r_squared,
        adjusted_r_squared=found.adjusted_r_squared,
        count=found.count,
        left_out=found.left_out,
        constant=found.constant,
        collinear=found.collinear,
        not_significant=found.not_significant,
    )


def contributions(study: Study) -> tuple[ContributionDetail, ...]:
    """Squared rank correlations as shares, by output."""
    return tuple(ContributionDetail(output=key, bars=tuple(_shares(study.bars[key]))) for key in study.outputs)


def _shares(bars: Iterable[TornadoBar]) -> list[ContributionBar]:
    shares = contribution_to_variance({bar.input: bar.rank_correlation for bar in bars})
    return [
        ContributionBar(input=name, share=share)
        for name, share in sorted(shares.items(), key=lambda each: -abs(each[1] or 0.0))
    ]


def spiders(study: Study) -> tuple[SpiderDetail, ...]:
    """The output's mean over ten bins of every input."""
    inputs = study.samples
    return tuple(
        SpiderDetail(
            output=key,
            mean=variable.mean,
            lines=tuple(
                SpiderLine(
                    input=line.name,
                    percents=line.percents,
                    input_means=tuple(_finite(value) for value in line.input_means),
                    values=line.values,
                )
                for line in change_in_statistic(inputs, variable.samples)
            ),
        )
        for key, variable in study.outputs.items()
    )


def fans(study: Study) -> tuple[FanDetail, ...]:
    """A fan chart for every range that was asked for."""
    return tuple(_fan(name, keys, study) for name, keys in study.fans.items())


def _fan(name: str, keys: tuple[str, ...], study: Study) -> FanDetail:
    found = fan_chart([study.outputs[key].samples for key in keys], convention=study.convention)
    return FanDetail(
        name=name,
        outputs=keys,
        percents=found.percents,
        bands=tuple(tuple(_finite(value) for value in band) for band in found.bands.tolist()),
        means=tuple(_finite(value) for value in found.means.tolist()),
        errors=tuple(found.errors.tolist()),
    )


def scenarios(study: Study) -> tuple[ScenarioDetail, ...]:
    """Every scenario of every output, the most significant inputs first."""
    inputs = study.samples
    return tuple(
        _scenario(key, inputs, variable, wanted, study.convention)
        for key, variable in study.outputs.items()
        for wanted in study.scenarios
    )


def _scenario(
    key: str, inputs: Mapping[str, Floats], output: Variable, wanted: OutputRange, convention: Convention
) -> ScenarioDetail:
    found = scenario(inputs, {key: output.samples}, {key: wanted}, convention)
    return ScenarioDetail(
        output=key,
        low=wanted.low,
        high=wanted.high,
        percentiles=wanted.percentiles,
        count=found.count,
        total=found.total,
        inputs=tuple(
            ScenarioLine(
                input=line.name,
                median=line.median,
                overall_median=line.overall_median,
                percentile_of_median=line.percentile_of_median,
                significance=line.significance,
                distance=line.distance,
                significant=line.significant,
            )
            for line in found.inputs
        ),
    )


def correlations(study: Study) -> CorrelationsDetail:
    """Correlations of every input with every output, by ranks and by values."""
    inputs = study.samples
    outputs = loaded(study.outputs)
    by_ranks, by_values = (
        tuple(tuple(_finite(value) for value in row) for row in table(inputs, outputs).coefficients.tolist())
        for table in (spearman, pearson)
    )
    return CorrelationsDetail(
        inputs=tuple(inputs), outputs=tuple(outputs), spearman=by_ranks, pearson=by_values, groups=study.groups
    )


def convergence_series(study: Study) -> tuple[ConvergenceDetail, ...]:
    """The running mean of every output with its confidence band."""
    return tuple(_convergence(key, variable) for key, variable in study.outputs.items())


def _convergence(key: str, output: Variable) -> ConvergenceDetail:
    found = running_mean(output.samples, CONFIDENCE)
    return ConvergenceDetail(
        output=key,
        confidence=found.confidence,
        iterations=found.iterations,
        means=tuple(_finite(value) for value in found.means),
        half_widths=tuple(_finite(value) for value in found.half_widths),
    )


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
