"""Where compiled code is kept: a folder named by every source file that it was compiled from.

Numba alone does not notice a change in an imported file and would run stale rules; another name is another folder.
"""

from __future__ import annotations

import os
import sys
import tempfile
from hashlib import sha256
from pathlib import Path
from typing import Final

_HERE: Final = Path(__file__).parent
SOURCES: Final = tuple(
    _HERE.parent / name
    for name in (
        "engine/kernel.py", "engine/turns.py", "engine/heaps.py", "engine/arrays.py", "engine/limits.py",
        "policies.py", "states.py", "clock.py", "workload/model.py",
    )
)  # fmt: skip
"""Files that hold a rule or a constant of the kernel."""


def source_hash() -> str:
    """SHA-256 of all sources of the kernel."""
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


def prepare() -> bool:
    """Point numba at the folder, before the kernel is imported; True if the kernel has to be compiled first."""
    import numba

    folder = cache_folder()
    numba.config.CACHE_DIR = str(folder)  # type: ignore[attr-defined]  # numba declares its settings at run time
    return not any(folder.rglob("*.nbi"))
