"""CPU time, of anything and of the kernel's parts, and what must be said of the machine beside any figure."""

from __future__ import annotations

import gc
import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable, Iterable
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any, NamedTuple

from simdesk.desk import Desk
from simdesk.engine import run
from simdesk.ticketlog import TicketLog
from simdesk.workload.model import Workload


class KernelTime(NamedTuple):
    """CPU seconds of one run of the kernel: its compiled loop, and the whole with its log."""

    loop: float
    whole: float
    log: TicketLog


def cpu_seconds(simulate: Callable[[], Any]) -> tuple[float, Any]:
    """CPU time of this process for one call, and what it returned."""
    gc.collect()
    begin = process_time()
    result = simulate()
    return process_time() - begin, result


def kernel_time(desk: Desk, workload: Workload) -> KernelTime:
    """Run the kernel with a second stopwatch around its loop."""
    from simdesk.engine import kernel

    loop, seconds = kernel._run, []

    def timed(*arguments: Any) -> Any:
        begin = process_time()
        result = loop(*arguments)
        seconds.append(process_time() - begin)
        return result

    kernel._run = timed
    try:
        whole, log = cpu_seconds(lambda: run(desk, workload, engine="kernel"))
    finally:
        kernel._run = loop
    return KernelTime(sum(seconds), whole, log)


def apart(script: str, what: Any) -> Any:
    """What a script of this folder prints, as JSON, in a process of its own."""
    command = [sys.executable, script, json.dumps(what)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout)


def spread(values: Iterable[float], digits: int = 2) -> str:
    """Median, and from least to most."""
    values = sorted(values)
    return f"{median(values):,.{digits}f} ({values[0]:,.{digits}f} to {values[-1]:,.{digits}f})"


def installed(package: str) -> str:
    """The version of a package, or nothing."""
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def birth(packages: Iterable[str], rounds: int, load_before: float) -> str:
    """Where and when figures were measured, as a sentence."""
    versions = [f"{name} {installed(name)}" for name in packages if installed(name)]
    times = "1 round" if rounds == 1 else f"{rounds} rounds"
    return (
        f"*Measured {date.today():%Y-%m-%d} on {_processor()}, {os.cpu_count()} cores; {times}; load average "
        f"{load_before:.2f} before and {os.getloadavg()[0]:.2f} after; {platform.system()}, "
        f"Python {platform.python_version()}, {', '.join(versions)}.*"
    )


def _processor() -> str:
    """The model as the system names it."""
    listed = Path("/proc/cpuinfo")
    names = [line.partition(":")[2].strip() for line in listed.read_text("utf-8").splitlines() if "model name" in line]
    return names[0] if names else platform.machine()
