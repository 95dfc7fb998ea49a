"""ModelRisk's laws as objects: in cells of their own, and asked for their moments, percentiles and probabilities."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

import compute
from compute.errors import CellError, UnsupportedFormula

Build = Callable[..., Path]

OBJECTS = {
    "A1": "=VoseGammaObject(2,3)",
    "A2": "=VosePoissonObject(4)",
    "A3": "=VoseNormalObject(10,2,VoseXBounds(10,))",
    "A4": "=VoseAggregateFFTObject(A2,A1)",
    "A5": "=VoseRiskEventObject(0.2,VoseUniformObject(0,10))",
    "A6": "=VoseDiscreteObject({1,2,5},{1,1,2})",
    "A7": "=_xll.VoseStudentObject(3)",
    "A8": "=VoseNormalObject(1,-1)",
}
GAMMA, POISSON = stats.gamma(2, scale=3), stats.poisson(4)
HALF = stats.truncnorm(0, math.inf, 10, 2)
FIGURES = {
    "VoseMean(A1)": 6.0,
    "VoseMean(VoseGammaObject(2,3))": 6.0,
    "VoseMean(Severity)": 6.0,
    "VoseVariance(A1)": 18.0,
    "VoseStDev(A1)": math.sqrt(18),
    "VoseCofV(A1)": math.sqrt(18) / 6,
    "VoseSkewness(A1)": math.sqrt(2),
    "VoseKurtosis(A1)": 6.0,
    "VoseMin(A1)": 0.0,
    "VoseMax(A5)": 10.0,
    "VoseRawMoment1(A1)": 6.0,
    "VoseRawMoment2(A1)": GAMMA.moment(2),
    "VoseRawMoment3(A1)": GAMMA.moment(3),
    "VoseRawMoment4(A1)": GAMMA.moment(4),
    "VoseRawMoment3(A6)": (1 + 8 + 2 * 125) / 4,
    "VosePercentile(A1,0.9)": GAMMA.ppf(0.9),
    "VosePercentile(A2,0.5)": 4.0,
    "VosePercentile(A3,0.5)": HALF.ppf(0.5),
    "VoseSimulate(A1,0.9)": GAMMA.ppf(0.9),
    "VoseSimulate(A1)": 6.0,
    "VoseMean(A3)": HALF.mean(),
    "VoseProb(5,A1,TRUE)": GAMMA.cdf(5),
    "VoseProb(5,A1,1)": GAMMA.cdf(5),
    "VoseProb(5,A1)": GAMMA.pdf(5),
    "VoseProb(3,A2,0)": POISSON.pmf(3),
    "VoseProb(B1:B3,A1,FALSE)": np.prod(GAMMA.pdf([1, 2, 5])),
    "VoseProb({1,2,5},A1,TRUE)": np.prod(GAMMA.cdf([1, 2, 5])),
    "VoseProb10(B1:B3,A1)": np.log10(GAMMA.pdf([1, 2, 5])).sum(),
    "VoseProb10(2000,VoseNormalObject(0,1),FALSE)": None,
    "VoseProb10(30,VoseNormalObject(0,1))": stats.norm.logpdf(30) / math.log(10),
    "VoseNormalProb(12,10,2,TRUE)": stats.norm.cdf(1),
    "VoseNormalProb(12,10,2)": stats.norm.pdf(12, 10, 2),
    "VoseNormalProb(12,10,2,TRUE,VoseXBounds(10,))": HALF.cdf(12),
    "VoseNormalProb10(12,10,2,TRUE)": np.log10(stats.norm.cdf(1)),
    "VosePoissonProb(3,4,FALSE)": POISSON.pmf(3),
    "VosePoissonProb(2.5,4)": 0.0,
    "VoseModPERTProb(5,0,5,10,,TRUE)": 0.5,
    # a Poisson number of terms: mean 4 · 6, variance 4 · (18 + 36), skewness 4 · E Y³ / variance^1.5
    "VoseMean(A4)": 24.0,
    "VoseVariance(A4)": 216.0,
    "VoseSkewness(A4)": 4 * GAMMA.moment(3) / 216**1.5,
    "VoseMean(VoseAggregatePanjerObject(VosePoissonObject(4),A1))": 24.0,
    "VoseProb(0,A4,TRUE)": math.exp(-4),
    "VoseMean(A5)": 1.0,
    "VosePercentile(A5,0.9)": 5.0,
}


@pytest.mark.parametrize("text", FIGURES)
def test_a_figure_of_a_law(text: str, book: Build) -> None:
    cells = {**OBJECTS, "B1": 1, "B2": 2, "B3": 5, "C1": f'=VoseOutput("y")+{text}'}
    model = compute.Model.open(book({"M": cells}, names={"Severity": "M!$A$1"}))
    assert not model.unsupported
    value, expected = model.outputs["y"].value, FIGURES[text]
    if expected is None:
        assert str(value) == "#NUM!"
    else:
        assert value == pytest.approx(expected, rel=1e-6 if "A4" in text else 1e-9)


ERRORS = {
    "VoseKurtosis(A7)": "#NUM!",
    "VoseMax(A1)": "#NUM!",
    "VoseMean(A8)": "#NUM!",
    "VoseProb(1,A8,TRUE)": "#NUM!",
    "VosePercentile(A1,1.5)": "#NUM!",
    "VoseProb(B9,A1,TRUE)": "#VALUE!",
    "VoseProb(1/0,A1,TRUE)": "#DIV/0!",
    "VoseMean(VoseNormalObject(1/0,1))": "#DIV/0!",
    "A1+1": "#VALUE!",
}


@pytest.mark.parametrize("text", ERRORS)
def test_what_a_law_does_not_have_is_an_error(text: str, book: Build) -> None:
    model = compute.Model.open(book({"M": {**OBJECTS, "C1": f'=VoseOutput("y")+{text}'}}))
    value = model.outputs["y"].value
    assert isinstance(value, CellError)
    assert value.code == ERRORS[text]


@pytest.mark.parametrize("text", ["VoseMean(B1)", "VoseSimulate(B1)", "VosePercentile(A1:A2,0.5)", "VoseMean(B9)"])
def test_a_reference_to_no_law_is_named(text: str, book: Build) -> None:
    model = compute.Model.open(book({"M": {**OBJECTS, "B1": "=1+1", "C1": f'=VoseOutput("y")+{text}'}}))
    (found,) = model.unsupported
    assert (found.cells, "a cell that holds nothing but a law" in found.reason) == (("M!C1",), True)


def test_moments_fill_four_cells(book: Build) -> None:
    cells = {**OBJECTS, "C1:C4": "=VoseMoments(A1)", "D1:G1": "=VoseMoments(A1)", "H1": "=SUM(C1:C4)-SUM(D1:G1)"}
    model = compute.Model.open(book({"M": cells}), outputs=["M!C4", "M!G1", "M!H1"])
    assert [o.value for o in model.outputs.values()] == pytest.approx([6.0, 6.0, 0.0])


def test_draws_of_objects_in_cells_are_inputs_with_streams_of_their_own(book: Build) -> None:
    cells = {
        **OBJECTS,
        "C1": '=VoseInput("First")+VoseSimulate(A1)',
        "C2": '=VoseInput("Second")+VoseSimulate($A$1)',
        "C3": '=VoseInput("Claims")+VoseAggregateMC(3,A1)',
        "C4": '=VoseInput("All")+VoseSimulate(A4)',
        "C5": '=VoseInput("Event")+VoseRiskEvent(0.2,A1)',
        "C6": '=VoseInput("Sum")+VoseAggregatePanjer(A2,A1)',
        "C7": '=VoseOutput("y")+SUM(C1:C6)',
    }
    model = compute.Model.open(book({"M": cells}))
    described = {i.key: i.law for i in model.describe().inputs}
    assert described == {
        "First": "GAMMA", "Second": "GAMMA", "Claims": "COMPOUND", "All": "COMPOUND", "Event": "RISKEVENT",
        "Sum": "COMPOUND",
    }  # fmt: skip
    count = 20_000
    result = model.simulate(iterations=count, seed=3, sampling="monte_carlo")
    expected = {
        "First": (6.0, 18.0), "Second": (6.0, 18.0), "Claims": (18.0, 54.0), "All": (24.0, 216.0),
        "Event": (1.2, 0.2 * 54 - 1.44), "Sum": (24.0, 216.0),
    }  # fmt: skip
    for name, (mean, variance) in expected.items():
        assert result.inputs[name].mean == pytest.approx(mean, abs=4.5 * math.sqrt(variance / count)), name
    first, second = result.inputs["First"].samples, result.inputs["Second"].samples
    assert abs(np.corrcoef(first, second)[0, 1]) < 4.5 / math.sqrt(count)
    assert stats.kstest(first, GAMMA.cdf).pvalue > 1e-4


def test_a_law_with_an_uncertain_parameter_changes_with_it(book: Build) -> None:
    cells = {
        "A1": "=VoseUniform(1,9)",
        "A2": "=VoseNormalObject(A1,2)",
        "A3": '=VoseOutput("mean")+VoseMean(A2)',
        "A4": '=VoseOutput("below")+VoseProb(5,A2,TRUE)',
        "A5": '=VoseOutput("drawn")+VoseSimulate(A2)',
    }
    result = compute.Model.open(book({"M": cells})).simulate(iterations=2_000, seed=5)
    mean = result.inputs["M!A1"].samples
    assert result.outputs["mean"].samples == pytest.approx(mean, rel=1e-12)
    assert result.outputs["below"].samples == pytest.approx(stats.norm.cdf(5, mean, 2), rel=1e-9)
    residual = (result.outputs["drawn"].samples - mean) / 2
    assert stats.kstest(residual, "norm").pvalue > 1e-4


def test_a_figure_of_a_fixed_law_is_computed_once(book: Build) -> None:
    model = compute.Model.open(
        book({"M": {**OBJECTS, "C1": "=VoseMean(A4)", "C2": '=VoseOutput("y")+C1+VoseNormal(0,1)'}})
    )
    varying = {model.program.formulas[n].column for s in model.program.varying for n in s.formulas}
    rows = {model.program.formulas[n].row for s in model.program.varying for n in s.formulas}
    assert (varying, rows) == ({3}, {2})


def test_percentiles_of_a_sum_that_changes_are_refused(book: Build) -> None:
    cells = {
        "A1": "=VoseUniform(1,9)",
        "A2": '=VoseOutput("y")+VoseAggregateFFT(VosePoissonObject(A1),VoseExponObject(1),,0.9)',
    }
    model = compute.Model.open(book({"M": cells}))
    with pytest.raises(UnsupportedFormula, match="change from iteration to iteration"):
        model.simulate(iterations=100)


def test_a_percentile_of_a_sum(book: Build) -> None:
    # one exponential loss or none: P(X ≤ x) = 1 − p e^−x, hence its 90th percentile with p = 1/2 is ln 5
    text = "VoseAggregateFFT(VoseBernoulliObject(0.5),VoseExponObject(1),,0.9)"
    model = compute.Model.open(book({"M": {"A1": f'=VoseOutput("y")+{text}'}}))
    assert model.outputs["y"].value == pytest.approx(math.log(5), abs=1e-3)


# Payments of a loss of mean 6: VoseDeduct(loss, deductible, limit, zeros, [u]).
PAYMENTS = {
    "VoseMean(VoseDeductObject(A1,2,9,TRUE))": GAMMA.expect(lambda x: min(x - 2, 9.0), 2, 80),
    "VoseMean(VoseDeductObject(A1,2,9,FALSE))": GAMMA.expect(lambda x: min(x - 2, 9.0), 2, 80) / GAMMA.sf(2),
    "VoseMean(VoseDeductObject(A1,2,9))": GAMMA.expect(lambda x: min(x - 2, 9.0), 2, 80) / GAMMA.sf(2),
    "VoseMean(VoseDeductObject(A1,2))": GAMMA.expect(lambda x: x - 2, 2, 80) / GAMMA.sf(2),
    "VoseMean(VoseDeductObject(A1,,9,B1))": GAMMA.expect(lambda x: min(x, 9.0), 0, 80),
    "VoseDeduct(A1,2,9,TRUE,0.5)": GAMMA.ppf(0.5) - 2,
    "VoseDeductU(A1,2,9,TRUE,0.999)": 9.0,
    "VoseDeduct(A1,2,9,TRUE,0.01)": 0.0,
    "VoseDeductProb(3,A1,2,9,TRUE,TRUE)": GAMMA.cdf(5),
    "VoseDeductProb(3,A1,2,9,FALSE,TRUE)": (GAMMA.cdf(5) - GAMMA.cdf(2)) / GAMMA.sf(2),
    "VoseDeductProb(3,A1,2,9,TRUE)": GAMMA.pdf(5),
    "VoseDeductProb10(3,A1,2,9,TRUE,1)": math.log10(GAMMA.cdf(5)),
    "VoseMean(VoseAggregateDeductObject(3,A1,2,9))": 3 * GAMMA.expect(lambda x: min(x - 2, 9.0), 2, 80),
    "VoseMean(VoseAggregateMCObject(3,VoseDeductObject(A1,2,9,TRUE)))": 3
    * GAMMA.expect(lambda x: min(x - 2, 9.0), 2, 80),
}


@pytest.mark.parametrize("text", PAYMENTS)
def test_a_payment_after_a_deductible(text: str, book: Build) -> None:
    model = compute.Model.open(book({"M": {**OBJECTS, "B1": False, "C1": f'=VoseOutput("y")+{text}'}}))
    assert not model.unsupported
    assert model.outputs["y"].value == pytest.approx(PAYMENTS[text], rel=1e-6, abs=1e-12)


@pytest.mark.parametrize("sampling", ["monte_carlo", "latin_hypercube"])
def test_payments_are_drawn(sampling: Any, book: Build) -> None:
    """Drawn by one uniform, in place of the loss: each is the loss at that share, less the deductible."""
    cells = {**OBJECTS, "B1": "=VoseDeduct(A1,2,9,TRUE)", "C1": '=VoseOutput("y")+B1'}
    model = compute.Model.open(book({"M": cells}))
    assert list(model.inputs) == ["M!B1"]
    paid = model.simulate(iterations=20_000, sampling=sampling, seed=11).outputs["y"].samples
    mean = GAMMA.expect(lambda x: min(x - 2, 9.0), 2, 80)
    assert paid.mean() == pytest.approx(mean, abs=4 * paid.std() / math.sqrt(20_000))
    assert np.mean(paid == 0) == pytest.approx(GAMMA.cdf(2), abs=4 * math.sqrt(0.25 / 20_000))
    assert np.mean(paid == 9) == pytest.approx(GAMMA.sf(11), abs=4 * math.sqrt(0.25 / 20_000))


def test_a_sum_of_payments_is_that_of_their_parts(book: Build) -> None:
    cells = {**OBJECTS, "B1": "=VosePoisson(4)", "B2": "=VoseAggregateDeduct(B1,A1,2,9)", "C1": '=VoseOutput("y")+B2'}
    paid = compute.Model.open(book({"M": cells})).simulate(iterations=20_000, seed=5).outputs["y"].samples
    mean = 4 * GAMMA.expect(lambda x: min(x - 2, 9.0), 2, 80)
    assert paid.mean() == pytest.approx(mean, abs=4 * paid.std() / math.sqrt(20_000))


REFUSED_PAYMENTS = {
    "VoseDeduct(B1,2,9,TRUE)": "nothing but a law",
    "VoseDeduct(2,2,9)": "must be an object",
    "VoseDeduct(A1,2,9,TRUE,0.5,1)": "is not understood",
    "VoseSplice(A1,A3,4)": "weighs the two parts",
    "VoseSpliceObject(A1,A3,4)": "weighs the two parts",
    "VoseSpliceProb(2,A1,A3,4)": "weighs the two parts",
    "VoseDeductFit(B1:B3)": "fitted anew",
}


@pytest.mark.parametrize("text", REFUSED_PAYMENTS)
def test_what_is_not_understood_of_payments_and_splices_is_named(text: str, book: Build) -> None:
    model = compute.Model.open(book({"M": {**OBJECTS, "B1": "=1+1", "C1": f'=VoseOutput("y")+{text}'}}))
    (found,) = model.unsupported
    assert REFUSED_PAYMENTS[text] in found.reason
