"""Running chunks on a Ray cluster: ``RAY_ADDRESS`` if it is set, else one on this machine.

Workers get the workbook's bytes and a specification message, never code, and assemble the program themselves, once per
process. A chunk is a pure function of its bounds, so Ray may run it twice: after a worker was lost it does.
"""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from compute.backends.reference import BlockResult
from compute.distributions import Distribution, Law, Shifted, Truncated
from compute.engines import Prepared, choose
from compute.errors import Cancelled, EngineUnavailable, SpecificationError
from compute.formulas import cell_key
from compute.protocol import CorrelationOptions, EngineName, InputSpec, OutputSpec, SamplingMethod, SimulationSpec
from compute.runners.chunks import run_chunk
from compute.runners.state import Chunk, RunState
from compute.runners.variation import RunSpec
from compute.sampling import Sampler

if TYPE_CHECKING:
    from compute.runners.model import Model

CHUNKS_PER_SLOT = 3
POLL_SECONDS = 0.25
RETRIES = 5
_PREPARED: dict[str, tuple[Prepared, Sampler]] = {}


def specification_of(
    model: Model,
    sampling: SamplingMethod,
    seed: int,
    iterations: int,
    engine: EngineName,
    correlations: CorrelationOptions | None = None,
    batch: int | None = None,
) -> RunSpec:
    """The run as a message. Raises SpecificationError for a law that has no message form."""
    names = model.program.sheets.names
    return RunSpec(
        iterations=iterations,
        seed=seed,
        sampling=sampling,
        engine=engine,
        correlations=correlations or CorrelationOptions(),
        batch=batch,
        simulation=model.program.simulation,
        variation=model.variation,
        inputs=tuple(_input(cell_key(names[s], r, c), law) for (s, r, c), law in model.external_inputs.items()),
        outputs=tuple(OutputSpec(cell=cell_key(names[s], r, c), name=n) for (s, r, c), n in model.external_outputs),
    )


def _input(cell: str, law: Distribution) -> InputSpec:
    shift, low, high = 0.0, None, None
    if isinstance(law, Shifted):
        shift, law = law.by, law.base
    if isinstance(law, Truncated):
        low = law.low if law.low > -float("inf") else None
        high = law.high if law.high < float("inf") else None
        law = law.base
    if not isinstance(law, Law):
        raise SpecificationError(
            f"{cell}: a law truncated after a shift, or twice, cannot be sent to a cluster; use runner='local'",
            code="simulation.runner",
        )
    return InputSpec(
        cell=cell, law=law.name, parameters=law.arguments, truncate_low=low, truncate_high=high, shift=shift
    )


def run_ray(
    state: RunState,
    model: Model,
    sampling: SamplingMethod,
    seed: int,
    iterations: int,
    engine: EngineName,
    correlations: CorrelationOptions,
    cancelled: Callable[[], bool],
    on_chunk: Callable[[BlockResult], None],
    batch: int | None = None,
) -> None:
    """Computes every open chunk of ``state`` on the cluster; raises Cancelled, and EngineUnavailable without Ray."""
    ray = _connected()
    message = specification_of(model, sampling, seed, iterations, engine, correlations, batch).model_dump_json()
    key = hashlib.sha256(model.source + message.encode()).hexdigest()
    # Nested in a list, the reference travels as such and is fetched only by a worker that lacks the program.
    source = [ray.put(model.source)]
    task = ray.remote(_compute).options(max_retries=RETRIES, retry_exceptions=False)
    window = CHUNKS_PER_SLOT * max(1, int(ray.cluster_resources().get("CPU", 1)))
    running: dict[Any, Chunk] = {}
    try:
        while not state.is_complete:
            while len(running) < window and (chunk := state.take()) is not None:
                running[task.remote(key, source, model.workbook.file_name, message, chunk.start, chunk.stop)] = chunk
            done, _ = ray.wait(list(running), num_returns=1, timeout=POLL_SECONDS)
            if cancelled():
                raise Cancelled("the simulation was cancelled")
            for reference in done:
                del running[reference]
                result = ray.get(reference)
                if state.accept(result):
                    on_chunk(result)
    finally:
        for reference in running:
            ray.cancel(reference)


def _connected() -> Any:
    """Ray, connected to a cluster. Raises EngineUnavailable where Ray is not installed or the cluster cannot be
    reached.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        import ray
    except ImportError:
        raise EngineUnavailable(
            "the ray runner needs the package ray: pip install 'montecell[ray]', or use runner='local'"
        ) from None
    if not ray.is_initialized():
        try:
            ray.init(
                address=os.environ.get("RAY_ADDRESS"),
                include_dashboard=False,
                log_to_driver=False,
                logging_level=logging.ERROR,
            )
        except (ConnectionError, RuntimeError) as problem:
            raise EngineUnavailable(f"the Ray cluster cannot be reached: {problem}") from None
    return ray


def _compute(key: str, source: list[Any], file_name: str, message: str, start: int, stop: int) -> BlockResult:
    """One chunk in a worker process."""
    if key not in _PREPARED:
        import ray

        _PREPARED.clear()
        _PREPARED[key] = prepare(ray.get(source[0]), RunSpec.model_validate_json(message))
    prepared, draws = _PREPARED[key]
    return run_chunk(prepared, draws, Chunk(start, stop), lambda: False)


def prepare(source: bytes, spec: SimulationSpec) -> tuple[Prepared, Sampler]:
    """A workbook's bytes and a specification made ready to run chunks."""
    from compute.runners.files import open_file

    model = open_file(source, spec)
    if isinstance(spec, RunSpec):
        model = model.varied(spec.variation)
    tied = model.ties(spec.correlations)
    draws = model.draws_source(spec.sampling, spec.seed, spec.iterations, tied, spec.batch)
    return model.prepared(choose(spec.engine)), draws


__all__ = ["prepare", "run_ray", "specification_of"]
