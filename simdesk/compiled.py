"""Compiling: how a loop is compiled, and where its code is kept. Knows no loop.

Code is kept in a folder named by every source file that it was compiled from. Numba alone does not notice a change in
an imported file and would run stale rules; another name is another folder. Importing this module points numba at it.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, TypeVar, cast

import numba

_HERE: Final = Path(__file__).parent
SOURCES: Final = tuple(
    _HERE / name
    for name in (
        "compiled.py", "engine/kernel.py", "engine/turns.py", "engine/heaps.py", "engine/arrays.py",
        "engine/limits.py", "workload/walk.py", "workload/streams.py", "workload/model.py",
        "policies.py", "states.py", "clock.py",
    )
)  # fmt: skip
"""Files that hold a rule or a constant of compiled code."""

Function = TypeVar("Function", bound=Callable[..., Any])


def jit(function: Function) -> Function:
    """Compile a function when it is first called, or load what was compiled.

    It allocates nothing, so numba need not count references to arrays; counting them takes twice as long as all the
    rest.
    """
    options: dict[str, Any] = {"cache": True, "nogil": True, "_nrt": False}
    return cast(Function, numba.njit(**options)(function))


def source_hash() -> str:
    """SHA-256 of all sources of compiled code."""
    seal = sha256()
    for path in SOURCES:
        seal.update(path.read_bytes())
    return seal.hexdigest()


def cache_folder() -> Path:
    """The folder for code compiled from these sources; elsewhere if the user's cache cannot be written."""
    name = f"kernel-{source_hash()[:16]}-py{sys.version_info[0]}{sys.version_info[1]}"
    home = os.environ.get("SIMDESK_CACHE_DIR") or os.environ.get("XDG_CACHE_HOME")
    for base in (Path(home) if home else Path.home() / ".cache", Path(tempfile.gettempdir())):
        folder = base / "simdesk" / name
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(folder, os.W_OK):
            return folder
    folder = Path(tempfile.mkdtemp(prefix="simdesk-"))
    os.environ["SIMDESK_CACHE_DIR"] = str(folder)  # for worker processes, which would compile again
    return folder


_folder = cache_folder()
numba.config.CACHE_DIR = str(_folder)  # type: ignore[attr-defined]  # numba declares its settings at run time
if not any(_folder.rglob("*.nbi")):
    print("compiling the engine; this happens once on a machine …", file=sys.stderr, flush=True)
