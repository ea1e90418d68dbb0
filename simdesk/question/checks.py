"""What each kind of question needs of its desk and of its own values, checked before anything is simulated.

A check adds what is wrong to `Places`; whatever passes them all can be asked. What can simulate is imported where it is
needed: it compiles code, and few questions need it to be checked.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import product
from typing import Any, Final

from simdesk.calendars import parse_hours
from simdesk.errors import RunError
from simdesk.experiment.levels import Ends, Level, Span, level, numbered, spans
from simdesk.experiment.refusals import refuse_too_many
from simdesk.experiment.scale import refuse_no_more, scale_of
from simdesk.experiment.sheet import Key, describe, name_of_row
from simdesk.experiment.unmeasured import never_measured
from simdesk.question.bounds import objection
from simdesk.question.case import Case
from simdesk.question.model import Headroom, Range
from simdesk.question.places import Place
from simdesk.question.spread import ends_of, listed
from simdesk.scenario.excerpts import nearest, quoted
from simdesk.statistics import designs

_EACH_POINT: Final = 64
"""Up to so many points of a grid are each tried on the desk; of more, those at the ends."""
_TODAY: Final = "all sides must be measured alike; state it under set, for all of them"
_SEED: Final = 1


Check = Callable[[Case], None]


def _watched(case: Case) -> None:
    for index, text in enumerate(case.question.watch):
        case.places.measure(case.scenario, text, ("watch", index))


def _alternatives(case: Case) -> None:
    """Each alternative, whatever the kind of question."""
    for name, changes in case.stated.items():
        for path in changes:
            if path.partition(".")[0] in ("run", "targets"):
                case.places.add(_TODAY, (*case.place, name, path))
    _ = case.others  # tells what is wrong with them


def _decided(case: Case) -> None:
    rule = case.question.decide
    if rule is None:
        return
    key = case.places.measure(case.scenario, rule.measure, ("decide", "measure"))
    name, margin = rule.rule
    judged = {one: desk for one, desk in case.others.items() if rule.alternative in (None, one)}
    if key is not None and (message := objection(margin, key, name, {"": case.scenario, **judged})):
        case.places.add(message, ("decide", name))


def _no_tickets(key: Key) -> str:
    return f"no ticket comes of which {name_of_row(key)} could be told"


def _precise(case: Case) -> None:
    """Whether there is something to count for everything that shall be known precisely."""
    known: list[tuple[Place, Key | None]] = [(("precision",), key) for key in case.usual]
    if case.question.watch:
        written: list[tuple[Place, str]] = [(("watch", index), text) for index, text in enumerate(case.question.watch)]
        known = [(place, case.places.measure(case.scenario, text, place)) for place, text in written]
    for place, key in known:
        if key is not None and never_measured(case.scenario, key):
            case.places.add(f"{_no_tickets(key)}; watch something else, or state how many contacts there are", place)


def _several_runs(case: Case) -> None:
    if case.replications < 2:
        case.places.add(
            "needs at least 2 runs of each desk, and the desk has run.replications: 1; state replications: 20",
            (case.question.verb,),
        )


def _swept(case: Case) -> None:
    stated = case.question.sweep
    assert stated is not None  # it is asked for
    tried: dict[str, list[Any]] = {}
    for path, levels in stated.over.items():
        place = ("sweep", "over", path)
        if case.places.path(case.scenario, path, place):
            tried[path] = _tried(case, path, levels, place, listed_all=stated.design == "grid")
    if len(tried) < len(stated.over) or not all(tried.values()):
        return  # what is wrong is told already
    count = math.prod(map(len, tried.values())) if stated.design == "grid" else stated.points or 0
    with case.places.told(("sweep", "over")):
        refuse_too_many(count, case.replications)
        _refuse_corners(case, tried, count)
    if stated.design == "sobol":
        _power_of_two(case, stated.points or 0, len(tried), ("sweep", "points"))


def _traded(case: Case) -> None:
    assert case.question.sweep is not None  # it is asked for
    for index, text in enumerate(case.question.sweep.trade or []):
        key = case.places.measure(case.scenario, text, ("sweep", "trade", index))
        if key is not None and describe(key)[2] == "neither":
            case.places.add("neither less nor more of this is better, so nothing can be traded for it; choose another",
                            ("sweep", "trade", index))  # fmt: skip


def _tried(case: Case, path: str, levels: list[Any] | Range, place: Place, *, listed_all: bool = True) -> list[Any]:
    """The values that are tried, if each of them will do; else none."""
    before = case.places.count
    values: list[Any] = []
    with case.places.told(place, path):
        if isinstance(levels, list) and not listed_all:
            raise RunError("a spread design needs the ends; write from and to instead of a list")
        if isinstance(levels, list) or listed_all:
            values = listed(levels)
        else:
            ends_of(levels)
            values = [levels.from_, levels.to]
    where = {0: "from", len(values) - 1: "to"}
    for at in _telling(values):
        spot = (*place, at) if isinstance(levels, list) else (*place, where.get(at, "step"))
        case.places.takes(case.scenario, path, values[at], spot)
    return values if case.places.count == before else []


def _telling(values: Sequence[Any]) -> list[int]:
    """Which values tell whether a desk takes all: of numbers of one kind the first two and both ends, else each."""
    of_kind: dict[tuple[str, str, bool] | str, list[tuple[float, int]]] = {}
    for at, value in enumerate(values):
        one: Level | None = level(value)
        kind = repr(value) if one is None else (one.kind, one.unit, one.whole)
        of_kind.setdefault(kind, []).append((one.amount if one is not None else 0.0, at))
    return sorted({at for some in of_kind.values() for _, at in (*some[:2], min(some), max(some))})


def _refuse_corners(case: Case, tried: Mapping[str, Sequence[Any]], count: int) -> None:
    """Refuse combinations that a desk does not take although it takes each value: shares that sum to more than one."""
    if len(tried) == 1:
        return
    ends = {path: [values[at] for at in _telling(values)] for path, values in tried.items()}
    some = tried if count <= _EACH_POINT else ends
    points = list(product(*some.values())) if math.prod(map(len, some.values())) <= _EACH_POINT else []
    points = points or [tuple(values[at] for values in tried.values()) for at in (0, -1)]
    for point in points:
        before = case.places.count
        case.places.varied(case.scenario, dict(zip(tried, point, strict=True)), ("sweep", "over"))
        if case.places.count > before:
            return


def _power_of_two(case: Case, points: int, factors: int, place: Place) -> None:
    try:
        designs.sobol_points(points, factors, seed=_SEED)
    except ValueError as error:
        case.places.add(str(error), place)


def _teams(case: Case, names: Sequence[str], place: Place) -> None:
    """Whether teams exist and have one number of people that can be varied."""
    for name in names:
        if name not in case.scenario.teams:
            case.places.add(f"no team named {quoted(name)}{nearest(name, list(case.scenario.teams))}", place)


def _countable(case: Case, name: str, place: Place) -> bool:
    """Whether a team has one number of people that can be varied."""
    _teams(case, [name], place)
    team = case.scenario.teams.get(name)
    if team is not None and team.agents is None:
        case.places.add(
            f"{quoted(name)} states the agents of each shift, so that there is no one number to vary; give the team "
            "agents and each of its shifts a share of them",
            place,
        )
    return team is not None and team.agents is not None


def _people(case: Case, levels: list[Any] | Range, place: Place) -> bool:
    """Whether numbers of people are whole numbers."""
    written = levels if isinstance(levels, list) else [levels.from_, levels.to, levels.step or 1]
    good = all(isinstance(one, int) and not isinstance(one, bool) and one >= 0 for one in written)
    if not good:
        case.places.add("people are counted; write whole numbers, such as {from: 3, to: 12}", place)
    return good


def _slack(case: Case) -> None:
    stated = case.question.slack
    assert stated is not None  # it is asked for
    known = _countable(case, stated.team, ("slack", "team"))
    place = ("slack", "agents")
    if stated.agents is not None and _people(case, stated.agents, place) and known:
        tried = _tried(case, f"teams.{stated.team}.agents", stated.agents, place)
        with case.places.told(place):
            refuse_too_many(len({*tried, case.scenario.teams[stated.team].headcount}), case.replications)


def _shifts(case: Case) -> None:
    stated = case.question.shifts
    assert stated is not None  # it is asked for
    _teams(case, [stated.team], ("shifts", "team"))
    if stated.team not in case.scenario.teams:
        return
    from simdesk.experiment.staffing.contracts import Contract
    from simdesk.experiment.staffing.week import refuse_what_cannot_be_planned

    spans = parse_hours(stated.hours)
    with case.places.told(("shifts",)):
        refuse_what_cannot_be_planned(
            case.scenario, stated.team, earliest=spans[0][0], latest=spans[-1][1], lengths=stated.lengths,
            pause=stated.pause, days=stated.days, weeks=stated.weeks, share=stated.share,
            within=stated.within.seconds if stated.within is not None else None,
            contracts=[Contract(name, one.hours, one.people, one.days) for name, one in stated.contracts.items()],
        )  # fmt: skip


def _staff(case: Case) -> None:
    stated = case.question.staff
    assert stated is not None  # it is asked for
    for name, people in (stated.teams or {}).items():
        place = ("staff", "teams", name)
        if _countable(case, name, place) and _people(case, people, place):
            with case.places.told(place):
                for end, one in zip(("from", "to"), ends_of(people), strict=True):
                    case.places.takes(case.scenario, f"teams.{name}.agents", round(one.amount), (*place, end))
    varied = stated.teams if stated.teams is not None else [t for t in case.scenario.teams.values() if t.agents]
    if not varied:
        case.places.add("no team has one number of agents that could be varied; state some teams and their agents",
                        ("staff",) if stated.teams is None else ("staff", "teams"))  # fmt: skip
    if not case.scenario.targets:
        case.places.add("the desk states no targets, so any staffing keeps them; state some under set", ("staff",))


def _rank(case: Case) -> None:
    stated = case.question.rank
    assert stated is not None  # it is asked for
    size, place = stated.indifference, ("rank", "indifference")
    key = case.places.measure(case.scenario, stated.by, ("rank", "by"))
    if key is not None and describe(key)[2] == "neither":
        case.places.add("neither less nor more of this is better; rank by another measure", ("rank", "by"))
    if size.kind == "relative":
        case.places.add("of what? write a size, such as '2 min', '1 point' or 500", place)
    elif not size.amount:
        case.places.add("must be more than 0: which difference is too small to matter?", place)
    elif key is not None and (message := objection(size, key, "falls_by", {"": case.scenario, **case.others})):
        case.places.add(message, place)
    if stated.budget is not None and stated.budget < 2 * len(stated.among):
        case.places.add(
            f"is too small for {len(stated.among)} candidates, of which each needs 2 runs; state at least "
            f"{2 * len(stated.among)}",
            ("rank", "budget"),
        )
    if stated.keep_targets and not case.scenario.targets:
        case.places.add("the desk states no targets, so there are none to keep; remove it, or state some under set",
                        ("rank", "keep_targets"))  # fmt: skip


def _rankable(case: Case) -> None:
    """Whether each candidate has something by which it could be ranked."""
    assert case.question.rank is not None  # it is asked for
    key = case.places.measure(case.scenario, case.question.rank.by, ("rank", "by"))
    for name, desk in case.others.items():
        if key is not None and never_measured(desk, key):
            case.places.add(f"{_no_tickets(key)}; leave this candidate out, or rank by something else, such as "
                            "total_cost", (*case.place, name))  # fmt: skip


def _sensitivity(case: Case) -> None:
    stated = case.question.sensitivity
    assert stated is not None  # it is asked for
    key = case.places.measure(case.scenario, stated.of, ("sensitivity", "of"))
    before, found = case.places.count, []
    for path, one in stated.factors.items():
        place: Place = ("sensitivity", "factors", path)
        if not case.places.path(case.scenario, path, place):
            continue
        ends: Ends = (one.low, one.high) if one.standard_error is None else one.standard_error
        if one.standard_error is None:
            for end, value in (("low", one.low), ("high", one.high)):
                case.places.takes(case.scenario, path, value, (*place, end))
        if case.places.count == before:
            with case.places.told(place, path):
                found += numbered(spans(case.scenario, {path: ends})) if stated.method != "tornado" else []
                spans(case.scenario, {path: ends})
    if stated.method == "tornado" or case.places.count > before:
        return
    from simdesk.experiment.screening import BASE_POINTS, REPLICATIONS, TRAJECTORIES

    each = case.question.replications or REPLICATIONS
    place = ("sensitivity", "points") if stated.points is not None else ("sensitivity", "method")
    if stated.method == "sobol":
        points = stated.points or BASE_POINTS
        _power_of_two(case, points, 2 * len(found), place)
        points *= len(found) + 2
    else:
        points = (stated.points or TRAJECTORIES) * (len(found) + 1)
    with case.places.told(place):
        refuse_too_many(points, each)
    _corners(case, found, key)


def _corners(case: Case, found: Sequence[Span], key: Key | None) -> None:
    """Whether a desk takes all low ends and all high ends together, and has something to measure there."""
    assert case.question.sensitivity is not None  # it is asked for
    place: Place = ("sensitivity", "factors")
    lowest, highest = {one.path: one.low for one in found}, {one.path: one.high for one in found}
    case.places.varied(case.scenario, lowest, place)
    most = case.places.varied(case.scenario, highest, place)
    if key is None or most is None:
        return
    if never_measured(most, key):
        case.places.add(f"{_no_tickets(key)}; state how many contacts there are", ("sensitivity", "of"))
    elif case.question.sensitivity.method == "morris":  # whose walks go to the very ends
        for path, low in lowest.items():
            least = case.places.varied(case.scenario, {**highest, path: low}, place)
            if least is not None and never_measured(least, key):
                case.places.add(f"{_no_tickets(key)} at {low}; write a larger value", (*place, path, "low"))


def _steady(case: Case) -> None:
    stated = case.question.steady
    assert stated is not None  # it is asked for
    key = case.places.measure(case.scenario, stated.of, ("steady", "of"))
    if key is not None:
        if never_measured(case.scenario, key):
            case.places.add(f"{_no_tickets(key)}; state how many contacts there are", ("steady",))
            return
        from simdesk.experiment.steady import refuse_what_is_not_steady

        with case.places.told(("steady", "of") if "of" in stated.model_fields_set else ("steady",)):
            refuse_what_is_not_steady(case.scenario, key)


def _way(case: Case, stated: Headroom) -> None:
    """Whether the values that are tried lie above today's, and a desk takes them."""
    given = stated.model_fields_set
    before, end = case.places.count, "up_to" if "up_to" in given else "of"
    with case.places.told(("headroom", end), stated.of):
        refuse_no_more(case.scenario, stated.of, stated.up_to)
    if case.places.count > before:
        return
    where = "step" if "step" in given else end
    with case.places.told(("headroom", where), stated.of):
        scale = scale_of(case.scenario, stated.of, stated.up_to, stated.step)
        for at in (1, scale.count):
            case.places.takes(case.scenario, stated.of, scale.written(at), ("headroom", where))


def _headroom(case: Case) -> None:
    stated = case.question.headroom
    assert stated is not None  # it is asked for
    if case.places.path(case.scenario, stated.of, ("headroom", "of")):
        _way(case, stated)
    if not case.scenario.targets:
        case.places.add("the desk states no targets, so nothing can break; state some under set", ("headroom",))
    if stated.targets == []:
        case.places.add("must not be empty; remove it, and every target is looked at", ("headroom", "targets"))
    for index, name in enumerate(stated.targets or []):
        if name not in case.scenario.targets:
            near = nearest(name, list(case.scenario.targets))
            case.places.add(f"no target named {quoted(name)}{near}", ("headroom", "targets", index))
    if stated.growth is not None:
        grown = case.scenario.demand.volume * (1 + stated.growth) ** stated.years
        case.places.takes(case.scenario, "demand.volume", grown, ("headroom", "growth"))


CHECKS: Final[Mapping[str, tuple[Check, ...]]] = {
    "compare": (_watched, _alternatives, _decided),
    "explain": (_watched, _alternatives),
    "sweep": (_watched, _swept, _traded),
    "slack": (_slack,),
    "shifts": (_shifts,),
    "staff": (_several_runs, _staff),
    "rank": (_alternatives, _rank, _rankable),
    "sensitivity": (_sensitivity,),
    "precision": (_watched, _precise),
    "warm_up": (_several_runs,),
    "steady": (_steady,),
    "headroom": (_headroom,),
}
"""What is checked of each kind of question, in this order."""
