"""Write the pane's table of laws anew: ``.venv/bin/python scripts/make_law_table.py``.

``addin/src/functions/laws.json`` describes every law as the server does, for worksheet functions, which work without
a server, and ``addin/src/functions/further.json`` the other functions that cells may hold: laws made of laws, time
series and statistics; ``addin/tests/staticValues.json`` holds what the engine shows in cells of these laws, for the
tests.
"""

from __future__ import annotations

import json
import math
from pathlib import Path

from compute.dialects.combined import COMBINED
from compute.dialects.montecell import SERIES, function_name
from compute.dialects.statistics import MONTECELL, StatisticFunction
from compute.distributions import COMBINATIONS, LAWS
from server.gateway.laws import catalogue

ADDIN = Path(__file__).resolve().parents[1] / "addin"
TABLE, VALUES = ADDIN / "src/functions/laws.json", ADDIN / "tests/staticValues.json"
OTHERS = ADDIN / "src/functions/further.json"
SHORTEST = 3
"""Excel takes no names of an add-in's functions that are shorter."""
Parameters = tuple[float | tuple[float, ...], ...]

FURTHER: dict[str, tuple[Parameters, ...]] = {
    "NORMAL": ((-3.5, 0),),
    "TRIANGULAR": ((1, 1, 4),),
    "TRIGEN": ((0, 1, 5, 0.05, 0.8), (2, 3, 3.5, 0, 1), (2, 3, 3.5, 0, 0.9)),
    "PERT": ((0, 0, 10),),
    "F": ((3, 2), (4, 1), (5, 1.5)),
    "STUDENT": ((1,),),
    "STUDENT3": ((4, 2, 1),),
    "LOGLOGISTIC": ((5, 2, 0.5), (5, 2, 1)),
    "PARETO": ((1, 2), (0.5, 2)),
    "PARETO2": ((10, 1), (10, 0.5)),
    "PEARSON5": ((1, 2), (0.5, 3)),
    "PEARSON6": ((2, 1, 3), (2, 0.5, 3)),
    "BURR12": ((1, 2, 0.5, 1), (1, 2, 3, 4)),
    "DAGUM": ((1, 2, 1, 3), (1, 2, 0.5, 2), (1, 2, 4, 0.5)),
    "FRECHET": ((1, 2, 1), (1, 2, 8)),
    "GEV": ((1, 2, 0), (1, 2, -0.5), (1, 2, 1), (1, 2, 1.5)),
    "GPD": ((1, 2, 0), (1, 2, -0.5), (1, 2, 1), (1, 2, 2)),
    "METALOG": (((1, 2),), ((1, 0.3, 0.1, 0.2), 0), ((0.5, 0.4), 0, 10), ((1, 0.5, 0.2, 0.1, 0.3), -1e300, 8)),
    "JOHNSONSB": ((-1, 0.4, 0, 1), (2, 3, -5, 5)),
    "RECIPROCAL": ((3, 4),),
    "BERNOULLI": ((0.5,), (0.51,)),
    "BINOMIAL": ((7, 0.5), (1, 1)),
    "POISSON": ((0,), (4.6,)),
    "GEOMETRIC": ((1,), (0.05,)),
    "NEGBIN": ((5, 0.31),),
    "HYPERGEO": ((7, 13, 30),),
    "INTUNIFORM": ((-5, -2), (4, 4)),
    "DISCRETE": (((3, 1), (1, 1)), ((0, 5, 10), (1, 0, 1))),
    "DUNIFORM": (((1, 9),),),
    "LOGARITHMIC": ((0.9,), (0.01,)),
    "RESAMPLE": (((2.5, 1, 1, 8),),),
    "DOUBLETRIANG": ((0, 2, 10, 0.8),),
    "SKEWNORMAL": ((1, 2, -4),),
}  # fmt: skip
"""Parameters at the edges of a law: means that are infinite, limits that meet, ties."""


def table() -> str:
    """The laws in the order in which they are offered."""
    rows = [law.model_dump() for law in catalogue()]
    domains = {law.name: [each.domain.name for each in law.parameters] for law in LAWS.values()}
    for row in rows:
        row["function"] = function_name(row["law"])
        for parameter, domain in zip(row["parameters"], domains[row["law"]], strict=True):
            parameter["domain"] = domain
    return json.dumps(rows, indent=1, ensure_ascii=False) + "\n"


def values() -> str:
    """``[law, parameters, static value]``, one a line."""
    rows = []
    for law in catalogue():
        required = [each for each in law.parameters if each.default is None]
        for given in (tuple(each.example for each in required), *FURTHER.get(law.law, ())):
            value = LAWS[law.law](*given).static_value
            if not math.isfinite(value):
                raise ValueError(f"{law.law}{given} shows {value}")
            rows.append(json.dumps([law.law, given, value]))
    return "[\n" + ",\n".join(rows) + "\n]\n"


def further() -> str:
    """The other functions, one a line, as ``properties.json`` describes its own: what each is (``kind``) beside."""
    rows = [*_combined(), *_series(), _row("SIMTABLE", "simtable", SIMTABLE, [["value", A_VALUE, "any", "repeating"]])]
    rows += [_statistic(name, found) for name, found in MONTECELL.items() if len(name) >= SHORTEST]
    return "[\n" + ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n]\n"


NAME = ["name", "Name of the input in results.", "any", "optional"]
PROPERTIES = ["properties", "MC.STATIC(5), MC.NAME(text) and the like.", "any", "repeating"]
SIMTABLE = "One value for each of several simulations, which share all their draws; the first is shown."
A_VALUE = "The value in the first, second, … simulation."
PERIODS = ["periods", "How many periods follow; left out, the cells of the array formula.", "any", "optional"]
VARIABLE = "A cell, or the name of an input or output."
SIMULATION = ["simulation", "Which of several simulations, from 1.", "any", "optional"]
CUT = [
    "properties",
    "MC.TRUNCATE(low,high) or MC.TRUNCATEP(low,high): samples outside are left out.",
    "any",
    "repeating",
]


def _row(name: str, kind: str, description: str, parameters: list[list[str]]) -> dict[str, object]:
    return {"id": name, "kind": kind, "description": description, "parameters": parameters, "result": "number"}


def _combined() -> list[dict[str, object]]:
    rows = []
    for name, combination in COMBINED.items():
        parameters = [
            [
                parameter,
                f"{'A law' if role == 'law' else 'A law or a number' if role == 'count' else 'A number'}.",
                "any",
            ]
            + ["optional"] * (place >= combination.required)
            for place, (parameter, role) in enumerate(zip(combination.names, combination.roles, strict=True))
        ]
        rows.append(_row(name, "combined", COMBINATIONS[name].summary, [*parameters, NAME, PROPERTIES]))
    return rows


def _series() -> list[dict[str, object]]:
    return [
        _row(
            name,
            "series",
            f"A path of the time series {name}, a value for each period, as an array formula.",
            [*([parameter, "A number.", "number"] for parameter in function.parameters), PERIODS, NAME, PROPERTIES],
        )
        for name, function in SERIES.items()
    ]


def _statistic(name: str, found: StatisticFunction) -> dict[str, object]:
    kind = found.kind.removeprefix("theoretical:").replace("_", " ")
    whose = "of an input's law" if found.kind.startswith("theoretical:") else "of what the last run drew"
    variables = [[f"variable{i or ''}", VARIABLE, "any"] for i in range(found.variables)]
    numbers = [[f"number{i or ''}", "The number that the statistic is for.", "number"] for i in range(found.numbers)]
    described = f"The {kind} {whose}; #N/A until the results are written."
    return _row(name, "statistic", described, [*variables, *numbers, SIMULATION, CUT])


def main() -> None:
    """Writes the files."""
    OTHERS.write_text(further(), encoding="utf-8")
    TABLE.write_text(table(), encoding="utf-8")
    VALUES.write_text(values(), encoding="utf-8")


if __name__ == "__main__":
    main()
