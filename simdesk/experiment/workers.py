"""Worker processes that simulate; a process that dies is replaced, and nothing that was under way is lost."""

from __future__ import annotations

import os
import pickle
import signal
import threading
import time
from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Collection, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import partial
from multiprocessing import parent_process
from multiprocessing.context import SpawnContext, SpawnProcess
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Event
from typing import Any, Final

from simdesk.errors import RunError
from simdesk.experiment.point import Point
from simdesk.experiment.sheet import Key, Sheet
from simdesk.experiment.standstill import Standstill
from simdesk.experiment.undisturbed import undisturbed
from simdesk.scenario.model import Scenario
from simdesk.workload.shared import SharedDraws

_AHEAD: Final = 2
"""Jobs handed to each worker in advance."""
_TRIES: Final = 3
"""Workers that may die with a job before it is held to be its fault."""
_MOST_POINTS: Final = 128
"""Desks that a process keeps ready."""
_NAP: Final = 0.5
"""Seconds after which a wait for results is interrupted, to look after the workers."""
_KILLED: Final = 9
"""SIGKILL, which Windows does not name."""
_SMALLER: Final = "use fewer worker processes (--workers 1), a shorter run or a smaller desk"


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


def _begin(engine: str, begun: Event) -> None:
    """Prepare a worker process; it ends when its parent does."""
    global _ready
    begun.set()
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


@dataclass(frozen=True, slots=True)
class _Cause:
    """How a worker was lost, in words that follow "a worker process", and what may help."""

    words: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class _Lost:
    """What was under way when a worker was lost, and how it was lost."""

    jobs: list[Job]
    cause: _Cause


class _Pool:
    """A pool of processes that remembers them, so that one can ask how they ended, and end them.

    Raises:
        OSError, RuntimeError: from `submit`, if the system does not let them start.
    """

    def __init__(self, count: int, engine: str) -> None:
        self.processes: list[SpawnProcess] = []
        context = SpawnContext()
        context.Process = partial(_remembered, self.processes)  # type: ignore[misc,assignment]  # a pool asks for these
        self._begun = context.Event()
        self._pool = ProcessPoolExecutor(
            count, mp_context=context, initializer=_begin, initargs=(engine, self._begun)
        )  # fmt: skip
        self.submit = self._pool.submit

    def close(self) -> None:
        """End the processes, stopped ones too; what they are doing is not waited for."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        self.end(self.living())

    def end(self, pids: Collection[int]) -> None:
        """Kill some of the processes."""
        for process in self.processes:
            if process.pid in pids:
                process.kill()

    def living(self) -> list[int]:
        """Process numbers of those that have not ended."""
        return [process.pid for process in self.processes if process.pid is not None and process.exitcode is None]

    def cause_of_death(self) -> _Cause:
        """How the first process that died ended.

        Raises:
            RunError: it could not even start, so that no other will.
        """
        until = time.monotonic() + 1.0  # a process that has just died may not be buried yet
        while not (codes := [process.exitcode for process in self.processes if process.exitcode is not None]):
            if time.monotonic() > until:
                return _Cause("died")
            time.sleep(0.01)
        terminated = -int(signal.SIGTERM)  # as the pool itself ends the others
        code = next((code for code in codes if code != terminated), terminated)
        if code == -_KILLED:
            return _Cause("was killed, as happens when memory runs out", f"; {_SMALLER}")
        if code < 0:
            return _Cause(f"died of signal {_signal_name(-code)}")
        if self._begun.is_set():
            return _Cause(f"ended with exit code {code}")
        raise RunError(
            f"worker processes cannot start (exit code {code}); a script that is not a module needs its calls below "
            "`if __name__ == '__main__':`, or one process, with workers=1"
        )


def _remembered(processes: list[SpawnProcess], *arguments: Any, **named: Any) -> SpawnProcess:
    process = SpawnProcess(*arguments, **named)
    processes.append(process)
    return process


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return str(number)


class Workers:
    """Processes that simulate for this one; they start with the first job and end with `close`.

    Args:
        count: how many.
        engine: that simulates.
        say: told when a worker is lost and replaced.
    """

    def __init__(self, count: int, engine: str, say: Callable[[str], None] | None = None) -> None:
        self.count, self.engine = count, engine
        self._say = say or (lambda text: None)
        self._pool: _Pool | None = None

    def close(self) -> None:
        """End the processes; what they are doing is not waited for."""
        if self._pool is not None:
            self._pool.close()
            self._pool = None

    def sheets(
        self,
        jobs: Iterable[Job],
        scenarios: list[tuple[str, bytes]],
        wanted: frozenset[Key] | None,
        here: Callable[[Job], Sheet] | None,
    ) -> Iterator[tuple[Job, Sheet]]:
        """Sheets as they are finished; with `here` this process computes too, from the other end.

        A worker that dies or stands still is replaced. What was under way is then done one by one, which tells a
        replication that kills its worker from its neighbours.

        Args:
            jobs: what is to be done.
            scenarios: key and pickled form of each desk, by the numbers in the jobs.
            wanted: measures to read, everything if None.
            here: does a job in this process.

        Raises:
            RunError: workers were lost with the same job again and again, ran out of memory, or cannot start; or what
                a job raised.
        """
        waiting, suspects, deaths = deque(jobs), deque[Job](), Counter[Job]()
        while waiting or suspects:
            alone = bool(suspects)
            lost = yield from (
                self._until_a_death(suspects, 1, scenarios, wanted, None)
                if alone
                else self._until_a_death(waiting, _AHEAD * self.count, scenarios, wanted, here)
            )
            deaths.update(lost.jobs)
            if alone and lost.jobs and deaths[lost.jobs[0]] >= _TRIES:
                raise RunError(
                    f"{_TRIES} times in a row a worker process was lost with replication {lost.jobs[0].replication}; "
                    f"the last one {lost.cause.words}{lost.cause.remedy}"
                )
            if lost.jobs:
                self._say(f"a worker process {lost.cause.words}; its work is done again")
            suspects.extendleft(reversed(lost.jobs))

    def _until_a_death(
        self,
        waiting: deque[Job],
        ahead: int,
        scenarios: list[tuple[str, bytes]],
        wanted: frozenset[Key] | None,
        here: Callable[[Job], Sheet] | None,
    ) -> Generator[tuple[Job, Sheet], None, _Lost]:
        """Sheets of what waits, until all is done or a worker dies; returns what was under way then."""
        pool = self._pool = self._pool or _Pool(self.count, self.engine)
        running: dict[Future[Sheet], Job] = {}
        standstill, done = Standstill(), False
        cause: _Cause | None = None
        try:
            while waiting or running:
                while waiting and len(running) < ahead:
                    job = waiting[0]
                    running[_submitted(pool, *scenarios[job.scenario], job.replication, wanted)] = job
                    waiting.popleft()
                if waiting and here is not None:
                    last = waiting.pop()
                    yield last, here(last)
                until = 0.0 if waiting and here is not None else _NAP
                finished = wait(running, until, FIRST_COMPLETED).done
                for future in finished:
                    sheet = _finished(future)
                    yield running.pop(future), sheet
                still, why = standstill.found(pool.living(), finished=bool(finished))
                if still:
                    cause = _Cause(why)
                    pool.end(still)
            done = True
        except BrokenProcessPool:
            return _Lost(
                sorted(running.values(), key=lambda job: (job.replication, job.scenario)),
                cause or pool.cause_of_death(),
            )
        finally:
            if not done:
                self.close()
        return _Lost([], _Cause(""))


def _submitted(pool: _Pool, key: str, pickled: bytes, replication: int, wanted: frozenset[Key] | None) -> Future[Sheet]:
    try:
        with undisturbed():  # for this may start a process
            return pool.submit(_work, key, pickled, replication, wanted)
    except (OSError, RuntimeError) as error:  # no room for another process or thread
        if isinstance(error, RuntimeError) and "start new thread" not in str(error):
            raise  # a pool that is broken, or a script without its guard in its own worker
        raise RunError(f"worker processes cannot be started: {error}; use fewer, such as --workers 1") from None


def _finished(future: Future[Sheet]) -> Sheet:
    try:
        return future.result()
    except MemoryError:
        raise RunError(f"a worker process ran out of memory; {_SMALLER}") from None
