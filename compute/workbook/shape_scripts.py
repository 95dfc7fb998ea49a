"""Texts that add-ins keep in the shapes of a sheet: ``x:ScriptText`` of its VML drawing.

Sources: ECMA-376 part 4, 19.4 (VML, ScriptText); that Crystal Ball keeps its data there is seen in the workbooks it
saved.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from compute.workbook.model import DefinedName, ShapeScript
from compute.workbook.strings import unescape

# VML is written by hand in Excel and need not be well-formed XML (an unclosed <br>), so tags are looked for.
_TAGS = re.compile(r"<(?:\w+:)?shape\s([^<>]*)>|<(?:\w+:)?ScriptText>([^<]*)</|</(?:\w+:)?shape>")
_ID = re.compile(r"\bid\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_MARK = b"ScriptText"
OWNERS = ("CB_", "CBX_")
"""How the names begin that those add-ins give a workbook, in capitals, whose texts are read: Crystal Ball's."""


def has_shape_scripts(names: Iterable[DefinedName]) -> bool:
    """Whether a workbook with those names may have such texts that are of use."""
    return any(name.name.upper().startswith(OWNERS) for name in names)


def read_shape_scripts(drawing: bytes) -> tuple[ShapeScript, ...]:
    """The texts in the shapes of a VML drawing, in its order; shapes without a text are left out."""
    if _MARK not in drawing:
        return ()
    # Few workbooks have such drawings; the others need not load the names of all entities.
    from html import unescape as unescape_entities

    found: list[ShapeScript] = []
    name = ""
    for tag in _TAGS.finditer(drawing.decode("utf-8", "replace")):
        if tag[1] is not None:
            given = _ID.search(tag[1])
            name = "" if given is None else unescape(unescape_entities(given[1] or given[2] or ""))
        elif tag[2] is None:
            name = ""
        elif name:
            found.append(ShapeScript(name, unescape_entities(tag[2])))
    return tuple(found)
