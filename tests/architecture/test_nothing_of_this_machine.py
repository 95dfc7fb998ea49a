"""Nothing in the tree belongs to one machine: no places on a disk, no registries, no secrets."""

from __future__ import annotations

import re

import pytest

# Written in pieces, so that this file doesn't find itself.
REGISTRIES = ("registry." + "npmjs", "pypi." + "org", "files." + "pythonhosted", "deb." + "debian")
MACHINE_PATHS = re.compile(
    r"(?<![\w./-])/(?:wo" + r"rk|ro" + r"ot|home/\w+|Users/\w+|opt/" + r"(?:wheels|pypi))(?=[/\s\"'`)]|$)"
)
KEYS = re.compile(r"-----BEGIN [A-Z ]*PRIVATE " + r"KEY-----|sk_live_[0-9a-zA-Z]{8}|AKIA[0-9A-Z]{16}")
TEXTS = (
    ".py",
    ".ts",
    ".tsx",
    ".mjs",
    ".js",
    ".json",
    ".md",
    ".toml",
    ".lock",
    ".in",
    ".html",
    ".xml",
    ".yml",
    ".yaml",
    ".css",
    ".sh",
)
TEXT_NAMES = ("Makefile", ".ci/run", ".npmrc", ".gitignore")


@pytest.fixture(scope="module")
def texts(tree):
    return {path: tree.text(path) for path in tree.paths if path.endswith(TEXTS) or path.endswith(TEXT_NAMES)}


def test_no_places_on_one_machine(texts):
    assert not {path: MACHINE_PATHS.findall(text) for path, text in texts.items() if MACHINE_PATHS.search(text)}


def test_no_registry_hosts(texts):
    assert not {path for path, text in texts.items() if any(host in text for host in REGISTRIES)}


def test_no_keys(texts):
    assert not {path for path, text in texts.items() if KEYS.search(text)}


@pytest.mark.parametrize("text", ["see /wo" + "rk/main", '"/ro' + 'ot/.cache"', "in /home/" + "ann/x"])
def test_a_place_is_noticed(text):
    assert MACHINE_PATHS.search(text)


@pytest.mark.parametrize("text", ["addin/wo" + "rk/x", "https://a.b/wo" + "rkbooks", "POST /wo" + "rkbooks"])
def test_an_address_is_not_a_place(text):
    assert not MACHINE_PATHS.search(text)


def test_built_things_are_not_tracked(tree):
    built = ("node_modules/", "/dist/", "__pycache__", ".venv/", "results/")
    assert not [path for path in tree.paths if any(part in f"/{path}" for part in built)]
