"""What the samples of a run say: statistics, percentiles, histograms, sensitivity."""

from __future__ import annotations

from compute.analysis.histogram import Cumulative, Histogram, cumulative, histogram
from compute.analysis.leaves import LEAF, CentralMoments, central_moments, leaf_moments
from compute.analysis.percentiles import percentile, probability_at_most
from compute.analysis.summary import VariableStatistics, summarise
from compute.analysis.tornado import Ranked, TornadoBar, tornado

__all__ = [
    "LEAF",
    "CentralMoments",
    "Cumulative",
    "Histogram",
    "Ranked",
    "TornadoBar",
    "VariableStatistics",
    "central_moments",
    "cumulative",
    "histogram",
    "leaf_moments",
    "percentile",
    "probability_at_most",
    "summarise",
    "tornado",
]
