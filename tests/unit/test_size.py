"""What a run will take, by laws worked by hand; and that it is told, or refused, before anything is simulated."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from simdesk.cli.commands import cli
from simdesk.errors import RunError
from simdesk.experiment.foresight import Foresight, Need, need
from simdesk.experiment.lab import Lab
from simdesk.experiment.size import Size, size_of
from simdesk.question.loading import load_question
from simdesk.scenario.loading import load
from simdesk.shelf import find_question
from written import ROOT, SHELF, drawn, from_shelf, one_team

GB = 1e9


def growth(of: list[Size]) -> tuple[float, float]:
    """How many times the step from two to three costs that from one to two, in seconds and in bytes."""
    one, two, three = of
    return (
        (three.seconds("kernel") - two.seconds("kernel")) / (two.seconds("kernel") - one.seconds("kernel")),
        (three.memory("kernel") - two.memory("kernel")) / (two.memory("kernel") - one.memory("kernel")),
    )


def test_time_and_memory_grow_with_tickets_length_and_people():
    """From one to two and from two to three of anything costs the same; so much of it is not fixed."""
    volume = [one_team({"demand.volume": share}) for share in ("100 %", "200 %", "300 %")]
    length = [one_team({"run.length": weeks}) for weeks in ("10 weeks", "20 weeks", "30 weeks")]
    agents = [one_team({"teams.desk.agents": count}) for count in (1000, 2000, 3000)]
    waiting = [one_team({"run.open_at_start": {"desk": {"fault": {"count": n}}}}) for n in (1000, 2000, 3000)]

    for scenarios in (volume, length, agents, waiting):
        assert growth(list(map(size_of, scenarios))) == pytest.approx((1, 1))


@pytest.mark.parametrize("path", SHELF, ids=lambda path: path.stem)
def test_about_as_many_tickets_steps_and_spells_are_expected_as_are_drawn(path: Path):
    """One replication of each shipped desk; whoever gives up leaves steps out, or takes them again."""
    scenario = load(path)
    desk, workload = drawn(scenario)

    expected = size_of(scenario)

    assert workload.tickets == pytest.approx(expected.tickets, rel=0.3, abs=30)
    assert workload.steps == pytest.approx(expected.steps, rel=0.35, abs=40)
    assert desk.roster.agent.size == pytest.approx(expected.shifts, rel=0.2, abs=10)
    assert workload.duty_agent.size == pytest.approx(expected.spells, rel=0.2, abs=10)


def test_replications_add_up_and_processors_share_the_time_but_not_the_memory():
    """Ten of one size: all of them on one processor, half of the time on two, and twice the memory."""
    size = size_of(from_shelf("service-desk"))

    one, two = need([size], 10, "kernel", 1, None), need([size], 10, "kernel", 2, None)

    assert one.seconds == two.seconds == pytest.approx(10 * size.seconds("kernel"))
    assert (one.wait, two.wait) == (one.seconds, one.seconds / 2)
    assert two.in_all - one.in_all == pytest.approx(size.memory("kernel"))
    assert need([size], 1, "kernel", 8, None).processes == 1


def test_what_is_kept_for_the_answer_counts():
    """Eight bytes a ticket for each distribution that is read."""
    size = Size(tickets=1e6, steps=1e6, shifts=0, spells=0, openings=0, teams=1)

    assert need([size], 100, "kernel", 1, 2).kept == pytest.approx(100 * 1e6 * 8 * 2)


def test_the_reference_engine_takes_longer():
    """It is written to be read."""
    size = size_of(from_shelf("service-desk"))

    assert size.seconds("reference") > 5 * size.seconds("kernel")


def told(*needs: Need, memory: float = 8 * GB, force: bool = False) -> list[str]:
    """What somebody who waits is told of some needs, one after the other."""
    said: list[str] = []
    foresight = Foresight(said.append, force=force, memory=memory)
    for one in needs:
        foresight.look_at(one)
    return said


def test_what_is_much_is_told_once():
    """Three hours on two processors; the next bit of the same is no news."""
    much, little = Need(6 * 3600, 1.2 * GB, 0, 2), Need(30, 0.2 * GB, 0, 2)

    assert told(little) == []
    assert told(much, little) == [
        "roughly estimated, this will take 3 h on 2 processors and 2.4 GB of memory (1.2 GB for each of 2 processes)"
    ]


REFUSED = {
    "this would take about 5 days of computing, more than 1 day; ask for fewer replications or alternatives, a shorter "
    "run.length or fewer tickets, or go on with --force": Need(5 * 86_400, GB, 0, 2),
    "this would need about 7.0 GB of memory, and this machine has 8.0 GB; simulate a shorter run.length, fewer tickets "
    "or fewer agents, or go on with --force": Need(60, 7 * GB, 0, 1),
    "this would need about 8.0 GB of memory (4.0 GB for each of 2 processes), and this machine has 8.0 GB; use "
    "--workers 1, or go on with --force": Need(60, 4 * GB, 0, 2),
    "this would need about 10 GB of memory (1.0 GB for one replication, 9.0 GB for the results of all), and this "
    "machine has 8.0 GB; ask for fewer replications, a shorter run.length or fewer tickets, or go on with "
    "--force": Need(60, GB, 9 * GB, 1),
}


@pytest.mark.parametrize("why", REFUSED)
def test_what_is_too_much_is_refused_unless_somebody_insists(why: str):
    with pytest.raises(RunError) as refused:
        told(REFUSED[why])

    assert str(refused.value) == why
    assert told(REFUSED[why], force=True) != []


@pytest.fixture
def idle(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """An empty folder, and a lab in which whoever would simulate is written down instead."""
    simulated: list[str] = []
    monkeypatch.chdir(tmp_path)

    def stop(self: Lab, *_: object) -> None:
        simulated.append("yes")
        raise KeyboardInterrupt

    monkeypatch.setattr(Lab, "_simulated_sheets", stop)
    return simulated


def typed(*words: str) -> Result:
    return CliRunner().invoke(cli, [*words, "--no-store"])


COMMANDS = {
    "run": ("run", "service-desk", "--replications", "100000"),
    "a question": ("ask", "self-service-claim", "--replications", "100000"),
    "a comparison": ("compare", "service-desk", "--with", "demand.volume=110 %", "--replications", "100000"),
    "many agents": ("run", "quickstart", "--set", "teams.desk.agents=100000", "--replications", "100000"),
}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_that_asks_too_much_is_refused_before_it_begins(idle: list[str], command: str):
    """By all that reads every measure of a hundred thousand replications, for one; with --force it begins."""
    refused = typed(*COMMANDS[command])
    assert "or go on with --force" in f"{refused.exception}{refused.output}"
    assert idle == []

    typed(*COMMANDS[command], "--force")
    assert idle == ["yes"]


@pytest.mark.parametrize("path", SHELF, ids=lambda path: path.stem)
def test_every_shipped_desk_is_small(path: Path):
    """Its own replications take less than a minute and a gigabyte on two processors, so nothing is said."""
    scenario = load(path)

    assert told(need([size_of(scenario)], scenario.run.replications, "kernel", 2, None)) == []


@pytest.mark.parametrize("path", sorted((ROOT / "experiments").glob("*.yaml")), ids=lambda path: path.stem)
def test_a_replication_of_a_quick_look_is_short(path: Path):
    """At a shipped question: ten of them are there within seconds."""
    question = load_question(find_question(path), quick=True)

    assert size_of(question.scenario).seconds("kernel") < 1
