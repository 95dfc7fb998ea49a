"""Cost of a formula in one iteration against the size of a model and the number of iterations, as plots and a table.

``make bench``, or this file alone; ``--plots FOLDER`` writes ``cost_by_size.svg`` and ``cost_by_iterations.svg`` there.
Processor time of one thread. Not a test: pytest does not collect it, and no figure fails a build.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from engines import ENGINES, measured, program_of
from filled_workbook import write_filled_workbook

import compute
from compute.distributions import Normal, Triangular

SIZES = (100, 1_000, 10_000, 100_000)
LENGTHS = (1_000, 10_000, 100_000, 1_000_000, 10_000_000)
FORMULAS, COLUMNS = 1_000, 250
LAWS = {"A": Normal(5.0, 2.0), "B": Triangular(1.0, 3.0, 9.0)}
LONGEST = 3e8
"""Formulas times iterations that the reference engine is given at most: about half a minute."""
Curves = Mapping[str, Sequence[tuple[int, float]]]
COLOURS = {"reference": "#b45309", "power": "#1d4ed8", "auto": "#15803d"}
STYLES = {"auto": (0, (2, 2))}


def by_size(largest: int, runs: int) -> dict[str, list[tuple[int, float]]]:
    """Nanoseconds per formula and iteration, draws included, code compiled before."""
    found: dict[str, list[tuple[int, float]]] = {engine: [] for engine in ENGINES}
    with tempfile.TemporaryDirectory() as folder:
        for size in (s for s in SIZES if s <= largest):
            program = program_of(Path(folder), size)
            for engine, points in found.items():
                points.append((size, measured(program, engine, runs)["nanoseconds"]))
    return found


def by_iterations(longest: int) -> dict[str, list[tuple[int, float]]]:
    """Nanoseconds per formula and iteration of a whole ``simulate``, compiling included, of 1,000 formulas."""
    os.environ["MONTECELL_CODE_CACHE"] = "off"
    found: dict[str, list[tuple[int, float]]] = {engine: [] for engine in ("reference", "power", "auto")}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "filled.xlsx"
        write_filled_workbook(path, FORMULAS, 50, COLUMNS)
        for iterations in (n for n in LENGTHS if n <= longest):
            for engine, points in found.items():
                if engine == "reference" and iterations * FORMULAS > LONGEST:
                    continue
                points.append((iterations, _simulated(path, iterations, engine) / iterations / FORMULAS * 1e9))
    return found


def _simulated(path: Path, iterations: int, engine: str) -> float:
    """Seconds of processor for one run of a model opened anew."""
    rows = range(1, FORMULAS // COLUMNS + 1)
    laws = {f"Sheet1!{column}{row}": law for row in rows for column, law in LAWS.items()}
    last = [f"Sheet1!IS{row}" for row in rows]
    model = compute.Model.open(path, inputs=laws, outputs=last)
    begun = time.process_time()
    model.simulate(iterations, seed=1, engine=engine, sampling="monte_carlo", threads=1)  # type: ignore[arg-type]
    return time.process_time() - begun


def table(curves: Curves, head: str) -> str:
    """The curves side by side, as Markdown."""
    values = sorted({x for points in curves.values() for x, _ in points})
    lines = [f"| {head} | {' | '.join(curves)} |", "|---" * (len(curves) + 1) + "|"]
    for value in values:
        shown = [next((f"{y:,.3g}" for x, y in points if x == value), "") for points in curves.values()]
        lines.append(f"| {value:,} | {' | '.join(shown)} |")
    return "\n".join(lines)


def plot(curves: Curves, path: Path, axis: str, title: str) -> None:
    """A plot on logarithmic axes, each curve named at its end; the same bytes for the same figures."""
    import matplotlib as mpl  # noqa: PLC0415  who wants the tables alone need not have it

    mpl.use("svg")
    mpl.rcParams.update({"svg.hashsalt": "montecell", "font.size": 11, "font.family": "sans-serif"})
    from matplotlib import pyplot  # noqa: PLC0415

    figure, axes = pyplot.subplots(figsize=(7.2, 4.2), layout="constrained")
    for name, points in curves.items():
        colour, style = COLOURS[name], STYLES.get(name, "-")
        axes.loglog(*zip(*points, strict=True), marker="o", linewidth=2, color=colour, linestyle=style)
        (x, y), above = points[-1], -14 if name == "auto" else 0
        axes.annotate(f"{name}: {y:,.3g} ns", (x, y), (9, above), textcoords="offset points", va="center", color=colour)
    left, right = axes.get_xlim()
    axes.set_xlim(left, right * 6)
    axes.set(xlabel=axis, ylabel="ns per formula and iteration")
    axes.set_title(title, loc="left")
    axes.grid(visible=True, which="major", color="#dddddd")
    axes.spines[["top", "right"]].set_visible(False)
    axes.margins(y=0.15)
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)


def main() -> None:
    """Measures, prints the tables of docs/performance.md and draws its plots."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--largest", type=int, default=SIZES[-1])
    parser.add_argument("--longest", type=int, default=LENGTHS[-1])
    parser.add_argument("--plots", type=Path)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    sizes, lengths = by_size(options.largest, options.runs), by_iterations(options.longest)
    print(table(sizes, "formulas"), table(lengths, "iterations"), sep="\n\n")
    if options.plots:
        options.plots.mkdir(parents=True, exist_ok=True)
        plot(sizes, options.plots / "cost_by_size.svg", "formulas", "Compiled before, draws included")
        whole = f"A whole run of {FORMULAS:,} formulas, compiling included"
        plot(lengths, options.plots / "cost_by_iterations.svg", "iterations", whole)
    if options.json:
        options.json.write_text(json.dumps({"by_size": sizes, "by_iterations": lengths}, indent=1))


if __name__ == "__main__":
    main()
