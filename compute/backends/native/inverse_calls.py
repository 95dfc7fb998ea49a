"""Reading the worksheet's inverses of laws whose parameters stay the same: GAMMA.INV and its kin, by tables."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from compute.backends.native.arguments import Reader
from compute.backends.native.errors import NotNative
from compute.backends.native.expressions import Expression, Fixed, Inverse
from compute.backends.native.fixed_draws import demand_few
from compute.backends.native.fixed_laws import FixedLaw, fixed_law
from compute.backends.native.reading import Reading
from compute.distributions import BetaGeneral, Binomial, ChiSq, Gamma, Law
from compute.distributions import F as FisherLaw
from compute.errors import InvalidDistribution
from compute.formulas import ast

Make = Callable[..., Law]


def _inverse(make: Make, required: int, *defaults: float, share_at: int = 0, kind: str = "quantiles") -> Reader:
    """A function of a share and of so many parameters of a law; the share is the argument ``share_at``."""

    def read(reading: Reading, arguments: tuple[ast.Node, ...]) -> Expression:
        given = [a for i, a in enumerate(arguments) if i != share_at]
        if len(arguments) <= share_at or not required <= len(given) <= required + len(defaults):
            raise NotNative("it has a wrong number of arguments")
        if any(isinstance(a, ast.Omitted) for a in arguments):
            raise NotNative("an argument is left empty")
        if not all(reading.is_fixed(a) for a in given):
            raise NotNative("a law's inverse whose parameters vary is not compiled")
        columns = [reading.constant(a).values for a in given]
        columns += [np.full(reading.line.length, d) for d in defaults[len(given) - required :]]
        laws = [_law(make, cell, kind) for cell in zip(*(c.tolist() for c in columns), strict=True)]
        demand_few(reading.around, laws)
        location, scale = (
            Fixed("number", np.array(v)) for v in ([law.location for law in laws], [law.scale for law in laws])
        )
        share = reading.number(arguments[share_at])
        return Inverse("number", kind, (share, location, scale), tuple(law.words for law in laws))

    return read


def _law(make: Make, parameters: tuple[float, ...], kind: str) -> FixedLaw:
    try:
        found = fixed_law(make(*parameters).columns())
    except InvalidDistribution as problem:
        raise NotNative(problem.message) from problem
    if found is None or found.kind != kind:
        raise NotNative("its law has no table")
    return found


INVERSE_CALLS: dict[str, Reader] = {
    **dict.fromkeys(("GAMMA.INV", "GAMMAINV"), _inverse(Gamma, 2)),
    **dict.fromkeys(("BETA.INV", "BETAINV"), _inverse(BetaGeneral, 2, 0.0, 1.0)),
    "CHISQ.INV": _inverse(lambda n: ChiSq(np.trunc(n)), 1),
    "F.INV": _inverse(lambda m, n: FisherLaw(np.trunc(m), np.trunc(n)), 2),
    **dict.fromkeys(
        ("BINOM.INV", "CRITBINOM"), _inverse(lambda n, p: Binomial(np.trunc(n), p), 2, share_at=2, kind="steps")
    ),
}

__all__ = ["INVERSE_CALLS"]
