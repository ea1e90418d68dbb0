"""How much more of something before a target breaks: the critical value of every target, and which breaks first."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

from simdesk.errors import RunError
from simdesk.experiment.estimate import CONFIDENCE
from simdesk.experiment.lab import Lab, at_work
from simdesk.experiment.levels import overloaded
from simdesk.experiment.refusals import refuse_run_changes
from simdesk.experiment.scale import Scale, scale_of
from simdesk.experiment.sheet import describe
from simdesk.experiment.targets import Judgement, Verdict, judge, keeps, key_of
from simdesk.scenario.excerpts import nearest, quoted
from simdesk.scenario.loading import alternative, vary
from simdesk.scenario.model import Scenario

if TYPE_CHECKING:
    import pandas as pd

_COARSE: Final = (1 / 16, 1 / 8, 1 / 4, 1 / 2, 1)
"""Parts of the way that are tried first, from today on: desks that cannot keep up take long to simulate, and are only
tried while some target may still be kept. [design]"""

Test = Callable[[Judgement], bool]


class Fate(Enum):
    """What becomes of a target along the way."""

    BREAKS = "breaks"
    """Met today, and missed somewhere on the way."""
    HOLDS = "holds"
    """Met today, and met at every value that was tried."""
    MISSED_TODAY = "missed today"
    """Shown to be missed today already."""
    NOT_KNOWN = "not yet known"
    """Not known whether it is met today."""


@dataclass(frozen=True, slots=True)
class Limit:
    """How far one target holds. Values are amounts of the scale.

    Attributes:
        today: the target at today's value.
        fate: what becomes of it.
        critical: the last value at which its estimate keeps it, before the first at which it does not; NaN if it does
            not today.
        low: the last value at which it is shown kept, before the first at which it is not; NaN if it is not today.
        high: the first value at which it is shown missed; NaN if it is at none that was tried. Between `low` and `high`
            lies the true critical value, with the confidence of the intervals.
        again: values that were tried further on and at which the estimate keeps it again.
    """

    today: Judgement
    fate: Fate
    critical: float
    low: float
    high: float
    again: tuple[float, ...]

    @property
    def name(self) -> str:
        """Of the target."""
        return self.today.name


@dataclass(frozen=True)
class Headroom:
    """How far every target holds.

    Attributes:
        scenario: the desk as it stands.
        path: what was varied.
        scale: the way from today's value to the last that was tried.
        limits: of every target that was asked for.
        points: judgements by target, at every number of steps that was tried, in order.
        overloaded: teams that cannot keep up, at the same numbers of steps.
        replications: of each point; replication r of each met the same luck.
        confidence: of each interval.
    """

    scenario: Scenario
    path: str
    scale: Scale
    limits: tuple[Limit, ...]
    points: Mapping[int, Mapping[str, Judgement]]
    overloaded: Mapping[int, tuple[str, ...]]
    replications: int
    confidence: float

    @property
    def missed_today(self) -> tuple[Limit, ...]:
        """Targets that are shown to be missed already."""
        return tuple(limit for limit in self.limits if limit.fate is Fate.MISSED_TODAY)

    @property
    def not_known(self) -> tuple[Limit, ...]:
        """Targets of which it is not known whether they are met today."""
        return tuple(limit for limit in self.limits if limit.fate is Fate.NOT_KNOWN)

    @property
    def first(self) -> Limit | None:
        """The target that breaks first, by the estimates; None if none is seen to break."""
        breaking = [limit for limit in self.limits if limit.fate is Fate.BREAKS]
        return min(breaking, key=lambda limit: self._far(limit.critical), default=None)

    @property
    def rivals(self) -> tuple[Limit, ...]:
        """Other targets that may be the first to break: their intervals reach into that of the first."""
        first = self.first
        if first is None:
            return ()
        last = math.inf if math.isnan(first.high) else self._far(first.high)
        may = (limit for limit in self.limits if limit.fate in (Fate.BREAKS, Fate.HOLDS) and limit is not first)
        return tuple(limit for limit in may if math.isnan(limit.low) or self._far(limit.low) < last)

    @property
    def full_from(self) -> tuple[float, tuple[str, ...]] | None:
        """The first value that was tried at which some teams cannot keep up, and these; None if there is none."""
        return next(((self.scale.amount(at), teams) for at, teams in self.overloaded.items() if teams), None)

    def _far(self, amount: float) -> float:
        """How far along the way a value lies."""
        return abs(amount - self.scale.start.amount)

    def table(self) -> pd.DataFrame:
        """One row for each target: how far it holds.

        Columns: `path, scale` (what the values are), `target, measure, by, of, fate, today, critical, low, high, up_to,
        step, again, replications`; values are parts of one, seconds, contacts a week, or numbers.
        """
        import pandas as pd

        return pd.DataFrame(
            {
                "path": self.path, "scale": self.scale.unit, "target": limit.name, **limit.today.key._asdict(),
                "fate": limit.fate.value, "today": self.scale.start.amount, "critical": limit.critical,
                "low": limit.low, "high": limit.high, "up_to": self.scale.end.amount, "step": self.scale.step,
                "again": ", ".join(map(self.scale.text, limit.again)), "replications": self.replications,
            }
            for limit in self.limits
        )  # fmt: skip

    def curve(self) -> pd.DataFrame:
        """Every target at every value that was tried.

        Columns: `path, scale, amount, written, target, measure, by, of, unit, value, low, high, verdict,
        overloaded` (names of teams, with commas), `replications, note`. Times are in seconds.
        """
        import pandas as pd

        rows = []
        for at, judged in self.points.items():
            for name, one in judged.items():
                unit, found = describe(one.key)[1], one.estimate
                rows.append(
                    {
                        "path": self.path, "scale": self.scale.unit, "amount": self.scale.amount(at),
                        "written": self.scale.text(self.scale.amount(at)), "target": name, **one.key._asdict(),
                        "unit": "seconds" if unit == "time" else unit, "value": found.value, "low": found.low,
                        "high": found.high, "verdict": one.verdict.name.lower(),
                        "overloaded": ", ".join(self.overloaded[at]), "replications": found.replications,
                        "note": found.note,
                    }
                )  # fmt: skip
        return pd.DataFrame(rows)


def headroom(
    scenario: Scenario,
    path: str = "demand.volume",
    *,
    up_to: Any,
    step: Any = None,
    targets: Sequence[str] | None = None,
    replications: int | None = None,
    confidence: float = CONFIDENCE,
    lab: Lab | None = None,
) -> Headroom:
    """Find how far a value can go before each target breaks.

    Three places are searched by bisection, every value with the same luck: where the estimate of a target last keeps
    it, where it is last shown kept, and where it is first shown missed.

    Args:
        scenario: the desk as it stands.
        path: dotted path of what grows, or shrinks.
        up_to: the last value that is tried, written as in YAML: `300 %`, `4 h`, `30`.
        step: how exactly it is found, written alike; a hundredth of the way unless stated.
        targets: names of targets of the scenario; each of them unless stated.
        replications: of each value; the scenario's own number unless stated.
        confidence: of each interval.
        lab: where it is simulated.

    Raises:
        RunError: there is no such target, the path has no value that can grow, or it changes how is measured.
        ScenarioError: the last value does not fit the scenario.
    """
    names = _names(scenario, targets)
    refuse_run_changes([path], "the headroom")
    scale = scale_of(scenario, path, up_to, step)
    vary(scenario, {path: scale.written(scale.count)})  # a value that does not fit is told before anything runs
    count = scenario.run.replications if replications is None else replications
    with at_work(lab) as here:
        search = _Search(scenario, path, scale, names, count, confidence, here)
        search.coarse()
        while gaps := search.gaps():
            search.visit(gaps)
    points = dict(sorted(search.points.items()))
    limits = tuple(_limit(name, points, scale) for name in names)
    return Headroom(scenario, path, scale, limits, points, dict(sorted(search.overloaded.items())), count, confidence)


def _names(scenario: Scenario, asked: Sequence[str] | None) -> list[str]:
    if not scenario.targets:
        raise RunError("the desk states no targets, so nothing can break; state some under targets")
    names = list(scenario.targets) if asked is None else list(dict.fromkeys(asked))
    for name in names:
        if name not in scenario.targets:
            raise RunError(f"no target named {quoted(name)}{nearest(name, list(scenario.targets))}")
    if not names:
        raise RunError("there is nothing to look for: state at least one target")
    return names


def met(one: Judgement) -> bool:
    """Whether the estimate keeps the target; what has no value does not."""
    return keeps(one.target, one.bound, one.estimate.value)


def _shown_kept(one: Judgement) -> bool:
    return one.verdict is Verdict.MET


def _not_shown_missed(one: Judgement) -> bool:
    return one.verdict is not Verdict.MISSED


_TESTS: Final[tuple[Test, ...]] = (met, _shown_kept, _not_shown_missed)


class _Search:
    """The values that were tried, and those that would tell more."""

    def __init__(
        self, scenario: Scenario, path: str, scale: Scale, names: list[str], count: int, confidence: float, lab: Lab
    ) -> None:
        self.scenario, self.path, self.scale, self.names = scenario, path, scale, names
        self.count, self.confidence, self.lab = count, confidence, lab
        self.wanted = {key_of(scenario.targets[name]) for name in names}
        self.points: dict[int, dict[str, Judgement]] = {}
        self.overloaded: dict[int, tuple[str, ...]] = {}

    def visit(self, numbers: Iterable[int]) -> None:
        """Simulate the desk at some numbers of steps; at none it is the desk as it stands."""
        fresh = sorted(set(numbers) - self.points.keys())
        varied = [
            alternative(self.scenario, {self.path: self.scale.written(at)}) if at else self.scenario for at in fresh
        ]
        if not fresh:
            return
        for at, runs in zip(fresh, self.lab.many(varied, self.count, wanted=self.wanted), strict=True):
            judged = {one.name: one for one in judge(runs, self.confidence)}
            self.points[at] = {name: judged[name] for name in self.names}
            self.overloaded[at] = overloaded(runs.scenario)

    def coarse(self) -> None:
        """From today on in growing steps, until there is no more to find further on."""
        self.visit([0])
        for part in _COARSE:
            if all(_over(self.points[max(self.points)][name], self.points[0][name]) for name in self.names):
                return
            self.visit([max(1, round(part * self.scale.count))])

    def gaps(self) -> set[int]:
        """Values in the middle of where something changes."""
        found = set()
        for name in self.names:
            for test in _TESTS:
                last, first = _edge(self.points, name, test)
                if last is not None and first is not None and first - last > 1:
                    found.add((last + first) // 2)
        return found


def _over(one: Judgement, today: Judgement) -> bool:
    """Whether a target is shown missed, or will never be shown anything."""
    unknown = math.isnan(one.estimate.low) and not met(one)
    return one.verdict is Verdict.MISSED or unknown or math.isnan(today.estimate.value)


def _edge(points: Mapping[int, Mapping[str, Judgement]], name: str, test: Test) -> tuple[int | None, int | None]:
    """The last number of steps that passes a test before the first that does not, and that first one."""
    last = None
    for at in sorted(points):
        if not test(points[at][name]):
            return last, at
        last = at
    return last, None


def _limit(name: str, points: Mapping[int, Mapping[str, Judgement]], scale: Scale) -> Limit:
    today = points[0][name]
    critical, breaks = _edge(points, name, met)
    shown, _ = _edge(points, name, _shown_kept)
    _, missed = _edge(points, name, _not_shown_missed)
    again = tuple(scale.amount(at) for at in points if breaks is not None and at > breaks and met(points[at][name]))
    if today.verdict is Verdict.MISSED:
        fate = Fate.MISSED_TODAY
    elif critical is None or (shown is None and not math.isnan(today.estimate.low)):
        fate = Fate.NOT_KNOWN
    else:
        fate = Fate.HOLDS if breaks is None else Fate.BREAKS

    def amount(at: int | None) -> float:
        return math.nan if at is None else scale.amount(at)

    return Limit(today, fate, amount(critical), amount(shown), amount(missed), again)
