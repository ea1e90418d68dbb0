"""Measures as a person names them: `first_wait`, or with whose, `occupancy:first_line`."""

from __future__ import annotations

from simdesk.errors import RunError
from simdesk.experiment.sheet import FOR_EACH_TYPE, Key, known_measures
from simdesk.measures import MEASURES, TEAM_MEASURES
from simdesk.scenario.excerpts import nearest, quoted
from simdesk.scenario.model import Scenario
from simdesk.states import PRIORITIES


def key_named(scenario: Scenario, text: str) -> Key:
    """The row of the results that somebody names.

    Args:
        scenario: whose teams and ticket types can be named.
        text: a measure, or a measure and a team, priority or ticket type with a colon between.

    Raises:
        RunError: there is no such measure, or it is not told of that; names the nearest.
    """
    measure, _, of = text.partition(":")
    if measure not in known_measures():
        near = nearest(measure, known_measures()) or ";"
        raise RunError(f"no measure named {quoted(measure)}{near} `simdesk measures` lists them")
    whose: dict[str, tuple[str, ...]] = {
        "team": tuple(scenario.teams) if measure in TEAM_MEASURES else (),
        "priority": PRIORITIES if measure in MEASURES else (),
        "type": tuple(scenario.demand.types) if measure in FOR_EACH_TYPE else (),
    }
    for by, names in whose.items():
        if of in names:
            return Key(measure, by, of)
    known = [name for names in whose.values() for name in names]
    if of or measure in TEAM_MEASURES:
        example = f"; write e.g. {measure}:{known[0]}" if known else ""
        raise RunError(f"{measure} is not told of {quoted(of) if of else 'the whole desk'}{example}")
    return Key(measure)
