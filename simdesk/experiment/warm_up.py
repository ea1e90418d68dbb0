"""How long a warm-up has to be, and why: a desk that starts empty answers better than the same desk in the long run.

Only means over replications are looked at; a replication that is cut by itself would lose its high excursions.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from simdesk.durations import DAY, LONGEST, WEEK
from simdesk.errors import RunError
from simdesk.experiment.lab import Lab, at_work
from simdesk.experiment.load import TeamLoad, team_loads
from simdesk.experiment.replications import Replications
from simdesk.scenario.loading import vary
from simdesk.scenario.model import Scenario
from simdesk.statistics.warm_up import mser5, welch

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]

RELAXATIONS: Final = 3
"""Relaxation times after which a start from empty is forgotten to a twentieth (e⁻³)."""
RUN_RELAXATIONS: Final = 10
"""Relaxation times below which a run sees too little of a slow queue."""
_FEWEST_DAYS: Final = 10
"""Days below which a series says nothing of where it settles: two batches of MSER-5."""


@dataclass(frozen=True, slots=True)
class Forgets:
    """How soon one queue, or all open tickets, forget the start.

    Attributes:
        team: whose queue; empty for all open tickets of the desk.
        cut: where the mean over replications settles (MSER-5), seconds; NaN if the run has too few days.
        too_short: whether it might settle later than this run can show.
        relaxation: of the queue, seconds; NaN where none is known or none matters, infinite if it cannot keep up.
        mean: mean over replications at the end of every day, shape (days,).
        smooth: Welch's moving average of it, to look at; shape (days − window,).
    """

    team: str
    cut: float
    too_short: bool
    relaxation: float
    mean: Floats
    smooth: Floats

    @property
    def needed(self) -> float:
        """Seconds to leave out: the later of the cut and of three relaxation times; 0 if neither is known."""
        floor = RELAXATIONS * self.relaxation
        return max((x for x in (self.cut, floor) if not math.isnan(x)), default=0.0)


@dataclass(frozen=True)
class WarmUpAdvice:
    """A warm-up, and what it rests on.

    Attributes:
        runs: of the desk without a warm-up.
        stated: the warm-up that the scenario states, seconds.
        length: of the measured window, seconds.
        teams: every queue in the order of the scenario, and last all open tickets.
        cycle: seconds of a whole cycle of the desk, a week or a day; warm-ups are whole cycles.
        backlog: whether the desk begins with open tickets, so that the start belongs to the question.
    """

    runs: Replications
    stated: float
    length: float
    teams: tuple[Forgets, ...]
    cycle: int
    backlog: bool

    @property
    def slowest(self) -> Forgets:
        """What takes longest to forget the start."""
        return max(self.teams, key=lambda one: one.needed)

    @property
    def overloaded(self) -> tuple[str, ...]:
        """Teams that cannot keep up, so that no warm-up helps."""
        return tuple(one.team for one in self.teams if math.isinf(one.relaxation))

    @property
    def advised(self) -> float:
        """Seconds to simulate before anything is measured: whole cycles; NaN if no warm-up would do."""
        if self.backlog:
            return 0.0
        needed = self.slowest.needed
        return math.nan if needed > LONGEST else math.ceil(needed / self.cycle - 1e-9) * float(self.cycle)

    @property
    def run_too_short(self) -> tuple[str, ...]:
        """Teams of whose queue the window shows fewer than ten relaxation times."""
        return tuple(
            one.team
            for one in self.teams
            if math.isfinite(one.relaxation) and self.length < RUN_RELAXATIONS * one.relaxation
        )

    def table(self) -> pd.DataFrame:
        """One row for each queue and one for all open tickets: columns `team, mser5, too_short, relaxation, needed`,
        times in seconds."""
        import pandas as pd

        return pd.DataFrame(
            {
                "team": one.team, "mser5": one.cut, "too_short": one.too_short,
                "relaxation": one.relaxation, "needed": one.needed,
            }
            for one in self.teams
        )  # fmt: skip

    def series(self) -> pd.DataFrame:
        """What was looked at: columns `team, day` (0 for the first), `mean, smooth`."""
        import pandas as pd

        return pd.concat(
            [
                pd.DataFrame({"team": one.team, "day": np.arange(one.mean.size), "mean": one.mean}).assign(
                    smooth=pd.Series(one.smooth)
                )
                for one in self.teams
            ],
            ignore_index=True,
        )


def warm_up_advice(scenario: Scenario, *, replications: int = 20, lab: Lab | None = None) -> WarmUpAdvice:
    """Choose a warm-up and say why.

    The desk is simulated without one. Per team, the mean over replications of its queue at the end of every day is cut
    by MSER-5, a lower bound; three relaxation times of the queue are another. The longest of all is rounded up to whole
    weeks, or to whole days if every day is like every other.

    Args:
        scenario: whose warm-up is asked for.
        replications: over which the mean is taken.
        lab: where it is simulated.

    Raises:
        RunError: fewer than two replications.
    """
    if replications < 2:
        raise RunError(f"a mean over replications needs at least 2 of them, not {replications}; 20 are usual")
    run = scenario.run
    whole = vary(scenario, {"run.warm_up": 0, "run.length": f"{run.warm_up.seconds + run.length.seconds:.0f} s"})
    with at_work(lab) as here:
        runs = here.replications(whole, replications)
    cycle = WEEK if has_week(scenario) else DAY
    found = [_of_queue(runs, load, cycle) for load in team_loads(scenario)]
    found.append(_forgets("", _mean(runs, "backlog_by_day", ""), math.nan, cycle))
    backlog = any(run.open_at_start.values())
    return WarmUpAdvice(runs, run.warm_up.seconds, run.length.seconds, tuple(found), cycle, backlog)


def has_week(scenario: Scenario) -> bool:
    """Whether the days of the week differ, in the demand or in who is there."""
    shapes = [scenario.demand.shape(name) for name in scenario.demand.types]
    there = [team.calendar != "always" or team.shifts is not None for team in scenario.teams.values()]
    return any(there) or any(bool(np.ptp(shape, axis=0).any()) for shape in shapes)


def _of_queue(runs: Replications, load: TeamLoad, cycle: int) -> Forgets:
    """A queue; those who give up leave it as soon as it is long, so that only the others count in its floor."""
    relaxation = load.relaxation if load.builds_up else math.inf if load.grows else math.nan
    return _forgets(load.team, _mean(runs, "queue_by_day", load.team), relaxation, cycle)


def _mean(runs: Replications, name: str, team: str) -> Floats:
    mean: Floats = np.mean([sheet.series[name, team] for sheet in runs.sheets], axis=0)
    return mean


def _forgets(team: str, mean: Floats, relaxation: float, cycle: int) -> Forgets:
    """Cut the mean where it settles; a week is averaged out first, for else its own ups and downs look like a start."""
    days = cycle // DAY
    level = np.convolve(mean, np.full(days, 1 / days), "valid") if mean.size >= days else mean[:0]
    smooth = welch(mean, min(days, mean.size // 4)) if mean.size else mean
    if level.size < _FEWEST_DAYS:
        return Forgets(team, math.nan, True, relaxation, mean, smooth)
    found = mser5(level)
    return Forgets(team, float(found.truncate_after * DAY), found.too_short, relaxation, mean, smooth)
