"""Worker processes that simulate; a process that dies is replaced, and nothing that was under way is lost."""

from __future__ import annotations

import os
import pickle
import signal
import threading
from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from multiprocessing.process import BaseProcess
from typing import Final

from simdesk.errors import RunError
from simdesk.experiment.point import Point
from simdesk.experiment.sheet import Key, Sheet
from simdesk.experiment.undisturbed import undisturbed
from simdesk.scenario.model import Scenario
from simdesk.workload.shared import SharedDraws

_AHEAD: Final = 2
"""Jobs handed to each worker in advance."""
_TRIES: Final = 3
"""Workers that may die with a job before it is held to be its fault."""
_MOST_POINTS: Final = 128
"""Desks that a process keeps ready."""


@dataclass(frozen=True, slots=True)
class Job:
    """One replication of one desk.

    Attributes:
        scenario: the desk, by its number among those of the question.
        replication: its number.
    """

    scenario: int
    replication: int


class Ready:
    """The desks that this process keeps ready, and the tickets that it drew last.

    Args:
        engine: that simulates.
    """

    def __init__(self, engine: str) -> None:
        self.engine = engine
        self.draws = SharedDraws()
        self._points: OrderedDict[str, Point] = OrderedDict()

    def point(self, key: str, scenario: Callable[[], Scenario]) -> Point:
        """A desk made ready, now or before."""
        if key not in self._points:
            self._points[key] = Point.of(scenario())
            if len(self._points) > _MOST_POINTS:
                self._points.popitem(last=False)
        self._points.move_to_end(key)
        return self._points[key]

    def sheet(
        self, key: str, scenario: Callable[[], Scenario], replication: int, wanted: frozenset[Key] | None
    ) -> Sheet:
        """Simulate one replication and read what is wanted."""
        return self.point(key, scenario).sheet(replication, self.engine, self.draws, wanted)


_ready: Ready | None = None


def _begin(engine: str) -> None:
    """Prepare a worker process; it ends when its parent does."""
    global _ready
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    _ready = Ready(engine)
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)


def _work(key: str, pickled: bytes, replication: int, wanted: frozenset[Key] | None) -> Sheet:
    assert _ready is not None  # `_begin` ran first

    def scenario() -> Scenario:
        found: Scenario = pickle.loads(pickled)  # from our own parent process
        return found

    return _ready.sheet(key, scenario, replication, wanted)


class Workers:
    """Processes that simulate for this one; they start with the first job and end with `close`.

    Args:
        count: how many.
        engine: that simulates.
    """

    def __init__(self, count: int, engine: str) -> None:
        self.count, self.engine = count, engine
        self._pool: ProcessPoolExecutor | None = None
        self._have_worked = False

    def close(self) -> None:
        """End the processes; what they are doing is not waited for."""
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None

    def sheets(
        self,
        jobs: Iterable[Job],
        scenarios: list[tuple[str, bytes]],
        wanted: frozenset[Key] | None,
        here: Callable[[Job], Sheet] | None,
    ) -> Iterator[tuple[Job, Sheet]]:
        """Sheets as they are finished; with `here` this process computes too, from the other end.

        A worker that dies is replaced. What was under way is then done one by one, which tells a replication that kills
        its worker from its neighbours.

        Args:
            jobs: what is to be done.
            scenarios: key and pickled form of each desk, by the numbers in the jobs.
            wanted: measures to read, everything if None.
            here: does a job in this process.

        Raises:
            RunError: workers died with the same job again and again, or what a job raised.
        """
        waiting, suspects, deaths = deque(jobs), deque[Job](), Counter[Job]()
        while waiting or suspects:
            alone = bool(suspects)
            lost = yield from (
                self._until_a_death(suspects, 1, scenarios, wanted, None)
                if alone
                else self._until_a_death(waiting, _AHEAD * self.count, scenarios, wanted, here)
            )
            deaths.update(lost)
            if alone and lost and deaths[lost[0]] >= _TRIES:
                raise RunError(self._why(lost[0]))
            suspects.extendleft(reversed(lost))

    def _why(self, job: Job) -> str:
        """What to tell of a job with which workers die again and again."""
        if not self._have_worked:
            return (
                "worker processes cannot start; a script that is not a module needs its calls below `if __name__ == "
                "'__main__':`, or one process, with workers=1"
            )
        return f"{_TRIES} worker processes died, one after the other, in replication {job.replication}"

    def _until_a_death(
        self,
        waiting: deque[Job],
        ahead: int,
        scenarios: list[tuple[str, bytes]],
        wanted: frozenset[Key] | None,
        here: Callable[[Job], Sheet] | None,
    ) -> Generator[tuple[Job, Sheet], None, list[Job]]:
        """Sheets of what waits, until all is done or a worker dies; returns what was under way then."""
        if self._pool is None:
            self._pool = ProcessPoolExecutor(
                self.count, mp_context=get_context("spawn"), initializer=_begin, initargs=(self.engine,)
            )
        running: dict[Future[Sheet], Job] = {}
        done = False
        try:
            while waiting or running:
                while waiting and len(running) < ahead:
                    job = waiting[0]
                    with undisturbed():  # for this may start a process
                        future = self._pool.submit(_work, *scenarios[job.scenario], job.replication, wanted)
                    running[future] = job
                    waiting.popleft()
                if waiting and here is not None:
                    last = waiting.pop()
                    yield last, here(last)
                until = 0.0 if waiting and here is not None else None
                for future in wait(running, until, FIRST_COMPLETED).done:
                    sheet = future.result()
                    self._have_worked = True
                    yield running.pop(future), sheet
            done = True
        except BrokenProcessPool:
            return sorted(running.values(), key=lambda job: (job.replication, job.scenario))
        finally:
            if not done:
                self.close()
        return []
