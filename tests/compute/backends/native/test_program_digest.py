"""The digest of a program: equal for equal models in any process, another where anything that makes a plan differs."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import compute
from compute.backends.native import program_digest as digesting
from compute.backends.native.program_digest import digest_of_sources, program_digest
from compute.program import Program

Build = Callable[..., Path]
PROCESSOR = ("znver2", "+avx2")
CELLS: Mapping[str, Any] = {
    "A1": "=_xldudf_MC_NORMAL(100,10)",
    "A2": 3,
    "A3": "label",
    "A4": True,
    "A5": "=1/0",
    "A6": "=A2*Rate",
    "B1": "=A1*A2+A6",
    "B2": '=IF(A4,B1,COUNTIF(A2:A3,"label"))',
}


def program_of(book: Build, cells: Mapping[str, Any] = CELLS, outputs: tuple[str, ...] = ("B1", "B2")) -> Program:
    path = book({"S": dict(cells), "T": {"A1": 0.5}}, names={"Rate": "T!$A$1"})
    return compute.Model.open(path, outputs=[f"S!{o}" for o in outputs]).program


def test_one_model_opened_twice_has_one_digest(book: Build) -> None:
    first, second = program_of(book), program_of(book)
    assert first is not second
    assert program_digest(first, PROCESSOR) == program_digest(second, PROCESSOR) is not None


@pytest.mark.parametrize("seed", ["1", "2"])
def test_another_process_finds_the_same_digest(book: Build, seed: str, repo_root: Path) -> None:
    path = book({"S": dict(CELLS), "T": {"A1": 0.5}}, names={"Rate": "T!$A$1"})
    script = (
        "import sys, compute; from compute.backends.native.program_digest import program_digest as d;"
        f"print(d(compute.Model.open(sys.argv[1], outputs=['S!B1', 'S!B2']).program, {PROCESSOR!r}))"
    )
    environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(repo_root)}
    done = subprocess.run(
        [sys.executable, "-c", script, str(path)], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == program_digest(program_of(book), PROCESSOR)


CHANGES: Mapping[str, Mapping[str, Any]] = {
    "a constant": {"A2": 4},
    "a constant's kind": {"A2": "3"},
    "a whole number for a truth value": {"A4": 1},
    "a text": {"A3": "Label"},
    "a law's parameter": {"A1": "=_xldudf_MC_NORMAL(100,11)"},
    "a law": {"A1": "=_xldudf_MC_LOGNORMAL(100,10)"},
    "an operator": {"B1": "=A1*A2-A6"},
    "what a reference means": {"B1": "=A1*A2+A2"},
    "a fixed formula": {"A6": "=A2*Rate+1"},
    "an error": {"A5": "=NA()"},
    "a cell more": {"C9": 1},
}


@pytest.mark.parametrize("change", CHANGES)
def test_another_cell_gives_another_digest(book: Build, change: str) -> None:
    assert program_digest(program_of(book), PROCESSOR) != program_digest(
        program_of(book, {**CELLS, **CHANGES[change]}), PROCESSOR
    )


def test_other_outputs_give_another_digest(book: Build) -> None:
    digests = {
        program_digest(program_of(book, CELLS, outputs), PROCESSOR) for outputs in (("B1", "B2"), ("B1",), ("B2", "B1"))
    }
    assert len(digests) == 3


def test_another_processor_or_library_gives_another_digest(book: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    program = program_of(book)
    digests = {program_digest(program, processor) for processor in (PROCESSOR, ("znver3", "+avx2"), ("znver2", ""))}
    monkeypatch.setattr(digesting, "_versions", lambda: ("another",))
    digests.add(program_digest(program, PROCESSOR))
    assert len(digests) == 4


def test_another_compiler_gives_another_digest(book: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    program = program_of(book)
    before = program_digest(program, PROCESSOR)
    monkeypatch.setattr(digesting, "_digest_of_sources", lambda: "another")
    assert program_digest(program, PROCESSOR) != before
    monkeypatch.setattr(digesting, "_digest_of_sources", lambda: None)
    assert program_digest(program, PROCESSOR) is None


def test_libraries_of_unknown_version_give_none(book: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(digesting, "_LIBRARIES", ("no such library",))
    digesting._versions.cache_clear()
    try:
        assert program_digest(program_of(book), PROCESSOR) is None
    finally:
        digesting._versions.cache_clear()


def test_formulas_that_share_a_tree_are_told_from_equal_ones(book: Build) -> None:
    program = program_of(book, {"A1": "=_xldudf_MC_NORMAL(0,1)", "B1": "=$A$1+1", "B2": "=$A$1+1"})
    shared = program.formulas[program.producers[0, 2, 2]]
    assert shared.tree is program.formulas[program.producers[0, 1, 2]].tree
    apart = shared._replace(tree=replace(shared.tree))
    formulas = tuple(apart if f is shared else f for f in program.formulas)
    assert program_digest(replace(program, formulas=formulas), PROCESSOR) != program_digest(program, PROCESSOR)


@pytest.mark.parametrize("formula", ["=A1+NOW()", "=A1+YEAR(TODAY())"])
def test_what_depends_on_the_moment_has_none(book: Build, formula: str) -> None:
    assert program_digest(program_of(book, {**CELLS, "B1": formula}), PROCESSOR) is None


def test_a_moment_that_nothing_reads_does_not_matter(book: Build) -> None:
    assert program_digest(program_of(book, {**CELLS, "D1": "=NOW()"}), PROCESSOR) is not None


def test_sources_are_digested_with_their_names(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    file = tmp_path / "inner" / "one.py"
    file.write_text("a = 1")
    later = file.stat().st_ctime + 1
    first = digest_of_sources(tmp_path, later)
    assert first is not None
    assert digest_of_sources(tmp_path, later) == first
    file.write_text("a = 2")
    second = digest_of_sources(tmp_path, later)
    file.rename(tmp_path / "inner" / "two.py")
    assert len({first, second, digest_of_sources(tmp_path, later)}) == 3


def test_sources_that_changed_since_they_were_loaded_have_none(tmp_path: Path) -> None:
    (tmp_path / "one.py").write_text("a = 1")
    assert digest_of_sources(tmp_path, (tmp_path / "one.py").stat().st_ctime - 1) is None
    assert digest_of_sources(tmp_path / "nothing", 0.0) is None
