"""Newer errors (#SPILL!, #CALC! …), which cells store as #VALUE! with ``vm=``, an index into the rich values.

The way is ``vm`` → valueMetadata → futureMetadata XLRICHVALUE → a rich value → its structure ``_error`` with the key
``errorType``. Source: [MS-XLSX] 2.3.6 and 2.6 (rich values, value metadata).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from compute.errors import CellError
from compute.workbook.attributes import whole_number
from compute.workbook.markup import Attributes, Element, feed, new_parser, short_name

RICH_VALUE = "XLRICHVALUE"

ERROR_TYPES = {
    8: CellError("#SPILL!"),
    9: CellError("#CONNECT!"),
    10: CellError("#BLOCKED!"),
    11: CellError("#UNKNOWN!"),
    12: CellError("#FIELD!"),
    13: CellError("#CALC!"),
    14: CellError("#BUSY!"),
    19: CellError("#TIMEOUT!"),
}
"""By ``errorType``. Of 18 it is said that it shows as #PYTHON! and as #EXTERNAL!: it stays what the cell stores."""


def rich_errors(
    metadata: Element, structures: Element, values: Callable[[], Iterable[bytes]], part: str
) -> Mapping[str, CellError]:
    """The error behind each 1-based ``vm`` index (as text, the way cells name them) that stands for one.

    ``values`` gives the bytes of the part with the rich values, named ``part``; it is asked only where ``structures``
    knows errors. Raises DamagedWorkbook.
    """
    places = _error_places(structures)
    if not places:
        return {}
    errors = _read_errors(values(), part, places)
    blocks = [_rich_value(block) for block in _future_blocks(metadata)]
    types = [element.attributes.get("name", "") for element in metadata.all("metadataTypes", "metadataType")]
    found: dict[str, CellError] = {}
    for index, block in enumerate(metadata.all("valueMetadata", "bk"), start=1):
        for record in block.all("rc"):
            kind = whole_number(record.attributes.get("t")) or 0
            value = whole_number(record.attributes.get("v"))
            is_rich = 0 < kind <= len(types) and types[kind - 1] == RICH_VALUE
            rich = blocks[value] if is_rich and value is not None and value < len(blocks) else None
            if rich in errors:
                found[str(index)] = errors[rich]
    return found


def _error_places(structures: Element) -> dict[int, int]:
    """For each structure of an error, by its index: which of its values is the ``errorType``."""
    places = {}
    for index, structure in enumerate(structures.all("rd:s")):
        keys = [key.attributes.get("n") for key in structure.all("rd:k")]
        if structure.attributes.get("t") == "_error" and "errorType" in keys:
            places[index] = keys.index("errorType")
    return places


def _future_blocks(metadata: Element) -> list[Element]:
    for future in metadata.all("futureMetadata"):
        if future.attributes.get("name") == RICH_VALUE:
            return list(future.all("bk"))
    return []


def _rich_value(block: Element) -> int | None:
    return next((whole_number(element.attributes.get("i")) for element in block.named("rd:rvb")), None)


def _read_errors(chunks: Iterable[bytes], part: str, places: Mapping[int, int]) -> dict[int | None, CellError]:
    collector = _RichValues(places)
    parser = new_parser(part)
    parser.StartElementHandler = collector.start
    parser.EndElementHandler = collector.end
    parser.CharacterDataHandler = collector.pieces.append
    feed(parser, chunks, part)
    return collector.errors


class _RichValues:
    """One pass over the rich values, which may be many (stocks, places, pictures): only errors are kept."""

    def __init__(self, places: Mapping[int, int]) -> None:
        self.places = places
        self.errors: dict[int | None, CellError] = {}
        self.pieces: list[str] = []
        self.index = -1
        self.position = 0
        self.wanted: int | None = None

    def start(self, name: str, attributes: Attributes) -> None:
        if short_name(name) == "rd:rv":
            self.index += 1
            self.position = 0
            structure = whole_number(attributes.get("s"))
            self.wanted = None if structure is None else self.places.get(structure)
        self.pieces.clear()

    def end(self, name: str) -> None:
        if short_name(name) != "rd:v":
            return
        if self.position == self.wanted:
            error = ERROR_TYPES.get(whole_number("".join(self.pieces)) or 0)
            if error is not None:
                self.errors[self.index] = error
        self.position += 1
