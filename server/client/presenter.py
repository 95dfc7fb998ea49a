"""Results as a page for the terminal: a table of outputs, a histogram, what moves it, how to repeat the run."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap

from compute.protocol import ModelDescription, ResultSummary, VariableSummary
from server.client import charts, figures
from server.client.table import Column, draw, shortened
from server.client.terminal import Terminal

# Outputs shown with a histogram; the rest is in the table and in the results workbook.
CHARTED = 1
LISTED = 40


def percentile(summary: VariableSummary, share: float) -> float | None:
    """A percentile that the summary carries; its keys are texts, percents such as ``5`` or shares such as ``0.05``."""
    wanted = (share, 100 * share)
    return next((v for key, v in summary.percentiles.items() if any(abs(float(key) - w) < 1e-9 for w in wanted)), None)


def title(summary: VariableSummary) -> str:
    """The name a person gave, else the cell."""
    return summary.name or summary.key


def cut(text: str, width: int, terminal: Terminal) -> str:
    """A text cut to a width."""
    return shortened(text, width, "…" if terminal.unicode else "..")


def statistics_table(outputs: Sequence[VariableSummary], terminal: Terminal) -> list[str]:
    """One row for each output, as many statistics as fit."""
    formats = [figures.decimals_for(o.standard_deviation or 0.0, o.mean or 0.0) for o in outputs]

    def numbers(heading: str, values: Sequence[float | None], expendable: int = 0) -> Column:
        cells = tuple(figures.number(value, decimals) for value, decimals in zip(values, formats, strict=True))
        return Column(heading, cells, expendable)

    columns = [
        Column("Output", tuple(cut(title(o), max(16, terminal.width // 3), terminal) for o in outputs), left=True),
        Column("Cell", tuple(o.cell for o in outputs), 5, left=True),
        numbers("Mean", [o.mean for o in outputs]),
        numbers("Std dev", [o.standard_deviation for o in outputs], 1),
        numbers("Min", [o.minimum for o in outputs], 4),
        numbers("P5", [percentile(o, 0.05) for o in outputs], 2),
        numbers("Median", [o.median for o in outputs], 3),
        numbers("P95", [percentile(o, 0.95) for o in outputs], 2),
        numbers("Max", [o.maximum for o in outputs], 4),
    ]
    if any(o.errors for o in outputs):
        columns.append(Column("Errors", tuple(f"{o.errors:,}" for o in outputs)))
    return draw(columns, terminal)


def output_chart(output: VariableSummary, terminal: Terminal) -> list[str]:
    """The histogram of one output under its name, and the inputs that move it most."""
    if output.histogram is None:
        return []
    marks = [("mean", output.mean), ("P5", percentile(output, 0.05)), ("P95", percentile(output, 0.95))]
    name = cut(title(output), terminal.width - 30, terminal)
    lines = [terminal.bold(name), *charts.histogram(output.histogram, terminal, marks)]
    bars = charts.tornado(output.tornado, terminal)
    if bars:
        lines += ["", terminal.bold(f"What moves {name} (rank correlation)"), *bars]
    return lines


def certificate_lines(summary: ResultSummary) -> list[str]:
    """What to give again to get the same numbers, and what computed them."""
    c = summary.certificate
    reason = f" ({c.engine_reason})" if c.engine_reason else ""
    method = c.sampling.replace("_", " ")
    return [
        f"{c.iterations:,} iterations, {method}, seed {c.seed}, in {figures.duration(summary.timings.simulate)}",
        f"engine {c.engine}{reason}, digest {c.digest[:16]}",
    ]


def results_page(summary: ResultSummary, terminal: Terminal) -> str:
    """The whole page. Several outputs share one table; the first ones get a histogram."""
    blocks = [statistics_table(summary.outputs[:LISTED], terminal)]
    if len(summary.outputs) > LISTED:
        blocks.append([f"and {len(summary.outputs) - LISTED:,} more outputs in the results workbook"])
    blocks += [output_chart(output, terminal) for output in summary.outputs[:CHARTED]]
    blocks.append([terminal.faint(part) for line in certificate_lines(summary) for part in wrap(line, terminal.width)])
    blocks.append([part for note in summary.notes for part in wrap(f"note: {note}", terminal.width)])
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def model_line(model: ModelDescription) -> str:
    """What was found in a workbook, in one line."""
    formulas = sum(sheet.formulas for sheet in model.sheets)
    counted = ((len(model.sheets), "sheet"), (formulas, "formula"), (len(model.inputs), "uncertain input"))
    parts = [
        f"{count:,} {noun}{'' if count == 1 else 's'}" for count, noun in (*counted, (len(model.outputs), "output"))
    ]
    return f"{model.file_name}: {', '.join(parts)}"
