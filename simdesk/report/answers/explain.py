"""A decision brief in words: what the change brings, what it costs, what is second-best, and whether to believe it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial

from simdesk.experiment.difference import Difference
from simdesk.experiment.effects import KEPT, STAFF, TOTAL, Effect
from simdesk.experiment.explain import Brief
from simdesk.experiment.quotient import Quotient
from simdesk.experiment.sheet import Key, describe
from simdesk.report import brief_figures, brief_tables, forest
from simdesk.report.brief_tables import constant, sure
from simdesk.report.differences import amount, between, name_of, sentence
from simdesk.report.panels import Panel, Sign
from simdesk.report.rules_of_thumb import RulesOfThumb
from simdesk.report.tables import Table
from simdesk.report.told import Told
from simdesk.report.words import COSTS, value

_MOST = 100_000
"""Runs that nobody will do; more are not promised to be enough."""


def tell_brief(brief: Brief) -> Told:
    """A decision brief: the answer, what supports it, reasons to doubt, and the numbers."""
    rules = None if brief.naive is None else RulesOfThumb.of(brief.naive)
    tables: list[tuple[str, Table | None]] = [
        ("What every alternative brings and costs", brief_tables.effects(brief)),
        (_ranking_title(brief), brief_tables.ranking(brief)),
        ("Simple calculations beside the simulation", None if rules is None else rules.table()),
        ("Reasons to doubt", brief_tables.alarms(brief)),
    ]
    return Told(
        sentence=_sentence(brief),
        details=tuple(_details(brief, rules)),
        warnings=tuple(alarm.sentence for alarm in brief.alarms),
        panels=(_panel(brief),),
        tables=tuple((title, table) for title, table in tables if table is not None),
    )


def _sentence(brief: Brief) -> str:
    lead = brief.lead
    parts = [f"With {lead.name},{_chosen(brief)} {_first(brief, lead)}{_promises(brief, lead)}.", _avoided(brief, lead)]
    parts += [_money(brief, lead), _second(brief)]
    return " ".join(part for part in parts if part)


def _chosen(brief: Brief) -> str:
    """Why the brief is about this one of several."""
    if len(brief.stated) == 1 or brief.lead.name not in brief.ranking:
        return ""
    if brief.ranked_by == TOTAL:
        return " the cheapest in total of all that were asked for,"
    return f" the best of all that were asked for by {_by(brief).rstrip(',')},"


def _first(brief: Brief, effect: Effect) -> str:
    """What it does to the first watched measure, and how sure it is that this is better or worse."""
    key, found = brief.watched[0], effect.first
    what, unit, currency = _inside(name_of(key)), describe(key)[1], brief.scenario.money.currency
    if math.isnan(found.value):
        return f"nothing is known of {what.rstrip(',')}: one of the two sides has nothing to measure"
    if not found.value and constant(found):
        return f"{what} stays the same in every run"
    moves, size = _moves(found), amount(found.value, unit, currency)
    if math.isnan(found.low):
        return f"{what} {moves} by {size} in this sample; {found.note}"
    judged = f"{sure(effect.sure)} sure that it {_way(effect)}"
    if constant(found):
        return f"{what} {moves} by {size} in every run{_verdict(effect)}"
    if found.low <= 0 <= found.high:
        low, high = (amount(end, unit, currency) for end in (found.low, found.high))
        return (
            f"it is not known whether {what} falls or rises: between {low} less and {high} more "
            f"({_level(brief)} interval; {judged}){_needed(found)}"
        )
    return f"{what} {moves} by {size} ({_level(brief)} interval {_ends(found, unit, currency)}; {judged})"


def _way(effect: Effect) -> str:
    if effect.better is None:
        return "falls" if effect.first.value < 0 else "rises"
    return "is better" if effect.better else "is worse"


def _verdict(effect: Effect) -> str:
    return "" if effect.better is None else f", which {_way(effect)}"


def _promises(brief: Brief, effect: Effect) -> str:
    """What it does to the share of promises kept, if that is shown and not told already."""
    found = effect.differences.get(KEPT)
    if brief.watched[0] == KEPT or found is None or not _shown(found):
        return ""
    size = amount(found.value, "share")
    return f"; {_inside(name_of(KEPT))} {_moves(found)} by {size} ({_ends(found, 'share', '')})"


def _avoided(brief: Brief, effect: Effect) -> str:
    """How many promises more are kept, and what each costs."""
    found, price, currency = effect.avoided, effect.price, brief.scenario.money.currency
    if found is None:
        return ""
    if not found.value and constant(found):
        return "As many promises to resolve are broken as before."
    if math.isnan(found.low):
        return ""
    if not _shown(found):
        more, fewer = amount(found.low, "number"), amount(found.high, "number")
        return (
            f"Whether fewer promises to resolve are broken is not known: between {fewer} less and {more} more a month."
        )
    size = f"{amount(found.value, 'number')} {'fewer' if found.value > 0 else 'more'}"
    told = f"{size} promises to resolve are broken a month ({_ends(found, 'number', '')})"
    if found.value > 0 and not math.isnan(price.value):
        told += f", each for {value(price.value, 'money', currency)} of extra staff cost{_price_ends(price, currency)}"
    return f"{told}."


def _price_ends(price: Quotient, currency: str) -> str:
    if math.isnan(price.low):
        return f" ({price.note})"
    return f" ({between(price.low, price.high, 'money', currency)})"


def _money(brief: Brief, effect: Effect) -> str:
    """What a month costs more or less, after what is saved."""
    currency, total, staff = brief.scenario.money.currency, effect.extra_total, effect.extra_staff
    more = "more" if staff.value > 0 else "less"
    first = f"Staff costs {amount(staff.value, 'money', currency)} {more} a month" if staff.value else ""
    if brief.unpriced:
        people = any(path.startswith("teams.") for path in brief.unpriced)
        nothing = "the people have no price" if people else "waiting has no price"
        told = f"nothing is said of the total cost, because {nothing}: state {_listed(brief.unpriced)}"
        return f"{first}; {told}." if first and not people else f"{_raised(told)}."
    told = f"in total a month costs {_cost(total, brief)}"
    return f"{first}; {told}." if first and not constant(total) else f"{_raised(told)}."


def _raised(text: str) -> str:
    return text[0].upper() + text[1:]


def _cost(found: Difference, brief: Brief) -> str:
    """A difference in cost: less, more, the same, or not known."""
    currency = brief.scenario.money.currency
    size = f"{amount(found.value, 'money', currency)} {'less' if found.value < 0 else 'more'}"
    if math.isnan(found.low):
        return (
            f"{size} in this sample; {found.note}"
            if not math.isnan(found.value)
            else f"what is not known; {found.note}"
        )
    if constant(found):
        return f"{size} in every run" if found.value else "the same"
    if found.low <= 0 <= found.high:
        low, high = (amount(end, "money", currency) for end in (found.low, found.high))
        return f"between {low} less and {high} more: it is not known which"
    return f"{size} ({_ends(found, 'money', currency)})"


def _second(brief: Brief) -> str:
    """The best and the second-best, whichever of them the brief is not about."""
    if brief.ranked_by is None or brief.second_best is None:
        return ""
    best, lead = brief.ranking[0], brief.lead.name
    if lead not in brief.ranking:
        return f"Best by {_by(brief)} is {best}."
    other = brief.second_best if lead == best else lead
    if lead == best:
        start = f"Second-best by {_by(brief)} is {other}, which"
    elif brief.told_from_best(lead):
        start = f"Better by {_by(brief)} is {best}; {lead}"
    else:
        start = f"First by {_by(brief)} comes {best}, but {lead}"
    return f"{start} {_behind(brief, other)}."


def _by(brief: Brief) -> str:
    """The measure of the ranking within a sentence."""
    assert brief.ranked_by is not None  # there is a ranking
    return "total cost" if brief.ranked_by == TOTAL else _inside(name_of(brief.ranked_by))


def _behind(brief: Brief, name: str) -> str:
    """How far an alternative is behind the best."""
    assert brief.ranked_by is not None  # there is a ranking
    unit, currency, found = describe(brief.ranked_by)[1], brief.scenario.money.currency, brief.behind(name)
    has = "costs" if unit == "money" else "has"
    size = f"{has} {amount(found.value, unit, currency)} {'more' if found.value > 0 else 'less'}"
    if math.isnan(found.low):
        return f"{size} in this sample; {found.note}"
    if constant(found):
        return f"{size} in every run" if found.value else "is the same in every run"
    if brief.told_from_best(name):
        return f"{size} ({_ends(found, unit, currency)})"
    low, high = (amount(end, unit, currency) for end in (found.low, found.high))
    return f"cannot be told from it: between {low} less and {high} more"


def _details(brief: Brief, rules: RulesOfThumb | None) -> Iterator[str]:
    lead, currency = brief.lead, brief.scenario.money.currency
    several = len(brief.effects) > 1
    for key in brief.watched[1:]:
        if key in lead.differences and not (key == KEPT and _promises(brief, lead)):
            told = sentence(lead.differences[key], key, _confidence(brief), currency)
            yield f"With {lead.name}: {told}" if several else told
    if lead.avoided is not None and math.isnan(lead.price.value):
        yield f"An avoided breach has no price here: {lead.price.note}."
    yield from _bill(brief, lead)
    yield from _nobody_saves(brief)
    added = [effect.name for effect in brief.effects if effect.added]
    if added:
        yield f"Nobody asked for {_listed(added)}; simdesk added {'it' if len(added) == 1 else 'them'} for comparison."
    if several:
        yield (
            f"The intervals of all {len(brief.effects)} alternatives in one measure hold together with "
            f"{_level(brief)} confidence; how sure one is of a sign is told for each by itself."
        )
    if rules is not None:
        yield from rules.sentences()
    else:
        yield "No team's load or staffing changes, so a ratio or an Erlang calculation would have seen no change."


def _bill(brief: Brief, effect: Effect) -> Iterator[str]:
    """Of what the difference in total cost is made."""
    currency = brief.scenario.money.currency
    parts = [
        f"{label} {amount(found.value, 'money', currency)} {'more' if found.value > 0 else 'less'}"
        for name, label in COSTS.items()
        if (found := effect.differences.get(Key(name))) is not None and found.value
    ]
    if parts and not brief.unpriced:
        yield f"The month's bill with {effect.name}, on average of these runs: {', '.join(parts)}."


def _nobody_saves(brief: Brief) -> Iterator[str]:
    """Whether the desk as it stands is cheaper than whatever was tried."""
    if brief.ranked_by != TOTAL or len(brief.ranking) < 2:
        return
    totals = [effect.extra_total for effect in brief.effects]
    if all(total.low > 0 for total in totals):
        yield f"The desk as it stands costs less in total than any of them, {brief.ranking[0]} included."
    elif not any(total.high < 0 for total in totals):
        yield (
            f"It is not shown that any of them, {brief.ranking[0]} included, costs less in total than the desk as it "
            "stands."
        )


def _ranking_title(brief: Brief) -> str:
    return "" if brief.ranked_by is None else f"The alternatives in order of {_by(brief).rstrip(',')}"


def _panel(brief: Brief) -> Panel:
    key, currency = brief.watched[0], brief.scenario.money.currency
    _, unit, better, _ = describe(key)
    label, table = name_of(key), brief_tables.plane(brief)
    wish = {"lower": "lower is better", "higher": "higher is better", "neither": "neither side is better"}[better]
    together = f"{_level(brief)} intervals"
    if not any(effect.differences[STAFF].value for effect in brief.effects):
        found = [(effect.name, effect.first) for effect in brief.effects]
        caption = f"Difference from the desk as it stands, with {together}; staff costs the same everywhere."
        return Panel(label, caption, partial(forest.differences, found, unit, better, currency), table, wide=True)
    points = [brief_figures.Point(one.name, one.added, one.extra_staff, one.first) for one in brief.effects]
    signs = [Sign("●", "accent", "asked for"), Sign("┼", "soft", together)]
    if any(one.added for one in brief.effects):
        signs.insert(1, Sign("○", "accent", "added for comparison"))
    signs += [Sign("■", "accent", "shown to be better"), Sign("■", "warn", "shown to be worse")]
    signs.append(Sign("■", "soft", "not known"))
    caption = (
        f"Extra staff cost a month against the difference in {_inside(label).rstrip(',')}; {wish}. "
        "The desk as it stands is where the two lines cross."
    )
    draw = partial(brief_figures.plane, points, unit, better, label, currency)
    return Panel("What it brings for what it costs", caption, draw, table, tuple(signs), wide=True)


def _shown(found: Difference) -> bool:
    return found.low > 0 or found.high < 0


def _moves(found: Difference) -> str:
    return "rises" if found.value > 0 else "falls"


def _needed(found: Difference) -> str:
    """How many runs would tell, if the difference were as large as it looks."""
    wanted = found.replications_for(abs(found.value))
    if found.replications < wanted <= _MOST:
        return f"; if it is as large as it looks, about {wanted:,} runs would tell"
    return ""


def _ends(found: Difference, unit: str, currency: str) -> str:
    """An interval that does not hold nothing, without signs, the smaller end first."""
    nearer, farther = sorted((found.low, found.high), key=abs)
    return between(nearer, farther, unit, currency)


def _confidence(brief: Brief) -> float:
    return brief.comparison.confidence


def _level(brief: Brief) -> str:
    return f"{100 * _confidence(brief):g} %"


def _inside(label: str) -> str:
    """A label within a sentence; one that has a comma closes with one."""
    lowered = label[0].lower() + label[1:]
    return f"{lowered}," if "," in lowered else lowered


def _listed(names: tuple[str, ...] | list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
