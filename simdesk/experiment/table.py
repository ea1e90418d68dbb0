"""Results as tidy tables: one row for each measure, and whose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simdesk.desk import window_of
from simdesk.errors import RunError
from simdesk.experiment.prices import prices_of
from simdesk.experiment.replications import Replications
from simdesk.experiment.sheet import Key, describe, keys_of, read_sheet
from simdesk.measures import Prices
from simdesk.scenario.excerpts import quoted
from simdesk.scenario.model import Scenario
from simdesk.ticketlog import TicketLog

if TYPE_CHECKING:
    import pandas as pd


def measure(log: TicketLog, scenario: Scenario | None = None) -> pd.DataFrame:
    """Every measure of one log: columns `measure, by, of, label, unit, value`.

    One log is one draw of luck; `replicate` gives intervals. A log has no prices: costs have rows if the scenario is
    given that was simulated, and none otherwise.

    Raises:
        RunError: the log is not of this scenario, as their teams differ.
    """
    import pandas as pd

    sheet = read_sheet(log, None if scenario is None else _prices_for(log, scenario))
    return pd.DataFrame({**_named(key), "value": sheet.readings[key].value} for key in keys_of([sheet]))


def _prices_for(log: TicketLog, scenario: Scenario) -> Prices:
    strangers = set(log.teams) ^ set(scenario.teams)
    if strangers or log.window != window_of(scenario):
        what = f"the team {quoted(min(strangers))}" if strangers else "the measured window"
        raise RunError(
            f"the log is not of the scenario {quoted(scenario.title)}: {what} is not the same in both; "
            "give the scenario that was simulated"
        )
    return prices_of(scenario)


def _named(key: Key) -> dict[str, str]:
    label, unit, _, _ = describe(key)
    return {**key._asdict(), "label": label, "unit": "seconds" if unit == "time" else unit}


def table(runs: Replications) -> pd.DataFrame:
    """Every measure with its 95 % interval: columns `measure, by, of, label, unit, value, low, high, replications,
    note`."""
    import pandas as pd

    rows = []
    for key, estimate in runs.estimates.items():
        rows.append(
            {
                **_named(key),
                "value": estimate.value,
                "low": estimate.low,
                "high": estimate.high,
                "replications": estimate.replications,
                "note": estimate.note,
            }
        )
    return pd.DataFrame(rows)
