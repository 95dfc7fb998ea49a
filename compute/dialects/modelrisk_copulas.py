"""ModelRisk's copulas: ``{=VoseCopulaBiClayton(3,1)}`` fills cells with uniform numbers that belong together.

They are given to laws as their probability U. Source of names, orders and directions: Vose Software's help of
ModelRisk (Copulas in ModelRisk, Direction of a copula).
"""

from __future__ import annotations

from compute.dialects.canonical import Correlation, Family, NotUnderstood
from compute.dialects.law_nodes import JointUniforms
from compute.errors import ErrorCode
from compute.formulas.ast import Binary, Call, ErrorValue, Node, Number, Omitted, Text

COPULAS: dict[str, str] = {
    "BINORMAL": "VoseCopulaBiNormal(correlation)",
    "BIT": "VoseCopulaBiT(nu, correlation)",
    "BICLAYTON": "VoseCopulaBiClayton(alpha, [direction])",
    "BIGUMBEL": "VoseCopulaBiGumbel(theta, [direction])",
    "BIFRANK": "VoseCopulaBiFrank(theta, [direction])",
    "MULTINORMAL": "VoseCopulaMultiNormal(matrix)",
    "MULTIT": "VoseCopulaMultiT(nu, matrix)",
    "MULTICLAYTON": "VoseCopulaMultiClayton(alpha, [size])",
    "MULTIGUMBEL": "VoseCopulaMultiGumbel(theta, [size])",
    "MULTIFRANK": "VoseCopulaMultiFrank(theta, [size])",
}
"""ModelRisk's copulas without ``VoseCopula``, with their signatures."""
_ARCHIMEDEAN: dict[str, Family] = {"CLAYTON": "clayton", "GUMBEL": "gumbel", "FRANK": "frank"}
UNAVAILABLE = "this form of a copula is not available yet"


def joint_uniforms(name: str, arguments: list[Node]) -> Node:
    """``BICLAYTON`` and its arguments as a copula in cells, or why it cannot be one."""
    if name not in COPULAS:
        return NotUnderstood(f"VoseCopula{name.capitalize()}", UNAVAILABLE)
    signature = COPULAS[name]
    shown, _, inside = signature.removesuffix(")").partition("(")
    names = inside.split(", ")
    refused = next((a for a in arguments if isinstance(a, NotUnderstood)), None)
    if refused is not None:
        return refused
    given = [*arguments, *[Omitted()] * (len(names) - len(arguments))]
    missing = [n for n, a in zip(names, given, strict=False) if isinstance(a, Omitted) and not n.startswith("[")]
    if missing or len(given) > len(names):
        found = f"{missing[0]} is left out" if missing else f"{len(arguments)} arguments are given"
        return NotUnderstood(shown, f"it takes ({inside}), but {found}")
    kind = name.removeprefix("BI").removeprefix("MULTI")
    is_pair = name.startswith("BI")
    if kind in _ARCHIMEDEAN:
        return _archimedean(kind, is_pair, *given)
    *degrees, matrix = given
    tie = Correlation(
        "student" if degrees else "gaussian",
        _pair_matrix(matrix) if is_pair else matrix,
        parameter=degrees[0] if degrees else None,
        own=True,
    )
    return JointUniforms(tie, most=2 if is_pair else None)


def _pair_matrix(correlation: Node) -> Node:
    one = Number(1.0)
    rows = (Call("HSTACK", (one, correlation)), Call("HSTACK", (correlation, one)))
    return Call("VSTACK", rows)


def _archimedean(kind: str, is_pair: bool, theta: Node, further: Node) -> JointUniforms:
    if kind == "CLAYTON":
        # Below 0 ModelRisk turns the copula in a way that is not documented.
        theta = Call("IF", (Binary(">", theta, Number(0.0)), theta, ErrorValue(ErrorCode.NUM)))
    tie = Correlation(_ARCHIMEDEAN[kind], Text(""), parameter=theta, own=True)
    if not is_pair:
        return JointUniforms(tie, most=int(further.value) if isinstance(further, Number) else None)
    if isinstance(further, Omitted):
        return JointUniforms(tie, most=2)
    return JointUniforms(tie, _turned(kind, further), most=2)


def _turned(kind: str, direction: Node) -> tuple[Node, ...]:
    """Which of the two is turned round (2): each direction is another quarter turn, against the clock, of the pair."""
    quarters = ((1, 2), (1, 1)) if kind == "FRANK" else ((1, 2, 2, 1), (1, 1, 2, 2))
    return tuple(Call("CHOOSE", (direction, *(Number(float(way)) for way in ways))) for ways in quarters)
