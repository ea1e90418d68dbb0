"""The small commands from outside: validate, schema, measures, demo, help."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

import simdesk as package
from simdesk.cli.commands import carried_out
from simdesk.experiment.sheet import known_measures
from simdesk.scenario.yaml_source import read_yaml
from terminal import COMMAND, simdesk

SHELF = Path(__file__).parents[2] / "scenarios"


def test_validate_checks_several_files_and_tells_all(tmp_path: Path):
    """A line for each good file, every problem of each bad one; exit code 2 if any is bad."""
    (tmp_path / "bad.yaml").write_text("title: A desk\ndemand: {contacts: many}\nteems: {}\n")
    (tmp_path / "target.yaml").write_text(
        (SHELF / "quickstart.yaml").read_text("utf-8").replace("response_time_median", "response_tme"), "utf-8"
    )

    done = simdesk("validate", SHELF / "quickstart.yaml", "bad.yaml", "target.yaml", SHELF / "mri.yaml", cwd=tmp_path)

    assert done.code == 2
    assert [line[0] for line in done.out.splitlines()] == ["✓", "✓"]
    assert "A small help desk (2 ticket types; agents: desk 3, specialist 1)" in done.out
    assert "bad.yaml:2:" in done.err
    assert "did you mean 'teams'?" in done.err
    assert re.search(r"^target.yaml:\d+:\d+: targets.quick-response.measure: no measure named", done.err, re.MULTILINE)


def test_validate_is_content_with_the_whole_shelf(tmp_path: Path):
    """Every shipped scenario; only of load and warm-up is there something to tell, which the desks are there for."""
    files = sorted(SHELF.rglob("*.yaml"))

    done = simdesk("validate", *files, cwd=tmp_path)

    assert done.code == 0
    told = {Path(line.split(": ")[0]).stem for line in done.err.splitlines()}
    assert told == {"mri", "daily-wave-impatient", "erlang-a", "mdc", "shift-change", "storm"}
    assert len(done.out.splitlines()) == len(files)


def test_the_schema_is_json_and_accepts_what_simdesk_accepts(tmp_path: Path):
    """On the screen and in a file it is the same."""
    shown = simdesk("schema", cwd=tmp_path)
    written = simdesk("schema", "--out", "schema.json", cwd=tmp_path)

    schema = json.loads(shown.out)
    assert (shown.code, written.code, written.out) == (0, 0, "wrote schema.json\n")
    assert json.loads((tmp_path / "schema.json").read_text("utf-8")) == schema
    jsonschema.validate(read_yaml(SHELF / "quickstart.yaml").data, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"title": "A desk", "teems": {}}, schema)


def test_measures_lists_every_name_that_a_target_may_use(tmp_path: Path):
    """Each name whole, in the first column."""
    done = simdesk("measures", cwd=tmp_path)

    names = {line.split()[0] for line in done.out.splitlines() if line[:1].strip()}
    assert done.code == 0
    assert names == {"name", *known_measures()}


@pytest.mark.parametrize("arguments", [("--help",), ("-h",)])
def test_help_lists_the_commands_and_the_exit_codes(tmp_path: Path, arguments: tuple[str, ...]):
    """Whoever writes a script finds them there."""
    done = simdesk(*arguments, cwd=tmp_path)

    assert done.code == 0
    for command in ("demo", "run", "validate", "schema", "measures", "verify"):
        assert re.search(rf"\b{command}\b", done.out)
    text = " ".join(done.out.split())
    for code in ("0 ok", "1 the run failed", "2 wrong usage", "130 interrupted", "3 a target is missed", "4 a target"):
        assert code in text


def test_help_of_run_has_the_exit_codes_too(tmp_path: Path):
    """And every option."""
    done = simdesk("run", "--help", cwd=tmp_path)

    assert done.code == 0
    for word in ("--set", "--seed", "--replications", "--workers", "--trace", "--out", "--check", "Exit codes"):
        assert word in done.out


def test_the_version_is_told(tmp_path: Path):
    """Name and number."""
    assert simdesk("--version", cwd=tmp_path).out == f"simdesk, version {package.__version__}\n"


def test_a_reader_who_has_seen_enough_is_no_error(tmp_path: Path):
    """`simdesk schema | head -1` ends quietly."""
    pipeline = subprocess.run(
        f"set -o pipefail; '{COMMAND}' schema | head -1", cwd=tmp_path, shell=True, executable="/bin/bash",
        capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip

    assert (pipeline.returncode, pipeline.stdout, pipeline.stderr) == (0, "{\n", "")


@pytest.mark.slow
def test_the_demo_shows_what_slack_buys(tmp_path: Path):
    """Three desks, a report of each; the fire truck is idle and ready, the scanner never idle and never ready."""
    done = simdesk("demo", cwd=tmp_path)

    reports = sorted(path.parent.name for path in tmp_path.glob("results/demo-*/*/report.html"))
    assert (done.code, done.err) == (0, "")
    assert reports == ["fire-truck", "mri", "mri-with-slack"]
    assert "The fire truck" in done.out
    assert "simdesk run" in done.out


def test_a_shipped_scenario_can_be_run_by_its_name(tmp_path: Path):
    done = simdesk("run", "textbook/storm", "--replications", "1", cwd=tmp_path)

    assert done.code == 0, done.err
    assert len(list((tmp_path / "results").glob("storm-*"))) == 1


@pytest.mark.parametrize(
    "command", [["--help"], ["run", "--help"], ["validate", "service-desk"], ["schema"], ["measures"]], ids=" ".join
)
def test_who_simulates_nothing_does_not_wait_for_what_simulates(command: list[str]):
    """Neither numba nor pandas is imported, and nothing is compiled."""
    code = (
        "import sys; from simdesk.cli import cli; cli(sys.argv[1:], standalone_mode=False); "
        "print(sorted({'numba', 'pandas', 'plotly'} & set(sys.modules)))"
    )

    result = subprocess.run([sys.executable, "-c", code, *command], capture_output=True, text=True, check=True)

    assert result.stdout.splitlines()[-1] == "[]"
    assert "compiling" not in result.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="there nobody can delete the folder in which a process works")
@pytest.mark.parametrize("command", [["validate", "desk.yaml"], ["run", "quickstart"], ["results"]], ids=" ".join)
def test_a_command_in_a_folder_that_was_deleted_says_so(tmp_path: Path, command: list[str]):
    (tmp_path / "gone").mkdir()
    leave = 'cd gone && rmdir ../gone && exec "$@"'

    done = subprocess.run(
        ["sh", "-c", leave, "sh", COMMAND, *command], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "simdesk: the current folder is gone, or cannot be reached; change to another one"
    ]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (PermissionError(13, "Permission denied", "a/desk.yaml"), "a/desk.yaml: Permission denied"),
        (OSError(5, "Input/output error", b"desk.yaml"), "desk.yaml: Input/output error"),
        (TimeoutError("nobody answers"), "nobody answers"),
    ],
)
def test_what_the_system_refuses_is_told_in_words(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: OSError, words: str
):
    """Wherever it happens."""

    def refuse(_: Path) -> None:
        raise error

    monkeypatch.setattr("simdesk.shelf.find", refuse)
    monkeypatch.setattr(sys, "argv", ["simdesk", "validate", "desk.yaml"])

    code = carried_out()

    assert code == 1
    assert capsys.readouterr().err == f"simdesk: {words}\n"


def test_a_mistake_of_ours_is_no_message_for_the_user(monkeypatch: pytest.MonkeyPatch):
    """What nobody expected stays an exception, with all that helps to find it."""

    def go_wrong(_: Path) -> None:
        raise KeyError("team-7")

    monkeypatch.setattr("simdesk.shelf.find", go_wrong)
    monkeypatch.setattr(sys, "argv", ["simdesk", "validate", "desk.yaml"])

    with pytest.raises(KeyError):
        carried_out()


@pytest.mark.parametrize("command", [["validate", "desk.yaml"], ["run", "desk.yaml"], ["ask", "worth.yaml"]],
                         ids=" ".join)  # fmt: skip
def test_a_desk_is_refused_for_its_targets_and_its_sliders_at_once(tmp_path: Path, command: list[str]):
    """By every command that reads one."""
    (tmp_path / "desk.yaml").write_text(
        "title: A desk\n"
        "demand: {contacts: 30 per day, types: {incident: {share: 100 %, work: {constant: {value: 15 min}}}}}\n"
        "teams: {desk: {agents: 2}}\n"
        "targets: {fast: {measure: first_weight, at_most: 10 min}}\n"
        "try: [{path: teams.desk.agents, from: 5, to: 1, step: 1}]\n"
    )
    (tmp_path / "worth.yaml").write_text("question: Which?\ndesk: desk.yaml\ncompare: {more: {teams.desk.agents: 3}}\n")

    done = simdesk(*command, cwd=tmp_path)

    assert done.code == 2
    assert "desk.yaml:4:27: targets.fast.measure: no measure named 'first_weight'; did you mean" in done.err
    assert "desk.yaml:5:39: try.0.from: is more than to; exchange them" in done.err
    assert done.err.endswith("2 problems in desk.yaml\n")
