"""Laws by their percentiles: ``RiskNormalAlt(5%,67,95%,132)``, ``RiskPertAltD``, ``PsiNormalAlt``, ``MC.GAMMAALT``.

The arguments are pairs: the name of a parameter or a probability from 0 to 1, and the value of it. Parameters have the
names of the product's own signature, its Greek letters spelled out: ``"mu"``, ``"alpha1"``, ``"m. likely"``. A law that
starts at 0 may take one pair more, and is then moved: its start is ``"loc"``. Source: Palisade's help of @RISK 8,
RiskNormalAlt, RiskLognormAlt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from compute.dialects.canonical import Draw, NotUnderstood, Percentiles
from compute.dialects.properties import split
from compute.dialects.signature import LawFunction, unchanged
from compute.distributions import LAWS
from compute.distributions.percentiles import defined_for
from compute.formulas.ast import Call, Omitted, Text

_GREEK = {"α": "alpha", "β": "beta", "γ": "gamma", "λ": "lambda", "μ": "mu", "ν": "nu", "σ": "sigma", "θ": "theta"}


def base_name(name: str) -> tuple[str, bool] | None:
    """``("NORMAL", False)`` for NORMALALT, True for NORMALALTD; None for any other name."""
    for ending, descending in (("ALT", False), ("ALTD", True)):
        if name.endswith(ending) and name != ending:
            return name.removesuffix(ending), descending
    return None


def simplified(name: str) -> str:
    """A parameter's name as it is compared: without case, spaces and dots (``m. likely`` is ``mlikely``)."""
    return "".join(c for c in name.casefold() if c not in " ._")


def spelled(names: Iterable[str], law: str) -> tuple[tuple[str, str], ...]:
    """A product's names for the parameters of a law, with and without Greek letters, and the law's own."""
    own = [info.name for info in LAWS[law].parameters]
    found = {simplified(name): name for name in own}
    for theirs, ours in zip(names, own, strict=False):
        found[simplified(theirs)] = ours
        found[simplified("".join(_GREEK.get(c, c) for c in theirs))] = ours
    return tuple(found.items())


def by_percentiles(
    function: LawFunction, descending: bool, call: Call, local_name: Callable[[str], str | None]
) -> Draw | NotUnderstood:
    """The percentile form of a product's function; refused where its parameters are not the law's own numbers."""
    shown = f"{function.name}Alt{'D' if descending else ''}"
    own = LAWS[function.law]
    is_plain = function.read is unchanged and not function.truncates
    if not (defined_for(own) and is_plain and len(function.parameters) == len(own.parameters)):
        return NotUnderstood(shown, "this law is not defined by percentiles")
    names = [name for name, _ in function.parameters]
    return percentile_draw(shown, function.law, names, descending, call, local_name)


def percentile_draw(
    shown: str,
    law: str,
    names: Iterable[str],
    descending: bool,
    call: Call,
    local_name: Callable[[str], str | None],
) -> Draw | NotUnderstood:
    """The call as a draw of the law that its pairs describe; a last text beyond them is the draw's name.

    ``names`` are the product's names of the law's parameters, in the law's order.
    """
    plain, properties = split(call, local_name)
    if properties.refused:
        return NotUnderstood(shown, properties.refused)
    if len(plain) % 2 and plain and isinstance(plain[-1], Text):
        properties.name = plain.pop()
    count = len(LAWS[law].parameters)
    if len(plain) not in (2 * count, 2 * count + 2) or any(isinstance(a, Omitted) for a in plain):
        inner = next((a for a in plain if isinstance(a, NotUnderstood)), None)
        found = f"it takes {count} pairs of a parameter's name or a percentile, and a value"
        return inner or NotUnderstood(shown, f"{found}, but {len(plain)} arguments are given")
    return properties.draw(law, tuple(plain), percentiles=Percentiles(spelled(names, law), descending))
