"""`simdesk run`: simulate, judge, print, write."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any

import rich_click as click

from simdesk.cli.paths import FilePath
from simdesk.cli.screen import forced, laboratory, screen, telling
from simdesk.engine import ENGINES

RESULTS = Path("results")

if TYPE_CHECKING:
    from rich.console import Console

    from simdesk.experiment.replications import Replications
    from simdesk.report.folder import Written
    from simdesk.scenario.model import Scenario


@click.command(epilog="Exit codes: 0 ok · 1 failed · 2 usage or invalid scenario · 130 interrupted; "
               "with --check: 3 target missed · 4 undecided.")  # fmt: skip
@click.argument("scenario", type=FilePath())
@click.option("--set", "changes", multiple=True, metavar="PATH=VALUE",
              help="Change any value, e.g. teams.first_line.agents=6. Can be repeated.")  # fmt: skip
@click.option(
    "--replications", type=click.IntRange(1, 100_000), help="Repetitions instead of the scenario's own number."
)
@click.option("--seed", type=click.IntRange(0, 2**63 - 1), help="Seed instead of the scenario's own.")
@click.option("--workers", type=click.IntRange(1, 256), help="Worker processes; the result does not depend on it.")
@click.option("--engine", type=click.Choice(ENGINES),
              help="What simulates: kernel, which is compiled, unless stated; reference is slow and tells stories. "
              "Both write the same log.")  # fmt: skip
@click.option("--trace", type=click.IntRange(0), metavar="TICKET",
              help="Tell the story of one ticket of the first replication, line by line, and stop.")  # fmt: skip
@click.option("--store/--no-store", "keep", default=True, show_default=True,
              help="Keep finished runs in results/simdesk.sqlite, and use those that are kept.")  # fmt: skip
@click.option("--out", type=FilePath(file_okay=False),
              help="Folder for the results; results/NAME-HASH unless stated.")  # fmt: skip
@forced
@click.option("--check", is_flag=True, help="Exit with 3 if a target is missed, 4 if one is undecided.")
def run(
    scenario: Path,
    changes: tuple[str, ...],
    replications: int | None,
    seed: int | None,
    workers: int | None,
    engine: str | None,
    trace: int | None,
    keep: bool,
    out: Path | None,
    force: bool,
    check: bool,
) -> None:
    """Simulate a SCENARIO, a file or the name of a shipped one such as service-desk.

    Prints what it means, and writes a report, a table, the ticket log and its provenance.
    """
    from simdesk.report.files import run_folder
    from simdesk.shelf import find

    desk = varied(scenario, changes, seed, replications)
    if trace is not None:
        if out is not None or check:
            raise click.UsageError("--trace tells a story and stops; leave --out and --check away")
        tell_story(desk, trace, engine)
        return
    folder = out or default_folder(scenario, desk)
    run_folder(folder, desk).check()
    warn(desk, find(scenario), assigned(changes))
    runs = simulated(desk, workers, engine or ENGINES[0], store_file() if keep else None, force=force)
    verdicts = report(runs, folder)
    if check:
        sys.exit(3 if "✗" in verdicts else 4 if "?" in verdicts else 0)


def varied(path: Path, changes: tuple[str, ...], seed: int | None, replications: int | None = None) -> Scenario:
    """A scenario from a file, with the changes of the command line."""
    from simdesk.experiment.desks import usable_desk
    from simdesk.shelf import find

    assignments = assigned(changes)
    if seed is not None:
        assignments["run.seed"] = seed
    if replications is not None:
        assignments["run.replications"] = replications
    return usable_desk(find(path), assignments)


def assigned(changes: tuple[str, ...]) -> dict[str, Any]:
    """What `--set` states, by dotted path.

    Raises:
        ScenarioError: with everything that states nothing.
    """
    from simdesk.errors import Problem, ScenarioError
    from simdesk.scenario.problems import parse_assignment

    assignments: dict[str, Any] = {}
    problems: list[Problem] = []
    for text in changes:
        try:
            where, value = parse_assignment(text)
            assignments[where] = value
        except ScenarioError as error:
            problems += error.problems
    if problems:
        raise ScenarioError(problems, "--set")
    return assignments


def simulated(
    scenario: Scenario,
    workers: int | None,
    engine: str = ENGINES[0],
    store: Path | None = None,
    *,
    force: bool = False,
) -> Replications:
    """All replications, with a progress bar where somebody watches; those that are kept in a store are not simulated
    again."""
    with laboratory(workers, engine, store, force=force) as lab:
        return lab.replications(scenario)


def store_file() -> Path | None:
    """Where finished runs are kept, or only read; nowhere, with a word, if that place cannot be used."""
    from simdesk.experiment.database import FILE, usable

    if usable(FILE) or os.access(FILE, os.R_OK):
        return FILE
    click.echo(f"! {FILE} cannot be written, so finished runs are not kept", err=True)
    return None


def default_folder(path: Path, scenario: Scenario) -> Path:
    """Where results go: named by the scenario and by what was varied, so that equal questions share a folder."""
    from simdesk.provenance import scenario_hash

    return folder_named(path.stem, scenario_hash(scenario))


def folder_named(name: str, seal: str) -> Path:
    """The folder of one question: its name as far as there is room for it, and the beginning of its seal."""
    from simdesk.filenames import MOST_BYTES, shortened

    ending = f"-{seal[:8]}"
    return RESULTS / (shortened(name, MOST_BYTES - len(ending)) + ending)


def report(runs: Replications, folder: Path) -> str:
    """Write the files and print the summary; returns the verdicts on the targets as signs."""
    from simdesk.experiment.load import team_loads
    from simdesk.experiment.targets import judge
    from simdesk.report.files import write_results
    from simdesk.report.summary import print_summary

    loads = team_loads(runs.scenario)
    console = screen()
    written = write_results(runs, loads, folder)  # before anything is printed, so that a closed pipe loses nothing
    with telling(folder):
        judgements = judge(runs)
        print_summary(console, runs, loads, judgements)
    tell_files(console, folder, written)
    return "".join(judgement.verdict.value for judgement in judgements)


def tell_files(console: Console, folder: Path, written: Written) -> None:
    """Say which files were written, and which pictures could not be drawn."""
    names = ", ".join(path.name for path in written.paths)
    console.print(f"\nWritten to {folder}{os.sep}: {names}", soft_wrap=True, markup=False)
    for failure in written.failures:
        click.echo(f"! {failure}", err=True)


def warn(scenario: Scenario, file: Path | None = None, changed: Collection[str] = ()) -> None:
    """Say before the run what is known before it: what is odd, which team cannot keep up, what can never happen.

    Args:
        scenario: what will be simulated.
        file: where it is written, so that what is odd has a line.
        changed: dotted paths of what was changed after it was read.
    """
    from simdesk.experiment.findings import findings_of, placed
    from simdesk.experiment.load import team_loads
    from simdesk.experiment.warnings import before
    from simdesk.scenario.loading import sources_of

    sources = sources_of(file) if file is not None else ()
    for problem in placed(findings_of(scenario, as_read=not changed), sources, changed):
        click.echo(f"! {problem.head}", err=True)
    for warning in before(scenario, team_loads(scenario)):
        click.echo(f"! {warning}", err=True)


def tell_story(scenario: Scenario, ticket: int, engine: str | None) -> None:
    """Print the story of one ticket of the first replication."""
    from simdesk.desk import open_desk
    from simdesk.engine import run as run_engine
    from simdesk.errors import RunError
    from simdesk.workload.draw import draw

    desk = open_desk(scenario)
    workload = draw(scenario, desk, 0)
    if ticket >= workload.tickets:
        raise RunError(f"there is no ticket {ticket}; the first replication has tickets 0 to {workload.tickets - 1}")

    def tell(now: int, sentence: str) -> None:
        click.echo(f"{desk.timeline.local(now):%a %Y-%m-%d %H:%M:%S}  ticket {ticket} {sentence}")

    run_engine(desk, workload, engine=engine, traced=ticket, tell=tell)
