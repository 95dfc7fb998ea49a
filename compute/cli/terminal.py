"""What a person sees: the summary, a histogram, a progress bar."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from typing import TextIO

from compute.cli.correlations import described, report_rows
from compute.cli.tables import BLOCKS, number, table
from compute.distributions import COMBINATIONS
from compute.protocol import InputDescription, ModelDescription, Progress, ResultSummary, Timings, VariableSummary

COLUMNS = ("mean", "standard_deviation", "minimum", "5%", "median", "95%", "maximum")
HEADS = ("mean", "sd", "min", "5 %", "median", "95 %", "max")


def summary_text(summary: ResultSummary) -> str:
    """The results as a table, a histogram of the first output, notes and certificate."""
    rows: list[tuple[str, ...]] = [("output", "cell", *HEADS, "errors")]
    rows += [_row(v) for v in summary.outputs]
    parts = [table(rows, 2)]
    if summary.inputs:
        shown = summary.inputs[:12]
        parts.append(table([("input", "cell", *HEADS, "errors"), *(_row(v) for v in shown)], 2))
        if len(summary.inputs) > len(shown):
            parts.append(f"… and {len(summary.inputs) - len(shown)} more inputs")
    if summary.outputs and summary.outputs[0].histogram:
        parts.append(histogram_text(summary.outputs[0]))
    if pairs := report_rows(summary.correlations):
        parts.append(table(pairs, 3))
    parts += [f"note: {n}" for n in summary.notes]
    c = summary.certificate
    parts.append(
        f"{c.iterations:,} iterations, seed {c.seed}, {c.sampling}, engine {c.engine} ({c.engine_reason})\n"
        f"digest {c.digest}\n{_seconds(summary.timings)}"
    )
    return "\n\n".join(parts)


def _seconds(spent: Timings) -> str:
    """Seconds by stage; of simulating, the share of draws where they are told apart."""
    drawing = f" ({spent.sample:.2f} s of it draws)" if spent.sample else ""
    return (
        f"{spent.open:.2f} s opening, {spent.compile:.2f} s preparing, {spent.simulate:.2f} s simulating{drawing}, "
        f"{spent.analyse:.2f} s analysing"
    )


def _row(variable: VariableSummary) -> tuple[str, ...]:
    values = [variable.percentiles.get(c[:-1]) if c.endswith("%") else getattr(variable, c) for c in COLUMNS]
    return (variable.name or variable.key, variable.cell, *(number(v) for v in values), f"{variable.errors:,}")


def histogram_text(variable: VariableSummary, height: int = 8) -> str:
    """The histogram as rows of block characters: a column for each bin, or for so many of them that all fit."""
    assert variable.histogram is not None
    counts, edges = variable.histogram.counts, variable.histogram.edges
    # As many bins in every column, or a smooth shape would look like a comb.
    together = -(-len(counts) // max(1, shutil.get_terminal_size().columns - 2))
    groups = [sum(counts[i : i + together]) for i in range(0, len(counts), together)]
    width = len(groups)
    most = max(groups) or 1
    lines = [variable.name or variable.key]
    for level in range(height, 0, -1):
        filled = [min(8, max(0, round(g / most * height * 8) - (level - 1) * 8)) for g in groups]
        lines.append("".join(BLOCKS[f] for f in filled))
    low, high = number(edges[0]), number(edges[-1])
    lines.append(low + " " * max(1, width - len(low) - len(high)) + high)
    return "\n".join(lines)


def model_text(model: ModelDescription) -> str:
    """What ``inspect`` prints."""
    parts = [f"{model.file_name}: made for {model.product}, {sum(s.formulas for s in model.sheets):,} formulas"]
    parts.append(table([("sheet", "state", "rows", "columns", "formulas"), *(
        (s.name, s.state, f"{s.rows:,}", f"{s.columns:,}", f"{s.formulas:,}") for s in model.sheets)], 2))  # fmt: skip
    if model.inputs:
        rows = [("input", "cell", "law", "static value")]
        rows += [(i.name or i.key, i.cell, _law_text(i), number(i.static_value)) for i in model.inputs]
        parts.append(table(rows, 3))
    else:
        parts.append("no uncertain cell")
    if model.outputs:
        rows3 = [("output", "cell", "value")]
        rows3 += [(o.name or o.key, o.cell, _value_text(o.value)) for o in model.outputs]
        parts.append(table(rows3, 2))
    else:
        parts.append("no output")
    parts += described(model.correlations)
    if model.settings:
        listed = [("setting", "value"), *((n, _setting(v)) for n, v in model.settings.items())]
        parts.append(table(listed, 2))
    parts += [
        f"not supported: {u.feature}: {u.reason}" + (f": {_cells(u.cells)}" if u.cells else "")
        for u in model.unsupported
    ]
    parts += [f"note: {n}" for n in model.notes]
    return "\n\n".join(parts)


def _law_text(given: InputDescription) -> str:
    """The law with its parameters; of a law made of laws the formula, which names them."""
    if given.law in COMBINATIONS and given.formula:
        return given.formula.removeprefix("=")
    shown = ", ".join(f"{p:g}" if isinstance(p, float) else "{…}" for p in given.parameters)
    return f"{given.law}({shown})"


def _setting(value: float | str | bool) -> str:
    return f"{value:,.0f}" if isinstance(value, float) and value == int(value) else str(value)


def _value_text(value: object) -> str:
    return number(value) if isinstance(value, float) else str(value)


def _cells(cells: Sequence[str]) -> str:
    return ", ".join(cells[:8]) + (f" and {len(cells) - 8} more" if len(cells) > 8 else "")


class ProgressBar:
    """Progress on a stream: one line redrawn on a terminal, one line per tenth elsewhere."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._tenth, self._run, self._live = -1, 1, self._stream.isatty()

    def __call__(self, progress: Progress) -> None:
        """Shows how far the run is."""
        share = progress.done / progress.total if progress.total else 0.0
        if progress.run != self._run:
            self._run, self._tenth = progress.run, -1
        run = f"run {progress.run}: " if progress.run > 1 else ""
        needed = f", about {progress.still_needed:,} more" if progress.still_needed else ""
        if self._live:
            filled = int(share * 30)
            bar = f"{'█' * filled}{'░' * (30 - filled)} {share:4.0%}  {progress.seconds:5.1f} s"
            line = f"\r\x1b[K{run}{progress.stage:<11} {bar}{needed}"
            self._stream.write(line + ("\n" if progress.stage == "done" else ""))
        elif progress.stage == "simulating" and int(share * 10) > self._tenth:
            self._tenth = int(share * 10)
            done = f"{run}{progress.done:,} of {progress.total:,} iterations"
            self._stream.write(f"{done}{needed}, {progress.seconds:.1f} s\n")
        self._stream.flush()
