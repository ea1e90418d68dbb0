"""`simdesk verify`: textbook answers beside what the engine simulates."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import rich_click as click

from simdesk.cli.screen import progress_bar, screen
from simdesk.engine import ENGINES

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from simdesk.verification.cases import Trial
    from simdesk.verification.judge import Verdict

_NUMBERS: Final = 83
"""Width of everything but the source; the source gets what the terminal leaves."""
_LEAST: Final = 12
"""Below this width a source says nothing and is left out."""


@click.command(epilog="Exit codes: 0 every answer inside and every control outside · 1 otherwise · 2 wrong usage.")
@click.option("--full", is_flag=True,
              help="Go on until every interval is narrow: within 2 % of the theory for most. Takes long.")  # fmt: skip
@click.option("--workers", type=click.IntRange(1, 256), help="Worker processes; the table does not depend on it.")
@click.option("--only", multiple=True, metavar="ID",
              help="Only this run, control, family or answer. Can be repeated.")  # fmt: skip
@click.option("--seed", type=click.IntRange(0, 2**62), help="Seed instead of the desks' own: other luck, same theory.")
@click.option("--engine", type=click.Choice(ENGINES), default=ENGINES[0], show_default=True, help="What simulates.")
def verify(full: bool, workers: int | None, only: tuple[str, ...], seed: int | None, engine: str) -> None:
    """Simulate textbook desks and set the answers beside the theory, which must lie in the 99.9 % interval. Then desks
    with a mistake in each, which must fail: a check that cannot fail checks nothing."""
    from simdesk.errors import SimdeskError
    from simdesk.verification.cases import read_cases

    try:
        trials = read_cases().trials(only)
    except SimdeskError as error:
        raise click.BadParameter(str(error), param_hint="--only") from None
    console = screen()
    verdicts = _with_progress(trials, full=full, workers=workers, seed=seed, engine=engine)
    for heading, rows in (
        ("Must come out", [verdict for verdict in verdicts if not verdict.must_fail]),
        ("Must fail", [verdict for verdict in verdicts if verdict.must_fail]),
    ):
        if rows:
            console.print(_table(heading, rows, console.width))
    _print_summary(console, verdicts)
    sys.exit(0 if all(verdict.holds for verdict in verdicts) else 1)


def _with_progress(
    trials: Sequence[Trial], *, full: bool, workers: int | None, seed: int | None, engine: str
) -> tuple[Verdict, ...]:
    """The verdicts, behind a progress bar on a terminal."""
    from simdesk.verification import verify

    with progress_bar() as bar:
        task = bar.add_task("batches of replications", total=len(trials))
        return verify(
            trials,
            full=full,
            workers=workers,
            seed=seed,
            engine=engine,
            progress=lambda done, of: bar.update(task, completed=done, total=of),
        )


def _table(heading: str, verdicts: Sequence[Verdict], width: int) -> Table:
    """One line an answer, below the name of its model."""
    from rich import box
    from rich.table import Table

    room = width - _NUMBERS
    table = Table(title=heading, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("case", width=26)
    for name, least in (("theory", 12), ("simulated, 99.9 %", 18), ("z", 6)):
        table.add_column(name, justify="right", no_wrap=True, min_width=least)
    table.add_column("", no_wrap=True, min_width=9)
    if room >= _LEAST:
        table.add_column("source", no_wrap=True, max_width=room, overflow="ellipsis")
    model = ""
    for verdict in verdicts:
        if verdict.model != model:
            model = verdict.model
            table.add_row(f"[bold]{model}[/bold]")
        unit = f" {verdict.answer.unit}" if verdict.answer.unit else ""
        cells = (
            f"  {verdict.case}",
            f"{verdict.theory:.5g}{unit}",
            f"{verdict.simulated:.5g} ± {verdict.half_width:.2g}",
            f"{verdict.z:+.2f}",
            _judged(verdict),
            verdict.answer.source,
        )
        table.add_row(*cells[: len(table.columns)])
    return table


def _judged(verdict: Verdict) -> str:
    place = "inside" if verdict.inside else "outside"
    return f"[green]{place}[/green]" if verdict.holds else f"[red bold]{place} ✗[/red bold]"


def _print_summary(console: Console, verdicts: Sequence[Verdict]) -> None:
    right = [verdict for verdict in verdicts if not verdict.must_fail]
    wrong = [verdict for verdict in verdicts if verdict.must_fail]
    console.print(
        f"{sum(v.holds for v in right)} of {len(right)} answers inside their 99.9 % intervals; "
        f"{sum(v.holds for v in wrong)} of {len(wrong)} answers of wrong desks outside theirs."
    )
    cut = sorted({verdict.trial for verdict in verdicts if verdict.truncated})
    if cut:
        console.print(f"Some tickets outlived the cool-down in: {', '.join(cut)}.")
    for verdict in verdicts:
        if not verdict.holds:
            console.print(f"[red]{verdict.trial}: {verdict.case}[/red] is {verdict.z:+.1f} standard errors away.")
