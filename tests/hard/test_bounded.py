"""Files of legal size that make a careless reader work hard, and desks that would fill a machine: bounded work."""

from __future__ import annotations

from pathlib import Path

import pytest

from hard.mutations import MEGABYTES, fuzzed
from hostile_files import HOSTILE, written

_SECONDS = 20
"""Ten times what is allowed, for a machine that others use too; some of these once took minutes."""


def test_no_file_of_legal_size_keeps_validate_busy(tmp_path: Path):
    """Each is accepted, or refused in words, within seconds of a processor and little memory."""
    paths = []
    for number, (name, shape) in enumerate(HOSTILE.items()):
        path = tmp_path / f"{number:02}-{name.replace(' ', '-')}.yaml"
        path.write_text(written(shape()), encoding="utf-8")
        paths.append(path)

    found = fuzzed(paths)

    assert {one.verdict for one in found} == {"accepted", "refused"}
    assert [one for one in found if one.seconds > _SECONDS or one.megabytes > MEGABYTES] == []


def test_a_chain_of_a_thousand_teams_runs(tmp_path: Path):
    """From end to end: no recursion breaks, and the report names them."""
    path = tmp_path / "chain.yaml"
    path.write_text(written(HOSTILE["a chain of a thousand teams"]()), encoding="utf-8")

    (found,) = fuzzed([path], runs=True)

    assert (found.verdict, found.detail) == ("accepted", "")


def test_unused_calendars_cost_nothing(tmp_path: Path):
    """1,200 of them once took half a minute and more than a gigabyte."""
    calendars = "\n".join(f'  c{n}: {{days: Mon-Fri, hours: "08:00-{9 + n % 12:02}:00"}}' for n in range(1200))
    path = tmp_path / "calendars.yaml"
    path.write_text(
        f"calendars:\n{calendars}\ndemand: {{contacts: 10 per day, types: {{t: {{share: 100 %, "
        "work: {constant: {value: 5 min}}}}}\nteams: {desk: {agents: 2, calendar: c1}}\n",
        encoding="utf-8",
    )

    (found,) = fuzzed([path], runs=True)

    assert (found.verdict, found.detail) == ("accepted", "")
    assert found.megabytes < 2 * MEGABYTES


@pytest.mark.parametrize("name", HOSTILE)
def test_every_shape_is_of_legal_size(name: str):
    """Or it would be refused for its size, and the test above would try nothing."""
    assert len(written(HOSTILE[name]()).encode()) <= 256 * 1024
