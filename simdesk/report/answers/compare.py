"""What a comparison says: the rule's verdict first, then each watched measure, then each target's risk."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final

from simdesk.experiment.compare import Comparison
from simdesk.experiment.decide import Answer, Decision
from simdesk.experiment.difference import Difference
from simdesk.experiment.estimate import CONFIDENCE
from simdesk.experiment.load import team_loads
from simdesk.experiment.risk import kept
from simdesk.experiment.sheet import Key, describe
from simdesk.experiment.warnings import FEW, before, few, other_clocks
from simdesk.report import forest
from simdesk.report.captions import left_out
from simdesk.report.differences import amount, between, judged, name_of, risk, sentence
from simdesk.report.panels import Panel
from simdesk.report.tables import MOST_ROWS, Cell, Column, Table
from simdesk.report.told import Told
from simdesk.report.words import value

_MOST_PANELS: Final = 6
_MANY: Final = 2
"""With more alternatives each is told in one line."""
_SURE_ENOUGH: Final = 0.9995


def tell_comparison(
    result: Comparison, watched: Sequence[Key], decisions: Sequence[Decision] = (), expected: str | None = None
) -> Told:
    """A comparison in words, figures and tables.

    Args:
        result: base and alternatives.
        watched: measures to tell of, the most important first.
        decisions: what the rule of the question says.
        expected: what somebody expected the rule to say.
    """
    currency = result.base.scenario.money.currency
    asked = dict.fromkeys([*(one.key for one in decisions), *watched])  # what is decided has its figures in the tables
    known = [key for key in asked if any((name, key) in result.differences for name in result.alternatives)]
    told = {
        (name, key): sentence(result.difference(name, key), key, result.confidence, currency)
        for name in result.alternatives
        for key in known
        if (name, key) in result.differences
    }
    said = {(one.alternative, one.key) for one in decisions} or {pair for pair in told if pair[1] == known[0]}
    if len(decisions) > _MANY:
        first = list(_verdicts(decisions, result.confidence, currency, expected))
    else:
        first = [verdict(one, result.confidence, currency, expected) for one in decisions]
    if not first:
        first = [f"With {pair[0]}: {_lowered(text)}" for pair, text in told.items() if pair in said]
    if len(result.alternatives) > _MANY:
        others = {name: [key for key in known if (name, key) not in said] for name in result.alternatives}
        rest = [_summary(name, result, keys) for name, keys in others.items() if keys]
    else:
        rest = [
            f"{_with(name, result)}{_lowered(text) if len(result.alternatives) > 1 else text}"
            for (name, key), text in told.items()
            if (name, key) not in said
        ]
    return Told(
        sentence=" ".join(first) or "Nothing that both sides have was measured.",
        details=(*rest, *(_risks(result) if len(result.alternatives) == 1 else ())),
        warnings=tuple(_warnings(result)),
        panels=tuple(_panel(result, key, currency) for key in known[:_MOST_PANELS]),
        tables=(("Every difference that was asked for", _table(result, known, currency)), *_risk_table(result)),
    )


def _summary(name: str, result: Comparison, keys: Sequence[Key]) -> str:
    """What one of many alternatives does to several measures, in one line."""
    currency = result.base.scenario.money.currency
    known, unknown = [], []
    for key in keys:
        _, unit, better, _ = describe(key)
        found = result.differences.get((name, key))
        if found is not None and found.low == found.high == 0:
            known.append(f"{_lowered(name_of(key))} the same in every replication")
        elif found is None or math.isnan(found.low) or found.low <= 0 <= found.high:
            unknown.append(_lowered(name_of(key)))
        else:
            half = amount((found.high - found.low) / 2, unit, currency)
            size = f"{amount(found.value, unit, currency)} ± {half}"
            known.append(f"{_lowered(name_of(key))} {_moves(found)}{size}{judged(found.value, better)}")
    parts = [*known, *([f"not known: {', '.join(unknown)}"] if unknown else [])]
    return f"With {name}: {'; '.join(parts)}."


def _with(name: str, result: Comparison) -> str:
    return f"With {name}: " if len(result.alternatives) > 1 else ""


def _lowered(text: str) -> str:
    return text[0].lower() + text[1:]


def verdict(decision: Decision, confidence: float, currency: str, expected: str | None = None) -> str:
    """A decision in one sentence: yes, no, or not yet known and what would tell.

    Args:
        decision: the rule applied to one alternative.
        confidence: of its interval.
        currency: of money.
        expected: `yes` or `no`, if somebody expected something.
    """
    found, unit = decision.found, _unit(decision)
    head = {Answer.YES: "Yes", Answer.NO: "No", Answer.NOT_YET_KNOWN: "Not yet known"}[decision.answer]
    label = _lowered(name_of(decision.key))
    what = f"{label}," if "," in label else label
    level = decision.rule.name in ("at_least", "at_most")
    if math.isnan(found.value):
        is_now, ends = f"{what} has nothing to be measured on one side", ""
    elif level:
        is_now = f"{what} is {value(found.value, unit, currency)}"
        ends = f"{value(found.low, unit, currency)} to {value(found.high, unit, currency)}"
    else:
        is_now = f"{what} {_moves(found)}{amount(found.value, unit, currency) if found.value else ''}"
        if decision.rule.relative and found.base:
            is_now = f"{is_now.rstrip()}, which is {100 * abs(found.value / found.base):.0f} % of what it was"
        ends = _unsigned_ends(found, unit, currency)
    shown = 2 * confidence - 1 if decision.rule.name == "stays_within" else confidence
    sure = f" ({100 * shown:g} % interval {ends})" if not math.isnan(found.low) else ""
    if math.isnan(found.low) and found.note and not math.isnan(found.value):
        sure = f" in this sample, without an interval: it {found.note}"
    asked = _asked(decision, unit, currency)
    return (
        f"{head}: with {decision.alternative}, {is_now.rstrip()}{sure}; asked was {asked}{_more(decision)}."
        f"{_expectation(decision, expected)}"
    )


def _unit(decision: Decision) -> str:
    """How the values of a decision are told: the unit of the measure, or `business time`."""
    return "business time" if decision.rule.written else describe(decision.key)[1]


def _unsigned_ends(found: Difference, unit: str, currency: str) -> str:
    """Both ends of an interval in the direction of the difference; of one that crosses nothing, with words."""
    if found.low <= 0 <= found.high:
        return f"{amount(found.low, unit, currency)} less to {amount(found.high, unit, currency)} more"
    nearer, farther = sorted((found.low, found.high), key=abs)
    return between(nearer, farther, unit, currency)


def _verdicts(decisions: Sequence[Decision], confidence: float, currency: str, expected: str | None) -> Iterator[str]:
    """Decisions about many alternatives: what was asked, then who keeps it, who does not, and of whom nobody knows."""
    key, unit = decisions[0].key, _unit(decisions[0])
    level = decisions[0].rule.name in ("at_least", "at_most")
    yield f"{name_of(key)}, asked was {_asked(decisions[0], unit, currency)}."
    for answer in Answer:
        told = []
        for one in decisions:
            if one.answer is answer:
                found = one.found
                half = amount((found.high - found.low) / 2, unit, currency)
                size = value(found.value, unit, currency) if level else _signed(found.value, unit, currency)
                told.append(f"{one.alternative} ({size}{'' if math.isnan(found.low) else f' ± {half}'})")
        if told:
            yield f"{answer.value[0].upper()}{answer.value[1:]}: {', '.join(told)}."
    known = {one.answer.value for one in decisions} - {Answer.NOT_YET_KNOWN.value}
    if expected is not None and known:
        yield "That was expected." if known == {expected} else "Not all of that was expected."
    shown = 2 * confidence - 1 if decisions[0].rule.name == "stays_within" else confidence
    yield f"± is half of a {100 * shown:g} % interval; all of them hold together."


def _expectation(decision: Decision, expected: str | None) -> str:
    """Whether what was expected is what was found."""
    if expected is None or decision.answer is Answer.NOT_YET_KNOWN:
        return ""
    return " That was expected." if decision.answer.value == expected else " That is not what was expected."


def _moves(found: Difference) -> str:
    return "rises by " if found.value > 0 else "falls by " if found.value < 0 else "stays the same"


def _signed(number: float, unit: str, currency: str) -> str:
    sign = "−" if number < 0 else "+" if number > 0 else ""
    return f"{sign}{amount(number, unit, currency)}"


def _asked(decision: Decision, unit: str, currency: str) -> str:
    rule = decision.rule
    if rule.name in ("at_least", "at_most"):
        return f"{rule.name.replace('_', ' ')} {rule.written or value(rule.amount, unit, currency)}"
    size = f"{100 * rule.amount:g} %" if rule.relative else rule.written or amount(rule.amount, unit, currency)
    words = {
        "falls_by": "a fall of at least", "rises_by": "a rise of at least", "stays_within": "a change of less than",
        "rises_at_most": "a rise of less than", "falls_at_most": "a fall of less than",
    }  # fmt: skip
    return f"{words[rule.name]} {size}"


def _more(decision: Decision) -> str:
    if decision.answer is not Answer.NOT_YET_KNOWN or not decision.needed:
        return ""
    return f". If things are as they look, about {decision.needed:,} replications would tell"


def _risks(result: Comparison) -> Iterator[str]:
    base = result.base.scenario
    for runs in result.alternatives.values():
        for target, stated in base.targets.items():
            yield risk(target, kept(result.base, stated), kept(runs, stated), str(base.run.length), CONFIDENCE)


def _risk_table(result: Comparison) -> Iterator[tuple[str, Table]]:
    """In how many runs each target was kept, with and without each alternative."""
    scenario = result.base.scenario
    sides = {"as it stands": result.base, **result.alternatives}
    columns = (
        Column("desk", "Desk"), Column("target", "Target"), Column("kept", "Kept in"),
        Column("share", f"Chance that {scenario.run.length} keep it, {100 * CONFIDENCE:g} % interval"),
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = []
    for name, runs in sides.items():
        for target, stated in scenario.targets.items():
            one = kept(runs, stated)
            ends = f"{value(one.low, 'share')} to {value(one.high, 'share')}" if one.of else "nothing to judge"
            rows.append((name, target, f"{one.met} of {one.of} runs", ends))
    if rows:
        yield "How often each target was kept", Table(columns, tuple(rows))


def _warnings(result: Comparison) -> Iterator[str]:
    count = len(result.base.sheets)
    if count < FEW:
        yield few(count, "replications of each side")
    usual = before(result.base.scenario, team_loads(result.base.scenario))
    yield from usual
    for name, runs in result.alternatives.items():
        if clocks := other_clocks(runs.scenario):
            yield f"With {name}: {clocks}"
        for warning in before(runs.scenario, team_loads(runs.scenario)):
            if warning not in usual:
                yield f"With {name}: {warning}"


def _panel(result: Comparison, key: Key, currency: str) -> Panel:
    label, unit, better, _ = describe(key)
    columns = (
        Column("who", "Alternative"), Column("base", "Without it", unit), Column("other", "With it", unit),
        Column("difference", "Difference", "text"), Column("interval", "Interval", "text"),
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = []
    found = [(name, result.difference(name, key)) for name in result.alternatives if (name, key) in result.differences]
    for name, one in found:
        ends = _ends(one, unit, currency)
        rows.append((name, one.base, one.other, _signed(one.value, unit, currency), ends))
    wish = {"lower": "left is better", "higher": "right is better", "neither": "neither side is better"}[better]
    title = f"{label}, {key.of}" if key.of else label
    caption = (
        f"Difference from the desk as it stands, with its {100 * result.confidence:g} % interval; {wish}. "
        "An interval that crosses the line does not tell which way it goes."
    )
    caption += left_out("alternatives", MOST_ROWS, len(found), "with the largest difference")
    most = sorted(found, key=lambda one: -_size(one[1]))[:MOST_ROWS]
    draw = partial(forest.differences, [one for one in found if one in most], unit, better, currency)
    return Panel(title, caption, draw, Table(columns, tuple(rows)))


def _size(found: Difference) -> float:
    """How far a difference is from none; one that nobody knows is not far."""
    return -1.0 if math.isnan(found.value) else abs(found.value)


def _ends(found: Difference, unit: str, currency: str) -> str:
    if math.isnan(found.low):
        return found.note
    return f"{_signed(found.low, unit, currency)} to {_signed(found.high, unit, currency)}"


def _table(result: Comparison, keys: Sequence[Key], currency: str) -> Table:
    columns = (
        Column("alternative", "Alternative"), Column("measure", "Measure"), Column("base", "Without it"),
        Column("other", "With it"), Column("difference", "Difference"), Column("interval", "Interval"),
        Column("sure", "Sure of its sign"), Column("share", "Runs in which it rose, ties half"),
        Column("p", "p, adjusted (Holm)"), Column("reduction", "Variance saved by equal luck"),
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = []
    for name, key in ((name, key) for name in result.alternatives for key in keys):
        if (one := result.differences.get((name, key))) is not None:
            unit = describe(key)[1]
            shown = value(one.base, unit, currency), value(one.other, unit, currency)
            reduction = f"× {one.reduction:,.1f}" if math.isfinite(one.reduction) else "–"
            p = result.adjusted[name, key]
            rows.append(
                (
                    name, name_of(key), *shown, _signed(one.value, unit, currency), _ends(one, unit, currency),
                    _sure(one.sure) if one.value else "–", value(one.positive, "share"),
                    f"{p:.3g}" if not math.isnan(p) else "–", reduction,
                )
            )  # fmt: skip
    return Table(columns, tuple(rows))


def _sure(share: float) -> str:
    return "> 99.9 %" if share > _SURE_ENOUGH else value(share, "share")
