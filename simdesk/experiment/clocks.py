"""By which clock a measure of time runs, and so whether business time means anything for it."""

from __future__ import annotations

from typing import Final

from simdesk.experiment.sheet import Key
from simdesk.scenario.model import Scenario

OFFICE_CLOCK: Final = ("resolution_time_business", "lost_time_per_need")
"""Measures of time that count the users' office hours only."""
PROMISED: Final = "resolution_time_promised"
"""The measure of time that runs by the clock of each ticket's promise."""


def clock_objection(scenario: Scenario, key: Key) -> str:
    """What is wrong with business time for a measure of time; nothing if its clock stands still outside office hours.

    Args:
        scenario: what was promised, and by which clock.
        key: of the measure.
    """
    if key.measure in OFFICE_CLOCK:
        return ""
    if key.measure != PROMISED:
        instead = ", or use resolution_time_business" if key.measure.startswith("resolution_time") else ""
        return (
            f"{key.measure} runs by the wall clock, on which business time has no length; write elapsed time, such as "
            f"'8 h'{instead}"
        )
    levels = scenario.service_levels.priorities
    elapsed = [
        name
        for name, level in levels.items()
        if level.resolve is not None and not level.resolve.business and key.of in ("", name)
    ]
    if not elapsed:
        return ""
    return (
        f"{key.measure} runs by the wall clock where the promise does, as for {', '.join(elapsed)}; write elapsed "
        "time, such as '8 h', or use resolution_time_business"
    )
