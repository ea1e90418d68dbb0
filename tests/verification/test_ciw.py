"""simdesk against Ciw, a simulator by other people: desks that both can describe, means that must agree."""

from __future__ import annotations

import pytest

pytest.importorskip("ciw", reason="Ciw is the third voice; install the dev extra")

from third_voice import CONTROLS, CONTROLS_THINNED, SCENES, Line, compare, with_mistake
from third_voice_desks import Scene, Wrong

QUICK = ("M/M/3", "M/M/4+M", "two tiers, two types, priorities")
QUICK_CONTROLS = ("no priorities", "everybody waits 2 h, not on average")
LOOSE = 0.3
"""Half-width that a quick comparison may have, as a share of the value."""

scenes = pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
controls = pytest.mark.parametrize(("scene", "wrong"), CONTROLS, ids=[wrong.mistake for _, wrong in CONTROLS])


def apart(lines: tuple[Line, ...]) -> dict[str, tuple[float, float, float]]:
    """simdesk, Ciw and half-width of the lines in which they differ."""
    return {str(line.key): (line.ours.value, line.theirs.value, line.half_width) for line in lines if not line.inside}


@pytest.mark.parametrize("name", QUICK)
def test_ciw_agrees_at_a_glance(name: str) -> None:
    """A tenth of the replications, in every check."""
    [scene] = [scene for scene in SCENES if scene.name == name]

    lines = compare(scene, thinned=10)

    assert apart(lines) == {}
    assert [line.unfinished for line in lines] == [0] * len(lines)
    assert max(line.relative for line in lines) <= LOOSE


@pytest.mark.parametrize("mistake", QUICK_CONTROLS)
def test_a_mistake_is_seen_at_a_glance(mistake: str) -> None:
    """Negative control: a wrong network is noticed."""
    [(scene, wrong)] = [(scene, wrong) for scene, wrong in CONTROLS if wrong.mistake == mistake]

    lines = compare(with_mistake(scene, wrong), thinned=CONTROLS_THINNED)

    assert [line.key for line in lines if line.inside] == []


@pytest.mark.slow
@scenes
def test_ciw_agrees(scene: Scene) -> None:
    """Every mean is the same within an interval that is as narrow as the scene promises; nobody is cut off."""
    lines = compare(scene)

    assert apart(lines) == {}
    assert [line.unfinished for line in lines] == [0] * len(lines)
    assert max(line.relative for line in lines) <= scene.precision


@pytest.mark.slow
@controls
def test_a_mistake_is_seen(scene: Scene, wrong: Wrong) -> None:
    """Negative control: a network with one mistake lies outside, with a tenth of the replications."""
    lines = compare(with_mistake(scene, wrong), thinned=CONTROLS_THINNED)

    assert [line.key for line in lines if line.inside] == []


def test_there_are_twenty_desks_and_three_controls() -> None:
    """The table is as wide as promised, and no name stands for two desks."""
    assert len({scene.name for scene in SCENES}) == len(SCENES) >= 20
    assert len(CONTROLS) >= 3
    assert sum(scene.precision <= 0.05 for scene in SCENES) >= 14
    assert max(scene.precision for scene in SCENES) <= 0.15
