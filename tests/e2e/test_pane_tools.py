"""The pane's tools beside runs: every correlation matrix of a workbook, laws fitted to data, analyses."""

from __future__ import annotations

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
