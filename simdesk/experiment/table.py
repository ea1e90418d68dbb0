"""Results as tidy tables: one row for each measure, and whose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simdesk.experiment.replications import Replications
from simdesk.experiment.sheet import Key, describe, keys_of, read_sheet
from simdesk.measures import Prices
from simdesk.ticketlog import TicketLog

if TYPE_CHECKING:
    import pandas as pd

FREE = Prices({}, 0.0, 0.0, 0.0, 0, {})
"""Prices of a log without a scenario: nothing costs anything."""


def measure(log: TicketLog, prices: Prices = FREE) -> pd.DataFrame:
    """Every measure of one log: columns `measure, by, of, label, unit, value`.

    One log is one draw of luck; `replicate` gives intervals. Costs need the scenario's prices (`prices_of`).
    """
    import pandas as pd

    sheet = read_sheet(log, prices)
    return pd.DataFrame({**_named(key), "value": sheet.readings[key].value} for key in keys_of([sheet]))


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
