"""Assumptions and forecasts in Crystal Ball's own data: which cells they are, their laws, names and correlations.

What is expected was read in workbooks that Crystal Ball saved (Profit.xlsx, CVaR.xls, Portfolio.xls of
github.com/xxxxyyyy80008/Financial-Modeling-with-Crystal-Ball-and-Excel, with the reports that it wrote of them); the
data in these tests is of their shape.
"""

from __future__ import annotations

import random
import struct
from dataclasses import replace

import pytest

from compute.dialects.canonical import Draw
from compute.dialects.crystal_ball_stored import (
    DISCARDS,
    FILTERED,
    NOTHING_STORED,
    OLD,
    StoredModel,
    StoredProblem,
    stored_model,
)
from compute.formulas import parse
from compute.formulas.ast import ArrayConstant, Call, Node, Number, Text
from compute.workbook.model import DefinedName, ShapeScript, Sheet, Workbook
from tests.compute.dialects.crystal_ball_builder import (
    ASSUMPTION_NAME,
    COEFFICIENT,
    FORECAST_NAME,
    PARAMETER,
    Stored,
    assumption,
    block,
    block_text,
    correlation,
    decision,
    digits,
    forecast,
)
from tests.compute.workbook.nrbf_writer import Net, array_list, written_objects

NORMAL = "Normal,Mean=10,StdDev=2"


def one(problems: tuple[StoredProblem, ...]) -> StoredProblem:
    (problem,) = problems
    return problem


def draw_of(model: StoredModel) -> Draw:
    (found,) = model.assumptions
    return found.draw


def number(node: Node | None) -> float:
    assert isinstance(node, Number)
    return node.value


def test_a_workbook_without_such_data() -> None:
    assert stored_model(Workbook((Sheet("M"),))) == NOTHING_STORED


def test_an_assumption_is_the_cell_that_its_name_tells() -> None:
    model = stored_model(Stored((assumption(1, NORMAL, "Price"),), {1: "$B$3"}, {(3, 2): 12.5}).book())
    assert model.is_present
    assert model.assumptions[0].cell == (0, 3, 2)
    draw = draw_of(model)
    assert (draw.law, draw.parameters) == ("NORMAL", (Number(10.0), Number(2.0)))
    assert (draw.name, draw.static, draw.correlation) == (Text("Price"), Number(12.5), None)
    assert (model.problems, model.notes, model.forecasts) == ((), (), ())


def test_names_may_be_formulas_that_excel_keeps_up_to_date() -> None:
    refers = {"a": '"Rate of return"&" "&M!$B$18', "f": 'M!$B$18&" "&M!$A$24'}
    things = (
        assumption(1, NORMAL, '="Rate of return"&" "&B17', (ASSUMPTION_NAME, 0, "a")),
        forecast(2, '=B17&" "&$A$24', (FORECAST_NAME, 0, "f")),
        forecast(3, '=C17&" "&$A$24'),
    )
    model = stored_model(Stored(things, {1: "$B$21", 2: "$B$24", 3: "$C$24"}, refers=refers).book())
    assert draw_of(model).name == parse(refers["a"], 1, 1)
    assert [(f.cell, f.name) for f in model.forecasts] == [((0, 24, 2), parse(refers["f"], 1, 1)), ((0, 24, 3), None)]


def test_parameters_of_a_normal_law_that_are_cells() -> None:
    things = (assumption(1, "Normal,LoCut=-1,Mean=1,StdDev=1", "", (PARAMETER, 3, "s"), (PARAMETER, 2, "m")),)
    refers = {"m": "M!$B$19", "s": "M!$B$20"}
    # Both cells show the same, so that their values could not tell them apart.
    model = stored_model(Stored(things, {1: "$B$21"}, {(19, 2): 1.0, (20, 2): 1.0}, refers=refers).book())
    draw = draw_of(model)
    assert draw.parameters == (parse("M!$B$19", 1, 1), parse("M!$B$20", 1, 1))
    assert number(draw.adjustments[0].low) == -1.0


def test_a_normal_law_of_other_parameters_is_not_taken_for_mean_and_deviation() -> None:
    # Laws by percentiles have other numbers for their parameters, so that the fields of the dialog are others too.
    given = (PARAMETER, 3, "s"), (PARAMETER, 2, "m")
    things = (assumption(1, "Normal,Mean=1,StdDev=1", "", *given, kinds=(0.0, 1.0, 2.0, 41.0, 42.0)),)
    refers = {"m": "M!$B$19", "s": "M!$B$20"}
    model = stored_model(Stored(things, {1: "$B$21"}, {(19, 2): -0.3, (20, 2): 2.3}, refers=refers).book())
    assert "cannot be told: none had the cell's value" in one(model.problems).reason


@pytest.mark.parametrize("where", ["values", "cached"])
def test_a_parameter_of_another_law_is_told_by_its_value(where: str) -> None:
    things = (assumption(1, "Triangular,Min=1,Likeliest=2,Max=4", "", (PARAMETER, 4, "c")),)
    stored = Stored(things, {1: "$A$1"}, refers={"c": "M!$B$2"}, **{where: {(2, 2): 4.0}})  # type: ignore[arg-type]
    draw = draw_of(stored_model(stored.book()))
    assert draw.parameters == (Number(1.0), Number(2.0), parse("M!$B$2", 1, 1))


REFUSED_REFERENCES = {
    "none": ("Uniform,Min=1,Max=2", {"c": "M!$B$2"}, 3.0, "cannot be told: none had the cell's value"),
    "several": ("Uniform,Min=3,Max=3", {"c": "M!$B$2"}, 3.0, "cannot be told: several had the cell's value"),
    "gone": (NORMAL, {}, 3.0, "the name of its reference .* is missing"),
    "relative": (NORMAL, {"c": "M!B2"}, 3.0, "its reference M!B2 is relative"),
    "unreadable": (NORMAL, {"c": "M!$B$2+"}, 3.0, r"its reference M!\$B\$2\+ cannot be read"),
}


@pytest.mark.parametrize(("law", "refers", "shown", "reason"), REFUSED_REFERENCES.values(), ids=REFUSED_REFERENCES)
def test_a_reference_that_cannot_be_placed_refuses_the_cell(
    law: str, refers: dict[str, str], shown: float, reason: str
) -> None:
    things = (assumption(1, law, "", (PARAMETER, 2, "c")),)
    model = stored_model(Stored(things, {1: "$A$1"}, {(2, 2): shown}, refers=refers).book())
    assert model.assumptions == ()
    assert one(model.problems).cells == ("M!A1",)
    with pytest.raises(AssertionError, match=reason):
        raise AssertionError(one(model.problems).reason)


def test_the_two_records_of_a_law_must_agree() -> None:
    kept = [9e307, -1.11e307, 1.11e307, 10.0, 2.0]
    agreeing = Stored((assumption(1, NORMAL, record=kept),), {1: "$A$1"})
    assert len(stored_model(agreeing.book()).assumptions) == 1
    model = stored_model(Stored((assumption(1, NORMAL, record=[*kept[:4], 3.0]),), {1: "$A$1"}).book())
    assert "its two records of STDDEV differ" in one(model.problems).reason


MARKS = {
    "in the context": (assumption(1, NORMAL, context={"CB_ValueRefs": 1, "_Exclude": True}), "_Exclude"),
    "in the record of the law": (assumption(1, NORMAL, further=[0.1, 0.9]), "DstParms.e"),
    "a further member": (assumption(1, NORMAL, mFrozen=True), "mFrozen"),
    "of a forecast": (forecast(1, "F", mFrozen=True), "mFrozen"),
}


@pytest.mark.parametrize(("thing", "mark"), MARKS.values(), ids=MARKS)
def test_what_is_marked_in_an_unknown_way_is_refused(thing: Net, mark: str) -> None:
    # Portfolio.xls has four assumptions with _Exclude, which nobody has documented.
    model = stored_model(Stored((thing,), {1: "$A$1"}).book())
    assert (model.assumptions, model.forecasts) == ((), ())
    assert f"marked {mark}, which may mean that it is frozen" in one(model.problems).reason
    assert one(model.problems).cells == ("M!A1",)
    assert one(model.problems).blocking == ("Assumption" in thing.type_name)


def test_marks_that_say_nothing_are_passed_over() -> None:
    thing = assumption(1, NORMAL, context={"CB_Preferences": 1, "_Exclude": False}, mFrozen=False, mNote="", mCount=0)
    assert len(stored_model(Stored((thing,), {1: "$A$1"}).book()).assumptions) == 1


def test_a_law_that_is_not_known_refuses_its_cell() -> None:
    problem = one(stored_model(Stored((assumption(1, "Custom,7"),), {1: "$A$1"}).book()).problems)
    assert (problem.cells, problem.blocking) == (("M!A1",), True)
    assert problem.reason.startswith("Custom,7: ")


def test_a_cell_that_holds_a_formula_now_is_no_assumption() -> None:
    model = stored_model(Stored((assumption(1, NORMAL),), {1: "$A$1"}, formulas={(1, 1): "RiskNormal(1,2)"}).book())
    assert (model.assumptions, model.problems, model.is_present) == ((), (), False)
    assert model.notes == ("M!A1 holds a formula now: Crystal Ball's assumption of this cell is not used",)


def test_a_cell_that_was_deleted_is_noted_and_a_lost_name_is_refused() -> None:
    gone = Stored((assumption(1, NORMAL, "Price"),)).book()
    lost = replace(gone, names=(DefinedName(f"CB_{digits(1)}", "#REF!", sheet="M"),))
    assert stored_model(lost).notes == ("Crystal Ball's assumption 'Price' of the sheet M has lost its cell (#REF!)",)
    assert "the name that tells the cell of the assumption 'Price'" in one(stored_model(gone).problems).reason


def test_decision_variables_keep_their_values() -> None:
    model = stored_model(Stored((decision(1, "Share"),), {1: "$A$1"}, {(1, 1): 0.3}).book())
    assert model.notes == ("M!A1 is a decision variable of Crystal Ball: it keeps its value",)
    assert (model.problems, model.assumptions) == ((), ())


@pytest.mark.parametrize(("discards", "reason"), [(False, FILTERED), (True, DISCARDS)])
def test_a_forecast_with_a_filter_is_no_output(discards: bool, reason: str) -> None:
    things = (forecast(1, "Tail", filtered=True, discards=discards), forecast(2, "Whole"))
    model = stored_model(Stored(things, {1: "$A$1", 2: "$A$2"}).book())
    assert [f.name for f in model.forecasts] == [Text("Whole")]
    assert one(model.problems) == StoredProblem(reason, ("M!A1",), blocking=discards)


def test_charts_and_preferences_change_nothing() -> None:
    store = "Decisioneering.CB.CBObjectStore."
    kinds = ("CB7.SheetPreferences", "CB7.OSSensitivity", "Opt.OSObjective")
    assert stored_model(Stored(tuple(Net(store + k, {"x": 1}) for k in kinds)).book()) == NOTHING_STORED


def test_an_object_of_an_unknown_kind_is_refused() -> None:
    model = stored_model(Stored((Net("Decisioneering.CB.CBObjectStore.CB7.MatrixRef", {"x": 1}),)).book())
    assert "an object of the kind MatrixRef" in one(model.problems).reason
    assert one(model.problems).blocking


def test_cells_of_values_that_no_object_tells_of_are_refused() -> None:
    sheet = Stored((), values={(1, 1): 5.0}, formulas={(2, 1): "A1*2"}).sheet()
    names = {digits(1): "M!$A$1", digits(2): "M!$A$2", digits(3): "#N/A", digits(4): "X!$A$1"}
    book = Workbook((sheet,), names=tuple(DefinedName(f"CB_{n}", t, hidden=True) for n, t in names.items()))
    assert one(stored_model(book).problems).cells == ("M!A1",)


@pytest.mark.parametrize("record", ["ZA100", "_ZA100", "ZA100AA"])
def test_records_of_versions_before_7_are_told_and_refused(record: str) -> None:
    # Decisioneering's technote "How does Crystal Ball store data in Excel?" gives the names.
    old = tuple(DefinedName(n, '"5.2"', hidden=True) for n in ("ZA0", "ZA0A", record, "ZF100"))
    assert one(stored_model(Workbook((Sheet("M"),), names=old)).problems).reason == OLD
    ordinary = tuple(DefinedName(n, "M!$A$1") for n in ("ZA0", "ZA", "ZFX100"))
    assert stored_model(Workbook((Sheet("M"),), names=ordinary)) == NOTHING_STORED


THREE = {i: f"$A${i}" for i in (1, 2, 3, 4, 5)}
LAWS = tuple(assumption(i, NORMAL) for i in THREE)


def matrix(draw: Draw) -> list[list[float]]:
    assert draw.correlation is not None
    assert isinstance(draw.correlation.group, ArrayConstant)
    return [[number(entry) for entry in row] for row in draw.correlation.group.rows]


def test_pairs_become_a_matrix_for_those_that_hang_together() -> None:
    ties = (correlation(11, 3, 1, 0.5), correlation(12, 3, 5, -0.25), correlation(13, 2, 4, 0.75))
    draws = [a.draw for a in stored_model(Stored((*LAWS, *ties), THREE).book()).assumptions]
    places = [number(d.correlation.position) if d.correlation else 0 for d in draws]
    assert places == [1, 1, 2, 2, 3]
    assert matrix(draws[0]) == [[1, 0.5, 0], [0.5, 1, -0.25], [0, -0.25, 1]]
    assert matrix(draws[1]) == [[1, 0.75], [0.75, 1]]
    titles = {d.correlation.title for d in draws if d.correlation}
    assert titles == {"Crystal Ball's correlations of M!A1", "Crystal Ball's correlations of M!A2"}


def test_a_coefficient_that_is_a_cell() -> None:
    tie = correlation(11, 1, 2, 0.5, (COEFFICIENT, 0, "c"))
    model = stored_model(Stored((*LAWS, tie), THREE, refers={"c": "M!$D$1"}).book())
    tied = model.assumptions[0].draw.correlation
    assert tied is not None
    cell = parse("M!$D$1", 1, 1)
    rows = (Call("HSTACK", (Number(1.0), cell)), Call("HSTACK", (cell, Number(1.0))))
    assert tied.group == Call("VSTACK", rows)


def test_correlations_that_cannot_be_followed() -> None:
    loose = stored_model(Stored((*LAWS, correlation(11, 1, 9, 0.5)), THREE).book())
    assert "an end that is no assumption" in one(loose.problems).reason
    twice = stored_model(Stored((*LAWS, correlation(11, 1, 2, 0.5), correlation(12, 2, 1, 0.4)), THREE).book())
    assert one(twice.problems).reason == "M!A1 and M!A2 have two correlations"


def test_a_correlation_with_a_rewritten_cell_has_no_effect() -> None:
    stored = Stored((*LAWS, correlation(11, 1, 2, 0.5)), THREE, formulas={(1, 1): "5"})
    model = stored_model(stored.book())
    assert model.problems == ()
    assert [a.draw.correlation for a in model.assumptions] == [None] * 4


def test_copies_of_a_sheet_have_correlations_of_their_own() -> None:
    stored = Stored((*LAWS[:2], correlation(11, 1, 2, 0.5)), {1: "$A$1", 2: "$A$2"})
    book = Workbook((stored.sheet("M"), stored.sheet("N")), names=(*stored.names("M"), *stored.names("N")))
    model = stored_model(book)
    assert [a.cell for a in model.assumptions] == [(0, 1, 1), (0, 2, 1), (1, 1, 1), (1, 2, 1)]
    titles = [a.draw.correlation.title for a in model.assumptions if a.draw.correlation]
    assert titles == [f"Crystal Ball's correlations of {s}!A1" for s in "MMNN"]


BROKEN_TEXTS = {"letters": "no digits", "odd": "㜸7", "not deflated": "㜸㜸㜸㜸", "empty": ""}


@pytest.mark.parametrize("text", BROKEN_TEXTS.values(), ids=BROKEN_TEXTS)
def test_a_block_that_cannot_be_read_refuses_the_workbook(text: str) -> None:
    book = Workbook((Sheet("M", scripts=(ShapeScript("CB_Block_7.0.0.0:1", text),)),))
    problem = one(stored_model(book).problems)
    assert problem.blocking
    assert problem.reason.startswith("Crystal Ball's data CB_Block_7.0.0.0:1 of the sheet M ")


def test_blocks_are_limited_together() -> None:
    # 9 MB of zeros deflate to a few kilobytes; two such blocks are more than all of a workbook may have.
    large = ShapeScript("CB_Block_0", block_text(bytes(9 * 1024 * 1024)))
    problems = stored_model(Workbook((Sheet("M", scripts=(large, large)),))).problems
    assert "cannot be read at byte" in problems[0].reason
    assert "inflates to over 16 MB together with the blocks before it" in problems[1].reason


def test_nulls_are_limited_by_the_length_of_a_block() -> None:
    header = bytes([0]) + struct.pack("<4i", 1, -1, 1, 0)
    many = header + b"\x10" + struct.pack("<ii", 1, 1_000_000) + b"\x0e" + struct.pack("<i", 1_000_000) + b"\x0b"
    book = Workbook((Sheet("M", scripts=(ShapeScript("CB_Block_0", block_text(many)),)),))
    assert "is too large" in one(stored_model(book).problems).reason


def test_random_damage_is_told_and_never_raised() -> None:
    whole = Stored((*LAWS, correlation(11, 1, 2, 0.5), forecast(12, "F")), {**THREE, 12: "$B$1"})
    text = block(*whole.things).text
    dice = random.Random(3)
    told = 0
    for _ in range(300):
        units = list(text)
        for _ in range(dice.randint(1, 3)):
            units[dice.randrange(len(units))] = dice.choice("㠷㌰挶a0")
        sheet = Sheet("M", scripts=(ShapeScript("CB_Block_0", "".join(units)),))
        told += bool(stored_model(Workbook((sheet,), names=whole.names("M"))).problems)
    assert told > 250


def test_random_damage_to_the_objects_is_told_and_never_raised() -> None:
    given = (PARAMETER, 2, "m"), (ASSUMPTION_NAME, 0, "t")
    things = (assumption(1, NORMAL, "Price", *given), LAWS[1], correlation(11, 1, 2, 0.5), forecast(12, "F"))
    places, refers = {1: "$A$1", 2: "$A$2", 12: "$B$1"}, {"m": "M!$C$1", "t": "M!$C$2"}
    whole = Stored(things, places, {(1, 3): 10.0}, refers=refers)
    data = written_objects(array_list(*things))
    assert stored_model(whole.book()).problems == ()
    dice = random.Random(4)
    told = 0
    for _ in range(500):
        damaged = bytearray(data)
        damaged[dice.randrange(len(data))] = dice.randrange(256)
        sheet = replace(whole.sheet(), scripts=(ShapeScript("CB_Block_0", block_text(bytes(damaged))),))
        told += bool(stored_model(Workbook((sheet,), names=whole.names("M"))).problems)
    assert told > 250
