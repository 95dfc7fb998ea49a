"""FILTERXML: what an XPath finds in an XML text (Excel's Web family).

lxml is loaded by the first call: few workbooks have one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

from compute.errors import ErrorCode, UnsupportedFormula
from compute.functions.signature import CallContext, CellFailure, function, text
from compute.values import Array, from_rows, to_texts

if TYPE_CHECKING:
    from lxml import etree

MOST_VISITS = 1e9
"""Elements visited before an XPath is refused: a workbook may hold one made to hang."""
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_BLANKS = " \t\r\n"


@function("FILTERXML", text("xml"), text("xpath"))
def filtered_xml(context: CallContext, xml: Array, xpath: Array) -> Array:
    """The elements and attributes that an XPath 1.0 expression selects, below each other; numbers as numbers.

    #VALUE! for a text that is no XML or declares a document type, an expression that is no XPath or selects no nodes,
    and in the place of each empty, text or comment node. Of an element its own text counts, not that of elements inside
    it; elements of a default namespace are found by their bare names.
    Source: Microsoft, FILTERXML function; results that Excel for Windows stored (libraz/formulon,
    tests/oracle/variants/win-365-ja_JP/golden/filterxml.golden.json).
    """
    from lxml import etree

    root = _parsed(_only_text(context, xml))
    path = _only_text(context, xpath)
    _refuse_endless(root, path)
    try:
        found = root.xpath(path, namespaces=_prefixes(root))
    except (etree.XPathError, ValueError):
        raise CellFailure(ErrorCode.VALUE) from None
    if not isinstance(found, list) or not found:
        raise CellFailure(ErrorCode.VALUE)
    return from_rows([[_value(node)] for node in found])


def _only_text(context: CallContext, argument: Array) -> str:
    """A text that is the same in every lane; an error is passed on."""
    texts, codes = to_texts(argument)
    if codes is not None and bool(codes.all()):
        raise CellFailure(ErrorCode(int(codes.flat[0])))
    context.constant(argument)
    return str(texts.flat[0])


def _parsed(xml: str) -> etree._Element:
    from lxml import etree

    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=False
    )
    try:
        root = etree.fromstring(xml.encode("utf-8"), parser)
    except (etree.XMLSyntaxError, UnicodeEncodeError):
        raise CellFailure(ErrorCode.VALUE) from None
    if root.getroottree().docinfo.doctype:
        raise CellFailure(ErrorCode.VALUE)
    for element in root.iter(etree.Element):
        if element.prefix is None:
            element.tag = etree.QName(element).localname
    return root


def _prefixes(root: etree._Element) -> dict[str, str]:
    from lxml import etree

    found: dict[str, str] = {}
    for element in root.iter(etree.Element):
        for prefix, uri in element.nsmap.items():
            if prefix is not None:
                found.setdefault(prefix, uri)
    return found


def _refuse_endless(root: etree._Element, path: str) -> None:
    """A condition looks at every element for every one outside it: nested ones multiply."""
    depth = deepest = 0
    for character in path:
        depth += (character == "[") - (character == "]")
        deepest = max(deepest, depth)
    size = sum(1 for _ in root.iter())
    if float(size) ** (deepest + 1) > MOST_VISITS:
        message = f"conditions {deepest} deep over {size} XML nodes take too long; use fewer within each other"
        raise UnsupportedFormula(message)


def _value(node: object) -> str | float | ErrorCode:
    if isinstance(node, str):
        content = str(node) if getattr(node, "is_attribute", False) else ""
    else:
        element = cast("etree._Element", node)
        content = "".join(element.xpath("text()")) if isinstance(element.tag, str) else ""
    content = content.strip(_BLANKS)
    if not content:
        return ErrorCode.VALUE
    return float(content) if _NUMBER.fullmatch(content) else content
