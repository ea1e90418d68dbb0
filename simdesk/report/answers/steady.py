"""What one long run says of a wait in the long run."""

from __future__ import annotations

import math
from typing import Final

from simdesk.experiment.steady import Steady
from simdesk.report.differences import name_of
from simdesk.report.tables import Column, Table
from simdesk.report.told import Told
from simdesk.report.words import value

_MEASURED: Final = 0.9
"""Confidence for which the coverage of such intervals was measured."""


def tell_steady(result: Steady) -> Told:
    """A long-run mean in words and a table."""
    found, what = result.found, name_of(result.key)
    mean = value(found.value, "time")
    sure = f"{100 * result.confidence:g} %"
    if math.isnan(found.low):
        sentence = f"{what}, in the long run: {mean} in this run of {result.tickets:,} tickets; {found.note}."
    else:
        ends = f"{value(found.low, 'time')} to {value(found.high, 'time')}"
        sentence = (
            f"{what}, in the long run: {mean} ({sure} interval {ends}), from one run of {result.tickets:,} tickets."
        )
    columns = Column("what", "What"), Column("value", "Value")
    rows = (
        ("Mean", mean), ("Low end", value(found.low, "time")), ("High end", value(found.high, "time")),
        ("Tickets", f"{result.tickets:,}"), ("Left out at the start", f"{found.dropped:,}"),
        ("Batches", f"{found.batches:,}"), ("Tickets in a batch", f"{found.batch_size:,}"),
    )  # fmt: skip
    details = (
        "Successive waits depend on each other; they are put into batches that look independent, and the interval "
        "allows for what dependence and skewness are left (N-Skart).",
    )
    doubt = []
    if not found.sufficient:
        doubt.append(f"The run may be too short for this interval: {found.note}; make run.length longer.")
    if result.confidence > _MEASURED:
        doubt.append(
            f"How often such intervals hold was measured for {100 * _MEASURED:g} % only; ask with --confidence."
        )
    return Told(sentence, details, tuple(doubt), tables=(("The long run", Table(columns, rows)),))
