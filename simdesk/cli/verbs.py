"""Questions put on the command line, each kind a command: thin, they only put together what a file would say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

import rich_click as click

from simdesk.cli.ask import about_a_desk, put
from simdesk.cli.paths import FilePath

_SCENARIO = click.argument("scenario", type=FilePath())
_ALTERNATIVES = click.option(
    "--with", "alternatives", multiple=True, required=True, metavar="PATH=VALUE[ + PATH=VALUE …]",
    help="An alternative: what it changes. Can be repeated.",
)  # fmt: skip
_LONGEST: Final = 100
"""Characters of an alternative's name, as of any key of a file."""
_DASHED: Final = re.compile(r"(\d[\d.]*(?: ?%)?) ?[-–] ?(\d[\d.]*(?: ?%)?)")
"""Two numbers with a dash between, which is how people write a range."""
_BETWEEN: Final = re.compile(r"^(?P<low>.+?)\s*\.\.\s*(?P<high>.+?)(?:\s+by\s+(?P<step>.+))?$")


@click.command()
@_SCENARIO
@_ALTERNATIVES
@about_a_desk
def compare(scenario: Path, alternatives: tuple[str, ...], **given: Any) -> None:
    """Simulate a SCENARIO and alternatives to it with the same luck, and say what differs.

    Each replication of an alternative meets the tickets of the same replication of the base. So a difference is known
    with far fewer replications than either side.
    """
    stated = _by_name(alternatives)
    put(scenario, "compare", f"What does {' or '.join(alternatives)} change?", stated, given)


@click.command()
@_SCENARIO
@click.option(
    "--over",
    multiple=True,
    required=True,
    metavar="PATH=LOW..HIGH[ by STEP] or PATH=A,B,C",
    help="What is varied, such as teams.first_line.agents=4..12 or demand.volume='80 %..120 % by 10 %'.",
)
@click.option(
    "--design",
    type=click.Choice(("grid", "latin_hypercube", "sobol")),
    default="grid",
    show_default=True,
    help="All combinations, or points spread evenly between the ends.",
)
@click.option("--points", type=click.IntRange(2, 10_000), help="Points of a spread design.")
@about_a_desk
def sweep(scenario: Path, over: tuple[str, ...], design: str, points: int | None, **given: Any) -> None:
    """Simulate a SCENARIO over a range of values, and say where each measure is best."""
    stated: dict[str, Any] = {"over": _once((_levels(text, "--over") for text in over), "--over"), "design": design}
    if points is not None:
        stated["points"] = points
    put(scenario, "sweep", f"What happens over {' and '.join(over)}?", stated, given)


@click.command()
@_SCENARIO
@click.argument("team")
@click.option(
    "--agents", metavar="LOW..HIGH", help="Numbers of people that are tried; from just enough to plenty unless stated."
)
@about_a_desk
def slack(scenario: Path, team: str, agents: str | None, **given: Any) -> None:
    """How much idle time is right for a TEAM: waiting and cost from hardly enough people to plenty."""
    stated: dict[str, Any] = {"team": team}
    if agents is not None:
        stated["agents"] = _levels(f"agents={agents}", "--agents")[1]
    put(scenario, "slack", f"How much slack is right for {team}?", stated, given)


@click.command()
@_SCENARIO
@click.option(
    "--team",
    "teams",
    multiple=True,
    metavar="TEAM=LOW..HIGH",
    help="A team whose number may change, such as first_line=3..12. Can be repeated; every team unless stated.",
)
@click.option(
    "--certify",
    type=click.IntRange(20, 100_000),
    default=200,
    show_default=True,
    help="Fresh runs with which the plan is certified.",
)
@about_a_desk
def staff(scenario: Path, teams: tuple[str, ...], certify: int, **given: Any) -> None:
    """The cheapest staffing of a SCENARIO that keeps all its targets, certified with fresh luck."""
    stated: dict[str, Any] = {"certify": certify}
    if teams:
        stated["teams"] = _once((_levels(text, "--team") for text in teams), "--team")
    put(scenario, "staff", "What is the cheapest staffing that keeps every target?", stated, given)


@click.command()
@_SCENARIO
@click.argument("team")
@click.option("--share", default="80 %", show_default=True, help="Share of the tickets that shall be taken up at once.")
@click.option("--within", metavar="TIME", help="Or within a time, such as '10 min'.")
@click.option("--hours", default="06:00-22:00", show_default=True, help="First start and last end of a shift.")
@click.option("--length", "lengths", multiple=True, type=float, help="Working hours of a shift; 8 unless stated.")
@click.option("--days", multiple=True, help="Days that a shift may be worked on, such as Mon-Fri. Can be repeated.")
@click.option("--most-forms", type=click.IntRange(1, 50), help="The most different shifts.")
@about_a_desk
def shifts(
    scenario: Path, team: str, share: str, within: str | None, hours: str, lengths: tuple[float, ...],
    days: tuple[str, ...], most_forms: int | None, **given: Any,
) -> None:  # fmt: skip
    """Which shifts a TEAM needs through the week; a question file with contracts makes a roster too."""
    stated: dict[str, Any] = {"team": team, "share": share, "hours": hours}
    optional = {"within": within, "lengths": list(lengths), "days": list(days), "most_forms": most_forms}
    stated |= {name: value for name, value in optional.items() if value}
    put(scenario, "shifts", f"Which shifts does {team} need?", stated, given)


@click.command()
@_SCENARIO
@_ALTERNATIVES
@click.option("--by", required=True, metavar="MEASURE[:WHOSE]", help="The measure that decides.")
@click.option(
    "--indifference", required=True, metavar="SIZE", help="A difference too small to matter: '2 min', '1 point' or 500."
)
@click.option("--budget", type=click.IntRange(10, 1_000_000), help="Runs to spend in all, without a guarantee.")
@click.option("--keep-targets", is_flag=True, help="Leave out those that are shown to miss a target.")
@about_a_desk
def rank(
    scenario: Path, alternatives: tuple[str, ...], by: str, indifference: str, budget: int | None, keep_targets: bool,
    **given: Any,
) -> None:  # fmt: skip
    """Which of several is best, a SCENARIO as it stands among them, with a guarantee."""
    among = {"as it stands": {}, **_by_name(alternatives)}
    size = float(indifference) if re.fullmatch(r"\d+(\.\d+)?", indifference) else indifference
    stated: dict[str, Any] = {"among": among, "by": by, "indifference": size, "keep_targets": keep_targets}
    if budget is not None:
        stated["budget"] = budget
    put(scenario, "rank", f"Which is best by {by}?", stated, given)


@click.command()
@_SCENARIO
@click.option(
    "--factor",
    "factors",
    multiple=True,
    required=True,
    metavar="PATH=LOW..HIGH or PATH=±SHARE",
    help="What may be otherwise, such as demand.volume='90 %..110 %' or demand.volume='±5 %' (a standard "
    "error). Can be repeated.",
)
@click.option("--of", "measure", required=True, metavar="MEASURE[:WHOSE]", help="The measure that is moved.")
@click.option(
    "--method",
    type=click.Choice(("tornado", "morris", "sobol")),
    default="tornado",
    show_default=True,
    help="One at a time, many short walks, or shares of the variance.",
)
@click.option("--points", type=click.IntRange(4, 65_536), help="Walks for morris, base points for sobol.")
@about_a_desk
def sensitivity(
    scenario: Path, factors: tuple[str, ...], measure: str, method: str, points: int | None, **given: Any
) -> None:
    """What matters most for a measure of a SCENARIO."""
    stated: dict[str, Any] = {"factors": _once(map(_factor, factors), "--factor"), "of": measure, "method": method}
    if points is not None:
        stated["points"] = points
    put(scenario, "sensitivity", f"What matters most for {measure}?", stated, given)


@click.command()
@_SCENARIO
@click.option(
    "--within", default="5 %", show_default=True, metavar="SHARE", help="Half the width of the interval over the value."
)
@click.option(
    "--at-most",
    type=click.IntRange(20, 1_000_000),
    default=1000,
    show_default=True,
    help="Runs after which it stops in any case.",
)
@about_a_desk
def precision(scenario: Path, within: str, at_most: int, **given: Any) -> None:
    """Simulate a SCENARIO until every watched measure is known precisely enough."""
    stated = {"within": within, "at_most": at_most}
    put(scenario, "precision", f"What is known to ± {within}?", stated, given)


@click.command()
@_SCENARIO
@click.option("--of", "path", default="demand.volume", show_default=True, metavar="PATH", help="What grows.")
@click.option("--up-to", default="300 %", show_default=True, metavar="VALUE", help="The largest value that is tried.")
@click.option("--target", "targets", multiple=True, help="A target of the scenario; each of them unless stated.")
@click.option("--growth", metavar="SHARE", help="Growth of volume a year, such as '10 %': what doing nothing costs.")
@click.option("--years", type=click.IntRange(1, 20), default=3, show_default=True, help="How many years ahead.")
@about_a_desk
def headroom(
    scenario: Path, path: str, up_to: str, targets: tuple[str, ...], growth: str | None, years: int, **given: Any
) -> None:
    """How much more a SCENARIO can take before a target breaks."""
    stated: dict[str, Any] = {"of": path, "up_to": _value(up_to, "--up-to"), "years": years}
    if targets:
        stated["targets"] = list(targets)
    if growth is not None:
        stated["growth"] = growth
    put(scenario, "headroom", f"How much more {path} before a target breaks?", stated, given)


@click.command()
@_SCENARIO
@_ALTERNATIVES
@about_a_desk
def explain(scenario: Path, alternatives: tuple[str, ...], **given: Any) -> None:
    """A decision brief: what an alternative to a SCENARIO brings, what it costs, what is second-best, and what simple
    calculations would have said."""
    stated = _by_name(alternatives)
    put(scenario, "explain", f"Is {' or '.join(alternatives)} worth it?", stated, given)


@click.command("warm-up")
@_SCENARIO
@about_a_desk
def warm_up(scenario: Path, **given: Any) -> None:
    """How long a SCENARIO takes to forget that it started empty, and why."""
    put(scenario, "warm_up", "How long a warm-up does this desk need?", {}, given)


@click.command()
@_SCENARIO
@click.option("--of", "measure", default="first_wait", show_default=True, metavar="MEASURE[:WHOSE]",
              help="first_wait, or queue_wait of a team.")  # fmt: skip
@about_a_desk
def steady(scenario: Path, measure: str, **given: Any) -> None:
    """The long-run mean of a wait from one long run, for a SCENARIO that is the same at any time."""
    put(scenario, "steady", f"What is {measure} in the long run?", {"of": measure}, given)


def _by_name(alternatives: Sequence[str]) -> dict[str, dict[str, Any]]:
    """What each alternative changes, by its own text; a long one is cut so that a file can hold it as a key."""
    from simdesk.scenario.excerpts import printable

    numbered = enumerate(map(printable, alternatives), start=1)
    names = [text if len(text) <= _LONGEST else f"{text[: _LONGEST - 6]} … {number}" for number, text in numbered]
    return _once(((name, _assignments(text)) for name, text in zip(names, alternatives, strict=True)), "--with")


def _assignments(text: str) -> dict[str, Any]:
    """The changes of one alternative."""
    return _once(_assigned((part.strip() for part in text.split(" + ")), "--with"), "--with")


def _once(pairs: Iterable[tuple[str, Any]], option: str) -> dict[str, Any]:
    """A mapping in which nothing is stated twice, as in a file."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise click.UsageError(f"{option}: {name} is stated twice; state it once")
        found[name] = value
    return found


def _assigned(parts: Iterable[str], option: str) -> list[tuple[str, Any]]:
    from simdesk.errors import Problem, ScenarioError
    from simdesk.scenario.problems import parse_assignment

    found: list[tuple[str, Any]] = []
    problems: list[Problem] = []
    for part in parts:
        try:
            found.append(parse_assignment(part, option))
        except ScenarioError as error:
            problems += error.problems
    if problems:
        raise ScenarioError(problems, option)
    return found


def _value(text: str, option: str) -> Any:
    from simdesk.scenario.yaml_source import parse_value

    return parse_value(text, option)


def _levels(text: str, option: str) -> tuple[str, Any]:
    """A path and its values: `4..12`, `80 %..120 % by 10 %` or `4,6,8`."""
    path, sign, written = text.partition("=")
    if not sign or not written.strip():
        raise click.UsageError(f"{option}: '{text}' varies nothing; write PATH=LOW..HIGH or PATH=A,B,C")
    if found := _BETWEEN.match(written.strip()):
        ends = {"from": _value(found["low"], option), "to": _value(found["high"], option)}
        return path.strip(), {**ends, **({"step": _value(found["step"], option)} if found["step"] else {})}
    if found := _DASHED.fullmatch(written.strip()):
        raise click.UsageError(f"{option}: '{written.strip()}' is no range; write {found[1]}..{found[2]}")
    return path.strip(), [_value(part.strip(), option) for part in written.split(",")]


def _factor(text: str) -> tuple[str, Any]:
    """A path and how far its value may be otherwise: `90 %..110 %`, or a standard error `±5 %`."""
    path, _, written = text.partition("=")
    if written.strip().startswith("±"):
        return path.strip(), {"standard_error": written.strip()[1:].strip()}
    levels = _levels(text, "--factor")[1]
    if not isinstance(levels, dict) or "step" in levels:
        raise click.UsageError(f"--factor: '{text}' is no factor; write PATH=LOW..HIGH or PATH=±SHARE")
    return path.strip(), {"low": levels["from"], "high": levels["to"]}
