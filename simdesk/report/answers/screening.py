"""What a screening and shares of the variance say: which factors matter when everything moves at once."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial
from typing import Final

from simdesk.experiment.estimate import Estimate
from simdesk.experiment.screening import Points, Screening, VarianceShares
from simdesk.experiment.sheet import describe
from simdesk.report import sensitivity_figures
from simdesk.report.captions import left_out
from simdesk.report.differences import amount, between
from simdesk.report.factors import closed, factor_name, measured, raised
from simdesk.report.panels import Panel, Sign
from simdesk.report.tables import MOST_ROWS, Cell, Column, Table
from simdesk.report.told import Told
from simdesk.report.words import about, listed, value

_LUCK: Final = 2.0
"""Times the effect that luck alone would show; below it an effect may be luck."""
_NOISY: Final = 0.05
"""Share of the variance above which the luck of the simulation blurs the shares of the factors."""
_DEPENDS: Final = 0.5
"""Spread of an effect over its size from which on it depends on where things stand. [Garcia Sanchez et al. 2014]"""


def tell_screening(result: Screening) -> Told:
    """A screening in words: what moves the measure most while the others stand anywhere in their ranges.

    Args:
        result: effects of all factors.
    """
    return Told(
        sentence=_moving(result),
        details=tuple(_effects_details(result)),
        warnings=tuple(_overloads(result.points)),
        panels=(_screening_panel(result),),
        tables=(("Every factor", _effects_table(result)),),
    )


def tell_shares(result: VarianceShares) -> Told:
    """Shares of the variance in words: what most of the variation comes from.

    Args:
        result: shares of all factors.
    """
    return Told(
        sentence=_sharing(result),
        details=tuple(_share_details(result)),
        warnings=(*_noise(result), *_overloads(result.points)),
        panels=(_share_panel(result),),
        tables=(("Every factor", _share_table(result)), ("The rest of the variance", _rest_table(result))),
    )


def _name(result: Screening | VarianceShares, at: int) -> str:
    return factor_name(result.scenario, result.spans[at].path)


def _range(result: Screening | VarianceShares, at: int) -> str:
    return f"from {result.spans[at].texts[0]} to {result.spans[at].texts[2]}"


def _moving(result: Screening) -> str:
    """Which factor moves the measure most, or which may; nothing if luck would move it as far."""
    what, effects = measured(result.key), result.effects
    first, *others = result.order
    if not effects.mu_star[first]:
        return f"Nothing here matters for {what}: none of the factors changes it anywhere in the ranges."
    if _may_be_luck(result, first):
        return (
            f"It is not known what matters for {what}: the luck of the simulation alone would move it as far as the "
            "factors do; more replications at each point, or longer ones, would tell."
        )
    rivals = [at for at in others if effects.mu_star_high[at] > effects.mu_star_low[first]]
    if rivals:
        told = "; ".join(f"{_name(result, at)}, {_moves(result, at)}" for at in (first, *rivals))
        which = listed([_name(result, at) for at in (first, *rivals)], "or")
        return f"What matters most for {closed(what)} is {which}, and these walks cannot tell which: {told}."
    said = f"What matters most for {closed(what)} is {_name(result, first)}: {_moves(result, first)}"
    if others and not _may_be_luck(result, others[0]):
        said += f"; {_name(result, others[0])} matters too: {_moves(result, others[0])}"
    return f"{said}."


def _may_be_luck(result: Screening, at: int) -> bool:
    noise = float(result.noise[at])
    return not math.isnan(noise) and float(result.effects.mu_star[at]) <= _LUCK * noise


def _moves(result: Screening, at: int) -> str:
    """Mean size of the effect over the whole range, with its interval."""
    unit, currency = describe(result.key)[1], result.scenario.money.currency
    effects = result.effects
    size = amount(float(effects.mu_star[at]), unit, currency)
    low, high = float(effects.mu_star_low[at]), float(effects.mu_star_high[at])
    ends = f" ({between(low, high, unit, currency)})" if low < high else ""
    return f"{_range(result, at)} moves it by {size} on average{ends}"


def _effects_details(result: Screening) -> Iterator[str]:
    known = [at for at in result.order if result.effects.mu_star[at] and not _may_be_luck(result, at)]
    depends = [_name(result, at) for at in known if result.effects.sigma[at] > _DEPENDS * result.effects.mu_star[at]]
    if depends:
        yield (
            f"How much {listed(depends)} {'matters' if len(depends) == 1 else 'matter'} depends on where "
            f"{'it stands itself' if len(result.spans) == 1 else 'things stand, itself or the others'}."
        )
    nothing = [_name(result, at) for at in result.order if not result.effects.mu_star[at]]
    if nothing and known:
        yield f"{raised(listed(nothing))}: no change anywhere."
    luck = [_name(result, at) for at in result.order if result.effects.mu_star[at] and _may_be_luck(result, at)]
    if luck and known:
        yield f"{raised(listed(luck))}: no more than the luck of the simulation alone would show."
    points = result.points
    yield (
        f"{result.trajectories} walks through the ranges, {points.count} different points with {points.replications} "
        f"replications each, all with the same luck; {100 * result.confidence:g} % intervals, each for itself."
    )


def _overloads(points: Points) -> Iterator[str]:
    if points.anywhere:
        teams = listed([f"{team} ({count})" for team, count in points.overloaded.items()])
        yield (
            f"At {points.anywhere} of {points.count} points somebody cannot keep up: {teams}. What is measured there "
            "depends on how long the run is; the points were kept."
        )


def _effects_table(result: Screening) -> Table:
    unit, currency = describe(result.key)[1], result.scenario.money.currency
    columns = (
        Column("factor", "Factor"), Column("from", "From"), Column("to", "To"),
        Column("mu_star", "Moves it by, on average"), Column("mu", "With its sign"), Column("sigma", "Spread of that"),
        Column("noise", "Luck alone would show"),
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = []
    for at in result.order:
        effects, span = result.effects, result.spans[at]
        ends = between(float(effects.mu_star_low[at]), float(effects.mu_star_high[at]), unit, currency)
        mu = float(effects.mu[at])
        rows.append(
            (
                raised(_name(result, at)), span.texts[0], span.texts[2],
                f"{amount(float(effects.mu_star[at]), unit, currency)}\n{ends}",
                f"{'−' if mu < 0 else '+' if mu > 0 else ''}{amount(mu, unit, currency)}",
                amount(float(effects.sigma[at]), unit, currency), amount(float(result.noise[at]), unit, currency),
            )
        )  # fmt: skip
    return Table(columns, tuple(rows))


def _screening_panel(result: Screening) -> Panel:
    unit, currency = describe(result.key)[1], result.scenario.money.currency
    columns = Column("factor", "Factor"), Column("mu_star", "Moves it by", unit), Column("sigma", "Spread", unit)
    effects = result.effects
    rows: list[tuple[Cell, ...]] = []
    for at in result.order:
        low, middle, high = (float(one[at]) for one in (effects.mu_star_low, effects.mu_star, effects.mu_star_high))
        cell = Estimate(middle, low, high, result.trajectories)
        rows.append((raised(_name(result, at)), cell, float(effects.sigma[at])))
    caption = (
        f"How far each factor moves {closed(measured(result.key))} on average, when it goes through its whole range, "
        "against how much that differs from place to place. On the left nothing matters; near the line or above it, "
        "how much a factor matters depends on where things stand."
    )
    draw = partial(sensitivity_figures.screening, Table(columns, tuple(rows)), unit, currency)
    signs = (
        Sign("●", "accent", "a factor, with the interval of its mean effect"),
        Sign("╱", "soft", "a spread as large as the effect"),
    )
    return Panel("What moves it while all else moves", caption, draw, _effects_table(result), signs, wide=True)


def _sharing(result: VarianceShares) -> str:
    """Which factor the variation comes from, or which it may."""
    what, indices = measured(result.key), result.indices
    if not result.variance:
        return f"Nothing here matters for {what}: it is the same at every point."
    first, *others = result.order
    if indices.total_low[first] <= 0:
        return (
            f"It is not known what matters for {what}: with {result.points.count} points of "
            f"{result.points.replications} replications each, luck is too large to share the variance out; more of "
            "either would tell."
        )
    rivals = [at for at in others if indices.total_high[at] > indices.total_low[first]]
    if rivals:
        told = "; ".join(f"{_name(result, at)}, {_shares(result, at)}" for at in (first, *rivals))
        which = listed([_name(result, at) for at in (first, *rivals)], "or")
        return f"What matters most for {closed(what)} is {which}, and these points cannot tell which: {told}."
    said = f"What matters most for {closed(what)} is {_name(result, first)}: {_shares(result, first)}"
    if others and indices.total_low[others[0]] > 0:
        said += f"; {_name(result, others[0])} matters too: {_shares(result, others[0])}"
    return f"{said}."


def _shares(result: VarianceShares, at: int) -> str:
    """Total share with its interval, and the share by itself."""
    one, indices = _total(result, at), result.indices
    ends = f" ({100 * one.low:.0f} to {100 * one.high:.0f} %)" if one.low < one.high else ""
    alone = about(min(max(float(indices.first[at]), 0.0), 1.0))
    return f"{_range(result, at)} it has part in {about(one.value)} of the variance{ends}, and {alone} by itself"


def _total(result: VarianceShares, at: int) -> Estimate:
    found = result.indices
    return _cut(float(found.total[at]), float(found.total_low[at]), float(found.total_high[at]), result)


def _first(result: VarianceShares, at: int) -> Estimate:
    found = result.indices
    return _cut(float(found.first[at]), float(found.first_low[at]), float(found.first_high[at]), result)


def _cut(middle: float, low: float, high: float, result: VarianceShares) -> Estimate:
    """A share with its interval, cut to what a share can be."""
    cut = [min(max(end, 0.0), 1.0) for end in (middle, low, high)]
    return Estimate(cut[0], cut[1], cut[2], result.points.replications)


def _noise(result: VarianceShares) -> Iterator[str]:
    if result.indices.noise_share > _NOISY:
        yield (
            f"Of the variance of a single run {about(result.indices.noise_share)} is luck of the simulation, so the "
            f"shares are blurred: take more than {result.points.replications} replications at each point, or longer "
            "ones."
        )


def _share_details(result: VarianceShares) -> Iterator[str]:
    if result.variance:
        together = min(max(result.together, 0.0), 1.0)
        yield f"About {about(together)} of the variance comes from factors in interaction, not from any by itself."
        nothing = [_name(result, at) for at in result.order if not result.indices.total[at]]
        if nothing:
            yield f"{raised(listed(nothing))}: no change anywhere."
    points = result.points
    yield (
        f"{points.count} different points with {points.replications} replications each, all with the same luck; every "
        "value of a range is taken to be equally likely, and the factors to be independent. Single runs are "
        f"{about(result.indices.noise_share)} luck. {100 * result.confidence:g} % intervals, each for itself."
    )


def _share_table(result: VarianceShares) -> Table:
    columns = (
        Column("factor", "Factor"), Column("from", "From"), Column("to", "To"),
        Column("first", "Share of the variance by itself", "share"),
        Column("total", "With its interactions", "share"),
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = [
        (
            raised(_name(result, at)), result.spans[at].texts[0], result.spans[at].texts[2], _first(result, at),
            _total(result, at),
        )
        for at in result.order
    ]  # fmt: skip
    return Table(columns, tuple(rows))


def _rest_table(result: VarianceShares) -> Table:
    columns = Column("what", "What"), Column("share", "Share")
    together = min(max(result.together, 0.0), 1.0)
    rows: tuple[tuple[Cell, ...], ...] = (
        ("Of the variance over the points: interactions, not any factor by itself", about(together)),
        ("Of the variance of a single run: luck of the simulation", value(result.indices.noise_share, "share")),
    )
    return Table(columns, rows)


def _share_panel(result: VarianceShares) -> Panel:
    table = _share_table(result)
    caption = (
        f"Share of the variance of {closed(measured(result.key))} that comes from each factor, when all of them move "
        "through their ranges: by itself, and with what it does together with others."
    )
    caption += left_out("factors", MOST_ROWS, len(table.rows), "with the largest share")
    signs = Sign("■", "accent", "by itself"), Sign("■", "response", "with interactions")
    draw = partial(sensitivity_figures.variance_shares, Table(table.columns, table.rows[:MOST_ROWS]))
    return Panel("Where the variation comes from", caption, draw, table, signs, wide=True)
