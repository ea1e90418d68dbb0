"""The slack curve of a team: what each number of agents means for waits and for the cost of everybody's time.

The desk is simulated with every number of agents and the same luck. There is no occupancy that is right for all desks:
the cheapest depends on how large the team is and on what waiting costs against what an agent costs.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from simdesk.errors import RunError
from simdesk.experiment.best import Best, best_of
from simdesk.experiment.difference import Difference, bonferroni, difference
from simdesk.experiment.estimate import CONFIDENCE, Estimate
from simdesk.experiment.lab import Lab, at_work
from simdesk.experiment.load import TeamLoad, team_loads
from simdesk.experiment.refusals import refuse_too_many
from simdesk.experiment.replications import Replications
from simdesk.experiment.sheet import Key, describe
from simdesk.scenario.excerpts import nearest, quoted
from simdesk.scenario.loading import alternative
from simdesk.scenario.model import Scenario

if TYPE_CHECKING:
    import pandas as pd

OF_TEAM: Final = ("occupancy", "queue_wait", "queue_wait_p90", "without_wait", "readiness")
"""What is read of the team at every level."""
OF_DESK: Final = (
    "resolution_sla", "abandonment", "flow_efficiency", "staff_cost", "lost_time_cost", "penalty_cost", "total_cost",
)  # fmt: skip
"""What is read of the whole desk."""
TOTAL: Final = Key("total_cost")

MOST_LEVELS: Final = 12
_LEAST_LOAD: Final = 1 / 3
"""Offered load over capacity at which a range ends that nobody stated."""
_AROUND: Final = 3
"""A range that nobody stated goes at least so many agents beyond the fewest who can keep up."""
_FEWEST_FOR_A_KNEE: Final = 4
_STRAIGHT: Final = 0.05
"""A curve that stays this close to its chord, in the unit square, has no knee worth naming."""


@dataclass(frozen=True)
class Level:
    """The desk with one number of agents.

    Attributes:
        agents: of the team.
        ratio: work that the team is asked for over what it can do (ρ); of the whole group if teams help each other.
        runs: what was simulated.
        team: its name.
        confidence: of each interval.
    """

    agents: int
    ratio: float
    runs: Replications
    team: str
    confidence: float = CONFIDENCE

    @property
    def overloaded(self) -> bool:
        """Whether the team cannot keep up, so that what is measured depends on how long the run is."""
        return self.ratio >= 1

    @cached_property
    def estimates(self) -> Mapping[str, Estimate]:
        """Every measure of `OF_TEAM` and `OF_DESK`, by name, with its interval."""
        return {key.measure: self.runs.estimate(key, self.confidence) for key in keys_for(self.team)}

    def __getitem__(self, measure: str) -> Estimate:
        """One measure with its interval."""
        return self.estimates[measure]


@dataclass(frozen=True)
class SlackCurve:
    """A team's levels, from few agents to many, all with the same luck.

    Attributes:
        scenario: the desk as it stands.
        team: whose agents are varied.
        levels: by number of agents; today's is among them.
        fewest: agents with whom the team just keeps up; None if no number of them can.
        confidence: of each interval, and of all comparisons of total cost together.
    """

    scenario: Scenario
    team: str
    levels: tuple[Level, ...]
    fewest: int | None
    confidence: float = CONFIDENCE

    @property
    def today(self) -> Level:
        """The level of the scenario as it stands."""
        agents = self.scenario.teams[self.team].headcount
        return next(level for level in self.levels if level.agents == agents)

    @cached_property
    def knee(self) -> Level | None:
        """Where the wait begins to climb: the point of the curve of mean wait against occupancy that lies farthest
        below its chord, both axes scaled to the unit square (Satopää et al. 2011).

        It depends on the range of levels and knows no cost. None with fewer than four levels that can keep up, or if
        the curve is nearly straight.
        """
        levels = [level for level in self.levels if not level.overloaded]
        at = knee_of([one["occupancy"].value for one in levels], [one["queue_wait"].value for one in levels])
        return None if at is None else levels[at]

    @property
    def unpriced(self) -> tuple[str, ...]:
        """Paths that must be stated before a cheapest level can exist: a price of staff, and one of waiting.

        Without the one more agents are always as cheap or cheaper, without the other fewer are.
        """
        money = self.scenario.money
        lost = money.users_time.amount * max(money.impaired_blocking, money.impaired_other)
        missing = []
        if not self.scenario.teams[self.team].cost.amount:
            missing.append(f"teams.{self.team}.cost")
        if not lost and not any(money.penalties.values()):
            missing.append("money.users_time")
        return tuple(missing)

    @cached_property
    def best(self) -> Best | None:
        """The cheapest level and how surely it beats the others; None if something has no price."""
        if self.unpriced:
            return None
        return best_of([level.runs.readings(TOTAL) for level in self.levels], smallest=True, confidence=self.confidence)

    @property
    def cheapest(self) -> Level | None:
        """The level whose total cost is least on average; of equals the one with the fewest agents."""
        return None if self.best is None else self.levels[self.best.index]

    @property
    def as_cheap(self) -> tuple[Level, ...]:
        """The other levels whose total cost cannot be told from the cheapest."""
        return () if self.best is None else tuple(self.levels[at] for at in self.best.alike)

    @property
    def saving(self) -> Difference | None:
        """Total cost a month of the cheapest level less today's; negative if it saves something.

        The cheapest was chosen by the same replications; therefore the interval is one of a family of intervals, of
        all levels against today, that hold together.
        """
        return None if self.cheapest is None else self.against_today(self.cheapest, TOTAL)

    def against_today(self, level: Level, key: Key) -> Difference:
        """A level less today in one measure; the intervals of all levels hold together."""
        each = bonferroni(self.confidence, len(self.levels) - 1)
        return difference(self.today.runs.readings(key), level.runs.readings(key), confidence=each)

    def table(self) -> pd.DataFrame:
        """Every measure at every level, tidy.

        Columns: `agents, ratio, overloaded, measure, by, of, label, unit, value, low, high, replications, note`.
        """
        import pandas as pd

        rows = []
        for level in self.levels:
            for key in keys_for(self.team):
                label, unit, _, _ = describe(key)
                found = level[key.measure]
                rows.append(
                    {
                        "agents": level.agents, "ratio": level.ratio, "overloaded": level.overloaded, **key._asdict(),
                        "label": label, "unit": "seconds" if unit == "time" else unit, "value": found.value,
                        "low": found.low, "high": found.high, "replications": found.replications, "note": found.note,
                    }
                )  # fmt: skip
        return pd.DataFrame(rows)


def keys_for(team: str) -> list[Key]:
    """What is read for the slack curve of a team."""
    return [*(Key(name, "team", team) for name in OF_TEAM), *map(Key, OF_DESK)]


def slack_curve(
    scenario: Scenario,
    team: str,
    agents: Sequence[int] | None = None,
    *,
    replications: int | None = None,
    confidence: float = CONFIDENCE,
    lab: Lab | None = None,
) -> SlackCurve:
    """Simulate a desk with several numbers of agents in one team.

    Args:
        scenario: the desk as it stands.
        team: whose agents are varied.
        agents: how many; unless stated at most twelve levels, from just enough to keep up to about so many that they
            are busy for a third of their time. Today's number is always added.
        replications: of each level; the scenario's own number unless stated.
        confidence: of the intervals.
        lab: where it is simulated.

    Raises:
        RunError: there is no such team, or its shifts state their own agents.
        ScenarioError: a number of agents that a team cannot have.
    """
    _require_agents(scenario, team)
    today = scenario.teams[team].headcount
    loads = _Loads(scenario, team)
    fewest = loads.fewest()
    levels = sorted({*(agents if agents is not None else _usual(loads, fewest, today)), today})
    count = scenario.run.replications if replications is None else replications
    refuse_too_many(len(levels), count)
    varied = [loads.varied(level) for level in levels]
    with at_work(lab) as here:
        runs = here.many(varied, count, wanted=keys_for(team))
    found = tuple(
        Level(level, loads[level].ratio, run, team, confidence) for level, run in zip(levels, runs, strict=True)
    )
    return SlackCurve(scenario, team, found, fewest, confidence)


def _require_agents(scenario: Scenario, team: str) -> None:
    if team not in scenario.teams:
        near = nearest(team, scenario.teams) or f"; there are {', '.join(scenario.teams)}"
        raise RunError(f"there is no team {quoted(team)}{near}")
    if scenario.teams[team].agents is None:
        raise RunError(
            f"{team} states the agents of each shift, so that there is no one number to vary; give the team `agents` "
            "and each of its shifts a `share` of them"
        )


class _Loads:
    """What the team is asked for and can do with any number of agents."""

    def __init__(self, scenario: Scenario, team: str) -> None:
        self.scenario, self.team = scenario, team
        self._known: dict[int, TeamLoad] = {}

    def varied(self, agents: int) -> Scenario:
        """The desk with so many agents."""
        return alternative(self.scenario, {f"teams.{self.team}.agents": agents})

    def __getitem__(self, agents: int) -> TeamLoad:
        if agents not in self._known:
            loads = team_loads(self.varied(agents))
            self._known[agents] = next(load for load in loads if load.team == self.team)
        return self._known[agents]

    def fewest(self) -> int | None:
        """The fewest agents whose team is asked for less than it can do; None if even far too many could not."""
        one = self[1]
        if not one.capacity:
            return None
        most = math.floor(one.offered / one.capacity) + 2
        while self[most].ratio >= 1 and most < 4 * (one.offered / one.capacity + 4):
            most *= 2  # speeds differ, and those who help may need help themselves
        if self[most].ratio >= 1:
            return None
        return 1 + bisect_left(range(1, most), True, key=lambda agents: self[agents].ratio < 1)


def _usual(loads: _Loads, fewest: int | None, today: int) -> list[int]:
    """Levels at about equal distances of load, so that they lie close where waits are long."""
    if fewest is None:
        return sorted({max(today - 1, 0), today, today + 1, today + 2})
    ratio = loads[fewest].ratio
    most = max(round(ratio * fewest / _LEAST_LOAD), fewest + _AROUND)
    if most - fewest < MOST_LEVELS:
        inside = fewest <= today <= most
        return list(range(fewest, min(most, fewest + MOST_LEVELS - (1 if inside else 2)) + 1))
    steps = MOST_LEVELS - 1  # one is left for today
    inverse = [1 / fewest + (1 / most - 1 / fewest) * at / (steps - 1) for at in range(steps)]
    return [round(1 / one) for one in inverse]


def knee_of(x: Sequence[float], y: Sequence[float]) -> int | None:
    """The point of a rising, convex curve that lies farthest below the chord between its ends; None if there is none.

    Args:
        x, y: of each point, in any order.
    """
    known = [at for at in range(len(x)) if not math.isnan(x[at]) and not math.isnan(y[at])]
    if len(known) < _FEWEST_FOR_A_KNEE:
        return None
    left, right = (pick(known, key=lambda at: x[at]) for pick in (min, max))
    wide, high = x[right] - x[left], y[right] - y[left]
    if wide <= 0 or high <= 0:
        return None
    below = {at: (x[at] - x[left]) / wide - (y[at] - y[left]) / high for at in known}
    knee = max(below, key=below.__getitem__)
    return knee if below[knee] > _STRAIGHT else None
