"""Where questions are simulated: desks and replications go in, sheets come out, and nothing is simulated twice.

A lab knows the worker processes, the store, and who is told how far it is. It knows no question.
"""

from __future__ import annotations

import os
import pickle
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Final, Self

from simdesk import engine as engines
from simdesk.errors import RunError
from simdesk.experiment.foresight import Foresight, need
from simdesk.experiment.replications import Replications
from simdesk.experiment.sheet import Key, Sheet, strays
from simdesk.experiment.size import size_of
from simdesk.experiment.store import NotKeptError, Store, identity, rules_version
from simdesk.experiment.workers import Job, Ready, Workers
from simdesk.scenario.loading import vary
from simdesk.scenario.model import Scenario
from simdesk.workload.graph import compile_ahead

Progress = Callable[[int, int], None]
"""Receives (replications done, replications in all)."""

_WORTH_A_POOL: Final = 3.0
"""Seconds of work, left or behind us, below which starting worker processes, some 1.5 s each, saves next to nothing."""
_BETWEEN_COMMITS: Final = 0.5
"""Seconds of finished work that may be lost to a sudden end."""


def prepare(engine: str) -> None:
    """Have all that is compiled ready, before worker processes start or a first user waits.

    Raises:
        SimdeskError: for an unknown engine.
    """
    engines.prepare(engine)
    compile_ahead()


class Lab:
    """Simulates desks for a question. Use it in a `with` statement, so that its processes end.

    Args:
        workers: processes that simulate for this one; unless stated this process and one more for each further
            processor, if that pays. The result does not depend on it.
        engine: see `simdesk.engine.ENGINES`.
        store: what was simulated before; nothing is kept without one.
        progress: told after each replication, when it is safe.
        say: told what somebody who waits should know, such as how long it will take.
        foresight: looks at what is ahead before it begins, and may refuse it; nothing is estimated without one.

    `strays` has the measures that left their range in anything that was simulated, with one such value of each.
    """

    def __init__(
        self,
        *,
        workers: int | None = None,
        engine: str = "kernel",
        store: Store | None = None,
        progress: Progress | None = None,
        say: Callable[[str], None] | None = None,
        foresight: Foresight | None = None,
    ) -> None:
        self.say = say or (lambda text: None)
        self.engine, self.store = engine, store
        self.done, self.expected, self.reused = 0, 0, 0
        self.strays: dict[Key, float] = {}
        self._foresight = foresight
        self._tell = progress or (lambda done, total: None)
        self._helps = workers is None
        count = (os.cpu_count() or 1) - 1 if workers is None else workers if workers > 1 else 0
        self._workers = Workers(count, engine, self.say) if count else None
        self._ready = Ready(engine)
        self._seconds, self._simulated = 0.0, 0
        self._prepared = False
        self._keeps = store is not None and not store.read_only
        if store is not None and store.read_only:
            self.say(f"{store.path} cannot be written ({store.read_only}), so finished runs are not kept")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._workers is not None:
            self._workers.close()

    def expect(self, replications: int) -> None:
        """Say how many replications the question will need in all, as far as one knows, for the time left."""
        self.expected = max(self.expected, self.done + replications)

    def foresee(self, scenarios: Sequence[Scenario], runs: int, wanted: Collection[Key] | None = None) -> None:
        """Look at what replications will take; only what is not kept already is worth a look.

        Args:
            scenarios: what will be simulated.
            runs: how many replications of all of them together.
            wanted: measures that will be read; all of them unless stated.

        Raises:
            RunError: it is too much.
        """
        if self._foresight is not None and runs:
            sizes = [size_of(scenario) for scenario in scenarios]
            measures = None if wanted is None else len(wanted)
            self._foresight.look_at(need(sizes, runs, self.engine, self.processors, measures))

    @property
    def seconds_each(self) -> float:
        """Seconds of one processor that a replication took here, NaN if none was simulated here."""
        return self._seconds / self._simulated if self._simulated else float("nan")

    @property
    def processors(self) -> int:
        """Processes that may simulate at once, this one included."""
        return max((self._workers.count if self._workers is not None else 0) + self._helps, 1)

    def replications(
        self, scenario: Scenario, count: int | None = None, *, wanted: Collection[Key] | None = None
    ) -> Replications:
        """Simulate and measure one desk.

        Args:
            scenario: what to simulate.
            count: replications; the scenario's own number unless stated.
            wanted: measures to read; all of them unless stated.
        """
        return self.many([scenario], count, wanted=wanted)[0]

    def many(
        self,
        scenarios: Sequence[Scenario],
        count: int | None = None,
        *,
        wanted: Collection[Key] | None = None,
        first: int = 0,
    ) -> list[Replications]:
        """Simulate and measure several desks; replication r of each meets the same luck.

        Args:
            scenarios: what to simulate.
            count: replications of each; the number of the first scenario unless stated.
            wanted: measures to read; all of them unless stated.
            first: number of the first replication; others than 0 are luck that nothing else has met.

        Raises:
            RunError: a run broke a law or was cut short, workers died repeatedly, or the store cannot be written.
        """
        total = scenarios[0].run.replications if count is None and scenarios else count or 0
        if total < 1:
            raise RunError("at least one replication is needed")
        alike = [_repeated(scenario, total) for scenario in scenarios]
        numbers = range(first, first + total)
        found = self.sheets(alike, numbers, wanted)
        return [
            Replications(scenario, tuple(sheets[number] for number in numbers), self.engine)
            for scenario, sheets in zip(alike, found, strict=True)
        ]

    def sheets(
        self, scenarios: Sequence[Scenario], numbers: range, wanted: Collection[Key] | None = None
    ) -> list[dict[int, Sheet]]:
        """Sheets of some replications of several desks, by number.

        What the store has is not simulated again, and a desk that is there twice is simulated once.
        """
        keys = None if wanted is None else frozenset(wanted)
        names = [f"{identity(scenario)} {scenario.run.seed}" for scenario in scenarios]
        alike, places = Counter(names), {name: place for place, name in enumerate(names)}
        found = {name: self._known(scenarios[place], numbers, keys) for name, place in places.items()}
        jobs = [Job(places[name], number) for number in numbers for name in found if number not in found[name]]
        before = sum(alike[name] * len(sheets) for name, sheets in found.items())
        self.reused += before
        self.done += before
        self.expect(sum(alike[names[job.scenario]] for job in jobs))
        self.foresee([scenarios[place] for place in sorted({job.scenario for job in jobs})], len(jobs), keys)
        for job, sheet in self._kept(scenarios, self._simulated_sheets(scenarios, names, jobs, keys)):
            found[names[job.scenario]][job.replication] = sheet
            self.done += alike[names[job.scenario]]
            self._tell(self.done, self.expected)
        for sheets in found.values():
            self.strays |= strays(sheets.values())
        return [found[name] for name in names]

    def _known(self, scenario: Scenario, numbers: range, wanted: frozenset[Key] | None) -> dict[int, Sheet]:
        return {} if self.store is None else self.store.known(scenario, numbers, wanted, self._version, self.say)

    @property
    def _version(self) -> str:
        return f"{self.engine}-{rules_version()}"

    def _kept(self, scenarios: Sequence[Scenario], results: Iterator[tuple[Job, Sheet]]) -> Iterator[tuple[Job, Sheet]]:
        """Pass results on when they are safe: at once if nothing is kept, else when they are committed."""
        if not self._keeps:
            yield from results
            return
        fresh: list[tuple[Job, Sheet]] = []
        latest = time.monotonic()
        try:
            for result in results:
                fresh.append(result)
                if time.monotonic() - latest > _BETWEEN_COMMITS:
                    self._commit(scenarios, fresh)
                    safe, fresh = fresh, []
                    yield from safe  # who stops listening here may have closed the store
                    latest = time.monotonic()
        except BaseException:
            self._commit(scenarios, fresh)  # an interrupted run goes on from here
            raise
        self._commit(scenarios, fresh)
        yield from fresh

    def _commit(self, scenarios: Sequence[Scenario], fresh: list[tuple[Job, Sheet]]) -> None:
        """Keep what was finished; where that fails, go on without, as the answer is worth more than the store."""
        if self.store is None or not self._keeps or not fresh:
            return
        try:
            self.store.keep([(scenarios[job.scenario], job.replication, sheet) for job, sheet in fresh], self._version)
        except NotKeptError as error:
            self._keeps = False
            self.say(f"{error}; the answer comes all the same, but runs that are finished from here on are not kept")

    def _simulated_sheets(
        self, scenarios: Sequence[Scenario], names: list[str], jobs: list[Job], wanted: frozenset[Key] | None
    ) -> Iterator[tuple[Job, Sheet]]:
        """Do the jobs, here or with workers; desks of one name are one."""
        if not jobs:
            return
        if not self._prepared:
            prepare(self.engine)
            self._prepared = True

        def here(job: Job) -> Sheet:
            began = time.perf_counter()
            scenario = scenarios[job.scenario]
            sheet = self._ready.sheet(names[job.scenario], lambda: scenario, job.replication, wanted)
            self._seconds += time.perf_counter() - began
            self._simulated += 1
            return sheet

        yield jobs[0], here(jobs[0])
        rest = jobs[1:]
        if self._foresight is not None and rest:
            self._foresight.correct(len(rest) * self.seconds_each / min(self.processors, len(rest)))
        if self._workers is None or not self._worth_it(len(rest)):
            yield from ((job, here(job)) for job in rest)
            return
        pickled = list(zip(names, map(pickle.dumps, scenarios), strict=True))
        yield from self._workers.sheets(rest, pickled, wanted, here if self._helps else None)

    def _worth_it(self, jobs: int) -> bool:
        return jobs > 0 and (
            not self._helps or self._seconds >= _WORTH_A_POOL or jobs * self.seconds_each >= _WORTH_A_POOL
        )


@contextmanager
def at_work(lab: Lab | None) -> Iterator[Lab]:
    """The lab that somebody gave, which stays open, or one of its own."""
    if lab is not None:
        yield lab
        return
    with Lab() as own:
        yield own


def _repeated(scenario: Scenario, count: int) -> Scenario:
    return scenario if scenario.run.replications == count else vary(scenario, {"run.replications": count})
