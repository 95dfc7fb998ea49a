"""The one source of both manifests: who the add-in is, what its ribbon holds, what it asks of Excel.

Facts are Microsoft's (Office Add-ins manifest reference, requirement set pages); the decisions are in docs/excel.md.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from urllib.parse import urlsplit

DEVELOPMENT_URL = "https://localhost:8000"


class SourceError(ValueError):
    """The manifests cannot be made from what was given; the message says what to give instead."""


@dataclass(frozen=True, slots=True)
class Command:
    """One button. ``action`` is the id that addin/src/commands associates with code; ``icon`` a name of icons.py."""

    id: str
    action: str
    label: str
    tip: str
    icon: str


@dataclass(frozen=True, slots=True)
class Group:
    """A named part of the ribbon tab."""

    id: str
    label: str
    icon: str
    commands: tuple[Command, ...]


@dataclass(frozen=True, slots=True)
class Requirement:
    """A requirement set that Excel must have, or it does not offer the add-in."""

    name: str
    minimum: str


@dataclass(frozen=True, slots=True)
class AddIn:
    """What is the same in every environment."""

    name: str
    full_name: str
    version: str
    provider: str
    short_description: str
    description: str
    namespace: str
    accent: str
    tab_id: str
    requirements: tuple[Requirement, ...]
    groups: tuple[Group, ...]
    cell_menu: tuple[Command, ...]

    def commands(self) -> tuple[Command, ...]:
        """Every button of the ribbon and of the cell's menu, in order."""
        return tuple(c for group in self.groups for c in group.commands) + self.cell_menu


@dataclass(frozen=True, slots=True)
class Environment:
    """Where one installation is served from; ``name`` is the folder its manifests are written to."""

    name: str
    base_url: str

    def __post_init__(self) -> None:
        parts = urlsplit(self.base_url)
        if parts.scheme != "https" or not parts.hostname:
            raise SourceError(f"{self.base_url!r} is no https address. Excel loads add-ins over https only.")
        if parts.path or parts.query or parts.fragment or parts.username is not None:
            raise SourceError(f"{self.base_url!r} must end after the host name and port, as in {DEVELOPMENT_URL}")

    @property
    def domain(self) -> str:
        return urlsplit(self.base_url).netloc

    @property
    def label(self) -> str:
        """What tells two installations apart in Excel's lists; nothing for the one that people work with."""
        return "" if self.name == "prod" else f" ({self.name})"

    def url(self, path: str) -> str:
        """The address of a file of the built pane."""
        return f"{self.base_url}/app/{path}"

    def icon(self, name: str, size: int) -> str:
        return self.url(f"icons/{name}-{size}.png")

    def identity(self, kind: str) -> str:
        """The GUID of this installation's manifest of one kind: stable, and different for each address and format."""
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{self.base_url}/{kind}"))


DEFINE = Command(
    "Montecell.Define",
    "defineDistribution",
    "Define distribution",
    "Gives the selected cell a probability distribution, with its curve drawn while you choose.",
    "distribution",
)
ADD_OUTPUT = Command(
    "Montecell.AddOutput",
    "addOutput",
    "Add output",
    "Marks the formula in the selected cell as a result to watch.",
    "output",
)
SIMULATE = Command(
    "Montecell.Simulate",
    "simulate",
    "Simulate",
    "Recalculates the workbook many times with values drawn from its distributions.",
    "simulate",
)
STOP = Command("Montecell.Stop", "stop", "Stop", "Stops the simulation that is running.", "stop")
SHOW_RESULTS = Command(
    "Montecell.ShowResults",
    "showResults",
    "Results pane",
    "Shows statistics, charts and what moves each output.",
    "results",
)
WRITE_RESULTS = Command(
    "Montecell.WriteResults",
    "writeResults",
    "Write results sheet",
    "Writes the results of the last simulation to a sheet of this workbook.",
    "sheet",
)
OPEN_PANE = Command("Montecell.OpenPane", "openPane", "Montecell pane", "Opens the pane of Montecell.", "pane")
HELP = Command("Montecell.Help", "openHelp", "Help", "Opens the help page in the browser.", "help")


def _in_cell_menu(command: Command) -> Command:
    return Command(f"{command.id}.Cell", command.action, command.label, command.tip, command.icon)


MONTECELL = AddIn(
    name="Montecell",
    full_name="Montecell: Monte Carlo simulation",
    version="0.1.0",
    provider="Montecell",
    short_description="Monte Carlo simulation of your workbook.",
    description=(
        "Give uncertain cells a distribution, mark the results you care about, and simulate: "
        "Montecell shows how likely each outcome is and what it depends on."
    ),
    namespace="MC",
    accent="#0A6876",
    tab_id="Montecell.Tab",
    requirements=(
        Requirement("SharedRuntime", "1.1"),
        Requirement("ExcelApi", "1.9"),
        # 1.2 brought CustomFunctions.Error, which the functions throw; 1.3 is in every Excel that has 1.2.
        Requirement("CustomFunctionsRuntime", "1.3"),
    ),
    groups=(
        Group("Montecell.Model", "Model", "distribution", (DEFINE, ADD_OUTPUT)),
        Group("Montecell.Simulation", "Simulation", "simulate", (SIMULATE, STOP)),
        Group("Montecell.Results", "Results", "results", (SHOW_RESULTS, WRITE_RESULTS)),
        Group("Montecell.About", "Help", "help", (OPEN_PANE, HELP)),
    ),
    cell_menu=(_in_cell_menu(DEFINE), _in_cell_menu(ADD_OUTPUT), _in_cell_menu(SHOW_RESULTS)),
)

DEVELOPMENT = Environment("dev", DEVELOPMENT_URL)
