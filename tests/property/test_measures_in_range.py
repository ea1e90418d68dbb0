"""No measure leaves its range, whatever the desk: shares lie between nothing and all, and nothing else is negative."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from logs import opening_hours
from simdesk.clock import Calendar
from simdesk.engine import reference
from simdesk.experiment.sheet import Key, Sheet, read_sheet, strays
from simdesk.measures import Prices
from simdesk.measures.readings import Ratio
from simdesk.policies import AtShiftEnd
from tiny import Agent
from tiny_desks import Case, cases, law

PRICES = Prices({"team-0": 30.0, "team-1": 50.0}, 40.0, 0.8, 0.1, 30, {"P1": 100.0, "P3": 10.0})
offices = st.one_of(
    st.just(opening_hours((1000, 2000))),  # closed for as long as anybody lives
    st.builds(lambda begin, length: opening_hours((begin, begin + length)), st.integers(0, 40), st.integers(1, 5)),
    st.just(opening_hours(*((start, start + 3) for start in range(0, 2000, 10)))),
)
"""Hours of the users that have nothing to do with those of the teams: one short spell, or three seconds of ten."""


@st.composite
def overworked(draw: st.DrawFn) -> Case:
    """A desk where people are there for a few seconds, and finish what they have begun, however late it gets."""
    case = draw(cases())
    shifts = st.builds(
        lambda begin, length, then: Agent(((begin, begin + length, then),)),
        st.integers(0, 8), st.integers(1, 3), st.integers(0, 1),
    )  # fmt: skip
    late = [
        replace(
            team,
            agents=draw(st.lists(shifts, min_size=1, max_size=2)),
            at_shift_end=AtShiftEnd.FINISH,
            at_break=AtShiftEnd.FINISH,
        )
        for team in case.teams
    ]
    return replace(case, teams=tuple(late))


def sheet_of(case: Case, office: Calendar) -> Sheet:
    """Everything that is measured of one run whose users work in these hours."""
    log = reference.simulate(*case.build())
    log = replace(log, calendars=(*log.calendars, office), office=len(log.calendars))
    return read_sheet(log, PRICES)


@law(cases(), offices)
def test_every_measure_of_a_random_desk_is_in_its_range(case: Case, office: Calendar):
    """Night agents, users with one short hour, branches side by side, users who give up, helpers."""
    assert strays([sheet_of(case, office)]) == {}


@law(overworked(), offices)
def test_every_measure_is_in_its_range_where_people_work_after_hours(case: Case, office: Calendar):
    """Nobody is busier than he is there, in no hour of the week; nobody works for more than he is paid."""
    sheet = sheet_of(case, office)

    assert strays([sheet]) == {}
    for (name, team), worked in sheet.series.items():
        if name == "worked_by_hour":
            assert (worked <= sheet.series["present_by_hour", team]).all()


@given(st.floats(1.001, 5), st.floats(-5, -0.001))
def test_a_reading_outside_its_range_is_found(more: float, less: float):
    """A share above all, and one below nothing; a share of all, and of nothing, are none."""
    readings = {
        Key("occupancy", "team", "desk"): Ratio(more, 1),
        Key("flow_efficiency"): Ratio(less, 1),
        Key("abandonment"): Ratio(0, 7),
        Key("served_at_once"): Ratio(7, 7),
        Key("resolution_sla"): Ratio(0, 0),
        Key("backlog"): Ratio(700, 1),
    }

    found = strays([Sheet(readings, {}, "", 0, False)])

    assert found == {Key("occupancy", "team", "desk"): more, Key("flow_efficiency"): less}
