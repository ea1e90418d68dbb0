"""Files become scenarios: alone, or by extending others, each fault told where it was written."""

from __future__ import annotations

from pathlib import Path

import pytest

from simdesk.errors import ScenarioError
from simdesk.scenario.loading import canonical, load, loads, merge
from simdesk.scenario.model import Scenario
from simdesk.scenario.writing import dumps
from written import ONE_TEAM, SHELF


def write(folder: Path, **files: str) -> Path:
    """Write files by their stems; returns the path of the first."""
    for stem, text in files.items():
        (folder / f"{stem}.yaml").write_text(text, encoding="utf-8")
    return folder / f"{next(iter(files))}.yaml"


def refused(path: Path) -> tuple[str, int, str]:
    """Name of the file, line and message of the one problem of a file."""
    with pytest.raises(ScenarioError) as caught:
        load(path)
    (problem,) = caught.value.problems
    return Path(problem.file).name, problem.line, problem.message


def test_a_child_changes_what_it_says_and_inherits_the_rest(tmp_path: Path):
    """Mappings merge deeply, at any depth."""
    child = write(tmp_path, child="extends: parent.yaml\nteams: {desk: {agents: 9}}\n", parent=ONE_TEAM)

    scenario = load(child)

    assert scenario.teams["desk"].agents == 9
    assert scenario.teams["desk"].calendar == "office"
    assert scenario.title == "One team"
    assert scenario.model_copy(update={"teams": loads(ONE_TEAM).teams}) == loads(ONE_TEAM)


def test_a_list_is_replaced_whole(tmp_path: Path):
    """Nobody can merge lists so that a reader knows what comes out."""
    parent = ONE_TEAM + "service_levels: {pause_on: [pending, hand_off]}\n"
    child = write(tmp_path, child="extends: parent.yaml\nservice_levels: {pause_on: [reopened]}\n", parent=parent)

    assert load(child).service_levels.pause_on == ["reopened"]


def test_a_grandchild_inherits_through_its_parent(tmp_path: Path):
    """The nearest wins."""
    path = write(
        tmp_path,
        third="extends: second.yaml\ntitle: Third\n",
        second="extends: first.yaml\ntitle: Second\nteams: {desk: {agents: 4}}\n",
        first=ONE_TEAM,
    )

    scenario = load(path)

    assert (scenario.title, scenario.teams["desk"].agents, scenario.run.seed) == ("Third", 4, 11)


def test_a_distribution_of_another_shape_replaces_the_old_one(tmp_path: Path):
    """A lognormal that becomes a constant does not stay half a lognormal; the same shape is merged."""
    other = "extends: parent.yaml\ndemand: {types: {question: {work: {constant: {value: 5 min}}}}}\n"
    same = "extends: parent.yaml\ndemand: {types: {question: {work: {lognormal: {mean: 5 min}}}}}\n"
    write(tmp_path, other=other, same=same, parent=ONE_TEAM)

    replaced = load(tmp_path / "other.yaml").demand.types["question"].work["tier_1"]
    merged = load(tmp_path / "same.yaml").demand.types["question"].work["tier_1"]

    assert (replaced.mean, replaced.variance) == (300, 0)
    assert merged.mean == 300
    assert merged.scv == pytest.approx(1.0)


def test_one_work_for_all_tiers_gives_way_to_work_by_tier(tmp_path: Path):
    """And the other way round: the two spellings do not mix."""
    by_tier = "{tier_1: {constant: {value: 1 min}}, tier_2: {constant: {value: 2 min}}}"
    second = "teams: {second: {tier: 2, agents: 1}}"
    child = f"extends: parent.yaml\n{second}\ndemand: {{types: {{question: {{work: {by_tier}}}}}}}\n"
    back = "extends: child.yaml\ndemand: {types: {question: {work: {constant: {value: 9 min}}}}}\n"
    write(tmp_path, child=child, back=back, parent=ONE_TEAM)

    tiers = load(tmp_path / "child.yaml").demand.types["question"].work
    one = load(tmp_path / "back.yaml").demand.types["question"].work

    assert {tier: work.mean for tier, work in tiers.items()} == {"tier_1": 60, "tier_2": 120}
    assert {tier: work.mean for tier, work in one.items()} == {"tier_1": 540}


def test_names_like_shapes_are_names():
    """A desk that hands out clothes may have a ticket type called `uniform`; it is merged like any other."""
    old = {"password": {"share": 0.5}}
    new = {"uniform": {"share": 0.5}}

    assert merge({"types": old}, {"types": new}) == {"types": {**old, **new}}


def test_files_that_extend_each_other_in_a_circle_are_refused(tmp_path: Path):
    """The file that closes the circle is named, with the line."""
    path = write(tmp_path, a="title: A\nextends: b.yaml\n", b="extends: a.yaml\n")

    assert refused(path) == ("b.yaml", 1, "files extend each other in a circle")


def test_a_long_line_of_ancestors_is_refused(tmp_path: Path):
    """Nobody can follow nine files."""
    files = {f"f{i}": f"extends: f{i + 1}.yaml\n" for i in range(12)}
    path = write(tmp_path, **files, f12=ONE_TEAM)

    assert refused(path)[2] == "more than 8 files extend each other"


@pytest.mark.parametrize("where", ["../parent.yaml", "/etc/passwd", "link.yaml", "inner/../../parent.yaml"])
def test_a_scenario_never_reads_outside_its_folder(tmp_path: Path, where: str):
    """Neither by dots, nor by an absolute path, nor by a link."""
    write(tmp_path, parent=ONE_TEAM)
    folder = tmp_path / "desks"
    (folder / "inner").mkdir(parents=True)
    (folder / "link.yaml").symlink_to(tmp_path / "parent.yaml")
    child = write(folder, child=f"extends: {where}\n")

    assert refused(child) == ("child.yaml", 1, "must lie in the folder of this file or below it")


def test_a_missing_parent_is_met_with_the_nearest_name(tmp_path: Path):
    """Also in a folder below."""
    (tmp_path / "base").mkdir()
    write(tmp_path / "base", desk=ONE_TEAM)
    path = write(tmp_path, child="extends: base/dsk.yaml\n")

    assert refused(path)[2] == "no file 'base/dsk.yaml' beside this one; did you mean 'base/desk.yaml'?"


@pytest.mark.parametrize("parent", ["x" * 3000, "'[1]'", "''"])
def test_an_impossible_parent_is_no_traceback(tmp_path: Path, parent: str):
    """Names that no file system knows."""
    path = write(tmp_path, child=f"extends: {parent}\n")

    assert len(refused(path)[2]) < 200


def test_a_fault_of_the_parent_is_told_at_its_own_place(tmp_path: Path):
    """File and line are those of the parent, not of the child."""
    wrong = ONE_TEAM.replace("agents: 3", "agents: -3")
    path = write(tmp_path, child="extends: parent.yaml\ntitle: Child\n", parent=wrong)

    name, line, message = refused(path)

    assert (name, message) == ("parent.yaml", "must be at least 0")
    assert wrong.splitlines()[line - 1].strip().startswith("desk:")


def test_a_fault_of_the_child_is_told_at_its_own_place(tmp_path: Path):
    """Also where it is a reference to something that only the parent could have."""
    child = "extends: parent.yaml\nteams:\n  desk:\n    calendar: ofice\n"
    path = write(tmp_path, child=child, parent=ONE_TEAM)

    assert refused(path) == ("child.yaml", 4, "no calendar named 'ofice'; did you mean 'office'?")


def test_text_cannot_extend_a_file():
    """Only a file has a folder."""
    with pytest.raises(ScenarioError, match="only a file can extend a file"):
        loads("extends: desk.yaml\n")


@pytest.mark.parametrize("path", SHELF, ids=lambda path: path.stem)
def test_what_is_written_out_loads_back_to_the_same_scenario(path: Path):
    """The canonical form, as `simdesk run` writes it beside its results: every default filled in, nothing lost."""
    scenario = load(path)

    assert loads(dumps(scenario)) == scenario
    assert Scenario.model_validate(canonical(scenario)) == scenario


def test_numbers_survive_being_written_out():
    """To the last digit, very large and very small ones too."""
    text = ONE_TEAM.replace("50 per business day", "0.12345678901234567 per minute").replace(
        "agents: 3", "agents: 3, cost: 1234567.8901234567 per hour"
    )
    scenario = loads(text)

    assert Scenario.model_validate(canonical(scenario)) == scenario


def test_a_file_and_its_parent_together_are_no_larger_than_one_may_be(tmp_path: Path):
    """Or what is written of it beside an answer could not be read."""
    work = "{a: {share: 100 %, work: {constant: {value: 5 min}}}}"
    head = f"demand: {{contacts: 10 per day, types: {work}}}\n"
    teams = ["".join(f"  {name}{number}: {{agents: 1, cost: 1 per hour, tier: 1, speed_cv: 0, discipline: fifo, "
                     f"also_serves: [{name}0]}}\n" for number in range(1, 499)) for name in "ab"]  # fmt: skip
    first, second = (f"teams:\n  {name}0: {{agents: 1}}\n{some}" for name, some in zip("ab", teams, strict=True))
    (tmp_path / "parent.yaml").write_text(head + first)
    child = tmp_path / "child.yaml"
    child.write_text(
        "extends: parent.yaml\n" + second.replace("[b0]", "[b0, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12]")
    )

    with pytest.raises(ScenarioError, match="together with what it extends it has more than 20,000 values"):
        load(child)
