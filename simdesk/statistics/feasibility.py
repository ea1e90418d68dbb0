"""Which of several systems keep a limit on a mean, with a promise.

Knows observations, a limit and how near to it an answer may be wrong; not what a system is, nor how it is simulated.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from simdesk.statistics.selection import (
    FIRST,
    MOST,
    Observe,
    first_stage,
    numbered,
    observed,
    require_stages,
    triangle,
)


@dataclass(frozen=True, slots=True)
class Feasibility:
    """Which systems keep the limit.

    Attributes:
        feasible: those whose mean is declared to be at most the limit.
        infeasible: those whose mean is declared to be above it.
        undecided: those still open when the procedure was cut short.
        decided_after: replications after which each was decided, by system.
        observations: of all systems together.
        means: of everything seen of a system, by system.
    """

    feasible: tuple[int, ...]
    infeasible: tuple[int, ...]
    undecided: tuple[int, ...]
    decided_after: Mapping[int, int]
    observations: int
    means: Mapping[int, float]

    @property
    def guaranteed(self) -> bool:
        """Whether the promise holds for every system."""
        return not self.undecided


def feasible(
    observe: Observe,
    systems: Sequence[int],
    bound: float,
    *,
    indifference: float,
    confidence: float,
    first: int = FIRST,
    most: int = MOST,
) -> Feasibility:
    """Tell the systems that keep a limit, E[Y] ≤ bound, from those that break it.

    A system is observed until the sum of Y − bound leaves a triangle that narrows with the replications. With the given
    confidence all of these are right at once: those with a mean of at most bound − indifference are found feasible,
    those of at least bound + indifference infeasible. In between either answer counts as right. For a limit from
    below, such as a share of promises kept, give −Y and −bound.

    Assumes that the replications of a system are independent and the observations normal, such as means over many
    tickets. Systems may share their luck (common random numbers); the promise holds whether they do or not.

    Args:
        observe: gives one observation of each system asked for, in one replication.
        systems: their numbers, each once.
        bound: the limit, in the unit of the observations.
        indifference: how far from the limit an answer must be right, in the same unit.
        confidence: that all answers are right, from ½.
        first: replications before anything is decided.
        most: replications of a system after which it is left undecided.

    Raises:
        ValueError: an argument is out of its range, or an observation is missing or not finite.

    Source: Andradóttir and Kim (2010), phase I; Batur and Kim (2010), F_B with c = 1; the error is shared out by
    Bonferroni's inequality.
    """
    labels = numbered(systems)
    require_stages(first, most, indifference=indifference)
    if not 0.5 <= confidence < 1:
        raise ValueError(f"confidence must be at least 0.5 and below 1, not {confidence}")
    if not math.isfinite(bound):
        raise ValueError(f"bound must be a finite number, not {bound}")
    sample = first_stage(observe, labels, first)
    sums = sample.sum(axis=0)
    scale = triangle((1 - confidence) / len(labels), first) * sample.var(axis=0, ddof=1)
    verdict = np.zeros(len(labels))
    counts = np.full(len(labels), first)
    done = first
    while True:
        apart = sums - counts * bound
        edge = np.maximum(0.0, scale / (2 * indifference) - indifference * counts / 2)
        fresh = (verdict == 0) & (np.abs(apart) >= edge)
        verdict[fresh] = np.where(apart[fresh] > 0, 1, -1)
        still = np.flatnonzero(verdict == 0)
        if not still.size or done >= most:
            break
        sums[still] += observed(observe, [labels[index] for index in still], done)
        done += 1
        counts[still] = done

    def those(sign: int) -> tuple[int, ...]:
        return tuple(labels[index] for index in np.flatnonzero(verdict == sign))

    return Feasibility(
        feasible=those(-1),
        infeasible=those(1),
        undecided=those(0),
        decided_after={labels[index]: int(counts[index]) for index in np.flatnonzero(verdict)},
        observations=int(counts.sum()),
        means=dict(zip(labels, (sums / counts).tolist(), strict=True)),
    )
