"""`simdesk compare`: a desk and its alternatives with the same luck, and what each difference means."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import rich_click as click

from simdesk.cli.run import RESULTS, ready, varied, warn
from simdesk.cli.screen import laboratory, screen
from simdesk.engine import ENGINES

if TYPE_CHECKING:
    from rich.console import Console

    from simdesk.experiment.compare import Comparison
    from simdesk.experiment.sheet import Key
    from simdesk.scenario.model import Scenario

_WATCHED = ("first_wait", "resolution_time", "resolution_sla", "abandonment", "total_cost")
"""What is told unless somebody asks for something else, beside what the scenario's targets are about."""


@click.command()
@click.argument("scenario", type=click.Path(path_type=Path))
@click.option("--with", "alternatives", multiple=True, required=True, metavar="PATH=VALUE[ + PATH=VALUE …]",
              help="An alternative: what it changes. Can be repeated.")  # fmt: skip
@click.option("--set", "changes", multiple=True, metavar="PATH=VALUE",
              help="Change a value on both sides. Can be repeated.")  # fmt: skip
@click.option("--watch", multiple=True, metavar="MEASURE[:WHOSE]",
              help="A measure to tell of, such as occupancy:first_line. Can be repeated.")  # fmt: skip
@click.option("--replications", type=click.IntRange(2, 100_000), help="Of each side, instead of the scenario's number.")
@click.option("--seed", type=click.IntRange(0, 2**63 - 1), help="Seed instead of the scenario's own.")
@click.option("--confidence", type=click.FloatRange(0.5, 0.9999), default=0.95, show_default=True,
              help="Of the intervals of all alternatives of a measure together (Bonferroni).")  # fmt: skip
@click.option("--workers", type=click.IntRange(1, 256), help="Worker processes; the result does not depend on it.")
@click.option("--engine", type=click.Choice(ENGINES), default=ENGINES[0], show_default=True, help="What simulates.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=RESULTS / "comparison",
              show_default=True, help="Folder for the table and its provenance.")  # fmt: skip
def compare(
    scenario: Path,
    alternatives: tuple[str, ...],
    changes: tuple[str, ...],
    watch: tuple[str, ...],
    replications: int | None,
    seed: int | None,
    confidence: float,
    workers: int | None,
    engine: str,
    out: Path,
) -> None:
    """Simulate a SCENARIO and alternatives to it with the same luck, and say what differs.

    Each replication of an alternative meets the tickets of the same replication of the base. So a difference is known
    with far fewer replications than either side.
    """
    from simdesk.experiment.compare import compare as compared
    from simdesk.scenario.loading import vary

    base = varied(scenario, changes, seed)
    wanted = {text: _assignments(text) for text in alternatives}
    keys = [_watched(base, text) for text in watch]
    ready(out)
    warn(base)
    for text, changes_of in wanted.items():
        warn(vary(base, changes_of), f"with {text}: ")
    with laboratory(workers, engine) as lab:
        result = compared(base, wanted, replications=replications, confidence=confidence, together=True, lab=lab)
    _write(result, out)
    _tell(screen(), result, keys or _usual(result))
    click.echo(f"\nWritten to {out}: differences.csv, provenance.json")


def _assignments(text: str) -> dict[str, Any]:
    """The changes of one alternative."""
    from simdesk.errors import Problem, ScenarioError
    from simdesk.scenario.problems import parse_assignment

    found: dict[str, Any] = {}
    problems: list[Problem] = []
    for part in text.split(" + "):
        try:
            path, value = parse_assignment(part.strip())
            found[path] = value
        except ScenarioError as error:
            problems += error.problems
    if problems:
        raise ScenarioError(problems, "--with")
    return found


def _watched(scenario: Scenario, text: str) -> Key:
    from simdesk.errors import RunError
    from simdesk.experiment.watch import key_named

    try:
        return key_named(scenario, text)
    except RunError as error:
        raise RunError(f"--watch: {error}") from None


def _usual(result: Comparison) -> list[Key]:
    from simdesk.experiment.sheet import Key
    from simdesk.experiment.targets import key_of

    stated = [key_of(target) for target in result.base.scenario.targets.values()]
    return list(dict.fromkeys([*stated, *map(Key, _WATCHED)]))


def _write(result: Comparison, folder: Path) -> None:
    from simdesk.report.files import write_comparison

    write_comparison(result, folder)


def _tell(console: Console, result: Comparison, keys: list[Key]) -> None:
    """One sentence for each alternative and watched measure, and one for each target."""
    from simdesk.experiment.estimate import CONFIDENCE
    from simdesk.experiment.risk import kept
    from simdesk.report.differences import risk, sentence

    base = result.base.scenario
    console.print(base.title, style="bold", markup=False)
    doubt = "; the intervals of all alternatives hold together" if len(result.alternatives) > 1 else ""
    times = f"each side simulated {len(result.base.sheets)} times, both with the same luck every time{doubt}"
    console.print(times, style="dim", markup=False)
    for name in result.alternatives:
        console.print(f"\nwith {name}", style="bold", markup=False)
        for key in keys:
            if (name, key) in result.differences:
                found = result.difference(name, key)
                text = sentence(found, key, result.confidence, base.money.currency)
                console.print(f"  {text}", soft_wrap=True, markup=False, highlight=False)
        for target, stated in base.targets.items():
            sides = kept(result.base, stated), kept(result.alternatives[name], stated)
            text = risk(target, *sides, str(base.run.length), CONFIDENCE)
            console.print(f"  {text}", soft_wrap=True, markup=False, highlight=False)
