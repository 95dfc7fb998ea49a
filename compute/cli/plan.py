"""How the power engine would run a model: its stages, and what stays with the reference engine and why."""

from __future__ import annotations

from compute.backends.native import NotNative
from compute.backends.native.machine import PlannedStage, planned
from compute.formulas import cell_key
from compute.program import Program

SHOWN_CELLS = 5


def plan_text(program: Program) -> str:
    """The plan, one line for each stage, and one for each reason that keeps formulas from being compiled."""
    try:
        plan = planned(program)
    except NotNative as problem:
        return f"Plan of the power engine: the reference engine runs it all, since {problem.reason}."
    varying = sum(len(s.formulas) for s in program.varying)
    lines = [f"Plan of the power engine: {plan.native_formulas:,} of {varying:,} varying formulas compiled."]
    lines += [f"  {i + 1}. {_stage(stage)}" for i, stage in enumerate(plan.outline)]
    cells: dict[str, list[str]] = {}
    for number, reason in plan.reasons.items():
        for formula in plan.lines[number].formulas:
            name = cell_key(program.sheets.names[formula.sheet], formula.row, formula.column)
            cells.setdefault(reason, []).append(name)
    for reason, names in sorted(cells.items()):
        more = f" and {len(names) - SHOWN_CELLS:,} more" if len(names) > SHOWN_CELLS else ""
        lines.append(f"  not compiled: {', '.join(names[:SHOWN_CELLS])}{more}: {reason}")
    return "\n".join(lines)


def _stage(stage: PlannedStage) -> str:
    what = f"native, {stage.loops:,} loops" if stage.is_native else "reference engine"
    return f"{what}: {stage.formulas:,} formulas"
