"""Names of an existing package set to constants: nothing but those names changes."""

from __future__ import annotations

from collections.abc import Mapping
from xml.sax.saxutils import escape

from compute.errors import WorkbookError
from compute.workbook.graft import open_host
from compute.workbook.graft_archive import rewrite_archive
from compute.workbook.graft_markup import Edit, Markup, attribute, parse_markup, qualified

# The schema wants the names behind the first of these that there is (ECMA-376 part 1, 18.2.27).
_BEFORE = ("externalReferences", "functionGroups", "sheets")


def with_names(data: bytes, names: Mapping[str, str]) -> bytes:
    """The package with names of the whole workbook, each given as the text of what it stands for (``5000``, ``"a"``).

    A name that exists, in any case, is changed where it stands. Raises WorkbookError for a workbook without sheets.
    """
    host = open_host(data)
    part = host.workbook_part
    markup = parse_markup(host.package.read(part), part)
    return rewrite_archive(data, {host.package.spelled(part): markup.edited(_edits(markup, names))}, {})


def _edits(markup: Markup, names: Mapping[str, str]) -> list[Edit]:
    parent = markup.child("definedNames")
    tag_name = qualified(markup.root.prefix, "definedName")
    known = {
        tag.attributes.get("name", "").casefold(): tag
        for tag in (() if parent is None else markup.children("definedName", parent))
        if "localSheetId" not in tag.attributes
    }
    edits, added = list[Edit](), ""
    for name, text in names.items():
        whole = f'<{tag_name} name="{attribute(name)}">{escape(text)}</{tag_name}>'
        tag = known.get(name.casefold())
        if tag is None:
            added += whole
        else:
            edits.append(Edit(tag.start, tag.after, whole) if tag.empty else Edit(tag.end, tag.close, escape(text)))
    if not added:
        return edits
    if parent is not None:
        return [*edits, markup.append(parent, added)]
    anchor = next((t for name in _BEFORE if (t := markup.child(name)) is not None), None)
    if anchor is None:
        raise WorkbookError("the workbook has no sheets, and takes no names", code="workbook.damaged_part")
    list_name = qualified(markup.root.prefix, "definedNames")
    return [*edits, Edit(anchor.after, anchor.after, f"<{list_name}>{added}</{list_name}>")]


__all__ = ["with_names"]
