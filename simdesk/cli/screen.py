"""What every command shows on: the results, and a progress bar where somebody watches."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress

    from simdesk.experiment.lab import Lab

Command = TypeVar("Command", bound=Callable[..., Any])

_PIPE_WIDTH: Final = 120
"""Wide enough for the tables where there is no terminal to ask."""


def forced(command: Command) -> Command:
    """The option that goes on whatever it takes."""
    import rich_click as click

    text = "Go on even if it will take more than a day of computing or most of the memory."
    return click.option("--force", is_flag=True, help=text)(command)


def screen() -> Console:
    """Where results are printed: as wide as the terminal."""
    from rich.console import Console

    return Console(highlight=False, width=None if sys.stdout.isatty() else _PIPE_WIDTH)


def progress_bar() -> Progress:
    """A bar with the time left, on the error stream of a terminal; nothing in a pipe."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty())


@contextmanager
def laboratory(workers: int | None, engine: str, store: Path | None = None, *, force: bool = False) -> Iterator[Lab]:
    """A lab with a progress bar where somebody watches, which says before it begins what will take long.

    Args:
        workers, engine: see `Lab`.
        store: the file in which finished replications are kept and found; none without one.
        force: whether to go on where it would take more than one usually means.
    """
    from simdesk.experiment.foresight import Foresight
    from simdesk.experiment.lab import Lab
    from simdesk.experiment.store import Store

    with ExitStack() as stack:
        bar = stack.enter_context(progress_bar())
        kept = stack.enter_context(Store(store)) if store is not None else None
        task = bar.add_task("replications", total=None)

        def tell(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        foresight = Foresight(_say, force=force)
        lab = Lab(workers=workers, engine=engine, store=kept, progress=tell, say=_say, foresight=foresight)
        yield stack.enter_context(lab)


@contextmanager
def telling(folder: Path) -> Iterator[None]:
    """Tell what files say that are written already; whatever goes wrong with the words, the numbers are more important.

    Args:
        folder: of the files.

    Raises:
        RunError: something could not be told; says what went wrong, and where the numbers are.
    """
    from simdesk.errors import RunError, SimdeskError

    try:
        yield
    except (SimdeskError, MemoryError):
        raise
    except Exception as error:
        lines = [line.strip() for line in str(error).splitlines() if line.strip()]
        what = ": ".join([type(error).__name__, *lines[:1]])
        raise RunError(
            f"the answer could not be told ({what}); the numbers are in {folder}. Please report this."
        ) from error


def _say(text: str) -> None:
    import rich_click as click

    click.echo(f"… {text}", err=True)
