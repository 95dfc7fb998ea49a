"""Write docs/validation.md anew: ``make validation``, or only some parts of it: ``… cases genz``.

    .venv/bin/python scripts/make_validation_page.py [page | cases | strata | genz | pairs | streams | laws]

``page`` measures nothing and only writes the page from the numbers kept in ``scripts/validation/measured``. dieharder,
which needs its Debian package, is run by ``-m validation.dieharder``.
"""

from __future__ import annotations

import math
import sys
import textwrap
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy import stats

from raw_stream import ORDERS
from validation import measure
from validation.case import ITERATIONS, MORE, REPEATS, SUSPICIOUS
from validation.cases import CASES
from validation.stream_tests import judged

PAGE = Path(__file__).resolve().parents[1] / "docs" / "validation.md"
NAMES = {"monte_carlo": "Monte Carlo", "latin_hypercube": "Latin hypercube", "sobol": "Sobol"}
COMMAND = "PYTHONPATH=. .venv/bin/python scripts/raw_stream.py ORDER --seed 42 | dieharder -g 200 -d TEST [-n TUPLE]"
HEAD = """# Validation

Models whose answer is known, run through Montecell itself, and statistical tests of its random numbers.
`make validation` measures all but dieharder again (some ten minutes on two cores) and writes this page; `make sweep`
holds the same measurements to limits. All seeds are fixed: the same build prints the same numbers.

"""


def prose(text: str) -> str:
    """Paragraphs filled to the page's width."""
    paragraphs = text.strip().split("\n\n")
    filled = (
        textwrap.fill(" ".join(p.split()), 118, break_on_hyphens=False, subsequent_indent="  " * p.startswith("- "))
        for p in (paragraph.strip() for paragraph in paragraphs)
    )
    return "\n\n".join(filled) + "\n\n"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; numbers stand right."""
    lines = [f"| {' | '.join(heads)} |", "|" + "|".join("---" if i == 0 else "---:" for i in range(len(heads))) + "|"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)]) + "\n"


def case_row(row: dict[str, Any]) -> list[str]:
    """One line of a case's table."""
    error = row["error"] if abs(row["in_standard_errors"]) > 0 else 0.0
    numbers = f"{row['exact']:.8g}", f"{row['ours']:.8g}", f"{error:.1e}", f"{row['standard_error']:.1e}"
    first, last = row["seeds"]
    seeds = f"{first:,} – {last:,}"
    return [row["statistic"], NAMES[row["way"]], *numbers, f"{row['in_standard_errors']:.2f}", seeds]


def case_section(number: int, rows: list[dict[str, Any]]) -> str:
    """A case from what it is to its table."""
    case = CASES[number]()
    heads = "statistic", "sampling", "exact", "ours", "error", "standard error", "in standard errors", "seeds"
    own = [case_row(row) for row in rows if row["case"] == case.title]
    return f"### {case.title}\n\n{case.told}. Exact: {case.source}.\n\n{table(heads, own)}"


def cases(rows: list[dict[str, Any]]) -> str:
    """The analytic cases and how their errors are spread."""
    first = [row for row in rows if row["seeds"][1] - row["seeds"][0] + 1 == REPEATS]
    scores = np.array([row["in_standard_errors"] for row in first if row["standard_error"] > 0])
    beyond = int(np.count_nonzero(np.abs(scores) > 2))
    expected = scores.size * 2 * stats.t.sf(2, REPEATS - 1)
    again = [row for row in rows if row not in first]
    told = prose(
        f"""
        Each workbook is built from its cells, opened and simulated {REPEATS} times with {ITERATIONS:,} iterations for
        each way of sampling; no two cases share a seed. *Ours* is the mean of the runs, the standard error comes from
        their spread. All statistics are means over iterations, which have no bias under any of the three: a variance
        is the mean squared distance from the exact mean, a percentile is judged by the share of iterations under its
        exact value. A line more than {SUSPICIOUS:g} standard errors off is run again with {MORE} fresh seeds, and both
        stay.

        Of {scores.size} errors (those of lines without any spread left out) {beyond} are beyond 2 standard errors,
        where chance gives {expected:.1f}, though lines of one case hang together; the largest is
        {float(np.max(np.abs(scores))):.2f}. Lines run again: {len(again)}.
        """
    )
    return "## Analytic cases\n\n" + told + "\n".join(case_section(i, rows) for i in range(len(CASES)))


def strata(counts: dict[str, int]) -> str:
    """Latin hypercube's promise."""
    found = f"{measure.STRATA_DRAWS} draws under {len(measure.STRATA_SEEDS)} seeds"
    rows = [[f"{int(n):,}", str(off)] for n, off in counts.items()]
    head = (
        f"## Latin hypercube: one draw in each stratum\n\nStrata that do not hold exactly one draw, over {found}:\n\n"
    )
    return head + table(("iterations", "strata off"), rows)


def slope(found: dict[str, float]) -> str:
    """A slope with its standard error."""
    return f"{found['slope']:.3f} ± {found['of slope']:.3f}"


def genz(rows: list[dict[str, Any]]) -> str:
    """Genz's integrands."""
    head = "## Sobol points: how fast errors fall\n\n" + prose(
        f"""
        Genz's integrands in five dimensions, 2⁸ to 2¹⁶ points, {len(measure.GENZ_SEEDS)} scrambles: the slope of the
        log root mean square error over log n with its standard error. Beside ours: the same Sobol points under Owen's
        nested scramble by its definition (a random bit for each node of each tree), under scipy's scramble (a random
        matrix and a digital shift), and plain Monte Carlo. Σc, the sum of the coefficients, tells how difficult an
        integrand is.
        """
    )
    sources = "sobol", "nested", "scipy", "monte_carlo"
    names = "ours", "nested", "scipy's", "Monte Carlo"
    first = [[r["family"], f"{r['difficulty']:g}", *(slope(r[source]) for source in sources)] for r in rows]
    last = [
        [r["family"], f"{r['difficulty']:g}"]
        + [f"{r[source]['error']:.1e}" for source in sources]
        + [f"{r[source]['kurtosis']:.1f}" for source in sources]
        for r in rows
    ]
    between = "\nThe root mean square relative error at 2¹⁶ points, and the kurtosis of the errors (3 if normal):\n\n"
    heads = [*(f"{name}: error" for name in names), *(f"{name}: kurtosis" for name in names)]
    return (
        head
        + table(("integrand", "Σc", *(f"{name}: slope" for name in names)), first)
        + between
        + table(("integrand", "Σc", *heads), last)
        + "\n"
        + genz_verdict(rows)
    )


def genz_verdict(rows: list[dict[str, Any]]) -> str:
    """Which errors fall as n⁻¹ or faster, which do not, and why."""
    slow = [r for r in rows if r["sobol"]["slope"] > -1]
    late = "; ".join(f"{r['family']} (Σc = {r['difficulty']:g}) {slope(r['late'])}" for r in rows if "late" in r)
    named = ", ".join(f"{r['family']} (Σc = {r['difficulty']:g})" for r in slow)
    wrong = [abs(math.log(r["sobol"]["error"] / r["nested"]["error"])) for r in rows]
    verdict = f"Of {len(rows)} integrands {len(rows) - len(slow)} fall as n⁻¹ or faster over these sizes"
    verdict += f"; slower: {named}." if slow else "."
    return prose(
        f"""
        {verdict} The scrambling is not what slows them: Owen's by its definition and scipy's are no faster.

        - *Discontinuous* jumps at the edges of a box in two of its dimensions. No n points whatever integrate such
        boxes better than √(log n)/n on average (Roth, Mathematika 1, 1954), whose slope over these sizes is −0.94, and
        n⁻¹ only in the limit. Jumps along curves or slanted planes are slower still: n^(−1/2 − 1/(2d)) in d dimensions
        (He, Wang, SIAM J. Numer. Anal. 53, 2015).

        - *Corner peak* with Σc = 4.6 lives in one corner that few points reach: the slope steepens with n.

        Over 2¹⁶ to 2²⁰ points, {len(measure.LONG_SEEDS)} scrambles: {late}.

        Ours and the nested scramble have the same law of errors: their root mean square errors differ by at most
        {math.expm1(max(wrong)):.0%}, where chance gives some 5% for each. scipy's scramble has the same variance in
        theory, but rare large errors make it up (the kurtosis): over 30 scrambles it looks up to twice as good as it
        is.
        """
    )


def pairs(rows: list[dict[str, Any]]) -> str:
    """What Sobol points of many dimensions do to pairs."""
    head = "## Sobol points: pairs of dimensions\n\n" + prose(
        """
        The correlations of all pairs among so many independent draws: the largest |r|, and the root mean square of r
        times √n, which is 1 for independent numbers. Sobol points are better than independent ones on average, but
        dimensions far on have single pairs that go together until n is large: such a pair shows up in a tornado and in
        the variance. A run of more than 50 draws that has fewer than 20 iterations for each says so in its notes; a
        Latin hypercube has no such pairs.
        """
    )
    names = ("sobol", "Sobol"), ("latin_hypercube", "Latin hypercube"), ("monte_carlo", "Monte Carlo")
    lines = [
        [f"{r['n']:,}", f"{r['draws']:,}"]
        + [f"{r[way]['largest']:.2g}" for way, _ in names]
        + [f"{r[way]['spread']:.2g}" for way, _ in names]
        for r in rows
    ]
    heads = "iterations", "draws", *(f"{name}: largest" for _, name in names), *(f"{name}: spread" for _, name in names)
    return (
        head + table(heads, lines) + "\nSobol points have 21,201 dimensions; a run with more draws samples the "
        "others as plain Monte Carlo and says so in its notes.\n"
    )


def p_rows(found: dict[str, list[float]]) -> list[list[str]]:
    """Name, least p-value and uniformity of each list."""
    return [[name, *(f"{p:.2g}" for p in judged(np.array(values)))] for name, values in found.items()]


def streams(found: dict[str, dict[str, list[float]]]) -> str:
    """The raw stream."""
    rows = [[order, *row] for order, tests in found.items() for row in p_rows(tests)]
    least = 1 / (sum(len(t) for t in found.values()) * len(measure.STREAM_SEEDS))
    head = "## The raw stream\n\n" + prose(
        f"""
        {measure.STREAM_COUNT:,} numbers of Philox4x32-10 under each of {len(measure.STREAM_SEEDS)} seeds, in three
        orders: the iterations of one draw, 1,024 neighbouring cells (draws), one draw under 1,024 neighbouring seeds.
        The p-values of the seeds must be uniform themselves: the last column is Kolmogorov and Smirnov's p-value of
        that. The least p-value of the whole table would by chance be about {least:.1g}.
        """
    )
    return head + table(("order", "test", "least p", "p of uniformity"), rows)


def laws(found: dict[str, dict[str, list[float]]]) -> str:
    """The nine most used laws."""
    least = 1 / (sum(map(len, found.values())) * len(measure.LAW_SEEDS))
    head = "## The nine most used laws\n\n" + prose(
        f"""
        {measure.LAW_ITERATIONS:,} iterations under each of {len(measure.LAW_SEEDS)} seeds, drawn by a workbook under
        plain Monte Carlo, against scipy's laws: Kolmogorov and Smirnov's test (a law of whole numbers is made
        continuous by its distributional transform), for laws of whole numbers Pearson's chi-square too; with the number
        of p-values under 0.05, of which chance gives {len(measure.LAW_SEEDS) * 0.05:g}. The least p-value of the whole
        table would by chance be about {least:.1g}.
        """
    )
    rows = [
        [f"`{law}`", test, least, uniform, str(int(np.count_nonzero(np.array(tests[test]) < 0.05)))]
        for law, tests in found.items()
        for test, least, uniform in p_rows(tests)
    ]
    return head + table(("law", "test", "least p", "p of uniformity", "under 0.05"), rows)


def dieharder_row(row: dict[str, Any], order: str, seed: int) -> list[str]:
    """One line of dieharder's table."""
    size = f"{row['samples']:,} × {row['repeats']:,}"
    return [row["test"], order, str(seed), str(row["tuple"]), size, f"{row['p']:.8f}", row["assessment"]]


def dieharder(found: dict[str, Any]) -> str:
    """dieharder's answers, every one of them."""
    orders = [order for order in ORDERS if order in found]
    rows = [dieharder_row(row, o, found[o]["seed"]) for o in orders for row in found[o]["rows"]]
    again = [dieharder_row(row, o, row["seed"]) for o in orders for row in found[o]["again"]]
    other = {kind: sum(row[-1] == kind for row in rows) for kind in ("WEAK", "FAILED")}
    other_again = {kind: sum(row[-1] == kind for row in again) for kind in ("WEAK", "FAILED")}
    head = "## dieharder\n\n" + prose(
        f"""
        Version {found["version"]}, the tests that it calls good, its own sample sizes, on the 64-bit numbers as a run
        makes them, all tests of one order reading on from one stream. Not run: the tests that it calls suspect or not
        to be used (5, 6, 7, 14), and other tuple sizes of 200 to 203.
        """
    )
    head += f"    {COMMAND}\n    PYTHONPATH=.:scripts .venv/bin/python -m validation.dieharder draws iterations\n\n"
    head += prose(
        f"""
        Of {len(rows)} p-values {other["WEAK"]} are WEAK and {other["FAILED"]} FAILED. dieharder calls WEAK what lies
        in the outer 1% (0.5% on each side), so that chance gives {len(rows) * 0.01:.1f}. Each test with such a value
        was run again, once for each of ten fresh seeds: of those {len(again)} p-values {other_again["WEAK"]} are WEAK
        and {other_again["FAILED"]} FAILED, where chance gives {len(again) * 0.01:.1f}.
        """
    )
    heads = "test", "order", "seed", "tuple", "samples", "p", "assessment"
    return head + table(heads, rows) + "\nAgain, with fresh seeds:\n\n" + table(heads, again)


def page() -> str:
    """The whole page, from the numbers that are kept."""
    kept = measure.kept
    sections = (
        cases(kept("cases")),
        strata(kept("strata")),
        genz(kept("genz")),
        pairs(kept("pairs")),
        streams(kept("streams")),
        laws(kept("laws")),
        dieharder(kept("dieharder")),
    )
    return HEAD + "\n".join(sections)


def main(words: Sequence[str]) -> int:
    """Measure the named parts, or all, and write the page."""
    unknown = set(words) - measure.PARTS.keys() - {"page"}
    if unknown:
        print(f"there is no part {', '.join(sorted(unknown))}; there are page, {', '.join(measure.PARTS)}")
        return 64
    for part in words or measure.PARTS:
        if part != "page":
            print(f"measuring {part}", flush=True)
            measure.measure(part)
    PAGE.write_text(page(), encoding="utf-8")
    print(PAGE)
    scores = [abs(row["in_standard_errors"]) for row in measure.kept("cases")]
    return 0 if all(map(math.isfinite, scores)) else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
