"""The whole scenario: what a user wrote, frozen, and the cross-references between its chapters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import Field, PrivateAttr, model_validator

from simdesk.durations import WEEK, YEAR
from simdesk.scenario.clocks import Clocks, own_clocks
from simdesk.scenario.demand import Demand, tiers_read
from simdesk.scenario.flow import LIVE_CHANNELS, Flow, Patience, Pending, When
from simdesk.scenario.money import Money
from simdesk.scenario.observed import Observed
from simdesk.scenario.paths import follow
from simdesk.scenario.people import CalendarHours, Team
from simdesk.scenario.problems import complain_of, nearest
from simdesk.scenario.quantities import Chapter, HourlyCost, Name
from simdesk.scenario.run import Run
from simdesk.scenario.service_levels import Bound, ServiceLevels, Target

Complaint = tuple[tuple[str | int, ...], str]

MOST_TICKETS = 10_000_000
MOST_SHIFTS = 20_000_000
"""More than these in one run would not fit into the memory of an ordinary computer. [design]"""
MOST_VISITS = 100_000
"""Visits of teams in all journeys together; each is some twenty instructions to whoever draws tickets. [design]"""


class Slider(Chapter):
    """A value worth trying, with the range that a slider offers."""

    path: str
    """Dotted path of the value."""
    from_: Annotated[Bound | None, Field(alias="from")] = None
    """Smallest value."""
    to: Bound | None = None
    """Largest value."""
    step: Bound | None = None
    """Distance between values."""
    label: str | None = None
    """What a person calls it."""


class Scenario(Chapter):
    """A desk, its demand and its promises; everything that a simulation needs to know."""

    title: str = "A desk"
    """One line that names it."""
    story: str = ""
    """A few sentences: whose desk it is and what it shows."""
    try_: Annotated[list[Slider], Field(alias="try", max_length=100)] = []
    """Values worth trying; they become the sliders."""
    targets: dict[Name, Target] = {}
    """What must hold; printed first."""
    run: Run = Run()
    """Start, length, replications, seed."""
    calendars: dict[Name, CalendarHours] = {}
    """Opening hours by name; `always` exists already."""
    demand: Demand
    """Who needs help, how often, when, and with what."""
    teams: Annotated[dict[Name, Team], Field(min_length=1, max_length=1000)]
    """The people, by queue."""
    people: Literal["drawn", "these"] = "drawn"
    """Who the agents are whose speeds differ (`speed_cv`): `drawn` anew in every replication, so that intervals carry
    the doubt who was hired, or `these`, one draw for all replications. A team may say otherwise."""
    flow: Flow = Flow()
    """Where tickets go, and what they wait for besides agents."""
    service_levels: ServiceLevels = ServiceLevels()
    """What was promised."""
    patience: dict[Name, Patience] = {}
    """Customers who give up; the first rule that fits decides."""
    money: Money = Money()
    """What time and broken promises cost."""
    observed: Observed | None = None
    """What really happened, to be printed beside what the simulation says."""
    _judged_by: Clocks | None = PrivateAttr(default=None)

    @model_validator(mode="after")
    def _refers_to_what_exists(self) -> Self:
        complain_of(_complaints(self))
        return self

    @property
    def clocks(self) -> Clocks:
        """By which the desk is judged: its own clocks, or those of the desk that it is set beside."""
        return self._judged_by or own_clocks(self)

    @property
    def changes_the_clocks(self) -> bool:
        """Whether it is judged by other clocks than it states itself."""
        return self._judged_by is not None

    def beside(self, base: Scenario) -> Scenario:
        """The same desk as an alternative to a base, by whose clocks it is judged."""
        own = own_clocks(self)
        clocks = base.clocks.over(own, self)
        found = self.model_copy()
        found._judged_by = clocks if clocks != own else None
        return found

    @property
    def entry(self) -> str:
        """Team that gets tickets first when no rule says otherwise."""
        if self.flow.entry is not None:
            return self.flow.entry
        lowest = min(team.tier for team in self.teams.values())
        return next(name for name, team in self.teams.items() if team.tier == lowest)

    def category(self, ticket_type: str) -> str:
        """Heading of a ticket type."""
        return self.demand.types[ticket_type].category or ticket_type

    def concerns(self, when: When, ticket_type: str) -> bool:
        """Whether a rule is for tickets of a type, as far as their priority and channel do not decide it."""
        return (
            (when.type is None or ticket_type in as_list(when.type))
            and (when.category is None or self.category(ticket_type) in as_list(when.category))
            and when.kind in (None, self.demand.types[ticket_type].kind)
        )

    def types_of(self, when: When) -> list[str]:
        """The ticket types that a rule is for, as far as their tickets' priority and channel do not decide it."""
        types = self.demand.types
        named = types if when.type is None else [name for name in dict.fromkeys(as_list(when.type)) if name in types]
        return [name for name in named if self.concerns(when, name)]

    def path_from(self, team: str) -> list[str]:
        """The teams that a ticket can climb through, from its first."""
        path = [team]
        while (above := self.teams[path[-1]].escalates_to) is not None:
            path.append(above)
        return path


def _unknown(what: str, name: str, known: Iterable[str]) -> str:
    return f"no {what} named '{name}'{nearest(name, list(known))}"


def _complaints(scenario: Scenario) -> Iterator[Complaint]:
    calendars = {"always", *scenario.calendars}
    if "always" in scenario.calendars:
        yield ("calendars", "always"), "exists already and is open day and night; give this calendar another name"
    yield from _team_complaints(scenario, calendars)
    yield from _flow_complaints(scenario, calendars)
    yield from _tier_complaints(scenario)
    if scenario.demand.holidays_of is not None and scenario.demand.holidays_of not in calendars:
        yield ("demand", "holidays_of"), _unknown("calendar", scenario.demand.holidays_of, calendars)
    office = scenario.service_levels.calendar
    if office is not None and office not in calendars:
        yield ("service_levels", "calendar"), _unknown("calendar", office, calendars)
    for team, by_type in scenario.run.open_at_start.items():
        if team not in scenario.teams:
            yield ("run", "open_at_start", team), _unknown("team", team, scenario.teams)
        for kind in by_type:
            if kind not in scenario.demand.types:
                yield (
                    ("run", "open_at_start", team, kind),
                    _unknown("ticket type", kind, scenario.demand.types),
                )
    for name, target in scenario.targets.items():
        if target.team is not None and target.team not in scenario.teams:
            yield ("targets", name, "team"), _unknown("team", target.team, scenario.teams)
        if target.type is not None and target.type not in scenario.demand.types:
            yield ("targets", name, "type"), _unknown("ticket type", target.type, scenario.demand.types)
    for index, slider in enumerate(scenario.try_):
        yield from _slider_complaints(scenario, index, slider)
    yield from _currency_complaints(scenario)
    yield from _size_complaints(scenario)


def _team_complaints(scenario: Scenario, calendars: set[str]) -> Iterator[Complaint]:
    circular = _climbing_in_a_circle(scenario)
    for name, team in scenario.teams.items():
        if team.calendar not in calendars:
            yield ("teams", name, "calendar"), _unknown("calendar", team.calendar, calendars)
        for index, other in enumerate(team.also_serves):
            if other not in scenario.teams:
                yield ("teams", name, "also_serves", index), _unknown("team", other, scenario.teams)
            elif other == name:
                yield ("teams", name, "also_serves", index), "a team serves its own queue already"
        if team.escalates_to is not None and team.escalates_to not in scenario.teams:
            yield ("teams", name, "escalates_to"), _unknown("team", team.escalates_to, scenario.teams)
        elif name in circular:
            yield ("teams", name, "escalates_to"), "escalation goes round in a circle; end it at some team"


def _climbing_in_a_circle(scenario: Scenario) -> set[str]:
    """Teams from which escalation never comes to an end; every team is passed once, however long the chains."""
    circular: set[str] = set()
    settled: set[str] = set()
    for name in scenario.teams:
        climbed: dict[str, None] = {}
        team: str | None = name
        while team is not None and team in scenario.teams and team not in settled and team not in climbed:
            climbed[team] = None
            team = scenario.teams[team].escalates_to
        if team is not None and (team in circular or team in climbed):
            circular |= climbed.keys()
        settled |= climbed.keys()
    return circular


def _flow_complaints(scenario: Scenario, calendars: set[str]) -> Iterator[Complaint]:
    flow, demand = scenario.flow, scenario.demand
    if flow.entry is not None and flow.entry not in scenario.teams:
        yield ("flow", "entry"), _unknown("team", flow.entry, scenario.teams)
    if flow.pending is not None and (flow.pending.calendar or "always") not in calendars:
        yield ("flow", "pending", "calendar"), _unknown("calendar", str(flow.pending.calendar), calendars)
    if flow.misroute is not None and len(scenario.teams) < 2:
        yield ("flow", "misroute"), "needs at least two teams; remove it or write null"
    known = {
        "type": set(demand.types),
        "category": {scenario.category(name) for name in demand.types},
        "channel": set(demand.channels).union(*(kind.channels or {} for kind in demand.types.values())),
    }
    for index, channel in enumerate(flow.live_channels):
        if channel not in known["channel"] and channel not in LIVE_CHANNELS:
            yield ("flow", "live_channels", index), _unknown("channel", channel, known["channel"])
    rules: dict[tuple[str, ...], Any] = {("flow", "routing", n): rule for n, rule in flow.routing.items()}
    rules |= {("patience", n): rule for n, rule in scenario.patience.items()}
    for place, rule in rules.items():
        for what, names in known.items():
            for name in as_list(getattr(rule.when, what)):
                if name not in names:
                    label = "ticket type" if what == "type" else what
                    yield (*place, "when", what), _unknown(label, name, names)
        if place[0] == "flow" and rule.to not in scenario.teams:
            yield (*place, "to"), _unknown("team", rule.to, scenario.teams)


def _tier_complaints(scenario: Scenario) -> Iterator[Complaint]:
    """What is stated for a tier must be what some team goes by; usual values may speak of tiers that are not there."""
    tiers = sorted({team.tier for team in scenario.teams.values()})
    known = {f"tier_{tier}" for tier in tiers}
    places: dict[tuple[str, ...], tuple[Mapping[str, Any], set[str]]] = {}
    for name, kind in scenario.demand.types.items():
        here = ("demand", "types", name)
        places |= {
            (*here, "work"): (kind.work, tiers_read(kind.work, tiers)),
            (*here, "resolves"): (kind.resolves, known),
        }
    if scenario.flow.pending is not None:
        share = scenario.flow.pending.share
        places["flow", "pending", "share"] = share, tiers_read(share, tiers)
    usual = Pending().share
    for place, (values, read) in places.items():
        for tier in sorted(values.keys() - read):
            if place[0] == "demand" or values[tier] != usual.get(tier):
                there = ", ".join(map(str, tiers))
                yield (*place, tier), f"no team is of tier {tier[5:]}, only of {there}; correct or remove it"


def _slider_complaints(scenario: Scenario, index: int, slider: Slider) -> Iterator[Complaint]:
    try:
        follow(scenario, slider.path)
    except ValueError as error:
        yield ("try", index, "path"), str(error)


def _currency_complaints(scenario: Scenario) -> Iterator[Complaint]:
    currency = scenario.money.currency
    costs: dict[tuple[str | int, ...], HourlyCost] = {("teams", n, "cost"): t.cost for n, t in scenario.teams.items()}
    costs["money", "users_time"] = scenario.money.users_time
    for place, cost in costs.items():
        if cost.currency not in ("", currency):
            yield place, f"is in {cost.currency}, but money.currency is {currency}; use one currency"


def _size_complaints(scenario: Scenario) -> Iterator[Complaint]:
    """A unit mistaken by a factor of ten thousand must not fill the machine's memory."""
    run, demand = scenario.run, scenario.demand
    weeks = (run.warm_up.seconds + run.length.seconds + run.cool_down.seconds) / WEEK
    growth = max(1.0, demand.growth.per_year ** (weeks * WEEK / YEAR))
    waiting = sum(spec.count for by_type in run.open_at_start.values() for spec in by_type.values())
    tickets = sum(map(demand.per_week, demand.types)) * weeks * growth
    if tickets + waiting > MOST_TICKETS:
        of_them = f", {waiting:,} of them open at its start" if waiting else ""
        mend = "lower their number" if waiting > tickets else "check the unit of contacts, or shorten run.length"
        yield (
            ("run", "open_at_start") if waiting > tickets else ("demand",),
            f"about {tickets + waiting:,.0f} tickets would come in one run{of_them}, at most {MOST_TICKETS:,} are "
            f"simulated; {mend}",
        )
    yield from _journey_complaints(scenario)
    agents = sum(team.headcount for team in scenario.teams.values())
    if agents * weeks * 7 > MOST_SHIFTS:
        yield (
            ("teams",),
            f"{agents:,} agents would work about {agents * weeks * 7:,.0f} shifts in one run, at most {MOST_SHIFTS:,} "
            "are simulated; lower their number, or shorten run.length",
        )


def _journey_complaints(scenario: Scenario) -> Iterator[Complaint]:
    """Every type's way through every chain of teams is laid out, once for each rule of patience and each reopening."""
    heights, reopen = _heights(scenario), scenario.flow.reopen
    starts = {name: {scenario.entry} for name in scenario.demand.types}
    for rule in scenario.flow.routing.values():
        for name in scenario.types_of(rule.when):
            starts[name].add(rule.to)
    patience = Counter(name for rule in scenario.patience.values() for name in scenario.types_of(rule.when))
    visits = sum(sum(heights.get(team, 0) for team in teams) * (1 + patience[name]) for name, teams in starts.items())
    visits *= 1 + (reopen.at_most if reopen is not None else 0)
    if visits > MOST_VISITS:
        yield (
            ("teams",),
            f"ticket types could visit teams in {visits:,} ways on their way up, at most {MOST_VISITS:,} are laid out; "
            "shorten the chains of escalates_to, or let fewer types, routing rules, patience rules or reopenings begin "
            "them",
        )


def _heights(scenario: Scenario) -> dict[str, int]:
    """Teams on the way up from each team, itself included; nothing is counted where a circle makes it endless."""
    heights = dict.fromkeys(_climbing_in_a_circle(scenario), 0)
    for name in scenario.teams:
        climbed: list[str] = []
        team: str | None = name
        while team is not None and team in scenario.teams and team not in heights:
            climbed.append(team)
            team = scenario.teams[team].escalates_to
        top = heights.get(team, 0) if team is not None else 0
        heights |= {below: top + number for number, below in enumerate(reversed(climbed), 1)}
    return heights


def as_list(value: str | list[str] | None) -> list[str]:
    """One name, several, or none, as a list."""
    if value is None:
        return []
    return [value] if isinstance(value, str) else value
