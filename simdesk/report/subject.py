"""What a report is about: which team matters, whose queue grows, whether waiting is the rule. Knows no words."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from simdesk.durations import DAY, WEEK
from simdesk.experiment.estimate import Estimate, mean_of
from simdesk.experiment.load import TeamLoad
from simdesk.experiment.replications import Replications
from simdesk.experiment.sheet import Key
from simdesk.scenario.model import Scenario

Floats = NDArray[np.float64]

_NOTHING = Estimate(math.nan, math.nan, math.nan, 0, "no such tickets")
_HARDLY_BUSY = 0.10
_NEARLY_ALWAYS = 0.90
_A_CHANGE = 5.0
"""A queue that changes by fewer tickets is not worth a word."""


@dataclass(frozen=True)
class Subject:
    """Results with the questions that sentences and figures put to them.

    Attributes:
        runs: the replications.
        loads: offered load and capacity of the teams.
    """

    runs: Replications
    loads: list[TeamLoad]

    def __getitem__(self, measure: str) -> float:
        """Value of a measure over all tickets; NaN if there is none."""
        return self.estimate(measure).value

    def estimate(self, measure: str, by: str = "", of: str = "") -> Estimate:
        """A measure with its interval; an empty estimate if nobody measured it."""
        return self._estimates.get(Key(measure, by, of), _NOTHING)

    def of_team(self, measure: str, team: str) -> float:
        """Value of a measure of a team; NaN if there is none."""
        return self.estimate(measure, "team", team).value

    @property
    def _estimates(self) -> Mapping[Key, Estimate]:
        return self.runs.estimates

    @property
    def scenario(self) -> Scenario:
        """What was simulated."""
        return self.runs.scenario

    @cached_property
    def offered(self) -> float:
        """Tickets that reached a team in the windows of all replications together."""
        weeks = self.scenario.run.length.seconds / WEEK
        weekly = self["tickets_per_week"]
        return 0.0 if math.isnan(weekly) else weekly * weeks * len(self.runs.sheets)

    @property
    def teams(self) -> list[str]:
        """All teams, in the order of the scenario."""
        return list(self.scenario.teams)

    @cached_property
    def busiest(self) -> str:
        """The team with the largest occupancy, else the first."""
        known = {team: self.of_team("occupancy", team) for team in self.teams}
        busy = {team: share for team, share in known.items() if not math.isnan(share)}
        return max(busy, key=lambda team: busy[team]) if busy else self.teams[0]

    @cached_property
    def overloaded(self) -> list[TeamLoad]:
        """Teams that are asked for more than they, and those who help them, can do; the worst first."""
        return sorted((load for load in self.loads if load.offered and load.ratio >= 1), key=lambda load: -load.ratio)

    @property
    def rare(self) -> bool:
        """Whether the desk is there for rare events: hardly ever busy, and nearly always ready."""
        return self.of_team("occupancy", self.busiest) < _HARDLY_BUSY and self["served_at_once"] > _NEARLY_ALWAYS

    def listed_at_start(self, team: str) -> int:
        """Tickets that wait for a team when the run starts."""
        return sum(tickets.count for tickets in self.scenario.run.open_at_start.get(team, {}).values())

    def series(self, name: str, team: str = "") -> Floats:
        """A series of all replications, shape (replications, length); nothing if it was not read."""
        rows = [sheet.series[name, team] for sheet in self.runs.sheets if (name, team) in sheet.series]
        return np.array(rows) if rows else np.zeros((0, 0))

    def queue_at_end(self, team: str) -> float:
        """Mean number of tickets in a team's queue when the window ends."""
        queue = self.series("queue_by_day", team)
        return float(queue[:, -1].mean()) if queue.size else math.nan

    def drift(self, team: str) -> tuple[float, float] | None:
        """Mean queue in the first and in the last quarter of the window, if it surely changed in between."""
        queue = self.series("queue_by_day", team)
        queue = queue[:, int(self.scenario.run.warm_up.seconds // DAY) :]
        quarter = queue.shape[1] // 4
        if not quarter:
            return None
        begin, end = queue[:, :quarter].mean(axis=1), queue[:, -quarter:].mean(axis=1)
        change = mean_of((end - begin).tolist())
        sure = change.low * change.high > 0 or (math.isnan(change.low) and abs(change.value) > float(begin.mean()))
        if abs(change.value) < _A_CHANGE or abs(change.value) < begin.mean() / 4 or not sure:
            return None
        return float(begin.mean()), float(end.mean())

    @property
    def queued(self) -> list[str]:
        """Teams whose queue over the days is worth a figure: a list at the start, or a queue that drifts."""
        return [team for team in self.teams if self.listed_at_start(team) or self.drift(team) is not None]

    @cached_property
    def list_team(self) -> str | None:
        """The team whose list users wait on: stated at the start, or half of the tickets wait for a day and longer."""
        listed = {team: self.listed_at_start(team) for team in self.teams}
        if any(listed.values()):
            return max(listed, key=lambda team: listed[team])
        return self.scenario.entry if self["response_time_median"] >= DAY else None
