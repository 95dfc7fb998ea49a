"""atrisk_cash_flow.xlsx: a product launch modelled with @RISK functions; Montecell reads them as they are."""

from __future__ import annotations

from examples.book import PERCENT, Book, Page

FILE_NAME = "atrisk_cash_flow.xlsx"
YEARS = range(1, 7)
COLUMNS = "CDEFGH"
INVESTMENT = (850_000.0, 900_000.0, 1_100_000.0)
GROWTH = (-0.04, 0.06, 0.14)
DISCOUNT, TAX = 0.09, 0.25
PRICE, VOLUME, UNIT_COST, FIXED = 42.0, 19_000.0, 21.0, 90_000.0


def npv(rate: float, flows: list[float]) -> float:
    """Excel's NPV: the first flow is one period away."""
    return sum(flow / (1 + rate) ** period for period, flow in enumerate(flows, start=1))


def irr(flows: list[float]) -> float:
    """The rate at which flows, the first of them today, are worth nothing; found by halving."""
    low, high = 0.0, 1.0
    for _ in range(200):
        middle = (low + high) / 2
        if sum(flow / (1 + middle) ** period for period, flow in enumerate(flows)) > 0:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def assumptions(page: Page) -> tuple[float, float]:
    """The uncertain inputs; returns investment and growth as shown while nothing is simulated."""
    investment = sum(INVESTMENT) / 3
    growth = (GROWTH[0] + 4 * GROWTH[1] + GROWTH[2]) / 6
    page.label("A4", "Assumptions", bold=True)
    page.label("A5", "Investment")
    triangle = '_xll.RiskTriang(850000,900000,1100000,_xll.RiskName("Investment"))'
    page.uncertain("B5", triangle, investment)
    page.label("A6", "Price per piece")
    price = '_xll.RiskNormal(42,6,_xll.RiskName("Price"),_xll.RiskTruncate(20,),_xll.RiskStatic(42))'
    page.uncertain("B6", price, PRICE, "0.00")
    page.label("A7", "Pieces in the first year")
    volume = '_xll.RiskLognorm(19000,3000,_xll.RiskName("Volume"))'
    page.uncertain("B7", volume, VOLUME)
    page.label("A8", "Growth a year")
    pert = '_xll.RiskPert(-0.04,0.06,0.14,_xll.RiskName("Growth"))'
    page.uncertain("B8", pert, growth, PERCENT)
    page.label("A9", "Cost per piece")
    page.uncertain("B9", '_xll.RiskUniform(18,24,_xll.RiskName("Unit cost"))', UNIT_COST, "0.00")
    page.label("A10", "A competitor enters in year")
    when = '_xll.RiskDiscrete({2,4,99},{0.3,0.3,0.4},_xll.RiskName("Competitor"),_xll.RiskStatic(99))'
    page.uncertain("B10", when, 99.0, "0")
    page.note("C10", "99: never. From then on a fifth of the price is lost")
    for row, (text, value, form) in enumerate(
        (("Fixed cost a year", FIXED, "#,##0"), ("Discount rate", DISCOUNT, PERCENT), ("Tax", TAX, PERCENT)), start=11
    ):
        page.label(f"A{row}", text)
        page.given(f"B{row}", value, form)
    return investment, growth


def flows(page: Page, investment: float, growth: float) -> list[float]:
    """The yearly statement; returns the cash flows from today on."""
    page.headings(16, "Year", "0", *(str(year) for year in YEARS), left=1)
    for row, text in enumerate(("Pieces", "Price", "Sales", "Cost", "Tax", "Cash flow"), start=17):
        page.label(f"A{row}", text, bold=text == "Cash flow")
    page.formula("B22", "-B5", -investment)
    result = [-investment]
    pieces = VOLUME
    for year, column in zip(YEARS, COLUMNS, strict=True):
        before = chr(ord(column) - 1)
        pieces = VOLUME if year == 1 else pieces * (1 + growth)
        sales, cost = pieces * PRICE, pieces * UNIT_COST + FIXED
        tax = max(0.0, sales - cost) * TAX
        page.formula(f"{column}17", "B7" if year == 1 else f"{before}17*(1+$B$8)", pieces)
        page.formula(f"{column}18", f"$B$6*IF({year}>=$B$10,0.8,1)", PRICE, "0.00")
        page.formula(f"{column}19", f"{column}17*{column}18", sales)
        page.formula(f"{column}20", f"{column}17*$B$9+$B$11", cost)
        page.formula(f"{column}21", f"MAX(0,{column}19-{column}20)*$B$13", tax)
        page.formula(f"{column}22", f"{column}19-{column}20-{column}21", sales - cost - tax)
        result.append(sales - cost - tax)
    page.total_line(22, "A", "H")
    return result


def book() -> Book:
    """The workbook, one sheet."""
    result = Book("A product launch")
    page = result.page("Cash flow")
    page.title("A product launch", "Written with @RISK's functions. Green: uncertain. Yellow: outputs.")
    page.widths(A=30, B=14, C=13, D=13, E=13, F=13, G=13, H=13)
    flow = flows(page, *assumptions(page))
    page.label("A24", "Results", bold=True)
    page.label("A25", "Net present value", bold=True)
    page.output("B25", '_xll.RiskOutput("NPV")+NPV(B12,C22:H22)+B22', npv(DISCOUNT, flow[1:]) + flow[0])
    page.label("A26", "Internal rate of return", bold=True)
    page.output("B26", '_xll.RiskOutput("IRR")+IRR(B22:H22)', irr(flow), PERCENT)
    page.label("A27", "Earns more than it costs", bold=True)
    page.output("B27", '_xll.RiskOutput("Success")+IF(B25>0,1,0)', float(npv(DISCOUNT, flow[1:]) + flow[0] > 0), "0")
    page.note("C27", "1 when the net present value is positive: its mean is the probability of success")
    return result
