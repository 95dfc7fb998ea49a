"""Seen and used by everybody: narrow panes, dark and forced colours, keyboards, screen readers."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Frame, Locator, Page, expect

pytestmark = pytest.mark.browser

AXE = "tests/excel_host/node_modules/axe-core/axe.min.js"
RULES = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
# Every piece of visible text whose colour lies close to what is painted behind it.
FAINT = """(limit) => {
  const parse = (text) => {
    const [r = 0, g = 0, b = 0, alpha = 1] = text.match(/[\\d.]+/g)?.map(Number) ?? [0, 0, 0, 0];
    return text.startsWith('color(srgb') ? [r * 255, g * 255, b * 255, alpha] : [r, g, b, alpha];
  };
  const linear = (v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4);
  const light = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const [r, g, b, alpha] = parse(getComputedStyle(at).backgroundColor);
      if (alpha > 0.5) return [r, g, b];
    }
    return matchMedia('(prefers-color-scheme: dark)').matches ? [0, 0, 0] : [255, 255, 255];
  };
  const unseen = (element) => {
    const { visibility, opacity } = getComputedStyle(element);
    const { width, height } = element.getBoundingClientRect();
    const isOff = visibility === 'hidden' || opacity < 0.5 || !width || height <= 1;
    return isOff || element.closest('[disabled], option, svg');
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const { parentElement: element, textContent } = walker.currentNode;
    if (!textContent.trim() || unseen(element)) continue;
    const { color } = getComputedStyle(element);
    const [a, b] = [light(parse(color)), light(behind(element))].sort((x, y) => y - x);
    const isFaint = (a + 0.05) / (b + 0.05) < limit;
    if (isFaint) found.push(`${textContent.trim().slice(0, 40)}: ${color} on ${behind(element)}`);
  }
  return found;
}"""


@pytest.fixture(scope="session")
def axe(repo_root: Path) -> str:
    script = repo_root / AXE
    if not script.is_file():
        pytest.skip("axe is not installed: npm ci in tests/excel_host/")
    return script.read_text("utf-8")


@pytest.fixture
def open_playground(new_context: Callable[..., BrowserContext], watched: Callable[[Page], Page]) -> Callable[..., Page]:
    def start(**options: object) -> Page:
        page = watched(new_context(**options).new_page())
        page.goto("/playground")
        expect(page.locator("#pg-A1")).to_have_text("Product launch, first year")
        return page

    return start


def violations(frame: Page | Frame, axe: str) -> list[str]:
    """What axe finds, as "rule: element"."""
    frame.evaluate(axe)
    found: list[str] = frame.evaluate(
        """async (runOnly) => {
          // Fluent's focus keepers pass the focus on at once; axe takes them for buttons that nobody hears of.
          const where = { include: document, exclude: '[data-tabster-dummy]' };
          const { violations } = await axe.run(where, { runOnly });
          const describe = (id, { html, failureSummary }) => `${id}: ${html} ${failureSummary}`;
          return violations.flatMap(({ id, nodes }) => nodes.map((node) => describe(id, node)));
        }""",
        RULES,
    )
    return found


def pane_of(page: Page) -> Locator:
    return page.get_by_role("complementary", name="Montecell pane")


def show_editor(page: Page) -> None:
    pane_of(page).get_by_role("button", name="Edit Price").click()
    expect(pane_of(page).get_by_role("img", name="Curve of TRIANGULAR")).to_be_visible()


def show_run(page: Page) -> None:
    pane_of(page).get_by_role("tab", name="Run").click()
    expect(pane_of(page).get_by_role("button", name="Simulate")).to_be_visible()


def show_results(page: Page) -> None:
    show_run(page)
    pane_of(page).get_by_label("Iterations", exact=True).select_option("1000")
    pane_of(page).get_by_role("button", name="Simulate").click()
    expect(pane_of(page).get_by_role("heading", name="Statistics")).to_be_visible(timeout=60_000)
    expect(pane_of(page).get_by_role("heading", name="at or above the 75th percentile")).to_be_visible()
    expect(pane_of(page).get_by_role("img", name=re.compile("^Rank correlation"))).to_be_visible()


def show_laws(page: Page) -> None:
    """The list of the editor that is open."""
    pane_of(page).get_by_role("combobox", name="Distribution").click()
    expect(pane_of(page).get_by_role("listbox", name="Distributions")).to_be_visible()


def show_correlations(page: Page) -> None:
    pane = pane_of(page)
    pane.get_by_role("button", name="Cancel").click()
    pane.get_by_role("button", name="Correlate inputs").click()
    for box in pane.get_by_role("checkbox").all():
        box.check()
    expect(pane.get_by_text("These correlations are possible.")).to_be_visible()


def show_fit(page: Page) -> None:
    """By percentiles: the example has no data."""
    pane = pane_of(page)
    pane.get_by_role("button", name="Cancel").click()
    pane.get_by_role("button", name="Fit to data").click()
    pane.get_by_role("radio", name="percentiles").click()
    for number, value in enumerate(("80", "100", "150"), start=1):
        pane.get_by_label(f"Value {number}", exact=True).fill(value)
    pane.get_by_role("button", name="Fit", exact=True).click()
    expect(pane.get_by_role("heading", name="Laws")).to_be_visible(timeout=60_000)
    expect(pane.get_by_role("img", name=re.compile("cumulative curve of Metalog"))).to_be_visible()


def show_analyse(page: Page) -> None:
    """The form with what it complains of."""
    pane = pane_of(page)
    pane.get_by_role("tab", name="Analyse").click()
    pane.get_by_role("button", name="Analyse", exact=True).click()
    expect(pane.get_by_text("Something is missing: look at the fields marked in red.")).to_be_visible()


def show_stress(page: Page) -> None:
    pane = pane_of(page)
    pane.get_by_label("Analysis", exact=True).select_option("stress")
    for name in ("Price", "Unit cost"):
        pane.get_by_role("checkbox", name=re.compile(f"^{name}")).check()
    pane.get_by_role("button", name="Analyse", exact=True).click()
    expect(pane.get_by_role("table", name="Mean of Profit under stress")).to_be_visible(timeout=60_000)


def show_shares(page: Page) -> None:
    pane = pane_of(page)
    pane.get_by_label("Analysis", exact=True).select_option("sobol")
    pane.get_by_role("button", name="Analyse", exact=True).click()
    expect(pane.get_by_role("img", name=re.compile("^Shares of the variance of Profit"))).to_be_visible(timeout=60_000)


VIEWS: dict[str, Callable[[Page], None]] = {
    "model": lambda page: expect(pane_of(page).get_by_role("button", name="Edit Price")).to_be_visible(),
    "editor": show_editor,
    "run": show_run,
    "results": show_results,
    "laws": show_laws,
    "correlate": show_correlations,
    "fit": show_fit,
    "analyse": show_analyse,
    "analyse-stress": show_stress,
    "analyse-shares": show_shares,
}
IN_ORDER = (
    "model",
    "run",
    "results",
    "editor",
    "laws",
    "correlate",
    "fit",
    "analyse",
    "analyse-stress",
    "analyse-shares",
)
MODES: dict[str, dict[str, str]] = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "forced": {"color_scheme": "dark", "forced_colors": "active"},
}


@pytest.mark.parametrize("mode", MODES)
def test_every_view_can_be_read_and_has_names(
    open_playground: Callable[..., Page], axe: str, shot: Callable[[Page, str], None], mode: str
) -> None:
    page = open_playground(reduced_motion="reduce", **MODES[mode])
    for name in IN_ORDER:
        if name == "editor":
            pane_of(page).get_by_role("tab", name="Model").click()
        VIEWS[name](page)
        page.mouse.move(400, 500)
        shot(page, f"{mode}-{name}")
        assert page.evaluate(FAINT, 3 if mode == "forced" else 4.5) == [], name
        assert violations(page, axe) == [], name


@pytest.mark.parametrize("width", [320, 450])
def test_no_view_is_wider_than_a_narrow_pane(
    open_playground: Callable[..., Page], shot: Callable[[Page, str], None], width: int
) -> None:
    page = open_playground(viewport={"width": width, "height": 700})
    for name in IN_ORDER:
        if name == "editor":
            pane_of(page).get_by_role("tab", name="Model").click()
        VIEWS[name](page)
        wide = page.evaluate(
            """() => [...document.querySelectorAll('.mc-pane, .mc-pane *, .pg-header, .pg-header *')]
              .filter((e) => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('.mc-hidden'))
              .map((e) => `${e.tagName}.${e.className}`)"""
        )
        shot(page, f"narrow-{width}-{name}")
        assert wide == [], name
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name


def test_the_pane_in_excel_at_its_narrowest(open_excel, shot: Callable[[Page, str], None], axe: str) -> None:
    excel = open_excel()
    excel.page.evaluate("document.getElementById('pane').style.width = '320px'")
    name = "A long name of an uncertain thing that a person typed without thinking of narrow panes"
    excel.write({"A1": name, "B1": "=MC.NORMAL(123456789.5,10)", "B2": f'=MC.OUTPUT("{name}")+B1*1000'})
    excel.press("Simulate")
    expect(excel.pane.get_by_role("heading", name="Statistics")).to_be_visible(timeout=60_000)
    shot(excel.page, "excel-320")
    frame = excel.page.frames[1]
    assert frame.evaluate("document.documentElement.scrollWidth") <= 320
    page_of_tab = "document.querySelector('.mc-page')"
    assert frame.evaluate(f"{page_of_tab}.scrollWidth <= {page_of_tab}.clientWidth")
    assert violations(frame, axe) == []


def test_by_keyboard_alone(open_playground: Callable[..., Page]) -> None:
    page = open_playground(viewport={"width": 1280, "height": 800})
    press, write = page.keyboard.press, page.keyboard.type
    pane = pane_of(page)

    def tab_to(target: Locator, key: str = "Tab") -> None:
        """Goes round by the key until the target has the focus."""
        for _ in range(40):
            if target.evaluate("(element) => element === document.activeElement"):
                return
            press(key)
        pytest.fail(f"no way to {target} by {key}")

    expect(page.get_by_role("grid")).to_be_focused()
    press("Control+Home")
    for text in ("=MC.UNIFORM(0,10)", "=E1*2"):
        page.keyboard.press("Control+Home")
        for _ in range(4):
            press("ArrowRight")
        if text == "=E1*2":
            press("ArrowDown")
        write(text)
        press("Enter")
    press("ArrowUp")
    expect(page.locator("#pg-E2")).to_have_class(re.compile("pg-active"))
    expect(page.locator("#pg-E2")).to_have_text("10")
    press("F6")
    tab_to(pane.get_by_role("button", name="Mark as output"))
    press("Enter")
    expect(pane.get_by_label("Name in the results")).to_be_focused()
    press("Control+a")
    write("Twice")
    press("Enter")
    expect(page.locator("#pg-E2")).to_have_class(re.compile("pg-output"))
    tab_to(pane.get_by_role("tab", name="Model"), "Shift+Tab")
    press("ArrowRight")
    press("Enter")
    expect(pane.get_by_role("tab", name="Run")).to_have_attribute("aria-selected", "true")
    tab_to(pane.get_by_role("button", name="Simulate"))
    press("Enter")
    expect(pane.get_by_role("heading", name="Statistics")).to_be_visible(timeout=60_000)
    tab_to(pane.get_by_role("button", name="Write results sheet"))
    press("Space")
    expect(page.get_by_role("tab", name="Montecell Results")).to_have_attribute("aria-selected", "true")
