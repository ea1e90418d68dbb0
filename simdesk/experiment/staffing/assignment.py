"""Who works what on which day, as an integer programme for people whose number is known. Knows no scenario."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simdesk.durations import HOUR
from simdesk.experiment.staffing.contracts import Contract, Duty, Rules

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

OFF: Final = -1
"""Stands where somebody has the day off."""
_MISSING_PERSON: Final = 1000.0
"""Price of a shift that nobody works, against that of an hour missing from a contract."""
_FAIR: Final = 1
"""Most weekends of anybody less the fewest, in a fair roster: a whole number of them cannot always be divided."""


class Found(Enum):
    """What became of a search."""

    ROSTER = "found"
    NONE_EXISTS = "proved impossible"
    NOT_KNOWN = "out of time"


@dataclass(frozen=True, slots=True)
class Assignment:
    """The rules of a roster as rows of a programme.

    Attributes:
        needed: people on each duty and day; shape (duties, days).
        duties: of the rows.
        people: contract of each person.
        rules: for all.
    """

    needed: Ints
    duties: Sequence[Duty]
    people: Sequence[Contract]
    rules: Rules

    def fair(self, time_limit: float) -> tuple[Found, Ints | None]:
        """A roster in which nobody works two weekends more than another."""
        problem = self._problem()
        self._weekends(problem, most=_FAIR)
        return self._search(problem, time_limit)

    def fairest(self, time_limit: float) -> tuple[Found, Ints | None]:
        """The roster with the smallest difference in weekends that is found in time."""
        problem = self._problem()
        self._weekends(problem, most=None)
        return self._search(problem, time_limit)

    def nearest(self, time_limit: float) -> Ints | None:
        """A roster that keeps every rule of rest and leaves the fewest shifts empty, then the fewest hours short."""
        problem = self._problem(slack=True)
        return self._search(problem, time_limit)[1]

    def _problem(self, *, slack: bool = False) -> _Problem:
        """Everything but weekends; with slack, demand and the least hours can be missed at a price."""
        people, (shifts, days) = len(self.people), self.needed.shape
        problem = _Problem()
        problem.variables(people * days * shifts, upper=1.0)
        for duty, day in np.ndindex(shifts, days):
            everybody = [self._place(person, day, duty) for person in range(people)]
            short = self._missing(problem) if slack else []
            problem.row([*everybody, *short], low=float(self.needed[duty, day]))
        for person, contract in enumerate(self.people):
            self._one_person(problem, person, contract, slack=slack)
        return problem

    def _missing(self, problem: _Problem) -> list[int]:
        """People who may be missing; the second on the same shift is a little dearer, so that gaps are spread."""
        first = problem.variables(1, upper=1.0, price=_MISSING_PERSON)
        return [first, problem.variables(1, price=_MISSING_PERSON + 1.0)]

    def _one_person(self, problem: _Problem, person: int, contract: Contract, *, slack: bool) -> None:
        shifts, days = self.needed.shape
        hours = [duty.paid / HOUR for duty in self.duties]
        for day in range(days):
            problem.row([self._place(person, day, duty) for duty in range(shifts)], high=1.0)
        for week in range(days // 7):
            places = [self._place(person, day, duty) for day in range(7 * week, 7 * week + 7) for duty in range(shifts)]
            problem.row(places, high=float(self.rules.days(contract)))
            problem.row(places, hours * 7, high=contract.hours)
        places = [self._place(person, day, duty) for day in range(days) for duty in range(shifts)]
        short = [problem.variables(1, price=1.0, whole=False)] if slack else []
        least = (1 - self.rules.tolerance) * contract.hours * days / 7
        problem.row([*places, *short], [*hours * days, *[1.0] * len(short)], low=least)
        for day, gap, duty, later in self._too_soon():
            after = [self._place(person, day + gap, other) for other in later]
            problem.row([self._place(person, day, duty), *after], high=1.0)

    def _too_soon(self) -> Iterator[tuple[int, int, int, list[int]]]:
        """Day, days later, duty, and the duties that would begin before the rest after it is over."""
        for gap in (1, 2):
            for number, duty in enumerate(self.duties):
                later = [at for at, other in enumerate(self.duties) if duty.too_soon(other, gap, self.rules.rest)]
                if later:
                    yield from ((day, gap, number, later) for day in range(self.needed.shape[1] - gap))

    def _weekends(self, problem: _Problem, most: int | None) -> None:
        """Count weekends, and bound the difference or let it have a price."""
        shifts, days = self.needed.shape
        fewest = problem.variables(1, upper=days / 7, price=-1.0)
        largest = problem.variables(1, upper=days / 7, price=1.0)
        if most is not None:
            problem.row([largest, fewest], [1.0, -1.0], high=float(most))
        for person in range(len(self.people)):
            flags = [problem.variables(1, upper=1.0) for _ in range(days // 7)]
            for week, flag in enumerate(flags):
                parts = [[self._place(person, 7 * week + day, duty) for duty in range(shifts)] for day in (5, 6)]
                for part in parts:
                    problem.row([*part, flag], [*[1.0] * shifts, -1.0], high=0.0)
                problem.row([*parts[0], *parts[1], flag], [*[1.0] * 2 * shifts, -1.0], low=0.0)
            problem.row([*flags, largest], [*[1.0] * len(flags), -1.0], high=0.0)
            problem.row([*flags, fewest], [*[1.0] * len(flags), -1.0], low=0.0)

    def _place(self, person: int, day: int, duty: int) -> int:
        return (person * len(self.needed[0]) + day) * len(self.duties) + duty

    def _search(self, problem: _Problem, time_limit: float) -> tuple[Found, Ints | None]:
        found, values = problem.solve(time_limit)
        if values is None:
            return found, None
        shifts, days = self.needed.shape
        chosen = values[: len(self.people) * days * shifts].reshape(len(self.people), days, shifts) > 0.5
        return Found.ROSTER, np.where(chosen.any(axis=2), chosen.argmax(axis=2), OFF).astype(np.int64)


class _Problem:
    """Rows of a programme while they are written down."""

    def __init__(self) -> None:
        self._upper: list[float] = []
        self._price: list[float] = []
        self._whole: list[bool] = []
        self._entries: list[tuple[Sequence[int], Sequence[float]]] = []
        self._low: list[float] = []
        self._high: list[float] = []

    def variables(self, number: int, *, upper: float = np.inf, price: float = 0.0, whole: bool = True) -> int:
        """Add variables from 0 on; the index of the first."""
        first = len(self._upper)
        self._upper += [upper] * number
        self._price += [price] * number
        self._whole += [whole] * number
        return first

    def row(
        self,
        places: Sequence[int],
        weights: Sequence[float] | None = None,
        *,
        low: float = -np.inf,
        high: float = np.inf,
    ) -> None:
        """Add low ≤ weights · variables ≤ high; weights are one unless stated."""
        self._entries.append((places, weights or [1.0] * len(places)))
        self._low.append(low)
        self._high.append(high)

    def solve(self, time_limit: float) -> tuple[Found, Floats | None]:
        """Values of the variables, or why there are none."""
        from scipy.optimize import Bounds, LinearConstraint, milp
        from scipy.sparse import csr_array

        lengths = [len(places) for places, _ in self._entries]
        columns = np.concatenate([np.asarray(places, np.int64) for places, _ in self._entries])
        weights = np.concatenate([np.asarray(some, np.float64) for _, some in self._entries])
        matrix = csr_array(
            (weights, columns, np.concatenate(([0], np.cumsum(lengths)))), shape=(len(lengths), len(self._upper))
        )
        found = milp(
            np.array(self._price), integrality=np.array(self._whole, np.int64), bounds=Bounds(0.0, self._upper),
            constraints=LinearConstraint(matrix, self._low, self._high), options={"time_limit": max(time_limit, 0.1)},
        )  # fmt: skip
        if found.x is not None:
            return Found.ROSTER, np.asarray(found.x, np.float64)
        return (Found.NONE_EXISTS if found.status == 2 else Found.NOT_KNOWN), None
