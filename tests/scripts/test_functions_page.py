"""The page of functions says what the registry holds."""

from __future__ import annotations

from pathlib import Path

import make_functions_page


def test_the_page_is_the_registry_s(repo_root: Path) -> None:
    written = (repo_root / "docs" / "functions.md").read_text(encoding="utf-8")
    assert written == make_functions_page.page(), "write it anew: .venv/bin/python scripts/make_functions_page.py"
