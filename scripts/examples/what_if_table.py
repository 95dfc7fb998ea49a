"""what_if_table.xlsx: a simulation in plain Excel, a data table of trials over a model with RAND."""

from __future__ import annotations

import random
from statistics import NormalDist

from examples.book import PERCENT, Book, Page

FILE_NAME = "what_if_table.xlsx"
VISITORS, SPREAD, SPENT_LEAST, SPENT_MOST = 400.0, 80.0, 8.0, 14.0
RAIN, LEFT, COST = 0.25, 0.6, 3_400.0
TRIALS = 500
FIRST = 6
LAST = FIRST + TRIALS - 1
TABLE = f"F{FIRST}:F{LAST}"
SEED = 1


def trials() -> list[float]:
    """The profits that the table showed last: as good as any, for Excel draws new ones with each calculation."""
    draw = random.Random(SEED).random
    law = NormalDist(VISITORS, SPREAD)
    return [
        law.inv_cdf(draw()) * (LEFT if draw() < RAIN else 1.0) * (SPENT_LEAST + (SPENT_MOST - SPENT_LEAST) * draw())
        - COST
        for _ in range(TRIALS)
    ]


def percentile(ascending: list[float], share: float) -> float:
    """Excel's PERCENTILE: between the two values next to the place."""
    place = share * (len(ascending) - 1)
    below = int(place)
    high = ascending[min(below + 1, len(ascending) - 1)]
    return ascending[below] + (place - below) * (high - ascending[below])


def model(page: Page) -> float:
    """The stall's day; returns its profit as shown while nothing is simulated."""
    spent = (SPENT_LEAST + SPENT_MOST) / 2
    profit = VISITORS * spent - COST
    page.label("A5", "Visitors in dry weather")
    page.uncertain("B5", f"_xlfn.NORM.INV(RAND(),{VISITORS:g},{SPREAD:g})", VISITORS)
    page.label("A6", "Share that comes, given the weather")
    page.uncertain("B6", f"IF(RAND()<{RAIN:g},{LEFT:g},1)", 1.0, PERCENT)
    page.label("A7", "Spent by each")
    page.uncertain("B7", f"{SPENT_LEAST:g}+{SPENT_MOST - SPENT_LEAST:g}*RAND()", spent, "0.00")
    page.label("A8", "Cost of the day")
    page.given("B8", COST)
    page.label("A9", "Profit", bold=True)
    page.output("B9", "B5*B6*B7-B8", profit)
    return profit


def statistics(page: Page, shown: list[float]) -> None:
    """What people read from their table."""
    ascending = sorted(shown)
    page.headings(11, f"From the {TRIALS} trials of the table", "", left=1)
    page.sheet.row_dimensions[11].height = None
    for row, (label, formula, value, form) in enumerate(
        (
            ("Mean", f"AVERAGE({TABLE})", sum(shown) / TRIALS, "#,##0"),
            ("1 in 20 is below", f"PERCENTILE({TABLE},0.05)", percentile(ascending, 0.05), "#,##0"),
            ("1 in 20 is above", f"PERCENTILE({TABLE},0.95)", percentile(ascending, 0.95), "#,##0"),
            (
                "Probability of a loss",
                f'COUNTIF({TABLE},"<0")/COUNT({TABLE})',
                sum(value < 0 for value in shown) / TRIALS,
                PERCENT,
            ),
        ),
        start=12,
    ):
        page.label(f"A{row}", label)
        page.formula(f"B{row}", formula, value, form)


def book() -> Book:
    """The workbook, one sheet."""
    result = Book("A simulation in plain Excel")
    page = result.page("Fair")
    page.title("A simulation in plain Excel", "Each row of the data table is a trial: Excel draws RAND anew for each.")
    page.widths(A=36, B=14, C=4, D=4, E=12, F=14, G=4, H=16)
    profit, shown = model(page), trials()
    statistics(page, shown)
    page.headings(4, "A day at the fair", "", "", "", "Trial", "Profit", left=1)
    for column in "CD":
        page.sheet[f"{column}4"].value, page.sheet[f"{column}4"].style = None, "Normal"
    page.formula("F5", "B9", profit)
    for number in range(1, TRIALS + 1):
        page.given(f"E{FIRST + number - 1}", float(number), "0")
    page.trials([f"F{row}" for row in range(FIRST, LAST + 1)], "H5", shown)
    page.note("E5", "today")
    page.note("H4", "The table\u2019s input")
    page.note("H6", "H5 stays empty: the model does not read it")
    page.sheet.freeze_panes = "A5"
    return result
