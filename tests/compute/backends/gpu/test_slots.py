"""How many iterations and threads a block has, by what a program takes and a device has."""

from __future__ import annotations

import pytest

from compute.backends.gpu.slots import MOST_LANES, Needs, Room, room_for
from compute.backends.native import NotNative
from tests.compute.backends.gpu.recording import HostDevice

GB = 2**30
ROOMS = {
    "a small model on a large device": (Needs(300, 3, 10), 80 * GB, Room(MOST_LANES, MOST_LANES)),
    "2,000 draws: 512 MB of the host": (Needs(52_000, 10, 2_000), 80 * GB, Room(32_768, 32_768)),
    "2,000 draws on a small device": (Needs(52_000, 10, 2_000), 8 * GB, Room(32_768, 4_096)),
    "a large model: threads take several iterations": (Needs(1_000_000, 1, 1), 16 * GB, Room(MOST_LANES, 512)),
    "a very large one": (Needs(5_000_000, 1, 1), 16 * GB, Room(MOST_LANES, 128)),
}


@pytest.mark.parametrize("name", ROOMS)
def test_room(name: str) -> None:
    needs, memory, expected = ROOMS[name]
    room = room_for(needs, HostDevice(memory=memory))
    assert room == expected
    # two streams, each with a workspace, rows, samples, uniforms and doubts
    per_lane = 8 * (needs.rows + 2 * needs.draws) + 1
    assert 2 * (room.threads * needs.places * 8 + room.lanes * per_lane) <= memory


def test_no_room() -> None:
    with pytest.raises(NotNative, match="its 9,000,000 values per iteration do not fit"):
        room_for(Needs(9_000_000, 1, 1), HostDevice(memory=16 * GB))
