"""Luck that can be seen: how many needs for help arose in a replication, when one knows how many there had to be.

More tickets than expected mean longer waits than expected. An estimate that allows for it is often narrower, at the
same number of replications.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simdesk.desk import open_desk
from simdesk.experiment.estimate import sample
from simdesk.experiment.sheet import Key
from simdesk.measures.readings import Quantile, Reading
from simdesk.scenario.model import Scenario
from simdesk.statistics.controls import Controlled, controlled
from simdesk.workload.arrivals import days_of, weights

Floats = NDArray[np.float64]

_CONTACTS: Final = "contacts_per_week"
_WEEK: Final = 7 * 86400
_EACH_NEEDS: Final = 10
"""Replications for each ticket type from which it may have a control of its own: each costs a degree of freedom, and
below it they cost more than they bring."""
_ITSELF: Final = 1e6
"""Variance-reduction ratio from which a measure is but another name for what came."""


def contacts_keys(scenario: Scenario) -> list[Key]:
    """Measures to read besides, so that this luck can be seen: needs for help of every type."""
    return [Key(_CONTACTS, "type", name) for name in scenario.demand.types]


def expected_contacts(scenario: Scenario) -> dict[str, float]:
    """Needs for help of every type that must be expected in the measured window, a week.

    Exact, also with busy and quiet days, whose factor has mean 1: the profile over the hours of the window, growth and
    holidays included.
    """
    desk = open_desk(scenario)
    begin, end = desk.window
    days = days_of(scenario, desk)
    first, last = days.edges[:, :-1], days.edges[:, 1:]
    inside = np.maximum(np.minimum(last, end) - np.maximum(first, begin), 0)
    part = inside / np.maximum(last - first, 1)
    each_week = _WEEK / (end - begin)
    return {
        name: scenario.demand.per_week(name) * float((weights(scenario, name, days) * part).sum()) * each_week
        for name in scenario.demand.types
    }


class KnownLuck:
    """The arrivals of some replications beside those that had to be expected.

    Args:
        scenario: what was simulated.
        contacts: readings of each of `contacts_keys`, in the order of the replications.
    """

    def __init__(self, scenario: Scenario, contacts: Sequence[Sequence[Reading]]) -> None:
        expected = expected_contacts(scenario)
        self._doubtful = scenario.demand.forecast_error > 0
        came = np.array([[reading.value for reading in readings] for readings in contacts]).T
        known = np.array(list(expected.values()))
        if len(came) < _EACH_NEEDS * known.size:
            came, known = came.sum(axis=1, keepdims=True), known.sum(keepdims=True)
        self._came, self._known = came, known

    def allowed_for(self, readings: Sequence[Reading], confidence: float) -> Controlled | None:
        """The estimate of a measure that allows for this luck; None where it cannot or must not.

        Not of quantiles, which are no means; not where the forecast may be wrong, because the interval shall carry that
        doubt; and not where too few replications would be left. Means over tickets and shares are put as the ratio
        estimator puts them, by their linearised deviations.
        """
        if self._doubtful or any(isinstance(reading, Quantile) for reading in readings):
            return None
        found = sample(readings)
        if found.note or found.parts.size < self._known.size + 3:
            return None
        try:
            allowed = controlled(found.value + found.parts, self._came, known_means=self._known, confidence=confidence)
        except ValueError:  # arrivals of one type that follow from those of the others say nothing of their own
            return None
        return allowed if allowed.reduction < _ITSELF else None
