"""Words that are read out of order are NumPy's words; keys that are made at once are NumPy's keys."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from simdesk.desk import open_desk
from simdesk.scenario.loading import load, vary
from simdesk.shelf import on_the_shelf
from simdesk.workload.draw import draw
from simdesk.workload.streams import Streams, name_hash, uniforms
from simdesk.workload.walk import word

SEEDS = [(0, 0), (1, 0), (2026, 17), (2**32, 3), (2**63 - 1, 99_999)]
NAMES = ["work/password-reset/tier-1/1", "patience/incident/1", "", "ä"]


@pytest.mark.parametrize(("seed", "replication"), SEEDS)
def test_keys_are_those_of_numpys_seed_sequence(seed: int, replication: int):
    """Whatever the number of words that the seed takes; a hash of one word is a rarity that must not be wrong."""
    hashes = [*map(name_hash, NAMES), 2**32 - 1, 2**32, 0]

    keys = Streams(seed, replication).keys(hashes)

    for number, key in zip(hashes, keys, strict=True):
        sequence = np.random.SeedSequence([seed, replication, number])
        assert key.tolist() == sequence.generate_state(2, np.uint64).tolist()


@pytest.mark.parametrize("name", NAMES)
def test_a_single_word_is_the_one_in_the_table(name: str):
    """Every number of several days, on all levels up to 128."""
    streams = Streams(8, 1)
    [key] = streams.keys([name_hash(name)])
    words = streams.words(name, 5, 128)

    for day in range(5):
        for k in range(128):
            level = max(k.bit_length() - 4, 0)
            low, width = (0, 16) if level == 0 else (1 << (k.bit_length() - 1),) * 2
            assert int(word(key[0], key[1], level, day * width + k - low)) == int(words[day, k])


def test_nobody_shares_the_words_of_a_table():
    """A journey's stream whose hash is that of a stream that was read before is refused."""
    streams = Streams(1, 0)
    streams.row("busyness", 3)

    with pytest.raises(ValueError, match="two streams would share their words: 'busyness'"):
        streams.keys([name_hash("busyness")])


def test_the_partner_of_a_word_is_its_complement():
    """So that antithetic journeys use the same words, turned round."""
    plain, partner = Streams(1, 0), Streams(1, 0, antithetic=True)

    some = plain.words("x", 1, 16)

    assert plain.flip.tolist() == [0]
    assert np.array_equal(some ^ partner.flip, partner.words("x", 1, 16))
    assert np.all(uniforms(some) + uniforms(some ^ partner.flip) == 1.0)


def test_compiled_and_read_by_python_the_walk_is_the_same():
    """Whoever switches compiling off to look for a fault meets the same tickets, to the last digit."""
    code = (
        "from simdesk.experiment.replicate import simulate; from simdesk.scenario.loading import load, vary; "
        "from simdesk.shelf import on_the_shelf; desk = load(on_the_shelf('service-desk')); "
        "short = dict.fromkeys(('run.length', 'run.warm_up', 'run.cool_down'), '1 day'); "
        "print(simulate(vary(desk, short)).digest())"
    )

    digests = [
        subprocess.run(
            [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True,
            env=os.environ | {"NUMBA_DISABLE_JIT": switch},
        ).stdout
        for switch in ("0", "1")
    ]  # fmt: skip

    assert digests[0] == digests[1]
    assert len(digests[0].strip()) == 64


def test_threads_draw_what_one_thread_draws():
    """Eight at once build and follow the journeys of one scenario; none disturbs another's."""
    scenario = vary(load(on_the_shelf("service-desk")), {"run.length": "1 week"})
    desk = open_desk(scenario)

    def drawn(replication: int) -> bytes:
        workload = draw(scenario, desk, replication)
        return workload.work.tobytes() + workload.duration.tobytes() + workload.team.tobytes()

    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(drawn, range(16)))

    assert together == [drawn(replication) for replication in range(16)]


def test_journeys_belong_to_the_desk_that_was_given():
    """The same scenario with its calendars numbered otherwise: delays run in the calendar of that number."""
    changes = {"run.length": "1 week", "teams.third_line.calendar": "experts"}
    changes["calendars.experts"] = {"hours": "09:00-15:00"}
    scenario = vary(load(on_the_shelf("service-desk")), changes)
    desk = open_desk(scenario)
    order = [0, *range(len(desk.calendars) - 1, 0, -1)]
    turned = replace(
        desk,
        calendars=tuple(desk.calendars[i] for i in order),
        calendar_names=tuple(desk.calendar_names[i] for i in order),
        team_calendar=np.argsort(order)[desk.team_calendar],
        business_calendar=np.argsort(order)[desk.business_calendar],
    )

    one, other = draw(scenario, desk), draw(scenario, turned)

    assert len(order) > 2
    assert one.calendar.any()
    assert np.array_equal(np.array(order)[other.calendar], one.calendar)
