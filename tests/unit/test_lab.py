"""The lab: whoever computes what, in whatever order, with or without a store, the answer is the same."""

from __future__ import annotations

import math
import os
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from simdesk.engine import run as simulate_one
from simdesk.errors import RunError
from simdesk.experiment.lab import Lab
from simdesk.experiment.replications import Replications
from simdesk.experiment.sheet import Key, Sheet
from simdesk.experiment.store import Store
from simdesk.measures.readings import Quantile, Reading
from simdesk.scenario.loading import loads, vary
from terminal import LINUX, children

DESK = loads("""title: A small desk for some days
run: {length: 3 days, warm_up: 1 day, replications: 6, cool_down: 2 days}
demand:
  contacts: 40 per day
  types:
    question: {share: 60 %, work: {exponential: {mean: 12 min}}}
    fault: {share: 40 %, work: {lognormal: {mean: 25 min, cv: 1.0}}}
teams: {desk: {agents: 1, shrinkage: 10 %, cost: 40 USD per hour}}
""")
DESKS = [DESK, *(vary(DESK, change) for change in (
    {"teams.desk.agents": 2}, {"demand.volume": "90 %"}, {"teams.desk.discipline": "shortest_job"},
))]  # fmt: skip
WAIT, BUSY, P90 = Key("first_wait"), Key("occupancy", "team", "desk"), Key("resolution_time_median")
WANTED = [P90, BUSY, WAIT]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "simdesk.sqlite"


@pytest.fixture
def simulated(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Counts what is simulated in this process: the digest of every log, in order."""
    seen: list[str] = []

    def counted(*arguments: object, **named: object) -> object:
        log = simulate_one(*arguments, **named)
        seen.append(log.digest())
        return log

    monkeypatch.setattr("simdesk.experiment.point.run", counted)
    return seen


@pytest.fixture(scope="module")
def alone() -> list[Replications]:
    """What every other way must agree with: each desk on its own, in this process, everything read."""
    found = []
    for desk in DESKS:
        with Lab(workers=1) as lab:
            found.append(lab.replications(desk))
    return found


def _plain(reading: Reading) -> object:
    if isinstance(reading, Quantile):
        return reading.share, reading.values.tolist()
    return repr(reading)


def said(runs: Replications, keys: Sequence[Key] | None = None) -> list[dict[Key, object]]:
    """Every reading of every replication, or some, to the last digit."""
    return [
        {key: _plain(reading) for key, reading in sheet.readings.items() if keys is None or key in keys}
        for sheet in runs.sheets
    ]


def same(one: Sequence[Replications], other: Sequence[Replications]) -> bool:
    """Whether results agree in digests, readings, the order of their rows, estimates and series."""
    return all(
        [sheet.digest for sheet in left.sheets] == [sheet.digest for sheet in right.sheets]
        and said(left) == said(right)
        and list(left.estimates) == list(right.estimates)
        and repr(left.estimates) == repr(right.estimates)
        and all(map(_same_series, left.sheets, right.sheets))
        for left, right in zip(one, other, strict=True)
    )


def _same_series(one: Sheet, other: Sheet) -> bool:
    return one.series.keys() == other.series.keys() and all(
        np.array_equal(array, other.series[name], equal_nan=True) for name, array in one.series.items()
    )


@pytest.mark.parametrize(("workers", "kept"), [(None, False), (1, True), (2, True)])
def test_the_answer_does_not_depend_on_who_computes_it(
    alone: list[Replications], path: Path, workers: int | None, kept: bool
):
    """One process or several, with a store or without; and what the store knows is the same again."""
    for _ in range(2 if kept else 1):
        store = Store(path) if kept else None
        with Lab(workers=workers, store=store) as lab:
            found = lab.many(DESKS)
        assert same(found, alone)


def test_the_answer_does_not_depend_on_the_order_of_the_desks(alone: list[Replications]):
    """Desks share tickets, and who comes first draws them; nobody notices."""
    with Lab(workers=1) as lab:
        found = lab.many(DESKS[::-1])

    assert same(found[::-1], alone)


def test_what_is_wanted_is_read_as_if_everything_were(alone: list[Replications]):
    """Every wanted reading equals that of the complete sheet, for every measure that there is."""
    complete = alone[0]
    every = list(complete.sheets[0].readings)
    with Lab(workers=1) as lab:
        for keys in (every, WANTED, *([key] for key in every[::7])):
            (found,) = lab.many([DESK], 2, wanted=keys)
            assert said(found, keys) == [
                {key: _plain(sheet.readings[key]) for key in found.sheets[0].readings if key in keys}
                for sheet in complete.sheets[:2]
            ]


def test_what_else_the_store_has_does_not_show_in_the_answer(path: Path):
    """A question finds rows of a complete run and of another question, and answers as if nobody had ever asked."""
    with Lab(workers=1) as lab:
        fresh = lab.many(DESKS[:2], 4, wanted=WANTED)

    with Store(path) as store, Lab(workers=1, store=store) as lab:
        lab.many(DESKS[:1], 2)
        lab.many(DESKS[:2], 3, wanted=[WAIT, Key("total_cost")])
        found = lab.many(DESKS[:2], 4, wanted=WANTED)

    assert same(found, fresh)
    assert {key.measure for key in found[0].estimates} == {*(key.measure for key in WANTED), "still_open"}


def test_rows_are_in_the_same_order_in_every_process():
    """A set has another order in each, and workers are others; a table must not."""
    orders = []
    for keys in (WANTED, WANTED[::-1], set(WANTED), frozenset(WANTED)):
        with Lab(workers=1) as lab:
            orders.append(list(lab.many([DESK], 1, wanted=keys)[0].estimates))

    assert all(order == orders[0] for order in orders)
    assert orders[0] == sorted(orders[0])


def test_a_measure_that_is_not_there_is_refused_with_and_without_a_store(path: Path):
    """In words; also where every replication is kept."""
    nobody = Key("occupancy", "team", "nobody")
    with Store(path) as store, Lab(workers=1, store=store) as lab:
        lab.many([DESK], 2)
        for _ in range(2):
            with pytest.raises(RunError, match="there is no measure occupancy:nobody of this desk"):
                lab.many([DESK], 2, wanted=[nobody])


def test_nothing_is_simulated_twice(path: Path, simulated: list[str]):
    """Not what the store has, not more of it than is missing, and not a desk that is asked for twice at once."""
    again = vary(DESK, {"title": "The same desk by another name"})
    with Store(path) as store, Lab(workers=1, store=store) as lab:
        first = lab.many([DESK, DESKS[1], again], 3)
        more = lab.many([again, DESKS[1]], 5)
        part = lab.many([DESK], 5, wanted=WANTED)

    digests = [sheet.digest for runs in (more[0], more[1]) for sheet in runs.sheets]
    assert sorted(simulated) == sorted(digests)
    assert len(simulated) == 10
    assert said(first[0]) == said(first[2]) == said(more[0])[:3]
    assert (first[0].scenario.title, first[2].scenario.title) == (DESK.title, again.title)
    assert said(part[0], WANTED) == [{key: _plain(s.readings[key]) for key in sorted(WANTED)} for s in more[0].sheets]


def test_progress_counts_every_replication_once(path: Path):
    """Of all that is asked for; what is found counts without being told, a desk that is there twice counts twice."""
    told: list[tuple[int, int]] = []

    with Store(path) as store, Lab(workers=1, store=store, progress=lambda *now: told.append(now)) as lab:
        lab.many(DESKS[:2], 2)
        lab.many(DESKS[:2], 3)
        lab.many([DESKS[2], DESKS[2]], 1)
        lab.many(DESKS[:2], 3)

    assert [done for done, _ in told] == [1, 2, 3, 4, 9, 10, 12]
    assert all(done <= total for done, total in told)
    assert (lab.done, lab.reused) == (18, 10)


def test_a_question_that_knows_how_much_it_will_ask_says_so_at_once():
    """The time left is then known from the beginning."""
    told: list[tuple[int, int]] = []

    with Lab(workers=1, progress=lambda *now: told.append(now)) as lab:
        lab.expect(3)
        lab.many([DESK], 2)
        lab.many([DESK], 1, first=2)

    assert told == [(1, 3), (2, 3), (3, 3)]


def test_progress_is_told_when_it_is_safe(path: Path):
    """At every call another process finds all that was counted."""
    seen: list[tuple[int, int]] = []

    def look(done: int, total: int) -> None:
        with Store(path) as other:
            seen.append((done, sum(row.replications for row in other.rows())))

    with Store(path) as store, Lab(workers=1, store=store, progress=look) as lab:
        lab.many(DESKS[:2], 3)

    assert [done for done, _ in seen] == [1, 2, 3, 4, 5, 6]
    assert all(kept >= done for done, kept in seen)


class Stopped(KeyboardInterrupt):
    """Ctrl-C at a moment of our choice."""


def stopping_at(count: int) -> Callable[[int, int], None]:
    """A progress that stops the run when so many are done."""

    def tell(done: int, total: int) -> None:
        if done == count:
            raise Stopped

    return tell


@pytest.mark.parametrize("count", [1, 4, 8])
def test_an_interrupted_run_goes_on_where_it_was(
    path: Path, alone: list[Replications], simulated: list[str], count: int
):
    """What was committed is not simulated again, and the answer is that of a run without interruption."""
    with Store(path) as store, pytest.raises(Stopped):
        _ask(store, stopping_at(count))

    with Store(path) as store:
        kept = sum(row.replications for row in store.rows())
        simulated.clear()
        found, lab = _ask(store)

    assert kept >= count
    assert lab.reused == kept
    assert len(simulated) == 12 - kept
    assert same(found, [Replications(runs.scenario, runs.sheets[:6], runs.engine) for runs in alone[:2]])


def _ask(store: Store, progress: Callable[[int, int], None] | None = None) -> tuple[list[Replications], Lab]:
    with Lab(workers=1, store=store, progress=progress) as lab:
        return lab.many(DESKS[:2], 6), lab


def test_ctrl_c_between_two_commits_keeps_what_was_finished(path: Path, monkeypatch: pytest.MonkeyPatch):
    """The interruption comes while replication 4 is simulated, long before the next commit; the four before it stay."""
    monkeypatch.setattr("simdesk.experiment.lab._BETWEEN_COMMITS", 1e9)
    calls: list[int] = []

    def interrupted(*arguments: object, **named: object) -> object:
        calls.append(1)
        if len(calls) == 5:
            raise Stopped
        return simulate_one(*arguments, **named)

    monkeypatch.setattr("simdesk.experiment.point.run", interrupted)
    told: list[int] = []
    with Store(path) as store, Lab(workers=1, store=store, progress=lambda done, _: told.append(done)) as lab:
        with pytest.raises(Stopped):
            lab.many([DESK], 6)
        kept = store.known(DESK, range(6), None, next(iter(store.rows())).version)

    assert sorted(kept) == [0, 1, 2, 3]
    assert told == []


def test_other_replications_are_other_luck(alone: list[Replications]):
    """`first` takes up where others ended; nothing of the one is in the other."""
    with Lab(workers=1) as lab:
        fresh = lab.many([DESK], 2, first=100)[0]
        tail = lab.many([DESK], 2, first=4)[0]

    known = {sheet.digest for sheet in alone[0].sheets}
    assert not known & {sheet.digest for sheet in fresh.sheets}
    assert said(tail) == said(alone[0])[4:]


def test_the_reference_is_not_answered_with_what_the_kernel_kept(path: Path, simulated: list[str]):
    """Who asks the other engine wants to see it work; that both agree is for the twins to show."""
    with Store(path) as store:
        for engine in ("kernel", "reference", "kernel", "reference"):
            with Lab(workers=1, engine=engine, store=store) as lab:
                found = lab.many([DESK], 2)[0]
            assert found.engine == engine

    assert len(simulated) == 4
    assert len(set(simulated)) == 2


def test_a_law_that_is_broken_ends_the_run_and_what_was_finished_before_is_kept(path: Path, monkeypatch):
    """With the law's own words."""
    real = __import__("simdesk.measures.laws", fromlist=["check_laws"]).check_laws
    checked: Counter[str] = Counter()

    def broken(log: object) -> None:
        checked["logs"] += 1
        if checked["logs"] == 3:
            raise RunError("a law is broken")
        real(log)

    monkeypatch.setattr("simdesk.experiment.point.check_laws", broken)
    with Store(path) as store, Lab(workers=1, store=store) as lab:
        with pytest.raises(RunError, match=r"^a law is broken$"):
            lab.many([DESK], 6)
        (row,) = store.rows()
        again = lab.many([DESK], 6)

    assert row.replications == 2
    assert len(again[0].sheets) == 6


BREAKS_THE_LAW = '''"""Runs in every new Python process: replication 3 breaks a law there."""
import importlib
from simdesk.errors import RunError

module = importlib.import_module("simdesk.workload.draw")
draw = module.draw

def draw_or_refuse(scenario, desk, replication, *more, **named):
    if replication == 3:
        raise RunError("a law is broken")
    return draw(scenario, desk, replication, *more, **named)

module.draw = draw_or_refuse
'''


def test_a_law_broken_in_a_worker_is_told_here_and_what_was_finished_is_kept(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, alone: list[Replications]
):
    """As if it had been broken here; whoever asks again goes on from what the workers had finished."""
    (tmp_path / "sitecustomize.py").write_text(BREAKS_THE_LAW)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    with Store(path) as store, Lab(workers=2, store=store) as lab, pytest.raises(RunError, match=r"^a law is broken$"):
        lab.many([DESK], 6)
    with Store(path) as store, Lab(workers=1, store=store) as lab:
        found = lab.many([DESK], 6)[0]

    assert 1 <= lab.reused <= 5
    assert said(found) == said(alone[0])


@pytest.fixture
def before() -> set[int]:
    """Children of this process that are there already."""
    return children(os.getpid())


@pytest.mark.skipif(not LINUX, reason="looks for processes where Linux shows them")
def test_whose_work_does_not_pay_starts_no_process(before: set[int]):
    """A lab without work to share, or with everything known, starts nobody."""
    with Lab(workers=2) as lab:
        assert lab.many([DESK], 1)[0].sheets

        assert children(os.getpid()) == before
        assert lab.processors == 2


@pytest.mark.parametrize("count", [0, -1])
def test_no_replication_is_none_too_few(count: int):
    """Said in words."""
    with Lab(workers=1) as lab, pytest.raises(RunError, match="at least one replication is needed"):
        lab.many([DESK], count)


def test_of_no_desk_there_is_nothing_to_say():
    """A question whose designs are empty gets an empty answer."""
    with Lab(workers=1) as lab:
        assert lab.many([], 5) == []


def test_time_is_known_only_where_something_was_simulated():
    """Of nothing there is no time."""
    with Lab(workers=1) as lab:
        assert math.isnan(lab.seconds_each)
        lab.many([DESK], 1)
        assert lab.seconds_each > 0
