"""On what terms people work, the shifts of a day, and how many people that takes at the very least.

Knows no scenario and assigns nobody.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from simdesk.durations import DAY, HOUR
from simdesk.errors import RunError
from simdesk.experiment.staffing.requirements import clock

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Duty:
    """The hours of one day that one person works.

    Attributes:
        name: for people.
        start: seconds after midnight, before 24:00.
        end: seconds after the same midnight; beyond 24:00 is the next day.
        paid: paid seconds.
    """

    name: str
    start: int
    end: int
    paid: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < DAY or not self.start < self.end <= self.start + DAY:
            raise RunError(f"a shift begins on its day and lasts up to 24 h; this does not: {self!r}")
        if not 0 < self.paid <= self.end - self.start:
            raise RunError(f"the paid time of a shift lies between 0 and its length; this does not: {self!r}")

    @classmethod
    def of(cls, start: int, end: int, paid: int) -> Duty:
        """A duty that is named by its hours."""
        until = end if end <= DAY else end - DAY
        unpaid = (end - start - paid) // 60
        pause = f" with {unpaid} min unpaid" if unpaid else ""
        return cls(f"{clock(start)}-{clock(until)}{pause}", start, end, paid)

    def too_soon(self, later: Duty, days: int, rest: int) -> bool:
        """Whether another duty, so many days later, begins before the rest is over."""
        return later.start + days * DAY - self.end < rest


@dataclass(frozen=True, slots=True)
class Contract:
    """Terms on which some people work.

    Attributes:
        name: for people, such as `full time`.
        hours: paid hours a week.
        people: how many there can be at most.
        days: working days a week at most.
    """

    name: str
    hours: float
    people: int
    days: int = 5

    def __post_init__(self) -> None:
        if self.hours <= 0 or self.people < 0 or not 1 <= self.days <= 7:
            raise RunError(f"a contract has hours above 0, people from 0 and 1 to 7 days; this has not: {self!r}")


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds for everybody.

    Attributes:
        rest: seconds between the end of a duty and the start of the next.
        days_off: in every calendar week.
        tolerance: part of the contract's hours that may be missing over all weeks.
    """

    rest: int
    days_off: int
    tolerance: float

    def __post_init__(self) -> None:
        if self.rest < 0 or not 0 <= self.days_off <= 6 or not 0 <= self.tolerance <= 1:
            raise RunError(f"rest from 0, 0 to 6 days off, a tolerance from 0 to 1; not {self!r}")

    def days(self, contract: Contract) -> int:
        """Working days that a person can have in a week."""
        return min(contract.days, 7 - self.days_off)


def most_hours(duties: Sequence[Duty], contract: Contract, rules: Rules) -> float:
    """The most paid hours that whole shifts can make up in a week without exceeding the contract."""
    limit = round(contract.hours * HOUR)
    reached = {0}
    for _ in range(rules.days(contract)):
        reached |= {sum_ + duty.paid for sum_, duty in product(reached, duties) if sum_ + duty.paid <= limit}
    return max(reached) / HOUR


def most_shifts(shortest: int, contract: Contract, rules: Rules) -> int:
    """Shifts a week, none shorter than so many seconds, that one person can work."""
    return min(rules.days(contract), int(contract.hours * HOUR + 1e-6) // shortest)


def head_counts(
    needed: Ints, duties: Sequence[Duty], contracts: Sequence[Contract], rules: Rules, *, at_least: int = 0
) -> tuple[int, ...] | None:
    """The fewest people of each contract without whom the shifts cannot be filled, by counting alone.

    Counted are the shifts and hours of each week, and the people needed on a day or on two that nobody can both work.
    No roster has fewer people; one with as many need not exist.

    Args:
        needed: people on each duty and day; shape (duties, days).
        duties: of the rows.
        contracts: who can be employed.
        rules: for all.
        at_least: people in all, if fewer are known not to do.

    Returns:
        People of each contract, None if all there can be are too few.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp

    weeks, kinds, shifts = needed.shape[1] // 7, len(contracts), len(duties)
    weekly = needed.reshape(shifts, weeks, 7).sum(axis=2)
    busiest = [weekly[:, week] for week in range(weeks)]
    size = kinds + kinds * shifts * weeks
    rows: list[tuple[Floats, float, float]] = []

    def taken(kind: int, duty: int, week: int) -> int:
        return kinds + (week * kinds + kind) * shifts + duty

    for week, demand in enumerate(busiest):
        for duty in range(shifts):
            row = np.zeros(size)
            row[[taken(kind, duty, week) for kind in range(kinds)]] = 1.0
            rows.append((row, float(demand[duty]), np.inf))
        for kind, contract in enumerate(contracts):
            for weight, capacity in _limits(duties, contract, rules):
                row = np.zeros(size)
                row[[taken(kind, duty, week) for duty in range(shifts)]] = weight
                row[kind] = -capacity
                rows.append((row, -np.inf, 0.0))
    everybody = np.concatenate((np.ones(kinds), np.zeros(size - kinds)))
    rows.append((everybody, float(max(at_least, _at_once(needed, duties, rules))), np.inf))
    matrix, low, high = (np.array(part) for part in zip(*rows, strict=True))
    upper = np.concatenate(([contract.people for contract in contracts], np.full(size - kinds, np.inf)))
    found = milp(
        everybody, integrality=np.ones(size), bounds=Bounds(0.0, upper),
        constraints=LinearConstraint(matrix, low, high), options={"time_limit": 10.0},
    )  # fmt: skip
    if found.x is None:
        return None
    return tuple(int(count) for count in np.rint(found.x[:kinds]))


def _limits(duties: Sequence[Duty], contract: Contract, rules: Rules) -> Iterator[tuple[Floats, float]]:
    """Weights of the duties, and how much of their sum one person can bear in a week."""
    paid = np.array([duty.paid for duty in duties], np.float64)
    yield paid / HOUR, contract.hours
    for shortest in sorted({duty.paid for duty in duties}):
        yield (paid >= shortest).astype(np.float64), float(most_shifts(shortest, contract, rules))


def _at_once(needed: Ints, duties: Sequence[Duty], rules: Rules) -> int:
    """People who are needed on one day, or on a late duty and the early ones of the next day."""
    most = int(needed.sum(axis=0).max(initial=0))
    for today in range(needed.shape[1] - 1):
        for limit in {duty.end for duty in duties}:
            late = [at for at, duty in enumerate(duties) if duty.end >= limit]
            early = [
                at for at, duty in enumerate(duties) if all(duties[one].too_soon(duty, 1, rules.rest) for one in late)
            ]
            most = max(most, int(needed[late, today].sum() + needed[early, today + 1].sum()))
    return most
