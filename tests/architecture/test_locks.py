"""What gets installed is known to the byte, and comes from wherever the person's machine is set up to fetch it."""

from __future__ import annotations

import json
import re
import tomllib

import pytest

LOCKS = ("run", "ray", "fallback", "gpu", "gpu-check", "test", "node", "lock")
REQUIREMENT = re.compile(r"^([a-z0-9][a-z0-9._-]*)(?:\[[^\]]*\])?==([^\s;]+)")


def entries(text: str) -> dict[str, list[str]]:
    """The blocks of a lock by package name; a package may have one for each of several Pythons."""
    found: dict[str, list[str]] = {}
    for block in re.split(r"\n(?=[a-z0-9])", re.sub(r"^#.*\n", "", text).strip()):
        match = REQUIREMENT.match(block)
        assert match, f"not a pinned requirement: {block[:60]!r}"
        found.setdefault(match[1], []).append(block)
    return found


@pytest.fixture(scope="module")
def locks(tree):
    return {name: tree.text(f"requirements/{name}.lock") for name in LOCKS}


@pytest.mark.parametrize("name", LOCKS)
def test_every_file_has_a_hash(locks, name):
    blocks = [block for found in entries(locks[name]).values() for block in found]
    assert blocks
    assert not [block.split("\n")[0] for block in blocks if "--hash=sha256:" not in block]


@pytest.mark.parametrize("name", LOCKS)
def test_no_addresses_and_no_places(locks, name):
    assert not re.findall(r"index-url|find-links|trusted-host|https?:|file:|@ ", locks[name])


@pytest.mark.parametrize("smaller", ["run", "ray", "fallback"])
def test_the_test_lock_holds_the_same_versions(locks, smaller):
    larger = entries(locks["test"])
    assert {name: blocks for name, blocks in entries(locks[smaller]).items() if larger.get(name) != blocks} == {}


def test_what_is_for_gpus_has_the_same_versions_of_all_else(locks):
    larger = entries(locks["test"])
    shared = {name: blocks for name, blocks in entries(locks["gpu"]).items() if name in larger}
    assert shared == {name: larger[name] for name in shared}
    assert "numpy" in shared


def test_locks_hold_what_the_project_asks_for(tree, locks):
    project = tomllib.loads(tree.text("pyproject.toml"))
    groups = project["project"]["optional-dependencies"]
    extras = [line for name, lines in groups.items() if name != "gpu" for line in lines]
    wanted = {
        "run": project["project"]["dependencies"],
        "gpu": [*project["project"]["dependencies"], *groups["gpu"]],
        "gpu-check": project["dependency-groups"]["gpu-check"],
        "test": [*project["project"]["dependencies"], *extras, *project["dependency-groups"]["test"]],
    }
    for name, lines in wanted.items():
        names = {re.match(r"[A-Za-z0-9._-]+", line)[0].lower() for line in lines}
        assert not names - set(entries(locks[name])), name


def test_the_packages_of_the_pane_are_locked_with_hashes(tree):
    lock = json.loads(tree.text("addin/package-lock.json"))
    packages = {path: package for path, package in lock["packages"].items() if path and not package.get("link")}
    assert packages
    assert not [path for path, package in packages.items() if "integrity" not in package]
    assert not [path for path, package in packages.items() if str(package.get("resolved", "")).startswith("http")]
