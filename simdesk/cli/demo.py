"""`simdesk demo`: the fire truck against the MRI."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from simdesk.cli.paths import FilePath
from simdesk.cli.screen import forced

if TYPE_CHECKING:
    from rich.console import Console

    from simdesk.experiment.replications import Replications

_SLACK = {"demand.contacts": "19 per day", "run.open_at_start.scanner.scan.count": 0}


@click.command()
@click.option("--out", type=FilePath(file_okay=False),
              help="Folder for the reports; results/demo-HASH unless stated.")  # fmt: skip
@click.option("--workers", type=click.IntRange(1, 256), help="Worker processes; the result does not depend on it.")
@forced
def demo(out: Path | None, workers: int | None, force: bool) -> None:
    """Simulate two desks of the shelf: the FIRE TRUCK, idle 99 % of the year, and right; and the MRI, never idle,
    with two weeks' wait. Then the MRI again with five per cent of slack and no old list."""
    from simdesk.cli.run import RESULTS, simulated
    from simdesk.cli.screen import screen, telling
    from simdesk.experiment.load import team_loads
    from simdesk.provenance import scenario_hash
    from simdesk.report.files import run_folder, write_results
    from simdesk.scenario.loading import load, vary
    from simdesk.shelf import on_the_shelf

    truck = load(on_the_shelf("fire-truck"))
    year = vary(load(on_the_shelf("mri")), {"run.length": "1 year"})
    cases = {"fire-truck": truck, "mri": year, "mri-with-slack": vary(year, _SLACK)}
    seal = sha256(" ".join(map(scenario_hash, cases.values())).encode()).hexdigest()
    folder = out or RESULTS / f"demo-{seal[:8]}"
    for name, case in cases.items():
        run_folder(folder / name, case).check()
    runs = {name: simulated(case, workers, force=force) for name, case in cases.items()}
    written = [write_results(result, team_loads(result.scenario), folder / name) for name, result in runs.items()]
    console = screen()
    with telling(folder):
        _print(console, runs)
    reports = ", ".join(f"{name}/report.html" for name in runs)
    console.print(f"\nReports written to {folder}: {reports}", soft_wrap=True, markup=False)
    for failure in (failure for files in written for failure in files.failures):
        click.echo(f"! {failure}", err=True)
    console.print("Next: simdesk run service-desk", soft_wrap=True, markup=False)


def _print(console: Console, runs: dict[str, Replications]) -> None:
    from rich.table import Table

    from simdesk.experiment.sheet import Key
    from simdesk.report.words import plus_minus, value

    table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 3, 0, 0))
    for title in ("", "busy", "someone free", "served at once", "mean wait"):
        table.add_column(title, justify="left" if not title else "right")
    titles = {
        "fire-truck": "The fire truck",
        "mri": "The MRI, 99.7 % booked",
        "mri-with-slack": "The MRI with 5 % slack",
    }
    for name, result in runs.items():
        team = result.first_log.teams[0]
        wanted = {
            Key("occupancy", "team", team): "share",
            Key("readiness", "team", team): "share",
            Key("served_at_once"): "share",
            Key("first_wait"): "time",
        }
        table.add_row(titles[name], *(plus_minus(result.estimates[key], unit) for key, unit in wanted.items()))
    console.print(table)
    busy, slack = (value(runs[name].estimates[Key("first_wait")].value, "time") for name in ("mri", "mri-with-slack"))
    console.print(
        "\nThe fire truck is idle almost all year, and that is what makes it a fire truck. The MRI is hardly ever "
        f"idle, and everybody waits {busy}. With five per cent of slack, once the old list is gone, it is {slack}. "
        "How much slack is right depends on scale, on variability, and on what an hour of waiting costs. "
        "(± is half a 95 % interval.)"
    )
