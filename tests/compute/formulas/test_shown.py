"""Stored formulas as Excel shows them."""

from __future__ import annotations

import pytest

from compute.formulas.shown import shown_text

SHOWN = {
    "SUM(A1:A3)": "SUM(A1:A3)",
    "_xlfn.XLOOKUP(1,A1:A3,B1:B3)": "XLOOKUP(1,A1:A3,B1:B3)",
    "_xlfn._xlws.SORT(A1:A3)": "SORT(A1:A3)",
    "_xlfn.LET(_xlpm.x,1,_xlpm.x+1)": "LET(x,1,x+1)",
    "_xlfn.BYROW(A1:B2,_xleta.SUM)": "BYROW(A1:B2,SUM)",
    '"_xlfn.SUM"&_xlfn.CONCAT(A1)': '"_xlfn.SUM"&CONCAT(A1)',
    "'a _xlfn.b'!A1+1": "'a _xlfn.b'!A1+1",
    "my_xlfn.name+1": "my_xlfn.name+1",
    '"a""_xlfn.b"': '"a""_xlfn.b"',
}


@pytest.mark.parametrize("stored", SHOWN)
def test_prefixes_are_not_shown(stored: str) -> None:
    assert shown_text(stored) == SHOWN[stored]
