"""Philox against its published answers, and uniforms as a pure function of seed, stream and iteration."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from compute.sampling import stream_key, uniforms
from compute.sampling.streams import philox, to_unit, word_table, words

FULL = 0xFFFFFFFF
# kat_vectors of the Random123 distribution, philox4x32 with 10 rounds: counter, key (two words), answer.
KNOWN = [
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((FULL, FULL, FULL, FULL), (FULL, FULL), (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]


@pytest.mark.parametrize(("counter", "key", "answer"), KNOWN)
def test_philox_gives_the_published_answers(
    counter: tuple[int, ...], key: tuple[int, int], answer: tuple[int, ...]
) -> None:
    a, b, c, d = (np.array([word], dtype=np.uint64) for word in counter)
    found = philox((a, b, c, d), key[1] << 32 | key[0])
    assert tuple(int(word[0]) for word in found) == answer


def test_uniform_of_an_iteration_is_made_of_two_words_of_its_counter() -> None:
    seed, stream, iteration = 0x0123456789ABCDEF, 0xFEDCBA9876543210, (5 << 32) * 2 + 7
    pair = iteration // 2
    counter = (pair & FULL, pair >> 32, stream & FULL, stream >> 32)
    a, b, c, d = (np.array([word], dtype=np.uint64) for word in counter)
    found = philox((a, b, c, d), seed)
    expected = ((int(found[2][0]) << 32 | int(found[3][0])) >> 11) * 2.0**-53
    assert uniforms(seed, stream, iteration, iteration + 1).tolist() == [expected]


@given(start=st.integers(0, 70_000), length=st.integers(0, 50), seed=st.integers(0, 2**64 - 1))
def test_a_slice_equals_the_slice_of_the_whole(start: int, length: int, seed: int) -> None:
    around = uniforms(seed, 99, max(start - 3, 0), start + length + 3)
    skipped = start - max(start - 3, 0)
    assert uniforms(seed, 99, start, start + length).tolist() == around[skipped : skipped + length].tolist()


def test_blocks_join_without_a_seam() -> None:
    whole = uniforms(1, 2, 0, 100_001)
    cuts = [0, 1, 4096, 32_767, 32_768, 32_769, 70_001, 100_001]
    pieces = [uniforms(1, 2, start, stop) for start, stop in itertools.pairwise(cuts)]
    assert np.concatenate(pieces).tolist() == whole.tolist()


def test_table_holds_the_rows_of_its_streams() -> None:
    streams = [5, 2**64 - 1, 17, 5]
    table = word_table(3, streams, 11, 60_000)
    for row, stream in zip(table, streams, strict=True):
        assert np.array_equal(row, words(3, stream, 11, 60_000))


def test_uniforms_never_touch_the_ends() -> None:
    ends = to_unit(np.array([0, 1 << 11, 2**64 - 1], dtype=np.uint64))
    assert ends.tolist() == [2.0**-54, 2.0**-53, 1 - 2.0**-53]


@pytest.mark.parametrize("stream", range(8))
def test_uniforms_are_uniform_and_independent_along_a_stream(stream: int) -> None:
    u = uniforms(1, stream_key("Model", "B2", stream), 0, 200_000)
    assert stats.kstest(u, "uniform").pvalue > 1e-3
    assert stats.chisquare(np.bincount((u * 256).astype(int), minlength=256)).pvalue > 1e-3
    centred = u - 0.5
    for lag in (1, 2, 3, 4, 64):
        correlation = float((centred[lag:] * centred[:-lag]).mean() * 12)
        assert abs(correlation) < 4.5 / np.sqrt(u.size)
    low_bits = words(1, stream, 0, 200_000) & np.uint64(255)
    assert stats.chisquare(np.bincount(low_bits.astype(int), minlength=256)).pvalue > 1e-3


def test_streams_and_seeds_are_uncorrelated() -> None:
    n = 50_000
    rows = [uniforms(seed, stream_key("Sheet1", f"A{cell}", 0), 0, n) for seed in (0, 1, 2) for cell in (1, 2, 3, 4)]
    correlations = np.corrcoef(rows)[np.triu_indices(len(rows), 1)]
    assert np.abs(correlations).max() < 4.5 / np.sqrt(n)


@pytest.mark.parametrize("sheet", ["Model", "MODEL", "model"])
@pytest.mark.parametrize("cell", ["B2", "b2", "$B$2", "B$2"])
def test_stream_ignores_case_and_dollars(sheet: str, cell: str) -> None:
    assert stream_key(sheet, cell, 0) == stream_key("Model", "B2", 0)


def test_stream_never_changes() -> None:
    # A saved simulation must find its numbers again in a later version.
    assert stream_key("Model", "B2", 0) == 0x764E445C26EB0CC4


def test_streams_differ_by_sheet_cell_and_ordinal() -> None:
    keys = {stream_key(sheet, cell, n) for sheet in ("A", "A!", "B") for cell in ("A1", "A11", "B1") for n in range(20)}
    assert len(keys) == 3 * 3 * 20
    assert all(0 <= key < 2**64 for key in keys)
