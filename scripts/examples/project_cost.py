"""project_cost.xlsx: what will a small office building cost, and how likely is it that the budget is not enough?"""

from __future__ import annotations

from openpyxl.chart import BarChart, Reference
from openpyxl.worksheet.worksheet import Worksheet

from examples.book import PERCENT, Book, Page

FILE_NAME = "project_cost.xlsx"
# Work package, then lowest, most likely and highest cost.
PACKAGES = (
    ("Site preparation", 80_000, 100_000, 150_000),
    ("Foundations", 210_000, 240_000, 330_000),
    ("Structural frame", 420_000, 465_000, 560_000),
    ("Roof", 115_000, 130_000, 170_000),
    ("Facade and windows", 330_000, 370_000, 470_000),
    ("Electrical installations", 185_000, 205_000, 260_000),
    ("Heating and ventilation", 240_000, 275_000, 360_000),
    ("Plumbing", 95_000, 108_000, 135_000),
    ("Lifts", 70_000, 74_000, 90_000),
    ("Interior finishes", 260_000, 300_000, 410_000),
    ("Outdoor works", 60_000, 72_000, 110_000),
    ("Design and supervision", 225_000, 250_000, 300_000),
)
# Risk, chance that it happens, then lowest, most likely and highest impact.
RISKS = (
    ("Contaminated soil is found", 0.15, 60_000, 110_000, 240_000),
    ("Permit comes three months late", 0.30, 40_000, 65_000, 120_000),
    ("Winter stops concrete works", 0.25, 20_000, 45_000, 90_000),
    ("Main contractor is replaced", 0.05, 150_000, 260_000, 450_000),
    ("Tenant asks for changes", 0.45, 25_000, 60_000, 140_000),
    ("Steel must be bought again", 0.10, 50_000, 80_000, 130_000),
)
ESCALATION = (0.005, 0.02, 0.06)
CONTINGENCY_SHARE = 0.08
FIRST = 5


def pert_mean(low: float, likely: float, high: float) -> float:
    """The mean of PERT, which its cell shows while nothing is simulated."""
    return (low + 4 * likely + high) / 6


def work_packages(page: Page) -> float:
    """The sheet of estimates; returns the sum of their means."""
    page.title("Work packages", "Three-point estimates of each package; the green cells are simulated.")
    page.widths(A=6, B=30, C=14, D=14, E=14, F=16)
    page.headings(FIRST - 1, "No.", "Work package", "Lowest", "Most likely", "Highest", "Cost")
    total = 0.0
    for number, (name, low, likely, high) in enumerate(PACKAGES, start=1):
        row = FIRST + number - 1
        page.label(f"A{row}", f"{number}")
        page.label(f"B{row}", name)
        for column, value in zip("CDE", (low, likely, high), strict=True):
            page.given(f"{column}{row}", value)
        mean = pert_mean(low, likely, high)
        page.uncertain(f"F{row}", f"_xldudf_MC_PERT(C{row},D{row},E{row},B{row})", mean)
        total += mean
    last = FIRST + len(PACKAGES) - 1
    page.label(f"B{last + 1}", "Sum", bold=True)
    for column, values in zip("CDE", zip(*(p[1:] for p in PACKAGES), strict=True), strict=True):
        page.formula(f"{column}{last + 1}", f"SUM({column}{FIRST}:{column}{last})", sum(values))
    page.formula(f"F{last + 1}", f"SUM(F{FIRST}:F{last})", total)
    page.total_line(last + 1, "A", "F")
    page.sheet.freeze_panes = f"C{FIRST}"
    page.sheet.add_chart(chart(page.sheet, last), "H4")
    return total


def chart(sheet: Worksheet, last: int) -> BarChart:
    """Most likely cost by package."""
    bars = BarChart()
    bars.type, bars.style, bars.title = "bar", 10, "Most likely cost"
    bars.add_data(Reference(sheet, min_col=4, min_row=FIRST - 1, max_row=last), titles_from_data=True)
    bars.set_categories(Reference(sheet, min_col=2, min_row=FIRST, max_row=last))
    bars.legend = None
    bars.y_axis.numFmt, bars.y_axis.delete, bars.x_axis.delete = "#,##0", False, False
    bars.x_axis.scaling.orientation = "maxMin"
    bars.gapWidth, bars.height, bars.width = 40, 9.5, 17
    return bars


def risks(page: Page) -> None:
    """The sheet of events that may happen or not."""
    page.title("Risks", "Each risk happens or not; when it happens, its impact is uncertain too.")
    page.widths(A=6, B=34, C=12, D=13, E=13, F=13, G=12, H=14, I=14)
    heads = ("No.", "Risk", "Probability", "Lowest", "Most likely", "Highest", "Happens", "Impact", "Cost")
    page.headings(FIRST - 1, *heads)
    for number, (name, chance, low, likely, high) in enumerate(RISKS, start=1):
        row = FIRST + number - 1
        page.label(f"A{row}", f"{number}")
        page.label(f"B{row}", name)
        page.given(f"C{row}", chance, "0%")
        for column, value in zip("DEF", (low, likely, high), strict=True):
            page.given(f"{column}{row}", value)
        # A discrete cell shows the possible value nearest to its mean: below a chance of one half, it doesn't happen.
        happens = float(chance > 0.5)
        mean = pert_mean(low, likely, high)
        page.uncertain(f"G{row}", f"_xldudf_MC_BERNOULLI(C{row},B{row})", happens, "0")
        page.uncertain(f"H{row}", f'_xldudf_MC_PERT(D{row},E{row},F{row},"Impact: "&B{row})', mean)
        page.formula(f"I{row}", f"G{row}*H{row}", happens * mean)
    last = FIRST + len(RISKS) - 1
    page.label(f"B{last + 1}", "Sum", bold=True)
    page.formula(f"I{last + 1}", f"SUM(I{FIRST}:I{last})", 0.0)
    page.total_line(last + 1, "A", "I")
    page.sheet.freeze_panes = f"C{FIRST}"


def summary(page: Page, packages: float) -> None:
    """The sheet with the question and the outputs."""
    page.title(
        "Office building: cost",
        "Simulate to see how sure the total is. Blue: given. Green: uncertain. Yellow: outputs.",
    )
    page.widths(A=36, B=18, C=60)
    likely = float(sum(package[2] for package in PACKAGES))
    contingency = CONTINGENCY_SHARE * likely
    budget = 2_750_000.0
    rate = sum(ESCALATION) / 3
    base = packages * (1 + rate)
    packages_sum = f"'Work packages'!F{FIRST + len(PACKAGES)}"
    likely_sum = f"'Work packages'!D{FIRST + len(PACKAGES)}"
    page.label("A4", "Assumptions", bold=True)
    page.label("A5", "Approved budget")
    page.given("B5", budget)
    page.label("A6", "Contingency, share of most likely cost")
    page.given("B6", CONTINGENCY_SHARE, PERCENT)
    page.label("A7", "Price escalation")
    page.uncertain("B7", '_xldudf_MC_TRIANGULAR({},{},{},"Price escalation")'.format(*ESCALATION), rate, PERCENT)
    page.note("C7", "0.5 % at least, 2 % most likely, 6 % at most")
    page.label("A9", "Cost", bold=True)
    page.label("A10", "Work packages, most likely")
    page.formula("B10", likely_sum, likely)
    page.label("A11", "Work packages with escalation")
    page.formula("B11", f"{packages_sum}*(1+B7)", base)
    page.label("A12", "Risks")
    page.formula("B12", f"Risks!I{FIRST + len(RISKS)}", 0.0)
    page.label("A13", "Contingency")
    page.formula("B13", "B6*B10", contingency)
    page.note("C13", "Set aside for the risks: not part of the cost, but of what there is to spend")
    page.label("A15", "Results", bold=True)
    page.label("A16", "Total cost", bold=True)
    page.output("B16", '_xldudf_MC_OUTPUT("Total cost")+SUM(B11:B12)', base)
    page.label("A17", "Left of budget and contingency", bold=True)
    page.output("B17", '_xldudf_MC_OUTPUT("Left of budget")+B5+B13-B16', budget + contingency - base)
    page.label("A18", "Budget and contingency are overrun", bold=True)
    page.output("B18", '_xldudf_MC_OUTPUT("Overrun")+IF(B17<0,1,0)', float(budget + contingency < base), "0")
    page.note("C18", "1 when overrun: its mean over all iterations is the probability of an overrun")


def book() -> Book:
    """The workbook, Summary first."""
    result = Book("Office building: cost")
    first, packages_page, risks_page = (result.page(name) for name in ("Summary", "Work packages", "Risks"))
    packages = work_packages(packages_page)
    risks(risks_page)
    summary(first, packages)
    return result
