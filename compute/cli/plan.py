"""How the power engine would run a model: its stages, and what stays with the reference engine and why."""

from __future__ import annotations

from compute.backends.native import NativeMachine, NotNative
from compute.backends.native.laps import Part
from compute.backends.native.machine import shares_of_time
from compute.backends.native.stages import PlannedStage
from compute.errors import ComputeError
from compute.formulas import cell_key
from compute.program import Program

SHOWN_CELLS = 5
LEAST_SHOWN = 0.005


def plan_text(program: Program) -> str:
    """The plan: each stage and its share of the time, measured on some blocks, and each reason not to compile."""
    try:
        machine = NativeMachine(program)
    except NotNative as problem:
        return f"Plan of the power engine: the reference engine runs it all, since {problem.reason}."
    plan, shares = machine.plan, _shares(machine)
    varying = sum(len(s.formulas) for s in program.varying)
    lines = [f"Plan of the power engine: {plan.native_formulas:,} of {varying:,} varying formulas compiled."]
    lines += [f"  {i + 1}. {_stage(stage)}{_told(shares, i)}" for i, stage in enumerate(plan.outline)]
    if shares.get("uniforms", 0.0) >= LEAST_SHOWN:
        lines.append(f"  uniform numbers, made outside compiled code{_told(shares, 'uniforms')}")
    if shares:
        lines.append(f"  samples, and iterations computed anew for their errors{_told(shares, 'samples')}")
    cells: dict[str, list[str]] = {}
    for number, reason in plan.reasons.items():
        for formula in plan.lines[number].formulas:
            name = cell_key(program.sheets.names[formula.sheet], formula.row, formula.column)
            cells.setdefault(reason, []).append(name)
    for reason, names in sorted(cells.items()):
        more = f" and {len(names) - SHOWN_CELLS:,} more" if len(names) > SHOWN_CELLS else ""
        lines.append(f"  not compiled: {', '.join(names[:SHOWN_CELLS])}{more}: {reason}")
    return "\n".join(lines)


def _shares(machine: NativeMachine) -> dict[Part, float]:
    """Empty where the model cannot run: what is wrong with it is told when somebody simulates."""
    try:
        return shares_of_time(machine)
    except ComputeError:
        return {}


def _told(shares: dict[Part, float], part: Part) -> str:
    return f": {shares[part]:.0%} of the time" if part in shares else ""


def _stage(stage: PlannedStage) -> str:
    what = f"native, {stage.loops:,} loops" if stage.is_native else "reference engine"
    return f"{what}: {stage.formulas:,} formulas"
