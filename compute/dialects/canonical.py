"""What every product's calls become: draws and output marks, as nodes of the formula tree."""

from __future__ import annotations

from typing import Literal

from compute.formulas.ast import Node
from compute.records import dataclass
from compute.stopping import ConvergenceRule


@dataclass(frozen=True, slots=True)
class Adjustment:
    """One step between the law and the value: ``truncate`` by values, ``truncate_percentile`` by probabilities,
    ``shift``.

    ``low`` and ``high`` may be None (open); a shift uses ``low`` alone.
    """

    kind: Literal["truncate", "truncate_percentile", "shift"]
    low: Node | None = None
    high: Node | None = None


Family = Literal["gaussian", "student", "clayton", "gumbel", "frank", "source", "dependent"]


@dataclass(frozen=True, slots=True)
class Correlation:
    """How a draw is tied to others: by the entry ``position`` (from 1) of a ``group`` that several draws name.

    ``group`` is the range of a correlation matrix (gaussian, student), or a text or number that names the group
    (clayton, gumbel, frank, and the pair ``source`` / ``dependent``); ``instance`` tells apart groups that share it.
    ``parameter`` is the degrees of freedom, theta, or a dependent's coefficient; ``reflection`` (from 1) which of a
    copula's mirror images is meant. A group that is ``own`` is that of one formula alone. ``title`` names a matrix that
    stands in no range.
    """

    family: Family
    group: Node
    position: Node | None = None
    instance: Node | None = None
    parameter: Node | None = None
    reflection: Node | None = None
    own: bool = False
    title: str = ""

    @property
    def parts(self) -> tuple[Node, ...]:
        """The formula trees in it, in the order of the text."""
        given = (self.group, self.position, self.instance, self.parameter, self.reflection)
        return tuple(n for n in given if n is not None)


@dataclass(frozen=True, slots=True)
class Percentiles:
    """That a law's parameters are pairs: a parameter's name or a probability 0–1, and the value of it.

    ``names`` are the product's names for our parameters, as (simplified spelling, parameter); with ``descending`` the
    probabilities are those of greater values.
    """

    names: tuple[tuple[str, str], ...] = ()
    descending: bool = False


@dataclass(frozen=True, slots=True)
class InnerLaw(Node):
    """A law that is a parameter of another: ``RiskPoisson(3)`` in ``RiskCompound(RiskPoisson(3),…)``.

    It is no draw: it has no stream and no ordinal, and is no input.
    """

    law: str
    parameters: tuple[Node, ...]
    adjustments: tuple[Adjustment, ...] = ()
    percentiles: Percentiles | None = None


@dataclass(frozen=True, slots=True)
class Draw(Node):
    """One draw from a law: ``law`` as ``compute.distributions`` names it, parameters as formula trees.

    Of a law made of laws some parameters are InnerLaws, or cells that hold a law. With ``percentiles`` the parameters
    are pairs from which the law is found.

    ``ordinal`` counts the draws of one formula from 1, in the order of the text; with sheet and cell it keys the draw's
    stream. ``seed`` is a seed of its own; a ``locked`` draw keeps its static value while others are drawn.
    A ``fresh`` one is the worksheet's own RAND, uniform from 0 to 1: another in each trial of a what-if data table.
    One that ``counts`` takes that many values of its law in turn, one in each iteration, and is no random number.
    """

    law: str
    parameters: tuple[Node, ...]
    ordinal: int = 1
    name: Node | None = None
    static: Node | None = None
    adjustments: tuple[Adjustment, ...] = ()
    correlation: Correlation | None = None
    seed: Node | None = None
    locked: bool = False
    percentiles: Percentiles | None = None
    fresh: bool = False
    counts: int = 0


@dataclass(frozen=True, slots=True)
class SeriesDraw(Draw):
    """A path of a time series: ``law`` as ``compute.sampling.time_series`` names the process.

    ``periods`` is how many there are; without it the cells that its array formula fills are. ``transform``,
    ``integrate`` and ``season`` are the arguments of TSTransform, TSIntegrate and TSSeasonality. Every period takes a
    stream of its own from the draw's.
    """

    periods: Node | None = None
    transform: tuple[Node, ...] = ()
    integrate: tuple[Node, ...] = ()
    season: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class OutputMark(Node):
    """``MC.OUTPUT("Profit")``, ``RiskOutput(…)``: adds 0 to its formula and makes the cell an output.

    ``group`` and ``position`` (from 1) put the cell into a range of outputs; ``of`` is the cell or range that becomes
    an output in place of the mark's own cell. ``rules`` say how well its statistics shall be known; None where the
    mark says so in a way that is not understood.
    """

    name: Node | None = None
    position: Node | None = None
    group: Node | None = None
    of: Node | None = None
    rules: tuple[ConvergenceRule, ...] | None = ()


@dataclass(frozen=True, slots=True)
class InputMark(Node):
    """``VoseInput("Demand")``: adds 0 to its formula, and names the draw in it if there is but one."""

    name: Node | None = None


@dataclass(frozen=True, slots=True)
class Quantile(Node):
    """A law's value at a probability that is given: ``VoseNormal(100,10,0.9)``. Not a draw of its own."""

    law: str
    parameters: tuple[Node, ...]
    probability: Node
    adjustments: tuple[Adjustment, ...] = ()


@dataclass(frozen=True, slots=True)
class Statistic(Node):
    """A statistic of a run that a cell shows: ``RiskMean(B5)``, ``PsiPercentile(B5,0.9)``, ``MC.CVAR("Profit",0.05)``.

    ``kind`` is a name of ``compute.analysis.cell_statistics``, after ``theoretical:`` where the law's own is meant;
    ``of`` lists one variable, or two of a pair, each the cell or the name of an input or output, which are no
    precedents: the cell is computed after the run. ``low`` and ``high`` leave out samples, by share of them
    if ``by_percentile``; ``simulation`` counts from 1.
    """

    kind: str
    of: tuple[Node, ...]
    arguments: tuple[Node, ...] = ()
    simulation: Node | None = None
    low: Node | None = None
    high: Node | None = None
    by_percentile: bool = False


@dataclass(frozen=True, slots=True)
class PerSimulation(Node):
    """One value for each of several simulations: ``RiskSimtable({10,20,30})``, ``PsiSimParam({10,20,30})``."""

    values: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class NotUnderstood(Node):
    """A call of a simulation product that has no meaning here yet; ``reason`` completes "… is not supported:"."""

    call: str
    reason: str
