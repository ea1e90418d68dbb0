"""Every number and the one sentence, in the words of a reader. Knows results, no HTML and no chart.

Sentences about results stand here and in `captions`, so that another language has one place to begin; definitions come
from the measures and the scenario.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from simdesk.durations import human
from simdesk.experiment.estimate import Estimate
from simdesk.experiment.load import TeamLoad
from simdesk.experiment.replications import Replications
from simdesk.experiment.targets import Judgement
from simdesk.report.subject import Subject
from simdesk.states import STATE_WORDS

DASH: Final = "–"
"""Stands where there is nothing to say."""

STATES: Final = {state.name.lower(): word for state, word in STATE_WORDS.items()}
"""What a second of a ticket's life is called, in the order of the bar."""

COSTS: Final = {"staff_cost": "staff", "lost_time_cost": "users' lost time", "penalty_cost": "penalties"}
"""Parts of the total cost."""

VERDICTS: Final = {"✓": "met", "✗": "missed", "?": "undecided"}
"""Marks of targets in words."""

DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def value(number: float, unit: str, currency: str = "") -> str:
    """A number with its unit: 240 s are "4 min", 0.0623 is "6.2 %", money has four digits; what is not known is a dash.

    Args:
        number: in seconds if it is a time, between 0 and 1 if it is a share.
        unit: `time`, `business time`, `share`, `money`, `number`, or `count` of whole things.
        currency: such as `EUR`, for money.
    """
    if math.isnan(number):
        return DASH
    if unit in ("time", "business time"):
        return human(number) if unit == "time" else business(number)
    if unit == "share":
        return _percent(number)
    if unit == "money":
        sign = "−" if number < 0 else ""
        return f"{sign}{f'{currency} {_amount(abs(number))}'.lstrip()}"
    if unit == "count":
        return f"{number:,.0f}"
    return _plain(number)


def asked_for(one: Judgement, currency: str) -> str:
    """The bound of a target: business time as it is written, all else as any value."""
    return str(one.target.bound.written()) if one.target.bound.business else value(one.bound, one.unit, currency)


def business(seconds: float) -> str:
    """A length of business time: it has hours, but no days, for these are as long as an office is open."""
    sign, size = "-" if seconds < 0 else "", abs(seconds)
    for unit, name in ((3600, "hours"), (60, "minutes")):
        if size >= 0.995 * unit or unit == 60:
            amount = size / unit
            return f"{sign}{f'{amount:,.0f}' if amount >= 9.95 else f'{amount:.1f}'.removesuffix('.0')} business {name}"
    return DASH


def interval(estimate: Estimate, unit: str, currency: str = "") -> str:
    """The confidence interval: "3.1 – 5.2 min", or why there is none.

    What cannot be negative does not begin below nothing, and a share of at most 100 % does not end above it.
    """
    if math.isnan(estimate.low):
        if not estimate.note:
            return "no interval"
        return estimate.note if math.isnan(estimate.value) else f"no interval: {_why_none(estimate.note)}"
    low, high = within(estimate, unit)
    below, above = value(low, unit), value(high, unit)
    if estimate.low == estimate.high:
        return "the same in every replication"
    if below == above:
        return f"{below} to this precision"
    stem, _, tail = below.rpartition(" ")
    if stem and above.endswith(f" {tail}"):
        below = stem
    return f"{below} {DASH} {above}"


def _why_none(note: str) -> str:
    return note.removesuffix(" for an interval").removesuffix(" has no interval")


def plus_minus(estimate: Estimate | None, unit: str, currency: str = "") -> str:
    """A value with half the width of its interval, short enough for a table."""
    if estimate is None or math.isnan(estimate.value):
        return DASH
    shown = value(estimate.value, unit, currency)
    if math.isnan(estimate.low):
        return f"{shown} ± ?"
    if estimate.low == estimate.high:
        return shown
    half = _half(estimate.half_width, unit)
    return f"{shown} ± {half}"


def _half(width: float, unit: str) -> str:
    """Half an interval in the unit of its value: points of a percentage, whole units of money."""
    if unit == "share":
        return f"{100 * width:.1f}" if width >= 0.0005 else f"{100 * width:.1g}"
    return f"{width:,.0f}" if unit == "money" and width >= 10 else value(width, unit)


def within(estimate: Estimate, unit: str) -> tuple[float, float]:
    """Both ends of an interval, cut to what the unit allows."""
    low = max(estimate.low, min(0.0, estimate.value))
    high = min(estimate.high, max(1.0, estimate.value)) if unit == "share" else estimate.high
    return low, high


def _percent(share: float) -> str:
    percent = 100 * share
    if 0 < percent < 0.05:
        return "< 0.1 %"
    if 99.95 <= percent < 100:
        return "> 99.9 %"
    return f"{percent:.1f} %"


def _amount(money: float) -> str:
    if abs(money) < 100:
        return f"{money:,.2f}"
    if abs(money) < 1000:
        return f"{money:,.0f}"
    return f"{float(f'{money:.4g}'):,.0f}"


def _plain(number: float) -> str:
    if number == 0 or abs(number) >= 100:
        return f"{number:,.0f}"
    return f"{number:.2f}" if abs(number) < 1 else f"{number:.1f}"


def about(share: float) -> str:
    """A share for a sentence: whole per cent, with a decimal only near nothing and near everything."""
    rounded = f"{100 * share:.0f} %"
    return rounded if 0.1 <= share <= 0.985 or share == 0 or share >= 1 else _percent(share)


def listed(names: Sequence[str], last: str = "and") -> str:
    """Names in a sentence: one, or several with an and."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {last} {names[-1]}"


def count(number: float) -> str:
    """A number of tickets for a sentence: "no ticket", "0.3 tickets", "1 ticket", "43 tickets"."""
    shown = f"{number:,.0f}" if number >= 9.95 else f"{number:.1f}".removesuffix(".0")
    if shown == "0":
        return "no ticket" if number == 0 else "almost no ticket"
    return f"{shown} ticket{'' if shown == '1' else 's'}"


def headline(runs: Replications, loads: list[TeamLoad]) -> str:
    """The answer in one plain sentence, about what matters at this desk.

    A team that is asked for more than it can do comes first. A desk with a list is told by its list, one that is there
    for rare events by its readiness, every other by what half of its tickets see.
    """
    subject = Subject(runs, loads)
    first = [_overload(subject, load) for load in subject.overloaded[:1]]
    if not subject.offered:
        rest = ["no ticket reached a team in the measured time, so there is nothing to say about waits"]
    elif math.isnan(subject["response_time_median"]):
        rest = [f"{count(subject['tickets_per_week'])} a week reach a team, and none of them gets a response"]
    elif (team := subject.list_team) is not None:
        rest = _list_desk(subject, team)
    elif subject.rare:
        rest = _ready_desk(subject)
    else:
        rest = _ordinary_desk(subject)
    sentence = "; ".join([*first, *rest]) + "."
    return sentence if first else sentence[0].upper() + sentence[1:]  # a team keeps the spelling of its name


def _overload(subject: Subject, load: TeamLoad) -> str:
    """What too much work does to a team: its queue grows, or its users give up."""
    asked = f"{load.team} is asked for {about(load.ratio)} of what it can do"
    if math.isinf(load.ratio):
        asked = f"{load.team} is asked to work and has nobody there to do it"
    elif len(load.pool) > 1:
        asked = f"{_listed(load.pool)} together are asked for {about(load.ratio)} of what they can do"
    growth = subject.drift(load.team)
    if growth is not None and growth[1] > growth[0]:
        begin, end = growth
        return f"{asked}, and the queue of {load.team} grows from {begin:,.0f} to {count(end)} within the run"
    if subject["abandonment"] > 0.01 and not load.grows:
        return f"{asked}; the queue does not grow without end only because users give up"
    return asked


def _listed(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _list_desk(subject: Subject, team: str) -> list[str]:
    """A desk whose users wait on a list."""
    parts = []
    begin, end = subject.listed_at_start(team), subject.queue_at_end(team)
    if begin:
        parts.append(f"the list of {team} goes from {begin:,.0f} to {count(end)} within the run")
    elif team not in (load.team for load in subject.overloaded):
        parts.append(f"on average {count(subject.of_team('queue_length', team))} wait on the list of {team}")
    parts += _median_parts(subject)
    parts.append(f"{team} works for {about(subject.of_team('occupancy', team))} of the time it is there")
    return parts


def _ready_desk(subject: Subject) -> list[str]:
    """A desk that is there for what is rare."""
    team = subject.busiest
    seen = round(subject.offered)
    free = about(subject.of_team("readiness", team))
    return [
        f"{about(subject['served_at_once'])} of the tickets find a free agent at once "
        f"({seen:,} ticket{'' if seen == 1 else 's'} in all replications)",
        f"somebody of {team} is free for {free} of the time it is there, "
        f"and its agents work for {about(subject.of_team('occupancy', team))} of theirs",
        *_promise_parts(subject),
    ]


def _ordinary_desk(subject: Subject) -> list[str]:
    parts = _median_parts(subject)
    if subject["abandonment"] > 0.005:
        parts.append(f"{about(subject['abandonment'])} of the tickets end because the user gives up")
    parts += _promise_parts(subject)
    if not math.isnan(subject["flow_efficiency"]):
        parts.append(f"somebody works on a ticket for {about(subject['flow_efficiency'])} of its life in office hours")
    return parts


def _promise_parts(subject: Subject) -> list[str]:
    kept, ceiling = subject["resolution_sla"], subject["resolution_sla_ceiling"]
    if math.isnan(kept):
        return []
    best = f" (of those resolved, {about(ceiling)} would be without any queue)" if kept < ceiling else ""
    return [f"{about(kept)} are resolved as promised{best}"]


def _median_parts(subject: Subject) -> list[str]:
    """What half of the tickets see; "half" leaves out those that never get so far, and says so."""
    lost = subject["abandonment"] > 0.005 or subject["still_open"] > 0.02
    wait, life = subject["response_time_median"], subject["resolution_time_median"]
    who = "the tickets that an agent takes up" if lost else "the tickets"
    first = f"half of {who} get a first response within {human(wait)}"
    if wait == 0:
        first = f"at least half of {who} are answered at once"
    if math.isnan(life):
        return [first, "no ticket is resolved by a team"]
    return [f"{first} and half of those resolved take no longer than {human(life)}"]
