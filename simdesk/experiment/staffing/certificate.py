"""The last word on a plan: simulated again with luck that the search never met, and held to one-sided bounds."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from simdesk.experiment.difference import bonferroni
from simdesk.experiment.estimate import Estimate, estimate
from simdesk.experiment.sheet import Key
from simdesk.experiment.staffing.plans import Book, Goal
from simdesk.experiment.staffing.start import Plan
from simdesk.measures.readings import Ratio, Reading

FRESH: Final = 10_000
"""Number of the first replication that only certificates use."""
_GAVE_UP, _STILL_OPEN = Key("abandonment"), Key("still_open")
_CEILING: Final = "resolution_sla_ceiling"


@dataclass(frozen=True, slots=True)
class Proof:
    """A target, judged by fresh luck.

    Attributes:
        goal: the target.
        estimate: of its measure; `low` and `high` are each a one-sided bound.
        confidence: of each of these bounds.
        alone: share of the replications, each with weeks of its own, that keep the target by themselves;
            NaN if unknown. The target itself is about their average.
    """

    goal: Goal
    estimate: Estimate
    confidence: float
    alone: float = math.nan

    @property
    def bound(self) -> float:
        """The measure is no worse than this, with that confidence; NaN if nobody can say."""
        return self.estimate.low if self.goal.sign > 0 else self.estimate.high

    @property
    def at_best(self) -> float:
        """The measure is no better than this, with that confidence."""
        return self.estimate.high if self.goal.sign > 0 else self.estimate.low

    @property
    def kept(self) -> bool:
        """Whether the target is shown to be kept."""
        return self.goal.sign * (self.bound - self.goal.bound) >= 0

    @property
    def missed(self) -> bool:
        """Whether the target is shown to be missed."""
        return self.goal.sign * (self.at_best - self.goal.bound) < 0


@dataclass(frozen=True, slots=True)
class Certificate:
    """What fresh luck says of a plan.

    Attributes:
        plan: people of each team that was asked about.
        attempt: its number, from 1.
        proofs: every target, judged.
        gave_up: share of tickets that users gave up on, whether or not a target is about it.
        still_open: share of tickets that were not over when the cool-down ended.
        ceilings: of promises to resolve, the share that would be kept if nobody ever queued, by target.
    """

    plan: Plan
    attempt: int
    proofs: tuple[Proof, ...]
    gave_up: Estimate
    still_open: Estimate
    ceilings: Mapping[str, Estimate]

    @property
    def kept(self) -> bool:
        """Whether every target is shown to be kept."""
        return all(proof.kept for proof in self.proofs)


def certify(
    book: Book, plan: Plan, *, replications: int, attempt: int, confidence: float, ceilings: bool = False
) -> Certificate:
    """Judge every target of a plan by replications that nothing else has used.

    The bounds of all targets and of all attempts, however many there are, hold together with the stated confidence:
    attempt k may err with half of what was left before it, shared out over the targets.

    Args:
        book: the desk and its targets.
        plan: what is judged.
        replications: of the certificate.
        attempt: its number, from 1; each has luck of its own.
        confidence: of all attempts together.
        ceilings: whether to read what would be if nobody ever queued, which takes some time.
    """
    above = {goal.name: goal.key._replace(measure=_CEILING) for goal in book.goals if ceilings and _has_ceiling(goal)}
    wanted = {*(goal.key for goal in book.goals), *above.values(), _GAVE_UP, _STILL_OPEN}
    first = FRESH + (attempt - 1) * replications
    runs = book.lab.many([book.desk(plan)], replications, wanted=wanted, first=first)[0]
    each = bonferroni(spent(confidence, attempt), len(book.goals))
    return Certificate(
        plan=plan,
        attempt=attempt,
        proofs=tuple(_proof(goal, runs.readings(goal.key), each) for goal in book.goals),
        gave_up=runs.estimate(_GAVE_UP),
        still_open=runs.estimate(_STILL_OPEN),
        ceilings={name: runs.estimate(key) for name, key in above.items()},
    )


def _proof(goal: Goal, readings: Sequence[Reading], confidence: float) -> Proof:
    seen = [reading.value for reading in readings if math.isfinite(reading.value)]
    alone = math.fsum(goal.sign * (one - goal.bound) >= 0 for one in seen) / len(seen) if seen else math.nan
    return Proof(goal, one_sided(readings, goal.unit, confidence), confidence, alone)


def _has_ceiling(goal: Goal) -> bool:
    return goal.key.measure == "resolution_sla" and goal.key.by in ("", "priority")


def spent(confidence: float, attempt: int) -> float:
    """Confidence of one attempt, so that all of them together have the stated one: 1 − α / 2ᵏ."""
    return 1 - (1 - confidence) * float(0.5**attempt)


def one_sided(readings: Sequence[Reading], unit: str, confidence: float) -> Estimate:
    """An estimate whose ends are each a one-sided bound.

    A share that was the same in every replication because every ticket went well, or none, is not certain: its other
    end is that of so many independent tickets (Clopper and Pearson 1934).
    """
    found = estimate(readings, 2 * confidence - 1)
    ratios = [reading for reading in readings if isinstance(reading, Ratio)]
    if unit != "share" or found.standard_error != 0 or not ratios or found.value not in (0.0, 1.0):
        return found
    reach = (1 - confidence) ** (1 / max(math.fsum(ratio.denominator for ratio in ratios), 1.0))
    return replace(found, low=reach) if found.value == 1.0 else replace(found, high=1 - reach)
