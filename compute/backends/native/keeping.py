"""What is kept of a program between processes: its blueprint, and which code belongs to it."""

from __future__ import annotations

from compute.backends.native.blueprint import Blueprint, read, written
from compute.backends.native.code_cache import CodeCache, cache_folder
from compute.backends.native.compiler import Compiled, kept_code, processor
from compute.backends.native.program_digest import program_digest
from compute.program import Program


class Keeping:
    """The entries of one program, named by its digest; a program without one, or without a folder, keeps nothing.

    Code is kept by its own digest (``compile_module``), so that programs whose modules are alike share it.
    """

    def __init__(self, program: Program) -> None:
        folder = cache_folder()
        self._cache = CodeCache(folder)
        self._digest = None if folder is None else program_digest(program, processor())

    def found(self) -> tuple[Blueprint, Compiled] | None:
        """The blueprint and its code; None unless both are there and whole."""
        data = self._get("blueprint")
        if data is None:
            return None
        blueprint = read(data)
        code = kept_code(blueprint.code)
        return None if code is None else (blueprint, code)

    def keep(self, blueprint: Blueprint) -> None:
        """Keeps a blueprint."""
        self._put("blueprint", written(blueprint))

    def found_exact(self) -> Compiled | None:
        """The exact code."""
        name = self._get("exact")
        return None if name is None else kept_code(name.decode())

    def keep_exact(self, code: Compiled) -> None:
        """Keeps which exact code it is."""
        self._put("exact", code.name.encode())

    def _get(self, what: str) -> bytes | None:
        return None if self._digest is None else self._cache.get(self._cache.key((self._digest, what)))

    def _put(self, what: str, data: bytes) -> None:
        if self._digest is not None:
            self._cache.put(self._cache.key((self._digest, what)), data)


__all__ = ["Keeping"]
