"""News inside one process: whoever waits for a topic wakes when something is posted under it.

It is a hint and carries nothing: the database holds the facts, and waits have a timeout, so that news from another
process is only later, never lost.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager


class Bulletin:
    """Topics of one event loop."""

    def __init__(self) -> None:
        self._waiting: defaultdict[str, set[asyncio.Event]] = defaultdict(set)

    def post(self, topic: str) -> None:
        """Wake everyone who watches the topic."""
        for event in self._waiting.get(topic, ()):
            event.set()

    @contextmanager
    def watch(self, topic: str) -> Iterator[Watch]:
        """Watch a topic; nothing posted within the block is missed, also between two waits."""
        event = asyncio.Event()
        self._waiting[topic].add(event)
        try:
            yield Watch(event)
        finally:
            self._waiting[topic].discard(event)
            if not self._waiting[topic]:
                del self._waiting[topic]


class Watch:
    """One watcher of a topic."""

    def __init__(self, event: asyncio.Event) -> None:
        self._event = event

    def clear(self) -> None:
        """Forget what was posted; call this before looking at the facts."""
        self._event.clear()

    async def wait(self, timeout: float) -> bool:  # noqa: ASYNC109
        """True when something was posted since ``clear``, False after ``timeout`` seconds."""
        try:
            async with asyncio.timeout(timeout):
                await self._event.wait()
        except TimeoutError:
            return False
        return True
