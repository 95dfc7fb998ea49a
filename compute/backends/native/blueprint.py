"""What a machine must know of a plan to run its code: kept beside the code, so that a second process plans nothing."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import numpy.typing as npt

from compute.backends.native.results import OutputRows
from compute.backends.native.stages import NativeStage, Plan
from compute.program import Program, Step
from compute.records import dataclass
from compute.values import Floats, Kind

Ints = npt.NDArray[np.int64]
_KINDS: tuple[type[np.generic], ...] = (np.int64, np.float64, np.uint8)
MIXED = 255
"""Stands for the kind of a value that tells its own; see ``mixing``."""
_KIND_OF = {"number": Kind.NUMBER, "boolean": Kind.BOOLEAN, "text": Kind.TEXT, "mixed": MIXED}
_LENGTH_BYTES = 8


@dataclass(frozen=True, slots=True, eq=False)
class Crossing:
    """Values that enter a stage from the reference backend, or leave one: the row of each, its slot in the reference's
    store, and which ``Kind`` it is where it is no error.
    """

    rows: Ints
    slots: Ints
    kinds: npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class CompiledStage:
    """A stage in native code; ``name`` is that of its function."""

    name: str
    entering: Crossing
    leaving: Crossing


@dataclass(frozen=True, slots=True, eq=False)
class Blueprint:
    """The stages in turn, those of the reference backend as their steps; ``code`` names the code of the others.

    ``sites`` are the draws that native code makes, ``rows`` counts the values that cross between stages. The workspace
    has ``places``, of which the last hold ``constants``. ``outputs`` is None where stages of the reference take part.
    """

    code: str
    told: str
    stages: tuple[CompiledStage | tuple[Step, ...], ...]
    sites: tuple[int, ...]
    rows: int
    places: int
    constants: Floats
    outputs: OutputRows | None
    texts: tuple[str, ...] = ()
    """The texts that compiled cells may hold, by their numbers."""


def rows_of(plan: Plan) -> dict[int, int]:
    """The row of each place that enters or leaves a stage."""
    places = [p for s in plan.stages if isinstance(s, NativeStage) for p in (s.imports, s.exports)]
    wanted = np.unique(np.concatenate(places)) if places else np.zeros(0, np.int64)
    return {p: row for row, p in enumerate(wanted.tolist())}


def name_of(stage: int) -> str:
    """The function of a stage by its place in the plan."""
    return f"stage{stage}"


def blueprint_of(program: Program, plan: Plan, code: str, told: str) -> Blueprint:
    """The blueprint of a plan."""
    rows = rows_of(plan)
    stages = tuple(
        CompiledStage(
            name_of(i), _crossing(plan, rows, _made_outside(plan, s.imports)), _crossing(plan, rows, s.exports)
        )
        if isinstance(s, NativeStage)
        else s.steps
        for i, s in enumerate(plan.stages)
    )
    is_whole = all(isinstance(s, CompiledStage) for s in stages)
    outputs = OutputRows.of_program(program, plan, rows) if is_whole else None
    constants = plan.layout.constants
    return Blueprint(code, told, stages, plan.sites, len(rows), plan.layout.size, constants, outputs, plan.texts)


def _crossing(plan: Plan, rows: dict[int, int], places: Ints) -> Crossing:
    own = np.array([rows[p] for p in places.tolist()], np.int64)
    kinds = np.array([_KIND_OF[plan.type_at(p)] for p in places.tolist()], np.uint8)
    return Crossing(own, plan.layout.slot_of_place[places].astype(np.int64), kinds)


def _made_outside(plan: Plan, places: Ints) -> Ints:
    """Those of the places that the reference backend fills."""
    return places[~np.isin(plan.layout.line[places], list(plan.expressions))]


def written(blueprint: Blueprint) -> bytes:
    """A blueprint as bytes: its arrays one after the other behind a head that tells what they are."""
    arrays: list[npt.NDArray[Any]] = [blueprint.constants]
    stages: list[Any] = []
    for stage in blueprint.stages:
        if isinstance(stage, CompiledStage):
            stages.append(stage.name)
            arrays += [a for c in (stage.entering, stage.leaving) for a in (c.rows, c.slots, c.kinds)]
        else:
            stages.append([[list(s.formulas), s.level, s.is_ring] for s in stage])
    if blueprint.outputs is not None:
        arrays += [
            blueprint.outputs.rows,
            blueprint.outputs.values,
            blueprint.outputs.codes,
            blueprint.outputs.are_text,
        ]
    head = {
        "code": blueprint.code, "told": blueprint.told, "stages": stages, "sites": list(blueprint.sites),
        "rows": blueprint.rows, "places": blueprint.places, "is_whole": blueprint.outputs is not None,
        "texts": list(blueprint.texts),
        "arrays": [[_KINDS.index(a.dtype.type), a.size] for a in arrays],
    }  # fmt: skip
    told = json.dumps(head).encode()
    return b"".join([len(told).to_bytes(_LENGTH_BYTES, "little"), told, *(a.tobytes() for a in arrays)])


def read(data: bytes) -> Blueprint:
    """The blueprint that was written so; whoever reads makes sure that the bytes are whole."""
    begin = _LENGTH_BYTES + int.from_bytes(data[:_LENGTH_BYTES], "little")
    head = json.loads(data[_LENGTH_BYTES:begin])
    arrays: list[npt.NDArray[Any]] = []
    for kind, size in head["arrays"]:
        arrays.append(np.frombuffer(data, _KINDS[kind], size, begin))
        begin += arrays[-1].nbytes
    rest = iter(arrays)
    constants = next(rest)
    stages = tuple(
        CompiledStage(s, *(Crossing(next(rest), next(rest), next(rest)) for _ in range(2)))
        if isinstance(s, str)
        else tuple(Step(tuple(formulas), level, is_ring) for formulas, level, is_ring in s)
        for s in head["stages"]
    )
    outputs = OutputRows(next(rest), next(rest), next(rest), next(rest)) if head["is_whole"] else None
    return Blueprint(
        head["code"], head["told"], stages, tuple(head["sites"]), head["rows"], head["places"], constants, outputs,
        tuple(head["texts"]),
    )  # fmt: skip


__all__ = ["MIXED", "Blueprint", "CompiledStage", "Crossing", "blueprint_of", "name_of", "read", "rows_of", "written"]
