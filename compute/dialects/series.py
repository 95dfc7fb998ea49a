"""Time series: ``{=RiskAR1(100,40,0.8,490)}`` over a range, ``=MC.AR1(100,40,0.8,490,12)``: a value for each period.

After the parameters of the process come the properties of a draw that make sense for a path, and those that reshape
it: ``TSTransform``, ``TSIntegrate``, ``TSSeasonality``. Montecell's own functions take after the parameters how many
periods there are. Source of names, orders and units: Palisade's help of @RISK 8 (Time Series Functions, Property);
Frontline's help (PSI Function Help, Time Series Functions).
"""

from __future__ import annotations

from collections.abc import Callable

from compute.dialects.canonical import NotUnderstood, SeriesDraw
from compute.dialects.properties import Properties, split
from compute.formulas.ast import Call, Node, Number, Omitted, Text
from compute.records import dataclass

PERIODS = "[periods]"
RESHAPING = {"TSTRANSFORM": 2, "TSINTEGRATE": 3, "TSSEASONALITY": 4}
"""Properties of a series, and how many arguments they may have."""

BY_MATRIX = "a time series can be correlated by a matrix (Corrmat) alone"
JUMPS = "its noise and its jumps come from one random number, so that the noise alone cannot be correlated"
LIMITED = "a time series cannot be truncated or shifted"
SYNCHRONISED = "its property TSSync (start values looked up in data) is not available yet; write them as parameters"


@dataclass(frozen=True, slots=True)
class SeriesFunction:
    """One function that draws a path of a process: ``process`` is a key of ``compute.sampling.time_series.PROCESSES``.

    ``signature`` is the product's own, in the order of the process's parameters.
    """

    signature: str
    process: str

    @property
    def name(self) -> str:
        """The function's name as its product writes it."""
        return self.signature.partition("(")[0]

    @property
    def parameters(self) -> tuple[str, ...]:
        """The process's parameters in the product's order, without what may be left out."""
        inside = self.signature.partition("(")[2].removesuffix(")").split(", ")
        return tuple(name for name in inside if not name.startswith("["))

    @property
    def takes_periods(self) -> bool:
        """Whether the number of periods may follow the parameters."""
        return self.signature.endswith(f"{PERIODS})")

    def draw(self, call: Call, local_name: Callable[[str], str | None]) -> SeriesDraw | NotUnderstood:
        """The call as a draw of a path, or why it cannot be one; ``local_name`` strips the product's prefix."""
        own = {n: a.arguments for a in call.arguments if isinstance(a, Call) and (n := _own(a, local_name))}
        rest = tuple(a for a in call.arguments if not (isinstance(a, Call) and _own(a, local_name)))
        plain, properties = split(Call(call.name, rest), local_name)
        problem = _problem(self.process, own, properties)
        if problem is not None:
            return NotUnderstood(self.name, problem)
        label = plain.pop() if self.takes_periods and plain and isinstance(plain[-1], Text) else properties.name
        count = len(self.parameters)
        while len(plain) > count and isinstance(plain[-1], Omitted):
            plain.pop()
        missing = [n for n, a in zip(self.parameters, plain, strict=False) if isinstance(a, Omitted)]
        if len(plain) < count or len(plain) > count + self.takes_periods or missing:
            inner = next((a for a in plain if isinstance(a, NotUnderstood)), None)
            found = f"{missing[0]} is left out" if missing else f"{len(plain)} arguments are given"
            taken = self.signature.partition("(")[2].removesuffix(")")
            return inner or NotUnderstood(self.name, f"it takes ({taken}), but {found}")
        return SeriesDraw(
            self.process,
            tuple(plain[:count]),
            name=label,
            static=properties.static,
            correlation=properties.correlation,
            seed=properties.seed,
            locked=properties.locked,
            periods=plain[count] if len(plain) > count else None,
            transform=own.get("TSTRANSFORM", ()),
            integrate=own.get("TSINTEGRATE", ()),
            season=own.get("TSSEASONALITY", ()),
        )


def _own(argument: Call, local_name: Callable[[str], str | None]) -> str | None:
    """The name of a property that only a series has."""
    name = local_name(argument.name)
    return name if name in RESHAPING or name == "TSSYNC" else None


def _problem(process: str, own: dict[str, tuple[Node, ...]], properties: Properties) -> str | None:
    """Why the properties of a series cannot be followed."""
    if properties.refused:
        return properties.refused
    if properties.correlation is not None and properties.correlation.family not in ("gaussian", "student"):
        return BY_MATRIX
    if properties.correlation is not None and process in ("GBMJD", "BMMRJD"):
        return JUMPS
    if properties.adjustments():
        return LIMITED
    if "TSSYNC" in own and own["TSSYNC"][:1] != (Number(0.0),):
        return SYNCHRONISED
    for name, most in RESHAPING.items():
        if name in own and not 1 <= len(own[name]) <= most:
            return f"its property {name} takes 1 to {most} arguments, but {len(own[name])} are given"
    return None


def series_by_local_name(prefix: str, *functions: SeriesFunction) -> dict[str, SeriesFunction]:
    """The functions by their capital names without the product's prefix."""
    return {f.name.removeprefix(prefix).upper(): f for f in functions}
