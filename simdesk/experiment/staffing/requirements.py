"""How many people a team needs at their place, in every interval of an ordinary week.

The offered load of each interval is put into Erlang's formulas as if it were constant: the modified-offered-load
approximation (Jennings, Mandelbaum, Massey & Whitt 1996). Knows no shift and simulates nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from simdesk.durations import DAY, HOUR, MINUTE
from simdesk.errors import RunError
from simdesk.experiment.staffing.team_week import SLOT, TeamWeek, team_week
from simdesk.queueing import agents_for_p_wait, agents_for_service_level, erlang_a, erlang_a_served_within
from simdesk.scenario.model import Scenario
from simdesk.scenario.people import Team

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
NEARLY_ALL: Final = 0.95
"""Share of visits that must be able to give up before a plan relies on it: too few of them, and the patient others
would find a queue without end. [design]"""
NEXT_TO_NOTHING: Final = 1e-9
"""A load that is due to rounding, Erlang."""


@dataclass(frozen=True, slots=True)
class Requirements:
    """People needed at their place in each interval of an ordinary week, Monday first.

    Attributes:
        team: whose.
        interval: length of an interval, seconds.
        load: offered load, Erlang; shape (7, intervals a day), as all arrays here.
        is_open: whether the team is open in the interval or a part of it.
        people: whole people who are needed.
        rule: formula that decided, `Erlang C` or `Erlang A`.
        delay_probability: share of tickets that may wait, if that was the target.
        answered_within: seconds within which `share` of the tickets are to be taken up, if that was the target.
        share: see there.
        presence: share of a paid hour in which one of the team is there for tickets.
        week: what comes to the team.
    """

    team: str
    interval: int
    load: Floats
    is_open: Mask
    people: Ints
    rule: str
    delay_probability: float | None
    answered_within: float | None
    share: float | None
    presence: float
    week: TeamWeek

    @property
    def hours(self) -> float:
        """Person-hours needed in the week."""
        return float(self.people.sum()) * self.interval / HOUR

    def table(self) -> pd.DataFrame:
        """One row for each interval: columns `day, begins, ends, open, load, people`."""
        import pandas as pd

        rows = []
        for day, at in np.ndindex(*self.people.shape):
            begins, ends = clock(at * self.interval), clock((at + 1) * self.interval)
            rows.append(
                {
                    "day": WEEKDAYS[day], "begins": begins, "ends": ends, "open": bool(self.is_open[day, at]),
                    "load": float(self.load[day, at]), "people": int(self.people[day, at]),
                }
            )  # fmt: skip
        return pd.DataFrame(rows)


def clock(seconds: int) -> str:
    """A time of the day: 30 600 is 08:30, the end of the day 24:00."""
    return f"{seconds // HOUR:02d}:{seconds % HOUR // MINUTE:02d}"


def presence_of(team: Team) -> float:
    """Share of a paid hour in which one of the team is there for tickets."""
    return (1 - team.shrinkage.absent) * (1 - team.shrinkage.breaks) * team.ticket_time


def requirements(
    scenario: Scenario,
    team: str,
    *,
    answered_within: float | None = None,
    share: float | None = None,
    delay_probability: float = 0.2,
    interval: int = 30 * MINUTE,
    at_least: int = 0,
    caught_up_within: int = 2 * HOUR,
) -> Requirements:
    """People whom a team needs at their place in each interval of an ordinary week.

    The work is taken as exponential with the mean touch time in the formula for waiting, and as it is in the offered
    load. Where nearly all visitors may give up the formula is Erlang A, else Erlang C, which asks for more people.
    Differences between people, help from other teams and priorities are left out.

    Args:
        scenario: the desk; how many work there today does not matter.
        team: who is to be staffed.
        answered_within: seconds within which a share of the tickets is to be taken up; with `share`.
        share: that share.
        delay_probability: share of tickets that may wait at all; the target unless the other two are stated.
        interval: length of an interval, seconds: minutes by the five that divide a day.
        at_least: people there whenever the team is open.
        caught_up_within: seconds after opening over which what came while the team was closed is spread.

    Raises:
        RunError: an unknown team, one that is never open, or a target or interval that makes no sense.
    """
    _refuse_nonsense(answered_within, share, delay_probability, interval, at_least)
    week = team_week(scenario, team, caught_up_within=caught_up_within)
    slots = (7, DAY // interval, interval // SLOT)
    is_open = week.is_open.reshape(slots)
    open_slots = is_open.sum(axis=2)
    load = week.load.reshape(slots).sum(axis=2) / np.maximum(open_slots, 1)
    relies = week.can_give_up >= NEARLY_ALL and week.gives_up > 0
    needed = _rule(week, answered_within, share, delay_probability, week.gives_up if relies else 0.0)
    people = np.zeros(load.shape, np.int64)
    known: dict[float, int] = {}
    for place in zip(*np.nonzero(open_slots), strict=True):
        offered = float(load[place])
        if offered not in known:
            known[offered] = needed(offered) if offered > NEXT_TO_NOTHING else 0
        people[place] = max(known[offered], at_least)
    within = answered_within is not None
    return Requirements(
        team=team,
        interval=interval,
        load=load,
        is_open=open_slots > 0,
        people=people,
        rule="Erlang A" if relies else "Erlang C",
        delay_probability=None if within else delay_probability,
        answered_within=answered_within,
        share=share,
        presence=presence_of(scenario.teams[team]),
        week=week,
    )


def _refuse_nonsense(
    answered_within: float | None, share: float | None, delay_probability: float, interval: int, at_least: int
) -> None:
    if (answered_within is None) != (share is None):
        raise RunError("state both: within how many seconds (answered_within) what share of tickets is to be answered")
    for name, one in (("share", share), ("delay_probability", delay_probability)):
        if one is not None and not 0 < one < 1:
            raise RunError(f"{name} must lie between 0 and 1, such as 0.8 for 80 %; it is {one:g}")
    if answered_within is not None and answered_within < 0:
        raise RunError(f"answered_within must be at least 0 seconds; it is {answered_within:g}")
    if interval < SLOT or interval % SLOT or DAY % interval:
        raise RunError(f"an interval must be minutes by the five that divide a day, such as 30; not {interval} seconds")
    if at_least < 0:
        raise RunError(f"at_least must be a number of people from 0; it is {at_least}")


def _rule(
    week: TeamWeek, within: float | None, share: float | None, p_delay: float, gives_up: float
) -> Callable[[float], int]:
    """From an offered load to the fewest people who keep the target."""
    rate = 1 / week.work if week.work else 0.0
    if within is None or share is None:
        if not gives_up:
            return lambda load: agents_for_p_wait(load, p_delay)
        return lambda load: _fewest(
            lambda s: erlang_a(load * rate, rate, abandonment_rate=gives_up, agents=s).p_wait <= p_delay
        )
    if not gives_up:
        return lambda load: agents_for_service_level(load * rate, rate, threshold=within, share=share)
    return lambda load: _fewest(
        lambda s: (
            erlang_a_served_within(load * rate, rate, abandonment_rate=gives_up, agents=s, threshold=within) >= share
        )
    )


def _fewest(enough: Callable[[int], bool]) -> int:
    """The smallest team that is enough, where a larger one always is too."""
    most = 1
    while not enough(most):
        most *= 2
    low = most // 2
    while most - low > 1:
        middle = (low + most) // 2
        low, most = (low, middle) if enough(middle) else (middle, most)
    return most
