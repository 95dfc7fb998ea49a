"""newsvendor.xlsx: how many papers to order when demand is uncertain and what isn't sold is lost."""

from __future__ import annotations

from statistics import NormalDist

from examples.book import PERCENT, Book, Page

FILE_NAME = "newsvendor.xlsx"
MEAN, DEVIATION = 120.0, 32.0
PRICE, COST, SALVAGE = 2.5, 0.9, 0.3
QUANTITIES = (80, 90, 100, 110, 120, 130, 140, 150)
FIRST = 16


def profit(order: float, demand: float) -> float:
    """What an order earns when the demand is known."""
    sold = min(order, demand)
    return PRICE * sold + SALVAGE * (order - sold) - COST * order


def assumptions(page: Page) -> float:
    """Prices, demand and the order that theory recommends; returns that order."""
    ratio = (PRICE - COST) / (PRICE - SALVAGE)
    best = round(NormalDist(MEAN, DEVIATION).inv_cdf(ratio))
    page.label("A4", "Assumptions", bold=True)
    rows = (("Price", PRICE), ("Cost", COST), ("Paid back for what is left", SALVAGE))
    for row, (text, value) in enumerate(rows, start=5):
        page.label(f"A{row}", text)
        page.given(f"B{row}", value, "0.00")
    page.label("A8", "Demand, mean")
    page.given("B8", MEAN, "0")
    page.label("A9", "Demand, standard deviation")
    page.given("B9", DEVIATION, "0")
    page.label("A10", "Demand today")
    page.uncertain("B10", 'MAX(0,ROUND(_xldudf_MC_NORMAL(B8,B9,"Demand"),0))', MEAN, "0")
    page.label("A11", "Critical ratio")
    page.formula("B11", "(B5-B6)/(B5-B7)", ratio, PERCENT)
    page.label("A12", "Order that theory recommends")
    page.formula("B12", "ROUND(_xlfn.NORM.INV(B11,B8,B9),0)", float(best), "0")
    return float(best)


def orders(page: Page, best: float) -> None:
    """Profit for each order, the recommended one first."""
    page.headings(FIRST - 1, "Order", "Sold", "Left", "Profit", left=0)
    for row, quantity in enumerate((best, *QUANTITIES), start=FIRST):
        if row == FIRST:
            page.formula(f"A{row}", "B12", best, "0")
        else:
            page.given(f"A{row}", quantity, "0")
        sold = min(quantity, MEAN)
        name = '"Profit, recommended order"' if row == FIRST else f'"Profit at "&A{row}'
        page.formula(f"B{row}", f"MIN(A{row},$B$10)", sold, "0")
        page.formula(f"C{row}", f"A{row}-B{row}", quantity - sold, "0")
        earned = f"$B$5*B{row}+$B$7*C{row}-$B$6*A{row}"
        page.output(f"D{row}", f"_xldudf_MC_OUTPUT({name})+{earned}", profit(quantity, MEAN), "0.00")


def book() -> Book:
    """The workbook, one sheet."""
    result = Book("The newsvendor")
    page = result.page("Newsvendor")
    page.title(
        "The newsvendor", "Order in the morning, learn the demand during the day. Which order earns most on average?"
    )
    page.widths(A=32, B=12, C=12, D=14)
    orders(page, assumptions(page))
    return result
