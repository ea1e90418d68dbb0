"""Independent replications, in worker processes when that pays; the result does not depend on how many."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import cached_property
from multiprocessing import get_context, parent_process
from multiprocessing.process import BaseProcess
from typing import Final

import numpy as np

from simdesk import engine as engines
from simdesk.clock import NEVER
from simdesk.desk import Desk, open_desk
from simdesk.engine import run
from simdesk.errors import RunError
from simdesk.experiment.estimate import Estimate, estimate
from simdesk.experiment.sheet import Key, Sheet, keys_of, prices_of, read_sheet
from simdesk.measures import check_laws
from simdesk.provenance import Provenance, provenance
from simdesk.scenario.loading import vary
from simdesk.scenario.model import Scenario
from simdesk.ticketlog import TicketLog
from simdesk.workload.draw import draw
from simdesk.workload.graph import compile_ahead

Progress = Callable[[int, int], None]
"""Receives (replications done, replications in all)."""

Here = Callable[[int], Sheet]
"""Computes a replication in this process."""

_WORTH_A_POOL: Final = 3.0
"""Seconds of remaining work below which starting worker processes, some 1.5 s each, saves next to nothing."""
_AHEAD: Final = 2
"""Replications handed to each worker in advance."""
_A_DAY: Final = 86400
_TRIES: Final = 3
"""Workers that may die with a replication before it is held to be its fault."""


@dataclass(frozen=True)
class Replications:
    """The sheets of all replications of a scenario, in order."""

    scenario: Scenario
    sheets: tuple[Sheet, ...]
    first_log: TicketLog
    engine: str

    @cached_property
    def estimates(self) -> Mapping[Key, Estimate]:
        """Every measure with its interval, computed once."""
        return {key: self.estimate(key) for key in keys_of(self.sheets)}

    def estimate(self, key: Key, confidence: float = 0.95) -> Estimate:
        """One measure with its interval."""
        return estimate([sheet.readings[key] for sheet in self.sheets], confidence)

    @property
    def provenance(self) -> Provenance:
        """Where these numbers come from."""
        digests = [sheet.digest for sheet in self.sheets]
        return provenance(self.scenario, replications=len(self.sheets), engine=self.engine, digests=digests)


def simulate(scenario: Scenario, replication: int = 0, *, engine: str = "kernel") -> TicketLog:
    """Simulate one replication.

    Args:
        scenario: what to simulate.
        replication: its number, from 0; equal numbers have equal luck in every variant of a scenario.
        engine: see `simdesk.engine.ENGINES`.

    Raises:
        RunError: when the run broke a law that every run must obey, or was cut short by a limit of the scenario.
    """
    return _simulate(scenario, open_desk(scenario), replication, engine)


def _simulate(scenario: Scenario, desk: Desk, replication: int, engine: str) -> TicketLog:
    log = run(desk, draw(scenario, desk, replication), engine=engine)
    if log.cut_short:
        raise RunError(_story_of(log, replication))
    check_laws(log)
    return log


def _story_of(log: TicketLog, replication: int) -> str:
    """What happened in a replication until it was cut short, and what to do about it."""
    tickets, touches = log.tickets_columns, log.touches_columns
    is_open = tickets["ended_at"] >= NEVER
    waits = (touches["started_at"] >= NEVER) & (touches["ended_at"] >= NEVER) & (touches["team"] >= 0)
    queues = np.bincount(touches["team"][waits], minlength=len(log.teams))
    longest = int(np.argmax(queues))
    when = f"{log.timeline.local(log.stopped_at):%a %Y-%m-%d %H:%M}"
    day = log.stopped_at // _A_DAY + 1
    return (
        f"replication {replication} was cut short on {when}, day {day}: {log.cut_short}. By then {len(log):,} tickets "
        f"had come and {is_open.sum():,} of them were open; {queues[longest]:,} waited for {log.teams[longest]}. "
        "Give that team more people or less work, shorten run.length, or raise the limit"
    )


def prepare(engine: str) -> None:
    """Have all that is compiled ready, before worker processes start or a first user waits.

    Raises:
        SimdeskError: for an unknown engine.
    """
    engines.prepare(engine)
    compile_ahead()


def replicate(
    scenario: Scenario,
    *,
    replications: int | None = None,
    workers: int | None = None,
    engine: str = "kernel",
    progress: Progress | None = None,
) -> Replications:
    """Simulate and measure independent replications.

    Args:
        scenario: what to simulate.
        replications: how many; the scenario's own number unless stated.
        workers: processes that simulate for this one; unless stated this process and one more for each further
            processor, if that pays. The result does not depend on it.
        engine: see `simdesk.engine.ENGINES`.
        progress: told after each replication.

    Raises:
        RunError: when a run broke a law or was cut short, or workers died repeatedly.
    """
    total = scenario.run.replications if replications is None else replications
    if total < 1:
        raise RunError("at least one replication is needed")
    tell = progress or (lambda done, of: None)
    if total != scenario.run.replications:
        scenario = vary(scenario, {"run.replications": total})
    desk, prices = open_desk(scenario), prices_of(scenario)

    def here(number: int) -> Sheet:
        return read_sheet(_simulate(scenario, desk, number, engine), prices)

    prepare(engine)
    began = time.perf_counter()
    first = _simulate(scenario, desk, 0, engine)
    sheets = {0: read_sheet(first, prices)}
    tell(1, total)
    rest = (time.perf_counter() - began) * (total - 1)
    if workers is None:
        pool = (os.cpu_count() or 1) - 1 if rest >= _WORTH_A_POOL else 0
    else:
        pool = workers if workers > 1 else 0
    numbers = range(1, total)
    if pool and numbers:
        others = _in_processes(scenario, engine, numbers, min(pool, len(numbers)), here if workers is None else None)
    else:
        others = ((number, here(number)) for number in numbers)
    for number, sheet in others:
        sheets[number] = sheet
        tell(len(sheets), total)
    return Replications(scenario, tuple(sheets[number] for number in range(total)), first, engine)


_desk_of_worker: tuple[Scenario, Desk, str] | None = None


def _begin(scenario: Scenario, engine: str) -> None:
    """Prepare a worker process; it ends when its parent does."""
    global _desk_of_worker
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    _desk_of_worker = scenario, open_desk(scenario), engine
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)


def _replication(number: int) -> Sheet:
    assert _desk_of_worker is not None  # `_begin` ran first
    scenario, desk, engine = _desk_of_worker
    return read_sheet(_simulate(scenario, desk, number, engine), prices_of(scenario))


def _in_processes(
    scenario: Scenario, engine: str, numbers: range, workers: int, here: Here | None
) -> Iterator[tuple[int, Sheet]]:
    """Sheets as they are finished; with `here` this process computes too, from the other end.

    A worker that dies is replaced. What was under way is then done one by one, which tells a replication that kills its
    worker from its neighbours.
    """
    waiting, suspects, deaths = deque(numbers), deque[int](), Counter[int]()
    while waiting or suspects:
        alone = bool(suspects)
        lost = yield from (
            _until_a_death(scenario, engine, suspects, 1, 1, None)
            if alone
            else _until_a_death(scenario, engine, waiting, workers, _AHEAD * workers, here)
        )
        deaths.update(lost)
        if alone and lost and deaths[lost[0]] >= _TRIES:
            raise RunError(f"{_TRIES} worker processes died, one after the other, in replication {lost[0]}")
        suspects.extendleft(reversed(lost))


def _until_a_death(
    scenario: Scenario,
    engine: str,
    waiting: deque[int],
    workers: int,
    ahead: int,
    here: Here | None,
) -> Generator[tuple[int, Sheet], None, list[int]]:
    """Sheets of what waits, until all is done or a worker dies; returns what was under way then."""
    pool = ProcessPoolExecutor(
        workers, mp_context=get_context("spawn"), initializer=_begin, initargs=(scenario, engine)
    )
    running: dict[Future[Sheet], int] = {}
    try:
        while waiting or running:
            while waiting and len(running) < ahead:
                running[pool.submit(_replication, waiting[0])] = waiting[0]
                waiting.popleft()
            if waiting and here is not None:
                last = waiting.pop()
                yield last, here(last)
            until = 0.0 if waiting and here is not None else None
            for future in wait(running, until, FIRST_COMPLETED).done:
                sheet = future.result()
                yield running.pop(future), sheet
    except BrokenProcessPool:
        return sorted(running.values())
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    return []
