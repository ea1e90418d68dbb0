"""The installed command as a person or a script would use it, and the processes that it leaves."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

COMMAND = Path(sys.executable).with_name("simdesk")
LINUX = Path("/proc/self/task").exists()


class Done(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    err: str


def simdesk(*arguments: object, cwd: Path) -> Done:
    """Run the command in a folder, its output in pipes."""
    done = subprocess.run(
        [COMMAND, *map(str, arguments)],
        cwd=cwd,
        env={name: value for name, value in os.environ.items() if name not in ("FORCE_COLOR", "COLUMNS")},
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    return Done(done.returncode, done.stdout, done.stderr)


def children(pid: int) -> set[int]:
    """Processes that a process has started and that are still there."""
    return {int(child) for task in Path(f"/proc/{pid}/task").glob("*/children") for child in task.read_text().split()}


def cpu_seconds(pid: int) -> float:
    """Computing time of a process; 0 if it has ended, buried or not."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return 0.0 if fields[0] == "Z" else (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def busy_children(pid: int, count: int, within: float = 60) -> set[int]:
    """Waits until a process has so many children that have computed for a while."""
    until = time.monotonic() + within
    while time.monotonic() < until:
        busy = {child for child in children(pid) if cpu_seconds(child) > 1}
        if len(busy) >= count:
            return busy
        time.sleep(0.02)
    raise AssertionError(f"{count} busy workers did not come")


def gone(pids: set[int], within: float) -> bool:
    """Whether all these processes end within some seconds."""
    until = time.monotonic() + within
    while any(cpu_seconds(pid) for pid in pids):
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True
