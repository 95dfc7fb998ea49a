"""Server-sent events from lines of text, without any I/O.

Source: the event stream format of the HTML standard, section 9.2.6.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Event:
    """One event; ``id`` is the last id that the stream gave, for resuming after it."""

    name: str
    data: str
    id: str


def parse(lines: Iterable[str]) -> Iterator[Event]:
    """The events of a stream. Comments and events without data are left out; an unfinished last event is dropped."""
    name, data, last_id = "", list[str](), ""
    for raw in lines:
        line = raw.rstrip("\r\n")
        if not line:
            if data:
                yield Event(name or "message", "\n".join(data), last_id)
            name, data = "", []
            continue
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if field == "event":
            name = value
        elif field == "data":
            data.append(value)
        elif field == "id" and "\0" not in value:
            last_id = value
