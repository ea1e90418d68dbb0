"""Runs the table of known answers through the public way (load, vary, replicate, estimate) and judges every answer.

Replications come in batches of equal size, each with a seed of its own, so that a long verification needs little memory
and its table does not depend on the number of workers.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Final

from simdesk.engine import ENGINES
from simdesk.experiment.estimate import Estimate, estimate, student_t
from simdesk.experiment.lab import prepare
from simdesk.experiment.replicate import replicate
from simdesk.measures.readings import Reading
from simdesk.scenario.loading import vary
from simdesk.verification.cases import Answer, Trial

CONFIDENCE: Final = 0.999
"""Of every interval: one answer in a thousand falls outside by bad luck."""

Progress = Callable[[int, int], None]
"""Receives (batches done, batches planned so far)."""

_SEEDS_APART: Final = 1_000_003
"""Between the seeds of two batches."""
_ROUNDS: Final = 6
"""Times that a full verification plans more batches; the pilot's guess of the variance is rough."""
_MOST_BATCHES: Final = 600
"""Of one run; beyond it the interval stays wider than wished."""
_MANY: Final = 1000
"""Degrees of freedom that a full run has in the end, about."""
_MARGIN: Final = 1.05
"""Replications planned over those that the variance seen so far asks for."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One line of the table.

    Attributes:
        case: name of the answer.
        trial: name of its run or control.
        family, model: headings.
        answer: what the book says, in its units.
        simulated, half_width: the estimate and half of its 99.9 % interval, in the same units.
        z: distance from the theory in standard errors.
        replications: behind it.
        truncated: replications in which some ticket outlived the cool-down.
        must_fail: whether it is a control.
    """

    case: str
    trial: str
    family: str
    model: str
    answer: Answer
    simulated: float
    half_width: float
    z: float
    replications: int
    truncated: int
    must_fail: bool

    @property
    def theory(self) -> float:
        """The book's number."""
        return self.answer.expected

    @property
    def inside(self) -> bool:
        """Whether the theory lies in the interval."""
        return abs(self.simulated - self.theory) <= self.half_width

    @property
    def holds(self) -> bool:
        """Whether it is as it must be: inside, or outside if it is a control."""
        return self.inside != self.must_fail if math.isfinite(self.half_width) else False


@dataclass(frozen=True, slots=True)
class _Batch:
    """Some replications of a trial."""

    trial: Trial
    number: int
    seed: int | None
    engine: str


@dataclass(frozen=True, slots=True)
class _Result:
    """The readings of a batch by answer, and how many replications were cut off."""

    readings: dict[str, list[Reading]]
    truncated: int


def verify(
    cases: Sequence[Trial],
    *,
    full: bool = False,
    workers: int | None = None,
    progress: Progress | None = None,
    seed: int | None = None,
    engine: str = ENGINES[0],
) -> tuple[Verdict, ...]:
    """Simulate every case and set what comes out beside the theory.

    Args:
        cases: see `Cases.trials`.
        full: go on until every interval is as narrow as its run's `precision`; otherwise a fixed, small budget.
        workers: processes; as many as there are processors unless stated. The table does not depend on it.
        progress: told after each batch.
        seed: of all chance; the desks' own unless stated.
        engine: see `simdesk.engine.ENGINES`.

    Returns:
        One verdict for each answer, in the order of the cases.
    """
    prepare(engine)
    done: dict[str, list[_Result]] = {trial.name: [] for trial in cases}
    todo = [_Batch(trial, 0, seed, engine) for trial in cases]
    finished, planned = 0, len(todo)
    for _ in range(_ROUNDS):
        for batch, result in zip(todo, _simulated(todo, workers or os.cpu_count() or 1), strict=True):
            done[batch.trial.name].append(result)
            finished += 1
            if progress is not None:
                progress(finished, planned)
        todo = [batch for trial in cases for batch in _more(trial, done[trial.name], seed, engine)] if full else []
        planned += len(todo)
        if not todo:
            break
    return tuple(verdict for trial in cases for verdict in _verdicts(trial, done[trial.name]))


def _simulated(batches: Sequence[_Batch], workers: int) -> Iterator[_Result]:
    """The results of batches in their order."""
    if min(workers, len(batches)) <= 1:
        yield from map(_simulate, batches)
        return
    pool = ProcessPoolExecutor(min(workers, len(batches)), mp_context=get_context("spawn"))
    try:
        yield from pool.map(_simulate, batches)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _simulate(batch: _Batch) -> _Result:
    run, scenario = batch.trial.run, batch.trial.run.scenario()
    first = scenario.run.seed if batch.seed is None else batch.seed
    scenario = vary(scenario, {"run.seed": first + batch.number * _SEEDS_APART})
    sheets = replicate(scenario, replications=run.quick, workers=1, engine=batch.engine).sheets
    readings = {
        name: [sheet.readings[answer.key] for sheet in sheets if answer.key in sheet.readings]
        for name, answer in run.answers.items()
    }
    return _Result(readings, sum(sheet.truncated for sheet in sheets))


def _pooled(name: str, results: Sequence[_Result]) -> list[Reading]:
    return [reading for result in results for reading in result.readings[name]]


def _more(trial: Trial, results: Sequence[_Result], seed: int | None, engine: str) -> list[_Batch]:
    """The batches that are still missing until all intervals are as narrow as wished; controls get none."""
    if trial.must_fail:
        return []
    have = len(results)
    need = max(_replications_for(answer, trial.run.precision, _pooled(name, results))
               for name, answer in trial.run.answers.items())  # fmt: skip
    batches = min(math.ceil(need / trial.run.quick), _MOST_BATCHES)
    return [_Batch(trial, number, seed, engine) for number in range(have, batches)]


def _replications_for(answer: Answer, precision: float, readings: list[Reading]) -> int:
    """Replications that give the wished half-width, as the spread of those so far lets expect."""
    so_far = estimate(readings, CONFIDENCE)
    wished = precision * abs(answer.expected) / answer.scale
    if not so_far.half_width > wished:
        return so_far.replications
    error = so_far.standard_error * math.sqrt(so_far.replications)
    asked = _MARGIN * (student_t(CONFIDENCE, _MANY) * error / wished) ** 2
    return max(math.ceil(asked), so_far.replications + 1)


def _verdicts(trial: Trial, results: Sequence[_Result]) -> Iterator[Verdict]:
    truncated = sum(result.truncated for result in results)
    for name, answer in trial.run.answers.items():
        found: Estimate = estimate(_pooled(name, results), CONFIDENCE)
        simulated = answer.in_units(found.value)
        error = found.standard_error * answer.scale
        yield Verdict(
            case=name,
            trial=trial.name,
            family=trial.run.family,
            model=trial.run.title,
            answer=answer,
            simulated=simulated,
            half_width=found.half_width * answer.scale,
            z=(simulated - answer.expected) / error if error else math.nan,
            replications=found.replications,
            truncated=truncated,
            must_fail=trial.must_fail,
        )
