"""Random words belong to an identity, whoever else reads; uniforms are never 0 or 1."""

from __future__ import annotations

from hashlib import blake2b

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from simdesk.workload.streams import FIRST_LEVEL, Streams, uniforms

NAMES = ("arrivals/password", "work/password/tier-1/1", "patience/password/1", "priority/password", "busyness")
DAYS, MOST = 60, 40


def key(name: str) -> int:
    """What a name is hashed to, computed apart from the house."""
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "little")


def philox(seed: int, replication: int, name: str, block: int = 0) -> np.random.Philox:
    """NumPy's own generator for a stream, a number of blocks of four words ahead."""
    generator = np.random.Philox(np.random.SeedSequence([seed, replication, key(name)]))
    if block:
        generator.advance(block)
    return generator


def by_hand(words: np.ndarray) -> np.ndarray:
    """The uniforms of words, in the arithmetic of the design page."""
    return np.array([((int(word) >> 12) + 0.5) * 2.0**-52 for word in words])


def test_a_stream_is_numpys_philox():
    """Same key, same words; a plain row reads them from the first."""
    words = philox(2026, 3, "busyness").random_raw(1000)

    assert np.array_equal(Streams(2026, 3).row("busyness", 1000), by_hand(words))


@pytest.mark.parametrize(
    ("number", "level_block", "place"), [(0, 0, 0), (15, 0, 15), (16, 1 << 64, 0), (33, 2 << 64, 1)]
)
def test_a_word_stands_where_its_day_and_number_say(number: int, level_block: int, place: int):
    """Numbers 0-15 are the first level, 16-31 the second, 32-63 the third; each level begins 2^64 blocks further."""
    day, width = 5, max(FIRST_LEVEL, 1 << (number.bit_length() - 1)) if number else FIRST_LEVEL
    generator = philox(1, 0, "work/x", level_block)
    words = generator.random_raw((day + 1) * width)

    expected = by_hand(words[[day * width + place]])[0]

    assert Streams(1, 0).table("work/x", 9, 64)[day, number] == expected


def test_the_generator_is_the_published_one():
    """NumPy's Philox gives the known answers of Random123 (one block later: it counts before it draws)."""
    generator = np.random.Philox(key=[7, 9], counter=[5, 6, 7, 8])

    words = generator.random_raw(4)

    assert [f"{word:016x}" for word in words] == [
        "721d484d6f0c3cb7", "e9579244ab3f5752", "9aa757eb711de0e7", "cede338947024fce",
    ]  # fmt: skip
    assert np.random.SeedSequence(42).generate_state(4).tolist() == [3444837047, 2669555309, 2046530742, 3581440988]


@settings(max_examples=60, deadline=None)
@given(
    days=st.integers(1, 40),
    more_days=st.integers(0, 40),
    most=st.integers(1, 150),
    more=st.integers(0, 150),
    antithetic=st.booleans(),
)
def test_a_word_keeps_its_owner_however_many_others_are_read(
    days: int, more_days: int, most: int, more: int, antithetic: bool
):
    """More days or more tickets a day never move a word of those who were there."""
    streams = Streams(8, 1, antithetic=antithetic)

    few = streams.table("work/x", days, most)
    many = streams.table("work/x", days + more_days, most + more)

    assert np.array_equal(few[:, :most], many[:days, :most])


def test_single_identities_get_the_words_of_the_table():
    """In any order, and none for nobody."""
    streams = Streams(8, 1)
    day, k = np.array([3, 0, 7]), np.array([40, 2, 0])

    assert np.array_equal(streams.of("work/x", day, k), streams.table("work/x", 8, 41)[day, k])
    assert streams.of("work/x", day[:0], k[:0]).size == 0


def test_uniforms_are_never_zero_or_one():
    """The least and the greatest word there are."""
    words = np.array([0, 1, 2**64 - 1, 2**63], np.uint64)

    found = uniforms(words)

    assert found.min() == 2.0**-53
    assert found.max() == 1 - 2.0**-53
    assert np.all((found > 0) & (found < 1))


@pytest.mark.parametrize("name", NAMES)
def test_the_antithetic_partner_is_one_minus_the_uniform_exactly(name: str):
    """Not a bit is lost."""
    plain, partner = Streams(4, 2), Streams(4, 2, antithetic=True)

    assert np.all(plain.table(name, DAYS, MOST) + partner.table(name, DAYS, MOST) == 1.0)
    assert np.all(plain.row(name, 99) + partner.row(name, 99) == 1.0)


def test_two_names_with_one_key_are_refused(monkeypatch: pytest.MonkeyPatch):
    """As unlikely as it is: nobody may share somebody else's luck unseen."""

    class SameForAll:
        def digest(self) -> bytes:
            return bytes(8)

    monkeypatch.setattr("simdesk.workload.streams.blake2b", lambda *_, **__: SameForAll())
    streams = Streams(1, 0)
    streams.row("work/a", 4)
    streams.row("work/a", 4)  # the same name again is the same stream

    with pytest.raises(ValueError, match="two streams would share their words: 'work/b' and 'work/a'"):
        streams.row("work/b", 4)


def test_streams_are_independent_of_one_another():
    """Between purposes, replications and seeds: no correlation beyond chance (Bonferroni, 1 %)."""
    columns = [
        Streams(seed, rep).table(name, DAYS, MOST).ravel() for seed in (1, 2) for rep in range(6) for name in NAMES
    ]
    table = np.array(columns)
    count, length = table.shape

    correlations = np.corrcoef(table)[np.triu_indices(count, 1)] * np.sqrt(length)

    assert np.abs(correlations).max() < stats.norm.ppf(1 - 0.01 / 2 / correlations.size)
    assert stats.kstest(correlations, "norm").pvalue > 1e-4


def test_every_stream_is_uniform():
    """Each by Kolmogorov and Smirnov, and all their p-values together."""
    values = [
        stats.kstest(Streams(1, rep).table(name, DAYS, MOST).ravel(), "uniform").pvalue
        for rep in range(20)
        for name in NAMES
    ]

    assert min(values) > 0.01 / len(values) / 2
    assert stats.kstest(values, "uniform").pvalue > 1e-4


def test_neighbours_in_a_stream_are_independent():
    """Of one day, of one number, and across the border of two levels."""
    table = np.concatenate([Streams(3, rep).table("work/x", 400, 64) for rep in range(10)])

    pairs = [(table[:, 3], table[:, 4]), (table[:-1, 3], table[1:, 3]), (table[:, 15], table[:, 16])]

    for left, right in pairs:
        assert abs(np.corrcoef(left, right)[0, 1]) * np.sqrt(left.size) < 4
