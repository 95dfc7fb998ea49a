"""Samples by key that are loaded when they are asked for, and not all at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

from compute.values import Floats

Key = TypeVar("Key")


class LoadedSamples(Mapping[Key, Floats]):
    """A mapping whose values are made anew each time: going through it holds one column at a time."""

    def __init__(self, load: Mapping[Key, Callable[[], Floats]]) -> None:
        self._load = load

    def __getitem__(self, key: Key) -> Floats:
        return self._load[key]()

    def __contains__(self, key: object) -> bool:
        return key in self._load

    def __iter__(self) -> Iterator[Key]:
        return iter(self._load)

    def __len__(self) -> int:
        return len(self._load)
