"""Shapes of the week: how demand is spread over its 168 hours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simdesk.calendars import parse_weekdays

Shape = NDArray[np.float64]
"""Weights of the hours of a week, shape (7, 24), Monday first, summing to one."""


def shape_of(weekdays: Mapping[str, float], hours: Sequence[float], hours_on: Mapping[str, Sequence[float]]) -> Shape:
    """Weights of the hours of a week.

    Args:
        weekdays: relative volume of named days, each day of a range the same.
        hours: relative volume of the 24 hours, whatever their sum.
        hours_on: other hours for named days.

    Raises:
        ValueError: when a day has volume but no hours, or nothing has any volume.
    """
    shape = np.zeros((7, 24))
    daily = np.tile(np.asarray(hours, dtype=np.float64), (7, 1))
    for days, other in hours_on.items():
        daily[sorted(parse_weekdays(days))] = other
    for days, weight in weekdays.items():
        for day in parse_weekdays(days):
            total = daily[day].sum()
            if weight > 0 and total <= 0:
                raise ValueError("a day with volume needs at least one hour with volume")
            shape[day] = weight * daily[day] / total if weight > 0 else 0.0
    if shape.sum() <= 0:
        raise ValueError("at least one day must have volume")
    result: Shape = shape / shape.sum()
    return result


# Hours and weekdays of 35,208 incidents of Rabobank Group ICT (BPI Challenge 2014), aggregates only; the spans 00-06
# and 20-23 are spread evenly over their hours.
_OFFICE_HOURS: Final = (
    *(0.006 / 7,) * 7,
    *(0.011, 0.063, 0.128, 0.131, 0.130, 0.093, 0.094, 0.111, 0.109, 0.089, 0.026, 0.005, 0.003),
    *(0.003 / 4,) * 4,
)
_OFFICE_DAYS: Final = {
    "Mon": 0.227, "Tue": 0.218, "Wed": 0.182, "Thu": 0.200, "Fri": 0.165, "Sat": 0.006, "Sun": 0.002,
}  # fmt: skip

BUILT_IN: Final[Mapping[str, Shape]] = {
    "office": shape_of(_OFFICE_DAYS, _OFFICE_HOURS, {}),
    "flat": shape_of({"daily": 1.0}, [1.0] * 24, {}),
}
"""Shapes that a scenario can name."""
