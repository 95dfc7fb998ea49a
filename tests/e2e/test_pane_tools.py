"""The pane's tools beside runs: every correlation matrix of a workbook, laws fitted to data, analyses."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

Shot = Callable[[Page, str], None]


def test_every_matrix_of_a_workbook(playground, shot: Shot) -> None:
    pg = playground.start_anew()
    for row, name in enumerate(("Price", "Cost", "Rent", "Wages"), start=1):
        tie = f"MC.CORRELATE($H$2:$I$3,{row})" if row < 3 else ""
        pg.type(f"B{row}", f'=MC.NORMAL(100,10,"{name}"{"," + tie if tie else ""})')
    pg.type("H3", "0.5")
    pg.type("B5", '=MC.OUTPUT("Profit")+B1-B2-B3-B4')
    expect(pg.pane.get_by_role("button", name="Edit correlations of Price, Cost")).to_be_visible()
    # the pane has read the workbook as far as the cell that was typed last
    expect(pg.pane.get_by_text("Profit").first).to_be_visible()

    pg.button("Correlate inputs").click()
    expect(pg.pane.get_by_role("checkbox", name=re.compile("^Price .*now in Sheet1!H2:I3"))).not_to_be_checked()
    expect(pg.pane.get_by_role("checkbox", name=re.compile("^Rent"))).to_be_checked()
    pg.pane.get_by_label("Wages with Rent").fill("-0.3")
    expect(pg.pane.get_by_text("These correlations are possible.")).to_be_visible()
    shot(pg.page, "correlate-second")
    pg.button("Correlate", exact=True).click()
    expect(pg.pane.get_by_text("2 inputs follow the matrix at")).to_be_visible()

    pg.button("Edit correlations of Price, Cost").click()
    entry = pg.pane.get_by_label("Cost with Price")
    expect(entry).to_have_value("0.5")
    expect(entry).to_be_focused()
    entry.fill("0.9")
    expect(pg.pane.get_by_text("These correlations are possible.")).to_be_visible()
    pg.page.keyboard.press("Enter")
    expect(pg.cell("H3")).to_have_text("0.9")
    pg.simulate()
    # 4 · 100, and twice the covariances: -0.9 · 100 for price and cost, -0.3 · 100 for the two that are both taken off.
    assert pg.statistic("Standard deviation") == pytest.approx((400 - 180 - 60) ** 0.5, rel=0.03)
    expect(pg.pane.get_by_role("table", name=re.compile("^Correlations of"))).to_have_count(2)

    pg.open_tab("Model")
    pg.button("Edit correlations of Rent, Wages").click()
    pg.button("Remove", exact=True).click()
    expect(pg.pane.get_by_text("2 inputs are no longer correlated.")).to_be_visible()
    expect(pg.pane.get_by_role("button", name=re.compile("^Edit correlations"))).to_have_count(1)


def fill_column(pg, values: list[str]) -> None:
    """By pasting, as people bring data."""
    pg.select("A1")
    pg.page.evaluate(
        """(text) => {
          const clipboardData = new DataTransfer();
          clipboardData.setData('text/plain', text);
          const paste = new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true });
          document.activeElement.dispatchEvent(paste);
        }""",
        "\n".join(values),
    )
    expect(pg.cell("A2")).to_have_text(values[1])


def test_a_law_for_data_goes_into_a_cell(playground, shot: Shot) -> None:
    pg = playground.start_anew()
    drawn = random.Random(3)
    values = [f"{drawn.gammavariate(3, 10):.3f}" for _ in range(150)]
    fill_column(pg, ["Days lost", *values])
    pg.button("Fit to data").click()
    pg.button("Fit", exact=True).click()
    expect(pg.pane.get_by_text("Select the numbers in the sheet, or write a range")).to_be_visible()
    pg.pane.get_by_label("Data", exact=True).fill("A1:A3")
    pg.button("Fit", exact=True).click()
    expect(pg.pane.get_by_text("Data: Sheet1!A1:A3 holds 2 numbers (A1 holds “Days lost”)")).to_be_visible()
    pg.pane.get_by_label("Data", exact=True).fill("A1:A151")
    pg.page.keyboard.press("Enter")
    expect(pg.pane.get_by_role("heading", name="Laws")).to_be_visible(timeout=60_000)
    expect(pg.pane.get_by_text("150 numbers of Sheet1!A1:A151. Without a number and left out: A1")).to_be_visible()
    expect(pg.pane.get_by_role("img", name=re.compile("^Data and the density of"))).to_be_visible()
    for measure in ("AICc", "BIC", "χ²", "A-D", "K-S"):
        expect(pg.button(f"Rank by {measure}")).to_be_visible()
    pg.button("Rank by K-S").click()
    expect(pg.pane.get_by_role("columnheader", name="Rank by K-S")).to_have_attribute("aria-sort", "ascending")
    pg.button("Show all").click()
    pg.pane.get_by_role("radio", name="Gamma", exact=True).click()
    expect(pg.pane.get_by_role("img", name=re.compile("^Data and the density of Gamma"))).to_be_visible()
    shot(pg.page, "fit-data")

    pg.select("A5")
    expect(pg.pane.get_by_text("Sheet1!A5 is part of the data.")).to_be_visible()
    expect(pg.button("Replace", exact=True)).to_be_disabled()
    pg.select("D2")
    pg.button("Insert", exact=True).click()
    expect(pg.pane.get_by_text("Gamma stands in")).to_be_visible()
    mean = sum(map(float, values)) / len(values)
    assert float(pg.cell("D2").inner_text()) == pytest.approx(mean, rel=0.01)
    expect(pg.page.get_by_role("textbox", name="Formula")).to_have_value(
        re.compile(r"^=MC\.GAMMA\(.*,\"Days lost\"\)$")
    )
    shot(pg.page, "fit-inserted")


def test_a_law_from_percentiles(playground, shot: Shot) -> None:
    pg = playground.start_anew()
    pg.button("Fit to data").click()
    pg.pane.get_by_role("radio", name="percentiles").click()
    for number, value in enumerate(("80", "100", "70"), start=1):
        pg.pane.get_by_label(f"Value {number}", exact=True).fill(value)
    pg.button("Fit", exact=True).click()
    expect(pg.pane.get_by_text("Value 3: Values must rise with their percentiles.")).to_be_visible()
    pg.pane.get_by_label("Value 3", exact=True).fill("150")
    pg.page.keyboard.press("Enter")
    expect(pg.pane.get_by_role("radio", name="Metalog")).to_be_checked(timeout=60_000)
    expect(pg.pane.get_by_role("img", name=re.compile("half of the law lies below 100"))).to_be_visible()
    pg.pane.get_by_label("Name in the results").fill("Duration")
    pg.pane.get_by_label("Cell", exact=True).fill("B3")
    pg.page.keyboard.press("Enter")
    expect(pg.pane.get_by_text("Metalog stands in")).to_be_visible()
    pg.type("B4", '=MC.OUTPUT("Out")+B3')
    pg.simulate()
    assert pg.statistic("Median") == pytest.approx(100, abs=1)
    shot(pg.page, "fit-percentiles-run")


def choose(pg, kind: str, *inputs: str) -> None:
    """Fills in the form as far as every analysis has it."""
    pg.pane.get_by_label("Analysis", exact=True).select_option(kind)
    for name in inputs:
        pg.pane.get_by_role("checkbox", name=re.compile(f"^{name}")).check()


def shares_of(pg, kind: str, title: str) -> None:
    choose(pg, kind)
    pg.pane.get_by_label("Output", exact=True).last.select_option(label="Profit (Sheet1!B12)")
    pg.button("Analyse", exact=True).click()
    expect(pg.pane.get_by_role("heading", name=title)).to_be_visible(timeout=60_000)
    expect(pg.pane.get_by_role("img", name=re.compile("^Shares of the variance of Profit"))).to_be_visible()


def test_a_goal_is_sought_and_its_value_written(playground, shot: Shot) -> None:
    pg = playground
    pg.open_tab("Analyse")
    pg.button("Analyse", exact=True).click()
    expect(pg.pane.get_by_text("Select the cell of a number in the sheet, or write one such as B8")).to_be_visible()
    pg.select("B8")
    pg.button("Use selection").click()
    expect(pg.pane.get_by_label("Lowest value")).to_have_value("70000")
    pg.pane.get_by_label("Output", exact=True).select_option(label="Profit (Sheet1!B12)")
    pg.pane.get_by_label("Target", exact=True).fill("50000")
    pg.page.keyboard.press("Enter")
    expect(pg.pane.get_by_text("gives Profit a mean of")).to_be_visible(timeout=60_000)
    expect(pg.pane.get_by_role("img", name=re.compile("^Mean of Profit by Sheet1!B8"))).to_be_in_viewport(ratio=1)
    shot(pg.page, "analyse-goal-seek")
    pg.button("Write to a sheet").click()
    expect(pg.sheet("Montecell Goal Seek")).to_have_attribute("aria-selected", "true")
    pg.sheet("Sheet1").click()
    pg.button("into Sheet1!B8").click()
    expect(pg.cell("B8")).not_to_have_text("140,000")


def test_inputs_are_stressed_and_share_the_variance(playground, shot: Shot) -> None:
    pg = playground
    pg.open_tab("Analyse")
    choose(pg, "stress", "Price", "Unit cost")
    pg.button("Unit cost: highest 5%").click()
    pg.button("Analyse", exact=True).click()
    table = pg.pane.get_by_role("table", name="Mean of Profit under stress")
    expect(table.get_by_role("row", name=re.compile("^all together"))).to_be_visible(timeout=60_000)
    shot(pg.page, "analyse-stress")
    for kind, title in (("sobol", "Sobol indices of Profit"), ("shapley", "Shapley effects of Profit")):
        shares_of(pg, kind, title)
        shot(pg.page, f"analyse-{kind}")


def test_analyses_outlive_the_pane(playground, shot: Shot) -> None:
    pg = playground
    pg.open_tab("Analyse")
    shares_of(pg, "shapley", "Shapley effects of Profit")
    pg.open_tab("Run")
    pg.pane.get_by_label("Iterations", exact=True).select_option("custom")
    pg.pane.get_by_label("Number of iterations").fill("10000000")
    pg.open_tab("Analyse")
    choose(pg, "stress", "Price")
    pg.button("Analyse", exact=True).click()
    expect(pg.pane.get_by_text("The server goes on with it when the pane is closed.")).to_be_visible()
    pg.page.reload()
    expect(pg.cell("A1")).to_have_text("Product launch, first year")
    pg.open_tab("Analyse")
    pg.button("Cancel", exact=True).click()
    stopped = "The analysis was stopped. Nothing was changed in the workbook."
    expect(pg.pane.get_by_text(stopped, exact=True)).to_be_visible(timeout=60_000)
    pg.pane.get_by_role("button", name=re.compile("^Shapley effects of Profit")).click()
    expect(pg.pane.get_by_role("heading", name="Shapley effects of Profit")).to_be_visible()
    expect(pg.pane.get_by_role("img", name=re.compile("^Shares of the variance of Profit"))).to_be_visible()
    shot(pg.page, "analyse-after-reload")
