"""What a run gave: samples, statistics, certificate; kept on disk and written into workbooks."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import field
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from compute.analysis import (
    LEAF,
    Ranked,
    VariableStatistics,
    cumulative,
    histogram,
    percentile,
    probability_at_most,
    summarise,
    tornado,
)
from compute.backends.reference import BlockResult
from compute.collecting import much_is_made
from compute.errors import CellError, ErrorCode, Scalar
from compute.protocol import (
    Certificate,
    CorrelationReport,
    CurveData,
    FilledCell,
    HistogramData,
    ResultSummary,
    Timings,
    TornadoBar,
    VariableSummary,
)
from compute.records import dataclass
from compute.runners.state import Samples
from compute.stopping import ConvergenceStatus
from compute.values import Codes, Floats

if TYPE_CHECKING:
    from compute.analysis import OutputRange
    from compute.details import ConventionName, ResultDetails

MOST_TORNADO_INPUTS = 100
_ERRORS = frozenset(code.text for code in ErrorCode)


@dataclass(eq=False)
class Variable:
    """One output or input of a run.

    ``samples``: float64, shape (iterations,), NaN where the iteration ended in an error; ``codes`` tells which (0:
    none). Statistics follow @RISK's conventions and leave errors out; they are None where undefined.
    """

    key: str
    name: str | None
    cell: str
    samples: Floats
    codes: Codes

    @cached_property
    def statistics(self) -> VariableStatistics:
        """All moments and percentiles."""
        return summarise(self.samples)

    @property
    def errors(self) -> int:
        """Iterations that ended in an error."""
        return int(np.count_nonzero(self.codes))

    @property
    def error_codes(self) -> dict[str, int]:
        """How often each error occurred, by its text."""
        if not self.errors:
            return {}
        found, counts = np.unique(self.codes[self.codes != 0], return_counts=True)
        return {ErrorCode(int(c)).text: int(n) for c, n in zip(found, counts, strict=True)}

    @property
    def mean(self) -> float | None:
        return self.statistics.mean

    @property
    def standard_deviation(self) -> float | None:
        return self.statistics.standard_deviation

    @property
    def variance(self) -> float | None:
        return self.statistics.variance

    @property
    def minimum(self) -> float | None:
        return self.statistics.minimum

    @property
    def maximum(self) -> float | None:
        return self.statistics.maximum

    @property
    def median(self) -> float | None:
        return self.statistics.median

    @property
    def skewness(self) -> float | None:
        return self.statistics.skewness

    @property
    def kurtosis(self) -> float | None:
        return self.statistics.kurtosis

    def percentile(self, p: float) -> float:
        """The order statistic of number ⌈p·n⌉; ``p`` from 0 to 1."""
        return percentile(self.samples, p)

    def probability_at_most(self, x: float) -> float:
        """The share of iterations with a value of at most ``x``."""
        return probability_at_most(self.samples, x)


@dataclass(eq=False)
class Result:
    """A finished run. ``outputs`` and ``inputs`` are keyed by the given name, else ``Sheet!A1`` (``Sheet!A1#2``).

    ``unused_inputs`` are those that no output's formulas depend on, None where that is not known;
    ``folded_inputs`` those that feed a formula which counts as an input itself, and is ranked in their place.
    ``ranges`` are the outputs that belong together, by the name of their range, each a fan chart. ``shown`` computes
    what the trials of what-if data tables show in the workbook's copy. ``trials`` is the file that the samples lie
    in. Statistics, the summary and the certificate (``certified`` makes it) are computed when they are first asked for.
    """

    outputs: Mapping[str, Variable]
    inputs: Mapping[str, Variable]
    certified: Callable[[], Certificate] = field(repr=False)
    iterations: int
    timings: Timings
    notes: tuple[str, ...] = ()
    started: str = ""
    finished: str = ""
    correlations: tuple[CorrelationReport, ...] = ()
    filled: tuple[FilledCell, ...] = ()
    unused_inputs: tuple[str, ...] | None = None
    folded_inputs: tuple[str, ...] = ()
    convergence: tuple[ConvergenceStatus, ...] = ()
    _summary: ResultSummary | None = field(default=None, repr=False)
    made_details: dict[Any, Any] = field(default_factory=dict, repr=False)
    ranges: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    shown: Callable[[], Mapping[str, Scalar]] = field(default=dict, repr=False)
    trials: Path | None = None

    @property
    def digest(self) -> str:
        """SHA-256 over every sample of every output and input, leaf by leaf."""
        return self.certificate.digest

    @cached_property
    def certificate(self) -> Certificate:
        """What made the samples, and their digest."""
        return self.certified()

    @property
    def drivers(self) -> dict[str, Variable]:
        """The inputs that sensitivity analysis ranks: all but those folded into a made input."""
        folded = set(self.folded_inputs)
        return {key: variable for key, variable in self.inputs.items() if key not in folded}

    @much_is_made()
    def summary(self) -> ResultSummary:
        """Everything but the samples, as a message; ``timings`` tells afterwards how long it took."""
        if self._summary is None:
            begun = time.perf_counter()
            ranked = Ranked({k: v.samples for k, v in list(self.drivers.items())[:MOST_TORNADO_INPUTS]})
            made = self.summarised(ranked)
            self.timings = self.timings.model_copy(update={"analyse": time.perf_counter() - begun})
            self._summary = made.model_copy(update={"timings": self.timings})
        return self._summary

    def keep_summary(self, summary: ResultSummary) -> None:
        """Takes a summary that was made elsewhere, from the same samples."""
        self._summary = summary

    def summarised(self, ranked: Ranked) -> ResultSummary:
        """The summary, made anew over ranked inputs."""
        return ResultSummary(
            outputs=tuple(_summary_of(v, ranked) for v in self.outputs.values()),
            inputs=tuple(_summary_of(v, None) for v in self.inputs.values()),
            correlations=self.correlations,
            convergence=self.convergence,
            filled=self.filled,
            certificate=self.certificate,
            timings=self.timings,
            notes=self.notes,
        )

    def details(
        self,
        include: Collection[str],
        convention: ConventionName = "atrisk",
        *,
        fan: Sequence[str] = (),
        scenarios: Sequence[OutputRange] = (),
    ) -> ResultDetails:
        """What the samples say beyond the summary: the sections named (``all``: every one), each computed once.

        ``convention`` says whose percentiles, mode and kurtosis count. ``fan`` lists ranges of outputs
        (``Model!B5:F5``) besides those of ``ranges``; ``scenarios`` the ranges each output is looked at in,
        unless given @RISK's three. The first 100 inputs are looked at; ``left_out`` names the others. Raises
        SpecificationError for an unknown section or convention, or a range without outputs.
        """
        from compute.runners.details import details_of

        return details_of(self, include, convention, fan, scenarios)

    def forget_summary(self) -> None:
        """Makes the next ``summary`` anew, after something was added to the result."""
        if self._summary is not None:
            self._summary = self._summary.model_copy(update={"filled": self.filled, "notes": self.notes})

    def samples_table(self) -> tuple[list[str], list[Floats]]:
        """Column names and samples of outputs, then inputs; one entry per iteration."""
        variables = [*self.outputs.values(), *self.inputs.values()]
        return [v.key for v in variables], [v.samples for v in variables]

    def save(self, folder: Path) -> None:
        """Keeps the result in a folder, to be read by ``Result.load``; complete only once ``result.json`` is there.

        Samples that lie in a file of trials in this very folder stay there alone.
        """
        folder.mkdir(parents=True, exist_ok=True)
        own = self.trials if self.trials is not None and self.trials.parent == folder.absolute() else None
        for kind, variables in (("output", self.outputs), ("input", self.inputs)) if own is None else ():
            for i, variable in enumerate(variables.values()):
                np.save(folder / f"{kind}-{i}.npy", variable.samples)
                if variable.codes.any():
                    np.save(folder / f"{kind}-{i}-codes.npy", variable.codes)
        partial = folder / "result.json.part"
        record = {
            "summary": self.summary().model_dump(),
            "started": self.started,
            "finished": self.finished,
            "unused_inputs": self.unused_inputs,
            "folded_inputs": self.folded_inputs,
            "trials": None if own is None else own.name,
            "ranges": dict(self.ranges),
            "shown": {k: v.code if isinstance(v, CellError) else v for k, v in self.shown().items()},
        }
        partial.write_text(json.dumps(record), encoding="utf-8")
        partial.replace(folder / "result.json")

    @classmethod
    def load(cls, folder: Path) -> Result:
        """A result kept by ``save``. Raises FileNotFoundError when the folder holds none."""
        record = json.loads((folder / "result.json").read_text(encoding="utf-8"))
        summary = ResultSummary.model_validate(record["summary"])
        trials = None if record.get("trials") is None else folder.absolute() / record["trials"]
        outputs, inputs = _loaded(folder, summary) if trials is None else _in_file(trials, summary)
        return cls(
            outputs=outputs,
            inputs=inputs,
            trials=trials,
            certified=lambda: summary.certificate,
            iterations=summary.certificate.iterations,
            timings=summary.timings,
            notes=summary.notes,
            started=record["started"],
            finished=record["finished"],
            correlations=summary.correlations,
            convergence=summary.convergence,
            filled=summary.filled,
            unused_inputs=None if record.get("unused_inputs") is None else tuple(record["unused_inputs"]),
            folded_inputs=tuple(record.get("folded_inputs", ())),
            _summary=summary,
            ranges={name: tuple(keys) for name, keys in record.get("ranges", {}).items()},
            shown=lambda: {k: _scalar(v) for k, v in record.get("shown", {}).items()},
        )

    def write_workbook(self, original: Path, target: Path) -> tuple[str, ...]:
        """Writes a copy of the original workbook with the results sheet, the values of cells that ask for statistics
        and those of data tables over RAND; returns what the reader should know of it.
        """
        from compute.runners.reporting import report_of
        from compute.workbook import with_shown_values, write_results

        filled = dict(self.shown()) | {f.cell: _scalar(f.value) for f in self.filled}
        data = with_shown_values(original.read_bytes(), filled) if filled else original
        return tuple(write_results(data, report_of(self), target).notices)


def _scalar(value: float | str | bool | None) -> Scalar:
    """A filled cell's value; an error's text is the error, since a statistic is never a text."""
    return CellError(value) if isinstance(value, str) and value in _ERRORS else value


def _loaded(folder: Path, summary: ResultSummary) -> tuple[Mapping[str, Variable], Mapping[str, Variable]]:
    return _loaded_kind(folder, "output", summary.outputs), _loaded_kind(folder, "input", summary.inputs)


def _in_file(trials: Path, summary: ResultSummary) -> tuple[Mapping[str, Variable], Mapping[str, Variable]]:
    from compute.runners.kept_result import variables_in

    return variables_in(trials, summary)


def _loaded_kind(folder: Path, kind: str, summaries: tuple[VariableSummary, ...]) -> Mapping[str, Variable]:
    found: dict[str, Variable] = {}
    for i, summary in enumerate(summaries):
        samples = np.load(folder / f"{kind}-{i}.npy", mmap_mode="r", allow_pickle=False)
        codes_path = folder / f"{kind}-{i}-codes.npy"
        codes = np.load(codes_path, allow_pickle=False) if codes_path.exists() else np.zeros(samples.shape, np.uint8)
        found[summary.key] = Variable(summary.key, summary.name, summary.cell, samples, codes)
    return MappingProxyType(found)


def _summary_of(variable: Variable, inputs: Ranked | None) -> VariableSummary:
    samples = variable.samples
    ascending = np.sort(samples[~np.isnan(samples)])
    statistics = variable.statistics = summarise(samples, ascending=ascending)
    bars: tuple[TornadoBar, ...] = ()
    shape = curve = None
    if statistics.count:
        binned, steps = histogram(samples, ascending=ascending), cumulative(samples, ascending=ascending)
        shape = HistogramData(edges=tuple(binned.edges.tolist()), counts=tuple(binned.counts.tolist()))
        curve = CurveData(x=tuple(steps.values.tolist()), p=tuple(steps.probabilities.tolist()))
        if inputs is not None:
            bars = tuple(
                TornadoBar(
                    input=b.name, rank_correlation=b.rank_correlation, low_mean=b.low_mean, high_mean=b.high_mean
                )
                for b in tornado(inputs, samples)
            )
    return VariableSummary(
        key=variable.key,
        name=variable.name,
        cell=variable.cell,
        count=statistics.count,
        errors=variable.errors,
        error_codes=variable.error_codes,
        mean=statistics.mean,
        standard_deviation=statistics.standard_deviation,
        minimum=statistics.minimum,
        maximum=statistics.maximum,
        median=statistics.median,
        mode=statistics.mode,
        skewness=statistics.skewness,
        kurtosis=statistics.kurtosis,
        percentiles={str(k): v for k, v in statistics.percentiles.items()},
        histogram=shape,
        cumulative=curve,
        tornado=bars,
    )


def digest_of(samples: Samples) -> str:
    """SHA-256 over every sample and error code, in the order of leaves, outputs before inputs: equal bits, equal
    digest.
    """
    running = hashlib.sha256()
    add_leaves(running, samples)
    return running.hexdigest()


def add_leaves(running: hashlib._Hash, samples: Samples | BlockResult) -> None:
    """Adds whole leaves to a digest (the last of a run may be cut)."""
    iterations = samples.outputs.shape[1]
    for start in range(0, iterations, LEAF):
        where = slice(start, min(start + LEAF, iterations))
        for values, codes in ((samples.outputs, samples.output_codes), (samples.inputs, samples.input_codes)):
            running.update(np.ascontiguousarray(values[:, where]).astype("<f8", copy=False).tobytes())
            running.update(np.ascontiguousarray(codes[:, where]).tobytes())
