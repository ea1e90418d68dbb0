"""Stops commands at random instants of their lives, runs them again, and looks at what is left.

By hand: `python tests/hard/interruptions.py --count 60`. A few of them are among the tests, in test_interruptions.py.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from terminal import COMMAND, LINUX

ROOT = Path(__file__).parents[2]
COMMANDS = {
    "run": ("run", "quickstart", "--replications", "12", "--workers", "2"),
    "ask": ("ask", "slack-fire-truck", "--quick", "--workers", "2"),
    "sweep": ("sweep", "quickstart", "--over", "teams.desk.agents=3..4", "--replications", "4", "--workers", "2"),
}
"""What is stopped: cheap forms of the three, with workers and a store."""
WORDS = {signal.SIGINT: "interrupted", signal.SIGTERM: "terminated"}
_ORPHANS_GONE = 5.0
"""Seconds after which no process of a command that has ended may be left."""


@dataclass
class Finding:
    """One interruption.

    Attributes:
        command: that was stopped.
        moment: share of its usual life after which it was.
        code: exit code.
        wrong: what should not have been, in words.
        early: whether Python itself was stopped, before a line of ours could answer; such a one is not wrong.
    """

    command: str
    moment: float
    code: int = 0
    early: bool = False
    wrong: list[str] = field(default_factory=list)


@dataclass
class Trial:
    """A place for one command, undisturbed or stopped.

    Args:
        name: of the command in `COMMANDS`.
        folder: an empty one; the command is run in `folder/work`, with `folder/temporary` for temporary files.
        module: whether to start it as `python -m simdesk`, and not by the installed command.
    """

    name: str
    folder: Path
    module: bool = True

    def __post_init__(self) -> None:
        for part in ("work", "temporary"):
            (self.folder / part).mkdir(parents=True, exist_ok=True)

    def start(self) -> subprocess.Popen[str]:
        """The command in a session of its own, as a terminal would start it."""
        command = [sys.executable, "-m", "simdesk"] if self.module else [str(COMMAND)]
        return subprocess.Popen(
            [*command, *COMMANDS[self.name]], cwd=self.folder / "work", text=True, start_new_session=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env=os.environ | {"TMPDIR": str(self.folder / "temporary"), "PYTHONPATH": str(ROOT)},
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a job in the background ignores Ctrl-C
        )  # fmt: skip

    def undisturbed(self) -> float:
        """Run it to its end; returns the seconds that it took."""
        since = time.monotonic()
        process = self.start()
        _, said = process.communicate(timeout=600)
        assert process.returncode == 0, said
        return time.monotonic() - since

    def results(self) -> dict[str, bytes]:
        """Every file of the results but the store, which says when each run was kept."""
        files = (path for path in (self.folder / "work").rglob("*") if path.is_file())
        return {
            path.relative_to(self.folder).as_posix(): path.read_bytes()
            for path in files
            if not path.name.startswith("simdesk.sqlite")
        }

    def stopped(self, moment: float, life: float, stop: signal.Signals, *, group: bool) -> Finding:
        """Stop the command at a moment of its life, and look at what it says and leaves."""
        found = Finding(self.name, moment)
        process = self.start()
        time.sleep(moment * life)
        with suppress(ProcessLookupError):
            (os.killpg if group else os.kill)(process.pid, stop)
        _, said = process.communicate(timeout=120)
        found.code = process.returncode
        found.early = found.code == -stop and ("Traceback" in said) == (stop == signal.SIGINT)
        if not found.early and found.code not in (0, 128 + stop):
            found.wrong.append(f"exit code {found.code}")
        if not found.early and ("Traceback" in said or "Exception ignored" in said):
            found.wrong.append(f"a traceback: {said}")
        if found.code == 128 + stop and WORDS[stop] not in said:
            found.wrong.append("no words")
        if left := self._left_of(process.pid):
            found.wrong.append(f"processes {left}")
        found.wrong += [f"left behind: {path}" for path in self._litter()]
        return found

    def _left_of(self, session: int) -> set[int]:
        """Processes of a session that are still there after a while."""
        until = time.monotonic() + _ORPHANS_GONE
        while (left := _session(session)) and time.monotonic() < until:
            time.sleep(0.05)
        return left

    def _litter(self) -> list[str]:
        files = (self.folder / "work").rglob("*")
        partial = [path for path in files if path.name.startswith(".") or ".part" in path.name]
        return [str(path.relative_to(self.folder)) for path in (*partial, *(self.folder / "temporary").iterdir())]


def _session(number: int) -> set[int]:
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == number and fields[0] != "Z":
            found.add(int(stat.parent.name))
    return found


def interruptions(
    count: int, seed: int, folder: Path, commands: tuple[str, ...] = tuple(COMMANDS), earliest: float = 0.0
) -> list[Finding]:
    """Stop each command in turn, at random instants, then run it again and compare its results.

    Args:
        count: of interruptions.
        seed: of the instants.
        folder: an empty one.
        commands: names in `COMMANDS`.
        earliest: share of a life before which nothing is stopped.
    """
    chance = random.Random(seed)
    lives, truths = {}, {}
    for name in commands:
        Trial(name, folder / "warm" / name).undisturbed()  # what is compiled, is compiled
        truth = Trial(name, folder / "truth" / name)
        lives[name] = truth.undisturbed()
        truths[name] = truth.results()
    findings = []
    for number in range(count):
        name = commands[number % len(commands)]
        trial = Trial(name, folder / str(number), module=number % 2 == 0)
        moment = chance.uniform(earliest, 1.05)
        stop = signal.SIGINT if number % 4 else signal.SIGTERM
        found = trial.stopped(moment, lives[name], stop, group=chance.random() < 0.5)
        trial.undisturbed()
        results = trial.results()
        different = sorted(
            path for path in truths[name].keys() | results.keys() if truths[name].get(path) != results.get(path)
        )
        if different:
            found.wrong.append(f"other results: {', '.join(different)}")
        findings.append(found)
        shutil.rmtree(trial.folder)
    return findings


def main() -> None:
    """Tell of each interruption that went wrong, and count."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--count", type=int, default=60)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--command", choices=COMMANDS, action="append")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        findings = interruptions(chosen.count, chosen.seed, Path(folder), tuple(chosen.command or COMMANDS))
    for found in findings:
        mark = "; ".join(found.wrong) or ("before a line of ours" if found.early else "all well")
        print(f"{found.command} stopped at {found.moment:.3f} of its life: exit code {found.code}, {mark}")
    wrong, early = (sum(map(bool, marks)) for marks in zip(*((f.wrong, f.early) for f in findings), strict=True))
    codes = dict(Counter(found.code for found in findings))
    print(f"{len(findings)} interruptions, exit codes {codes}; {early} before a line of ours, {wrong} wrong")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    assert LINUX, "looks for processes where Linux shows them"
    main()
