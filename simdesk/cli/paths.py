"""The type of every option and argument that is a path: a name that no file can have is refused at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import rich_click as click

from simdesk.filenames import fault_of


class FilePath(click.Path):
    """A path whose name a file can have.

    Args:
        spare: bytes that will be added to the name for files beside it.
        more: see `click.Path`.
    """

    def __init__(self, *, spare: int = 0, **more: Any) -> None:
        super().__init__(path_type=Path, **more)
        self.spare = spare

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path.

        Raises:
            BadParameter: no file can have this name; says why, and what to do.
        """
        if not str(value):
            self.fail("the name is empty; name a file or a folder", param, ctx)
        if fault := fault_of(Path(value), self.spare):
            self.fail(fault, param, ctx)
        return super().convert(value, param, ctx)
