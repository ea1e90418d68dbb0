"""`simdesk results`: what was simulated before: list, show, compare, export and delete it."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import rich_click as click

from simdesk.cli.paths import FilePath
from simdesk.cli.screen import screen
from simdesk.experiment.database import FILE

if TYPE_CHECKING:
    from simdesk.experiment.replications import Replications
    from simdesk.experiment.sheet import Sheet
    from simdesk.experiment.store import Store, Stored

_MOST: Final = 50
_MOST_PATHS: Final = 3
"""Values in which a desk differs that are shown of each."""
_DAMAGED: Final = "damaged: it can only be deleted"


@click.group(invoke_without_command=True)
@click.option("--file", "path", type=FilePath(dir_okay=False, spare=len("-journal")), default=FILE, show_default=True,
              help="The store.")  # fmt: skip
@click.pass_context
def results(context: click.Context, path: Path) -> None:
    """List what was simulated before, and show, compare, export or delete it.

    Each row is a desk with a seed; its number, such as 3-9f2a, names it in the other commands.
    """
    context.obj = path
    if context.invoked_subcommand is None:
        _list(path)


def _opened(path: Path) -> Store:
    from simdesk.errors import RunError
    from simdesk.experiment.store import Store

    if not os.path.isfile(path):
        raise RunError(f"nothing is kept in {path}; run something first, or name another store with --file")
    return Store(path)


def _list(path: Path) -> None:
    from rich.table import Table
    from rich.text import Text

    from simdesk.experiment.store import rules_version

    with _opened(path) as store:
        rows = store.rows()
    if not rows:
        click.echo(f"nothing is kept in {path}")
        return
    table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 3, 0, 0))
    for title in ("number", "desk", "where it differs", "seed", "runs", "kept (UTC)", "size"):
        table.add_column(title, justify="right" if title in ("runs", "size", "seed") else "left")
    for row, differs in zip(rows[:_MOST], _differences(rows), strict=False):
        differs = differs if row.scenario else _DAMAGED
        size = f"{row.size / 1024:,.0f} KiB"
        cells = row.number, row.title, differs, str(row.seed), str(row.replications), row.latest[:16], size
        table.add_row(*map(Text, cells))  # text of a scenario is not markup
    console = screen()
    console.print(table)
    if len(rows) > _MOST:
        console.print(f"and {len(rows) - _MOST} older ones", style="dim")
    if any(not row.version.endswith(rules_version()) for row in rows):
        console.print("Some were simulated by other rules than today's; those are never used to answer.", style="dim")


def _differences(rows: Sequence[Stored]) -> Iterator[str]:
    """In which values each desk differs from what most of the same title have."""
    leaves = [dict(_leaves(row.scenario)) for row in rows]
    values: dict[tuple[str, str], Counter[Any]] = {}
    for row, mine in zip(rows, leaves, strict=True):
        for path, value in mine.items():
            values.setdefault((row.title, path), Counter())[value] += 1
    alike = Counter(row.title for row in rows)
    for row, mine in zip(rows, leaves, strict=True):
        paths = [
            path
            for path, value in mine.items()
            if path not in ("run.seed", "story") and not _is_usual(value, values[row.title, path], alike[row.title])
        ]
        more = f" and {len(paths) - _MOST_PATHS} more" if len(paths) > _MOST_PATHS else ""
        yield ", ".join(f"{path}={mine[path]}" for path in paths[:_MOST_PATHS]) + more


def _is_usual(value: Any, counted: Counter[Any], desks: int) -> bool:
    """Whether more than half of the desks of a title have this value."""
    return counted[value] > desks / 2


def _leaves(tree: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(tree, dict):
        for name, part in tree.items():
            if (path, name) != ("run", "replications"):
                yield from _leaves(part, f"{path}.{name}" if path else str(name))
    else:
        yield path, tree if isinstance(tree, str | int | float) else json.dumps(tree)


def _chosen(store: Store, number: str) -> Stored:
    from simdesk.errors import RunError
    from simdesk.scenario.excerpts import nearest

    rows = {row.number: row for row in store.rows()}
    if number not in rows:
        raise RunError(f"no row {number}{nearest(number, list(rows)) or ';'} `simdesk results` lists them")
    return rows[number]


def _readable(store: Store, number: str) -> Stored:
    """The row of that number, if one can see which desk it is of."""
    from simdesk.errors import RunError

    row = _chosen(store, number)
    if not row.scenario:
        raise RunError(f"the desk of row {number} is damaged; delete the row with `simdesk results delete {number}`")
    return row


def _sheets(store: Store, row: Stored) -> dict[int, Sheet]:
    """What can be read of a row; what is damaged is told and left out, and that its rules are not today's is told."""
    from simdesk.errors import RunError
    from simdesk.experiment.store import rules_version

    if not row.version.endswith(rules_version()):
        click.echo(
            f"! row {row.number} was simulated by other rules than today's, by which its numbers may be others; run "
            "its desk again for an answer",
            err=True,
        )

    sheets = store.sheets(row, lambda text: click.echo(f"! {text}", err=True))
    if not sheets:
        raise RunError(
            f"no replication of row {row.number} can be read: they are damaged, or of another simdesk; delete the row "
            f"with `simdesk results delete {row.number}`"
        )
    return sheets


def _replications(row: Stored, sheets: Sequence[Sheet]) -> Replications:
    """Sheets of a row as the replications of its desk; with the measures that all of them have."""
    from pydantic import ValidationError

    from simdesk.errors import RunError
    from simdesk.experiment.replications import Replications
    from simdesk.experiment.sheet import known_measures
    from simdesk.experiment.store import JUDGED_BY
    from simdesk.scenario.model import Scenario

    tree = {name: chapter for name, chapter in row.scenario.items() if name != JUDGED_BY}
    tree["run"] = {**row.scenario["run"], "replications": len(sheets), "seed": row.seed}
    measures = {key.measure for sheet in sheets for key in sheet.readings}
    try:
        desk = Scenario.model_validate(tree)
    except ValidationError:
        desk = None
    if desk is None or not measures <= set(known_measures()):
        raise RunError(f"row {row.number} is of another simdesk, whose desks this one cannot read; delete it")
    return Replications(desk, tuple(sheets), row.version.partition("-")[0])


@results.command()
@click.argument("number")
@click.pass_obj
def show(path: Path, number: str) -> None:
    """Show the measures of row NUMBER with their intervals."""
    from simdesk.report.differences import name_of
    from simdesk.report.words import plus_minus

    with _opened(path) as store:
        row = _readable(store, number)
        runs = _replications(row, [*_sheets(store, row).values()])
    console = screen()
    console.print(row.title, style="bold", markup=False)
    count = f"{len(runs.sheets)} run{'' if len(runs.sheets) == 1 else 's'}"
    console.print(f"{count}, seed {row.seed}; ± is half a 95 % interval", style="dim")
    _print(console, [(name_of(key), plus_minus(one, _unit(key), _money(runs))) for key, one in runs.estimates.items()])


def _unit(key: Any) -> str:
    from simdesk.experiment.sheet import describe

    return describe(key)[1]


def _money(runs: Replications) -> str:
    return runs.scenario.money.currency


def _print(console: Any, rows: Sequence[tuple[str, ...]]) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 3, 0, 0))
    for row in rows:
        table.add_row(*map(Text, row))
    console.print(table)


@results.command()
@click.argument("base")
@click.argument("other")
@click.pass_obj
def compare(path: Path, base: str, other: str) -> None:
    """Say what differs between two rows that have the same seed, OTHER less BASE."""
    from simdesk.errors import RunError
    from simdesk.experiment.compare import Comparison
    from simdesk.report.differences import sentence

    with _opened(path) as store:
        rows = _readable(store, base), _readable(store, other)
        if objection := _not_alike(*rows):
            raise RunError(f"{base} and {other} {objection}")
        kept = [_sheets(store, row) for row in rows]
    both = sorted(kept[0].keys() & kept[1].keys())
    if not both:
        raise RunError(f"{base} and {other} have no replication in common, so they did not meet the same luck")
    one, two = (_replications(row, [sheets[number] for number in both]) for row, sheets in zip(rows, kept, strict=True))
    result = Comparison(one, {other: two})
    console = screen()
    runs = "1 run" if len(both) == 1 else f"{len(both)} runs"
    console.print(f"{rows[0].title}: {other} against {base}, {runs} each", style="bold", markup=False)
    if len({_clocks(row, side) for row, side in zip(rows, (one, two), strict=True)}) > 1:
        console.print(
            "! They were judged by other opening hours, so that promises, lost time and waits outside hours differ by "
            "that, too; `simdesk compare` judges both alike.",
            soft_wrap=True,
        )
    if not result.differences:
        console.print("They have no measure in common.")
    for (_, key), found in result.differences.items():
        console.print(sentence(found, key, result.confidence, _money(one)), markup=False, soft_wrap=True)


def _clocks(row: Stored, runs: Replications) -> str:
    """The mark of the clocks by which a row was judged."""
    from simdesk.experiment.store import JUDGED_BY

    return str(row.scenario.get(JUDGED_BY) or runs.scenario.clocks.mark)


def _not_alike(base: Stored, other: Stored) -> str:
    """Why two rows cannot be compared; nothing if they can."""
    if base.seed != other.seed:
        return "have other seeds, so they did not meet the same luck"
    if base.version.partition("-")[2] != other.version.partition("-")[2]:
        return "were simulated by other rules, so they did not meet the same luck"
    one, two = ({**row.scenario["run"], "replications": 0, "seed": 0} for row in (base, other))
    if one != two:
        return "differ in what is under run, so they were not measured alike"
    return ""


@results.command()
@click.argument("number")
@click.argument("file", type=FilePath(dir_okay=False))
@click.pass_obj
def export(path: Path, number: str, file: Path) -> None:
    """Write the measures of row NUMBER to FILE: .csv or .parquet."""
    from simdesk.errors import RunError
    from simdesk.experiment.table import table
    from simdesk.files import whole
    from simdesk.report.spreadsheet import write_csv

    if file.suffix not in (".csv", ".parquet"):
        raise RunError(f"cannot write {file}: name a file that ends in .csv or .parquet")
    with _opened(path) as store:
        row = _readable(store, number)
        rows = table(_replications(row, [*_sheets(store, row).values()]))
    try:
        with whole(file) as fresh:
            if file.suffix == ".csv":
                write_csv(rows, fresh)
            else:
                rows.to_parquet(fresh, engine="pyarrow", index=False)
    except OSError as error:
        raise RunError(f"cannot write {file}: {error.strerror or error}") from None
    click.echo(f"wrote {file}: {len(rows)} rows")


@results.command()
@click.argument("numbers", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Delete all rows.")
@click.option("--outdated", is_flag=True, help="Delete what was simulated by other rules than today's.")
@click.pass_obj
def delete(path: Path, numbers: tuple[str, ...], everything: bool, outdated: bool) -> None:
    """Delete rows NUMBERS for good."""
    from simdesk.experiment.store import rules_version

    if not (numbers or everything or outdated):
        raise click.UsageError("name the rows to delete, or --outdated, or --all")
    with _opened(path) as store:
        rows = store.rows() if everything else [_chosen(store, number) for number in numbers]
        if outdated:
            rows = [*rows, *(row for row in store.rows() if not row.version.endswith(rules_version()))]
        store.delete(rows)
    count = len({row.number for row in rows})
    click.echo(f"deleted {count} row{'' if count == 1 else 's'} from {path}")
