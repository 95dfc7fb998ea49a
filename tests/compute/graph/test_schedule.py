"""Levels: every node above what it needs, rings named."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compute.graph import Loop, levels, ringed_levels

GRAPHS = st.integers(1, 30).flatmap(
    lambda n: st.lists(st.lists(st.integers(0, n - 1), max_size=4), min_size=n, max_size=n)
)


@given(GRAPHS)
def test_nodes_lie_above_what_they_need_or_a_ring_is_named(below: list[list[int]]) -> None:
    try:
        found = levels(range(len(below)), below.__getitem__)
    except Loop as loop:
        ring = loop.members
        assert len(set(ring)) == len(ring)
        assert all(after in below[before] for before, after in zip(ring, (*ring[1:], ring[0]), strict=True))
        return
    for node, needs in enumerate(below):
        assert found[node] == max((found[n] + 1 for n in needs), default=0)


def test_a_chain_of_a_hundred_thousand_is_no_problem() -> None:
    found = levels([99_999], lambda n: [n - 1] if n else [])
    assert found[99_999] == 99_999


def test_only_what_the_roots_need_is_ordered() -> None:
    assert set(levels([1], {0: [], 1: [0], 2: [1]}.__getitem__)) == {0, 1}


def test_a_node_that_needs_itself_is_a_ring() -> None:
    with pytest.raises(Loop) as caught:
        levels([0], lambda n: [0])
    assert caught.value.members == (0,)


@given(GRAPHS)
def test_nodes_of_a_ring_share_a_level_and_all_others_lie_above_what_they_need(below: list[list[int]]) -> None:
    found, rings = ringed_levels(range(len(below)), below.__getitem__)
    ring_of = {node: i for i, ring in enumerate(rings) for node in ring}
    assert set(found) == set(range(len(below)))
    for node, needs in enumerate(below):
        own = ring_of.get(node)
        assert (own is not None) == _reaches(below, node)
        for need in needs:
            if own is not None and ring_of.get(need) == own:
                assert found[node] == found[need]
            else:
                assert found[node] > found[need]


def _reaches(below: list[list[int]], node: int) -> bool:
    """Whether a node needs itself, over however many others."""
    seen: set[int] = set()
    open_nodes = list(below[node])
    while open_nodes:
        other = open_nodes.pop()
        if other not in seen:
            seen.add(other)
            open_nodes += below[other]
    return node in seen


def test_a_ring_of_a_hundred_thousand_is_no_problem() -> None:
    found, rings = ringed_levels([0], lambda n: [(n + 1) % 100_000])
    assert set(found.values()) == {0}
    assert len(rings[0]) == 100_000
