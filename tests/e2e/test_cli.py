"""The command line from outside: what a person types, what he sees, what is written, and the exit code."""

from __future__ import annotations

import csv
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import pytest
import yaml

SHELF = Path(__file__).parents[2] / "scenarios"
QUICKSTART = SHELF / "quickstart.yaml"
COMMAND = Path(sys.executable).with_name("simdesk")
LINUX = Path("/proc/self/task").exists()

DESK = """title: A desk for three days
run: {length: 3 days, cool_down: 2 days, replications: 3}
demand:
  contacts: 30 per day
  types: {incident: {share: 100 %, work: {lognormal: {mean: 15 min, cv: 1.0}}}}
teams: {desk: {tier: 1, agents: 2}}
targets:
  enough-done: {measure: throughput, at_least: 1}
"""


class Done(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    err: str


def simdesk(*arguments: object, cwd: Path, **environment: str) -> Done:
    """Run the command in a folder, its output in pipes."""
    plain = {name: value for name, value in os.environ.items() if name not in ("FORCE_COLOR", "COLUMNS")}
    done = subprocess.run(
        [COMMAND, *map(str, arguments)],
        cwd=cwd,
        env=plain | environment,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    return Done(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A scenario file in an otherwise empty folder."""
    path = tmp_path / "desk.yaml"
    path.write_text(DESK)
    return path


class Run(NamedTuple):
    """A finished run and the folder that it named."""

    done: Done
    folder: Path


@pytest.fixture(scope="module")
def quickstart(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """`simdesk run scenarios/quickstart.yaml --replications 3`, in an empty folder."""
    here = tmp_path_factory.mktemp("quickstart")
    done = simdesk("run", QUICKSTART, "--replications", 3, cwd=here)
    assert (done.code, done.err) == (0, "")
    return Run(done, here / told_folder(done))


def told_folder(done: Done) -> str:
    """The folder that the last line names."""
    told = re.search(r"^Written to (.+)/: ", done.out, re.MULTILINE)
    assert told, done.out
    return told[1]


def birth(folder: Path) -> dict[str, object]:
    """The provenance of a run."""
    return json.loads((folder / "provenance.json").read_text("utf-8"))


def test_a_run_writes_what_it_names(quickstart: Run):
    """Report, table, provenance, scenario and two tables of the log; nothing else, nothing half-written."""
    named = quickstart.done.out.rpartition("/: ")[2].strip().split(", ")

    assert sorted(named) == sorted(path.name for path in quickstart.folder.iterdir())
    assert {"report.html", "measures.csv", "provenance.json", "scenario.yaml"} < set(named)
    assert sum(name.endswith(".parquet") for name in named) == 2
    assert re.fullmatch(r"quickstart-[0-9a-f]{8}", quickstart.folder.name)
    assert [path.name for path in quickstart.folder.parents[1].iterdir()] == ["results"]


def test_in_a_pipe_there_is_nothing_but_plain_text(quickstart: Run):
    """No colours, no cursor movements, no progress bar, nothing on the error stream."""
    out, err = quickstart.done.out, quickstart.done.err

    assert [sign for sign in out if not sign.isprintable() and sign != "\n"] == []
    assert "━" not in out
    assert err == ""


def test_the_summary_begins_with_what_was_asked(quickstart: Run):
    """Title, what was simulated, the target with its verdict."""
    lines = quickstart.done.out.splitlines()

    assert lines[0] == "A small help desk"
    assert "3 times" in quickstart.done.out
    assert any(line.startswith("? undecided  quick-response:") for line in lines)
    assert "3 replications only" in quickstart.done.out


def test_the_files_can_be_read_by_whoever_knows_nothing_of_simdesk(quickstart: Run):
    """CSV, Parquet, JSON, YAML and HTML."""
    with (quickstart.folder / "measures.csv").open(encoding="utf-8", newline="") as file:
        rows = {(row["measure"], row["by"], row["of"]): row for row in csv.DictReader(file)}
    tickets = pd.read_parquet(quickstart.folder / "log-tickets.parquet")
    touches = pd.read_parquet(quickstart.folder / "log-touches.parquet")
    page = (quickstart.folder / "report.html").read_text("utf-8")

    assert rows["occupancy", "team", "desk"]["unit"] == "share"
    assert rows["response_time", "", ""]["unit"] == "seconds"
    assert float(rows["throughput", "", ""]["low"]) <= float(rows["throughput", "", ""]["value"])
    assert set(touches["ticket"]) <= set(tickets["ticket"])
    assert set(tickets["type"]) == {"question", "fault"}
    assert page.lstrip().lower().startswith("<!doctype html>")
    assert birth(quickstart.folder)["replications"] == 3


def test_the_written_scenario_gives_the_same_again(quickstart: Run, tmp_path: Path):
    """Simulated as it stands, without an option, it has the same tickets in every replication."""
    written = quickstart.folder / "scenario.yaml"
    assert yaml.safe_load(written.read_text("utf-8"))["run"]["replications"] == 3

    again = simdesk("run", written, "--out", "again", cwd=tmp_path)

    assert again.code == 0
    assert birth(tmp_path / "again") == birth(quickstart.folder)
    assert (tmp_path / "again/scenario.yaml").read_bytes() == written.read_bytes()
    assert (tmp_path / "again/measures.csv").read_bytes() == (quickstart.folder / "measures.csv").read_bytes()


def test_options_do_what_they_say(desk: Path, tmp_path: Path):
    """Another seed and another value give other tickets; more workers give the same."""
    for name, options in {
        "as-it-is": (),
        "workers": ("--workers", 2),
        "seed": ("--seed", 7),
        "set": ("--set", "teams.desk.agents=3", "--set", "run.length=2 days"),
    }.items():
        assert simdesk("run", desk, "--out", name, *options, cwd=tmp_path).code == 0

    births = {path.name: birth(path) for path in tmp_path.iterdir() if path.is_dir()}
    assert births["workers"] == births["as-it-is"]
    assert births["seed"]["seed"] == 7
    assert len({str(born["logs"]) for born in births.values()}) == 3
    varied = yaml.safe_load((tmp_path / "set/scenario.yaml").read_text("utf-8"))
    assert varied["teams"]["desk"]["agents"] == 3


def test_equal_questions_share_a_folder_and_others_do_not(desk: Path, tmp_path: Path):
    """The folder is named by the scenario and by what was varied."""
    folders = [
        told_folder(simdesk("run", desk, *options, cwd=tmp_path))
        for options in ((), (), ("--seed", 1), ("--seed", 2), ("--replications", 2))
    ]

    assert folders[0] == folders[1] == folders[2]
    assert len(set(folders)) == 3


def test_a_ticket_tells_its_story(desk: Path, tmp_path: Path):
    """From its opening to its end, in order, each line with a time; nothing is written."""
    done = simdesk("run", desk, "--trace", 3, cwd=tmp_path)

    lines = done.out.splitlines()
    assert done.code == 0
    assert all(re.match(r"\w{3} \d{4}-\d\d-\d\d \d\d:\d\d:\d\d  (ticket 3|the user) ?", line[:40]) for line in lines)
    assert "opens: incident, " in lines[0]
    assert "begins to work on it" in done.out
    assert lines[-1].endswith("is resolved")
    assert [line[4:23] for line in lines] == sorted(line[4:23] for line in lines)
    assert [path.name for path in tmp_path.iterdir()] == ["desk.yaml"]


def test_a_ticket_that_does_not_exist_has_no_story(desk: Path, tmp_path: Path):
    """The message says which there are."""
    done = simdesk("run", desk, "--trace", 99999, cwd=tmp_path)

    assert done.code == 1
    assert re.match(r"simdesk: there is no ticket 99999; the first replication has tickets 0 to \d+$", done.err)


@pytest.mark.parametrize(
    ("changes", "code", "sign"),
    [
        ((), 0, "✓"),
        (("targets.enough-done.at_least=1e6",), 3, "✗"),
        (("run.replications=1",), 4, "?"),
        (("targets.late.measure=backlog", "targets.late.at_most=0", "run.replications=3"), 3, "✗"),
    ],
    ids=["met", "missed", "undecided", "one met, one missed"],
)
def test_with_check_the_exit_code_is_the_verdict(
    desk: Path, tmp_path: Path, changes: tuple[str, ...], code: int, sign: str
):
    """0 if every target is met, 3 if one is missed, 4 if one is undecided; without --check always 0."""
    if "targets.late.measure=backlog" in changes:
        desk.write_text(DESK + "  late: {measure: backlog, at_most: 0}\n")
        changes = ()
    options = [word for change in changes for word in ("--set", change)]

    checked = simdesk("run", desk, "--check", *options, cwd=tmp_path)

    assert checked.code == code
    assert f"\n{sign} " in checked.out


def test_without_check_a_missed_target_is_no_failure(desk: Path, tmp_path: Path):
    """It is told, not punished."""
    done = simdesk("run", desk, "--set", "targets.enough-done.at_least=1e6", cwd=tmp_path)

    assert done.code == 0
    assert "✗ " in done.out


def test_an_invalid_scenario_is_told_with_its_places(tmp_path: Path):
    """Every problem with file, line, column, path and the line itself; exit code 2; nothing is written."""
    (tmp_path / "desk.yaml").write_text(DESK.replace("agents: 2", "agents: -3").replace("throughput", "troughput"))

    done = simdesk("run", "desk.yaml", cwd=tmp_path)

    assert done.code == 2
    assert done.out == ""
    assert done.err.startswith("desk.yaml:6:33: teams.desk.agents: ")
    assert "    teams: {desk: {tier: 1, agents: -3}}\n" in done.err
    assert done.err.endswith("1 problem in desk.yaml\n")
    assert [path.name for path in tmp_path.iterdir()] == ["desk.yaml"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("run", "desk.yaml", "--nonsense"), "No such option"),
        (("run",), "Missing argument"),
        (("run", "nowhere.yaml"), "nowhere.yaml"),
        (("run", "."), "."),
        (("run", "desk.yaml", "--replications", "0"), "--replications"),
        (("run", "desk.yaml", "--workers", "many"), "--workers"),
        (("run", "desk.yaml", "--set", "teams.desk.agent=3"), "did you mean"),
        (("run", "desk.yaml", "--set", "teams.desk.agents"), "--set"),
        (("run", "desk.yaml", "--set", "teams.desk.agents=-1"), "--set: teams.desk.agents"),
        (("run", "desk.yaml", "--set", "targets.enough-done.measure=troughput"), "did you mean 'throughput'?"),
        (("validate", "desk.yaml", "nowhere.yaml"), "nowhere.yaml"),
        (("simulate",), "simulate"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_wrong_usage_is_2(desk: Path, arguments: tuple[str, ...], message: str):
    """With words that say what is wrong, and no traceback."""
    done = simdesk(*arguments, cwd=desk.parent)

    assert done.code == 2
    assert message in done.err
    assert "Traceback" not in done.err


def test_a_folder_that_cannot_be_written_is_1(desk: Path, tmp_path: Path):
    """A file stands where the folder should be; the message says what to do."""
    done = simdesk("run", desk, "--out", "desk.yaml/results", cwd=tmp_path)

    assert done.code == 1
    assert done.err.startswith("simdesk: cannot write to desk.yaml/results: ")
    assert done.err.endswith("choose another folder with --out\n")


@pytest.mark.skipif(not LINUX, reason="looks for processes where Linux shows them")
def test_ctrl_c_ends_everything_at_once(tmp_path: Path):
    """130 within two seconds; no worker is left, nothing is written, and one line says so."""
    running = subprocess.Popen(
        [COMMAND, "run", QUICKSTART, "--workers", "2", "--replications", "500"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        start_new_session=True,
    )
    workers = working_children(running.pid, 2)
    pressed = time.monotonic()

    os.killpg(running.pid, signal.SIGINT)
    out, err = running.communicate(timeout=30)

    assert time.monotonic() - pressed < 2
    assert running.returncode == 130
    assert (out, err) == ("", "simdesk: interrupted; nothing was written\n")
    assert gone(workers, within=2)
    assert list(tmp_path.iterdir()) == []


def working_children(pid: int, count: int) -> set[int]:
    """Waits until a process has so many Python children that have computed for a while."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        busy = {child for child in children(pid) if cpu_seconds(child) > 1}
        if len(busy) >= count:
            return busy
        time.sleep(0.02)
    raise AssertionError("no workers came")


def children(pid: int) -> Iterator[int]:
    """Processes that a process has started."""
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        yield from map(int, task.read_text().split())


def cpu_seconds(pid: int) -> float:
    """Computing time of a process, 0 if it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return 0.0 if fields[0] == "Z" else (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def gone(pids: set[int], within: float) -> bool:
    """Whether all these processes end within some seconds."""
    until = time.monotonic() + within
    while any(cpu_seconds(pid) for pid in pids):
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True
