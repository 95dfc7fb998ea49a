"""Server-sent events as the HTML standard has them (section 9.2.6)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.client.event_stream import Event, parse

CASES = {
    "one event": (["event: progress", "id: 3", "data: {}", ""], [Event("progress", "{}", "3")]),
    "no name": (["data: x", ""], [Event("message", "x", "")]),
    "two lines of data": (["data: a", "data: b", ""], [Event("message", "a\nb", "")]),
    "a comment keeps the connection alive": ([": hello", "", "data: x", ""], [Event("message", "x", "")]),
    "an event without data is none": (["event: progress", "", "data: x", ""], [Event("message", "x", "")]),
    "an unfinished event is dropped": (["data: x"], []),
    "the id stays": (["id: 1", "data: a", "", "data: b", ""], [Event("message", "a", "1"), Event("message", "b", "1")]),
    "one space goes, a second stays": (
        ["data:  x", "", "data:y", ""],
        [Event("message", " x", ""), Event("message", "y", "")],
    ),
    "carriage returns": (["data: x\r\n", "\r\n"], [Event("message", "x", "")]),
    "a field of its own": (["retry: 5", "data", ""], [Event("message", "", "")]),
    "an id with a null character is ignored": (["id: a\0b", "data: x", ""], [Event("message", "x", "")]),
}


@pytest.mark.parametrize(("lines", "events"), CASES.values(), ids=CASES.keys())
def test_parse(lines, events):
    assert list(parse(lines)) == events


@given(
    st.lists(
        st.tuples(st.from_regex(r"[a-z]{1,8}", fullmatch=True), st.text().filter(lambda t: not set("\r\n\0") & set(t)))
    )
)
def test_what_was_sent_is_read(sent):
    lines = [
        line
        for number, (name, data) in enumerate(sent)
        for line in (f"event: {name}", f"id: {number}", f"data: {data}", "")
    ]
    assert list(parse(lines)) == [Event(name, data, str(number)) for number, (name, data) in enumerate(sent)]
