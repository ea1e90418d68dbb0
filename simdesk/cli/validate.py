"""`simdesk validate`, `simdesk schema` and `simdesk measures`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import rich_click as click

from simdesk.cli.paths import FilePath


@click.command()
@click.argument("files", nargs=-1, required=True, type=FilePath())
def validate(files: tuple[Path, ...]) -> None:
    """Check FILES, scenarios or questions, or shipped scenarios by name.

    All problems of a file are told at once, each with line, column, path and remedy; so is what is odd and hardly
    meant, and which team cannot keep up, after a "!", which makes no file invalid.
    Exit code 2 if any file is invalid.
    """
    from simdesk.errors import ScenarioError
    from simdesk.scenario.yaml_source import read_yaml
    from simdesk.shelf import find

    invalid = 0
    for path in files:
        try:
            is_question = "question" in read_yaml(find(path)).data
            told = _question(path) if is_question else _scenario(path)
        except ScenarioError as error:
            invalid += 1
            click.echo(str(error), err=True)
        else:
            click.echo(f"✓ {path}: {told}")
    if invalid:
        sys.exit(2)


def _scenario(path: Path) -> str:
    """What a valid scenario is about."""
    from simdesk.experiment.desks import usable_desk
    from simdesk.experiment.findings import findings_of, placed
    from simdesk.experiment.load import team_loads
    from simdesk.experiment.warnings import before
    from simdesk.scenario.loading import sources_of
    from simdesk.shelf import find

    scenario = usable_desk(find(path))
    for problem in placed(findings_of(scenario), sources_of(find(path))):
        click.echo(f"! {problem.head}", err=True)
    for warning in before(scenario, team_loads(scenario)):
        click.echo(f"! {path}: {warning}", err=True)
    teams = ", ".join(f"{name} {team.headcount}" for name, team in scenario.teams.items())
    return f"{scenario.title} ({len(scenario.demand.types)} ticket types; agents: {teams})"


def _question(path: Path) -> str:
    """What a valid question asks."""
    from simdesk.cli.ask import forewarn
    from simdesk.question.loading import load_question

    asked = load_question(path)
    forewarn(asked)
    return f"{asked.question.question} ({asked.question.verb}, of {asked.scenario.title})"


@click.command()
@click.option("--out", type=FilePath(dir_okay=False), help="Write to a file instead of the screen.")
@click.option("--question", is_flag=True, help="Of question files instead of scenarios.")
def schema(out: Path | None, question: bool) -> None:
    """Print the JSON Schema of scenarios, or of questions.

    In an editor with a YAML language server, put this line on top of a scenario:
    # yaml-language-server: $schema=./simdesk.schema.json
    """
    from simdesk.errors import RunError
    from simdesk.files import whole
    from simdesk.question.model import Question
    from simdesk.scenario.schema import json_schema, schema_of

    found = schema_of(Question, "simdesk question") if question else json_schema()
    text = json.dumps(found, indent=2, ensure_ascii=False) + "\n"
    if out is None:
        click.echo(text, nl=False)
    else:
        try:
            with whole(out, may_replace=_is_schema(out)) as fresh:
                fresh.write_text(text, encoding="utf-8")
        except OSError as error:
            raise RunError(f"cannot write {out}: {error.strerror or error}; choose another file with --out") from None
        click.echo(f"wrote {out}")


def _is_schema(path: Path) -> bool:
    """Whether a file is a JSON Schema that an earlier simdesk wrote."""
    from simdesk.files import is_plain

    try:
        return is_plain(path) and str(json.loads(path.read_text("utf-8"))["title"]).startswith("simdesk")
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return False


@click.command()
def measures() -> None:
    """List every measure with its definition; names in the first column are what targets and tables use."""
    from rich.console import Console
    from rich.table import Table

    from simdesk.experiment.sheet import Key, describe, known_measures

    table = Table(show_header=True, header_style="bold", box=None, pad_edge=False)
    for title in ("name", "unit", "definition"):
        table.add_column(title, overflow="fold")
    for name in known_measures():
        _, unit, _, doc = describe(Key(name))
        table.add_row(name, unit, " ".join(doc.split()))
    Console().print(table)
