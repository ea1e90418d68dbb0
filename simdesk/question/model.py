"""What a person asks, frozen: one desk, one kind of question, and the rule by which it is decided.

The schema is the manual, as with scenarios.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Final, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from simdesk.question.margins import Margin
from simdesk.scenario.excerpts import printable, quoted
from simdesk.scenario.people import Days, Hours
from simdesk.scenario.problems import Complaint, Complaints
from simdesk.scenario.quantities import Chapter, Name, Share
from simdesk.scenario.run import Elapsed

Value = Any
"""A value of a scenario: a number, a text with its unit, a list or a mapping."""
Path = Annotated[
    str, Field(max_length=300, pattern=r"^[^\s.]+(\.[^\s.]+)*$", examples=["teams.first_line.agents", "demand.volume"])
]
"""Dotted path of a value of the scenario."""
Changes = dict[Path, Value]
"""What is changed, by dotted path."""
Watched = Annotated[str, Field(min_length=1, max_length=200, examples=["first_wait", "occupancy:first_line"])]
"""A measure, or a measure and whose: `occupancy:first_line`."""


def _readable(text: str) -> str:
    """The same text, if a file can hold it."""
    if printable(text) != text:
        raise ValueError("must have only characters that can be seen, with composed letters; type it anew")
    return text


Title = Annotated[str, Field(min_length=1, max_length=100), AfterValidator(_readable)]
"""What a person calls an alternative."""


class Range(Chapter):
    """Values from a smallest to a largest, with the unit written at each: `80 %` to `120 %`."""

    from_: Annotated[Value, Field(alias="from")]
    """Smallest value."""
    to: Value
    """Largest value."""
    step: Value = None
    """Distance between the values that are tried; designs that spread points between the ends need none."""


Levels = Annotated[list[Value], Field(min_length=1, max_length=1000)] | Range
"""The values that are tried: listed, or from, to and step."""


class Factor(Chapter):
    """A value that is not known exactly, or that could be changed."""

    low: Value = None
    """Smallest value that it may have."""
    high: Value = None
    """Largest value that it may have."""
    standard_error: Share | None = None
    """How well it is known instead, as a share of the scenario's value; it is tried at 1.96 of these either way."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        ends = self.low is not None and self.high is not None
        if ends == (self.standard_error is not None) or (self.low is None) != (self.high is None):
            raise ValueError("state low and high, or a standard_error")
        return self


class Decide(Chapter):
    """The rule that answers the question with yes, no, or not yet known."""

    measure: Watched
    """What it is about."""
    alternative: Title | None = None
    """Which alternative it judges; each of them unless stated."""
    expected: Literal["yes", "no"] | None = None
    """What one expects; the answer says whether it came so."""
    falls_by: Margin | None = None
    """Yes if it falls by at least this: `10 min`, `5 points` of a share, `20 %` of what it was, or a number."""
    rises_by: Margin | None = None
    """Yes if it rises by at least this."""
    stays_within: Margin | None = None
    """Yes if it is shown to differ by less than this, either way: no worse, and no better."""
    rises_at_most: Margin | None = None
    """Yes if it is shown to rise by less than this: not noticeably more."""
    falls_at_most: Margin | None = None
    """Yes if it is shown to fall by less than this: not noticeably less."""
    at_least: Margin | None = None
    """Yes if the alternative itself is at least this."""
    at_most: Margin | None = None
    """Yes if the alternative itself is at most this."""

    @model_validator(mode="after")
    def _one_rule(self) -> Self:
        stated = [name for name in RULES if getattr(self, name) is not None]
        if len(stated) != 1:
            raise ValueError(f"state one rule, not {len(stated)}: {', '.join(RULES)}")
        return self

    @property
    def rule(self) -> tuple[str, Margin]:
        """Name and bound of the rule."""
        return next((name, getattr(self, name)) for name in RULES if getattr(self, name) is not None)


RULES: Final = ("falls_by", "rises_by", "stays_within", "rises_at_most", "falls_at_most", "at_least", "at_most")
"""Ways to decide."""


class Sweep(Chapter):
    """Every measure over a range of values of the desk."""

    over: Annotated[dict[Path, Levels], Field(min_length=1, max_length=30)]
    """What is varied, and which values are tried."""
    design: Literal["grid", "latin_hypercube", "sobol"] = "grid"
    """All combinations, or points spread evenly between the ends."""
    points: Annotated[int, Field(ge=2, le=10_000)] | None = None
    """How many points a spread design has."""
    trade: Annotated[list[Watched], Field(min_length=2, max_length=2)] | None = None
    """Two measures that are traded against each other, such as `total_cost` and `first_wait`."""

    @model_validator(mode="after")
    def _points_fit(self) -> Self:
        if (self.points is None) != (self.design == "grid"):
            raise ValueError("state points for a spread design, and none for a grid, which has all combinations")
        return self


class Slack(Chapter):
    """How much idle time is right for one team: from hardly enough people to plenty."""

    team: Name
    """Whose slack."""
    agents: Levels | None = None
    """Numbers of people that are tried; from just enough to three times that unless stated."""


class Staff(Chapter):
    """The cheapest staffing that keeps every target of the scenario."""

    teams: dict[Name, Range] | None = None
    """Teams whose number may change, and between which numbers; every team unless stated."""
    certify: Annotated[int, Field(ge=20, le=100_000)] = 200
    """Fresh runs with which the plan is certified. [design]"""


class Terms(Chapter):
    """On what terms some people work."""

    hours: Annotated[float, Field(gt=0, le=80)]
    """Paid hours a week."""
    people: Annotated[int, Field(ge=0, le=1000)]
    """How many there can be at most."""
    days: Annotated[int, Field(ge=1, le=7)] = 5
    """Working days a week at most."""


class Shifts(Chapter):
    """Which shifts a team needs through the week, and who works when."""

    team: Name
    """Whose shifts."""
    share: Annotated[Share, Field(gt=0, lt=1)] = 0.8
    """Share of the tickets that shall be taken up at once, or within a time."""
    within: Elapsed | None = None
    """That time; at once unless stated."""
    hours: Hours = "06:00-22:00"
    """First start and last end of a shift."""
    lengths: Annotated[list[Annotated[float, Field(gt=0, le=12)]], Field(min_length=1, max_length=10)] = [8.0]
    """Working hours of a shift, without its break."""
    pause: Annotated[float, Field(ge=0, le=2)] = 0.5
    """Hours of the unpaid break after four hours, in shifts that are longer. [design]"""
    days: Annotated[list[Days], Field(min_length=1, max_length=50)] = ["Mon-Fri"]
    """Sets of days that a shift may be worked on, such as `Mon-Fri` and `Sat-Sun`."""
    most_forms: Annotated[int, Field(ge=1, le=50)] | None = None
    """The most different shifts, so that a plan can be remembered."""
    contracts: dict[Name, Terms] = {}
    """Terms of named people; with any, a roster is made."""
    weeks: Annotated[int, Field(ge=1, le=13)] = 4
    """Weeks of the roster."""


class Rank(Chapter):
    """Which of several is best, with a guarantee."""

    among: Annotated[dict[Title, Changes], Field(min_length=2, max_length=1000)]
    """The candidates, and what each changes; `{}` is the desk as it stands."""
    by: Watched
    """The measure that decides; whether less or more of it is better is part of its definition."""
    indifference: Margin
    """A difference too small to matter: `2 min`, `1 point`, `500`."""
    budget: Annotated[int, Field(ge=10, le=1_000_000)] | None = None
    """Runs to spend in all, wisely but without a guarantee; with one, and as many as it takes, unless stated."""
    keep_targets: bool = False
    """Leave out candidates that are shown to miss a target of the scenario."""


class Sensitivity(Chapter):
    """What matters most."""

    factors: Annotated[dict[Path, Factor], Field(min_length=1, max_length=50)]
    """What may be otherwise, and how far."""
    of: Watched
    """The measure that is moved."""
    method: Literal["tornado", "morris", "sobol"] = "tornado"
    """One at a time (`tornado`), many short walks (`morris`), or shares of the variance (`sobol`)."""
    points: Annotated[int, Field(ge=4, le=65_536)] | None = None
    """Walks for `morris`, 20 unless stated; base points for `sobol`, 256 unless stated, a power of two."""


class Precision(Chapter):
    """Run until it is known precisely enough."""

    within: Annotated[Share, Field(gt=0, lt=1)] = 0.05
    """Half the width of the interval over the value, for every measure that is watched."""
    at_most: Annotated[int, Field(ge=20, le=1_000_000)] = 1000
    """Runs after which it stops in any case. [design]"""


class WarmUp(Chapter):
    """How long the desk takes to forget that it started empty."""


class Steady(Chapter):
    """The long-run mean of one wait from a single long run, for a desk that is the same at any time."""

    of: Watched = "first_wait"
    """`first_wait` of all tickets, of a priority or of a type, or `queue_wait` of a team."""


class Headroom(Chapter):
    """How much more of something before a target breaks."""

    of: Path = "demand.volume"
    """What grows: a number, a share or a duration of the scenario."""
    up_to: Value = "300 %"
    """The largest value that is tried; more than today's."""
    step: Value = None
    """How exactly it is found; a hundredth of the way unless stated."""
    targets: list[Name] | None = None
    """Which targets of the scenario; each of them unless stated."""
    growth: Share | None = None
    """Growth of volume a year: shows year by year what doing nothing costs."""
    years: Annotated[int, Field(ge=1, le=20)] = 3
    """How many years ahead."""


class Quick(Chapter):
    """What `--quick` does to get a first answer within seconds; the answer says that it is quick."""

    replications: Annotated[int, Field(ge=2, le=1000)] = 10
    """Of each desk."""
    set: Changes = {}
    """What is changed, such as a shorter `run.length`."""


VERBS: Final = (
    "compare", "explain", "sweep", "slack", "staff", "shifts", "rank", "sensitivity", "precision", "warm_up",
    "steady", "headroom",
)  # fmt: skip
"""Kinds of questions; a file asks one."""


TELLS_OF_MEASURES: Final = ("compare", "explain", "sweep", "precision")
"""Kinds that tell of the measures that somebody watches."""


class Question(Chapter):
    """A question to a desk."""

    question: Annotated[str, Field(min_length=1, max_length=300)]
    """The question, in words."""
    story: str = ""
    """Why one asks, and what one expects."""
    desk: Annotated[str, Field(min_length=1, max_length=300)]
    """A scenario file in this folder or below it, or a shipped desk such as `service-desk`."""
    set: Changes = {}
    """What is changed on all sides before anything is asked."""
    watch: list[Watched] = []
    """Measures to tell of, the most important first; the usual ones and those of the targets unless stated."""
    replications: Annotated[int, Field(ge=2, le=100_000)] | None = None
    """Runs of each desk; the scenario's number unless stated."""
    confidence: Annotated[Share, Field(ge=0.5, lt=1)] = 0.95
    """Of the intervals; those of all alternatives hold together."""
    decide: Decide | None = None
    """The rule that answers a comparison with yes, no or not yet known."""
    quick: Quick = Quick()
    """What a quick look changes."""
    compare: Annotated[dict[Title, Changes], Field(min_length=1, max_length=100)] | None = None
    """Alternatives, and what each changes."""
    explain: Annotated[dict[Title, Changes], Field(min_length=1, max_length=20)] | None = None
    """Alternatives for a decision brief: what each brings and costs, and which is second-best."""
    sweep: Sweep | None = None
    """Every measure over a range of values."""
    slack: Slack | None = None
    """The slack curve of a team."""
    staff: Staff | None = None
    """The cheapest staffing that keeps every target."""
    shifts: Shifts | None = None
    """Which shifts a team needs, and who works when."""
    rank: Rank | None = None
    """Which of several is best, with a guarantee."""
    sensitivity: Sensitivity | None = None
    """What matters most."""
    precision: Precision | None = None
    """Run until it is known precisely enough."""
    warm_up: WarmUp | None = None
    """How long the desk takes to forget that it started empty."""
    steady: Steady | None = None
    """The long-run mean of one wait, from a single long run."""
    headroom: Headroom | None = None
    """How much more of something before a target breaks."""

    @model_validator(mode="after")
    def _one_question(self) -> Self:
        if complaints := list(self._complaints()):
            raise Complaints(complaints)
        return self

    def _complaints(self) -> Iterator[Complaint]:
        asked = [verb for verb in VERBS if getattr(self, verb) is not None]
        if not asked:
            yield Complaint([], f"asks nothing; add one of {', '.join(VERBS)}")
        yield from self._idle(asked)
        for verb in asked[1:]:
            yield Complaint([verb], f"a file asks one question, and {asked[0]} is one already; make two files", True)
        if self.decide is None:
            return
        if self.compare is None:
            yield Complaint(["decide"], "decides comparisons only; remove it, or ask with compare", True)
        elif (name := self.decide.alternative) is not None and name not in self.compare:
            known = ", ".join(map(quoted, self.compare))
            yield Complaint(["decide", "alternative"], f"no alternative named {quoted(name)}; there are {known}")

    def _idle(self, asked: list[str]) -> Iterator[Complaint]:
        """What is stated and would change nothing."""
        verb = asked[0] if asked else ""
        if self.watch and verb and verb not in TELLS_OF_MEASURES:
            yield Complaint(["watch"], f"{verb} tells of measures of its own; remove it", True)
        if self.replications is not None and verb in ("rank", "precision", "steady"):
            yield Complaint(["replications"], f"{verb} finds out by itself how many runs it needs; remove it", True)

    @property
    def verb(self) -> str:
        """The kind of question."""
        return next(verb for verb in VERBS if getattr(self, verb) is not None)
