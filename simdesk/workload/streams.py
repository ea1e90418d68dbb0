"""Named streams of random words: the only source of chance.

A stream is named by what it decides, never by who does the work. Its generator is NumPy's `Philox`, keyed by
``SeedSequence([seed, replication, blake2b-64(name)])`` and read by `random_raw`; uniforms are inverted elsewhere.

A word belongs to an identity (day, k): the k-th ticket of its type on that day. Numbers k fall into levels (0-15,
16-31, 32-63, …), each level begins 2⁶⁴ counts after the one before it, and within a level a day has a fixed number of
places. So a ticket keeps its words however many other tickets there are, and a few sequential reads fetch them all.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint64]
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

    def _key(self, name: str) -> Words:
        """Key of a stream's generator, as `Philox(SeedSequence(…))` would have it."""
        number = int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "little")
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
