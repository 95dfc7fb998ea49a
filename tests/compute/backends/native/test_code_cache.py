"""Code kept on disk: found again, never trusted when damaged or writable by others, never in the way."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import compute
from compute.backends.native import NativeMachine, compiler, machine
from compute.backends.native.code_cache import VARIABLE, CodeCache, cache_folder
from compute.backends.reference import BlockResult
from compute.errors import ErrorCode
from compute.protocol import SamplingMethod
from compute.sampling import sampler

Build = Callable[..., Path]
CELLS = {"A1": "=_xldudf_MC_NORMAL(100,10)", "B1": "=A1*2", "B2": "=EXP(B1/100)+A1"}
on_posix = pytest.mark.skipif(not hasattr(os, "getuid"), reason="folders have no owner on this system")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    kept = tmp_path / "code"
    monkeypatch.setenv(VARIABLE, str(kept))
    return kept


@pytest.fixture
def run(book: Build) -> Callable[[], BlockResult]:
    """Compiles the model anew and runs a block of it."""
    model = compute.Model.open(book({"S": CELLS}), outputs=["S!B1", "S!B2"])
    source = sampler("monte_carlo", 7, 64, [d.stream for d in model.program.draws])
    return lambda: NativeMachine(model.program).run(source, 0, 64)


def forbid_compiling(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*given: object) -> None:
        raise AssertionError("it was compiled again")

    monkeypatch.setattr(compiler, "optimise", refuse)


def forbid_planning(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*given: object) -> None:
        raise AssertionError("it was planned again")

    monkeypatch.setattr(machine, "plan_of", refuse)


def test_a_model_is_planned_and_compiled_once(
    folder: Path, run: Callable[[], BlockResult], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = run()
    assert len(list(folder.iterdir())) == len(["its blueprint", "its code"])
    forbid_planning(monkeypatch)
    second = run()
    assert first.outputs.tobytes() == second.outputs.tobytes()


def cut(data: bytes) -> bytes:
    return data[:-1]


def flipped(data: bytes) -> bytes:
    return data[:-200] + bytes([data[-200] ^ 1]) + data[-199:]


def of_another_make(data: bytes) -> bytes:
    return data.replace(b"code 1", b"code 0", 1)


DAMAGES = pytest.mark.parametrize(
    "damage", [cut, flipped, of_another_make, lambda data: b""], ids=["cut", "flipped", "old", "empty"]
)


def entries(folder: Path) -> tuple[Path, Path]:
    """The blueprint and the code of the one model that was kept."""
    blueprint, code = sorted(folder.iterdir(), key=lambda path: path.stat().st_size)
    return blueprint, code


@DAMAGES
def test_damaged_code_is_compiled_anew_and_replaced(
    folder: Path, run: Callable[[], BlockResult], damage: Callable[[bytes], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = run()
    _, entry = entries(folder)
    whole = entry.read_bytes()
    entry.write_bytes(damage(whole))
    with monkeypatch.context() as context:
        forbid_compiling(context)
        with pytest.raises(AssertionError, match="compiled again"):
            run()
    assert run().outputs.tobytes() == first.outputs.tobytes()
    assert entry.read_bytes() == whole


@DAMAGES
def test_a_damaged_blueprint_is_made_anew_and_replaced(
    folder: Path, run: Callable[[], BlockResult], damage: Callable[[bytes], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = run()
    entry, _ = entries(folder)
    whole = entry.read_bytes()
    entry.write_bytes(damage(whole))
    with monkeypatch.context() as context:
        forbid_planning(context)
        with pytest.raises(AssertionError, match="planned again"):
            run()
    forbid_compiling(monkeypatch)
    assert run().outputs.tobytes() == first.outputs.tobytes()
    assert entry.read_bytes() == whole


def test_without_its_code_a_blueprint_is_of_no_use(folder: Path, run: Callable[[], BlockResult]) -> None:
    first = run()
    _, code = entries(folder)
    code.unlink()
    assert run().outputs.tobytes() == first.outputs.tobytes()
    assert code.exists()


STAGES = {
    "A1": "=_xldudf_MC_NORMAL(100,10)",
    "A2": 7,
    "B1": "=A1>100",
    "B2": '=LEN(TEXT(A1,"0.0"))*A2',
    "B3": "=IF(B1,B2,1/(A2-7))+A1",
    "B4": '=IF(B1,"a","bc")',
    "B5": "=LEN(B4&B1)",
    "B6": "=A2+3",
    "B7": "=1/(A2-7)",
}
"""Stages of both kinds, truth values, texts and errors between them, outputs that never vary."""


@pytest.mark.parametrize("way", ["monte_carlo", "latin_hypercube"])
@pytest.mark.parametrize("outputs", [["B3", "B5", "B6", "B7"], ["B1", "B6", "B7"]], ids=["mixed", "whole"])
def test_what_was_kept_runs_as_what_was_planned(
    folder: Path, book: Build, monkeypatch: pytest.MonkeyPatch, outputs: list[str], way: SamplingMethod
) -> None:
    program = compute.Model.open(book({"S": STAGES}), outputs=[f"S!{o}" for o in outputs]).program
    source = sampler(way, 7, 64, [d.stream for d in program.draws])
    planned = NativeMachine(program)
    first = planned.run(source, 0, 64)
    assert set(np.unique(first.output_codes)) > {0}
    forbid_planning(monkeypatch)
    kept = NativeMachine(program)
    second = kept.run(source, 0, 64)
    assert kept.description == planned.description
    assert kept.block_lanes == planned.block_lanes
    expected = kept.reference.run(source, 0, 64)
    for ours, theirs, right in zip(arrays_of(second), arrays_of(first), arrays_of(expected), strict=True):
        assert ours.tobytes() == theirs.tobytes()
        np.testing.assert_allclose(ours, right, rtol=1e-12)


def arrays_of(result: BlockResult) -> list[np.ndarray]:
    return [result.outputs, result.output_codes, result.inputs, result.input_codes]


def test_exact_code_is_kept_too(folder: Path, book: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    cells = {"A1": "=_xldudf_MC_NORMAL(0,1)", "B1": "=SQRT(A1)+1", "B2": "=1/(A1-A1)"}
    program = compute.Model.open(book({"S": cells}), outputs=["S!B1", "S!B2"]).program
    source = sampler("monte_carlo", 7, 64, [d.stream for d in program.draws])
    first = NativeMachine(program).run(source, 0, 64)
    assert {int(ErrorCode.NUM), int(ErrorCode.DIV0)} <= set(first.output_codes.ravel().tolist())
    forbid_planning(monkeypatch)
    second = NativeMachine(program).run(source, 0, 64)
    assert second.output_codes.tobytes() == first.output_codes.tobytes()


def test_the_plan_of_kept_code_can_be_asked_for(folder: Path, book: Build) -> None:
    program = compute.Model.open(book({"S": CELLS}), outputs=["S!B2"]).program
    planned, kept = NativeMachine(program), NativeMachine(program)
    assert kept.plan.outline == planned.plan.outline


@on_posix
@pytest.mark.parametrize("bit", [stat.S_IWGRP, stat.S_IWOTH])
def test_code_that_others_may_have_written_is_not_run(
    folder: Path, run: Callable[[], BlockResult], bit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    run()
    folder.chmod(0o700 | bit)
    forbid_compiling(monkeypatch)
    with pytest.raises(AssertionError, match="compiled again"):
        run()


def test_a_folder_that_cannot_be_made_is_not_in_the_way(
    tmp_path: Path, run: Callable[[], BlockResult], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv(VARIABLE, str(tmp_path / "file" / "code"))
    assert run().outputs.shape == (2, 64)


def test_another_processor_has_entries_of_its_own() -> None:
    cache = CodeCache(None)
    assert cache.key(("text", "znver2", "+avx")) != cache.key(("text", "znver2", "+avx,+avx2"))
    assert cache.key(("ab", "c")) != cache.key(("a", "bc"))


def test_the_entries_used_least_recently_make_room(tmp_path: Path) -> None:
    cache = CodeCache(tmp_path / "code", most_bytes=3_500)
    for number, name in enumerate("abc"):
        cache.put(name, bytes(1_000))
        os.utime(tmp_path / "code" / name, (number, number))
    assert cache.get("a") == bytes(1_000)
    cache.put("d", bytes(1_000))
    assert sorted(p.name for p in (tmp_path / "code").iterdir()) == ["a", "c", "d"]


def test_where_code_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "off")
    assert cache_folder() is None
    monkeypatch.delenv(VARIABLE)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(sys, "platform", "linux")
    assert cache_folder() == tmp_path / "montecell" / "code"
