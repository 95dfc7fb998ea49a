"""Draws by tables: each value is the law's own quantile, in the middle and at both ends, whatever the width."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from llvmlite import ir

from compute.backends.native import NativeMachine, fixed_draws
from compute.backends.native.compiler import compile_module
from compute.backends.native.expressions import Sampled
from compute.backends.native.fixed_laws import fixed_law, moved_law
from compute.backends.native.mathematics import Mathematics
from compute.backends.native.tabled_draws import kind_of, tabled_draw
from compute.distributions import LAWS, Law
from compute.distributions.quantile_tables import quantile_table
from compute.distributions.step_tables import step_table
from tests.compute.backends.native.machines import both, machine_of


def law_of(name: str, *parameters: object) -> Law:
    make: Callable[..., Law] = LAWS[name]
    return make(*parameters)


Run = Callable[[np.ndarray, np.ndarray], np.ndarray]
_alive: list[object] = []
RANDOM = np.random.default_rng(20261123)
LEAST = 2.0**-54


def _shares() -> np.ndarray:
    """Shares that a generator gives, the rarest and those on the bounds of pieces among them."""
    usual = np.maximum(RANDOM.integers(0, 2**53, 4_000) * 2.0**-53, LEAST)
    small = 2.0 ** -RANDOM.uniform(1, 54, 500)
    bounds = np.array([0.5, 0.25, 0.75, 2.0**-9, 1 - 2.0**-9, 2.0**-14, 9 / 32, LEAST, 1 - 2.0**-53, 0.5 - LEAST])
    found = np.concatenate([usual, small, np.minimum(1 - small, 1 - 2.0**-53), bounds, np.nextafter(bounds[:7], 1)])
    return np.resize(found, -(-found.size // 8) * 8)


SHARES = _shares()


@cache
def compiled(kind: str, width: int) -> Run:
    """The draws of an array of shares, a multiple of eight."""
    module = ir.Module(kind)
    maths = Mathematics(module, width)
    pointer, word = ir.DoubleType().as_pointer(), ir.IntType(64)
    function = ir.Function(module, ir.FunctionType(ir.VoidType(), [pointer, pointer, pointer, word]), "loop")
    output, shares, table, count = function.args
    entry, head, after = (function.append_basic_block(part) for part in ("entry", "head", "after"))
    ir.IRBuilder(entry).branch(head)
    builder = ir.IRBuilder(head)
    i = builder.phi(word)
    places = [builder.bitcast(builder.gep(row, [i]), maths.type.as_pointer()) for row in (output, shares)]
    loaded = builder.load(places[1], align=8)
    builder.store(builder.call(tabled_draw(maths, kind), [loaded, table]), places[0], align=8)
    following = builder.add(i, ir.Constant(word, width))
    i.add_incoming(ir.Constant(word, 0), entry)
    i.add_incoming(following, head)
    builder.cbranch(builder.icmp_unsigned("<", following, count), head, after)
    ir.IRBuilder(after).ret_void()
    code = compile_module(module)
    _alive.append(code)
    call = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * 3, ctypes.c_int64)(code.address("loop"))

    def run(given: np.ndarray, words: np.ndarray) -> np.ndarray:
        spare = np.zeros(words.size + 8)
        aligned = spare[-spare.ctypes.data % 64 // 8 :][: words.size]
        aligned[:] = words
        result = np.empty_like(given)
        call(result.ctypes.data, given.ctypes.data, aligned.ctypes.data, given.size)
        return result

    return run


CONTINUOUS: dict[str, list[tuple[float, ...]]] = {
    "BETA": [(2, 3), (0.5, 0.5), (1, 5), (0.2, 3), (300, 200), (20, 30)],
    "GAMMA": [(2, 1), (0.5, 1), (50, 1), (1000.5, 1)],
    "CHISQ": [(1,), (5,)],
    "ERLANG": [(3, 2)],
    "STUDENT": [(1,), (3,), (2.5,), (30,)],
    "CAUCHY": [(0, 1)],
    "F": [(5, 7)],
    "PEARSON5": [(3, 2)],
    "LEVY": [(0, 1)],
    "FATIGUELIFE": [(0, 1, 0.5)],
    "NORMAL": [(0, 1), (10, 1), (-10, 1)],
}
OTHER = "other quantiles"
LAW_CASES = [(name, shapes) for name, all_shapes in CONTINUOUS.items() for shapes in all_shapes]


@pytest.mark.parametrize(("name", "shapes"), LAW_CASES, ids=[f"{n}{s}" for n, s in LAW_CASES])
def test_a_continuous_law(name: str, shapes: tuple[float, ...]) -> None:
    columns = law_of(name, *shapes).columns()
    table = quantile_table(columns.quantile)
    assert table is not None
    found, expected = compiled("quantiles", 8)(SHARES, table.words), columns.draw(SHARES)
    np.testing.assert_allclose(found, expected, rtol=1e-13, atol=0)
    kind = kind_of([table.words, table.words])
    assert kind == ("centred quantiles" if columns.quantile(np.array([0.5]), np.array([0.5]))[0] == 0 else OTHER)
    np.testing.assert_array_equal(compiled(kind, 8)(SHARES, table.words), found)


def test_centred_and_other_tables_in_one_line() -> None:
    centred, other = (law_of(*law).columns() for law in (("NORMAL", 0, 1), ("GAMMA", 2, 1)))
    tables = [quantile_table(columns.quantile) for columns in (centred, other)]
    assert kind_of([table.words for table in tables if table is not None]) == "quantiles"


@pytest.mark.parametrize("name", ["TRIANGULAR", "CUMUL"])
def test_a_law_with_kinks_has_no_table(name: str) -> None:
    law = law_of("TRIANGULAR", 0, 1, 3) if name == "TRIANGULAR" else law_of("CUMUL", 0, 10, (2, 5), (0.3, 0.8))
    assert quantile_table(law.columns().quantile) is None


DISCRETE: dict[str, tuple[object, ...]] = {
    "POISSON": (20,),
    "BINOMIAL": (10, 0.3),
    "NEGBIN": (3, 0.2),
    "HYPERGEO": (10, 30, 100),
    "DISCRETE": ((11, 2, 5, 9, 2), (0.1, 0.2, 0, 0.3, 0.3)),
    "DUNIFORM": ((4, 1, -3),),
    "RESAMPLE": (tuple(range(1000)),),
}


@pytest.mark.parametrize("name", DISCRETE)
def test_a_discrete_law_exactly(name: str) -> None:
    """All that is left open is what lies on a change, or nearer to an end than 2^-40."""
    columns = law_of(name, *DISCRETE[name]).columns()
    law = fixed_law(columns)
    assert law is not None
    assert law.kind == "steps"
    found, expected = compiled("steps", 8)(SHARES, law.words), columns.draw(SHARES)
    open_to_doubt = np.isnan(found)
    np.testing.assert_array_equal(found[~open_to_doubt], expected[~open_to_doubt])
    inside = (SHARES > 2.0**-40) & (SHARES < 1 - 2.0**-40)
    assert (open_to_doubt & inside).sum() <= 10
    assert not open_to_doubt[inside & (np.abs(SHARES * 1000 - np.rint(SHARES * 1000)) > 1e-6)].any()


def test_a_share_on_a_change_is_left_open() -> None:
    columns = law_of("DUNIFORM", (1, 2, 3, 4, 5)).columns()
    law = fixed_law(columns)
    assert law is not None
    shares = np.array([0.2, 0.4, 0.4 + 2e-16, 0.6, 0.8, 0.3, 0.5, 0.9])
    np.testing.assert_array_equal(
        compiled("steps", 8)(shares, law.words), [np.nan, np.nan, np.nan, np.nan, np.nan, 2, 3, 5]
    )


def test_a_table_that_contradicts_the_quantile_is_not_made() -> None:
    values = np.arange(5.0)
    law = law_of("DUNIFORM", tuple(values)).columns()
    assert step_table(law.quantile, law.probability, values) is not None
    assert step_table(lambda p, q: law.quantile(np.minimum(p + 1e-9, 1.0), q), law.probability, values) is None


PIECES: dict[str, tuple[object, ...]] = {
    "CUMUL": (0, 10, (2, 5), (0.3, 0.8)),
    "GENERAL": (0, 10, tuple(range(1, 10)), (1, 3, 0, 2, 5, 5, 1, 4, 2)),
    "HISTOGRAM": (-3, 10, (2, 5, 1, 0, 0, 3)),
    "DOUBLETRIANG": (0, 3, 10, 0.4),
}


@pytest.mark.parametrize("name", PIECES)
def test_a_law_of_straight_pieces_to_the_last_bit(name: str) -> None:
    columns = law_of(name, *PIECES[name]).columns()
    law = fixed_law(columns)
    assert law is not None
    assert law.kind == "lines"
    np.testing.assert_array_equal(compiled("lines", 8)(SHARES, law.words), columns.draw(SHARES))


OF_A_KIND = {"quantiles": ("GAMMA", 2, 1), "steps": ("POISSON", 3000), "lines": ("HISTOGRAM", *PIECES["HISTOGRAM"])}


@pytest.mark.parametrize("kind", OF_A_KIND)
def test_the_same_bits_for_every_width(kind: str) -> None:
    name, *parameters = OF_A_KIND[kind]
    law = fixed_law(law_of(str(name), *parameters).columns())
    assert law is not None
    assert law.kind == kind
    expected = compiled(kind, 8)(SHARES, law.words)
    for width in (1, 2, 4):
        np.testing.assert_array_equal(
            compiled(kind, width)(SHARES, law.words).view(np.uint64), expected.view(np.uint64), err_msg=f"{width}"
        )


def test_laws_that_differ_in_place_and_size_share_a_table() -> None:
    one, other = (fixed_law(law_of("PERT", *ends).columns()) for ends in ((0, 2, 10), (100, 102, 110)))
    assert one is not None
    assert other is not None
    assert one.words is other.words
    assert (other.location, other.scale) == (100.0, 10.0)


def test_a_law_of_one_value_needs_no_shape() -> None:
    law = fixed_law(law_of("PERT", 5, 5, 5).columns())
    assert law is not None
    assert (law.location, law.scale) == (5.0, 0.0)


@pytest.mark.parametrize(("most", "is_native"), [(3, True), (2, False)])
def test_more_shapes_than_are_worth_tables_are_the_reference_s(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int, is_native: bool
) -> None:
    monkeypatch.setattr(fixed_draws, "MOST_WORK", most)
    cells: dict[str, object] = {f"A{i}": f"=_xldudf_MC_PERT({i},{2 * i + i * i / 8},{9 * i})" for i in range(1, 4)}
    machine = machine_of(tmp_path / "model.xlsx", {**cells, "B1": "=SUM(A1:A3)"}, ["S!B1"], NativeMachine)
    told = set(machine.plan.reasons.values())
    assert told == (set() if is_native else {"the laws have more different shapes than are worth tables"})
    found, expected = both(machine, 64)
    np.testing.assert_allclose(found.outputs, expected.outputs, rtol=1e-13)
    np.testing.assert_allclose(found.inputs, expected.inputs, rtol=1e-13)


@pytest.mark.parametrize("law", ["PERT(3,2,1)", "GAMMA(0-1,2)", "DISCRETE({1,2},{1})"])
def test_a_law_that_does_not_exist_is_left_to_the_reference(tmp_path: Path, law: str) -> None:
    cells = {"A1": f"=_xldudf_MC_{law}", "A2": "=A1+1", "A3": "=2*A2"}
    machine = machine_of(tmp_path / "model.xlsx", cells, ["S!A2", "S!A3"], NativeMachine)
    found, expected = both(machine, 16)
    assert machine.plan.reasons
    np.testing.assert_array_equal(found.output_codes, expected.output_codes)
    assert (found.output_codes > 0).all()


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("NORMAL", [(0, 1), (5, 0.1), (-3, 7)]),
        ("CAUCHY", [(1, 2), (-4, 0.5)]),
        ("ERLANG", [(3, 1), (3, 8)]),
    ],
    ids=["normal", "cauchy", "erlang"],
)
def test_laws_of_one_shape_are_found_together_as_alone(name: str, columns: list[tuple[float, ...]]) -> None:
    found = moved_law(LAWS[name].over(*np.array(columns, np.float64).T))
    alone = [fixed_law(law_of(name, *parameters).columns()) for parameters in columns]
    assert found is not None
    for law, location, scale in zip(alone, *found[1:], strict=True):
        assert law is not None
        assert law.words is found[0].words
        assert (law.location, law.scale) == (location, scale)


@pytest.mark.parametrize(
    ("name", "columns"),
    [("ERLANG", [(3, 1), (4, 1)]), ("NORMAL", [(0, 1), (0, -1)]), ("POISSON", [(3,), (3,)]), ("PERT", [(0, 1, 2)] * 2)],
    ids=["shapes", "invalid", "discrete", "unscaled"],
)
def test_other_laws_are_not_found_together(name: str, columns: list[tuple[float, ...]]) -> None:
    assert moved_law(LAWS[name].over(*np.array(columns, np.float64).T)) is None


@pytest.mark.parametrize(("count", "is_tabled"), [(8, True), (9, False)])
def test_a_law_with_a_formula_has_tables_where_they_are_few_among_all(
    tmp_path: Path, count: int, is_tabled: bool
) -> None:
    cells: dict[str, object] = {f"A{i}": f"=_xldudf_MC_LOGNORMAL2({i},{i / 10})" for i in range(1, count + 1)}
    machine = machine_of(tmp_path / "model.xlsx", {**cells, "B1": f"=SUM(A1:A{count})"}, ["S!B1"], NativeMachine)
    (drawn,) = [e for e in machine.plan.expressions.values() if isinstance(e, Sampled)]
    assert bool(drawn.tables) == is_tabled


def test_laws_written_twice_share_a_table_and_keep_their_places(tmp_path: Path) -> None:
    laws = ["PERT(0,2,9)", "PERT(1,2,3)", "PERT(0,2,9)", "PERT(0,4,8)"]
    cells: dict[str, object] = {f"A{i}": f"=_xldudf_MC_{law}" for i, law in enumerate(laws, 1)}
    machine = machine_of(tmp_path / "model.xlsx", {**cells, "B1": "=SUM(A1:A4)"}, ["S!B1"], NativeMachine)
    (drawn,) = [e for e in machine.plan.expressions.values() if isinstance(e, Sampled)]
    assert drawn.tables[0] is drawn.tables[2]
    found, expected = both(machine, 64)
    np.testing.assert_allclose(found.inputs, expected.inputs, rtol=1e-13)
