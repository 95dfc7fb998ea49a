"""Rules that no schema knows: ``python -m manifests.check XML JSON [--built FOLDER] [--actions FILE]``.

The sources are Microsoft's manifest reference and the notes of the add-in platform team: resources must resolve, the
parts of a shared runtime must name the same page, and what the manifests name must exist in the built pane.
"""

from __future__ import annotations

import argparse
import json
import re
import struct
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

from manifests.xml_manifest import APP, BASIC, OVERRIDES

LONGEST_ID = 32
LONGEST = {"ShortStrings": 125, "LongStrings": 250}
NEEDED_SIZES = {"16", "32", "80"}
ADDRESSES = {
    f"{{{BASIC}}}{tag}" for tag in ("Image", "Url")
} | {f"{{{APP}}}{tag}" for tag in ("SourceLocation", "IconUrl", "HighResolutionIconUrl", "SupportUrl")}  # fmt: skip
FUNCTION_NAME = re.compile(r"[A-Z][A-Z0-9.]{2,}")
ACTION_KEYS = re.compile(r"^  (\w+): (?:async )?\(", re.MULTILINE)


def _tag(name: str) -> str:
    return f"{{{OVERRIDES}}}{name}"


def _name(element: ET.Element) -> str:
    return element.get("id") or element.tag.rpartition("}")[2]


def _resources(root: ET.Element) -> Iterator[str]:
    defined = {e.get("id", "") for tag in ("Image", "Url", "String") for e in root.iter(f"{{{BASIC}}}{tag}")} - {""}
    used = {e.get("resid", "") for e in root.iter()} - {""}
    yield from (f"resource {r} is not defined" for r in sorted(used - defined))
    yield from (f"resource {r} is never used" for r in sorted(defined - used))
    yield from (
        f"resource id {r} is longer than {LONGEST_ID} characters" for r in sorted(defined) if len(r) > LONGEST_ID
    )
    for group, limit in LONGEST.items():
        for text in (t for g in root.iter(f"{{{BASIC}}}{group}") for t in g):
            length = len(text.get("DefaultValue", ""))
            if not 0 < length <= limit:
                yield f"{_name(text)} has {length} characters; 1 to {limit} are allowed"


def _addresses(root: ET.Element) -> Iterator[str]:
    for element in root.iter():
        value = element.get("DefaultValue")
        if value is not None and element.tag in ADDRESSES and not value.startswith("https://"):
            yield f"{_name(element)}: {value} is not https"


def _controls(root: ET.Element) -> Iterator[str]:
    named = [e for tag in ("Control", "Group", "CustomTab", "Item") for e in root.iter(_tag(tag))]
    counts = Counter(e.get("id") for e in named)
    yield from (f"id {identifier} is used {count} times" for identifier, count in counts.items() if count > 1)
    for icon in root.iter(_tag("Icon")):
        missing = NEEDED_SIZES - {image.get("size") for image in icon}
        if missing:
            yield f"an icon lacks the sizes {', '.join(sorted(missing))}"


def _shared_runtime(root: ET.Element) -> Iterator[str]:
    runtime = root.find(f".//{_tag('Runtime')}")
    if runtime is None or runtime.get("lifetime") != "long":
        yield "there is no runtime of lifetime long"
        return
    pages = [*root.iter(_tag("FunctionFile")), *root.iterfind(f".//{_tag('Page')}/{_tag('SourceLocation')}")]
    for page in pages:
        if page.get("resid") != runtime.get("resid"):
            yield f"{_name(page)} must name the runtime's resource {runtime.get('resid')}"


def check_xml(root: ET.Element) -> list[str]:
    """What is wrong with an add-in-only manifest in itself."""
    parts = (_resources(root), _addresses(root), _controls(root), _shared_runtime(root))
    return [fault for part in parts for fault in part]


def _values(item: object, key: str) -> Iterator[str]:
    if isinstance(item, dict):
        for name, value in item.items():
            if name == key and isinstance(value, str):
                yield value
            yield from _values(value, key)
    elif isinstance(item, list):
        for value in item:
            yield from _values(value, key)


def xml_actions(root: ET.Element) -> set[str]:
    """The ids of the actions that buttons of the XML manifest start."""
    return {e.text or "" for e in root.iter(_tag("FunctionName"))}


def check_json(manifest: dict[str, Any], root: ET.Element) -> list[str]:
    """What is wrong with a unified manifest in itself, and beside the XML one of the same environment."""
    extension = manifest["extensions"][0]
    actions = {action["id"] for runtime in extension["runtimes"] for action in runtime.get("actions", [])}
    surfaces = [extension.get(name, []) for name in ("ribbons", "contextMenus", "keyboardShortcuts")]
    wanted = {action for surface in surfaces for action in _values(surface, "actionId")}
    faults = [f"action {action} is in no runtime" for action in sorted(wanted - actions)]
    if wanted != xml_actions(root):
        faults.append(f"the manifests differ in {', '.join(sorted(wanted ^ xml_actions(root)))}")
    counts = Counter(c for surface in surfaces for c in _values(surface, "id"))
    faults += [f"id {identifier} is used {count} times" for identifier, count in counts.items() if count > 1]
    hide = (extension.get("alternates") or [{}])[0].get("hide", {}).get("customOfficeAddin", {})
    xml_id = root.findtext(f"{{{APP}}}Id")
    if hide.get("officeAddinId") != xml_id:
        faults.append("the unified manifest does not hide the add-in-only one (alternates.hide)")
    if manifest["id"] == xml_id:
        faults.append("both manifests have the same id")
    addresses = [url for key in ("url", "page", "script", "metadataUrl") for url in _values(extension, key)]
    return faults + [f"{url} is not https" for url in sorted(set(addresses)) if not url.startswith("https://")]


def check_functions(functions: Sequence[dict[str, Any]], namespace: str) -> list[str]:
    """What is wrong with the names of worksheet functions. In files, dots and underscores are one character."""
    faults = [
        f"function {f['name']}: three or more capitals, digits and dots"
        for f in functions
        if not FUNCTION_NAME.fullmatch(f["name"])
    ]
    return faults + [
        f"function {f['name']} repeats the namespace" for f in functions if f["name"].startswith(f"{namespace}.")
    ]


def associated_actions(source: str) -> set[str]:
    """The ids that addin/src/commands/commands.ts gives code."""
    return set(ACTION_KEYS.findall(source))


def check_actions(root: ET.Element, source: str) -> list[str]:
    """Buttons without code, and code that no button starts."""
    named, associated = xml_actions(root), associated_actions(source)
    return [f"action {a} has no code" for a in sorted(named - associated)] + [
        f"action {a} has no button" for a in sorted(associated - named)
    ]


def _png_size(path: Path) -> tuple[int, int]:
    width, height = struct.unpack(">II", path.read_bytes()[16:24])
    return width, height


def check_built(root: ET.Element, built: Path) -> list[str]:
    """Addresses of the manifest that the built pane has no file for, and icons that are not as large as they say."""
    faults = []
    sizes = {e.get("resid"): int(e.get("size", "0")) for e in root.iter(f"{{{BASIC}}}Image") if e.get("resid")}
    for element in root.iter():
        path = urlsplit(element.get("DefaultValue", "")).path
        if element.tag not in ADDRESSES or not path.startswith("/app/"):
            continue
        file = built / path.removeprefix("/app/")
        if not file.is_file():
            faults.append(f"{_name(element)}: the build has no {path}")
        elif (size := sizes.get(element.get("id"))) and _png_size(file) != (size, size):
            faults.append(f"{_name(element)}: {path} is not {size} pixels square")
    return faults


def check(xml: Path, unified: Path, built: Path | None = None, actions: Path | None = None) -> list[str]:
    """Everything that is wrong with the pair of manifests; an empty list when nothing is."""
    root = ET.parse(xml).getroot()  # noqa: S314 - a file that this project wrote
    faults = [f"{xml.name}: {fault}" for fault in check_xml(root)]
    faults += [f"{unified.name}: {fault}" for fault in check_json(json.loads(unified.read_text("utf-8")), root)]
    if built is not None:
        namespace = root.find(f".//{{{BASIC}}}String[@id='Functions.Namespace']")
        functions = json.loads((built / "functions.json").read_text("utf-8"))["functions"]
        faults += check_functions(functions, "" if namespace is None else namespace.get("DefaultValue", ""))
        faults += check_built(root, built)
    if actions is not None:
        faults += check_actions(root, actions.read_text("utf-8"))
    return faults


def main(words: Sequence[str] | None = None) -> int:
    """The command line; status 1 when something is wrong."""
    parser = argparse.ArgumentParser(prog="python -m manifests.check", description="Check a pair of manifests.")
    parser.add_argument("xml", type=Path)
    parser.add_argument("json", type=Path)
    parser.add_argument("--built", type=Path, help="the built pane, for example addin/dist")
    parser.add_argument("--actions", type=Path, help="addin/src/commands/commands.ts")
    options = parser.parse_args(words)
    faults = check(options.xml, options.json, options.built, options.actions)
    sys.stdout.write("".join(f"{fault}\n" for fault in faults) or "no faults\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
