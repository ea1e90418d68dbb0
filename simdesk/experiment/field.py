"""The candidates of a ranking, and what was seen of each. Knows no rule by which one is chosen."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from simdesk.errors import RunError
from simdesk.experiment.difference import bonferroni
from simdesk.experiment.estimate import estimate, student_t
from simdesk.experiment.lab import Lab
from simdesk.experiment.sheet import Key, Sheet, name_of_row
from simdesk.experiment.targets import Verdict, bound_of, key_of, verdict_on
from simdesk.scenario.model import Scenario
from simdesk.scenario.service_levels import Target

AHEAD: Final = 10
"""Replications that all who are still in the race are simulated ahead, so that workers have something to do."""


class Field:
    """The candidates and what was seen of each; simulates ahead, but hands out in order.

    Luck is the same for all: replication r of one is paired with replication r of another.
    """

    def __init__(
        self, names: list[str], scenarios: list[Scenario], key: Key, targets: Mapping[str, Target], lab: Lab
    ) -> None:
        self.names, self.scenarios, self.key, self.targets, self.lab = names, scenarios, key, targets, lab
        self.sheets: list[dict[int, Sheet]] = [{} for _ in names]
        self.used = [0] * len(names)
        self._wanted = {key, *map(key_of, targets.values())}

    def simulate(self, candidates: Sequence[int], numbers: range) -> None:
        """Have some replications of some candidates ready."""
        found = self.lab.sheets([self.scenarios[index] for index in candidates], numbers, self._wanted)
        for index, sheets in zip(candidates, found, strict=True):
            self.sheets[index] |= sheets

    def together(self, candidates: Sequence[int], number: int) -> list[float]:
        """One replication of each of some candidates, as the race asks for it."""
        if any(number not in self.sheets[index] for index in candidates):
            self.simulate(candidates, range(number, number + AHEAD))
        return [self.value(index, number) for index in candidates]

    def further(self, candidate: int, count: int) -> list[float]:
        """Further replications of one candidate, as a budget asks for them."""
        numbers = range(self.used[candidate], self.used[candidate] + count)
        if any(number not in self.sheets[candidate] for number in numbers):
            self.simulate([candidate], numbers)
        return [self.value(candidate, number) for number in numbers]

    def value(self, candidate: int, number: int) -> float:
        """What a replication of a candidate says of the measure."""
        found = self.sheets[candidate][number].readings[self.key].value
        if not math.isfinite(found):
            raise RunError(
                f"candidate '{self.names[candidate]}': replication {number} has nothing to measure for "
                f"{name_of_row(self.key)}; make the run longer, or rank by something that every replication has"
            )
        self.used[candidate] = max(self.used[candidate], number + 1)
        return found

    def values(self, candidate: int) -> list[float]:
        """All that was used of a candidate."""
        return [self.value(candidate, number) for number in range(self.used[candidate])]

    def beaten(self, candidates: Sequence[int], count: int, error: float, *, smallest: bool) -> list[int]:
        """Candidates that so many replications of each show to be worse than another.

        Paired t, so that common luck helps; together the comparisons give up the best one with at most this error
        (Bonferroni; the screening of Nelson, Swann, Goldsman and Song 2001, without their indifference).
        """
        values = np.array([[self.value(index, number) for number in range(count)] for index in candidates])
        values *= 1.0 if smallest else -1.0
        critical = student_t(1 - 2 * error / max(len(self.names) - 1, 1), count - 1)
        found = []
        for index, own in zip(candidates, values, strict=True):
            behind = own - values
            if (behind.mean(axis=1) > critical * behind.std(axis=1, ddof=1) / math.sqrt(count)).any():
                found.append(index)
        return found

    def missing(self, first: int, confidence: float) -> dict[int, str]:
        """Candidates that the first replications show to miss a target, with the first such target."""
        self.used = [first] * len(self.names)
        verdicts = [self.verdicts(index, confidence) for index in range(len(self.names))]
        missed = [[name for name, verdict in one.items() if verdict is Verdict.MISSED] for one in verdicts]
        return {index: names[0] for index, names in enumerate(missed) if names}

    def verdicts(self, candidate: int, confidence: float) -> dict[str, Verdict]:
        """How a candidate stands to each target; the intervals of all of them hold together."""
        each = bonferroni(confidence, len(self.names) * len(self.targets))
        sheets = [self.sheets[candidate][number] for number in range(self.used[candidate])]
        found = {}
        for name, target in self.targets.items():
            one = estimate([sheet.readings[key_of(target)] for sheet in sheets], each)
            found[name] = verdict_on(target, bound_of(self.scenarios[candidate], target), one)
        return found
