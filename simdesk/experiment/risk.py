"""Contract risk: in how many runs a target is kept. A promise is kept or broken in a month, not on average."""

from __future__ import annotations

import math
from dataclasses import dataclass

from simdesk.experiment.estimate import CONFIDENCE
from simdesk.experiment.replications import Replications
from simdesk.experiment.targets import bound_of, keeps, key_of
from simdesk.scenario.service_levels import Target


@dataclass(frozen=True, slots=True)
class Kept:
    """In how many of some independent runs a target was kept.

    Attributes:
        met: runs in which it was.
        of: runs in which there was something to judge.
        low, high: confidence interval of the probability that a run keeps it (Clopper and Pearson 1934); NaN if nothing
            could be judged.
    """

    met: int
    of: int
    low: float
    high: float

    @property
    def share(self) -> float:
        """Share of the runs that kept it; NaN of none."""
        return self.met / self.of if self.of else math.nan


def kept(runs: Replications, target: Target, confidence: float = CONFIDENCE) -> Kept:
    """How often a target was kept, each replication judged as one period of the length of the run.

    Args:
        runs: of a scenario; for the risk of a month its window must be a month.
        target: what shall be kept.
        confidence: of the interval.
    """
    key = key_of(target)
    values = [sheet.readings[key].value for sheet in runs.sheets if key in sheet.readings]
    judged = [value for value in values if not math.isnan(value)]
    bound = bound_of(runs.scenario, target)
    return interval_of(sum(keeps(target, bound, value) for value in judged), len(judged), confidence)


def interval_of(met: int, of: int, confidence: float = CONFIDENCE) -> Kept:
    """The exact interval of a probability from so many successes."""
    from scipy.special import betaincinv

    if not of:
        return Kept(0, 0, math.nan, math.nan)
    tail = (1 - confidence) / 2
    low = float(betaincinv(met, of - met + 1, tail)) if met else 0.0
    high = float(betaincinv(met + 1, of - met, 1 - tail)) if met < of else 1.0
    return Kept(met, of, low, high)
