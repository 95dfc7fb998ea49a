"""time_series.xlsx: twelve months of cash when price and demand wander, and how often an overdraft is needed."""

from __future__ import annotations

import math

from examples.book import Book, Page

FILE_NAME = "time_series.xlsx"
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
COLUMNS = "CDEFGHIJKLMN"
CASH, PRICE, COST, FIXED = 15_000.0, 52.0, 43.0, 7_500.0
DRIFT, VOLATILITY = 0.002, 0.04
DEMAND, SPREAD, MEMORY, LAST = 1_000.0, 60.0, 0.7, 950.0
TOP = 13


def assumptions(page: Page) -> None:
    """What is known on the first day."""
    page.label("A4", "Assumptions", bold=True)
    for row, (label, value, form) in enumerate(
        (
            ("Cash on the first day", CASH, "#,##0"),
            ("Price on the first day", PRICE, "0.00"),
            ("Cost of a piece", COST, "0.00"),
            ("Fixed cost a month", FIXED, "#,##0"),
            ("Price, drift a month", DRIFT, "0.0%"),
            ("Price, volatility a month", VOLATILITY, "0.0%"),
            ("Demand last month", LAST, "#,##0"),
        ),
        start=5,
    ):
        page.label(f"A{row}", label)
        page.given(f"B{row}", value, form)


def months(page: Page) -> list[float]:
    """The twelve months; returns the balances while nothing is simulated."""
    page.headings(TOP, "Month", "Start", *MONTHS, left=1)
    labels = ("Price, change (log)", "Price", "Demand", "Sales", "Cost", "Cash balance")
    change, price, demand, sales, cost, cash = range(TOP + 1, TOP + 7)
    for row, text in enumerate(labels, start=change):
        page.label(f"A{row}", text, bold=row == cash)
    returns = [DRIFT - VOLATILITY**2 / 2] * len(MONTHS)
    demands = [DEMAND + MEMORY ** (month + 1) * (LAST - DEMAND) for month in range(len(MONTHS))]
    page.path([f"{c}{change}" for c in COLUMNS], '_xldudf_MC_GBM(B9,B10,,"Price change")', returns, "0.0%")
    wander = f'_xldudf_MC_AR1({DEMAND:g},{SPREAD:g},{MEMORY:g},B11,"Demand")'
    page.path([f"{c}{demand}" for c in COLUMNS], wander, demands)
    page.formula(f"B{price}", "B6", PRICE, "0.00")
    page.formula(f"B{cash}", "B5", CASH)
    level, balance, balances = PRICE, CASH, []
    for number, (column, made) in enumerate(zip(COLUMNS, demands, strict=True), start=1):
        before = chr(ord(column) - 1)
        level *= math.exp(returns[number - 1])
        balance += made * level - (made * COST + FIXED)
        balances.append(balance)
        page.formula(f"{column}{price}", f"{before}{price}*EXP({column}{change})", level, "0.00")
        page.formula(f"{column}{sales}", f"{column}{price}*{column}{demand}", made * level)
        page.formula(f"{column}{cost}", f"{column}{demand}*$B$7+$B$8", made * COST + FIXED)
        mark = f'_xldudf_MC_OUTPUT("Cash, "&{column}${TOP},"Cash balance",{number})'
        page.output(f"{column}{cash}", f"{mark}+{before}{cash}+{column}{sales}-{column}{cost}", balance)
    page.total_line(cash, "A", COLUMNS[-1])
    return balances


def book() -> Book:
    """The workbook, one sheet."""
    result = Book("Twelve months of cash")
    page = result.page("Cash")
    page.title(
        "Twelve months of cash",
        "Price and demand wander from month to month. Green: uncertain. Yellow: outputs.",
    )
    page.widths(A=30, B=12, **dict.fromkeys(COLUMNS, 10.5))
    assumptions(page)
    balances = months(page)
    last = TOP + 6
    page.label(f"A{last + 2}", "Results", bold=True)
    page.label(f"A{last + 3}", "Lowest balance of the year", bold=True)
    page.output(f"B{last + 3}", f'_xldudf_MC_OUTPUT("Lowest balance")+MIN(C{last}:N{last})', min(balances))
    page.label(f"A{last + 4}", "An overdraft is needed", bold=True)
    page.output(
        f"B{last + 4}",
        f'_xldudf_MC_OUTPUT("Overdraft")+IF(B{last + 3}<0,1,0)',
        float(min(balances) < 0),
        "0",
    )
    page.note(f"C{last + 4}", "1 when the balance falls below 0: its mean is the probability of that")
    return result
