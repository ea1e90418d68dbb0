"""Desks on which the engines once differed, kept as files and run again with every test.

`SIMDESK_KEEP=1 pytest tests/property/test_twins.py` keeps what it finds: the smallest desk of each failing test.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from tiny import Agent, Step, Team, Ticket
from tiny_desks import Case

FOLDER = Path(__file__).parent / "property" / "kept"


def written(case: Case) -> str:
    """A case as text."""
    return json.dumps(asdict(case), indent=1, default=int) + "\n"


def read(text: str) -> Case:
    """The case that was written."""
    found = json.loads(text)
    teams = tuple(Team(**team | {"agents": _agents(team["agents"])}) for team in map(_tuples, found.pop("teams")))
    tickets = tuple(_ticket(ticket) for ticket in found.pop("tickets"))
    return Case(teams, tickets, **_tuples(found))


def keep(name: str, case: Case) -> None:
    """Write a case down, where the one who tests has asked for it; a smaller one takes its place."""
    if os.environ.get("SIMDESK_KEEP"):
        FOLDER.mkdir(exist_ok=True)
        (FOLDER / f"{name}.json").write_text(written(case), encoding="utf-8")


def _agents(found: Any) -> Any:
    return found if isinstance(found, int) else [Agent(**_tuples(agent)) for agent in found]


def _ticket(found: dict[str, Any]) -> Ticket:
    own = {field.name for field in fields(Ticket) if field.init}
    steps = tuple(Step(**_tuples(step)) for step in found["steps"])
    return Ticket(**{name: value for name, value in found.items() if name in own} | {"steps": steps})


def _tuples(found: dict[str, Any]) -> dict[str, Any]:
    """Lists are tuples in the desks; rules are their numbers."""
    return {name: _tuple(value) if name != "agents" else value for name, value in found.items()}


def _tuple(value: Any) -> Any:
    return tuple(map(_tuple, value)) if isinstance(value, list) else value
