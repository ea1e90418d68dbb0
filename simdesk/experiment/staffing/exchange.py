"""From a first guess to the cheapest plan that looks good: climb until the targets are kept, exchange people while it
gets cheaper, then rule out every cheaper plan.

All plans meet the same luck. What is found here is a proposal; whether it is good is for fresh luck to say.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Final

import numpy as np

from simdesk.experiment.staffing.plans import Book, Visit
from simdesk.experiment.staffing.start import Cut, Plan

_SWAPS: Final = ((1, 0), (1, 1), (1, 2), (2, 1))
"""People taken from one team and given to another."""
_AT_ONCE: Final = 8
"""Plans simulated together; they share the tickets of each replication."""
_MOST_CLIMBS: Final = 40
_MOST_CANDIDATES: Final = 200
"""Cheaper plans that are looked at one by one; of more, not every one is ruled out."""
_MOST_STEPS: Final = 50_000
_FEW_TEAMS: Final = 4
"""Up to so many teams every exchange is simulated; with more, only those that may succeed by what is known."""
_CONCAVE: Final = 0.5
"""A share of promises kept grows ever more slowly with people from about here on, so that slopes bound it."""


class Search:
    """Looks for the cheapest plan that keeps all goals, as far as the luck of the search says.

    Args:
        book: where plans are simulated.
        low, high: fewest and most people of each team.
        served: whether only plans count that can serve all work in the long run.
    """

    def __init__(self, book: Book, low: Plan, high: Plan, *, served: bool) -> None:
        self.book, self.low, self.high = book, low, high
        self.complete = False
        self._staff, self._weights = book.staff, book.staff.weights
        self._served = served
        self._able: dict[Plan, bool] = {}
        self._cuts: list[Cut] = []
        self._rejected: set[Plan] = set()

    @property
    def monotone(self) -> bool:
        """Whether every goal is one that more people can only help."""
        return all(goal.helped for goal in self.book.goals)

    def reject(self, plan: Plan) -> None:
        """Take a plan, and all with fewer people, out of the search."""
        self._rejected.add(plan)

    def good(self, visit: Visit) -> bool:
        """Whether a plan may be proposed."""
        return visit.promising and visit.plan not in self._rejected and self.allowed(visit.plan)

    def allowed(self, plan: Plan) -> bool:
        """Whether a plan is within the limits and can serve all work that is due."""
        return self._inside(plan) and self.can_serve(plan)

    def can_serve(self, plan: Plan) -> bool:
        """Whether a plan can serve all work, if it must."""
        if plan not in self._able:
            self._able[plan] = not self._served or self._staff.can_serve(plan)
        return self._able[plan]

    def cheapest(self, start: Plan) -> Plan | None:
        """The cheapest plan that looks good; None if none was found.

        Args:
            start: where to begin, if nothing better is known.
        """
        self.book.look([start])
        plan = self._descended(start) if self.good(self.book.visits[start]) else self._climbed(start)
        known = [visit.plan for visit in self.book.visits.values() if self.good(visit)]
        plan = min([*known, *([plan] if plan else [])], key=self._weigh, default=None)
        while plan is not None:
            exchanged = self._exchanged(plan)
            plan = self._cheaper_than(exchanged)
            if plan is None:
                return exchanged
        return None

    def _weigh(self, plan: Plan) -> float:
        return float(self._weights @ np.array(plan))

    # -- up and down ----------------------------------------------------------------------------------------------

    def _descended(self, good: Plan) -> Plan:
        """The least good plan on the way from the least that can serve to a good one, by bisection."""
        least = self._staff.cheapest(self.low, self.high) or self.low
        bad, best = 0, good
        parts = max(abs(a - b) for a, b in zip(least, good, strict=True))
        fine = parts
        while fine - bad > 1:
            middle = (bad + fine) // 2
            plan = tuple(a + math.ceil((b - a) * middle / parts) for a, b in zip(least, good, strict=True))
            if self._ruled_out(plan) or not self.good(self.book.look([plan])[0]):
                bad = middle
            else:
                fine, best = middle, plan
        return best

    def _climbed(self, plan: Plan) -> Plan | None:
        """A good plan above or beside one that is not: by cutting planes, else along the steepest gain for its price.

        Source: Atlason, Epelman and Henderson (2008); Cezik and L'Ecuyer (2008). A cut only says where to look next.
        """
        for _ in range(_MOST_CLIMBS):
            here = self.book.look([plan])[0]
            if self.good(here):
                return plan
            around = self.book.look([_moved(plan, at, 1) for at in range(len(plan)) if plan[at] < self.high[at]])
            if better := [visit.plan for visit in around if self.good(visit)]:
                return min(better, key=self._weigh)
            following = self._by_cuts(here, around) or self._steepest(here, around)
            if following is None or following == plan:
                return None
            plan = following
        return None

    def _by_cuts(self, here: Visit, around: Sequence[Visit]) -> Plan | None:
        """The cheapest plan that obeys what the slopes seen so far say; None if it leads nowhere new."""
        for at, goal in enumerate(self.book.goals):
            margin, value = here.opening[at], here.margins[at].estimate.value
            flat = goal.unit == "share" and goal.sign * (value - _CONCAVE) < 0
            if flat or not -math.inf < margin < 0:
                continue
            slopes = np.zeros(len(here.plan))
            for visit in around:
                slopes += np.subtract(visit.plan, here.plan) * max(0.0, visit.opening[at] - margin)
            if slopes.any():
                self._cuts.append(Cut(tuple(slopes), float(slopes @ np.array(here.plan)) - margin))
        reach = tuple(min(b, x + max(2, x // 4)) for x, b in zip(here.plan, self.high, strict=True))
        found = self._staff.cheapest(self.low, reach, self._cuts) if self._cuts else None
        return None if found is None or found in self.book.visits or self._ruled_out(found) else found

    def _steepest(self, here: Visit, around: Sequence[Visit]) -> Plan | None:
        """Up where a person brings most for the price; half the way to everybody where nobody brings anything."""
        missing = _missing(here)
        gains = [
            ((missing - _missing(visit)) / float(self._weights @ np.subtract(visit.plan, here.plan)), visit.plan)
            for visit in around
        ]
        gain, plan = max(gains, default=(0.0, here.plan))
        if gain > 0:
            return plan
        halfway = tuple((x + b + 1) // 2 for x, b in zip(here.plan, self.high, strict=True))
        return halfway if around else None

    # -- sideways -------------------------------------------------------------------------------------------------

    def _exchanged(self, plan: Plan) -> Plan:
        """The plan after every exchange that makes it cheaper and leaves it good."""
        while True:
            bold = [self._moved_at_once(plan)] if len(plan) > _FEW_TEAMS else []
            found = self._first_good([*filter(None, bold)]) or self._first_good(self._neighbours(plan))
            if found is None:
                return plan
            plan = found

    def _singles(self, plan: Plan) -> dict[Plan, Visit]:
        """A plan, and those with one person more or less, as far as they are allowed."""
        single = [_moved(plan, at, step) for at in range(len(plan)) for step in (-1, 1)]
        return {visit.plan: visit for visit in self.book.look([plan, *filter(self.allowed, single)])}

    def _moved_at_once(self, plan: Plan) -> Plan | None:
        """The cheapest plan, with up to one person more or less in every team, that is good if effects add up; None if
        there is none that is cheaper."""
        from scipy.optimize import Bounds, LinearConstraint, milp

        known = self._singles(plan)
        steps = [(at, step) for at in range(len(plan)) for step in (-1, 1) if _moved(plan, at, step) in known]
        here = known[plan].opening
        effects = [np.subtract(known[_moved(plan, *step)].opening, here) for step in steps]
        found = milp(
            np.array([step * self._weights[at] for at, step in steps]) / self._weights.max(),
            constraints=LinearConstraint(np.nan_to_num(np.array(effects).T, neginf=-1e6), lb=-np.array(here)),
            integrality=np.ones(len(steps), np.int64),
            bounds=Bounds(0, 1),
        )
        if not found.success:
            return None
        other = plan
        for (at, step), taken in zip(steps, found.x, strict=True):
            other = _moved(other, at, step * round(taken))
        return other if self._weigh(other) < self._weigh(plan) else None

    def _neighbours(self, plan: Plan) -> list[Plan]:
        """Cheaper plans one exchange away, the cheapest first; of many, those that may be good by what is known."""
        found = set()
        for at in range(len(plan)):
            for to in range(len(plan)):
                for taken, given in _SWAPS:
                    other = _moved(_moved(plan, at, -taken), to, given) if at != to else _moved(plan, at, -1)
                    if self._inside(other) and self._weigh(other) < self._weigh(plan):
                        found.add(other)
        ordered = sorted(found, key=self._weigh)
        if len(plan) <= _FEW_TEAMS:
            return ordered
        known = self._singles(plan)
        return [other for other in ordered if self._may_do(plan, other, known)]

    def _may_do(self, plan: Plan, other: Plan, known: Mapping[Plan, Visit]) -> bool:
        """Whether an exchange is good if the effects of its parts add up."""
        moves = [(at, b - a) for at, (a, b) in enumerate(zip(plan, other, strict=True)) if a != b]
        parts = [_moved(plan, at, 1 if people > 0 else -1) for at, people in moves]
        if not all(part in known for part in parts):
            return False
        here, changed, sizes = known[plan], [known[part] for part in parts], [abs(people) for _, people in moves]
        for at, margin in enumerate(here.margins):
            doubt = margin.estimate.half_width / (abs(margin.goal.bound) or 1.0)
            change = sum(n * (visit.opening[at] - here.opening[at]) for n, visit in zip(sizes, changed, strict=True))
            if here.opening[at] + change < -doubt:
                return False
        return True

    def _first_good(self, plans: Iterable[Plan]) -> Plan | None:
        """The first good plan, a few at a time."""
        left = iter(plans)
        while some := list(islice((plan for plan in left if not self._ruled_out(plan)), _AT_ONCE)):
            good = [visit.plan for visit in self.book.look(some) if self.good(visit)]
            if good:
                return min(good, key=self._weigh)
        return None

    # -- everything cheaper ---------------------------------------------------------------------------------------

    def _cheaper_than(self, plan: Plan) -> Plan | None:
        """A cheaper plan that is good, or None; `complete` says whether every cheaper one was ruled out.

        Fewer people are taken never to be better, so only those cheaper plans need a look that nobody can be added to.
        """
        while True:
            rest = self._largest_cheaper(plan)
            self.complete = rest is not None and self.monotone
            if not rest:
                return None
            near = sorted(rest, key=lambda other: sum(abs(a - b) for a, b in zip(plan, other, strict=True)))
            good = [visit.plan for visit in self.book.look(near[:_AT_ONCE]) if self.good(visit)]
            if good:
                return min(good, key=self._weigh)

    def _largest_cheaper(self, plan: Plan) -> list[Plan] | None:
        """Plans that are cheaper, could not take in one more person, and are not ruled out; None if too many."""
        limit = self._weigh(plan) * (1 - 1e-12)
        found: list[Plan] = []
        for steps, other in enumerate(self._fillings((), limit, self._least())):
            if steps > _MOST_STEPS or len(found) > _MOST_CANDIDATES:
                return None
            spare = limit - self._weigh(other)
            largest = all(other[at] >= self.high[at] or spare <= self._weights[at] for at in range(len(other)))
            if largest and not self._ruled_out(other) and other not in self.book.visits:
                found.append(other)
        return found

    def _fillings(self, head: Plan, limit: float, least: Plan) -> Iterator[Plan]:
        """Plans below a limit whose last team is as large as the limit allows."""
        at = len(head)
        left = limit - float(self._weights @ np.array([*head, *least[at:]]))
        if left <= 0:
            return
        most = min(self.high[at], least[at] + math.ceil(left / self._weights[at]) - 1)
        if at == len(least) - 1:
            yield (*head, most)
            return
        for people in range(least[at], most + 1):
            yield from self._fillings((*head, people), limit, least)

    def _least(self) -> Plan:
        """People that each team needs at least so that all work can be served, the others having all they can."""
        if not self._served:
            return self.low
        least = list(self.low)
        for at in range(len(least)):
            bad, fine = least[at] - 1, self.high[at]
            while fine - bad > 1:
                middle = (bad + fine) // 2
                rest = _moved(self.high, at, middle - self.high[at])
                bad, fine = (bad, middle) if self.can_serve(rest) else (middle, fine)
            least[at] = fine
        return tuple(least)

    def _inside(self, plan: Plan) -> bool:
        return all(a <= x <= b for a, x, b in zip(self.low, plan, self.high, strict=True))

    def _ruled_out(self, plan: Plan) -> bool:
        """Whether nobody needs to look: it cannot serve all work, or has no more people anywhere than a bad plan."""
        bad = [visit.plan for visit in self.book.visits.values() if visit.too_few]
        fewer = (all(a <= b for a, b in zip(plan, other, strict=True)) for other in (*bad, *self._rejected))
        return any(fewer) or not self.can_serve(plan)


def _moved(plan: Plan, at: int, people: int) -> Plan:
    return (*plan[:at], plan[at] + people, *plan[at + 1 :])


def _missing(visit: Visit) -> float:
    """What all targets together lack, as parts of their bounds; a target of which there is nothing lacks all."""
    return sum(min(-margin, 1e6) for margin in visit.opening if margin < 0)
