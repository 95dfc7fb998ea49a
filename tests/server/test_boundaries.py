"""What each floor of the server may import."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SERVER = Path(__file__).parents[2] / "server"
CODE = sorted(path for path in SERVER.rglob("*.py") if path.relative_to(SERVER).parts[0] != "client")


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def _room(path: Path) -> str:
    return path.relative_to(SERVER).parts[0]


@pytest.mark.parametrize("path", CODE, ids=lambda path: str(path.relative_to(SERVER)))
def test_only_the_gateway_opens_the_engine(path: Path) -> None:
    own = {name for name in _imports(path) if name == "compute" or name.startswith("compute.")}
    assert _room(path) == "gateway" or own <= {"compute.protocol", "compute.details", "compute.errors"}


@pytest.mark.parametrize("path", CODE, ids=lambda path: str(path.relative_to(SERVER)))
def test_only_those_who_own_queries_know_the_database_library(path: Path) -> None:
    may = path.stem in ("models", "repository", "job_repository", "db") or _room(path) == "migrations"
    assert may or not any(name.startswith(("sqlalchemy", "alembic")) for name in _imports(path))


@pytest.mark.parametrize("path", CODE, ids=lambda path: str(path.relative_to(SERVER)))
def test_tools_know_no_domain(path: Path) -> None:
    if _room(path) in ("kit", "security", "gateway"):
        rooms = {name.split(".")[1] for name in _imports(path) if name.startswith("server.")}
        allowed = {"kit", "errors", "settings", "gateway"}
        assert rooms <= (allowed if _room(path) != "gateway" else {"gateway"})
