"""The settings of a simulation that a workbook carries, by each product's own means of storing them.

Sources: names as @RISK 8 saves them (RiskNumIterations and its kin); XLRisk's sheet with the names Seed, Iterations and
LatinHypercube; Montecell's own names, Montecell.Iterations and its kin; PM_Trials of SIPmath Modeler Tools. The
settings of Analytic Solver, ModelRisk and Crystal Ball are not read: where they are kept is not documented.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from types import MappingProxyType
from typing import Literal

from compute.dialects import atrisk, modeler_tools, montecell, xlrisk
from compute.dialects.convergence import PREFIX, rule_text, rules_of_settings
from compute.dialects.named_cells import value_named
from compute.errors import Scalar
from compute.records import dataclass
from compute.stopping import ConvergenceRule
from compute.values import general_text
from compute.workbook.model import DefinedName, Workbook

Sampling = Literal["monte_carlo", "latin_hypercube", "sobol"]
SAMPLINGS: Mapping[str, Sampling] = MappingProxyType(
    {"monte carlo": "monte_carlo", "latin hypercube": "latin_hypercube", "sobol": "sobol"}
)
"""What ``Montecell.Sampling`` may say, as people write it."""
MONTECELL = ("montecell.iterations", "montecell.seed", "montecell.sampling", "montecell.simulations")
"""Montecell's own settings: names of the workbook, each a constant or a cell; in lower case."""
LATIN_HYPERCUBE = 3.0
"""@RISK's RiskSamplingType of a Latin hypercube; what its other numbers mean is not documented."""


@dataclass(frozen=True, slots=True)
class WorkbookSettings:
    """What a workbook asks of a run; None where it does not say. ``product`` is whose settings they are.

    ``others`` are settings by their stored names that nothing here follows. ``convergence`` are rules for all outputs,
    which a run follows where it is told to end by the workbook's rules.
    """

    product: str | None = None
    iterations: int | None = None
    seed: int | None = None
    sampling: Sampling | None = None
    simulations: int | None = None
    convergence: tuple[ConvergenceRule, ...] = ()
    others: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def shown(self) -> dict[str, float | str | bool]:
        """The settings for people, by name."""
        followed = {
            "iterations": self.iterations,
            "seed": self.seed,
            "sampling": self.sampling,
            "simulations": self.simulations,
        }
        rules = {"convergence": ", ".join(map(rule_text, self.convergence))} if self.convergence else {}
        return {**{name: value for name, value in followed.items() if value is not None}, **rules, **self.others}


def settings(workbook: Workbook) -> WorkbookSettings:
    """The workbook's settings: Montecell's own where it has any, else XLRisk's where it has that product's sheet, else
    @RISK's, else the number of trials of a SIPmath workbook, else none.
    """
    own = {n.name.casefold(): n for n in workbook.names if n.sheet is None and n.name.casefold() in MONTECELL}
    if own:
        return _montecell(workbook, own)
    if xlrisk.is_made_with(workbook):
        return _xlrisk(workbook)
    names = {n.name: n for n in workbook.names if n.sheet is None}
    if "RiskNumIterations" in names or "RiskHasSettings" in names:
        return _atrisk(workbook, names)
    index = modeler_tools.trial_index(workbook)
    return WorkbookSettings() if index is None else WorkbookSettings(modeler_tools.PRODUCT, iterations=index.trials)


def _montecell(workbook: Workbook, names: Mapping[str, DefinedName]) -> WorkbookSettings:
    iterations, seed, sampling, simulations = (
        value_named(workbook, names[n]) if n in names else None for n in MONTECELL
    )
    asked = sampling.casefold().replace("_", " ") if isinstance(sampling, str) else ""
    return WorkbookSettings(
        montecell.PRODUCT,
        iterations=_whole(iterations, 1),
        seed=_whole(seed, 0),
        sampling=SAMPLINGS.get(asked),
        simulations=_whole(simulations, 1),
    )


def _atrisk(workbook: Workbook, names: Mapping[str, DefinedName]) -> WorkbookSettings:
    found = {n: value_named(workbook, name) for n, name in names.items() if n.startswith(("Risk", PREFIX))}
    has_latin_hypercube = found.get("RiskSamplingType") == LATIN_HYPERCUBE
    told = ("RiskSamplingType", "RiskMonitorConvergence", "RiskUseDifferentSeedForEachSim")
    others = {n: _text(found[n]) for n in told if found.get(n) not in (None, False)}
    if has_latin_hypercube:
        del others["RiskSamplingType"]
    rules = rules_of_settings(found)
    if rules:
        others.pop("RiskMonitorConvergence", None)
    return WorkbookSettings(
        atrisk.PRODUCT,
        iterations=_whole(found.get("RiskNumIterations"), 1),
        seed=_whole(found.get("RiskFixedSeed"), 0) if found.get("RiskUseFixedSeed") is True else None,
        sampling="latin_hypercube" if has_latin_hypercube else None,
        simulations=_whole(found.get("RiskNumSimulations"), 1),
        convergence=rules or (),
        others=MappingProxyType(others),
    )


def _xlrisk(workbook: Workbook) -> WorkbookSettings:
    own = {
        n.name.casefold(): value_named(workbook, n)
        for n in workbook.names
        if n.sheet is None or n.sheet.casefold() == xlrisk.PRODUCT.casefold()
    }
    latin = own.get("latinhypercube")
    sampling: Sampling | None = None
    if isinstance(latin, bool | float):
        sampling = "latin_hypercube" if latin else "monte_carlo"
    return WorkbookSettings(
        xlrisk.PRODUCT,
        iterations=_whole(own.get("iterations"), 1),
        # XLRisk takes a seed of 0 as none.
        seed=_whole(own.get("seed"), 1),
        sampling=sampling,
    )


def _text(value: Scalar) -> str:
    return general_text(value) if isinstance(value, float) else str(value)


def _whole(value: Scalar, least: int) -> int | None:
    """A whole number that is not less; anything else is no setting."""
    if isinstance(value, bool) or not isinstance(value, float | int) or value != int(value) or value < least:
        return None
    return int(value)
