"""What two popular calculations would have said of a change, beside what was simulated, and why they differ."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from simdesk.experiment.estimate import Estimate
from simdesk.experiment.load import TeamLoad
from simdesk.experiment.naive import Naive
from simdesk.report.nearest import Nearest, nearest_form
from simdesk.report.subject import Subject
from simdesk.report.tables import Cell, Column, Table
from simdesk.report.words import about, interval, value

_CLOSE: Final = 0.10
"""A formula that comes this close to the simulated wait agrees with it, whatever the intervals say."""
_HARDLY: Final = 0.005
"""Relative change that a sentence calls none."""
_NO_NEED: Final = "should agree"


@dataclass(frozen=True, slots=True)
class RulesOfThumb:
    """A team's wait by three ways of reckoning.

    Attributes:
        naive: the ratio calculation, and what was simulated.
        forms: the nearest closed form before and after the change; None where none applies.
    """

    naive: Naive
    forms: tuple[Nearest | None, Nearest | None]

    @classmethod
    def of(cls, naive: Naive) -> RulesOfThumb:
        """Feed the formula on both sides."""
        before, after = (
            nearest_form(Subject(runs, loads), naive.team) for runs, loads in zip(naive.runs, naive.loads, strict=True)
        )
        return cls(naive, (before, after))

    @property
    def form_change(self) -> float:
        """Relative change of the wait by the formula; NaN if it does not apply on both sides."""
        before, after = self.forms
        return after.wait / before.wait - 1 if before and after and before.wait else math.nan

    @property
    def agrees(self) -> str:
        """How closely the formula gives the simulated wait on both sides, in words; nothing if it does not."""
        pairs = [(form.wait, wait) for form, wait in zip(self.forms, self.naive.waits, strict=True) if form is not None]
        if len(pairs) < len(self.forms):
            return ""
        if all(abs(formula - wait.value) <= _CLOSE * wait.value for formula, wait in pairs):
            return f"to within {100 * _CLOSE:.0f} %"
        return "within the intervals" if all(wait.low <= formula <= wait.high for formula, wait in pairs) else ""

    def table(self) -> Table:
        """Each reckoning of the team's mean wait: before, after and the change."""
        naive = self.naive
        columns = (
            Column("who", "Reckoned by"), Column("given", "From"), Column("before", "Mean wait without it", "time"),
            Column("after", "Mean wait with it", "time"), Column("change", "Change of the wait"),
        )  # fmt: skip
        change = naive.change
        ends = "" if math.isnan(change.low) else f"\n{_per_cent(change.low)} to {_per_cent(change.high)}"
        sides = naive.before.load.ratio, naive.after.load.ratio
        asked = ", then ".join(
            value(ratio, "share") if math.isfinite(ratio) else "with nobody there" for ratio in sides
        )
        spare = ", then ".join(about(max(1 - ratio, 0.0)) for ratio in sides)
        each = [f"{side.work_each:.1f}" for side in (naive.before, naive.after)]
        rows: list[tuple[Cell, ...]] = [
            ("simulation", f"asked for {asked} of what {naive.team} can do; to spare {spare}", *naive.waits,
             f"{_per_cent(change.value)}{ends}"),
            ("work for each person", f"{each[0]}, then {each[1]} hours a week", math.nan, math.nan,
             _per_cent(naive.ratio_change)),
        ]  # fmt: skip
        if any(self.forms):
            waits = [math.nan if form is None else form.wait for form in self.forms]
            given = [
                f"{form.agents} there, busy for {about(form.occupancy)}" if form else "does not apply"
                for form in self.forms
            ]
            rows.append((self._name, ", then ".join(given), *waits, _per_cent(self.form_change)))
        return Table(columns, tuple(rows))

    def sentences(self) -> Iterator[str]:
        """What the ratio says, what the formula says, and why they differ from the simulation."""
        yield self._ratio()
        yield self._formula()

    def _ratio(self) -> str:
        naive = self.naive
        team, says = naive.team, naive.ratio_change
        if math.isnan(says):
            return f"A ratio says nothing: {team} has nobody, or no work, on one of the two sides."
        work = (
            f"work for each person of {team} goes from {naive.before.work_each:.1f} to {naive.after.work_each:.1f} "
            "hours a week"
        )
        if abs(says) < _HARDLY:
            work = f"work for each person of {team} stays at {naive.before.work_each:.1f} hours a week"
        told = f"A ratio would say: {work}, so the wait in its queue should {_change(says)}."
        change, sure = naive.change, f"{100 * naive.confidence:g} %"
        if math.isnan(change.value):
            return f"{told} Simulated, nobody waits there without the change, so there is nothing to fall or rise."
        simulated = f"Simulated, the mean wait there {_changes(change.value)}"
        if math.isnan(change.low):
            return f"{told} {simulated}; too few runs for an interval.{self._overloaded()}"
        ends = f" ({sure} interval {_span(change.low, change.high)})"
        if change.low <= says <= change.high:
            return f"{told} {simulated}{ends}, which does not refute the ratio."
        return f"{told} {simulated}{ends}. {self._spare()}"

    def _spare(self) -> str:
        """Why a wait does not follow the work."""
        if overloaded := self._overloaded():
            return overloaded.lstrip()
        before, after = (side.load.ratio for side in (self.naive.before, self.naive.after))
        if math.isclose(before, after, rel_tol=_HARDLY):
            return "Waits depend on more than the work: on when it comes, how it varies and who is there."
        return (
            f"Waits do not follow the work but the time to spare, which goes from {about(1 - before)} to "
            f"{about(1 - after)} of what {self.naive.team} can do."
        )

    def _overloaded(self) -> str:
        """That on one of the sides no wait is the wait, if so."""
        for side, when in ((self.naive.before, "Without"), (self.naive.after, "With")):
            if side.load.ratio >= 1:
                return (
                    f" {when} the change {self.naive.team} is asked for more than it can do, and then a queue grows "
                    "for as long as the run is."
                )
        return ""

    def _formula(self) -> str:
        before, after = self.forms
        if before is None or after is None:
            return f"No Erlang calculation of {self.naive.team} can be made{self._why_none()}."
        formula = [value(form.wait, "time") for form in (before, after)]
        simulated = [_level(wait) for wait in self.naive.waits]
        says = (
            f"An Erlang calculation ({self._name}) gives {formula[0]} before and {formula[1]} after the change, "
            f"{_so(self.form_change)}; simulated, it is {simulated[0]} and {simulated[1]}"
        )
        return f"{says}: {self._verdict(after.why if _NO_NEED in before.why else before.why)}"

    def _verdict(self, why: str) -> str:
        told = why[0].lower() + why[1:]
        if self.agrees:
            should = ", as they should, because the desk is nearly what the formula assumes."
            return f"they agree {self.agrees}{should if _NO_NEED in why else f', although {told}'}"
        if _NO_NEED in why:
            return (
                "they do not agree, although the desk is nearly what the formula assumes; too short a warm-up or too "
                "few runs can do that."
            )
        return f"they do not agree. {why}"

    def _why_none(self) -> str:
        """Why the formula does not apply on one of the sides."""
        team = self.naive.team
        for load, when in ((self.naive.before.load, "without"), (self.naive.after.load, "with")):
            if len(load.group) > 1:
                return f": it shares queues with {_others(load)}"
            if load.ratio >= 1:
                return f": {when} the change it is asked for more than it can do, and for that there is no mean wait"
        return f": too few tickets reach {team}"

    @property
    def _name(self) -> str:
        names = list(dict.fromkeys(form.name for form in self.forms if form is not None))
        return " and ".join(names)


def _others(load: TeamLoad) -> str:
    return " and ".join(name for name in load.group if name != load.team)


def _level(wait: Estimate) -> str:
    ends = "" if math.isnan(wait.low) else f" ({interval(wait, 'time')})"
    return f"{value(wait.value, 'time')}{ends}"


def _per_cent(change: float) -> str:
    """A relative change with its sign."""
    if math.isnan(change):
        return "–"
    shown = f"{100 * abs(change):.0f} %"
    return shown if shown == "0 %" else f"{'−' if change < 0 else '+'}{shown}"


def _span(low: float, high: float) -> str:
    """Both ends of a relative change; without signs if both have the same, the smaller first."""
    if low * high <= 0:
        return f"{_per_cent(low)} to {_per_cent(high)}"
    nearer, farther = sorted((abs(low), abs(high)))
    return f"{100 * nearer:.0f} to {100 * farther:.0f} %"


def _change(change: float) -> str:
    if abs(change) < _HARDLY:
        return "stay as it is"
    return f"{'fall' if change < 0 else 'rise'} by {100 * abs(change):.0f} %"


def _changes(change: float) -> str:
    if abs(change) < _HARDLY:
        return "stays as it is"
    return f"{'falls' if change < 0 else 'rises'} by {100 * abs(change):.0f} %"


def _so(change: float) -> str:
    if math.isnan(change) or abs(change) < _HARDLY:
        return "no change to speak of"
    return f"a {'fall' if change < 0 else 'rise'} by {100 * abs(change):.0f} %"
