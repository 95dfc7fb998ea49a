"""Packages whose names are loaded when somebody asks for them: a run waits for what it uses, not for what there is."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Mapping
from typing import Any


def on_demand(package: str, homes: Mapping[str, str]) -> Callable[[str], Any]:
    """A package's ``__getattr__``: ``homes`` maps each of its modules to the names that come from it, with spaces.

    A name is kept in the package once it was asked for. It cannot be one that a module of the package has: whoever
    imports that module puts the module in the name's place.
    """
    modules = {name: module for module, names in homes.items() for name in names.split()}

    def fetched(name: str) -> Any:
        module = modules.get(name)
        if module is None:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        found = getattr(importlib.import_module(f"{package}.{module}"), name)
        setattr(sys.modules[package], name, found)
        return found

    return fetched


__all__ = ["on_demand"]
