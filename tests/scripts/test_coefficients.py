"""The tables of native code's functions are what their script derives."""

from __future__ import annotations

import pytest

from derive_coefficients import FAMILIES, TARGET, derive


@pytest.mark.parametrize(
    "family", [pytest.param(f, marks=[pytest.mark.sweep] if f == "normal" else []) for f in FAMILIES]
)
def test_a_table_is_derived_anew(family: str) -> None:
    assert (TARGET / f"{family}.py").read_text(encoding="utf-8") == derive(family)
