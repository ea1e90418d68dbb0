"""A lab that simulates nothing: what each desk says is written down, so that what is searched for is known exactly."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from scipy.stats import t

from simdesk.experiment.lab import Lab
from simdesk.experiment.replications import Replications
from simdesk.experiment.sheet import Key, Sheet
from simdesk.measures.readings import Reading, Total
from simdesk.scenario.loading import loads, vary
from simdesk.scenario.model import Scenario

Says = Callable[[Scenario], float]
"""What a measure of a desk is in the mean over its replications."""


class ScriptedLab(Lab):
    """Half of the replications lie a little below what is written for a measure, half of them above.

    Args:
        says: for each measure the desk's value.
        spread: how far each replication lies from it.
    """

    def __init__(self, says: Mapping[Key, Says], spread: float = 0.0) -> None:
        super().__init__(workers=1)
        self.says, self.spread = says, spread
        self.asked: list[Scenario] = []

    def many(
        self,
        scenarios: Sequence[Scenario],
        count: int | None = None,
        *,
        wanted: Collection[Key] | None = None,
        first: int = 0,
    ) -> list[Replications]:
        """What is written."""
        self.asked += scenarios
        total = count or scenarios[0].run.replications
        return [Replications(one, tuple(self._sheet(one, n) for n in range(total)), "script") for one in scenarios]

    def _sheet(self, scenario: Scenario, number: int) -> Sheet:
        off = self.spread if number % 2 else -self.spread
        readings: dict[Key, Reading] = {key: Total(says(scenario) + off) for key, says in self.says.items()}
        return Sheet(readings, {}, "", 0, truncated=False, complete=False)


def half_width(spread: float, replications: int, confidence: float = 0.95) -> float:
    """Half the interval of the mean of so many readings, half of them above it and half below."""
    s = spread * math.sqrt(replications / (replications - 1))
    return float(t.ppf(0.5 + confidence / 2, replications - 1)) * s / math.sqrt(replications)


def desk(targets: Mapping[str, Any], changes: Mapping[str, Any] | None = None) -> Scenario:
    """One agent day and night, half busy, with some targets."""
    plain = loads("""title: One agent
run: {length: 10 days, replications: 20}
demand:
  contacts: 12 per day
  profile: flat
  types: {question: {share: 100 %, work: {exponential: {mean: 1 h}}}}
teams: {desk: {agents: 1}}
""")
    return vary(plain, {**{f"targets.{name}": target for name, target in targets.items()}, **(changes or {})})
