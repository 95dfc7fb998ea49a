"""Montecell's engine: Monte Carlo simulation of Excel workbooks.

    import compute
    from compute.distributions import Normal

    model = compute.Model.open("budget.xlsx", inputs={"Inputs!B2": Normal(100, 10)}, outputs=["Model!F20"])
    result = model.simulate(iterations=10_000, seed=42)
    print(result.outputs["Model!F20"].mean, result.outputs["Model!F20"].percentile(0.95))

``recalculate(path)`` gives every cell's value without simulating.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from compute.collecting import much_is_made

with much_is_made():
    from compute.protocol import MONTECELL_VERSION

if TYPE_CHECKING:
    from compute.runners import Model, recalculate

__version__ = MONTECELL_VERSION
__all__ = ["Model", "__version__", "recalculate"]


def __getattr__(name: str) -> Any:
    """The public names, loaded when first asked for: ``import compute.protocol`` must not load the engine."""
    if name in ("Model", "recalculate"):
        with much_is_made():
            return getattr(importlib.import_module("compute.runners"), name)
    raise AttributeError(f"module 'compute' has no attribute {name!r}")
