"""One small model in four dialects: analytic_solver.xlsx, modelrisk.xlsx, crystal_ball.xlsx, rand_only.xlsx.

Price, pieces and cost are uncertain, and a machine may break; what is left over?
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from examples.book import PERCENT, Book

NOT_YET = "#N/A"
PRICE, PIECES, COST, REPAIR, FIXED = 42.0, 1_100.0, 21.0, 3_500.0, 9_000.0
MEDIAN_PIECES = 1_500.0 - (0.5 * 700 * 500) ** 0.5
MEDIAN_REPAIR = 3383.3612969625947
"""The median of the PERT law from 2,000 over 3,000 to 7,000, that is of a beta law of 1.8 and 4.2."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one product writes the model; ``statistics`` are the formulas of the run's figures, by label."""

    FILE_NAME: str
    title: str
    price: str
    pieces: str
    cost: str
    breaks: str
    repair: str
    mark: str
    statistics: Mapping[str, str]
    median: bool = False
    beside: Literal["", "matrix", "uniform"] = ""

    def book(self) -> Book:
        """The workbook, one sheet."""
        pieces, repair = (MEDIAN_PIECES, MEDIAN_REPAIR) if self.median else (PIECES, REPAIR)
        result = Book(self.title)
        page = result.page("Model")
        page.title(self.title, "Price, pieces and cost are uncertain, and a machine may break. What is left over?")
        page.widths(A=32, B=16)
        page.headings(4, "Assumption", "Value", left=1)
        for row, (label, formula, value, form) in enumerate(
            (
                ("Price", self.price, PRICE, "0.00"),
                ("Pieces", self.pieces, pieces, "#,##0"),
                ("Cost per piece", self.cost, COST, "0.00"),
                ("The machine breaks", self.breaks, 0.0, "0"),
                ("Repair", self.repair, repair, "#,##0"),
            ),
            start=5,
        ):
            page.label(f"A{row}", label)
            page.uncertain(f"B{row}", formula, value, form)
        if self.beside == "matrix":
            for cell, value in (("D5", 1.0), ("E5", -0.5), ("D6", -0.5), ("E6", 1.0)):
                page.given(cell, value, "0.0")
            page.note("F5", "Correlation of price and pieces")
        elif self.beside == "uniform":
            page.uncertain("D6", "RAND()", 0.5, "0.00")
        page.label("A10", "Fixed cost")
        page.given("B10", FIXED)
        page.label("A11", "Profit", bold=True)
        page.output("B11", f"{self.mark}B6*(B5-B7)-B8*B9-B10", pieces * (PRICE - COST) - FIXED)
        if self.statistics:
            page.headings(13, "After a simulation", "Value", left=1)
        for row, (label, formula) in enumerate(self.statistics.items(), start=14):
            page.label(f"A{row}", label)
            page.formula(f"B{row}", formula, NOT_YET, PERCENT if label == LOSS else "#,##0")
        return result


LOSS = "Probability of a loss"

ANALYTIC_SOLVER = Dialect(
    "analytic_solver.xlsx",
    "A launch, with Analytic Solver's functions",
    '_xll.PsiNormal(42,6,_xll.PsiName("Price"),_xll.PsiCorrMatrix(D5:E6,1,1))',
    '_xll.PsiTriangular(800,1000,1500,_xll.PsiName("Pieces"),_xll.PsiCorrMatrix(D5:E6,2,1))',
    '_xll.PsiUniform(18,24,_xll.PsiName("Cost"))',
    '_xll.PsiBernoulli(0.2,_xll.PsiName("Breaks"))',
    '_xll.PsiPert(2000,3000,7000,_xll.PsiName("Repair"))',
    "_xll.PsiOutput()+",
    {
        "Mean": "_xll.PsiMean(B11)",
        "1 in 10 is below": "_xll.PsiPercentile(B11,0.1)",
        "1 in 10 is above": "_xll.PsiPercentile(B11,0.9)",
        LOSS: "_xll.PsiTarget(B11,0)",
    },
    beside="matrix",
)
MODELRISK = Dialect(
    "modelrisk.xlsx",
    "A launch, with ModelRisk's functions",
    '_xll.VoseInput("Price")+_xll.VoseNormal(42,6)',
    '_xll.VoseInput("Pieces")+_xll.VoseTriangle(800,1000,1500)',
    '_xll.VoseInput("Cost")+_xll.VoseUniform(18,24)',
    '_xll.VoseInput("Breaks")+_xll.VoseBernoulli(0.2)',
    '_xll.VoseInput("Repair")+_xll.VoseSimulate(_xll.VosePERTObject(2000,3000,7000))',
    '_xll.VoseOutput("Profit with "&B10&" fixed","$")+',
    {
        "Mean": "_xll.VoseSimMean(B11)",
        "1 in 10 is below": "_xll.VoseSimPercentile(B11,0.1)",
        "1 in 10 is above": "_xll.VoseSimPercentile(B11,0.9)",
        LOSS: "_xll.VoseSimProbability(B11,0)",
    },
)
CRYSTAL_BALL = Dialect(
    "crystal_ball.xlsx",
    "A launch, with Crystal Ball's functions",
    '_xll.CB.Normal(42,6,,,"Price")',
    '_xll.CB.Triangular(800,1000,1500,,,"Pieces")',
    '_xll.CB.Uniform(18,24,,,"Cost")',
    '_xll.CB.YesNo(0.2,,,"Breaks")',
    '_xll.CB.BetaPERT(2000,3000,7000,,,"Repair")',
    "",
    {
        "Mean": "_xll.CB.GetForeStatFN(B11,2)",
        "1 in 10 is below": "_xll.CB.GetForePercentFN(B11,10)",
        "1 in 10 is above": "_xll.CB.GetForePercentFN(B11,90)",
        LOSS: "_xll.CB.GetCertaintyFN(B11,0)/100",
    },
)
RAND_ONLY = Dialect(
    "rand_only.xlsx",
    "A launch, with Excel's own functions",
    "_xlfn.NORM.INV(RAND(),42,6)",
    "IF(D6<2/7,800+SQRT(D6*700*200),1500-SQRT((1-D6)*700*500))",
    "18+6*RAND()",
    "IF(RAND()<0.2,1,0)",
    "_xlfn.BETA.INV(RAND(),1.8,4.2,2000,7000)",
    "",
    {},
    median=True,
    beside="uniform",
)
DIALECTS = (ANALYTIC_SOLVER, MODELRISK, CRYSTAL_BALL, RAND_ONLY)
