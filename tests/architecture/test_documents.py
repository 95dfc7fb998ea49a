"""What the documents promise: links that lead somewhere, records that can be cited, the two commands first."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)")
IMAGE = re.compile(r"!\[[^\]]*\]\(([^)\s]+)\)")
RECORD = re.compile(r"docs/adr/(\d{4})-[a-z0-9-]+\.md")


def anchors(text: str) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+\s+(.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-") for heading in headings}


def broken(root: Path, path: str, text: str) -> list[str]:
    """The links of a page that lead nowhere; other sites are not asked."""
    without_code = re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.DOTALL)
    found = []
    for target in LINK.findall(without_code) + IMAGE.findall(without_code):
        if re.match(r"[a-z]+:", target):
            continue
        place, _, anchor = target.partition("#")
        file = (root / path).parent / place if place else root / path
        leads_to_page = file.exists()
        if leads_to_page and anchor and file.suffix == ".md":
            leads_to_page = anchor in anchors(file.read_text(encoding="utf-8"))
        if not leads_to_page:
            found.append(target)
    return found


def test_links_lead_somewhere(tree):
    pages = {path: broken(tree.root, path, tree.text(path)) for path in tree.ending(".md")}
    assert not {path: links for path, links in pages.items() if links}


def test_a_broken_link_is_noticed(tmp_path):
    (tmp_path / "a.md").write_text("# One two\n")
    text = "[x](a.md#one-two) [y](a.md#three) [z](b.md) `[q](c.md)`"
    assert broken(tmp_path, "page.md", text) == ["a.md#three", "b.md"]


def test_readme_opens_with_the_two_commands(tree):
    opening = "\n".join(tree.text("README.md").splitlines()[:20])
    assert "make run" in opening
    assert "make test" in opening


def test_records_are_numbered_once(tree):
    records = [path for path in tree.paths if path.startswith("docs/adr/") and path.endswith(".md")]
    numbers = Counter(RECORD.fullmatch(path)[1] for path in records if RECORD.fullmatch(path))
    assert not [path for path in records if not RECORD.fullmatch(path) and not path.endswith("README.md")]
    assert not [number for number, count in numbers.items() if count > 1]


def test_records_say_what_and_why(tree):
    for path in tree.paths:
        if RECORD.fullmatch(path):
            text = tree.text(path)
            number = RECORD.fullmatch(path)[1]
            assert re.match(rf"# {int(number)}\. |# {number}[.:] |# ADR {number}", text), f"{path}: first line"
            assert re.search(r"^## (Decision|What was decided)", text, re.MULTILINE), f"{path}: no section Decision"


def test_every_record_is_in_the_list(tree):
    listed = tree.text("docs/adr/README.md")
    assert not [path for path in tree.paths if RECORD.fullmatch(path) and Path(path).name not in listed]


def test_every_documented_make_target_exists(tree):
    targets = set(re.search(r"^\.PHONY: (.*)$", tree.text("Makefile"), re.MULTILINE)[1].split())
    named = {word for path in tree.ending(".md") for word in re.findall(r"`make ([a-z-]+)", tree.text(path))}
    assert named <= targets
