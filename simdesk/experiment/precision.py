"""Run until it is known precisely enough: replications are added until every watched interval is narrow enough.

Replications are looked at in their order, so that where it stops does not depend on which worker was first.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from simdesk.errors import RunError
from simdesk.experiment.estimate import CONFIDENCE, FEWEST_SECTIONS, Estimate, estimate, sections_need
from simdesk.experiment.known_luck import KnownLuck, contacts_keys
from simdesk.experiment.lab import Lab, at_work
from simdesk.experiment.replications import Replications
from simdesk.experiment.sheet import Key, Sheet, describe, name_of_row
from simdesk.measures.readings import Quantile, Reading
from simdesk.scenario.loading import vary
from simdesk.scenario.model import Scenario
from simdesk.statistics import sequential
from simdesk.statistics.controls import Controlled

if TYPE_CHECKING:
    import pandas as pd

CLOSE_ENOUGH: Final = {"share": 0.005, "time": 1.0, "number": 0.01, "money": 0.1}
"""Half-widths that are narrow enough for any value, by unit: half a point of a percentage, a second, a hundredth, a
tenth of the currency. A share of next to nothing would never be narrow enough. [design]"""

_LOOKS: Final = 20
"""After a look, a twentieth as many replications are added before the next: fewer looks stop less often by luck, and
quantiles need not be sorted again after every replication. [design]"""

Predicted = Callable[[int, float], None]
"""Receives (replications that will be needed in all, seconds until it stops), before the long part starts."""


@dataclass(frozen=True, slots=True)
class Prediction:
    """What was expected after the first replications.

    Attributes:
        replications: that will be needed in all, if the spread stays what it is; 0 if nobody could say.
        seconds: until it stops, at the latest after as many as are allowed; NaN if nothing was simulated here.
    """

    replications: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Known:
    """How well one measure is known.

    Attributes:
        key: the measure.
        estimate: with its interval.
        wanted: half-width that was asked for: the wished part of the value, or `close_enough` if that is more.
        close_enough: half-width that is narrow enough for any value.
        needed: replications with which it is narrow enough, at the spread seen; 0 if nobody can say.
        controlled: the estimate that allows for how many tickets came; None where there is none.
    """

    key: Key
    estimate: Estimate
    wanted: float
    close_enough: float
    needed: int
    controlled: Controlled | None = None

    @property
    def reached(self) -> bool:
        """Whether it is narrow enough."""
        return self.estimate.half_width <= self.wanted

    @property
    def by_guard(self) -> bool:
        """Whether the value is so close to 0 that its part was not asked for."""
        return self.wanted <= self.close_enough

    @property
    def strain(self) -> float:
        """Half-width over what was asked for; above 1 it is not reached, infinite without an interval."""
        half = self.estimate.half_width
        return math.inf if math.isnan(half) else half / self.wanted

    @property
    def narrower(self) -> float:
        """Factor by which allowing for the arrivals narrows the interval; 1 if it does not."""
        if self.controlled is None or not self.controlled.half_width > 0:
            return 1.0
        return max(self.estimate.half_width / self.controlled.half_width, 1.0)


@dataclass(frozen=True)
class Precise:
    """How precisely every watched measure is known, and after how many replications.

    Attributes:
        runs: the replications that count.
        known: every watched measure, in the order in which it was asked for.
        within: wished half-width as a part of the value.
        at_most: replications after which it would have stopped in any case.
        confidence: of each interval.
        predicted: what was expected after the first replications.
    """

    runs: Replications
    known: tuple[Known, ...]
    within: float
    at_most: int
    confidence: float
    predicted: Prediction

    @property
    def replications(self) -> int:
        """After how many it stopped."""
        return len(self.runs.sheets)

    @property
    def reached(self) -> bool:
        """Whether every measure is known precisely enough."""
        return all(one.reached for one in self.known)

    @property
    def binding(self) -> Known:
        """The measure that took longest, or is furthest from what was asked."""
        return max(self.known, key=lambda one: one.strain)

    @property
    def needed(self) -> int:
        """Replications with which all would be narrow enough, at the spread seen; 0 if nobody can say."""
        return _most(one.needed for one in self.known)

    def table(self) -> pd.DataFrame:
        """One row for each measure.

        Columns: `measure, by, of, label, unit, value, low, high, half_width, wanted, close_enough, reached, needed,
        replications, note, controlled, controlled_low, controlled_high, narrower`. Times are in seconds.
        """
        import pandas as pd

        rows = []
        for one in self.known:
            label, unit, _, _ = describe(one.key)
            found, other = one.estimate, one.controlled
            rows.append(
                {
                    **one.key._asdict(), "label": label, "unit": "seconds" if unit == "time" else unit,
                    "value": found.value, "low": found.low, "high": found.high, "half_width": found.half_width,
                    "wanted": one.wanted, "close_enough": one.close_enough, "reached": one.reached,
                    "needed": one.needed, "replications": found.replications, "note": found.note,
                    "controlled": other.value if other else math.nan,
                    "controlled_low": other.low if other else math.nan,
                    "controlled_high": other.high if other else math.nan, "narrower": one.narrower,
                }
            )  # fmt: skip
        return pd.DataFrame(rows)


def precise(
    scenario: Scenario,
    watched: Sequence[Key],
    *,
    within: float = 0.05,
    at_most: int = 1000,
    at_least: int = sequential.AT_LEAST,
    confidence: float = CONFIDENCE,
    predicted: Predicted | None = None,
    lab: Lab | None = None,
) -> Precise:
    """Simulate until the interval of every watched measure is narrow enough, or as often as is allowed.

    It stops after the first look at which half of every interval is at most within/(1 + within) of the estimate, which
    makes it that part of the truth, or at most what is close enough for any value. Looks are after `at_least`
    replications, and then whenever there are a twentieth more.

    Args:
        scenario: what to simulate.
        watched: measures that must be known.
        within: half the width of the interval over the value.
        at_most: replications after which it stops in any case.
        at_least: replications before the first look; with fewer than 20 an interval may be narrow by luck.
        confidence: of each interval.
        predicted: told how many replications will be needed and how long they take, before the long part starts.
        lab: where it is simulated.

    Raises:
        RunError: an argument is out of range, or there is nothing to count for a watched measure.
    """
    _require(watched, within, at_most, at_least, confidence)
    looking = _Looking(tuple(dict.fromkeys(watched)), within, confidence)
    wanted = {*looking.watched, *contacts_keys(scenario)}
    with at_work(lab) as here:
        runs = here.many([scenario], at_least, wanted=wanted)[0]
        looking.add(runs.sheets)
        looking.require_something()
        look, first = at_least, Prediction(at_least, 0.0)
        if not looking.enough(look):
            first = looking.prediction(here, at_most)
            if predicted is not None:
                predicted(first.replications, first.seconds)
            here.expect((min(first.replications, at_most) or at_most) - look)
        while look < at_most and not looking.enough(look):
            look = min(look + max(1, look // _LOOKS), at_most)
            ahead = min(max(look, looking.seen + here.processors), at_most)
            if looking.seen < look:
                numbers = range(looking.seen, ahead)
                found = here.sheets([runs.scenario], numbers, wanted)[0]
                looking.add([found[number] for number in numbers])
    kept = looking.upto(runs, look)
    return Precise(kept, looking.known(kept), within, at_most, confidence, first)


def _require(watched: Sequence[Key], within: float, at_most: int, at_least: int, confidence: float) -> None:
    if not watched:
        raise RunError("there is nothing to watch: state at least one measure")
    if not 0 < within < 1:
        raise RunError(f"within must lie between 0 and 100 % of the value, such as 5 %, not {100 * within:g} %")
    if not 0 < confidence < 1:
        raise RunError(f"the confidence must lie between 0 and 100 %, not {100 * confidence:g} %")
    if at_least < 2:
        raise RunError(f"one replication has no interval; at_least must be 2 or more, not {at_least}")
    if at_most < at_least:
        raise RunError(f"at_most ({at_most:,}) must not be below the {at_least:,} replications of the first look")


class _Looking:
    """The watched measures of the replications so far, looked at in their order."""

    def __init__(self, watched: tuple[Key, ...], within: float, confidence: float) -> None:
        self.watched, self.within, self.confidence = watched, within, confidence
        self._sheets: list[Sheet] = []
        self._hardest = watched[0]

    @property
    def seen(self) -> int:
        return len(self._sheets)

    def add(self, sheets: Sequence[Sheet]) -> None:
        self._sheets += sheets

    def readings(self, key: Key, count: int) -> list[Reading]:
        return [sheet.readings[key] for sheet in self._sheets[:count]]

    def require_something(self) -> None:
        """Refuse a measure that no number of replications would tell, as far as anybody can see."""
        for key in self.watched:
            if math.isnan(estimate(self.readings(key, self.seen)).value):
                raise RunError(
                    f"{name_of_row(key)}: there was nothing to count in {self.seen} replications, so it cannot "
                    "be known precisely; watch another measure, or make run.length longer"
                )

    def enough(self, look: int) -> bool:
        """Whether every interval is narrow enough; the measure that was not at the last look is asked first."""
        for key in sorted(self.watched, key=lambda one: one != self._hardest):
            if not self._about(key, look).reached:
                self._hardest = key
                return False
        return True

    def prediction(self, lab: Lab, at_most: int) -> Prediction:
        """How many replications will be needed, and how long they take."""
        needed = _most(self._about(key, self.seen).needed for key in self.watched)
        left = (min(needed, at_most) or at_most) - self.seen
        return Prediction(needed, left * lab.seconds_each / lab.processors)

    def upto(self, runs: Replications, look: int) -> Replications:
        """The replications that count, and none that was simulated ahead."""
        return Replications(vary(runs.scenario, {"run.replications": look}), tuple(self._sheets[:look]), runs.engine)

    def known(self, runs: Replications) -> tuple[Known, ...]:
        """Every measure, beside what allowing for the arrivals makes of it."""
        luck = KnownLuck(runs.scenario, [runs.readings(key) for key in contacts_keys(runs.scenario)])
        count = len(runs.sheets)
        return tuple(
            self._about(key, count, luck.allowed_for(self.readings(key, count), self.confidence))
            for key in self.watched
        )

    def _about(self, key: Key, count: int, allowed_for: Controlled | None = None) -> Known:
        readings = self.readings(key, count)
        found = estimate(readings, self.confidence)
        guard = CLOSE_ENOUGH[describe(key)[1]]
        wanted = sequential.allowed(found.value, self.within, guard)
        return Known(key, found, wanted, guard, self._needed(readings, found, guard), allowed_for)

    def _needed(self, readings: Sequence[Reading], found: Estimate, guard: float) -> int:
        if math.isnan(found.half_width):
            quantiles = [reading for reading in readings if isinstance(reading, Quantile)]
            return FEWEST_SECTIONS * sections_need(quantiles) if quantiles else 0
        return sequential.predicted(
            found.half_width, found.value, replications=len(readings), relative=self.within,
            confidence=self.confidence, absolute=guard,
        )  # fmt: skip


def _most(needed: Iterator[int]) -> int:
    """The largest of some numbers of replications; 0 if one is not known."""
    found = list(needed)
    return max(found) if all(found) else 0
