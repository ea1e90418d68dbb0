"""The command line: its entry, which is heard from and cannot be broken from its first line on.

Nothing that takes time is imported before Ctrl-C is answered in words. The commands stand in `simdesk.cli.commands`.
"""

from __future__ import annotations

import sys

from simdesk.cli.endings import Stops

TYPE_CHECKING = False  # importing typing for this alone would take as long as all the rest
if TYPE_CHECKING:
    from typing import Any

_REMAINS = "; finished runs are kept (unless with --no-store), and the same command goes on from there"


def main() -> None:
    """Run the command line, and end with the exit code that it has earned."""
    stops = Stops()
    try:
        stops.listen()
        from simdesk.cli.streams import Outputs

        outputs = Outputs()
        from simdesk.cli.commands import carried_out

        stops.remains = _REMAINS
        stops.earned = code = outputs.finished(carried_out())
    except BaseException as error:
        if stops.signal or isinstance(error, KeyboardInterrupt):
            stops.end()
        stops.earned = 1
        raise
    sys.exit(code)


def __getattr__(name: str) -> Any:
    if name != "cli":
        raise AttributeError(f"module 'simdesk.cli' has no attribute '{name}'")
    from simdesk.cli.commands import cli

    return cli
