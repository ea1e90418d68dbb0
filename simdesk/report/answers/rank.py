"""What a ranking says: which candidate is best, what is promised of that, and who is out and why."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial
from typing import Final

from simdesk.experiment.rank import Candidate, Ranking
from simdesk.experiment.sheet import describe
from simdesk.experiment.targets import Verdict
from simdesk.report import sensitivity_figures
from simdesk.report.answers.sensitivity import signed
from simdesk.report.captions import left_out
from simdesk.report.differences import amount
from simdesk.report.factors import closed, measured
from simdesk.report.panels import Panel, Sign
from simdesk.report.tables import MOST_ROWS, Cell, Column, Table
from simdesk.report.told import Told
from simdesk.report.words import VERDICTS, interval, listed, value

_MOST_NAMED: Final = 4
_NEARLY: Final = 0.9995


def tell_ranking(result: Ranking) -> Told:
    """A ranking in words: the best candidate and what is promised, or that nobody can be told to be best.

    Args:
        result: the candidates in order.
    """
    return Told(
        sentence=_sentence(result),
        details=tuple(_details(result)),
        warnings=tuple(_warnings(result)),
        panels=(_panel(result),),
        tables=(("Every candidate", _table(result)),),
    )


def _sentence(result: Ranking) -> str:
    if result.best is None:
        return f"None of the {len(result.order)} candidates is left: each is shown to miss a target."
    if result.guaranteed:
        return _won(result)
    return _cut_short(result) if result.budget is None else _bought(result)


def _won(result: Ranking) -> str:
    best, equal = result.order[0], _equals(result)
    promise = (
        f"With {100 * result.confidence:g} % confidence the best is found if it leads by {_margin(result)} or more; "
        "smaller differences do not matter here."
    )
    if equal:
        names = listed([f"'{one.name}'" for one in (best, *equal)])
        return f"{names} are the best of {_field(result)} and equal in every replication: {_value(result)}. {promise}"
    return f"'{best.name}' is the best of {_field(result)}: {_value(result)}. {promise}"


def _bought(result: Ranking) -> str:
    chance = "more than 99.9 %" if result.probability > _NEARLY else f"about {value(result.probability, 'share')}"
    return (
        f"'{result.best}' looks best of {_field(result)}: {_value(result)}. A budget promises nothing; the chance that "
        f"no other is better by more than {_margin(result)} is {chance}."
    )


def _cut_short(result: Ranking) -> str:
    rivals = [f"'{one.name}'" for one in result.racing if one.name != result.best]
    more = len(rivals) - _MOST_NAMED
    names = listed([*rivals[:_MOST_NAMED], f"{more} more"] if more > 0 else rivals)
    return (
        f"It is not guaranteed which of {_field(result)} is best: '{result.best}' leads, {_value(result)}, but the "
        f"race with {names} was cut short before it was known to within {_margin(result)}."
    )


def _field(result: Ranking) -> str:
    """Among how many was chosen."""
    count = len(result.order)
    if result.order[0].targets is None:
        return f"the {count} candidates"
    return f"the {sum(not one.misses for one in result.order)} of {count} candidates not shown to miss a target"


def _value(result: Ranking) -> str:
    best = result.order[0].mean
    return f"{closed(measured(result.key))} is {value(best.value, *_unit(result))} ({interval(best, *_unit(result))})"


def _margin(result: Ranking) -> str:
    return result.written or amount(result.indifference, *_unit(result))


def _unit(result: Ranking) -> tuple[str, str]:
    unit = "business time" if result.written else describe(result.key)[1]
    return unit, result.scenario.money.currency


def _equals(result: Ranking) -> list[Candidate]:
    """Candidates that did not differ from the best in any replication."""
    return [
        one
        for one in result.order[1:]
        if one.difference is not None and one.difference.low == one.difference.high == 0 and not one.misses
    ]


def _details(result: Ranking) -> Iterator[str]:
    if result.best is not None:
        nearest = [one for one in result.order[1:] if not one.misses and one not in _equals(result)][:1]
        for one in nearest:
            if one.difference is not None and not math.isnan(one.difference.value):
                yield f"Next comes '{one.name}': {_behind(result, one)}."
    missing = [one for one in result.order if one.misses]
    if missing:
        told = listed([f"'{one.name}' ({one.misses})" for one in missing])
        yield f"Left out because a target is shown to be missed: {told}."
    fewest = min(one.mean.replications for one in result.order)
    most = max(one.mean.replications for one in result.order)
    each = f"{fewest:,}" if fewest == most else f"{fewest:,} to {most:,}"
    yield f"{result.spent:,} replications in all, {each} of each candidate, all with the same luck."
    if describe(result.key)[1] in ("time", "share"):
        yield (
            "What is ranked is the mean over the replications of what each of them says, so that a quiet one counts as "
            "much as a busy one."
        )


def _behind(result: Ranking, one: Candidate) -> str:
    """How far another is behind the best."""
    assert one.difference is not None  # there is a best
    unit, currency = _unit(result)
    found = one.difference
    more = f"{amount(found.value, unit, currency)} {'more' if found.value > 0 else 'less'}"
    if found.value == 0:
        more = "as much"
    if math.isnan(found.low):
        return more
    if found.low == found.high:
        return f"{more}, the same in every replication"
    ends = [f"{'−' if end < 0 else '+'}{amount(end, unit, currency)}" for end in (found.low, found.high)]
    return f"{more} ({ends[0]} to {ends[1]})"


def _warnings(result: Ranking) -> Iterator[str]:
    best = result.order[0]
    if result.best is not None:
        if best.undecided:
            yield f"Of '{best.name}' it is not yet known whether it keeps {listed(best.undecided)}."
        missed = [name for name, verdict in (best.targets or {}).items() if verdict is Verdict.MISSED]
        if missed:
            yield f"'{best.name}' was not left out early, but by now looks as if it misses {listed(missed)}."
    for one in result.order:
        if one.overloaded:
            yield (
                f"With '{one.name}', {listed(one.overloaded)} cannot keep up: what is measured depends on how long the "
                "run is."
            )
        if one.clocks:
            yield f"With '{one.name}', {one.clocks}"


def _standing(result: Ranking, one: Candidate) -> str:
    """Where a candidate stands."""
    if one.name == result.best:
        return "best"
    if one.misses:
        return f"left out after {one.dropped_after:,} replications: misses {one.misses}"
    if one.dropped_after:
        how = "as good as another" if one in _equals(result) else "beaten"
        return f"{how} after {one.dropped_after:,} replications"
    return "in the race"


def _targets(one: Candidate) -> str:
    return ", ".join(f"{name} {VERDICTS[verdict.value]}" for name, verdict in (one.targets or {}).items())


def _table(result: Ranking) -> Table:
    unit, currency = _unit(result)
    kept = any(one.targets for one in result.order)
    columns = (
        Column("candidate", "Candidate"), Column("mean", "Mean over replications"),
        Column("difference", "Less the best"), Column("replications", "Replications"), Column("standing", "Standing"),
        *([Column("targets", "Targets")] if kept else []),
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = []
    for one in result.order:
        apart = "–" if one.difference is None or one.name == result.best else signed(one.difference, unit, currency)
        rows.append(
            (
                one.name, f"{value(one.mean.value, unit, currency)}\n{interval(one.mean, unit, currency)}", apart,
                f"{one.mean.replications:,}", _standing(result, one), *([_targets(one)] if kept else []),
            )
        )  # fmt: skip
    return Table(columns, tuple(rows))


def _panel(result: Ranking) -> Panel:
    label, unit, better, _ = describe(result.key)
    columns = (
        Column("candidate", "Candidate"), Column("mean", label, unit), Column("standing", "Standing"),
        Column("overloaded", "Cannot keep up"),
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = [
        (one.name, one.mean, _standing(result, one), ", ".join(one.overloaded)) for one in result.order
    ]
    caption = (
        f"Mean of {closed(measured(result.key))} over the replications, with its {100 * result.confidence:g} % "
        f"interval; {'left' if better == 'lower' else 'right'} is better. Candidates met the same luck, so that their "
        "differences are known better than their values."
    )
    caption += left_out("candidates", MOST_ROWS, len(rows), f"that are best in {closed(measured(result.key))}")
    signs = [Sign("●", "accent", "best")]
    if any(_standing(result, one) == "in the race" for one in result.order):
        signs.append(Sign("●", "ink", "in the race to the end"))
    if any(one.dropped_after for one in result.order):
        signs.append(Sign("○", "soft", "out of the race"))
    if any(one.overloaded for one in result.order):
        signs.append(Sign("▷", "warn", "cannot keep up; at the edge, wherever it is"))
    draw = partial(
        sensitivity_figures.ranking, Table(columns, tuple(rows[:MOST_ROWS])), unit, result.scenario.money.currency
    )
    return Panel("The candidates, the best first", caption, draw, _table(result), tuple(signs), wide=True)
