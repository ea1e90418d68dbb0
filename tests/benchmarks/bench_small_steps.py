"""How long the small steps take that a run, or an engine, takes often. Run by hand: it prints, it judges nothing.

python tests/benchmarks/bench_small_steps.py
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from timeit import repeat

from simdesk.calendars import weekly_calendar
from simdesk.clock import Timeline
from simdesk.scenario.yaml_source import parse_yaml

BERLIN = Timeline(datetime(2026, 1, 5), "Europe/Berlin")
OFFICE = weekly_calendar(
    "office", BERLIN, dict.fromkeys(range(5), ((28_800, 64_800),)), zone="Europe/Berlin", closed_dates=(), first_day=0,
    days=1_100,
)  # fmt: skip
LONG_FILE = "".join(f"key_{i}: the number {i}\n" for i in range(8000))


def best(step: Callable[[], object], times: int) -> float:
    """Shortest of five averages, microseconds."""
    return min(repeat(step, number=times, repeat=5)) / times * 1e6


def main() -> None:
    """Print the table."""
    steps: dict[str, tuple[Callable[[], object], int]] = {
        "an end in business time": (lambda: OFFICE.add(40_000_000, 3_600), 10_000),
        "business time between two instants": (lambda: OFFICE.between(40_000_000, 40_086_400), 10_000),
        "the hours of 1,100 days": (lambda: BERLIN.hours(0, 1_100), 10),
        "reading 8,000 lines of YAML": (lambda: parse_yaml(LONG_FILE, "desk.yaml"), 1),
    }
    for name, (step, times) in steps.items():
        print(f"{name:36s} {best(step, times):12,.1f} µs")


if __name__ == "__main__":
    main()
