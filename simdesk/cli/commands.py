"""The commands: thin. They parse, call the public API, and print.

A command's module is imported when the command is used, so that `--help` answers at once.
"""

from __future__ import annotations

import errno
import os
import sys
from importlib import import_module
from typing import Any, Final

import rich_click as click

from simdesk import __version__
from simdesk.errors import ScenarioError, SimdeskError

_COMMANDS: Final = {
    "demo": ("simdesk.cli.demo", "The fire truck against the MRI: what slack buys, in a minute."),
    "run": ("simdesk.cli.run", "Simulate a scenario, print what it means, write a report."),
    "ask": ("simdesk.cli.ask", "A question from a file, answered in plain words, with a page and a table."),
    "compare": ("simdesk.cli.verbs", "A desk and its alternatives with the same luck: what differs, and how sure."),
    "sweep": ("simdesk.cli.verbs", "A desk over a range of values: where each measure is best."),
    "slack": ("simdesk.cli.verbs", "How much idle time is right for a team."),
    "staff": ("simdesk.cli.verbs", "The cheapest staffing that keeps every target, certified."),
    "shifts": ("simdesk.cli.verbs", "Which shifts a team needs through the week."),
    "rank": ("simdesk.cli.verbs", "Which of several is best, with a guarantee."),
    "sensitivity": ("simdesk.cli.verbs", "What matters most for a measure."),
    "precision": ("simdesk.cli.verbs", "Simulate until it is known precisely enough."),
    "warm-up": ("simdesk.cli.verbs", "How long a desk takes to forget that it started empty."),
    "steady": ("simdesk.cli.verbs", "The long-run mean of a wait, from one long run."),
    "headroom": ("simdesk.cli.verbs", "How much more a desk can take before a target breaks."),
    "explain": ("simdesk.cli.verbs", "A decision brief: what a change brings and costs, and what is second-best."),
    "results": ("simdesk.cli.results", "What was simulated before: list, show, compare, export and delete it."),
    "validate": ("simdesk.cli.validate", "Check scenario files; every problem with its place and remedy."),
    "schema": ("simdesk.cli.validate", "Print the JSON Schema of scenarios, for editors."),
    "measures": ("simdesk.cli.validate", "List the measures that targets can use."),
    "verify": ("simdesk.cli.verify", "Compare the engine with textbook answers, case by case."),
}

click.rich_click.COMMAND_GROUPS = {
    "*": [
        {"name": "See a desk", "commands": ["demo", "run", "results"]},
        {"name": "Ask what would be", "commands": ["ask", "compare", "explain", "sweep", "slack", "rank", "headroom"]},
        {"name": "Plan and be sure", "commands": ["staff", "shifts", "sensitivity", "precision", "warm-up", "steady"]},
        {"name": "Write and trust", "commands": ["validate", "schema", "measures", "verify"]},
    ]
}

_SILENT_TRACKER: Final = "ignore:resource_tracker"
"""For the process that clears up after an interrupted pool: it does its work and need not tell the user."""

_SMALLER: Final = (
    "there is not enough memory; simulate less at once: fewer --workers, a shorter run.length, or fewer tickets"
)

_NO_ROOM: Final = ("failed to map segment", "annot allocate memory")
"""What the system says of a library for which there is no memory."""

EXIT_CODES: Final = """
Exit codes: 0 ok · 1 the run failed · 2 wrong usage or invalid scenario · 130 interrupted;
with --check: 3 a target is missed · 4 a target is undecided.
"""


class _Lazy(click.RichGroup):
    """Imports a command's module only when it is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        if ctx.params.get("_listing"):
            return click.Command(cmd_name, help=_COMMANDS[cmd_name][1])
        command: click.Command = getattr(import_module(_COMMANDS[cmd_name][0]), cmd_name.replace("-", "_"))
        return command

    def format_help(self, ctx: Any, formatter: Any) -> None:
        ctx.params["_listing"] = True
        super().format_help(ctx, formatter)


@click.group(cls=_Lazy, epilog=EXIT_CODES, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="simdesk")
def cli() -> None:
    """simdesk simulates a service desk that is described in YAML, and says what staffing, self-service and automation
    do
    to waiting, promises, utilisation and money: with confidence intervals."""


def carried_out() -> int:
    """Carry out the command of this process's arguments; every failure becomes a message and an exit code."""
    sys.warnoptions.append(_SILENT_TRACKER)
    try:
        return int(cli(standalone_mode=False) or 0)
    except SystemExit as end:
        return int(end.code or 0)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except ScenarioError as error:
        click.echo(str(error), err=True)
        return 2
    except SimdeskError as error:
        click.echo(f"simdesk: {error}", err=True)
        return 1
    except MemoryError:
        return _too_large()
    except (OSError, ImportError) as error:
        if _for_want_of_memory(error):
            return _too_large()
        if isinstance(error, ImportError):
            raise
        click.echo(f"simdesk: {_denied(error)}", err=True)
        return 1


def _for_want_of_memory(error: BaseException | None) -> bool:
    """Whether a worker could not be started, or a library not be loaded, because there was no room for it."""
    while error is not None:
        if (isinstance(error, OSError) and error.errno == errno.ENOMEM) or any(word in str(error) for word in _NO_ROOM):
            return True
        error = error.__cause__ or error.__context__
    return False


def _too_large() -> int:
    click.echo(f"simdesk: {_SMALLER}", err=True)
    return 1


def _denied(error: OSError) -> str:
    """What the system did not do, and with which file."""
    from simdesk.spelling import visible

    try:
        os.getcwd()
    except OSError:
        return "the current folder is gone, or cannot be reached; change to another one"
    what = error.strerror or str(error) or type(error).__name__
    if error.filename is None:
        return visible(what)
    name = os.fsdecode(error.filename) if isinstance(error.filename, bytes) else str(error.filename)
    return visible(f"{name}: {what}")
