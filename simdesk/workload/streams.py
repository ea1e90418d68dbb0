"""Named streams of random words: the only source of chance.

A stream is named by what it decides, never by who does the work. Its generator is NumPy's `Philox`, keyed by
``SeedSequence([seed, replication, blake2b-64(name)])`` and read by `random_raw`; uniforms are inverted elsewhere.

A word belongs to an identity (day, k): the k-th ticket of its type on that day. Numbers k fall into levels (0-15,
16-31, 32-63, …), each level has a counter range of its own, and within a level a day has a fixed number of places. So
a ticket keeps its words however many other tickets there are, and a few sequential reads fetch them all.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Final

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint64]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

FIRST_LEVEL: Final = 16
"""Numbers k below this share the first level; every later level is as wide as all before it together."""

_WORDS_A_BLOCK: Final = 4  # one step of Philox's counter yields four words
_LEVEL_BLOCKS: Final = 1 << 64  # a level begins this many blocks after the one before it


def uniforms(words: Words) -> Floats:
    """Uniforms in (0, 1) from words; exact, never 0 or 1. The antithetic partner of a word is its complement."""
    return ((words >> np.uint64(12)).astype(np.float64) + 0.5) * 2.0**-52


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

    def _generator(self, name: str) -> np.random.Philox:
        key = int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "little")
        if self._names.setdefault(key, name) != name:
            raise ValueError(f"two streams would share their words: '{name}' and '{self._names[key]}'")
        return np.random.Philox(np.random.SeedSequence([self.seed, self.replication, key]))

    def _read(self, generator: np.random.Philox, count: int) -> Words:
        words = np.asarray(generator.random_raw(count), dtype=np.uint64)
        return ~words if self.antithetic else words

    def row(self, name: str, count: int) -> Floats:
        """The first uniforms of a stream that is numbered simply, such as one a day; shape (count,)."""
        return uniforms(self._read(self._generator(name), count))

    def table(self, name: str, days: int, most: int) -> Floats:
        """Uniforms of the numbers 0 … most − 1 of every day, shape (days, at least most)."""
        generator = self._generator(name)
        levels = []
        low, width = 0, FIRST_LEVEL
        while low < max(most, 1):
            levels.append(self._read(generator, days * width).reshape(days, width))
            generator.advance(_LEVEL_BLOCKS - days * width // _WORDS_A_BLOCK)
            low, width = low + width, low + width
        return uniforms(np.concatenate(levels, axis=1))

    def of(self, name: str, day: Ints, k: Ints) -> Floats:
        """Uniforms of some identities, shape (identities,)."""
        if day.size == 0:
            return np.zeros(0)
        table = self.table(name, int(day.max()) + 1, int(k.max()) + 1)
        return table[day, k]
