"""What doing nothing costs: year by year more volume and the staff of today, and what the delay costs beside today."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from simdesk.errors import RunError
from simdesk.experiment.difference import Difference, difference
from simdesk.experiment.estimate import CONFIDENCE, Estimate, estimate
from simdesk.experiment.lab import Lab, at_work
from simdesk.experiment.levels import overloaded
from simdesk.experiment.replications import Replications
from simdesk.experiment.sheet import Key
from simdesk.experiment.targets import Judgement, judge, key_of
from simdesk.measures.readings import Total
from simdesk.scenario.loading import alternative
from simdesk.scenario.model import Scenario

if TYPE_CHECKING:
    import pandas as pd

_DELAY: Final = (Key("lost_time_cost"), Key("penalty_cost"))
_MOST_YEARS: Final = 20


@dataclass(frozen=True, slots=True)
class Year:
    """The desk of today with the volume of a year to come.

    Attributes:
        year: years from today, from 0.
        volume: over that of today.
        judgements: every target of the scenario.
        delay: cost of delay a month: users' lost time and penalties.
        more: that cost less today's, paired; None for today.
        overloaded: teams that cannot keep up, so that every number depends on how long the run is.
    """

    year: int
    volume: float
    judgements: tuple[Judgement, ...]
    delay: Estimate
    more: Difference | None
    overloaded: tuple[str, ...]


@dataclass(frozen=True)
class DoingNothing:
    """The years to come with the staff of today.

    Attributes:
        scenario: the desk as it stands.
        growth: of the volume a year, such as 0.08.
        years: today first.
        replications: of each year; replication r of each met the same luck.
        confidence: of each interval.
    """

    scenario: Scenario
    growth: float
    years: tuple[Year, ...]
    replications: int
    confidence: float

    def table(self) -> pd.DataFrame:
        """One row for each year: columns `year, volume, delay, delay_low, delay_high, more, more_low, more_high, sure,
        overloaded` (names with commas), and the verdict of every target in a column `target:` and its name.

        Money is a month's.
        """
        import pandas as pd

        rows = []
        for one in self.years:
            more = one.more
            rows.append(
                {
                    "year": one.year, "volume": one.volume,
                    "delay": one.delay.value, "delay_low": one.delay.low, "delay_high": one.delay.high,
                    "more": more.value if more else 0.0, "more_low": more.low if more else 0.0,
                    "more_high": more.high if more else 0.0, "sure": more.sure if more else math.nan,
                    "overloaded": ", ".join(one.overloaded),
                    **{f"target:{judged.name}": judged.verdict.name.lower() for judged in one.judgements},
                }
            )  # fmt: skip
        return pd.DataFrame(rows)


def do_nothing(
    scenario: Scenario,
    *,
    growth: float,
    years: int = 3,
    replications: int | None = None,
    confidence: float = CONFIDENCE,
    lab: Lab | None = None,
) -> DoingNothing:
    """Simulate the years to come with the staff of today.

    Args:
        scenario: the desk as it stands.
        growth: of the volume a year, as a share: 0.08 is eight per cent more each year.
        years: how many ahead.
        replications: of each year; the scenario's own number unless stated.
        confidence: of each interval.
        lab: where it is simulated.

    Raises:
        RunError: the growth or the number of years is out of range.
        ScenarioError: the volume becomes too large to be simulated.
    """
    if not (math.isfinite(growth) and growth > -1):
        raise RunError(f"the growth must be a share such as 8 %, not {100 * growth:g} %")
    if not 1 <= years <= _MOST_YEARS:
        raise RunError(f"between 1 and {_MOST_YEARS} years are looked ahead, not {years}")
    factors = [(1 + growth) ** year for year in range(years + 1)]
    volume = scenario.demand.volume
    desks = [scenario, *(alternative(scenario, {"demand.volume": volume * factor}) for factor in factors[1:])]
    wanted = {*_DELAY, *map(key_of, scenario.targets.values())}
    with at_work(lab) as here:
        runs = here.many(desks, replications, wanted=wanted)
    costs = [_delay(one) for one in runs]
    found = tuple(
        Year(
            year,
            factors[year],
            tuple(judge(one, confidence)),
            estimate(costs[year], confidence),
            difference(costs[0], costs[year], confidence=confidence) if year else None,
            overloaded(one.scenario),
        )
        for year, one in enumerate(runs)
    )
    return DoingNothing(scenario, growth, found, len(runs[0].sheets), confidence)


def _delay(runs: Replications) -> Sequence[Total]:
    """Users' lost time and penalties of every replication, together."""
    return [Total(sum(reading.value for reading in pair)) for pair in zip(*(map(runs.readings, _DELAY)), strict=True)]
