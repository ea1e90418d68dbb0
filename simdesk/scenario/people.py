"""The people chapter: calendars, teams, shifts, and how much of a paid hour goes into tickets."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, GetJsonSchemaHandler, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from simdesk.calendars import WEEKDAYS, parse_hours, parse_weekdays, public_holidays
from simdesk.durations import DAY, Duration
from simdesk.policies import AgentChoice, AtBreak, AtShiftEnd, Begins, Discipline
from simdesk.scenario.problems import Complaint, Complaints, complain, complain_of
from simdesk.scenario.quantities import (
    Chapter,
    Factor,
    HourlyCost,
    Name,
    NameOf,
    Priority,
    Share,
    mix_complaint,
    percentage,
)
from simdesk.scenario.run import Elapsed, TimeZone
from simdesk.scenario.weekdays import named_twice
from simdesk.shares import percent_meant, share_schema


def _days(text: str) -> str:
    parse_weekdays(text)
    return text


def _hours(text: str) -> str:
    parse_hours(text)
    return text


def _date(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise ValueError(f"'{text[:40]}' is not a date; write 2026-12-24") from None


Days = Annotated[str, AfterValidator(_days), Field(examples=["Mon-Fri", "Mon, Wed, Sat-Sun", "daily"])]
"""Days of the week."""
Hours = Annotated[str, AfterValidator(_hours), Field(examples=["08:00-18:00", "08:00-12:00, 13:00-17:00"])]
"""Hours of a day."""


DisciplineName = Annotated[str, NameOf(Discipline)]
"""Name of a `Discipline`."""
AgentChoiceName = Annotated[str, NameOf(AgentChoice)]
"""Name of an `AgentChoice`."""
AtShiftEndName = Annotated[str, NameOf(AtShiftEnd)]
"""Name of an `AtShiftEnd`."""
AtBreakName = Annotated[str, NameOf(AtBreak)]
"""Name of an `AtBreak`."""
BeginsName = Annotated[str, NameOf(Begins)]
"""Name of a `Begins`."""


class CalendarHours(Chapter):
    """Opening hours in some time zone, without holidays."""

    days: Days = "Mon-Fri"
    """Days on which it is open."""
    hours: Hours = "00:00-24:00"
    """Hours of those days; past midnight is allowed (`22:00-06:00`)."""
    hours_on: dict[Days, Hours] = {}
    """Other hours for some days, such as `Fri`; they count as open days too."""
    time_zone: TimeZone | None = None
    """Time zone; the run's unless stated."""
    holidays: Annotated[str, Field(examples=["DE", "US-CA"])] | None = None
    """Country, or country and region, on whose public holidays it is closed."""
    closed_on: list[Annotated[str, AfterValidator(_date)]] = []
    """Further dates on which it is closed."""

    @model_validator(mode="after")
    def _place(self) -> Self:
        if self.holidays is not None:
            try:
                public_holidays(self.holidays, range(2026, 2027))
            except ValueError as error:
                raise complain(["holidays"], str(error)) from None
        complain_of(named_twice("hours_on", self.hours_on))
        week = self.weekly()
        for day, intervals in week.items():
            following = week.get((day + 1) % 7)
            if following and intervals[-1][1] - DAY > following[0][0]:
                names = WEEKDAYS[day], WEEKDAYS[(day + 1) % 7]
                raise ValueError(f"the hours of {names[0]} run past midnight into those of {names[1]}; end them before")
        return self

    def weekly(self) -> dict[int, tuple[tuple[int, int], ...]]:
        """Opening hours of each weekday, seconds after midnight."""
        week = dict.fromkeys(sorted(parse_weekdays(self.days)), parse_hours(self.hours))
        for days, hours in self.hours_on.items():
            week.update(dict.fromkeys(parse_weekdays(days), parse_hours(hours)))
        return week


Speeds = Annotated[list[Annotated[Factor, Field(ge=0.1, le=10)]], Field(max_length=100_000)]
"""Speeds of certain people, relative to the standard."""


class Shift(Chapter):
    """Some agents of a team who work the same hours; holidays and time zone are those of the team's calendar."""

    agents: Annotated[int, Field(ge=0, le=100_000)] | None = None
    """How many."""
    share: Share | None = None
    """Share of the team's agents instead, where the team says how many it has."""
    days: Days = "Mon-Fri"
    """Days on which they work."""
    hours: Hours
    """Hours on those days."""
    people: Speeds | None = None
    """Speeds of its agents, such as 120 % and 95 %; agents beyond the list are as the team's."""


class Shrinkage(Chapter):
    """Paid time in which an agent is not there for tickets."""

    absent: Share = 0.15
    """Whole shifts missed: leave and holidays 11 %, sickness 4 %. [mem-H]"""
    breaks: Share = 0.15
    """Share of a worked shift spent in breaks (8 %), training and meetings (7 %). [mem-H]"""


def _shrinkage(value: Any) -> Any:
    """Let one percentage stand for both kinds, half and half, as in the default."""
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        total = percentage(value)
        if not 0 <= total < 1:
            hint = percent_meant(value) if total < 100 else ""  # nobody would be left
            raise ValueError(f"must be at least 0 % and below 100 %{hint}")
        half = total / 2
        return {"absent": half, "breaks": half / (1 - half)}
    return value


class _OrOneShare:
    """Lets the JSON Schema accept ``30 %`` beside both kinds of shrinkage."""

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"anyOf": [*share_schema(1)["anyOf"], handler(schema)]}


class ShiftEndRules(Chapter):
    """What happens to work in hand at the end of a shift."""

    live: AtShiftEndName = "finish"
    """A contact whose user is on the line, see `flow.live_channels`. [design]"""
    other: AtShiftEndName = "park"
    """All other work. [design]"""


class BreakRules(Chapter):
    """What happens to work in hand when a break, a meeting or project time begins."""

    live: AtBreakName = "wait"
    """A contact whose user is on the line, see `flow.live_channels`. [design]"""
    other: AtBreakName = "park"
    """All other work. [design]"""


def _for_all_work(value: Any) -> Any:
    """Let one rule stand for live contacts and all other work."""
    return {"live": value, "other": value} if isinstance(value, str) else value


class _OrOneRule:
    """Lets the JSON Schema accept one rule beside one for each kind of work."""

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        both = handler(schema)
        return {"anyOf": [handler.resolve_ref_schema(both)["properties"]["other"], both]}


_WEIGHTS = {"P1": 1000, "P2": 100, "P3": 10, "P4": 2, "P5": 1}


def _completed(stated: dict[str, int]) -> dict[str, int]:
    """Let priorities that are not named keep their usual weights."""
    return {**_WEIGHTS, **stated}


Weights = Annotated[dict[Priority, Annotated[int, Field(ge=1, le=1_000_000)]], AfterValidator(_completed)]
"""A weight for each priority."""


class Team(Chapter):
    """People who share a queue."""

    tier: Annotated[int, Field(ge=1, le=9)] = 1
    """1 for the first line, and so on; decides which touch time and which share of resolution apply."""
    agents: Annotated[int, Field(ge=0, le=100_000)] | None = None
    """How many; they work the hours of the calendar unless there are shifts."""
    shifts: Annotated[dict[Name, Shift], Field(min_length=1)] | None = None
    """Groups with hours of their own: each states its agents, or its share of the team's."""
    stated_calendar: Annotated[Name | None, Field(alias="calendar")] = None
    """When the team is open: its agents work then unless there are shifts, and a wait in its queue outside these hours
    counts as outside hours. Unless stated, agents are there day and night, and waits go by the users' office hours
    (`service_levels.calendar`). Who is on shift never moves these hours."""
    shrinkage: Annotated[Shrinkage, BeforeValidator(_shrinkage), _OrOneShare()] = Shrinkage(absent=0.0, breaks=0.0)
    """Paid time not there for tickets; `30 %` is half absence, half breaks and meetings. None unless stated. [mem-H]"""
    ticket_time: Annotated[Share, Field(gt=0)] = 1.0
    """Share of the time present that goes into tickets, the rest into projects. Typical for L2 and L3: 50 %.
    [design]"""
    people: Literal["drawn", "these"] | Speeds | None = None
    """Whether these are certain people, the same in every replication, or their speeds, such as 120 % and 95 %, in the
    order of the agents of a team without shifts; agents beyond a list are drawn. As the scenario's `people` unless
    stated."""
    speed_cv: Annotated[float, Field(ge=0, le=1)] = 0.0
    """Difference between people: coefficient of variation of speed. Typical: 0.20. [src:2,20; mem-M]"""
    cost: HourlyCost = HourlyCost(0.0)
    """Cost of a paid hour. Typical: L1 35, L2 50, L3 75 USD. [design]"""
    discipline: DisciplineName = "fifo"
    """Which waiting ticket is served next."""
    agent_choice: AgentChoiceName = "longest_idle"
    """Which free agent takes it."""
    at_shift_end: Annotated[ShiftEndRules, BeforeValidator(_for_all_work), _OrOneRule()] = ShiftEndRules()
    """What happens to work in hand at the end of a shift; one rule alone is for all of it. Unless stated a live contact
    is finished, which is overtime, and all else parked. In a team that never closes, what would be parked is handed
    over. [design]"""
    at_break: Annotated[BreakRules, BeforeValidator(_for_all_work), _OrOneRule()] = BreakRules()
    """What happens to work in hand when a break, a meeting or project time begins, and at a gap in the `hours` of a
    shift; one rule alone is for all of it. Unless stated the break waits for a live contact, and all else is parked.
    [design]"""
    begins: BeginsName = "anything"
    """What a free agent begins. [design]"""
    hand_over_work: Elapsed = Duration(300.0)
    """Work added to a ticket that is handed over, at a break or at the end of a shift. [mem-L]"""
    promote_after: Elapsed = Duration(4 * 3600.0)
    """With the discipline `aging`: waiting that counts as one level of priority. [design]"""
    weights: Weights = _WEIGHTS
    """With the discipline `weighted`: how fast each priority gains on the others; with `cost`: what waiting costs.
    Priorities that are not named keep these. [design]"""
    also_serves: list[Name] = []
    """Other teams whose queues it serves when its own is empty, in order of preference."""
    escalates_to: Name | None = None
    """Team that gets what this one cannot resolve."""

    @model_validator(mode="after")
    def _staffed(self) -> Self:
        if self.agents is None and self.shifts is None:
            raise ValueError("state how many agents the team has, or its shifts with their agents")
        complaints = list(self._shift_complaints())
        if self.hand_over_work.seconds > DAY:
            complaints.append(Complaint(["hand_over_work"], "must be at most a day"))
        if complaints:
            raise Complaints(complaints)
        return self

    def _shift_complaints(self) -> Iterator[Complaint]:
        if self.shifts is not None and isinstance(self.people, list):
            yield Complaint(
                ["people"], "the team has shifts, so the speeds of each shift's agents stand in its own people"
            )
        wanted, other = ("agents", "share") if self.agents is None else ("share", "agents")
        because = "the team does not say" if self.agents is None else "the team says"
        for name, shift in (self.shifts or {}).items():
            if getattr(shift, wanted) is None or getattr(shift, other) is not None:
                message = f"must state its {wanted}, not its {other}, because {because} how many agents it has"
                yield Complaint(["shifts", name], message)
        shares = {name: shift.share for name, shift in (self.shifts or {}).items() if shift.share is not None}
        if self.agents is not None and (message := mix_complaint(shares, "the shifts")):
            yield Complaint(["shifts"], message)

    @property
    def calendar(self) -> str:
        """Name of the calendar in which agents without shifts work."""
        return self.stated_calendar or "always"

    @property
    def headcount(self) -> int:
        """All agents of the team."""
        return self.agents if self.agents is not None else sum(s.agents or 0 for s in (self.shifts or {}).values())

    def places(self) -> list[tuple[str | None, int]]:
        """Shift of every agent by number, and his number within it, from 0: who he is, whoever else is hired."""
        counts: dict[str | None, int] = {}
        found = []
        for shift in self.shift_of_each():
            counts[shift] = counts.get(shift, -1) + 1
            found.append((shift, counts[shift]))
        return found

    def shift_of_each(self) -> list[str | None]:
        """Shift of every agent by number, None for the calendar's hours.

        Where shifts have shares, each further agent goes where most is missing, so one more agent moves nobody.
        """
        if self.shifts is None:
            return [None] * self.headcount
        if self.agents is None:
            return [name for name, shift in self.shifts.items() for _ in range(shift.agents or 0)]
        given = dict.fromkeys(self.shifts, 0)
        order: list[str | None] = []
        for number in range(1, self.agents + 1):
            missing = {n: (shift.share or 0.0) * number - given[n] for n, shift in self.shifts.items()}
            name = max(missing, key=missing.__getitem__)
            given[name] += 1
            order.append(name)
        return order
