"""A real server, a real browser, and the playground as a person handles it."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    FrameLocator,
    Locator,
    Page,
    Route,
    expect,
    sync_playwright,
)

from manifests.json_manifest import json_manifest
from manifests.source import DEVELOPMENT, MONTECELL
from steps import pane

SECONDS = 60.0
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


OFFICE_JS = "https://appsforoffice.microsoft.com/lib/1/hosted/office.js"
CLIENT = "node_modules/@microsoft/office-js/dist/excel-web-16.00.js"
TYPES = {".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".wasm": "application/wasm"}


@pytest.fixture(scope="session")
def built_pane(repo_root: Path) -> Path:
    """addin/dist; skips when it was not built."""
    folder = repo_root / "addin/dist"
    if not (folder / "taskpane.html").is_file():
        pytest.skip("the pane is not built: npm run build in addin/")
    return folder


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until_ready(base: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Return when the server answers; each refused connection is a new try, so that nothing sleeps for longer."""
    for _ in range(600):
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{base}/health/ready", timeout=1):
                return
        except (urllib.error.URLError, OSError):
            try:
                process.wait(0.1)
            except subprocess.TimeoutExpired:
                continue
    pytest.fail(f"the server did not start:\n{log.read_text()}")


@pytest.fixture(scope="session")
def server(repo_root: Path, built_pane: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of ``python -m server`` on a free loopback port, with a data folder of its own."""
    folder = tmp_path_factory.mktemp("server")
    port = free_port()
    settings = {"MONTECELL_PORT": str(port), "MONTECELL_DATA_FOLDER": str(folder / "data")}
    log = folder / "log.txt"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "server"],
            cwd=repo_root,
            env=os.environ | settings,
            stdout=output,
            stderr=output,
        )
    base = f"http://localhost:{port}"
    try:
        wait_until_ready(base, process, log)
        yield base
    finally:
        process.terminate()
        process.wait(SECONDS)


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        yield opened
        opened.close()


@pytest.fixture
def new_context(browser: Browser, server: str) -> Iterator[Callable[..., BrowserContext]]:
    """Opens browser contexts (keyword arguments are Playwright's) in which nothing outside the server is reachable."""
    contexts: list[BrowserContext] = []

    def make(**options: object) -> BrowserContext:
        viewport = options.pop("viewport", {"width": 1280, "height": 800})
        context = browser.new_context(base_url=server, viewport=viewport, accept_downloads=True, **options)  # type: ignore[arg-type]
        context.set_default_timeout(20_000)
        context.route(lambda url: not url.startswith((server, "blob:", "data:")), lambda route: route.abort())
        contexts.append(context)
        return context

    expect.set_options(timeout=15_000)
    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def complaints() -> Iterator[list[str]]:
    """What pages write to the console as errors or throw; the test fails when any is left."""
    found: list[str] = []
    yield found
    assert found == []


@pytest.fixture
def watched(complaints: list[str]) -> Callable[[Page], Page]:
    """Listens to a page's complaints."""

    def note(message: ConsoleMessage) -> None:
        if message.type == "error":
            complaints.append(message.text)

    def watch(page: Page) -> Page:
        page.on("console", note)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    return watch


class Playground:
    """The playground as a person handles it: by names, keys and what is seen."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.pane = page.get_by_role("complementary", name="Montecell pane")
        self.grid = page.get_by_role("grid")

    def open(self) -> Playground:
        self.page.goto("/playground")
        expect(self.cell("A1")).to_have_text("Product launch, first year")
        return self

    def start_anew(self) -> Playground:
        self.button("New", exact=True).click()
        expect(self.page.get_by_title("Book1.xlsx")).to_be_visible()
        expect(self.cell("A1")).to_have_text("")
        return self

    def cell(self, address: str) -> Locator:
        return self.page.locator(f"#pg-{address}")

    def button(self, name: str, exact: bool = False) -> Locator:
        return self.page.get_by_role("button", name=name, exact=exact)

    def select(self, address: str) -> None:
        """By the name box, as for cells out of sight."""
        box = self.page.get_by_role("textbox", name="Cell address")
        box.fill(address)
        box.press("Enter")
        expect(self.cell(address)).to_have_class(re.compile("pg-active"))

    def type(self, address: str, text: str) -> None:
        self.select(address)
        self.page.keyboard.type(text)
        self.page.keyboard.press("Enter")
        expect(self.page.get_by_role("textbox", name="Content of")).to_have_count(0)

    def sheet(self, name: str) -> Locator:
        return self.page.get_by_role("tablist", name="Sheets").get_by_role("tab", name=name, exact=True)

    def open_tab(self, name: str) -> None:
        self.pane.get_by_role("tab", name=name).click()

    def define(self, address: str, law: str, parameters: dict[str, str], name: str) -> None:
        """Through the distribution editor."""
        self.select(address)
        self.open_tab("Model")
        self.pane.get_by_role("button", name="Define distribution").click()
        self.choose_law(law)
        for label, value in parameters.items():
            self.pane.get_by_label(label, exact=True).fill(value)
        self.pane.get_by_label("Name in the results").fill(name)
        self.pane.get_by_role("button", name="Define", exact=True).click()
        expect(self.pane.get_by_role("button", name=f"Edit {name}")).to_be_visible()

    def choose_law(self, law: str) -> None:
        """By typing its name into the open editor's search."""
        box = self.pane.get_by_role("combobox", name="Distribution")
        box.fill(law)
        box.press("Enter")
        expect(box).to_have_attribute("aria-expanded", "false")

    def mark_output(self, address: str, name: str) -> None:
        self.select(address)
        self.open_tab("Model")
        self.pane.get_by_role("button", name="Mark as output").click()
        self.pane.get_by_label("Name in the results").fill(name)
        self.pane.get_by_role("button", name="Mark as output").click()
        expect(self.pane.get_by_role("button", name=f"Edit {name}")).to_be_visible()

    def simulate(self) -> None:
        """Runs with the settings that stand there, and waits for the results."""
        self.open_tab("Run")
        self.pane.get_by_role("button", name="Simulate").click()
        expect(self.pane.get_by_role("heading", name="Statistics")).to_be_visible(timeout=60_000)

    def statistic(self, label: str) -> float:
        text = self.pane.get_by_role("row", name=re.compile(rf"^{label} [-−–\d]")).get_by_role("cell").inner_text()
        return float(text.replace(",", "").replace("−", "-"))


@pytest.fixture
def page(new_context: Callable[..., BrowserContext], watched: Callable[[Page], Page]) -> Page:
    return watched(new_context().new_page())


@pytest.fixture
def playground(page: Page) -> Playground:
    return Playground(page).open()


@pytest.fixture
def shot(request: pytest.FixtureRequest, repo_root: Path) -> Callable[[Page, str], None]:
    """Keeps pictures for people in test-results/, which git ignores."""

    def take(page: Page, name: str) -> None:
        folder = repo_root / "test-results"
        folder.mkdir(exist_ok=True)
        page.screenshot(path=folder / f"{name}.png")

    return take


@pytest.fixture(scope="session")
def host_folder(repo_root: Path, built_pane: Path) -> Path:
    """tests/excel_host, built; skips where Microsoft's client is not installed."""
    folder = repo_root / "tests/excel_host"
    if not (folder / CLIENT).is_file():
        pytest.skip("Microsoft's Excel client is not installed: npm ci in tests/excel_host/")
    command, extra = pane.find_npm()
    subprocess.run([*command, "run", "build"], cwd=folder, env=os.environ | extra, check=True, capture_output=True)
    return folder


@pytest.fixture(scope="session")
def office_script(host_folder: Path) -> str:
    """What the pane gets in answer to its request for office.js."""
    parts = (host_folder / "shim/before.js", host_folder / CLIENT, host_folder / "shim/after.js")
    return "\n;\n".join(part.read_text("utf-8") for part in parts)


class Excel:
    """The stand-in as a person handles it, and its workbook as a test looks into it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.pane: FrameLocator = page.frame_locator("#pane")

    def cell(self, address: str) -> Locator:
        return self.page.locator(f'[data-cell="{address}"]')

    def press(self, label: str) -> None:
        self.page.get_by_role("toolbar", name="Ribbon").get_by_role("button", name=label, exact=True).click()

    def show_sheet(self, name: str) -> None:
        self.page.locator("#sheets").get_by_role("button", name=name, exact=True).click()

    def write(self, cells: dict[str, str | float]) -> None:
        """As a person types: into the sheet that is shown."""
        self.page.evaluate(
            """async (cells) => {
              const { book, selection } = excelHost;
              book.write(cells.map(([row, column, input]) => ({ sheet: selection.sheet, row, column, input })));
              await book.idle;
            }""",
            [[int(a[1:]), ord(a[0]) - 64, value] for a, value in cells.items()],
        )

    def select(self, address: str) -> None:
        self.cell(address).click()
        expect(self.cell(address)).to_have_class(re.compile("selected"))

    def in_pane(self, script: str) -> Any:
        """Runs a script in the pane's frame, beside the add-in, and gives back what it returns."""
        return self.page.frames[1].evaluate(script)

    def refusals(self) -> list[str]:
        refused: list[str] = self.page.evaluate("excelHost.refusals")
        return refused


@pytest.fixture
def open_excel(
    host_folder: Path,
    office_script: str,
    server: str,
    new_context: Callable[..., BrowserContext],
    watched: Callable[[Page], Page],
) -> Callable[..., Excel]:
    """Starts the stand-in; ``floor`` caps its requirement sets."""

    def host_file(route: Route) -> None:
        name = route.request.url.split("?")[0].removeprefix(f"{server}/excel-host/")
        if name == "manifest.json":
            route.fulfill(content_type="application/json", body=json_manifest(MONTECELL, DEVELOPMENT))
        else:
            path = host_folder / "dist" / (name or "index.html")
            route.fulfill(content_type=TYPES[path.suffix], body=path.read_bytes())

    def start(floor: dict[str, str] | None = None) -> Excel:
        page = watched(new_context().new_page())
        page.route(f"{server}/excel-host/**", host_file)
        page.route(f"{OFFICE_JS}*", lambda route: route.fulfill(content_type="text/javascript", body=office_script))
        page.goto(f"/excel-host/?floor={json.dumps(floor)}" if floor else "/excel-host/")
        page.wait_for_function("window.excelHost && excelHost.actions.size > 0")
        return Excel(page)

    return start
