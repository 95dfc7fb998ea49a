"""XML parts as text with positions, so that an edit touches only the characters it must.

Parts that name the new sheet are changed by insertions into the original text. Everything else of them stays as
its author wrote it: encoding, byte order mark, prefixes, order of attributes, white space, unknown extensions.
"""

from __future__ import annotations

import codecs
import html
import re
from collections.abc import Iterator, Mapping
from xml.sax.saxutils import escape

from compute.errors import DamagedWorkbook
from compute.records import dataclass
from compute.workbook.markup import feed, new_parser

_TOKEN = re.compile(
    r"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>"
    r"|<(?P<close>/?)(?P<name>[^\s/>]+)(?P<attributes>[^<>\"']*(?:\"[^\"]*\"[^<>\"']*|'[^']*'[^<>\"']*)*)>",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(r"([^\s=]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_DECLARED_ENCODING = re.compile(rb"""^<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")


@dataclass(frozen=True, slots=True)
class Tag:
    """One element: where its text lies, and its names with namespaces resolved.

    ``start``/``end`` enclose the start tag, ``close``/``after`` the end tag (both at ``end`` for an empty element).
    Attribute names in a namespace are written ``{namespace}name``. ``scope`` maps the prefixes in force.
    """

    name: str
    namespace: str
    prefix: str
    attributes: Mapping[str, str]
    scope: Mapping[str, str]
    depth: int
    start: int
    end: int
    close: int
    after: int

    @property
    def empty(self) -> bool:
        return self.close == self.after


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace ``text[start:end]`` by ``new``; an insertion has ``start == end``."""

    start: int
    end: int
    new: str


@dataclass(frozen=True, slots=True)
class Markup:
    """The text of one XML part, its encoding, and its elements in document order."""

    text: str
    encoding: str
    tags: tuple[Tag, ...]

    @property
    def root(self) -> Tag:
        return self.tags[0]

    def child(self, name: str) -> Tag | None:
        """The first child of the root with this local name in the root's namespace."""
        return next(iter(self.children(name)), None)

    def children(self, name: str, parent: Tag | None = None) -> Iterator[Tag]:
        """The children of ``parent`` (of the root by default) with this local name in the root's namespace."""
        parent = parent or self.root
        wanted = (name, self.root.namespace, parent.depth + 1)
        for tag in self.tags:
            if (tag.name, tag.namespace, tag.depth) == wanted and parent.start < tag.start < parent.after:
                yield tag

    def append(self, parent: Tag, markup: str) -> Edit:
        """The edit that puts ``markup`` behind the last child of ``parent``."""
        if not parent.empty:
            return Edit(parent.close, parent.close, markup)
        name = qualified(parent.prefix, parent.name)
        head = self.text[parent.start : parent.end - 2].rstrip()
        return Edit(parent.start, parent.end, f"{head}>{markup}</{name}>")

    def edited(self, edits: list[Edit]) -> bytes:
        """The part with all edits made; the bytes of everything else are the original ones."""
        pieces, position = [], 0
        for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
            pieces += [self.text[position : edit.start], edit.new]
            position = edit.end
        pieces.append(self.text[position:])
        return "".join(pieces).encode(self.encoding, "xmlcharrefreplace")


def parse_markup(data: bytes, part: str) -> Markup:
    """The elements of an XML part with their positions; raises ``DamagedWorkbook`` or ``UnsafeWorkbook``."""
    feed(new_parser(part), (data,), part)
    encoding = _encoding(data)
    try:
        text = data.decode(encoding)
    except (UnicodeDecodeError, LookupError) as error:
        raise DamagedWorkbook(f"{part} cannot be read as {encoding}.", code="workbook.damaged_part") from error
    return Markup(text, encoding, tuple(_tags(text)))


def attribute(value: str) -> str:
    """``value`` escaped for use between double quotes."""
    return escape(value, {'"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})


def qualified(prefix: str, name: str) -> str:
    """``prefix:name``, or ``name`` where the prefix is empty."""
    return f"{prefix}:{name}" if prefix else name


def _encoding(data: bytes) -> str:
    # Byte order marks stay inside the text (the codecs without "-sig"), so that encoding gives them back.
    if data.startswith(codecs.BOM_UTF8):
        return "utf-8"
    if data.startswith((codecs.BOM_UTF16_LE, b"<\0")):
        return "utf-16-le"
    if data.startswith((codecs.BOM_UTF16_BE, b"\0<")):
        return "utf-16-be"
    declared = _DECLARED_ENCODING.match(data)
    return declared.group(1).decode("ascii") if declared else "utf-8"


@dataclass(slots=True)
class _OpenTag:
    prefix: str
    name: str
    attributes: dict[str, str]
    scope: dict[str, str]
    start: int
    end: int

    def closed(self, depth: int, close: int, after: int) -> Tag:
        resolved = {}
        for key, value in self.attributes.items():
            prefix, _, local = key.rpartition(":")
            resolved[f"{{{self.scope.get(prefix, '')}}}{local}" if prefix else local] = value
        namespace = self.scope.get(self.prefix, "")
        return Tag(self.name, namespace, self.prefix, resolved, self.scope, depth, self.start, self.end, close, after)


def _tags(text: str) -> list[Tag]:
    found: list[Tag] = []
    stack: list[_OpenTag] = []
    for token in _TOKEN.finditer(text):
        if token["name"] is None:
            continue
        if token["close"]:
            opened = stack.pop()
            found.append(opened.closed(len(stack), token.start(), token.end()))
            continue
        opened = _opened(token, stack[-1].scope if stack else {})
        if token["attributes"].endswith("/") or token["name"].endswith("/"):
            found.append(opened.closed(len(stack), token.end(), token.end()))
        else:
            stack.append(opened)
    return sorted(found, key=lambda tag: tag.start)


def _opened(token: re.Match[str], outer: dict[str, str]) -> _OpenTag:
    attributes = {
        name: html.unescape(double or single) for name, double, single in _ATTRIBUTE.findall(token["attributes"])
    }
    declared = {
        name.removeprefix("xmlns").removeprefix(":"): value
        for name, value in attributes.items()
        if name == "xmlns" or name.startswith("xmlns:")
    }
    prefix, _, local = token["name"].rpartition(":")
    scope = {**outer, **declared} if declared else outer
    return _OpenTag(prefix, local, attributes, scope, token.start(), token.end())
