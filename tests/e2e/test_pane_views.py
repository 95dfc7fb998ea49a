"""The pane shows what the engine knows: every law, correlations, and what lies behind results."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

Shot = Callable[[Page, str], None]


def two_inputs(pg) -> None:
    pg.type("B1", '=MC.NORMAL(100,10,"Price")')
    pg.type("B2", '=MC.NORMAL(60,20,"Cost")')
    pg.type("B3", '=MC.OUTPUT("Profit")+B1-B2')


def test_a_weibull_from_the_list(playground, shot: Shot) -> None:
    pg = playground.start_anew()
    pg.select("B1")
    pg.button("Define distribution").click()
    box = pg.pane.get_by_role("combobox", name="Distribution")
    box.press("ArrowDown")
    laws = pg.pane.get_by_role("listbox", name="Distributions").get_by_role("option")
    expect(laws).to_have_count(62)
    shot(pg.page, "laws-open")
    box.fill("weib")
    expect(laws).to_have_count(1)
    box.press("Enter")
    expect(pg.pane.get_by_role("img", name="Curve of WEIBULL")).to_be_visible()
    pg.pane.get_by_label("shape", exact=True).fill("1")
    pg.pane.get_by_label("scale", exact=True).fill("50")
    pg.pane.get_by_label("Name in the results").fill("Life")
    expect(pg.pane.get_by_role("table", name="Percentiles")).to_contain_text("34.66")
    shot(pg.page, "laws-weibull")
    pg.button("Define", exact=True).click()
    expect(pg.cell("B1")).to_have_text("50")
    expect(pg.pane.get_by_text("WEIBULL(1, 50)")).to_be_visible()


def test_limits_and_percentiles(playground, shot: Shot) -> None:
    pg = playground.start_anew()
    pg.select("B1")
    pg.button("Define distribution").click()
    pg.choose_law("NORMAL")
    pg.pane.get_by_label("mean", exact=True).fill("0")
    pg.pane.get_by_label("sd", exact=True).fill("1")
    pg.pane.get_by_text("Limits and shift").click()
    pg.pane.get_by_label("Lowest").fill("0")
    expect(pg.pane.get_by_text("MC.STATIC(0.79788")).to_be_visible()
    pg.pane.get_by_label("Lowest").fill("")
    pg.pane.get_by_role("radio", name="percentiles").click()
    pg.pane.get_by_label("Value 1").fill("67")
    pg.pane.get_by_label("Value 2").fill("133")
    expect(pg.pane.get_by_text("=MC.NORMALALT(5%,67,95%,133,MC.STATIC(100))")).to_be_visible()
    shot(pg.page, "laws-percentiles")
    pg.button("Define", exact=True).click()
    expect(pg.cell("B1")).to_have_text("100")


def test_two_inputs_are_correlated(playground, shot: Shot) -> None:
    pg = playground.start_anew()
    two_inputs(pg)
    expect(pg.pane.get_by_role("button", name="Edit Cost")).to_be_visible()
    pg.button("Correlate inputs").click()
    entry = pg.pane.get_by_label("Cost with Price")
    entry.fill("1.5")
    expect(pg.pane.get_by_text("Correlations are numbers from −1 to 1.")).to_be_visible()
    entry.fill("0.8")
    expect(pg.pane.get_by_text("These correlations are possible.")).to_be_visible()
    shot(pg.page, "correlate")
    pg.button("Correlate", exact=True).click()
    expect(pg.pane.get_by_text("2 inputs follow the matrix at")).to_be_visible()
    expect(pg.cell("E3")).to_have_text("0.8")
    pg.simulate()
    # The variance of a difference: 100 + 400 - 2 * 0.8 * 10 * 20.
    assert pg.statistic("Standard deviation") == pytest.approx(180**0.5, rel=0.03)
    report = pg.pane.get_by_role("table", name=re.compile("^Correlations of"))
    expect(report).to_contain_text("0.800")
    report.scroll_into_view_if_needed()
    shot(pg.page, "correlations-realised")


def test_impossible_correlations_get_the_nearest(playground, shot: Shot) -> None:
    pg = playground.start_anew()
    for row in (1, 2, 3):
        pg.type(f"B{row}", f'=MC.NORMAL(100,10,"X{row}")')
    expect(pg.pane.get_by_role("button", name="Edit X3")).to_be_visible()
    pg.button("Correlate inputs").click()
    for label, value in {"X2 with X1": "0.9", "X3 with X1": "-0.9", "X3 with X2": "0.9"}.items():
        pg.pane.get_by_label(label).fill(value)
    expect(pg.button("Correlate", exact=True)).to_be_disabled()
    shot(pg.page, "correlate-impossible")
    pg.button("Use the nearest").click()
    expect(pg.pane.get_by_text("These correlations are possible.")).to_be_visible()
    expect(pg.button("Correlate", exact=True)).to_be_enabled()


def test_a_tornado_by_regression(playground, shot: Shot) -> None:
    pg = playground.start_anew()
    two_inputs(pg)
    pg.simulate()
    pg.pane.get_by_label("Measure").select_option("regression")
    chart = pg.pane.get_by_role("img", name=re.compile("^Regression, standardised"))
    # Cost has four fifths of the variance: its coefficient is the root, with the sign of its effect.
    expect(chart).to_have_accessible_name(re.compile("The strongest input is Cost with −0.(89|90)"))
    expect(pg.pane.get_by_text("Straight lines explain 100% of the variance")).to_be_visible()
    chart.scroll_into_view_if_needed()
    shot(pg.page, "tornado-regression")
    pg.pane.get_by_label("Measure").select_option("contribution")
    expect(pg.pane.get_by_role("img", name=re.compile("^Contribution to variance.*Cost with -8"))).to_be_visible()
    pg.pane.get_by_label("Measure").select_option("change")
    expect(pg.pane.get_by_role("img", name=re.compile("^Change in mean"))).to_be_visible()
    shot(pg.page, "tornado-change")
    for kind in ("Density", "Box"):
        pg.button(kind, exact=True).click()
        expect(pg.pane.get_by_role("img", name=re.compile(f"^{kind}"))).to_be_visible()
        shot(pg.page, f"results-{kind.lower()}")
    pg.pane.get_by_label("Conventions").select_option("excel")
    expect(pg.pane.get_by_role("row", name=re.compile("^Kurtosis -?0"))).to_be_visible()
    heading = pg.pane.get_by_role("heading", name="Convergence of the mean")
    heading.scroll_into_view_if_needed()
    expect(pg.pane.get_by_role("heading", name="at or above the 75th percentile")).to_be_visible()
    shot(pg.page, "results-scenarios")


def test_a_range_of_outputs_is_a_fan_and_a_run_ends_by_itself(playground, shot: Shot) -> None:
    pg = playground.start_anew()
    pg.type("A1", "=MC.NORMAL(100,10)")
    for column, factor in (("B", 1), ("C", 2), ("D", 4)):
        pg.type(f"{column}2", f'=MC.OUTPUT("Year {factor}")+A1*{factor}')
    pg.open_tab("Run")
    pg.pane.get_by_label("Iterations").select_option("until")
    pg.pane.get_by_label("Precision").select_option("0.01")
    pg.simulate()
    expect(pg.pane.get_by_text(re.compile("mean ± .* reached"))).to_be_visible()
    fan = pg.pane.get_by_role("img", name=re.compile("^Fan of Sheet1!B2:D2"))
    fan.scroll_into_view_if_needed()
    expect(fan).to_be_visible()
    shot(pg.page, "results-fan")
