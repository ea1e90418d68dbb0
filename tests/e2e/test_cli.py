"""The command line from outside: what a person types, what he sees, what is written, and the exit code."""

from __future__ import annotations

import csv
import json
import os
import re
import signal
import subprocess
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import pytest
import yaml

from terminal import COMMAND, LINUX, Done, busy_children, gone, simdesk

SHELF = Path(__file__).parents[2] / "scenarios"
QUICKSTART = SHELF / "quickstart.yaml"

DESK = """title: A desk for three days
run: {length: 3 days, cool_down: 2 days, replications: 3}
demand:
  contacts: 30 per day
  types: {incident: {share: 100 %, work: {lognormal: {mean: 15 min, cv: 1.0}}}}
teams: {desk: {tier: 1, agents: 2}}
targets:
  enough-done: {measure: throughput, at_least: 1}
"""


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
    from simdesk.experiment.lab import prepare

    here = tmp_path_factory.mktemp("quickstart")
    prepare("kernel")  # whoever runs it first on a machine is told that the engine is compiled
    done = simdesk("run", QUICKSTART, "--replications", 3, cwd=here)
    assert (done.code, done.err) == (0, "")
    return Run(done, here / told_folder(done))


def told_folder(done: Done) -> str:
    """The folder that the last line names."""
    told = re.search(r"^Written to (.+)/: ", done.out, re.MULTILINE)
    assert told, done.out
    return told[1]


def birth(folder: Path) -> dict[str, object]:
    """The provenance of a run, without the seals of its files: the report tells what was stated and what was not."""
    found = json.loads((folder / "provenance.json").read_text("utf-8"))
    return {name: value for name, value in found.items() if name != "files"}


def test_a_run_writes_what_it_names(quickstart: Run):
    """Report, table, provenance, scenario and the three tables of the log; nothing else, nothing half-written."""
    named = quickstart.done.out.rpartition("/: ")[2].strip().split(", ")

    assert sorted(named) == sorted(path.name for path in quickstart.folder.iterdir())
    assert {"report.html", "measures.csv", "provenance.json", "scenario.yaml"} < set(named)
    assert sum(name.endswith(".parquet") for name in named) == 3
    assert re.fullmatch(r"quickstart-[0-9a-f]{8}", quickstart.folder.name)
    assert [path.name for path in quickstart.folder.parents[1].iterdir()] == ["results"]


def test_in_a_pipe_there_is_nothing_but_plain_text(quickstart: Run):
    """No colours, no cursor movements, no progress bar, nothing on the error stream."""
    out, err = quickstart.done.out, quickstart.done.err

    assert [sign for sign in out if not sign.isprintable() and sign != "\n"] == []
    assert "━" not in out
    assert err == ""


def test_the_summary_begins_with_what_was_asked(quickstart: Run):
    """Title, what was simulated, the target with its verdict; without --check an undecided one is no failure."""
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


@pytest.mark.parametrize("seed", [2**53 + 1, 2**63 - 1])
def test_the_largest_seeds_are_written_and_read_back_as_they_are(desk: Path, tmp_path: Path, seed: int):
    """No number of a seed is lost in scenario.yaml, provenance.json or the page; it gives the same tickets again."""
    first = simdesk("run", desk, "--seed", seed, "--out", "first", cwd=tmp_path)
    second = simdesk("run", "first/scenario.yaml", "--out", "second", cwd=tmp_path)

    assert (first.code, second.code) == (0, 0)
    assert yaml.safe_load((tmp_path / "first" / "scenario.yaml").read_text())["run"]["seed"] == seed
    assert birth(tmp_path / "first") == birth(tmp_path / "second")
    assert birth(tmp_path / "first")["seed"] == seed
    assert f"seed {seed}" in (tmp_path / "first" / "report.html").read_text()


@pytest.mark.parametrize("option", ["--seed={}", "--set=run.seed={}"])
def test_a_seed_above_the_limit_is_refused_before_anything_runs(desk: Path, tmp_path: Path, option: str):
    """With the limit, which is the same in a file and for the option."""
    done = simdesk("run", desk, option.format(2**63), cwd=tmp_path)

    assert done.code == 2
    assert "9223372036854775807" in done.err.replace(",", "")


def test_options_do_what_they_say_and_equal_questions_share_a_folder(desk: Path, tmp_path: Path):
    """Another seed, another value or another number of replications is another question; more workers is not."""
    births = {}
    for name, options in {
        "as it is": (),
        "workers": ("--workers", 2),
        "seed": ("--seed", 7),
        "set": ("--set", "teams.desk.agents=3", "--set", "run.length=2 days"),
        "replications": ("--replications", 2),
    }.items():
        folder = told_folder(simdesk("run", desk, *options, cwd=tmp_path))
        births[name] = {"folder": folder, **birth(tmp_path / folder)}

    assert births["workers"] == births["as it is"]
    assert births["seed"]["seed"] == 7
    assert births["replications"]["replications"] == 2
    for what in ("folder", "scenario", "logs"):
        assert len({str(born[what]) for born in births.values()}) == 4
    varied = yaml.safe_load((tmp_path / str(births["set"]["folder"]) / "scenario.yaml").read_text("utf-8"))
    assert varied["teams"]["desk"]["agents"] == 3


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


MISSED = "  never: {measure: backlog, at_most: 0}\n"
UNDECIDED = "  who-knows: {measure: response_time_median, at_most: 1 min}\n"  # a median of few tickets has no interval


@pytest.mark.parametrize(
    ("more", "code", "signs"),
    [("", 0, "✓"), (UNDECIDED, 4, "✓?"), (MISSED + UNDECIDED, 3, "✓✗?")],
    ids=["all met", "one undecided", "one missed"],
)
def test_with_check_the_exit_code_is_the_verdict(desk: Path, tmp_path: Path, more: str, code: int, signs: str):
    """0 if every target is met, 3 if one is missed, else 4 if one is undecided; without --check always 0."""
    desk.write_text(DESK + more)

    checked = simdesk("run", desk, "--check", cwd=tmp_path)

    assert checked.code == code
    assert "".join(re.findall("^([✓✗?]) ", checked.out, re.MULTILINE)) == signs


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
    """130; no worker is left, nothing is written but what was finished, and one line says so."""
    running = subprocess.Popen(
        [COMMAND, "run", QUICKSTART, "--workers", "2", "--replications", "500"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a job in the background ignores Ctrl-C
    )
    workers = busy_children(running.pid, 2)

    os.killpg(running.pid, signal.SIGINT)
    out, err = running.communicate(timeout=30)

    assert running.returncode == 130
    assert out == ""
    assert err == (
        "\nsimdesk: interrupted; finished runs are kept (unless with --no-store), "
        "and the same command goes on from there\n"
    )
    assert gone(workers, within=2)
    assert {path.name.partition("-")[0] for path in tmp_path.rglob("*") if path.is_file()} == {"simdesk.sqlite"}
