"""XML without DTDs: the one way in which parts of a package are parsed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import field
from xml.parsers import expat

from compute.errors import DamagedWorkbook, UnsafeWorkbook
from compute.records import dataclass
from compute.workbook.safety import REPAIR

SPREADSHEET_NAMESPACES = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)
"""Transitional and Strict (ISO/IEC 29500-1 and -4)."""

PREFIXES = {
    **dict.fromkeys(SPREADSHEET_NAMESPACES, ""),
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships": "r:",
    "http://purl.oclc.org/ooxml/officeDocument/relationships": "r:",
    "http://schemas.openxmlformats.org/package/2006/relationships": "",
    "http://schemas.openxmlformats.org/package/2006/content-types": "",
    "http://schemas.microsoft.com/office/spreadsheetml/2017/dynamicarray": "xda:",
    "http://schemas.microsoft.com/office/spreadsheetml/2017/richdata": "rd:",
}

MAX_TOKEN_BYTES = 4 * 1024 * 1024
"""Expat before 2.6 reads an unfinished tag or comment again with every chunk (CVE-2023-52425)."""

Attributes = dict[str, str]
StartHandler = Callable[[str, Attributes], None]
EndHandler = Callable[[str], None]


@dataclass(slots=True)
class Element:
    """An element of a small part. Names of known namespaces are local (``sheet``, ``r:id``), others ``uri local``."""

    tag: str
    attributes: Attributes
    children: list[Element] = field(default_factory=list)
    text: str = ""

    def first(self, tag: str) -> Element | None:
        """The first child of that name, or None."""
        return next((child for child in self.children if child.tag == tag), None)

    def all(self, *path: str) -> Iterator[Element]:
        """The elements at ``path`` below this one, in document order."""
        for child in self.children:
            if child.tag == path[0]:
                if len(path) == 1:
                    yield child
                else:
                    yield from child.all(*path[1:])

    def named(self, tag: str) -> Iterator[Element]:
        """Every descendant of that name, in document order."""
        for child in self.children:
            if child.tag == tag:
                yield child
            yield from child.named(tag)


def new_parser(part: str) -> expat.XMLParserType:
    """A namespace-aware parser that refuses document types and entities with UnsafeWorkbook.

    Names come as ``uri local``. ``part`` is named in the refusal.
    """

    def refuse(*_: object) -> None:
        message = f"The part {part} declares a document type or entities, which Excel never writes. Save it from Excel."
        raise UnsafeWorkbook(message, code="workbook.entities")

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.buffer_size = 65536
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    return parser


def feed(parser: expat.XMLParserType, chunks: Iterable[bytes], part: str) -> None:
    """Run ``parser`` over ``chunks``. Raises DamagedWorkbook or UnsafeWorkbook naming ``part``."""
    fed = 0
    try:
        for chunk in chunks:
            parser.Parse(chunk, False)
            fed += len(chunk)
            if fed - parser.CurrentByteIndex > MAX_TOKEN_BYTES:
                raise _long_token(part)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        message = f"The part {part} is not readable XML ({error}). {REPAIR}"
        raise DamagedWorkbook(message, code="workbook.bad_xml") from error
    except (ValueError, LookupError) as error:
        message = f"The part {part} has an unknown text encoding ({error}). Save the file again from Excel."
        raise DamagedWorkbook(message, code="workbook.bad_xml") from error


def _long_token(part: str) -> UnsafeWorkbook:
    message = (
        f"The part {part} holds a tag or comment of more than {MAX_TOKEN_BYTES:,} bytes. Save the file from Excel."
    )
    return UnsafeWorkbook(message, code="workbook.too_large")


def read_tree(chunks: Iterable[bytes], part: str, max_elements: int) -> Element:
    """The part as a tree of elements. Raises DamagedWorkbook, or UnsafeWorkbook beyond ``max_elements``."""
    builder = _TreeBuilder(part, max_elements)
    parser = new_parser(part)
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    feed(parser, chunks, part)
    return builder.root.children[0]


def short_name(name: str) -> str:
    """``uri local`` with the URI of a known namespace replaced by its prefix."""
    uri, _, local = name.rpartition(" ")
    prefix = PREFIXES.get(uri)
    return name if prefix is None else prefix + local


class _TreeBuilder:
    def __init__(self, part: str, max_elements: int) -> None:
        self.part = part
        self.left = max_elements
        self.root = Element("", {})
        self.open = [self.root]
        self.texts: list[list[str]] = [[]]
        self.names: dict[str, str] = {}

    def start(self, name: str, attributes: Attributes) -> None:
        self.left -= 1
        if self.left < 0 or len(self.open) > 200:
            message = (
                f"The part {self.part} holds more elements than any workbook needs. Save the file again from Excel."
            )
            raise UnsafeWorkbook(message, code="workbook.too_large")
        element = Element(self.short(name), {self.short(key): value for key, value in attributes.items()})
        self.open[-1].children.append(element)
        self.open.append(element)
        self.texts.append([])

    def end(self, _: str) -> None:
        self.open.pop().text = "".join(self.texts.pop())

    def data(self, text: str) -> None:
        self.texts[-1].append(text)

    def short(self, name: str) -> str:
        found = self.names.get(name)
        if found is None:
            found = self.names[name] = short_name(name)
        return found
