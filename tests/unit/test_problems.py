"""What pydantic complains about reads like a sentence and stands where the mistake was written."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

import pytest
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    ValidationError,
    model_validator,
)

from simdesk.errors import ScenarioError
from simdesk.scenario.problems import Complaints, complain, nearest, parse_assignment, problems_from
from simdesk.scenario.yaml_source import parse_yaml


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, use_attribute_docstrings=True)


class Lognormal(Strict):
    mean: int
    cv: Annotated[float, Field(gt=0)]


class LognormalShape(Strict):
    lognormal: Lognormal


class ExponentialShape(Strict):
    exponential: Annotated[int, Field(ge=1)]


def minutes(text: str) -> str:
    if not text.endswith(" min"):
        raise ValueError(f"'{text}' has no unit; write e.g. '15 min'")
    return text


Minutes = Annotated[str, AfterValidator(minutes)]


class Mail(Strict):
    kind: Literal["mail"]
    delay: int


class Phone(Strict):
    kind: Literal["phone"]
    lines: int


def shape_name(value: Any) -> str | None:
    return next(iter(value), None) if isinstance(value, dict) else None


class Team(Strict):
    tier: int
    """Level of support. First line is 1."""
    agents: Annotated[int, Field(ge=0, examples=[6])]
    skills: list[str] = []
    discipline: Literal["fifo", "lifo", "priority"] = "fifo"
    work: Minutes | LognormalShape | ExponentialShape | None = None
    limit: int | Literal["none"] = "none"
    open_: Annotated[bool, Field(alias="open")] = True
    channel: Annotated[Mail | Phone, Field(discriminator="kind")] | None = None
    shape: (
        Annotated[
            Annotated[LognormalShape, Tag("lognormal")] | Annotated[ExponentialShape, Tag("exponential")],
            Discriminator(shape_name),
        ]
        | None
    ) = None
    share: Annotated[float, Field(ge=0, le=1), BeforeValidator(lambda value: value)] = 0


class Desk(Strict):
    title: str = ""
    teams: dict[Annotated[str, Field(pattern="^[a-z_0-9]+$", examples=["first_line"])], Team]
    routes: list[dict[str, str]] = []
    alarms: Annotated[list[int], Field(min_length=1)] = [1]

    @model_validator(mode="after")
    def routes_lead_to_teams(self) -> Self:
        lost = [
            (("routes", index, key), f"no team named '{team}'{nearest(team, self.teams)}")
            for index, route in enumerate(self.routes)
            for key, team in route.items()
            if team not in self.teams
        ]
        if lost:
            raise Complaints(lost)
        if "ghost" in self.teams:
            raise complain(("teams", "ghost"), "nobody believes in it", at_key=True)
        return self


def refused(text: str) -> ValidationError:
    with pytest.raises(ValidationError) as caught:
        Desk.model_validate(parse_yaml(text, "desk.yaml").data)
    return caught.value


def told(text: str) -> str:
    """Everything that is wrong with a desk, as the user reads it."""
    source = parse_yaml(text, "desk.yaml")
    return str(ScenarioError(problems_from(refused(text), source, Desk), source.name))


def told_of_team(line: str) -> str:
    """The heads of the problems with one team that has one extra line, without the path of the team."""
    text = f"teams:\n  first_line:\n    tier: 1\n    agents: 6\n    {line}\n"
    problems = problems_from(refused(text), parse_yaml(text, "desk.yaml"), Desk)
    heads = [f"{problem.line}:{problem.column}: {problem.path}: {problem.message}" for problem in problems]
    return "\n".join(heads).replace("teams.first_line.", "")


def test_a_report_reads_like_the_style_guide() -> None:
    """Place, path, sentence, line and carets, in the order of the file."""
    report = told(
        "title: Desk\n"
        "teams:\n"
        "  first_line:\n"
        "    tier: one\n"
        "    agents: -3\n"
        "    skils: [phone]\n"
        "    discipline: fi\n"
        "    open: yes\n"
        "  second_line: {tier: 2}\n"
    )

    assert report == (
        "desk.yaml:4:11: teams.first_line.tier: must be a whole number, not text\n"
        "    tier: one\n"
        "          ^^^\n"
        "desk.yaml:5:13: teams.first_line.agents: must be at least 0\n"
        "    agents: -3\n"
        "            ^^\n"
        "desk.yaml:6:5: teams.first_line.skils: unknown key; did you mean 'skills'?\n"
        "    skils: [phone]\n"
        "    ^^^^^\n"
        "desk.yaml:7:17: teams.first_line.discipline: must be one of 'fifo', 'lifo', 'priority'; "
        "did you mean 'fifo'?\n"
        "    discipline: fi\n"
        "                ^^\n"
        "desk.yaml:8:11: teams.first_line.open: must be true or false, not text; write true\n"
        "    open: yes\n"
        "          ^^^\n"
        "desk.yaml:9:16: teams.second_line.agents: missing; add e.g. 'agents: 6'\n"
        "    second_line: {tier: 2}\n"
        "                 ^^^^^^^^^\n"
        "6 problems in desk.yaml"
    )


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("skills: phone", "5:13: skills: must be a list, not text"),
        ("skills: [3]", "5:14: skills.0: must be text, not a whole number; put it in quotes"),
        ("share: 1.5", "5:12: share: must be at most 1"),
        ("share: '0.5'", "5:12: share: must be a number, not text; remove the quotes"),
        ("share:", "5:11: share: must be a number, not empty"),
        ("limit: 1,000", "5:12: limit: must be a whole number or 'none', not text; write 1000"),
        ("limit: 2.5", "5:12: limit: must be a whole number or 'none', not a number with decimals"),
        ("discipline: 3", "5:17: discipline: must be one of 'fifo', 'lifo', 'priority', not a whole number"),
        ("channel: {kind: fax}", "5:21: channel.kind: unknown 'fax'; known: 'mail', 'phone'"),
        ("channel: {kind: mial}", "5:21: channel.kind: unknown 'mial'; did you mean 'mail'?"),
        ("channel: {}", "5:14: channel: must say 'kind'"),
        ("channel: {kind: mail, delay: x}", "5:34: channel.delay: must be a whole number, not text"),
    ],
)
def test_each_mistake_has_its_sentence(line: str, problem: str) -> None:
    """What was wanted, what it is, and how to mend it where that is obvious."""
    assert told_of_team(line) == problem


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("work: 15 mim", "5:11: work: '15 mim' has no unit; write e.g. '15 min'"),
        ("work: 3", "5:11: work: must be text or a mapping (key: value), not a whole number"),
        ("work: {lognormal: {mean: 5, cv: -1}}", "5:37: work.lognormal.cv: must be more than 0"),
        ("work: {exponential: 0}", "5:25: work.exponential: must be at least 1"),
        ("work: {exponental: 3}", "5:12: work.exponental: unknown key; did you mean 'exponential'?"),
        ("shape: {lognorml: 3}", "5:13: shape.lognorml: unknown 'lognorml'; did you mean 'lognormal'?"),
        ("shape: {lognormal: {mean: 5, cv: 0}}", "5:38: shape.lognormal.cv: must be more than 0"),
        ("shape: {exponential: x}", "5:26: shape.exponential: must be a whole number, not text"),
    ],
)
def test_a_union_complains_once(line: str, problem: str) -> None:
    """Only the branch that understood most is heard; pydantic's names of branches are in no path."""
    assert told_of_team(line) == problem


def test_a_misspelt_key_is_one_mistake() -> None:
    """That the key it was meant to be is missing goes without saying."""
    assert told("teams: {first_line: {tier: 1, agnets: 6}}") == (
        "desk.yaml:1:31: teams.first_line.agnets: unknown key; did you mean 'agents'?\n"
        "    teams: {first_line: {tier: 1, agnets: 6}}\n"
        "                                  ^^^^^^\n"
        "1 problem in desk.yaml"
    )


def test_an_unknown_key_far_from_all_others_lists_what_is_allowed() -> None:
    """If there are few enough of them."""
    assert "xyzzy: unknown key; allowed here: 'title', 'teams', 'routes', 'alarms'" in told("xyzzy: 1\nteams: {}\n")


def test_a_missing_key_is_shown_at_the_mapping_it_belongs_to() -> None:
    """With its example, or else with what it means."""
    report = told("teams:\n  first_line:\n    agents: 6\n")

    assert "desk.yaml:2:3: teams.first_line.tier: missing (level of support)\n    first_line:\n" in report
    assert told("title: x\n").startswith("desk.yaml:1:1: teams: missing")


def test_a_key_of_the_wrong_form_is_shown_at_the_key() -> None:
    """With the examples of the model."""
    report = told("teams:\n  First Line: {tier: 1, agents: 1}\n")

    assert report.startswith(
        "desk.yaml:2:3: teams.First Line: 'First Line' does not fit; write e.g. 'first_line'\n"
        "    First Line: {tier: 1, agents: 1}\n"
        "    ^^^^^^^^^^\n"
    )


def test_an_empty_list_is_called_empty() -> None:
    """Nobody counts to one."""
    assert "desk.yaml:1:9: alarms: must not be empty" in told("alarms: []\nteams: {}\n")


def test_a_validator_complains_about_several_places_at_once() -> None:
    """Cross-references are reported together, each at its own path."""
    report = told("teams:\n  l2: {tier: 2, agents: 1}\nroutes:\n  - {vip: l3}\n  - {all: l2, bots: robots}\n")

    assert report == (
        "desk.yaml:4:11: routes.0.vip: no team named 'l3'; did you mean 'l2'?\n"
        "    - {vip: l3}\n"
        "            ^^\n"
        "desk.yaml:5:21: routes.1.bots: no team named 'robots'\n"
        "    - {all: l2, bots: robots}\n"
        "                      ^^^^^^\n"
        "2 problems in desk.yaml"
    )


def test_a_validator_may_complain_about_a_key() -> None:
    """The carets stand under the key."""
    report = told("teams:\n  ghost: {tier: 1, agents: 0}\n")

    assert report.startswith("desk.yaml:2:3: teams.ghost: nobody believes in it\n    ghost:")


def test_complaints_are_readable_outside_pydantic() -> None:
    """Paths and messages on one line."""
    assert str(Complaints([(("a", 0), "is wrong"), (("b",), "too")])) == "a.0: is wrong; b: too"


def test_without_a_source_there_are_paths_but_no_positions() -> None:
    """For scenarios that were varied or written in Python."""
    text = "teams: {first_line: {tier: 1, agents: -3, work: {lognormal: {mean: 5, cv: -1}}}}"

    problems = problems_from(refused(text), None, Desk, file="--set")

    assert [str(problem) for problem in problems] == [
        "--set: teams.first_line.agents: must be at least 0",
        "--set: teams.first_line.work.lognormal.cv: must be more than 0",
    ]


def test_a_flood_of_problems_is_cut() -> None:
    """A hundred are shown, and that there are more."""
    text = "alarms: [" + "x, " * 5000 + "]\nteams: {}\n"

    problems = problems_from(refused(text), parse_yaml(text, "desk.yaml"), Desk)

    assert len(problems) == 101
    assert problems[-1].message == "there are more problems; mend the ones above first"


@pytest.mark.parametrize(
    ("word", "answer"),
    [
        ("fio", "; did you mean 'fifo'?"),
        ("l3", "; did you mean 'l2'?"),
        ("FIFO", "; did you mean 'fifo'?"),
        ("xyzzy", ""),
        ("", ""),
    ],
)
def test_the_nearest_word_is_offered(word: str, answer: str) -> None:
    """Or none, if none is near."""
    assert nearest(word, ["fifo", "priority", "l2"]) == answer


@pytest.mark.parametrize(
    ("text", "path", "value"),
    [
        ("teams.first_line.agents=6", "teams.first_line.agents", 6),
        ("demand.volume = 110 %", "demand.volume", "110 %"),
        ("work={lognormal: {mean: 5 min}}", "work", {"lognormal": {"mean": "5 min"}}),
        ("open='09:00=late'", "open", "09:00=late"),
        ("a=no", "a", "no"),
    ],
)
def test_an_assignment_is_a_path_and_a_value(text: str, path: str, value: object) -> None:
    """Everything after the first '=' is a YAML value."""
    assert parse_assignment(text) == (path, value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("teams", "--set: 'teams' does not set anything; write path=value"),
        ("teams=", "does not set anything"),
        ("=6", "is not a path"),
        ("a..b=6", "is not a path"),
        ("a b=6", "is not a path"),
        ("opens=9:00", '--set: opens: put times in quotes: "09:00"\n    9:00\n    ^^^^'),
        ("a={b: 1, b: 2}", "--set: a.b: duplicate key"),
        ("a=[1", "--set: a: this list is not closed"),
        ("a=&x 1", "anchors"),
        ("a=b: 1", "need brackets"),
        ("a=1e999", "too large"),
        ("a=" + "[" * 5000, "nested too deeply"),
    ],
)
def test_a_wrong_assignment_names_the_option(text: str, says: str) -> None:
    """The same rules as in a file, and no line that the user never wrote."""
    with pytest.raises(ScenarioError) as caught:
        parse_assignment(text)

    assert says in str(caught.value)
    assert str(caught.value).endswith("1 problem in --set")
