"""Models without an add-in: ``RAND()`` and ``RANDBETWEEN()`` are uniform draws."""

from __future__ import annotations

from compute.dialects.canonical import Draw
from compute.formulas.ast import Binary, Call, Node, Number

PRODUCT = "Excel"


def canonical(call: Call) -> Node | None:
    """RAND and RANDBETWEEN as draws; None for every other function."""
    if call.name == "RAND" and not call.arguments:
        return Draw("UNIFORM", (Number(0.0), Number(1.0)), fresh=True)
    if call.name == "RANDBETWEEN" and len(call.arguments) == 2:
        bottom, top = (
            Call(name, (a, Number(0.0))) for name, a in zip(("ROUNDUP", "ROUNDDOWN"), call.arguments, strict=True)
        )
        choices = Binary("+", Binary("-", top, bottom), Number(1.0))
        steps = Call("INT", (Binary("*", Draw("UNIFORM", (Number(0.0), Number(1.0)), fresh=True), choices),))
        return Binary("+", bottom, steps)
    return None
