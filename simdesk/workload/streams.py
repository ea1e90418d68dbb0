"""Named streams of random words: the only source of chance.

A stream is named by what it decides, never by who does the work. Its generator is NumPy's `Philox`, keyed by
``SeedSequence([seed, replication, blake2b-64(name)])`` and read by `random_raw`; uniforms are inverted elsewhere.

A word belongs to an identity (day, k): the k-th ticket of its type on that day. Numbers k fall into levels (0-15,
16-31, 32-63, …), each level begins 2⁶⁴ counts after the one before it, and within a level a day has a fixed number of
places. So a ticket keeps its words however many other tickets there are, and a few sequential reads fetch them all.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint64]
Halves = NDArray[np.uint32]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

FIRST_LEVEL: Final = 16
"""Numbers k below this share the first level; every later level is as wide as all before it together."""

_ONE: Final = np.uint64(0x3FF0000000000000)
"""The bits of 1.0; with a word's upper 52 bits for its fraction it is a number in [1, 2)."""


def uniforms(words: Words) -> Floats:
    """Uniforms ((word >> 12) + ½) · 2⁻⁵² in (0, 1); exact, never 0 or 1. The antithetic partner is the complement."""
    bits = words >> np.uint64(12)
    bits |= _ONE
    numbers = bits.view(np.float64)
    numbers -= 1.0 - 2.0**-53
    return numbers


_POOL, _SHIFT = 4, np.uint32(16)
_INIT_A, _MULT_A, _INIT_B, _MULT_B = 0x43B0D7E5, 0x931E8875, 0x8B51F9DD, 0x58F38DED
_MIX_LEFT, _MIX_RIGHT = np.uint32(0xCA01F9DD), np.uint32(0x4973F715)
_MASK = 2**32 - 1


def _halves(number: int) -> list[int]:
    """A number as words of 32 bits, the lowest first, as NumPy takes it for entropy."""
    words = [number & _MASK]
    while number := number >> 32:
        words.append(number & _MASK)
    return words


def seed_sequences(entropy: Sequence[int], names: Words) -> Words:
    """``SeedSequence([*entropy, name]).generate_state(2, uint64)`` for many names of two words at once.

    The hash is O'Neill's (2015, Developing a seed_seq alternative), as NumPy documents and freezes it; a test compares.

    Args:
        entropy: words of 32 bits before the name.
        names: shape (names,), each at least 2**32.
    """
    multiplier = _INIT_A

    def hashed(value: Halves) -> Halves:
        nonlocal multiplier
        value = value ^ np.uint32(multiplier)
        multiplier = multiplier * _MULT_A & _MASK
        value = value * np.uint32(multiplier)
        return np.asarray(value ^ (value >> _SHIFT), np.uint32)

    def mixed(one: Halves, other: Halves) -> Halves:
        result = _MIX_LEFT * one - _MIX_RIGHT * other
        return np.asarray(result ^ (result >> _SHIFT), np.uint32)

    same = [np.full(names.size, word, np.uint32) for word in entropy]
    source = [*same, (names & np.uint64(_MASK)).astype(np.uint32), (names >> np.uint64(32)).astype(np.uint32)]
    source += [np.zeros(names.size, np.uint32)] * (_POOL - len(source))
    pool = [hashed(word) for word in source[:_POOL]]
    for i in range(_POOL):
        for j in range(_POOL):
            if i != j:
                pool[j] = mixed(pool[j], hashed(pool[i]))
    for word in source[_POOL:]:
        pool = [mixed(part, hashed(word)) for part in pool]
    state = np.empty((names.size, _POOL), np.uint32)
    multiplier = _INIT_B
    for i, part in enumerate(pool):
        part = part ^ np.uint32(multiplier)
        multiplier = multiplier * _MULT_B & _MASK
        part = part * np.uint32(multiplier)
        state[:, i] = part ^ (part >> _SHIFT)
    return state.view(np.uint64)


def name_hash(name: str) -> int:
    """blake2b-64 of the name of a stream."""
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "little")


class Streams:
    """All streams of one replication.

    Args:
        seed: the scenario's seed.
        replication: number of the replication, from 0.
        antithetic: read every word's complement.
    """

    def __init__(self, seed: int, replication: int, *, antithetic: bool = False) -> None:
        self.seed = seed
        self.replication = replication
        self.antithetic = antithetic
        self._names: dict[int, str] = {}
        self._philox = np.random.Philox(0)
        self._state: Any = self._philox.state
        self._counter = np.zeros(4, np.uint64)

    def row(self, name: str, count: int) -> Floats:
        """The first uniforms of a stream that is numbered simply, such as one a day; shape (count,)."""
        return uniforms(self._read(self._key(name), 0, count))

    def table(self, name: str, days: int, most: int) -> Floats:
        """Uniforms of the numbers 0 … most − 1 of every day, shape (days, at least most)."""
        return uniforms(self.words(name, days, most))

    def words(self, name: str, days: int, most: int) -> Words:
        """Words of the numbers 0 … most − 1 of every day, shape (days, at least most)."""
        key = self._key(name)
        levels: list[Words] = []
        low, width = 0, FIRST_LEVEL
        while low < max(most, 1):
            levels.append(self._read(key, len(levels), days * width).reshape(days, width))
            low, width = low + width, low + width
        return np.concatenate(levels, axis=1) if len(levels) > 1 else levels[0]

    @property
    def flip(self) -> Words:
        """What turns a word into the one that is read: all bits set if it is the complement; shape (1,)."""
        return np.array([2**64 - 1 if self.antithetic else 0], np.uint64)

    def keys(self, hashes: Sequence[int]) -> Words:
        """Keys of the generators of many streams, by the hashes of their names; shape (streams, 2)."""
        entropy = [word for number in (self.seed, self.replication) for word in _halves(number)]
        if not self._names.keys().isdisjoint(hashes):
            shared = next(self._names[number] for number in hashes if number in self._names)
            raise ValueError(f"two streams would share their words: '{shared}' and one of the journeys")
        names = np.array(hashes, np.uint64)
        keys = seed_sequences(entropy, names)
        for short in np.flatnonzero(names < 2**32).tolist():  # such a name is one word of entropy and not two
            sequence = np.random.SeedSequence([self.seed, self.replication, int(names[short])])
            keys[short] = sequence.generate_state(2, np.uint64)
        return keys

    def _key(self, name: str) -> Words:
        """Key of a stream's generator, as `Philox(SeedSequence(…))` would have it."""
        number = name_hash(name)
        if self._names.setdefault(number, name) != name:
            raise ValueError(f"two streams would share their words: '{name}' and '{self._names[number]}'")
        sequence = np.random.SeedSequence([self.seed, self.replication, number])
        return np.asarray(sequence.generate_state(2, np.uint64), np.uint64)

    def _read(self, key: Words, level: int, count: int) -> Words:
        """The first words of a level. One generator is turned to each stream; a new one takes ten times as long."""
        self._counter[1] = level
        self._state["state"] = {"counter": self._counter, "key": key}
        self._philox.state = self._state
        words = np.asarray(self._philox.random_raw(count), dtype=np.uint64)
        return ~words if self.antithetic else words

    @staticmethod
    def places(most: int) -> int:
        """Places that a day has in a table of the numbers 0 … most − 1: a power of two, at least `FIRST_LEVEL`."""
        return max(FIRST_LEVEL, 1 << (max(most, 1) - 1).bit_length())

    def of(self, name: str, day: Ints, k: Ints) -> Floats:
        """Uniforms of some identities, shape (identities,)."""
        if day.size == 0:
            return np.zeros(0)
        days, most = int(day.max()) + 1, int(k.max()) + 1
        return uniforms(self.words(name, days, most).ravel()[day * self.places(most) + k])
