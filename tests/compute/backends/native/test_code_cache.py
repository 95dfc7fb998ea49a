"""Code kept on disk: found again, never trusted when damaged or writable by others, never in the way."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import compute
from compute.backends.native import NativeMachine, compiler
from compute.backends.native.code_cache import VARIABLE, CodeCache, cache_folder
from compute.backends.reference import BlockResult
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


def test_a_model_is_compiled_once(
    folder: Path, run: Callable[[], BlockResult], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = run()
    assert len(list(folder.iterdir())) == 1
    forbid_compiling(monkeypatch)
    second = run()
    assert first.outputs.tobytes() == second.outputs.tobytes()


def cut(data: bytes) -> bytes:
    return data[:-1]


def flipped(data: bytes) -> bytes:
    return data[:-200] + bytes([data[-200] ^ 1]) + data[-199:]


def of_another_make(data: bytes) -> bytes:
    return data.replace(b"code 1", b"code 0", 1)


@pytest.mark.parametrize(
    "damage", [cut, flipped, of_another_make, lambda data: b""], ids=["cut", "flipped", "old", "empty"]
)
def test_a_damaged_entry_is_compiled_anew_and_replaced(
    folder: Path, run: Callable[[], BlockResult], damage: Callable[[bytes], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = run()
    (entry,) = folder.iterdir()
    whole = entry.read_bytes()
    entry.write_bytes(damage(whole))
    with monkeypatch.context() as context:
        forbid_compiling(context)
        with pytest.raises(AssertionError, match="compiled again"):
            run()
    assert run().outputs.tobytes() == first.outputs.tobytes()
    assert entry.read_bytes() == whole


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
