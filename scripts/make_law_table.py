"""Write the pane's table of laws anew: ``.venv/bin/python scripts/make_law_table.py``.

``addin/src/functions/laws.json`` describes every law as the server does, for worksheet functions, which work without
a server; ``addin/tests/staticValues.json`` holds what the engine shows in cells of these laws, for the tests.
"""

from __future__ import annotations

import json
import math
from pathlib import Path

from compute.distributions import LAWS
from server.gateway.laws import catalogue

ADDIN = Path(__file__).resolve().parents[1] / "addin"
TABLE, VALUES = ADDIN / "src/functions/laws.json", ADDIN / "tests/staticValues.json"
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


def main() -> None:
    """Writes both files."""
    TABLE.write_text(table(), encoding="utf-8")
    VALUES.write_text(values(), encoding="utf-8")


if __name__ == "__main__":
    main()
