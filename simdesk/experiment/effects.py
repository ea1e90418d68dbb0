"""What one alternative brings and costs: differences, promises kept that would be broken, and the price of each."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from simdesk.durations import MONTH
from simdesk.experiment.compare import Comparison
from simdesk.experiment.difference import Difference, bonferroni, difference
from simdesk.experiment.estimate import sample
from simdesk.experiment.quotient import Quotient, quotient
from simdesk.experiment.replications import Replications
from simdesk.experiment.sheet import Key, describe
from simdesk.measures.readings import Ratio, Total
from simdesk.scenario.model import Scenario

STAFF: Final = Key("staff_cost")
TOTAL: Final = Key("total_cost")
KEPT: Final = Key("resolution_sla")
USUAL: Final = (
    KEPT, Key("response_sla"), STAFF, Key("lost_time_cost"), Key("penalty_cost"), TOTAL, Key("abandonment"),
)  # fmt: skip
"""What every brief reads besides the watched measures."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What one alternative brings and costs.

    Attributes:
        name: of the alternative.
        added: whether it was added for comparison, and nobody asked for it.
        differences: alternative less base, by measure.
        first: the one of the first watched measure.
        better: whether that difference goes the better way; None if neither way is better, or there is no difference.
        avoided: promises to resolve that are broken less often, a month; None if no promise can be judged.
        price: extra staff cost of an avoided breach; NaN and why, if it has none.
    """

    name: str
    added: bool
    differences: Mapping[Key, Difference]
    first: Difference
    better: bool | None
    avoided: Difference | None
    price: Quotient

    @property
    def sure(self) -> float:
        """Confidence that the first difference has the sign that it shows, taken by itself; NaN if unknown."""
        return self.first.sure

    @property
    def extra_staff(self) -> Difference:
        """Staff cost a month, alternative less base."""
        return self.differences[STAFF]

    @property
    def extra_total(self) -> Difference:
        """Total cost a month, alternative less base: what it costs after what it saves."""
        return self.differences[TOTAL]


def breaches(runs: Replications) -> list[Total] | None:
    """Promises to resolve that were broken, a month on average, in each replication; None if none can be judged."""
    ratios = [reading for reading in runs.readings(KEPT) if isinstance(reading, Ratio)]
    if not any(ratio.denominator for ratio in ratios):
        return None
    months = runs.scenario.run.length.seconds / MONTH
    return [Total((ratio.denominator - ratio.numerator) / months) for ratio in ratios]


def effect_of(comparison: Comparison, name: str, first: Key, added: bool) -> Effect:
    found = {key: one for (alternative, key), one in comparison.differences.items() if alternative == name}
    each = bonferroni(comparison.confidence, len(comparison.alternatives))
    avoided = _avoided(comparison, name, each)
    return Effect(
        name=name,
        added=added,
        differences=found,
        first=found[first],
        better=_better(found[first], first),
        avoided=avoided,
        price=_price(comparison, name, avoided, each),
    )


def _better(found: Difference, key: Key) -> bool | None:
    better = describe(key)[2]
    if better == "neither" or not found.value or math.isnan(found.value):
        return None
    return (found.value < 0) == (better == "lower")


def _avoided(comparison: Comparison, name: str, confidence: float) -> Difference | None:
    """Breaches of the base less those of the alternative."""
    before, after = breaches(comparison.base), breaches(comparison.alternatives[name])
    return None if before is None or after is None else difference(after, before, confidence=confidence)


def _price(comparison: Comparison, name: str, avoided: Difference | None, confidence: float) -> Quotient:
    """Extra staff cost over avoided breaches; none unless it is shown that there are any and that staff costs more."""
    staff = comparison.difference(name, STAFF)
    base, other = comparison.base, comparison.alternatives[name]
    note = ""
    if avoided is None:
        note = "no promise to resolve can be judged"
    elif avoided.high < 0:
        note = "more promises are broken, not fewer"
    elif not avoided.low > 0:
        note = "it is not shown that fewer promises are broken"
    elif free := unpriced_teams(base.scenario, other.scenario):
        note = f"the people of {' and '.join(free)} have no price"
    elif not staff.value > 0:
        note = "staff does not cost more"
    if note:
        return Quotient(math.nan, math.nan, math.nan, note)
    before, after = breaches(base), breaches(other)
    assert before is not None  # otherwise nothing is avoided
    assert after is not None
    extra = [Total(b.value - a.value) for a, b in zip(base.readings(STAFF), other.readings(STAFF), strict=True)]
    fewer = [Total(b.value - a.value) for a, b in zip(after, before, strict=True)]
    return quotient(sample(extra), sample(fewer), confidence)


def unpriced_teams(base: Scenario, other: Scenario) -> list[str]:
    """Teams whose staffing differs and whose people cost nothing."""

    def staffing(desk: Scenario, name: str) -> object:
        team = desk.teams.get(name)
        return team and (team.headcount, team.shifts, team.calendar)

    names = dict.fromkeys([*base.teams, *other.teams])
    changed = [name for name in names if staffing(base, name) != staffing(other, name)]
    return [
        name
        for name in changed
        if any(name in desk.teams and not desk.teams[name].cost.amount for desk in (base, other))
    ]


def own_rows(effect: Effect) -> list[dict[str, Any]]:
    """Rows of the measures that only a brief has."""
    rows: list[dict[str, Any]] = []
    if (one := effect.avoided) is not None:
        rows.append(
            {
                "alternative": effect.name, "measure": "broken_promises", "by": "", "of": "",
                "label": "Promises to resolve that are broken, a month", "unit": "number", "base": one.other,
                "value": one.base, "difference": -one.value, "low": -one.high, "high": -one.low, "sure": one.sure,
                "positive": 1 - one.positive, "p_value": one.p_value, "p_adjusted": math.nan,
                "reduction": one.reduction, "replications": one.replications, "note": one.note,
            }
        )  # fmt: skip
    price = effect.price
    rows.append(
        {
            "alternative": effect.name, "measure": "avoided_breach_price", "by": "", "of": "",
            "label": "Extra staff cost of an avoided breach", "unit": "money", "value": price.value,
            "low": price.low, "high": price.high, "note": price.note,
        }
    )  # fmt: skip
    return rows
