"""The figure of the plans that a search for the cheapest staffing simulated. A table in, a Plotly figure out."""

from __future__ import annotations

import math
from typing import Final

import plotly.graph_objects as go

from simdesk.report.canvas import blank, dots, plain, stroke
from simdesk.report.tables import Table
from simdesk.report.words import value

MARKS: Final = {
    "keeps all": ("circle", "accent"),
    "misses": ("x-thin", "warn"),
    "too close to call": ("circle-open", "soft"),
}
"""Symbol and colour of a plan, by what was seen of it."""

_DEEPEST: Final = -0.5
"""Relative margin below which a plan is drawn at the lower edge: how far it misses no longer matters."""


_FARTHEST: Final = 2.0
"""Plans that cost more than so many times the answer are not drawn; they are in the table."""


def plans(table: Table, currency: str) -> go.Figure:
    """Every plan by its cost and by the target that it keeps least; the line is where a target is just kept.

    Args:
        table: `people`, `cost`, `seen` (a key of `MARKS`), `margin`, `target` and `chosen` (`yes`, or nothing).
        currency: of the costs; nothing if people are counted.
    """
    people, seen, chosen, targets = (table.texts(name) for name in ("people", "seen", "chosen", "target"))
    cost, margin = table.values("cost"), table.values("margin")
    figure = blank(height=280, margin={"l": 8, "r": 16, "t": 14, "b": 26})
    best = [i for i, yes in enumerate(chosen) if yes]
    far = _FARTHEST * max((cost[i] for i in best), default=math.inf)
    ends = [min(cost, default=0.0), min(max(cost, default=1.0), far)]
    stroke(figure, ends, [0.0, 0.0], "ink", width=1)
    depth = [max(x, _DEEPEST) if not math.isnan(x) else _DEEPEST for x in margin]
    told = [
        f"{plain(who)}: {_cost(amount, currency)}, {what}; {plain(target)} by {_margin(x)}"
        for who, amount, what, target, x in zip(people, cost, seen, targets, margin, strict=True)
    ]
    for what, (symbol, colour) in MARKS.items():
        at = [i for i, kind in enumerate(seen) if kind == what]
        dots(
            figure, [cost[i] for i in at], [100 * depth[i] for i in at], symbol, colour, [told[i] for i in at],
            size=9, width=2,
        )  # fmt: skip
    dots(
        figure, [cost[i] for i in best], [100 * depth[i] for i in best], "circle-open", "ink", [told[i] for i in best],
        size=17, width=2,
    )  # fmt: skip
    room = 0.05 * (ends[1] - ends[0]) or 1.0
    figure.update_xaxes(
        range=[ends[0] - room, ends[1] + room], nticks=6, tickprefix=f"{currency} " if currency else "", tickformat=","
    )
    figure.update_yaxes(ticksuffix=" %", nticks=5)
    return figure


def _cost(amount: float, currency: str) -> str:
    return f"{value(amount, 'money', currency)} a month" if currency else f"{amount:,.0f} people"


def _margin(margin: float) -> str:
    return f"{100 * margin:+.1f} % of its bound" if math.isfinite(margin) else "nothing to measure"
