"""Oddities of the run: a warm-up that takes longer than anything it could be for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from simdesk.durations import YEAR
from simdesk.experiment.findings.finding import Finding
from simdesk.scenario.model import Scenario

_MANY: Final = 20
"""Times the measured window; a peak day after two weeks of warm-up is fourteen. [design]"""


def long_warm_up(scenario: Scenario) -> Iterator[Finding]:
    """A warm-up of years, or many times as long as what is measured."""
    warm_up, length = scenario.run.warm_up, scenario.run.length
    if warm_up.seconds > YEAR or warm_up.seconds > _MANY * length.seconds:
        yield Finding(
            "long-warm-up", ("run", "warm_up"),
            f"{warm_up} are simulated and thrown away to measure {length}; `simdesk warm-up` says how long is enough",
        )  # fmt: skip
