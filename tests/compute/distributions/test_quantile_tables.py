"""Tables of quantile functions: what their words say, read without native code, against scipy's own inverses."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import special

from compute.distributions.quantile_tables import OCTAVES, QuantileTable, quantile_table
from compute.distributions.step_tables import step_table


def _by_pieces(table: QuantileTable, share: float) -> float:
    """The polynomial of a share below ½."""
    mantissa, exponent = np.frexp(share)
    pieces = 1 << table.piece_bits
    within = (2.0 * mantissa - 1.0) * pieces
    row = (OCTAVES - 1 + int(exponent)) * pieces + int(within)
    return float(np.polyval(table.rows[row][::-1], within % 1.0 - 0.5))


@pytest.mark.parametrize("shapes", [(2.0, 3.0), (0.5, 0.5), (30.0, 20.0)])
def test_the_pieces_of_the_lower_half(shapes: tuple[float, float]) -> None:
    a, b = shapes
    table = quantile_table(lambda p, q: np.where(p <= 0.5, special.betaincinv(a, b, p), special.betainccinv(a, b, q)))
    assert table is not None
    for share in (2.0**-9, 0.01, 0.0625, 0.2, 0.31, 0.4999):
        assert _by_pieces(table, share) == pytest.approx(special.betaincinv(a, b, share), rel=2e-14, abs=0)


def test_a_quantile_with_noise_has_no_table() -> None:
    noise = np.random.default_rng(5)
    assert quantile_table(lambda p, q: p * (1.0 + 1e-11 * noise.uniform(size=p.shape))) is None


def test_a_constant_has_no_table() -> None:
    assert quantile_table(lambda p, q: np.full(p.shape, 3.0)) is None


def test_values_that_have_no_share_are_left_out() -> None:
    reached = {1.0: 0.25, 2.0: 0.25, 3.0: 1.0}
    table = step_table(
        lambda p, q: np.where(p <= 0.25, 1.0, 3.0),
        lambda x: np.array([reached[v] for v in x]),
        np.array([1.0, 2.0, 3.0]),
    )
    assert table is not None
    assert table.values.tolist() == [1.0, 3.0]
