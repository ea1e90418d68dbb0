"""What a scenario says that time and broken promises cost, and of which weeks an average month is made."""

from __future__ import annotations

from math import ceil

import numpy as np

from simdesk.desk import business_day, open_desk, window_of
from simdesk.durations import HOUR, WEEK, Duration
from simdesk.measures import Prices, WholeWeeks
from simdesk.scenario.model import Scenario
from simdesk.workload.arrivals import days_of, expected


def prices_of(scenario: Scenario) -> Prices:
    """What the scenario says that time and broken promises cost."""
    money = scenario.money
    after = money.workaround_after
    day = business_day(scenario) if after.business_days else 0
    return Prices(
        team_hour={name: team.cost.amount for name, team in scenario.teams.items()},
        user_hour=money.users_time.amount,
        impaired_blocking=money.impaired_blocking,
        impaired_other=money.impaired_other,
        workaround_after=round(after.in_seconds(day)),
        penalties=dict(money.penalties),
        workaround_in_office=after.business,
        whole_weeks=whole_weeks(scenario),
    )


def whole_weeks(scenario: Scenario) -> WholeWeeks | None:
    """The whole weeks for which a window stands that is no whole number of them; None if it is one.

    They begin when the window begins, and the last of them ends with it or after it. Their roster is known in advance,
    holidays included; of each type the window holds the tickets that are expected in it, of those expected in them.
    """
    begin, end = window_of(scenario)
    weeks = ceil((end - begin) / WEEK)
    if end - begin == weeks * WEEK:
        return None
    run = scenario.run.model_copy(update={"length": Duration(float(weeks * WEEK))})
    whole = scenario.model_copy(update={"run": run})
    desk = open_desk(whole)
    first, last = desk.window
    shifts = np.clip(desk.roster.ends, first, last) - np.clip(desk.roster.starts, first, last)
    paid = np.bincount(desk.agent_team[desk.roster.agent], shifts, len(desk.team_names)) / HOUR / weeks
    days = days_of(whole, desk)
    volume = {}
    for name in scenario.demand.types:
        held, of = (expected(whole, name, days, first, until) for until in (first + end - begin, last))
        volume[name] = weeks * held / of if of else (end - begin) / WEEK
    return WholeWeeks(dict(zip(desk.team_names, paid.tolist(), strict=True)), volume)
