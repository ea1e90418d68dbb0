"""How far a brief can be trusted: what is wrong with it, each in a short sentence with its figure."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from simdesk.durations import human
from simdesk.experiment.best import Best
from simdesk.experiment.compare import Comparison
from simdesk.experiment.load import TeamLoad, team_loads
from simdesk.experiment.sheet import Key, describe
from simdesk.experiment.warnings import FEW, before, few, other_clocks
from simdesk.scenario.model import Scenario

AS_IT_STANDS: Final = "as it stands"
"""Name of the desk without any change."""

_NEARLY_FULL: Final = 0.95
_RELAXATIONS: Final = 3
_WIDE: Final = 0.20
_UNFINISHED: Final = 0.02
_SEEN: Final = 0.05
"""Change of volume or work that still lies within what was observed; only averages of it are kept."""
_GIVES_UP: Final = 0.01
"""Difference in the share of users who give up, beyond which their free departure distorts the costs."""
_NAMED: Final = 2
"""Desks that a sentence names; more are counted."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """One reason to doubt.

    Attributes:
        kind: `overload`, `saturation`, `warm_up`, `interval`, `replications`, `unfinished`, `gives_up`,
            `extrapolation`, `tie`, `clocks` or `written`.
        where: the desks that it is about, or the team.
        figure: what was found; NaN where it is not a number.
        limit: beyond which it is an alarm; NaN likewise.
        unit: of both: `share`, `time`, `number` or `text`.
        sentence: for a reader.
    """

    kind: str
    where: str
    figure: float
    limit: float
    unit: str
    sentence: str


def alarms(
    comparison: Comparison, first: Key, stated: Sequence[str], best: Best | None, ranked_by: Key | None
) -> list[Alarm]:
    """Every reason to doubt a comparison.

    Args:
        comparison: base and alternatives.
        first: the measure that matters most.
        stated: names of the alternatives that somebody asked for; the others were added.
        best: the best of the alternatives, in their order.
        ranked_by: in which measure.
    """
    base = comparison.base.scenario
    desks = {AS_IT_STANDS: base, **{name: runs.scenario for name, runs in comparison.alternatives.items()}}
    loads = {name: team_loads(desk) for name, desk in desks.items()}
    asked = {name: desks[name] for name in stated}
    return [
        *_replications(comparison),
        *_full(loads),
        *_short_warm_up(desks, loads),
        *_wide(comparison, first, stated),
        *_tie(comparison, best, ranked_by),
        *_unfinished(comparison),
        *_gives_up(comparison, ranked_by),
        *_extrapolates(base, asked, loads),
        *_clocks(desks),
        *_written(desks),
    ]


def _replications(comparison: Comparison) -> Iterator[Alarm]:
    count = len(comparison.base.sheets)
    if count < FEW:
        text = "one run of each desk only: luck, and no intervals." if count == 1 else few(count, "runs of each desk")
        yield Alarm("replications", "all", count, FEW, "number", text)


def _full(loads: Mapping[str, list[TeamLoad]]) -> Iterator[Alarm]:
    """Teams that are asked for all, or nearly all, that they can do; each told once, where it is worst."""
    for team in dict.fromkeys(load.team for some in loads.values() for load in some):
        found = {name: load for name, some in loads.items() for load in some if load.team == team and load.offered}
        full = {name: load.ratio for name, load in found.items() if load.ratio > _NEARLY_FULL}
        if not full:
            continue
        worst = max(full.values())
        asked = f"{100 * worst:.1f} % of what it can do" if math.isfinite(worst) else "work and has nobody to do it"
        if worst >= 1:
            over = [name for name, ratio in full.items() if ratio >= 1]
            grows = any(found[name].grows for name in over)
            then = (
                "what is measured there depends on how long the run is" if grows else "only those who give up help it"
            )
            text = f"{team} is asked for {asked} ({_desks(over, loads)}): {then}."
            yield Alarm("overload", _desks(over, loads), worst, 1.0, "share", text)
        else:
            text = f"{team} is asked for {asked} ({_desks(list(full), loads)}): waits are long and swing widely."
            yield Alarm("saturation", _desks(list(full), loads), worst, _NEARLY_FULL, "share", text)


def _short_warm_up(desks: Mapping[str, Scenario], loads: Mapping[str, list[TeamLoad]]) -> Iterator[Alarm]:
    """The slowest queue of all desks, if the warm-up is short for it."""
    needs = [
        (_RELAXATIONS * load.relaxation, load.team, name)
        for name, desk in desks.items()
        if not desk.run.open_at_start
        for load in loads[name]
        if load.builds_up
    ]
    needed, team, _ = max(needs, default=(0.0, "", ""))
    warm_up = next(iter(desks.values())).run.warm_up
    if warm_up.seconds < needed:
        where = _desks([name for need, _, name in needs if need > warm_up.seconds], desks)
        text = (
            f"the warm-up of {warm_up} is short: the queue of {team} needs up to {human(needed)} to forget that the "
            f"desk started empty ({where}); waits come out too low."
        )
        yield Alarm("warm_up", where, needed, warm_up.seconds, "time", text)


def _wide(comparison: Comparison, first: Key, stated: Sequence[str]) -> Iterator[Alarm]:
    """The first measure itself, where it is known least."""
    sides = {AS_IT_STANDS: comparison.base, **{name: comparison.alternatives[name] for name in stated}}
    found = {name: runs.estimate(first, comparison.confidence) for name, runs in sides.items()}
    label = _label(first)
    missing = [name for name, one in found.items() if math.isnan(one.low) and not math.isnan(one.value)]
    if missing:
        note = found[missing[0]].note
        yield Alarm("interval", _desks(missing, found), math.nan, _WIDE, "share", f"{label}: no interval; {note}.")
    widths = {name: one.half_width / abs(one.value) for name, one in found.items() if one.value and one.low == one.low}
    wide = {name: width for name, width in widths.items() if width > _WIDE}
    if wide:
        where, most = _desks(list(wide), found), max(wide.values())
        text = f"{label} is known only to ± {100 * most:.1f} % ({where}); more runs would narrow it."
        yield Alarm("interval", where, most, _WIDE, "share", text)


def _tie(comparison: Comparison, best: Best | None, ranked_by: Key | None) -> Iterator[Alarm]:
    if best is None or ranked_by is None or not best.alike:
        return
    names = list(comparison.alternatives)
    alike = [names[at] for at in best.alike]
    told = alike[0] if len(alike) == 1 else f"any of {len(alike)} others"
    text = (
        f"decided on a tie: in {_lowered(_label(ranked_by))}, {names[best.index]} cannot be told from {told}; which "
        "of them comes first may be luck."
    )
    yield Alarm("tie", ", ".join([names[best.index], *alike]), len(alike), 0, "number", text)


def _unfinished(comparison: Comparison) -> Iterator[Alarm]:
    found = _levels(comparison, Key("still_open"))
    some = {name: share for name, share in found.items() if share > _UNFINISHED}
    if some:
        where, most = _desks(list(some), found), max(some.values())
        text = (
            f"{100 * most:.1f} % of the tickets were still open when the cool-down ended ({where}); times to resolve "
            "leave them out and are too short."
        )
        yield Alarm("unfinished", where, most, _UNFINISHED, "share", text)


def _gives_up(comparison: Comparison, ranked_by: Key | None) -> Iterator[Alarm]:
    found = _levels(comparison, Key("abandonment"))
    if ranked_by != Key("total_cost") or not found or max(found.values()) - min(found.values()) <= _GIVES_UP:
        return
    most, least = max(found, key=found.__getitem__), min(found, key=found.__getitem__)
    text = (
        f"a user who gives up costs nothing from then on: {100 * found[most]:.1f} % do {_where(most)}, "
        f"{100 * found[least]:.1f} % {_where(least)}; the desk that loses more looks cheaper than it is."
    )
    yield Alarm("gives_up", most, found[most] - found[least], _GIVES_UP, "share", text)


def _extrapolates(
    base: Scenario, asked: Mapping[str, Scenario], loads: Mapping[str, list[TeamLoad]]
) -> Iterator[Alarm]:
    """Alternatives whose volume or work lies beyond what the desk was estimated from."""
    if base.observed is None:
        return
    contacts, work = _contacts(base), _work(loads[AS_IT_STANDS])
    for name, desk in asked.items():
        volume = _contacts(desk) / contacts if contacts else 1.0
        each = _work(loads[name]) / work / volume if work and volume else 1.0
        moved = ((volume, "contacts", "fewer", "volume"), (each, "work in a contact", "less", "work"))
        for ratio, what, less, today in moved:
            if abs(ratio - 1) > _SEEN:
                change = f"{100 * abs(ratio - 1):.0f} % {'more' if ratio > 1 else less}"
                text = (
                    f"the desk was estimated from data at today's {today}, and {name} has {change} {what}: this "
                    "extrapolates."
                )
                yield Alarm("extrapolation", name, ratio - 1, _SEEN, "share", text)


def _contacts(scenario: Scenario) -> float:
    return sum(scenario.demand.per_week(name) for name in scenario.demand.types)


def _work(loads: Sequence[TeamLoad]) -> float:
    return sum(load.offered for load in loads)


def _clocks(desks: Mapping[str, Scenario]) -> Iterator[Alarm]:
    """Opening hours that change, and by which an alternative is not judged; each told once."""
    told: dict[str, list[str]] = {}
    for name, desk in desks.items():
        if text := other_clocks(desk):
            told.setdefault(text, []).append(name)
    for text, names in told.items():
        where = _desks(names, desks)
        yield Alarm("clocks", where, math.nan, math.nan, "text", f"{where}, {text}")


def _written(desks: Mapping[str, Scenario]) -> Iterator[Alarm]:
    """What was written and cannot be meant, each told once."""
    told: dict[str, list[str]] = {}
    for name, desk in desks.items():
        for text in before(desk, []):
            told.setdefault(text, []).append(name)
    for text, names in told.items():
        yield Alarm("written", _desks(names, desks), math.nan, math.nan, "text", text)


def _levels(comparison: Comparison, key: Key) -> dict[str, float]:
    """A measure of every desk that has it."""
    sides = {AS_IT_STANDS: comparison.base, **comparison.alternatives}
    found = {name: runs.estimates[key].value for name, runs in sides.items() if key in runs.estimates}
    return {name: level for name, level in found.items() if not math.isnan(level)}


def _desks(names: Sequence[str], all_of_them: Mapping[str, object]) -> str:
    """Desks in words: "as it stands", "with A and B", "in every desk"."""
    names = list(dict.fromkeys(names))
    if len(names) == len(all_of_them) > 1:
        return "in every desk"
    with_it = [name for name in names if name != AS_IT_STANDS]
    if len(with_it) > _NAMED:
        with_it = [*with_it[: _NAMED - 1], f"{len(with_it) - _NAMED + 1} others"]
    parts = [AS_IT_STANDS] if AS_IT_STANDS in names else []
    return " and ".join([*parts, *([f"with {' and '.join(with_it)}"] if with_it else [])])


def _where(name: str) -> str:
    return name if name == AS_IT_STANDS else f"with {name}"


def _label(key: Key) -> str:
    label = describe(key)[0]
    return f"{label} ({key.of})" if key.of else label


def _lowered(text: str) -> str:
    return text[0].lower() + text[1:]
