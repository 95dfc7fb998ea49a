"""How many iterations and threads a block has, by what a program takes and a device has."""

from __future__ import annotations

import pytest

from compute.backends.gpu.driver import NoDeviceMemory
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


LARGE = Needs(1_000_000, 1, 1)
"""1 GB for the 128 threads that a block has at least, twice, and a quarter more."""


def test_the_least_room_is_enough() -> None:
    assert LARGE.least_bytes == pytest.approx(2 * 128 * 8_000_025 / 0.8, abs=1)
    tight = HostDevice(memory=16 * GB, taken=16 * GB - LARGE.least_bytes)
    assert room_for(LARGE, tight) == Room(128, 128)


def test_room_that_others_have() -> None:
    tight = HostDevice(memory=16 * GB, taken=16 * GB - LARGE.least_bytes + 1)
    message = (
        r"this model needs 2,441\.4 MB on a GPU in name only, and 2,441\.4 MB of its 16,384\.0 MB are free\. End what"
    )
    with pytest.raises(NoDeviceMemory, match=message):
        room_for(LARGE, tight)


@pytest.mark.parametrize(("share", "free", "is_enough"), [(0.5, 8, True), (0.5, 4, False), (0.25, 4, True)])
def test_a_share_of_the_threads_of_an_idle_device(share: float, free: int, is_enough: bool) -> None:
    device = HostDevice(memory=16 * GB, taken=(16 - free) * GB)
    if is_enough:
        assert room_for(LARGE, device, share).threads == 512 * free // 16
        return
    with pytest.raises(NoDeviceMemory, match=r"about 4,\d{3}\.\d MB to gain by a GPU on .* and 4,096\.0 MB of its"):
        room_for(LARGE, device, share)
