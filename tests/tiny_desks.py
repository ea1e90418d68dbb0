"""Random tiny desks for Hypothesis: numbers so small that nearly every instant has ties, and zero is among them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from simdesk.clock import NEVER
from simdesk.desk import Desk
from simdesk.engine import ENGINES, reference, run
from simdesk.policies import AgentChoice, AtBreak, AtShiftEnd, Begins, Discipline
from simdesk.states import State
from simdesk.ticketlog import TicketLog
from simdesk.workload.model import Workload
from tiny import DOWN, UP, Agent, StaffedDesk, Step, Team, Ticket, delay, desk, opening_hours, work, workload

HOURS = opening_hours(*((start, start + 7) for start in range(0, 3000, 11)))
"""Calendar 1 of every random desk: open for 7 s, closed for 4 s."""
EXAMPLES = 40
Row = dict[str, int]
WINDOW, HORIZON = (0, 40), 400
SPEEDS = (500, 750, 1000, 2000)
ROUNDINGS = (DOWN, 1000, 2730, UP)
WEIGHTS = (1000, 100, 10, 2, 1)


@dataclass(frozen=True)
class Case:
    """A random desk before it becomes arrays, so that a law can change it and run it again."""

    teams: tuple[Team, ...]
    tickets: tuple[Ticket, ...]
    window: tuple[int, int] = WINDOW
    horizon: int = HORIZON
    most_open: int = 1000
    most_events: int = 1000

    def with_people(self, number: int, people: tuple[Agent, ...]) -> Case:
        """The same with other agents in one team."""
        teams = list(self.teams)
        teams[number] = replace(teams[number], agents=people)
        return replace(self, teams=tuple(teams))

    def build(self) -> tuple[StaffedDesk, Workload]:
        """The arrays."""
        limits = {"most_open": self.most_open, "most_events": self.most_events}
        office = desk(*self.teams, window=self.window, horizon=self.horizon, calendars=[HOURS], **limits)
        return office, workload(office, *self.tickets)


small = st.integers(0, 5)
instants = st.integers(0, 20)


@st.composite
def rosters(draw: st.DrawFn) -> Agent:
    """Somebody who is always there, or comes and goes; often at once, and sometimes not at all."""
    speed = draw(st.sampled_from(SPEEDS))
    if draw(st.booleans()):
        return Agent(None, speed)
    spells, at = [], 0
    for _ in range(draw(st.integers(0, 4))):
        at += draw(st.integers(0, 6))
        length = draw(st.integers(1, 9))
        spells.append((at, at + length, draw(st.integers(0, 1))))
        at += length
    return Agent(tuple(spells), speed)


@st.composite
def teams(draw: st.DrawFn, number: int, count: int) -> Team:
    """A team that may help any of the others."""
    others = [other for other in range(count) if other != number]
    return Team(
        agents=draw(st.lists(rosters(), max_size=3)),
        discipline=draw(st.sampled_from(Discipline)),
        agent_choice=draw(st.sampled_from(AgentChoice)),
        at_shift_end=draw(st.sampled_from(AtShiftEnd)),
        at_break=draw(st.sampled_from(AtBreak)),
        live_at_shift_end=draw(st.sampled_from(AtShiftEnd)),
        live_at_break=draw(st.sampled_from(AtBreak)),
        begins=draw(st.sampled_from(Begins)),
        hand_over_work=draw(st.integers(0, 2)),
        promote_after=draw(small),
        also_serves=tuple(draw(st.lists(st.sampled_from(others), unique=True))) if others else (),
    )


def works(team_count: int) -> st.SearchStrategy[Step]:
    """Work of up to 5 s for any team; a third of the users would give up, by one clock or another."""
    patience = st.one_of(st.just(NEVER), st.just(NEVER), small)
    return st.builds(
        lambda seconds, team, expected, limit, clock, rounding, live: work(
            seconds, team, expected=expected, patience=limit, calendar=clock, rounding=rounding, live=live
        ),
        small, st.integers(0, team_count - 1), small, patience, st.integers(0, 1), st.sampled_from(ROUNDINGS),
        st.booleans(),
    )  # fmt: skip


pauses = st.builds(
    lambda seconds, calendar, still, state: delay(seconds, calendar=calendar, pauses=still, state=state),
    small, st.integers(0, 1), st.booleans(),
    st.sampled_from([State.PENDING, State.PENDING, State.SELF_SERVICE, State.AUTOMATION]),
)  # fmt: skip


@st.composite
def tickets(draw: st.DrawFn, team_count: int) -> Ticket:
    """A chain of up to four steps, or a fork whose branches may join; a user who gives up may try again."""
    steps = draw(st.lists(st.one_of(works(team_count), works(team_count), pauses), min_size=1, max_size=4))
    shape = draw(st.sampled_from(["chain", "chain", "fork", "join"]))
    if shape == "chain":
        steps = _with_another_attempt(draw, steps, team_count)
    else:  # two promises that move at once would make the due instant depend on the order of events
        steps = [replace(step, pauses=False) for step in steps]
        inner = [replace(step, after=(0,)) if index else step for index, step in enumerate(steps)]
        last = replace(draw(works(team_count)), after=tuple(range(1, len(inner))))
        steps = [*inner, last] if shape == "join" and len(inner) > 1 else inner
    arrives_at = draw(instants)
    due = draw(st.one_of(st.just(NEVER), st.integers(0, 30)))
    return Ticket(
        arrives_at,
        tuple(steps),
        opened_at=-draw(st.integers(0, 3)) if arrives_at == 0 else arrives_at,
        priority=draw(st.integers(0, 4)),
        due_at=arrives_at + due if due < NEVER else NEVER,
        clock=draw(st.integers(0, 1)),
    )


def _with_another_attempt(draw: st.DrawFn, steps: list[Step], team_count: int) -> list[Step]:
    """Put a second attempt after the first step, to be made only if the user gives up there."""
    if steps[0].patience == NEVER or draw(st.booleans()):
        return steps
    attempt = [delay(draw(small), state=State.REDIAL), draw(works(team_count))]
    rest = [replace(step, after=(0, 2), needs=1) if index == 0 else step for index, step in enumerate(steps[1:])]
    return [replace(steps[0], again=1), *attempt, *rest]


@st.composite
def cases(draw: st.DrawFn, most_teams: int = 3) -> Case:
    """Any tiny desk with up to eight tickets."""
    count = draw(st.integers(1, most_teams))
    people = tuple(draw(teams(number, count)) for number in range(count))
    demand = draw(st.lists(tickets(count), max_size=8))
    return Case(people, tuple(sorted(demand, key=lambda one: one.arrives_at)))


@st.composite
def limited(draw: st.DrawFn) -> Case:
    """A tiny desk whose run may be cut short, by a limit or by the horizon."""
    case = draw(cases(most_teams=2))
    horizon = draw(st.integers(1, 60))
    window = draw(st.tuples(st.integers(0, 10), st.integers(1, 30)))
    return replace(
        case,
        window=(min(window[0], horizon - 1), min(sum(window), horizon)),
        horizon=horizon,
        most_open=draw(st.integers(0, 6)),
        most_events=draw(st.integers(0, 40)),
    )


@st.composite
def one_queue(draw: st.DrawFn) -> Case:
    """One team of equals, always there, and tickets of one step that wait as long as they have to."""
    team = Team(agents=draw(st.integers(1, 3)), discipline=draw(st.sampled_from(Discipline)), promote_after=draw(small))
    demand = draw(
        st.lists(
            st.builds(
                lambda at, seconds, expected, rounding, priority, due: Ticket(
                    at, (work(seconds, expected=expected, rounding=rounding),), priority=priority, due_at=at + due
                ),
                instants, small, small, st.sampled_from(ROUNDINGS), st.integers(0, 4), st.integers(0, 30),
            ),
            max_size=12,
        )
    )  # fmt: skip
    return Case((team,), tuple(sorted(demand, key=lambda one: one.arrives_at)))


def law(*strategies: st.SearchStrategy[Any]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """A test of as many random desks as a coffee break allows."""
    return lambda test: settings(max_examples=EXAMPLES, deadline=None)(given(*strategies)(test))


def simulate(case: Case) -> TicketLog:
    """The log of the reference engine."""
    return reference.simulate(*case.build())


def of_both_engines(office: Desk, load: Workload) -> TicketLog:
    """The log of both engines, which has to be the same."""
    one, other = (run(office, load, engine=engine) for engine in ENGINES)
    assert (everything(one), one.stopped_at) == (everything(other), other.stopped_at)
    return one


def rows(log: TicketLog) -> list[Row]:
    """Touches as mappings."""
    names = list(log.touches_columns)
    columns = (log.touches_columns[name].tolist() for name in names)
    return [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]


def worked(log: TicketLog) -> list[Row]:
    """Touches in which somebody worked."""
    return [row for row in rows(log) if row["state"] == State.WORK and row["started_at"] < NEVER]


def tables(log: TicketLog) -> dict[str, list[int]]:
    """All that happened to tickets, column by column."""
    both = {f"tickets.{name}": column for name, column in log.tickets_columns.items()}
    both |= {f"touches.{name}": column for name, column in log.touches_columns.items()}
    return {name: column.tolist() for name, column in both.items()}


def everything(log: TicketLog) -> dict[str, list[int]]:
    """All that happened to tickets and agents, column by column."""
    return tables(log) | {f"duty.{name}": column.tolist() for name, column in log.duty_columns.items()}
