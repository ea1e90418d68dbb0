"""The ticket log: the narrow waist of the house. A simulated desk and an export of a real one are the same type.

Two tables, `tickets` and `touches`, and, where it is known, who was on duty. Columns are arrays of whole numbers until
somebody asks for a table. An instant that never came is `NEVER`; a missing team or agent is −1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from simdesk.clock import NEVER, Calendar, Timeline
from simdesk.errors import SimdeskError
from simdesk.files import whole
from simdesk.states import Outcome, State

if TYPE_CHECKING:
    import pandas as pd

Ints = NDArray[np.int64]

TICKET_COLUMNS: Final = {
    "type": "index into the types",
    "priority": "index into the priorities, 0 for P1",
    "channel": "index into the channels",
    "blocking": "1 if it stops the user's work",
    "opened_at": "when the user's need began: cohort, lead time, lost time and flow efficiency begin here",
    "arrived_at": "when the log begins to tell of it; later than opened_at only for tickets open at the start",
    "reached_desk_at": "when it reached the desk, after self-service and automation: response, promises, waits and "
    "backlog begin here; never for a need that did without a team",
    "responded_at": "when an agent first worked on it",
    "ended_at": "when it was resolved for the last time, solved without a team, or abandoned",
    "outcome": "an Outcome",
    "response_due_at": "until when the response was promised",
    "resolution_due_at": "until when the resolution was promised, pauses included",
    "resolution_paused": "seconds for which the resolution clock stood still, in its own calendar",
    "resolution_calendar": "calendar of the resolution clock",
}
TOUCH_COLUMNS: Final = {
    "ticket": "row of the ticket",
    "step": "number of the step within the ticket",
    "state": "a State: WORK, or what the delay is spent in",
    "waited_in": "QUEUE, or PARKED when its agent had begun and was away",
    "team": "index into the teams",
    "agent": "index into the agents",
    "queued_at": "when the wait before the spell began",
    "started_at": "when the spell began",
    "ended_at": "when the spell, or the wait that somebody gave up, ended",
    "effort": "seconds of an agent's time",
    "calendar": "calendar in which a delay runs, or in which the team is there",
    "pauses": "1 if the resolution clock stands still during the delay",
}
DUTY_COLUMNS: Final = {
    "agent": "index into the agents",
    "team": "index into the teams",
    "started_at": "when the agent came",
    "ended_at": "when he left",
    "paid": "1 for a paid shift, 0 for a spell of presence, which a break that had to wait may stretch beyond one",
}


@dataclass(frozen=True)
class TicketLog:
    """What happened, ticket by ticket and touch by touch.

    Attributes:
        tickets_columns, touches_columns, duty_columns: arrays by name; see the constants of this module.
        types, categories, channels, priorities, teams, agents: names behind the indices.
        calendars: opening hours behind the calendar columns; the first is open always.
        office: index of the calendar in which users work.
        timeline: what second 0 means.
        window: the measured time [from, to), seconds; tickets opened in it are the cohort.
        stopped_at: when the simulation, or the export, ended.
        cut_short: why it ended before its time; nothing if it did not.
    """

    tickets_columns: Mapping[str, Ints]
    touches_columns: Mapping[str, Ints]
    duty_columns: Mapping[str, Ints]
    types: tuple[str, ...]
    categories: tuple[str, ...]
    channels: tuple[str, ...]
    priorities: tuple[str, ...]
    teams: tuple[str, ...]
    agents: tuple[str, ...]
    calendars: tuple[Calendar, ...]
    office: int
    timeline: Timeline
    window: tuple[int, int]
    stopped_at: int
    cut_short: str = ""

    def __post_init__(self) -> None:
        for columns, wanted in (
            (self.tickets_columns, TICKET_COLUMNS),
            (self.touches_columns, TOUCH_COLUMNS),
            (self.duty_columns, DUTY_COLUMNS),
        ):
            if set(columns) != set(wanted):
                odd = sorted(set(columns) ^ set(wanted))
                raise SimdeskError(f"a ticket log needs exactly its columns; missing or unknown: {', '.join(odd)}")

    def __len__(self) -> int:
        return self.tickets_columns["opened_at"].size

    @cached_property
    def tickets(self) -> pd.DataFrame:
        """One row a ticket, with names for indices; instants in seconds since the start, missing where they never
        came."""
        columns = self.tickets_columns
        types = _named(columns["type"], self.types)
        return _frame(
            {
                "ticket": np.arange(len(self)),
                "type": types,
                "category": _named(columns["type"], self.categories),
                "priority": _named(columns["priority"], self.priorities),
                "channel": _named(columns["channel"], self.channels),
                "blocking": columns["blocking"].astype(bool),
                **{name: _instant(columns[name]) for name in columns if name.endswith("_at")},
                "outcome": _named(columns["outcome"], tuple(o.name.lower() for o in Outcome)),
                "resolution_paused": columns["resolution_paused"],
            }
        )

    @cached_property
    def touches(self) -> pd.DataFrame:
        """One row a spell of work or delay, with names for indices; instants in seconds since the start."""
        columns = self.touches_columns
        states = tuple(state.name.lower() for state in State)
        return _frame(
            {
                "ticket": columns["ticket"],
                "step": columns["step"],
                "state": _named(columns["state"], states),
                "waited_in": _named(columns["waited_in"], states),
                "team": _named(columns["team"], self.teams),
                "agent": _named(columns["agent"], self.agents),
                **{name: _instant(columns[name]) for name in columns if name.endswith("_at")},
                "effort": columns["effort"],
                "calendar": columns["calendar"],
                "pauses": columns["pauses"].astype(bool),
            }
        )

    @cached_property
    def duty(self) -> pd.DataFrame:
        """One row a paid shift or spell of presence, with names for indices; instants in seconds since the start."""
        columns = self.duty_columns
        return _frame(
            {
                "agent": _named(columns["agent"], self.agents),
                "team": _named(columns["team"], self.teams),
                "started_at": _instant(columns["started_at"]),
                "ended_at": _instant(columns["ended_at"]),
                "paid": columns["paid"].astype(bool),
            }
        )

    def digest(self) -> str:
        """SHA-256 of everything that happened; equal logs have equal digests on every machine."""
        seal = sha256()
        for names in (self.types, self.categories, self.channels, self.priorities, self.teams, self.agents):
            seal.update("\x1f".join(names).encode() + b"\x1e")
        for columns in (self.tickets_columns, self.touches_columns, self.duty_columns):
            for name in sorted(columns):
                seal.update(name.encode() + np.ascontiguousarray(columns[name], dtype="<i8").tobytes())
        seal.update(f"{self.window} {self.stopped_at}{self.cut_short}".encode())
        return seal.hexdigest()

    def write(self, folder: Path, stem: str = "log") -> list[Path]:
        """Write the tables as Parquet files, each whole or not at all; returns their paths."""
        paths = []
        for name in ("tickets", "touches", "duty"):
            path = folder / f"{stem}-{name}.parquet"
            with whole(path, may_replace=True) as fresh:
                self.write_table(name, fresh)
            paths.append(path)
        return paths

    def write_table(self, name: str, path: Path) -> None:
        """Write one table, `tickets`, `touches` or `duty`, as a Parquet file."""
        getattr(self, name).to_parquet(path, engine="pyarrow", index=False, compression="zstd")


def _named(indices: Ints, names: tuple[str, ...]) -> Any:
    import pandas as pd

    unique = tuple(dict.fromkeys(names))
    codes = indices if unique == names else np.array([unique.index(n) for n in names] or [-1])[indices]
    return pd.Categorical.from_codes(np.where(indices < 0, -1, codes).astype(np.int64), categories=pd.Index(unique))


def _instant(column: Ints) -> Any:
    import pandas as pd

    return pd.arrays.IntegerArray(column.astype(np.int64), column >= NEVER)


def _frame(columns: Mapping[str, Any]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(dict(columns))
