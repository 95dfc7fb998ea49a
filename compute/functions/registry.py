"""The registry of worksheet functions, which loads a module when one of its functions is asked for."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from typing import Any, Generic, TypeVar

Kind = TypeVar("Kind")


class Registry(Mapping[str, Kind], Generic[Kind]):
    """What functions are, by their names in capitals, aliases included.

    ``homes`` gives the names that each module of ``package`` defines, with spaces between. Whether a name is known, and
    all of them, is told without loading anything.
    """

    def __init__(self, package: str, homes: Mapping[str, str]) -> None:
        self._package = package
        self._homes = {name: module for module, names in homes.items() for name in names.split()}
        self._loaded: dict[str, Kind] = {}

    def add(self, name: str, entry: Kind) -> None:
        """Called by the module that defines the function. Raises ValueError for a second definition, and for a name
        that was not announced."""
        if name in self._loaded:
            raise ValueError(f"{name} is defined twice")
        if name not in self._homes:
            raise ValueError(f"{name} is not in compute.functions.catalogue: add it under its module's name")
        self._loaded[name] = entry

    def names_of(self, module: str) -> frozenset[str]:
        """What a module defines."""
        return frozenset(name for name, home in self._homes.items() if home == module)

    def __getitem__(self, name: str) -> Kind:
        found = self._loaded.get(name)
        if found is None:
            module = self._homes[name]
            importlib.import_module(f"{self._package}.{module}")
            found = self._loaded.get(name)
            if found is None:
                raise RuntimeError(f"{name} is not defined by {module}, as compute.functions.catalogue says")
        return found

    def get(self, name: str, default: Any = None) -> Any:
        """As of a dict: asked for every call in every formula."""
        found = self._loaded.get(name)
        if found is None and name in self._homes:
            return self[name]
        return default if found is None else found

    def __contains__(self, name: object) -> bool:
        return name in self._homes

    def __iter__(self) -> Iterator[str]:
        return iter(self._homes)

    def __len__(self) -> int:
        return len(self._homes)


__all__ = ["Registry"]
