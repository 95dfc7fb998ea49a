"""Derive the native engine's coefficients anew: ``.venv/bin/python scripts/derive_coefficients.py [family …]``.

Needs mpmath. Without a family all are derived, which takes some minutes.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from mpmath import mp

from coefficients.minimax import DIGITS
from coefficients.tables import module

TARGET = Path(__file__).resolve().parents[1] / "compute" / "backends" / "native" / "mathematics" / "coefficients"
FAMILIES = ("exponential", "logarithm", "normal", "circular", "arcs", "error_function")


def derive(family: str) -> str:
    """The text of the family's module."""
    source = import_module(f"coefficients.{family}")
    with mp.workdps(DIGITS):
        return module(family, str(source.__doc__), source.rows())


def main(arguments: Sequence[str]) -> None:
    for family in arguments or FAMILIES:
        (TARGET / f"{family}.py").write_text(derive(family), encoding="utf-8")
        print(f"wrote {family}.py")


if __name__ == "__main__":
    main(sys.argv[1:])
