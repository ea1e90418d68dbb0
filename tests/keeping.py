"""Sheets without a simulation, and a store to keep them in."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import numpy as np

from simdesk.experiment.sheet import Key, Sheet
from simdesk.experiment.store import Store
from simdesk.measures.readings import Quantile, Reading, Total
from simdesk.scenario.model import Scenario
from written import one_team

DESK = one_team()
RULES = "kernel-today"


def a_sheet(number: int = 0, *, complete: bool = True, **readings: Reading) -> Sheet:
    """A sheet that says which replication it is of."""
    known = {Key(name): reading for name, reading in {"still_open": Total(0.0), **readings}.items()}
    return Sheet(known, {}, f"digest of {number}", number, False, complete)


def keep(path: Path, *numbers: int, desk: Scenario = DESK, rules: str = RULES) -> None:
    """Keep replications of a desk in a file and close it."""
    with Store(path) as store:
        store.keep([(desk, number, a_sheet(number, first_wait=Total(float(number)))) for number in numbers], rules)


def found(path: Path, desk: Scenario = DESK, rules: str = RULES, wanted: list[Key] | None = None) -> list[int]:
    """Numbers of the replications that a newly opened store has of the first hundred."""
    with Store(path) as store:
        return sorted(store.known(desk, range(100), wanted, rules))


def intact(path: Path) -> bool:
    """Whether SQLite finds nothing wrong with the file."""
    with sqlite3.connect(path) as db:
        return db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def large(number: int) -> Sheet:
    """A sheet of some 8 KiB that cannot be compressed."""
    values = np.sort(np.random.default_rng(number).random(1000))
    return a_sheet(number, first_wait=Quantile(values, 0.5))
