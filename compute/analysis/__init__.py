"""What the samples of a run say: statistics, percentiles, histograms, curves, convergence, sensitivity, scenarios.

Columns are float64 arrays in the order of iterations, NaN where an iteration ended in an error. Designed runs are in
``variance_based`` and ``shapley``, measures of risk in ``risk``, sample sizes in ``intervals``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from compute.analysis.density import Density, density
from compute.analysis.describe import Description, Measure, describe
from compute.analysis.histogram import Cumulative, Histogram, cumulative, histogram
from compute.analysis.regression import Regression, RegressionTerm, regression
from compute.analysis.running_mean import RunningMean, running_mean
from compute.analysis.tornado import Ranked, TornadoBar, tornado
from compute.on_demand import on_demand

if TYPE_CHECKING:
    from compute.analysis.conventions import Convention
    from compute.analysis.convergence import Monitor, Rule, Status, converged_at
    from compute.analysis.correlations import CorrelationTable, pearson, spearman
    from compute.analysis.curves import Box, FanChart, box, cumulative_curve, fan_chart
    from compute.analysis.goal_seek import GoalSeek
    from compute.analysis.intervals import (
        Interval,
        mean_interval,
        percentile_interval,
        probability_interval,
        standard_deviation_interval,
    )
    from compute.analysis.leaves import LEAF, CentralMoments, central_moments, leaf_moments
    from compute.analysis.percentiles import percentile, probability_at_most
    from compute.analysis.scenarios import OutputRange, Scenario, scenario, stress_effects, stress_plan
    from compute.analysis.sensitivity import (
        StatisticChange,
        change_in_statistic,
        constant_inputs,
        contribution_to_variance,
        grouped_drivers,
        inputs_without_effect,
    )
    from compute.analysis.summary import VariableStatistics, summarise
else:
    __getattr__ = on_demand(
        __name__,
        {
            "conventions": "Convention",
            "convergence": "Monitor Rule Status converged_at",
            "correlations": "CorrelationTable pearson spearman",
            "curves": "Box FanChart box cumulative_curve fan_chart",
            "goal_seek": "GoalSeek",
            "intervals": "Interval mean_interval percentile_interval probability_interval standard_deviation_interval",
            "leaves": "LEAF CentralMoments central_moments leaf_moments",
            "percentiles": "percentile probability_at_most",
            "scenarios": "OutputRange Scenario scenario stress_effects stress_plan",
            "sensitivity": "StatisticChange change_in_statistic constant_inputs "
            "contribution_to_variance grouped_drivers inputs_without_effect",
            "summary": "VariableStatistics summarise",
        },
    )

__all__ = [
    "LEAF",
    "Box",
    "CentralMoments",
    "Convention",
    "CorrelationTable",
    "Cumulative",
    "Density",
    "Description",
    "FanChart",
    "GoalSeek",
    "Histogram",
    "Interval",
    "Measure",
    "Monitor",
    "OutputRange",
    "Ranked",
    "Regression",
    "RegressionTerm",
    "Rule",
    "RunningMean",
    "Scenario",
    "StatisticChange",
    "Status",
    "TornadoBar",
    "VariableStatistics",
    "box",
    "central_moments",
    "change_in_statistic",
    "constant_inputs",
    "contribution_to_variance",
    "converged_at",
    "cumulative",
    "cumulative_curve",
    "density",
    "describe",
    "fan_chart",
    "grouped_drivers",
    "histogram",
    "inputs_without_effect",
    "leaf_moments",
    "mean_interval",
    "pearson",
    "percentile",
    "percentile_interval",
    "probability_at_most",
    "probability_interval",
    "regression",
    "running_mean",
    "scenario",
    "spearman",
    "standard_deviation_interval",
    "stress_effects",
    "stress_plan",
    "summarise",
    "tornado",
]
