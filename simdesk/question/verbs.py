"""What each kind of question asks of the function of the same name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from simdesk.calendars import parse_hours
from simdesk.desk import business_day
from simdesk.durations import human
from simdesk.experiment.compare import Comparison, compare
from simdesk.experiment.doing_nothing import DoingNothing, do_nothing
from simdesk.experiment.explain import Brief, explain
from simdesk.experiment.headroom import Headroom, headroom
from simdesk.experiment.lab import Lab
from simdesk.experiment.levels import Ends
from simdesk.experiment.precision import Precise, precise
from simdesk.experiment.rank import MOST, Ranking, rank
from simdesk.experiment.screening import (
    BASE_POINTS,
    REPLICATIONS,
    TRAJECTORIES,
    Screening,
    VarianceShares,
    morris,
    sobol,
)
from simdesk.experiment.sensitivity import Tornado, tornado
from simdesk.experiment.slack import SlackCurve, slack_curve
from simdesk.experiment.staffing.contracts import Contract
from simdesk.experiment.staffing.search import Staffing, staff
from simdesk.experiment.staffing.week import PlannedWeek, planned_week
from simdesk.experiment.steady import Steady, steady
from simdesk.experiment.sweep import Sweep, sweep
from simdesk.experiment.targets import key_of
from simdesk.experiment.warm_up import WarmUpAdvice, warm_up_advice
from simdesk.experiment.watch import key_named
from simdesk.question.loading import Asked
from simdesk.question.spread import ends_of, listed, values_of, written_ends

if TYPE_CHECKING:
    import pandas as pd

_QUICK_CERTIFICATE: Final = 40
_QUICK_WALKS: Final = 4
_QUICK_POINTS: Final = 16
_QUICK_MOST: Final = 100
"""What a quick look makes do with."""


@dataclass(frozen=True, slots=True)
class Ahead:
    """How much more a desk can take, and what doing nothing costs year by year, if that was asked.

    Attributes:
        headroom: of every target.
        nothing: year by year, if growth was stated.
    """

    headroom: Headroom
    nothing: DoingNothing | None

    def table(self) -> pd.DataFrame:
        """One row for each target, and one for each year; see `Headroom.table` and `DoingNothing.table`."""
        import pandas as pd

        parts = [self.headroom.table().assign(part="headroom")]
        if self.nothing is not None:
            parts.append(self.nothing.table().assign(part="doing nothing"))
        return pd.concat(parts, ignore_index=True)


def _compare(asked: Asked, lab: Lab) -> Comparison:
    assert asked.question.compare is not None  # it is asked for
    wanted = {*asked.watched, *map(key_of, asked.scenario.targets.values())}
    if asked.question.decide is not None:
        wanted.add(key_named(asked.scenario, asked.question.decide.measure))
    return compare(
        asked.scenario,
        asked.question.compare,
        replications=asked.replications,
        confidence=asked.question.confidence,
        together=True,
        wanted=wanted,
        lab=lab,
    )


def _sweep(asked: Asked, lab: Lab) -> Sweep:
    stated = asked.question.sweep
    assert stated is not None  # it is asked for
    over = values_of(stated.over) if stated.design == "grid" else written_ends(stated.over)
    return sweep(
        asked.scenario,
        over,
        design=stated.design,
        points=stated.points,
        replications=asked.replications,
        confidence=asked.question.confidence,
        wanted={*asked.watched, *asked.traded},
        lab=lab,
    )


def _slack(asked: Asked, lab: Lab) -> SlackCurve:
    stated = asked.question.slack
    assert stated is not None  # it is asked for
    return slack_curve(
        asked.scenario,
        stated.team,
        listed(stated.agents) if stated.agents is not None else None,
        replications=asked.replications,
        confidence=asked.question.confidence,
        lab=lab,
    )


def _shifts(asked: Asked, lab: Lab) -> PlannedWeek:
    stated = asked.question.shifts
    assert stated is not None  # it is asked for
    spans = parse_hours(stated.hours)
    return planned_week(
        asked.scenario,
        stated.team,
        share=stated.share,
        within=stated.within.seconds if stated.within is not None else None,
        earliest=spans[0][0],
        latest=spans[-1][1],
        lengths=stated.lengths,
        pause=stated.pause,
        days=stated.days,
        most_forms=stated.most_forms,
        contracts=[Contract(name, terms.hours, terms.people, terms.days) for name, terms in stated.contracts.items()],
        weeks=stated.weeks,
        replications=asked.replications,
        confidence=asked.question.confidence,
        lab=lab,
    )


def _explain(asked: Asked, lab: Lab) -> Brief:
    assert asked.question.explain is not None  # it is asked for
    return explain(
        asked.scenario,
        asked.question.explain,
        asked.watched,
        replications=asked.replications,
        confidence=asked.question.confidence,
        lab=lab,
    )


def _staff(asked: Asked, lab: Lab) -> Staffing:
    stated = asked.question.staff
    assert stated is not None  # it is asked for
    bounds = None
    if stated.teams is not None:
        ends = {name: ends_of(levels) for name, levels in stated.teams.items()}
        bounds = {name: (round(low.amount), round(high.amount)) for name, (low, high) in ends.items()}
    return staff(
        asked.scenario,
        bounds,
        confidence=asked.question.confidence,
        replications=asked.replications,
        certify=min(stated.certify, _QUICK_CERTIFICATE) if asked.quick else stated.certify,
        lab=lab,
    )


def _rank(asked: Asked, lab: Lab) -> Ranking:
    stated = asked.question.rank
    assert stated is not None  # it is asked for
    size = stated.indifference
    found = rank(
        asked.scenario,
        stated.among,
        key_named(asked.scenario, stated.by),
        indifference=size.in_unit(business_day(asked.scenario)) if size.business else size.amount,
        confidence=asked.question.confidence,
        budget=stated.budget,
        keep_targets=stated.keep_targets,
        most=_QUICK_MOST if asked.quick else MOST,
        lab=lab,
    )
    return replace(found, written=str(size) if size.business else "")


def _sensitivity(asked: Asked, lab: Lab) -> Tornado | Screening | VarianceShares:
    stated = asked.question.sensitivity
    assert stated is not None  # it is asked for
    factors: dict[str, Ends] = {
        path: (one.low, one.high) if one.standard_error is None else one.standard_error
        for path, one in stated.factors.items()
    }
    key, confidence = key_named(asked.scenario, stated.of), asked.question.confidence
    each = asked.question.replications or REPLICATIONS
    each = min(each, asked.question.quick.replications) if asked.quick else each
    if stated.method == "morris":
        walks = min(stated.points or TRAJECTORIES, _QUICK_WALKS if asked.quick else TRAJECTORIES * 100)
        return morris(
            asked.scenario, factors, key, trajectories=walks, replications=each, confidence=confidence, lab=lab
        )
    if stated.method == "sobol":
        points = min(stated.points or BASE_POINTS, _QUICK_POINTS) if asked.quick else stated.points or BASE_POINTS
        return sobol(asked.scenario, factors, key, points=points, replications=each, confidence=confidence, lab=lab)
    return tornado(asked.scenario, factors, key, replications=asked.replications, confidence=confidence, lab=lab)


def _precision(asked: Asked, lab: Lab) -> Precise:
    stated = asked.question.precision
    assert stated is not None  # it is asked for

    def predicted(replications: int, seconds: float) -> None:
        wait = f", {human(seconds)} from now" if seconds == seconds else ""  # not known where all was kept before
        lab.say(f"it will take about {min(replications, stated.at_most):,} runs{wait}")

    return precise(
        asked.scenario,
        asked.watched,
        within=stated.within,
        at_most=min(stated.at_most, _QUICK_MOST) if asked.quick else stated.at_most,
        confidence=asked.question.confidence,
        predicted=predicted,
        lab=lab,
    )


def _warm_up(asked: Asked, lab: Lab) -> WarmUpAdvice:
    return warm_up_advice(asked.scenario, replications=asked.replications, lab=lab)


def _steady(asked: Asked, lab: Lab) -> Steady:
    stated = asked.question.steady
    assert stated is not None  # it is asked for
    key = key_named(asked.scenario, stated.of)
    return steady(asked.scenario, key, confidence=asked.question.confidence, lab=lab)


def _headroom(asked: Asked, lab: Lab) -> Ahead:
    stated = asked.question.headroom
    assert stated is not None  # it is asked for
    common: dict[str, Any] = {
        "replications": asked.replications, "confidence": asked.question.confidence, "lab": lab,
    }  # fmt: skip
    found = headroom(asked.scenario, stated.of, up_to=stated.up_to, step=stated.step, targets=stated.targets, **common)
    nothing = None
    if stated.growth is not None:
        asked_for = stated.targets or list(asked.scenario.targets)
        kept = asked.scenario.model_copy(update={"targets": {n: asked.scenario.targets[n] for n in asked_for}})
        nothing = do_nothing(kept, growth=stated.growth, years=stated.years, **common)
    return Ahead(found, nothing)


VERBS: Final[Mapping[str, Callable[[Asked, Lab], Any]]] = {
    "compare": _compare,
    "explain": _explain,
    "headroom": _headroom,
    "precision": _precision,
    "rank": _rank,
    "sensitivity": _sensitivity,
    "shifts": _shifts,
    "slack": _slack,
    "staff": _staff,
    "steady": _steady,
    "sweep": _sweep,
    "warm_up": _warm_up,
}
"""The answer to each kind of question."""
