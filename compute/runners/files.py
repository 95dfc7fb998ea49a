"""The face that servers and command lines use: a file and a specification in, a result out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from compute.backends.reference import recalculate_workbook
from compute.distributions import LAWS, Distribution
from compute.errors import InvalidDistribution, Scalar, SpecificationError
from compute.protocol import InputSpec, LibraryInputs, ModelDescription, Progress, SimulationSpec
from compute.runners.model import Model
from compute.runners.result import Result
from compute.runners.sips import SipBinding, bound_by_name
from compute.workbook import read_workbook


def recalculate(path: str | Path) -> dict[str, dict[str, Scalar]]:
    """Every cell's value as Excel would show it: ``{sheet: {"B3": value}}``.

    Values are float, str, bool or CellError; blank cells are left out. Uncertain cells show their static values,
    formulas that cannot be evaluated ``#NAME?``, circular ones 0. Raises WorkbookError.
    """
    values, _ = recalculate_workbook(read_workbook(path))
    return values


def law_of(spec: InputSpec) -> Distribution:
    """The law that a message describes. Raises InvalidDistribution naming the cell."""
    law = LAWS.get(spec.law.upper())
    if law is None:
        known = ", ".join(sorted(LAWS))
        raise InvalidDistribution(
            f"{spec.cell}: there is no law {spec.law!r}; the laws are {known}", cells=(spec.cell,)
        )
    try:
        built: Distribution = law(*spec.parameters)
        if spec.truncate_low is not None or spec.truncate_high is not None:
            built = built.truncate(spec.truncate_low, spec.truncate_high)
        return built.shift(spec.shift) if spec.shift else built
    except InvalidDistribution as problem:
        raise InvalidDistribution(f"{spec.cell}: {problem.message}", cells=(spec.cell,)) from None
    except TypeError:
        names = ", ".join(p.name for p in law.parameters)
        raise InvalidDistribution(
            f"{spec.cell}: {law.title} takes {names}, but {len(spec.parameters)} parameters are given",
            cells=(spec.cell,),
        ) from None


def open_file(path: str | Path | bytes, spec: SimulationSpec | None = None, sips: SipBinding | None = None) -> Model:
    """The model of a file with the inputs and outputs that a specification adds, and those of a SIPmath library.

    ``sips`` comes before the specification's own library.
    """
    if spec is None:
        return Model.open(path, sips=sips)
    if sips is None and spec.library is not None:
        sips = binding_of(path, spec.library)
    model = Model.open(
        path,
        inputs={i.cell: law_of(i) for i in spec.inputs},
        outputs={o.cell: o.name for o in spec.outputs},
        sips=sips,
    )
    return model if spec.simulation == 1 else model.numbered(spec.simulation)


def binding_of(path: str | Path | bytes, library: LibraryInputs) -> SipBinding:
    """Which cells take which variables. Raises LibraryError, and SpecificationError where no cell does."""
    cells = dict(library.inputs) or bound_by_name(read_workbook(path), library.text)
    if not cells:
        raise SpecificationError(
            "no cell of the workbook bears the name of a variable of the library; give a cell that name, or say which "
            "cell takes which variable",
            code="sipmath.binding",
        )
    return SipBinding(library.text, cells, dict(library.parameters))


def inspect_file(path: str | Path, spec: SimulationSpec | None = None) -> ModelDescription:
    """What a workbook holds: inputs, outputs, what is not supported. Raises WorkbookError, UnknownCell."""
    return open_file(path, spec).describe()


def check_file(path: str | Path, spec: SimulationSpec) -> ModelDescription:
    """As ``inspect_file``, and raises the ModelError that keeps the model from being simulated."""
    model = open_file(path, spec)
    model.check(spec.correlations)
    return model.describe()


def simulate_file(
    path: str | Path,
    spec: SimulationSpec,
    *,
    threads: int | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    checkpoint: Path | None = None,
    keep: Path | None = None,
) -> Result:
    """Opens and simulates a file; see ``Model.simulate`` for what it promises and raises."""
    if on_progress:
        on_progress(Progress(stage="opening", done=0, total=spec.iterations, seconds=0.0))
    return open_file(path, spec).simulate(
        iterations=spec.iterations,
        seed=spec.seed,
        sampling=spec.sampling,
        engine=spec.engine,
        runner=spec.runner,
        correlations=spec.correlations,
        convergence=spec.convergence,
        batch=spec.batch,
        threads=threads,
        on_progress=on_progress,
        cancelled=cancelled,
        checkpoint=checkpoint,
        keep=keep,
    )
