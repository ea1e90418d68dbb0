"""The store: what was kept is found again, and only where it is the answer."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import simdesk
from keeping import DESK, RULES, a_sheet, found, intact, keep, large
from simdesk.errors import RunError
from simdesk.experiment import store as store_module
from simdesk.experiment.lab import Lab
from simdesk.experiment.sheet import Key
from simdesk.experiment.store import Store, identity, rules_version
from simdesk.measures.readings import Total
from simdesk.scenario.loading import canonical, load, vary
from simdesk.scenario.model import Scenario
from written import SHELF, from_shelf, one_team, two_tiers

WAIT, COST, OPEN = Key("first_wait"), Key("total_cost"), Key("still_open")
OBSERVED = {"offered": 8, "wait": "1 min", "abandoned": "1 %"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "results" / "simdesk.sqlite"


def test_what_was_kept_is_found_again(path: Path):
    """By another process, say; each sheet with its readings, and of other numbers nothing."""
    keep(path, 0, 1, 5)

    with Store(path) as store:
        sheets = store.known(DESK, range(1, 10), None, RULES)

    assert {number: sheet.readings[WAIT] for number, sheet in sheets.items()} == {1: Total(1.0), 5: Total(5.0)}
    assert sheets[5] == a_sheet(5, first_wait=Total(5.0))


def test_only_sheets_that_hold_what_is_wanted_are_found(path: Path):
    """One that was read for another question is not enough; nor is it for somebody who wants everything."""
    partial = a_sheet(0, complete=False, first_wait=Total(3.0))
    with Store(path) as store:
        store.keep([(DESK, 0, partial), (DESK, 1, a_sheet(1, first_wait=Total(1.0), total_cost=Total(2.0)))], RULES)

    assert found(path, wanted=[WAIT]) == [0, 1]
    assert found(path, wanted=[WAIT, COST]) == [1]
    assert found(path) == [1]


def test_what_else_is_kept_does_not_show(path: Path):
    """A sheet that holds more than is wanted looks as if it had been read for this question."""
    rich = replace(
        a_sheet(0, total_cost=Total(2.0), first_wait=Total(1.0)), series={("backlog_by_day", ""): np.zeros(3)}
    )
    with Store(path) as store:
        store.keep([(DESK, 0, rich)], RULES)
        sheet = store.known(DESK, [0], {WAIT}, RULES)[0]

    assert sheet == a_sheet(0, complete=False, first_wait=Total(1.0))


def test_what_two_questions_read_is_kept_together(path: Path):
    """The second does not cost what the first knew."""
    with Store(path) as store:
        store.keep([(DESK, 0, a_sheet(0, complete=False, first_wait=Total(3.0)))], RULES)
        store.keep([(DESK, 0, a_sheet(0, complete=False, total_cost=Total(9.0)))], RULES)
        sheet = store.known(DESK, [0], [WAIT, COST], RULES)[0]

    assert sheet.readings == {WAIT: Total(3.0), COST: Total(9.0), OPEN: Total(0.0)}
    assert not sheet.complete


@pytest.mark.parametrize("complete_first", [True, False])
def test_a_complete_sheet_is_never_replaced_by_a_partial_one(path: Path, complete_first: bool):
    """Whichever came first."""
    complete = a_sheet(0, first_wait=Total(3.0), total_cost=Total(9.0))
    partial = a_sheet(0, complete=False, first_wait=Total(3.0))
    with Store(path) as store:
        for sheet in (complete, partial) if complete_first else (partial, complete):
            store.keep([(DESK, 0, sheet)], RULES)

        assert store.known(DESK, [0], None, RULES) == {0: complete}


@pytest.mark.parametrize("complete", [True, False])
def test_a_replication_that_comes_out_otherwise_is_an_alarm(path: Path, complete: bool):
    """Equal rules, seed and desk must give equal tickets; what was kept stays."""
    keep(path, 0)
    other = replace(a_sheet(0, complete=complete, first_wait=Total(0.0)), digest="another")

    with Store(path) as store, pytest.raises(RunError, match="replication 0 gave another ticket log than the one kept"):
        store.keep([(DESK, 0, other)], RULES)

    assert found(path) == [0]


@pytest.mark.parametrize(
    "change",
    [
        {"title": "The same desk"},
        {"story": "Told in other words."},
        {"targets.fast": {"measure": "first_wait", "at_most": "5 min"}},
        {"run.replications": 99},
        {"observed": {"source": "a log", "days": "Weekdays.", "by_hour": {"09:00": OBSERVED}}},
    ],
    ids=lambda change: next(iter(change)),
)
def test_what_changes_nothing_that_happens_does_not_matter(path: Path, change: dict[str, Any]):
    """Title, story, targets, the number of replications: it is the same desk."""
    keep(path, 0)

    assert found(path, vary(DESK, change)) == [0]


@pytest.mark.parametrize(
    ("change", "value"),
    [
        ("run.start", "2026-01-06"),
        ("run.length", "5 weeks"),
        ("run.warm_up", "2 weeks"),
        ("run.time_zone", "Europe/Berlin"),
        ("run.most_events", 1_000_000),
        ("calendars.office.hours", "08:00-17:30"),
        ("demand.contacts", "51 per business day"),
        ("demand.volume", "101 %"),
        ("demand.busyness_cv", 0.1),
        ("demand.types.question.share", "61 %"),
        ("demand.types.question.category", "broken"),
        ("demand.types.fault.work", {"exponential": {"mean": "26 min"}}),
        ("teams.desk.agents", 4),
        ("teams.desk.cost", "35 per hour"),
        ("teams.desk.discipline", "lifo"),
        ("teams.desk.tier", 2),
        ("flow.pending", {"share": {"tier_1": "10 %"}}),
        ("service_levels.priorities.P3", {"respond": "1 h"}),
        ("patience.callers", {"gives_up_after": {"exponential": {"mean": "8 min"}}}),
        ("money.users_time", "51 per hour"),
    ],
)
def test_anything_else_makes_another_desk(path: Path, change: str, value: object):
    """What the one did says nothing of the other."""
    keep(path, 0)

    other = vary(DESK, {change: value})

    assert found(path, other) == []
    assert identity(other) != identity(DESK)


def test_the_order_of_rules_matters(path: Path):
    """The first rule that fits decides, so the same rules in another order are another desk."""
    patient, hasty = ({"gives_up_after": {"exponential": {"mean": mean}}} for mean in ("30 min", "2 min"))
    first = one_team({"patience": {"patient": patient, "hasty": hasty}})
    second = one_team({"patience": {"hasty": hasty, "patient": patient}})
    keep(path, 0, desk=first)

    assert found(path, first) == [0]
    assert found(path, second) == []


@pytest.mark.parametrize("file", SHELF, ids=lambda file: file.stem)
def test_a_desk_that_comes_back_from_the_store_is_the_same_desk(file: Path):
    """It is kept as plain data, and read as such."""
    desk = load(file)

    again = Scenario.model_validate(canonical(desk))

    assert identity(again) == identity(desk)


def test_other_rules_and_another_seed_are_never_used(path: Path):
    """A version that came yesterday from other sources has another name."""
    keep(path, 0, rules="kernel-yesterday")
    keep(path, 1)

    assert found(path) == [1]
    assert found(path, rules="kernel-yesterday") == [0]
    assert found(path, vary(DESK, {"run.seed": 12})) == []


def test_the_largest_seed_can_be_kept(path: Path):
    """As large as a scenario may state it."""
    desk = vary(DESK, {"run.seed": 2**63 - 1})
    keep(path, 0, desk=desk)

    assert found(path, desk) == [0]


TELLS_OF_MISTAKES = (
    "errors.py", "signals.py", "spelling.py", "files.py", "own_folder.py", "scenario/excerpts.py",
    "scenario/forms.py", "scenario/loading.py", "scenario/observed.py", "scenario/paths.py", "scenario/problems.py",
    "scenario/sentences.py", "scenario/short_forms.py", "scenario/weekdays.py", "scenario/yaml_events.py",
    "scenario/yaml_source.py",
)  # fmt: skip
"""Sources that read files, speak of mistakes or keep files safe; what they read is part of a desk's identity."""


def test_every_source_that_decides_what_a_replication_says_is_part_of_the_rules(monkeypatch: pytest.MonkeyPatch):
    """All that simulating one desk imports, but what only reads and complains; a new file joins one or the other."""
    root = Path(simdesk.__file__).parent
    needed = _imported_by(root / "experiment" / "point.py", root)
    read: set[Path] = set()
    monkeypatch.setattr(Path, "read_bytes", lambda self: read.add(self) or b"")

    rules_version.__wrapped__()

    missing = {str(file.relative_to(root)) for file in needed - read}
    assert missing <= set(TELLS_OF_MISTAKES)


def _imported_by(file: Path, root: Path) -> set[Path]:
    """A source file of the package and all that it imports, and they."""
    seen: set[Path] = set()
    waiting = [file]
    while waiting:
        one = waiting.pop()
        if one in seen or one == root / "__init__.py":
            continue
        seen.add(one)
        for node in ast.walk(ast.parse(one.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "simdesk":
                names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
                waiting += [found for name in names if (found := _source(str(name), root)) is not None]
    return seen


def _source(name: str, root: Path) -> Path | None:
    path = root.parent.joinpath(*name.split("."))
    return next((one for one in (path.with_suffix(".py"), path / "__init__.py") if one.is_file()), None)


def test_the_rules_change_with_the_sources(monkeypatch: pytest.MonkeyPatch):
    """Whatever was kept under the old ones is never looked at again."""
    before = rules_version.__wrapped__()
    read = Path.read_bytes

    monkeypatch.setattr(Path, "read_bytes", lambda self: read(self) + (b"#" if self.name == "profiles.py" else b""))

    assert rules_version.__wrapped__() != before


@pytest.mark.parametrize("library", ["numpy", "scipy", "holidays", "numba", "simpy"])
def test_the_rules_change_with_the_libraries(monkeypatch: pytest.MonkeyPatch, library: str):
    """Those that draw and measure, that know holidays, and that run either engine."""
    before = rules_version.__wrapped__()
    known = store_module.version

    monkeypatch.setattr(store_module, "version", lambda name: "0.0" if name == library else known(name))

    assert rules_version.__wrapped__() != before


def test_rows_list_what_is_kept(path: Path):
    """A row for each desk, seed and version of the rules, with a number that no other row has."""
    richer = one_team({"teams.desk.agents": 4})
    keep(path, 0, 1)
    keep(path, 0, desk=vary(DESK, {"run.seed": 12}))
    keep(path, 3, desk=richer, rules="reference-today")

    with Store(path) as store:
        rows = store.rows()
        sheets = {row.number: list(store.sheets(row)) for row in rows}

    assert {(row.title, row.seed, row.version, row.replications) for row in rows} == {
        ("One team", 11, RULES, 2),
        ("One team", 12, RULES, 1),
        ("One team", 11, "reference-today", 1),
    }
    assert sorted(sheets.values()) == [[0], [0, 1], [3]]
    assert next(row for row in rows if row.version == "reference-today").scenario["teams"]["desk"]["agents"] == 4
    assert all(row.size > 0 for row in rows)


def test_what_is_deleted_is_gone_and_gives_its_room_back(path: Path):
    """The other rows stay; nothing is left of a desk of which nothing is kept."""
    other = two_tiers()
    keep(path, 0, desk=other)
    with Store(path) as store:
        store.keep([(DESK, number, large(number)) for number in range(60)], RULES)
    before = path.stat().st_size
    assert before > 60 * 6000

    with Store(path) as store:
        store.delete([row for row in store.rows() if row.title == "One team"])
        titles = [row.title for row in store.rows()]

    assert titles == ["Two tiers"]
    assert path.stat().st_size < before / 5
    assert found(path) == []
    assert found(path, other) == [0]
    assert b"One team" not in path.read_bytes()
    assert intact(path)


def test_the_number_of_a_deleted_row_is_not_given_away_again(path: Path):
    """Who deletes the same number twice deletes nothing else."""
    keep(path, 0)
    with Store(path) as store:
        (row,) = store.rows()
        store.delete([row])
        store.keep([(two_tiers(), 0, a_sheet(0))], RULES)
        (other,) = store.rows()

    assert other.number.partition("-")[0] != row.number.partition("-")[0]


def test_a_real_desk_is_answered_from_the_store_as_it_was_simulated(path: Path):
    """Every reading and every series of a desk with all its chapters."""
    desk = from_shelf("quickstart", {"run.length": "1 week"})
    with Store(path) as store, Lab(workers=1, store=store) as lab:
        first = lab.many([desk], 2)[0]
    with Store(path) as store, Lab(workers=1, store=store) as lab:
        again = lab.many([desk], 2)[0]

    assert lab.reused == 2
    assert repr(again.estimates) == repr(first.estimates)
    assert [sheet.series.keys() for sheet in again.sheets] == [sheet.series.keys() for sheet in first.sheets]
    assert all(
        np.array_equal(one.series[name], other.series[name], equal_nan=True)
        for one, other in zip(first.sheets, again.sheets, strict=True)
        for name in one.series
    )
