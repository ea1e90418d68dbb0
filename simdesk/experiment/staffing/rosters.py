"""From people needed on each shift of each day to named people, with the rules of their contracts.

The search is for the fewest people first, then for weekends that are shared fairly; each by an integer programme. Knows
no scenario.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from simdesk.durations import HOUR
from simdesk.errors import RunError
from simdesk.experiment.staffing.assignment import OFF, Assignment, Found
from simdesk.experiment.staffing.contracts import Contract, Duty, Rules, head_counts, most_hours
from simdesk.experiment.staffing.requirements import WEEKDAYS
from simdesk.experiment.staffing.shifts import ShiftPlan

if TYPE_CHECKING:
    import pandas as pd

Ints = NDArray[np.int64]

_ANY_NUMBER: Final = 10_000
"""People whom no contract forbids, to ask how many it would take."""


@dataclass(frozen=True, slots=True)
class Unmet:
    """A requirement that could not be met.

    Attributes:
        what: the shift and day, or the person whose hours they are.
        missing: how many.
        unit: `people` or `hours`.
    """

    what: str
    missing: float
    unit: str


@dataclass(frozen=True, slots=True)
class Roster:
    """Who works which shift on which day.

    Attributes:
        duties: the shifts.
        needed: people needed; shape (duties, days).
        contracts: contract of each person.
        works: number of the duty of each person on each day, −1 for a day off; shape (people, days).
        rules: rest and days off that everybody has.
        least: fewer people than this cannot do it, as was proved.
        gap: (people − least) / people; 0 if no complete roster can be smaller, or if this one is not complete.
        unmet: requirements that could not be met; none if the roster is complete.
    """

    duties: tuple[Duty, ...]
    needed: Ints
    contracts: tuple[Contract, ...]
    works: Ints
    rules: Rules
    least: int
    gap: float
    unmet: tuple[Unmet, ...] = ()

    @property
    def people(self) -> int:
        """Everybody who works."""
        return len(self.contracts)

    @property
    def weeks(self) -> int:
        """Length in weeks."""
        return len(self.needed[0]) // 7

    @property
    def names(self) -> list[str]:
        """A name for each person: the contract and a number."""
        counted: dict[str, int] = {}
        result = []
        for contract in self.contracts:
            counted[contract.name] = counted.get(contract.name, 0) + 1
            result.append(f"{contract.name} {counted[contract.name]}")
        return result

    @property
    def present(self) -> Ints:
        """People on each shift of each day; shape as `needed`."""
        return np.array([(self.works == number).sum(axis=0) for number in range(len(self.duties))], np.int64)

    @property
    def hours(self) -> NDArray[np.float64]:
        """Paid hours of each person in each week; shape (people, weeks)."""
        paid = np.array([*(duty.paid for duty in self.duties), 0])[self.works] / HOUR
        result: NDArray[np.float64] = paid.reshape(self.people, self.weeks, 7).sum(axis=2)
        return result

    @property
    def weekends(self) -> Ints:
        """Weekends, Saturday or Sunday or both, on which each person works; shape (people,)."""
        worked = self.works.reshape(self.people, self.weeks, 7)[:, :, 5:] != OFF
        result: Ints = worked.any(axis=2).sum(axis=1)
        return result

    @property
    def spread(self) -> int:
        """Most weekends that anybody works less the fewest."""
        return int(np.ptp(self.weekends)) if self.people else 0

    def table(self) -> pd.DataFrame:
        """One row for each person and day: columns `person, contract, week, day, duty, paid_hours`; `duty` is empty
        on a day off."""
        import pandas as pd

        rows = []
        for person, name in enumerate(self.names):
            for day, number in enumerate(self.works[person].tolist()):
                duty = self.duties[number] if number != OFF else None
                rows.append(
                    {
                        "person": name, "contract": self.contracts[person].name, "week": day // 7 + 1,
                        "day": WEEKDAYS[day % 7], "duty": duty.name if duty else "",
                        "paid_hours": duty.paid / HOUR if duty else 0.0,
                    }
                )  # fmt: skip
        return pd.DataFrame(rows, columns=["person", "contract", "week", "day", "duty", "paid_hours"])


def duties_of(plan: ShiftPlan) -> dict[Duty, tuple[int, ...]]:
    """People on each shift and weekday of a plan; forms that differ only in when their break is are one shift."""
    found: dict[tuple[int, int, int], list[int]] = {}
    for pattern, count in plan.forms:
        week = found.setdefault((pattern.start, pattern.start + pattern.length, pattern.paid), [0] * 7)
        for day in pattern.days:
            week[day] += count
    return {Duty.of(*hours): tuple(week) for hours, week in sorted(found.items())}


def roster(
    needed: ShiftPlan | Mapping[Duty, Sequence[int]],
    contracts: Sequence[Contract],
    *,
    weeks: int = 4,
    rest: int = 11 * HOUR,
    days_off: int = 2,
    tolerance: float = 0.2,
    time_limit: float = 30.0,
) -> Roster:
    """Assign the shifts of some weeks to the fewest people, with weekends shared as fairly as possible.

    Each person works at most one shift a day, has the days off and the rest, does not exceed the hours and the days of
    the contract in any calendar week, and over all weeks falls short of the hours by no more than the tolerance. More
    people than needed may be on a shift. What people did before the first day is not known.

    Args:
        needed: a plan, or people needed on each shift: for 7 weekdays, or for every day of all weeks.
        contracts: on what terms people work, and how many there can be.
        weeks: how many, each from Monday.
        rest: seconds between the end of a shift and the next start.
        days_off: in every calendar week.
        tolerance: part of the contract's hours that may be missing over all weeks.
        time_limit: seconds after which the best roster so far is taken.

    Raises:
        RunError: the demand has another length, there is nobody to be assigned, or nothing was found in time.
    """
    demand = duties_of(needed) if isinstance(needed, ShiftPlan) else dict(needed)
    duties, table, rules = tuple(demand), _table(demand, weeks), Rules(rest, days_off, tolerance)
    _refuse_what_cannot_be_worked(duties, contracts, rules)
    return _Search(table, duties, contracts, rules, time.monotonic() + time_limit).run()


def _table(demand: Mapping[Duty, Sequence[int]], weeks: int) -> Ints:
    """People needed on each duty and day of all weeks."""
    if weeks < 1 or not demand:
        raise RunError("a roster needs at least one week and one shift")
    rows = []
    for duty, people in demand.items():
        if len(people) not in (7, 7 * weeks) or min(people) < 0:
            raise RunError(f"{duty.name}: state people from 0 for 7 weekdays or for all {7 * weeks} days")
        rows.append(np.resize(np.asarray(people, np.int64), 7 * weeks))
    return np.array(rows)


def _refuse_what_cannot_be_worked(duties: Sequence[Duty], contracts: Sequence[Contract], rules: Rules) -> None:
    if not any(contract.people for contract in contracts):
        raise RunError("there is nobody to be assigned; state a contract with at least one person")
    for contract in contracts:
        most, least = most_hours(duties, contract, rules), (1 - rules.tolerance) * contract.hours
        if most < least - 1e-9:
            raise RunError(
                f"whole shifts make up at most {most:g} of the {contract.hours:g} hours of '{contract.name}' in a "
                f"week, and {least:g} are to be met; offer other shifts, or raise the tolerance"
            )


@dataclass(slots=True)
class _Search:
    """From the fewest people that counting allows upwards, until a roster is found."""

    needed: Ints
    duties: tuple[Duty, ...]
    contracts: Sequence[Contract]
    rules: Rules
    until: float
    least: int = 0

    @property
    def left(self) -> float:
        """Seconds for the next step: half of what there is, for there may be another."""
        return max((self.until - time.monotonic()) / 2, 0.0)

    def run(self) -> Roster:
        """The roster of the fewest people, or the one that comes nearest with all there can be."""
        at_least = 0
        self.least = sum(self._counts(0) or self._counts(0, others=_ANY_NUMBER) or ())
        while (counts := self._counts(at_least)) is not None:
            people = self._people(counts)
            found, works = self._with(people)
            if works is not None:
                return self._told(people, works)
            if self.left <= 0:
                break
            at_least = len(people) + 1
            if found is Found.NONE_EXISTS and len(self.contracts) == 1:
                self.least = at_least  # with several contracts, as many people of other kinds might do
        return self._nearest()

    def _counts(self, at_least: int, others: int = 0) -> tuple[int, ...] | None:
        """The fewest people by counting, with so many more to choose from."""
        contracts = [replace(contract, people=contract.people + others) for contract in self.contracts]
        return head_counts(self.needed, self.duties, contracts, self.rules, at_least=at_least)

    def _people(self, counts: Sequence[int]) -> tuple[Contract, ...]:
        pairs = zip(self.contracts, counts, strict=True)
        return tuple(contract for contract, count in pairs for _ in range(count))

    def _with(self, people: tuple[Contract, ...]) -> tuple[Found, Ints | None]:
        """A roster of these people, fair if there is one."""
        programme = Assignment(self.needed, self.duties, people, self.rules)
        found, works = programme.fair(self.left)
        return (found, works) if works is not None else programme.fairest(self.left)

    def _nearest(self) -> Roster:
        """What can be done with everybody, and what remains undone."""
        people = self._people([contract.people for contract in self.contracts])
        works = Assignment(self.needed, self.duties, people, self.rules).nearest(max(self.left, 5.0))
        if works is None:
            raise RunError("no roster was found in this time; allow more time, fewer weeks or fewer people")
        return self._told(people, works)

    def _told(self, people: tuple[Contract, ...], works: Ints) -> Roster:
        made = Roster(self.duties, self.needed, people, works, self.rules, 0, 0.0)
        unmet = tuple(_unmet(made))
        gap = 0.0 if unmet or not people else max(0.0, (len(people) - self.least) / len(people))
        return replace(made, least=self.least, gap=gap, unmet=unmet)


def _unmet(made: Roster) -> Iterator[Unmet]:
    """Shifts that too few people work, and contracts whose hours are not met."""
    for number, day in zip(*np.nonzero(made.needed > made.present), strict=True):
        missing = int(made.needed[number, day] - made.present[number, day])
        yield Unmet(f"{made.duties[number].name} on {WEEKDAYS[day % 7]} of week {day // 7 + 1}", missing, "people")
    worked = made.hours.sum(axis=1)
    for person, contract in enumerate(made.contracts):
        short = (1 - made.rules.tolerance) * contract.hours * made.weeks - worked[person]
        if short > 1e-6:
            yield Unmet(f"hours of {made.names[person]}", float(short), "hours")
