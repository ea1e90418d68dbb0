"""Puts wrong rules into copies of the package, one at a time, and demands that the tests notice every one.

    python tests/mutation/check.py [names …] [--jobs N]

A wrong rule in what both engines share has to be noticed by the examples worked by hand; one in the reference by them
and by the twins; one in the compiled engine by the twins. Exits with 1 if a wrong rule survives, with 2 if its place
was not found. Nothing is written outside temporary folders.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
MUTANTS = Path(__file__).with_name("mutants.yaml")
DESKS = "200"
"""Random desks for every mutant; see `test_twins`."""
LONGEST = 300
"""Seconds after which a mutant counts as hung, which is not the same as noticed."""

RULES = (
    "unit/test_policies.py",
    "unit/test_disciplines.py",
    "unit/test_patience.py",
    "unit/test_shifts.py",
    "unit/test_steps.py",
    "unit/test_reference.py",
)
CLOCK = ("unit/test_business_time.py", "unit/test_clock.py", "unit/test_calendars.py")
TWINS = ("property/test_twins.py",)
PEOPLE = ("unit/test_presence.py",)
JUDGED = (
    "unit/test_reached_desk.py",
    "unit/test_cohort.py",
    "unit/test_resolves.py",
    "unit/test_short_forms.py",
    "unit/test_weekdays.py",
    "unit/test_judging_clocks.py",
)
"""By which clocks, and from which instant, a desk is judged."""
BOTH = ("unit/test_live_contacts.py", "unit/test_caught_mutants.py")
"""Worked by hand for either engine, with twins of its own; the slowest, so it comes last."""
MONEY = ("unit/test_money_measures.py", "unit/test_team_measures.py", "unit/test_table.py", "unit/test_whole_weeks.py")
LOAD = ("unit/test_directed_help.py", "unit/test_load.py", "unit/test_patient_load.py")
OFFICE = ("unit/test_business_delays.py", "unit/test_patience.py")

JURIES = {
    "shared": ((*RULES, *CLOCK, *PEOPLE, *BOTH),),
    "reference": ((*RULES, *BOTH), (*TWINS, *BOTH)),
    "kernel": ((*TWINS, *BOTH),),
    "money": (MONEY,),
    "load": (LOAD,),
    "office": (OFFICE,),
    "judged": (JUDGED,),
}
"""Group of mutants → tests of which every bundle has to notice."""

SURVIVED = "SURVIVED"

CONFTEST = """
from pathlib import Path
from hypothesis import Phase, settings
import simdesk

assert Path(simdesk.__file__).is_relative_to(Path(__file__).parents[1]), "these tests would judge another package"
settings.register_profile(
    "mutants", derandomize=True, database=None, deadline=None, phases=[Phase.explicit, Phase.generate]
)
settings.load_profile("mutants")
"""
"""Put beside the copied tests: the same desks for every mutant, nothing is kept, and no failure is made small."""


class AnchorError(Exception):
    """The text that a mutant replaces is not there, or there more than once."""


@dataclass(frozen=True)
class Mutant:
    """A wrong rule: in `file`, `put` stands where `find` stood."""

    group: str
    name: str
    wrong: str
    file: str
    find: str
    put: str

    def source(self, root: Path = ROOT) -> str:
        """Its file with the wrong rule in it.

        Raises:
            AnchorError: the rule is not there exactly once.
        """
        right = (root / self.file).read_text("utf-8")
        times = right.count(self.find)
        if times != 1:
            raise AnchorError(f"{self.name}: {self.find!r} occurs {times} times in {self.file}, not once")
        return right.replace(self.find, self.put)


@dataclass(frozen=True)
class Verdict:
    """What the tests said of a mutant, one sentence for every bundle of tests that had to notice."""

    caught: bool
    by: str


def all_mutants() -> list[Mutant]:
    """Every wrong rule of `mutants.yaml`."""
    groups = yaml.safe_load(MUTANTS.read_text("utf-8"))
    return [Mutant(group, name, **entry) for group, entries in groups.items() for name, entry in entries.items()]


@contextmanager
def copy_of(desk: Path) -> Iterator[Path]:
    """A temporary folder with the package, its tests and the shipped desks, which goes away afterwards."""
    with tempfile.TemporaryDirectory(prefix="simdesk-mutant-") as folder:
        copy = Path(folder)
        for part in ("simdesk", "tests", "scenarios"):
            shutil.copytree(desk / part, copy / part, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(desk / "pyproject.toml", copy)
        (copy / "tests" / "conftest.py").write_text(CONFTEST, "utf-8")
        yield copy


def judged_by(copy: Path, tests: Sequence[str]) -> Verdict:
    """Whether one of the tests fails on a copy; a copy that cannot be tested at all does not count as caught."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "--tb=no", "-rf"]
    ours = {"PYTHONPATH": str(copy), "SIMDESK_CACHE_DIR": str(copy), "NUMBA_DISABLE_JIT": "1", "SIMDESK_TWINS": DESKS}
    try:
        done = subprocess.run(
            [*command, *(f"tests/{test}" for test in tests)],
            cwd=copy, env=os.environ | ours, capture_output=True, text=True, timeout=LONGEST, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return Verdict(False, "HUNG")
    if done.returncode == 0:
        return Verdict(False, SURVIVED)
    failed = re.search(r"^FAILED tests/\w+/(\S+\.py::[^\s\[]+)", done.stdout, re.MULTILINE)
    if done.returncode != 1 or failed is None:
        return Verdict(False, f"BROKEN\n{done.stdout}{done.stderr}")
    return Verdict(True, failed[1])


def judge(mutant: Mutant, right: Path) -> Verdict:
    """What the tests say of a wrong rule, put into a copy of what is right."""
    with copy_of(right) as copy:
        (copy / mutant.file).write_text(mutant.source(right), "utf-8")
        verdicts = [judged_by(copy, tests) for tests in JURIES[mutant.group]]
    return Verdict(all(verdict.caught for verdict in verdicts), " and ".join(verdict.by for verdict in verdicts))


def control(right: Path) -> None:
    """The desk as it is has to pass, or a failure would say nothing."""
    for tests in sorted({tests for juries in JURIES.values() for tests in juries}):
        verdict = judged_by(right, tests)
        if verdict.by != SURVIVED:
            sys.exit(f"the tests fail without any mutant: {verdict.by}")
    print("control: the tests pass without a mutant", flush=True)


def check(mutants: Sequence[Mutant], right: Path, jobs: int) -> int:
    """Judge mutants, telling of each; returns how many were not caught."""
    escaped = []
    with ThreadPoolExecutor(jobs) as pool:
        for mutant, verdict in zip(mutants, pool.map(lambda one: judge(one, right), mutants), strict=True):
            print(f"{'caught ' if verdict.caught else 'ESCAPED'} {mutant.name}: {verdict.by}", flush=True)
            if not verdict.caught:
                escaped.append(mutant)
    print(f"{len(mutants) - len(escaped)} of {len(mutants)} wrong rules caught")
    for mutant in escaped:
        print(f"  {mutant.name} ({mutant.file}): {mutant.wrong}")
    return len(escaped)


def main() -> int:
    """The command."""
    asks = argparse.ArgumentParser(description="Do the tests notice wrong rules?")
    asks.add_argument("names", nargs="*", help="mutants to judge; all unless named")
    asks.add_argument("--jobs", type=int, default=2, help="how many at once")
    asked = asks.parse_args()
    mutants = all_mutants()
    unknown = set(asked.names) - {mutant.name for mutant in mutants}
    if unknown:
        asks.error(f"no such mutant: {', '.join(sorted(unknown))}")
    chosen = [mutant for mutant in mutants if not asked.names or mutant.name in asked.names]
    with copy_of(ROOT) as right:  # work goes on in the repository; all mutants are of one state of it
        try:
            for mutant in chosen:
                mutant.source(right)
        except AnchorError as problem:
            print(problem, file=sys.stderr)
            return 2
        control(right)
        return 1 if check(chosen, right, asked.jobs) else 0


if __name__ == "__main__":
    sys.exit(main())
