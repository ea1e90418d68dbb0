"""Which of several desks is best: with a guarantee and as many replications as that takes, or with a budget.

What is ranked is the mean over the replications of what each replication says of a measure. For a mean or a share over
tickets that is not quite the mean over all tickets, for a quiet replication counts as much as a busy one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from simdesk.errors import RunError
from simdesk.experiment.difference import Difference, bonferroni, difference
from simdesk.experiment.estimate import CONFIDENCE, Estimate, mean_of
from simdesk.experiment.field import AHEAD, Field
from simdesk.experiment.lab import Lab, at_work
from simdesk.experiment.levels import overloaded
from simdesk.experiment.refusals import refuse_run_changes
from simdesk.experiment.sheet import Key, describe, name_of_row
from simdesk.experiment.targets import Verdict
from simdesk.experiment.warnings import other_clocks
from simdesk.measures.readings import Total
from simdesk.scenario.loading import alternative
from simdesk.scenario.model import Scenario
from simdesk.statistics.allocation import ocba_best
from simdesk.statistics.selection import Selection, kn

if TYPE_CHECKING:
    import pandas as pd

FIRST: Final = 20
"""Replications of each candidate before anything is decided. [Kim and Nelson 2001]"""
MOST: Final = 2000
"""Replications of a candidate after which the race is cut short. [design]"""
_SCREENED: Final = 0.1
"""Part of the error that is spent on giving up hopeless candidates. [design]"""
_FEWEST: Final = 5
"""Replications of each candidate with which a budget begins, if it allows."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One of the desks.

    Attributes:
        name: what the user calls it.
        mean: of the replications' values, with its interval; none of a candidate that was left out for a target.
        difference: its values less those of the best, paired on the replications that both have; the intervals of all
            candidates hold together (Bonferroni) as far as the best is not best by luck. None if there is no best.
        dropped_after: replications after which it was given up; 0 if it was in the race to the end.
        misses: name of the target that it was shown to miss, for which it was left out; else empty.
        targets: how each target of the scenario stands at the end, by name; empty unless targets are to be kept.
        overloaded: its teams that cannot keep up; what is measured then depends on how long the run is.
        clocks: what to say of opening hours that change with it, and by which it is not judged; mostly empty.
    """

    name: str
    mean: Estimate
    difference: Difference | None
    dropped_after: int = 0
    misses: str = ""
    targets: Mapping[str, Verdict] | None = None
    overloaded: tuple[str, ...] = ()
    clocks: str = ""

    @property
    def undecided(self) -> tuple[str, ...]:
        """Targets of which it is not known whether it keeps them."""
        return tuple(name for name, verdict in (self.targets or {}).items() if verdict is Verdict.UNDECIDED)


@dataclass(frozen=True, slots=True)
class Ranking:
    """The candidates in order.

    Attributes:
        scenario: the desk as it stands.
        key: the measure that decides.
        best: name of the best candidate; None if every one misses a target.
        guaranteed: whether the promise holds: a best that leads all others by at least the indifference is found with
            the confidence.
        confidence: of that, and of the intervals.
        indifference: the smallest difference that matters, in the unit of the measure.
        order: the best, the others that were in the race to the end, those given up, those left out for a target; each
            by its mean.
        spent: replications that were used in all.
        budget: replications that could be spent; None if as many as it took.
        probability: about how probable it is that no other is better than the best by more than the indifference, for
            a race without a guarantee (normal means, the luck of the candidates as if it were independent, Bonferroni);
            NaN with one.
        note: why there is no guarantee; else empty.
        written: the indifference as it was written, if that is business time.
    """

    scenario: Scenario
    key: Key
    best: str | None
    guaranteed: bool
    confidence: float
    indifference: float
    order: tuple[Candidate, ...]
    spent: int
    budget: int | None = None
    probability: float = math.nan
    note: str = ""
    written: str = ""

    @property
    def racing(self) -> tuple[Candidate, ...]:
        """Those in the race to the end."""
        return tuple(one for one in self.order if not one.dropped_after)

    def table(self) -> pd.DataFrame:
        """Every candidate in order, tidy.

        Columns: `candidate, measure, by, of, label, unit, mean, low, high, replications, difference, difference_low,
        difference_high, dropped_after, misses, undecided, overloaded`. Times are in seconds.
        """
        import pandas as pd

        label, unit, _, _ = describe(self.key)
        rows = []
        for one in self.order:
            apart = one.difference
            rows.append(
                {
                    "candidate": one.name, **self.key._asdict(), "label": label,
                    "unit": "seconds" if unit == "time" else unit, "mean": one.mean.value, "low": one.mean.low,
                    "high": one.mean.high, "replications": one.mean.replications,
                    "difference": apart.value if apart else math.nan,
                    "difference_low": apart.low if apart else math.nan,
                    "difference_high": apart.high if apart else math.nan, "dropped_after": one.dropped_after,
                    "misses": one.misses, "undecided": ", ".join(one.undecided),
                    "overloaded": ", ".join(one.overloaded),
                }
            )  # fmt: skip
        return pd.DataFrame(rows)


def rank(
    scenario: Scenario,
    among: Mapping[str, Mapping[str, Any]],
    key: Key,
    *,
    indifference: float,
    confidence: float = CONFIDENCE,
    budget: int | None = None,
    keep_targets: bool = False,
    first: int = FIRST,
    most: int = MOST,
    lab: Lab | None = None,
) -> Ranking:
    """Find the best of several desks under the same luck.

    Without a budget the procedure of Kim and Nelson gives up the poor ones as soon as they are known to be poor. At the
    beginning, and whenever the replications have doubled, a paired t-test gives up those that are shown to be worse
    than another; a tenth of the error is spent on that. With a budget, replications go where they tell most (OCBA), and
    nothing is promised. If targets are to be kept, candidates whose interval lies clear on the wrong side of a target
    after the first replications are left out; half of the error that the confidence allows is spent on that, shared by
    all candidates and targets (Bonferroni).

    Args:
        scenario: the desk as it stands.
        among: by name, the dotted paths that each candidate changes, with their values.
        key: the measure that decides; whether less of it is better is part of its definition.
        indifference: the smallest difference that matters, in the unit of the measure (seconds, parts of 1).
        confidence: of choosing the best.
        budget: replications in all.
        keep_targets: leave out candidates that are shown to miss a target.
        first: replications before anything is decided; fewer if a budget is small.
        most: replications of a candidate after which the race is cut short, without a guarantee.
        lab: where it is simulated.

    Raises:
        RunError: there is nothing to choose from, no value of the measure is better than another, a replication has
            nothing to measure, or the budget is too small.
        ScenarioError: a candidate changes what cannot be changed.
    """
    _refuse_nonsense(among, key, indifference, budget, (first, most))
    targets = dict(scenario.targets) if keep_targets else {}
    if keep_targets and not targets:
        raise RunError("the desk states no targets, so there are none to keep; state some, or rank without")
    varied = [alternative(scenario, changes) for changes in among.values()]
    with at_work(lab) as here:
        field = Field(list(among), varied, key, targets, here)
        if budget is not None:
            first = max(min(first, budget // (2 * len(varied))), min(_FEWEST, budget // len(varied)))
        field.simulate(range(len(varied)), range(first))
        error = (1 - confidence) / 2 if targets else 1 - confidence
        missing = field.missing(first, 1 - error) if targets else {}
        left = [index for index in range(len(varied)) if index not in missing]
        question = Ranking(scenario, key, None, False, confidence, indifference, (), 0, budget)
        if not left:
            return _ordered(question, field, dict.fromkeys(missing, first), missing)
        if budget is None:
            return _raced(question, field, left, missing, error, (first, most))
        return _budgeted(question, field, left, missing, first)


def _refuse_nonsense(
    among: Mapping[str, Mapping[str, Any]], key: Key, indifference: float, budget: int | None, ends: tuple[int, int]
) -> None:
    if len(among) < 2:
        raise RunError("there is nothing to choose from: state at least two candidates")
    for name, changes in among.items():
        refuse_run_changes(changes, f"candidate '{name}'")
    if describe(key)[2] == "neither":
        raise RunError(f"{name_of_row(key)} is neither better high nor better low; rank by another measure")
    if not (math.isfinite(indifference) and indifference > 0):
        raise RunError(f"indifference must be above 0, not {indifference:g}: which difference is too small to matter?")
    if not 2 <= ends[0] <= ends[1]:
        raise RunError(f"first must be at least 2 and most at least first, not {ends[0]} and {ends[1]}")
    if budget is not None and budget < 2 * len(among):
        raise RunError(
            f"a budget of {budget} is too small for {len(among)} candidates: each needs 2 replications, better "
            f"{FIRST}; state at least {2 * len(among)}"
        )


def _raced(
    question: Ranking, field: Field, left: list[int], missing: dict[int, str], error: float, ends: tuple[int, int]
) -> Ranking:
    """The race in stages, each twice as long as all before, and the hopeless given up at the beginning of each.

    Alone, a race would keep those whose values vary wildly for very long. A stage runs through all that was seen again.
    The error is shared as if nobody had been left out or given up, for who is was decided by the same replications.
    """
    first, most = ends
    smallest = describe(question.key)[2] == "lower"
    lengths = [min(first * 2**stage, most) for stage in range(1, _stages(first, most) + 1)]
    dropped, racing, done = dict.fromkeys(missing, first), left, first
    found: Selection | None = None
    for length in lengths:
        hopeless = field.beaten(racing, done, _SCREENED * error / len(lengths), smallest=smallest)
        racing = [index for index in racing if index not in hopeless]
        found = kn(
            field.together,
            racing,
            indifference=question.indifference,
            confidence=1 - (1 - _SCREENED) * error * max(len(racing) - 1, 1) / (len(field.names) - 1),
            first=first,
            most=length,
            smallest=smallest,
        )
        dropped |= dict.fromkeys(hopeless, done)
        dropped |= {index: max(count, done) for index, count in found.dropped_after.items()}
        racing, done = list(found.survivors), max(done, found.replications)
        if found.guaranteed:
            break
    assert found is not None  # there is at least one stage
    for index in racing:
        field.used[index] = done
    for index, count in dropped.items():
        field.used[index] = count
    note = "" if found.guaranteed else f"the race was cut short after {done:,} replications of each"
    question = replace(question, best=field.names[found.best], guaranteed=found.guaranteed, note=note)
    return _ordered(question, field, dropped, missing)


def _stages(first: int, most: int) -> int:
    """How often the first replications can be doubled before the race is cut short; at least once."""
    return max(1, math.ceil(math.log2(most / first)))


def _budgeted(question: Ranking, field: Field, left: list[int], missing: dict[int, str], first: int) -> Ranking:
    """The budget, less what those left out have cost."""
    assert question.budget is not None  # it is asked for
    found = ocba_best(
        _counted(field),
        left,
        first=first,
        step=max(AHEAD, len(left)),
        budget=question.budget - first * len(missing),
        smallest=describe(question.key)[2] == "lower",
    )
    question = replace(question, best=field.names[found.best], note="a budget promises nothing")
    return _ordered(question, field, dict.fromkeys(missing, first), missing)


def _counted(field: Field) -> Callable[[int, int], list[float]]:
    """Hands out every replication once, from the first."""
    field.used = [0] * len(field.names)
    return field.further


def _ordered(question: Ranking, field: Field, dropped: Mapping[int, int], missing: Mapping[int, str]) -> Ranking:
    """The candidates in their order, with what is known of each."""
    for index in missing:
        field.used[index] = dropped[index]
    best = None if question.best is None else field.names.index(question.best)
    smallest = describe(question.key)[2] == "lower"
    candidates = []
    for index, name in enumerate(field.names):
        one = Candidate(
            name=name,
            mean=mean_of(field.values(index), question.confidence),
            difference=None if best is None else _apart(field, best, index, question.confidence),
            dropped_after=dropped.get(index, 0),
            misses=missing.get(index, ""),
            targets=field.verdicts(index, question.confidence) if field.targets else None,
            overloaded=overloaded(field.scenarios[index]),
            clocks=other_clocks(field.scenarios[index]),
        )
        group = 3 if one.misses else 2 if one.dropped_after else int(index != best)
        candidates.append(((group, one.mean.value if smallest else -one.mean.value, index), one))
    order = tuple(one for _, one in sorted(candidates, key=lambda pair: pair[0]))
    chance = math.nan if question.guaranteed or best is None else _probability(order, question.indifference, smallest)
    return replace(question, order=order, spent=sum(field.used), probability=chance)


def _apart(field: Field, best: int, index: int, confidence: float) -> Difference:
    common = min(field.used[best], field.used[index])
    sides = ([Total(value) for value in field.values(at)[:common]] for at in (best, index))
    return difference(*sides, confidence=bonferroni(confidence, len(field.names) - 1))


def _probability(order: Sequence[Candidate], indifference: float, smallest: bool) -> float:
    """About how probable it is that no other is better than the first by more than the indifference."""
    from scipy.special import ndtr

    best, *others = [one for one in order if not one.misses]
    wrong = 0.0
    for one in others:
        lead = (one.mean.value - best.mean.value) * (1 if smallest else -1) + indifference
        spread = math.hypot(best.mean.standard_error, one.mean.standard_error)
        wrong += float(ndtr(-lead / spread)) if spread else float(lead < 0)
    return float(np.clip(1 - wrong, 0.0, 1.0))
