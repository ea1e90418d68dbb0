"""What a sweep says: where each watched measure is best, which points cannot be told from it, and what trades against
what."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final

from simdesk.experiment.best import Best
from simdesk.experiment.sheet import Key, describe, name_of_row
from simdesk.experiment.sweep import Sweep
from simdesk.experiment.warnings import FEW, few, other_clocks
from simdesk.report import curves, heat_maps
from simdesk.report.differences import name_of
from simdesk.report.panels import Panel, Sign
from simdesk.report.tables import Cell, Column, Table
from simdesk.report.told import Told
from simdesk.report.words import interval, value

ALIKE: Final = "cannot be told from the best"
"""Standing of the points that may be as good as the best."""

_MOST_LISTED: Final = 4
_MOST_MAPS: Final = 12
"""Values of a third factor up to which there is a map for each."""


def tell_sweep(result: Sweep, watched: Sequence[Key]) -> Told:
    """A sweep in words: the best point of each watched measure, and those that may be as good.

    Args:
        result: of the sweep.
        watched: measures, the most important first; at least one.
    """
    sentences = [_sentence(result, key) for key in watched]
    traded = _traded(watched)
    panels = [_panel(result, key) for key in watched]
    if traded is not None and len(result.points) > 1:
        panels.append(_front_panel(result, *traded))
    return Told(
        sentence=sentences[0],
        details=(*sentences[1:], *([_front_sentence(result, *traded)] if traded is not None else [])),
        warnings=tuple(_warnings(result, watched)),
        panels=tuple(panels),
        tables=(("Every point", point_table(result, watched)),),
    )


def point_table(result: Sweep, watched: Sequence[Key]) -> Table:
    """The watched measures at every point, with their intervals."""
    columns = (
        *_factor_columns(result),
        *(Column(name_of_row(key), name_of(key), describe(key)[1]) for key in watched),
        Column("overloaded", "Asked for more than they can do"),
    )
    rows: list[tuple[Cell, ...]] = [
        (*_factors(result, at), *(result.estimate(at, key) for key in watched), ", ".join(result.overloaded[at]))
        for at in range(len(result.points))
    ]
    return Table(columns, tuple(rows))


def measure_table(result: Sweep, key: Key) -> Table:
    """One measure at every point, with its standing against the best."""
    columns = (
        *_factor_columns(result),
        Column(name_of_row(key), name_of(key), describe(key)[1]),
        Column("standing", "Against the best"),
        Column("overloaded", "Asked for more than they can do"),
    )
    best = _best(result, key)
    rows: list[tuple[Cell, ...]] = [
        (*_factors(result, at), result.estimate(at, key), _standing(best, at), ", ".join(result.overloaded[at]))
        for at in range(len(result.points))
    ]
    return Table(columns, tuple(rows))


def front_table(result: Sweep, first: Key, second: Key) -> Table:
    """Two measures at every point, and whether no other point beats it in both."""
    columns = (
        Column("point", "Point"),
        *(Column(name_of_row(key), name_of(key), describe(key)[1]) for key in (first, second)),
        Column("front", "Beaten or equalled by no other in both"),
        Column("overloaded", "Asked for more than they can do"),
    )
    front = result.front(first, second)
    rows: list[tuple[Cell, ...]] = []
    for at in range(len(result.points)):
        both = (result.estimate(at, key) for key in (first, second))
        rows.append((_short(result, at), *both, "yes" if at in front else "", ", ".join(result.overloaded[at])))
    return Table(columns, tuple(rows))


def factor_name(result: Sweep, path: str) -> str:
    """What a person calls a path: the label of its slider, else its last words."""
    labels = {slider.path: slider.label for slider in result.scenario.try_ if slider.label}
    parts = [part for part in path.split(".") if part not in ("teams", "demand", "types")]
    return labels.get(path) or " ".join(parts)


def _factor_columns(result: Sweep) -> tuple[Column, ...]:
    return tuple(Column(path, factor_name(result, path)) for path in result.paths)


def _factors(result: Sweep, at: int) -> tuple[str, ...]:
    return tuple(_written(result.points[at][path]) for path in result.paths)


def _written(number: object) -> str:
    return f"{number:.4g}" if isinstance(number, float) else str(number)


def _name(result: Sweep, at: int) -> str:
    """A point in a sentence: `First-line agents 7, Volume against today 110 %`."""
    pairs = zip(result.paths, _factors(result, at), strict=True)
    return ", ".join(f"{factor_name(result, path)} {text}" for path, text in pairs)


def _short(result: Sweep, at: int) -> str:
    """A point in a figure: its values alone."""
    return ", ".join(_factors(result, at))


def _best(result: Sweep, key: Key) -> Best | None:
    """None where no value is better than another, or nothing was measured."""
    some = any(not math.isnan(result.estimate(at, key).value) for at in range(len(result.points)))
    return result.best(key) if describe(key)[2] != "neither" and some else None


def _standing(best: Best | None, at: int) -> str:
    if best is None:
        return ""
    return heat_maps.BEST if at == best.index else ALIKE if at in best.alike else ""


def _sentence(result: Sweep, key: Key) -> str:
    """Where a measure is best, or between what it lies."""
    _, unit, better, _ = describe(key)
    what, currency = name_of(key), result.scenario.money.currency
    cells = [result.estimate(at, key) for at in range(len(result.points))]
    known = [at for at, cell in enumerate(cells) if not math.isnan(cell.value)]
    if not known:
        return f"{what}: there was nothing to measure at any of the {len(cells)} points."
    least, most = (pick(known, key=lambda at: cells[at].value) for pick in (min, max))
    if cells[least].value == cells[most].value:
        same = f"is {value(cells[least].value, unit, currency)} at every point"
        return f"{what} {same} where there was something to measure." if len(known) < len(cells) else f"{what} {same}."
    best = _best(result, key)
    if best is None:
        low, high = (f"{value(cells[at].value, unit, currency)} at {_name(result, at)}" for at in (least, most))
        return f"{what} goes from {low} to {high}."
    one = cells[best.index]
    return (
        f"{what} is {'lowest' if better == 'lower' else 'highest'} at {_name(result, best.index)}: "
        f"{value(one.value, unit, currency)} ({_doubt(result, key, best.index)}){_rivals(result, best, len(known))}."
    )


def _doubt(result: Sweep, key: Key, at: int) -> str:
    one, unit = result.estimate(at, key), describe(key)[1]
    shown = interval(one, unit, result.scenario.money.currency)
    return shown if math.isnan(one.low) or one.low == one.high else f"{100 * result.confidence:g} % interval {shown}"


def _rivals(result: Sweep, best: Best, known: int) -> str:
    """The points that cannot be told from the best, as a clause."""
    if known == 1:
        return ""
    if not best.alike:
        return "; every other point is worse"
    if len(best.alike) == known - 1:
        return "; no other point can be told from it, so these replications do not show that it is the best"
    if len(best.alike) > _MOST_LISTED:
        return f"; {len(best.alike)} of the other {known - 1} points cannot be told from it"
    names = [_short(result, at) if len(result.paths) == 1 else f"({_short(result, at)})" for at in best.alike]
    listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    return f"; {listed} cannot be told from it"


def _traded(watched: Sequence[Key]) -> tuple[Key, Key] | None:
    """A cost and a time among the watched, if there are both, to be set against each other."""
    units = {unit: [key for key in watched if describe(key)[1:3] == (unit, "lower")] for unit in ("money", "time")}
    return (units["money"][0], units["time"][0]) if all(units.values()) else None


def _front_sentence(result: Sweep, cost: Key, wait: Key) -> str:
    front = result.front(cost, wait)
    if not front:
        return f"{name_of(cost)} and {name_of(wait)}: there is no point at which both were measured."
    first, second = name_of(cost), name_of(wait)
    if len(front) == 1:
        return f"{_name(result, front[0])} is lowest in both: {first} and {second}, by the estimates without intervals."
    return (
        f"{len(front)} of {len(result.points)} points trade {first} against {second}, from {_name(result, front[0])} "
        f"(lowest in the one) to {_name(result, front[-1])} (lowest in the other); each of the others is beaten or "
        "equalled in both by one of these, by the estimates without intervals."
    )


def _warnings(result: Sweep, watched: Sequence[Key]) -> Iterator[str]:
    if (count := len(result.runs[0].sheets)) < FEW:
        yield few(count, "runs of each point")
    moved = Counter(text for runs in result.runs if (text := other_clocks(runs.scenario)))
    for text, points in moved.items():
        yield f"At {points} of {len(result.points)} points {text}"
    full = [teams for teams in result.overloaded if teams]
    if full:
        names = list(dict.fromkeys(name for teams in full for name in teams))
        yield (
            f"At {len(full)} of {len(result.points)} points a team is asked for more than it can do "
            f"({', '.join(names)}): what is measured there depends on how long the run is."
        )
    if result.scenario.patience and Key("total_cost") in watched:
        yield "A user who gives up costs nothing from then on: points at which many do look cheaper than they are."


def _panel(result: Sweep, key: Key) -> Panel:
    """The figure that fits the number of factors."""
    table, currency = measure_table(result, key), result.scenario.money.currency
    paths, measure = result.paths, name_of_row(key)
    title, sure = name_of(key), f"{100 * result.confidence:g} %"
    full = [Sign("▲", "warn", "a team is asked for more than it can do")] if any(result.overloaded) else []
    names = " and ".join(factor_name(result, path) for path in paths[:2])
    if result.design == "grid" and len(paths) == 1:
        caption = f"By {factor_name(result, paths[0])}."
        draw = partial(curves.line, table, paths[0], measure, currency)
        signs = [Sign("●", "accent", "simulated"), Sign("▬", "band", f"its {sure} interval")]
        return Panel(title, caption, draw, table, tuple(signs))
    thirds = {repr(point[paths[2]]) for point in result.points} if len(paths) == 3 else set()
    if result.design == "grid" and (len(paths) == 2 or 0 < len(thirds) <= _MOST_MAPS):
        by = paths[2] if len(paths) == 3 else ""
        caption = f"By {names}{f', for each value of {factor_name(result, by)}' if by else ''}; darker is more."
        draw = partial(heat_maps.heat, table, paths[0], paths[1], measure, by)
        return Panel(title, caption, draw, table, (*_map_signs(_best(result, key)), *full), wide=True)
    caption = f"Every point, against each of the {len(paths)} values that were varied; all of them vary at once."
    draw = partial(curves.scatter, table, paths, measure, currency)
    signs = [Sign("●", "accent", "a point"), *(Sign("●", sign.colour, sign.label) for sign in full)]
    return Panel(title, caption, draw, table, tuple(signs), wide=True)


def _map_signs(best: Best | None) -> list[Sign]:
    if best is None:
        return []
    return [Sign("□", "ink", "the best"), *([Sign("┄", "ink", ALIKE)] if best.alike else [])]


def _front_panel(result: Sweep, cost: Key, wait: Key) -> Panel:
    table = front_table(result, cost, wait)
    signs = [Sign("●", "accent", "trades one for the other"), Sign("○", "soft", "beaten or equalled in both")]
    if any(result.overloaded):
        signs.append(Sign("●", "warn", "a team is asked for more than it can do"))
    values = ", ".join(factor_name(result, path) for path in result.paths)
    caption = f"Points are named by {values}; thin lines are {100 * result.confidence:g} % intervals."
    draw = partial(curves.pareto, table, name_of_row(cost), name_of_row(wait), result.scenario.money.currency)
    return Panel(f"{name_of(cost)} against {name_of(wait)}", caption, draw, table, tuple(signs), wide=True)
