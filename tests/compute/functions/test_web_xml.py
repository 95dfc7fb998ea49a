"""FILTERXML; results that Excel for Windows stored (libraz/formulon, tests/oracle/variants/win-365-ja_JP)."""

from __future__ import annotations

from typing import Any

import pytest

from compute.errors import CellError, UnsupportedFormula

VALUE = CellError("#VALUE!")
TABLE: list[tuple[str, str, Any]] = [
    ("<r><a>hello</a></r>", "//a", "hello"),
    ("<r>top</r>", "/r", "top"),
    ("<r><b><c>deep</c></b></r>", "/r/b/c", "deep"),
    ("<r><a/></r>", "//a", VALUE),
    ("<r><a>  spaced  </a></r>", "//a", "spaced"),
    ("<r><a>1</a><a>2</a><a>3</a></r>", "//a", [[1.0], [2.0], [3.0]]),
    ("<r><a>x</a><a>y</a><a>z</a></r>", "(//a)[last()]", "z"),
    ("<r><a id='x'/><a id='y'/></r>", "//a/@id", [["x"], ["y"]]),
    ("<r><a id='1'>first</a><a id='2'>second</a></r>", "//a[@id='2']", "second"),
    ("<r a='AT&amp;T'/>", "//@a", "AT&T"),
    ("<r>top<a>mid</a>bot</r>", "/r/text()", [[VALUE], [VALUE]]),
    ("<r><a>1<b>2</b>3</a></r>", "//a", 13.0),
    ("<r><a><![CDATA[a < b & c]]></a></r>", "//a", "a < b & c"),
    ("<r><a>&#x4E2D;</a></r>", "//a", "\u4e2d"),
    ("<r><!--note--><a>v</a></r>", "//comment()", VALUE),
    ("<r><?s href='x'?><a>v</a></r>", "//processing-instruction()", VALUE),
    ("<?xml version='1.0' encoding='UTF-8'?><r><a>v</a></r>", "//a", "v"),
    ("<?xml version='1.0' encoding='UTF-16'?><r><a>\u00e9</a></r>", "//a", "\u00e9"),
    ("\u00ef\u00bb\u00bf<r><a>v</a></r>", "//a", VALUE),
    ("<r xmlns='http://example.com'><a>v</a></r>", "//a", "v"),
    ("<r xmlns='http://example.com'><a>v</a></r>", "//*[local-name()='a']", "v"),
    ("<r xmlns:ns='http://example.com'><ns:a>v</ns:a></r>", "//ns:a", "v"),
    ("<r><a>1</a></r>", "//b", VALUE),
    ("<r><a/><a/></r>", "count(//a)", VALUE),
    ("<r><a>v</a></r>", "string(//a)", VALUE),
    ("<r/>", "true()", VALUE),
    ("<r><a>3</a><a>10</a><a>7</a></r>", "//a[. > 5]", [[10.0], [7.0]]),
    ("<r><a>x</a><a>y</a><a>z</a></r>", "//a[position()<=2]", [["x"], ["y"]]),
    ("<r><a>1</a></r>", "//a[matches(.,'1')]", VALUE),
    ("<r><a></r>", "//a", VALUE),
    ("not xml at all", "//a", VALUE),
    ("", "//a", VALUE),
    ("<r><a/></r>", "///", VALUE),
    ("<r><a/></r>", "", VALUE),
    ("<r><a/></r>", "//unknown:a", VALUE),
    ("<!DOCTYPE r [<!ENTITY e 'boom'>]><r><a>&e;</a></r>", "//a", VALUE),
    ("<!DOCTYPE r SYSTEM 'http://127.0.0.1/none.dtd'><r><a>v</a></r>", "//a", VALUE),
    ("<r><a>1e5</a><a>-.5</a><a>5 kg</a></r>", "//a", [[100000.0], [-0.5], ["5 kg"]]),
]


@pytest.mark.parametrize(("xml", "path", "expected"), TABLE)
def test_what_an_xpath_finds(excel: Any, xml: str, path: str, expected: Any) -> None:
    assert excel("FILTERXML(A1,A2)", {"A1": xml, "A2": path}) == expected


def test_errors_and_other_values_in_the_arguments(excel: Any) -> None:
    assert excel('FILTERXML(#DIV/0!,"//a")') == CellError("#DIV/0!")
    assert excel('FILTERXML(42,"//a")') == VALUE
    assert excel('FILTERXML("<r><a/></r>",TRUE)') == VALUE


def test_an_xpath_made_to_hang_is_refused(excel: Any) -> None:
    xml = "<r>" + "<a/>" * 4_000 + "</r>"
    with pytest.raises(UnsupportedFormula, match="2 deep over 4001 XML nodes"):
        excel("FILTERXML(A1,A2)", {"A1": xml, "A2": "//*[count(//*[count(//*)>1])>1]"})
