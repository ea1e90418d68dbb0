"""Compiled heaps of the kernel, over plain arrays.

Three kinds, each for one thing: the calendar of events is a binary heap of (key, id); a lane of waiting steps is a
pairing heap linked through arrays over steps, so that a queue of any length needs no memory of its own; a bench of free
agents is a binary heap from which any of them can be taken.
"""

from __future__ import annotations

from simdesk.compiled import jit
from simdesk.engine.arrays import Ints, Small


@jit
def schedule(keys: Ints, ids: Ints, size: int, key: int, value: int) -> None:
    """Put an event into a calendar of some size; there must be room for it."""
    i = size
    while i > 0:
        parent = (i - 1) >> 1
        if keys[parent] < key or (keys[parent] == key and ids[parent] <= value):
            break
        keys[i], ids[i] = keys[parent], ids[parent]
        i = parent
    keys[i], ids[i] = key, value


@jit
def take_first(keys: Ints, ids: Ints, size: int) -> int:
    """Take the first event off a calendar of some size; returns its id. Its key was `keys[0]`."""
    taken = ids[0]
    size -= 1
    key, value = keys[size], ids[size]
    i = 0
    while True:
        child = 2 * i + 1
        if child >= size:
            break
        right = child + 1
        if right < size and (keys[right] < keys[child] or (keys[right] == keys[child] and ids[right] < ids[child])):
            child = right
        if key < keys[child] or (key == keys[child] and value <= ids[child]):
            break
        keys[i], ids[i] = keys[child], ids[child]
        i = child
    keys[i], ids[i] = key, value
    return taken


@jit
def melded(a: int, b: int, rank: Ints, child: Small, sibling: Small) -> int:
    """The root of two heaps made one; −1 is the empty heap."""
    if a < 0:
        return b
    if b < 0:
        return a
    if rank[b] < rank[a] or (rank[b] == rank[a] and b < a):
        a, b = b, a
    sibling[b] = child[a]
    child[a] = b
    return a


@jit
def without_root(root: int, rank: Ints, child: Small, sibling: Small) -> int:
    """The heap without its root, by the two passes of Fredman, Sedgewick, Sleator and Tarjan (1986)."""
    pairs = -1
    rest = child[root]
    child[root] = -1
    while rest >= 0:
        first = rest
        second = sibling[first]
        rest = -1
        if second >= 0:
            rest = sibling[second]
            sibling[second] = -1
        sibling[first] = -1
        pair = melded(first, second, rank, child, sibling)
        sibling[pair] = pairs
        pairs = pair
    root = -1
    while pairs >= 0:
        following = sibling[pairs]
        sibling[pairs] = -1
        root = melded(root, pairs, rank, child, sibling)
        pairs = following
    return root


@jit
def goes_before(a: int, b: int, rank: Ints, tie: Ints) -> bool:
    """Whether agent a takes his turn before agent b."""
    if rank[a] != rank[b]:
        return rank[a] < rank[b]
    if tie[a] != tie[b]:
        return tie[a] < tie[b]
    return a < b


@jit
def sift(bench: Ints, low: int, size: int, i: int, place: Ints, rank: Ints, tie: Ints) -> None:
    """Move the agent at position i of a bench that begins at `low` to where he belongs."""
    agent = bench[low + i]
    while i > 0:
        parent = (i - 1) >> 1
        other = bench[low + parent]
        if not goes_before(agent, other, rank, tie):
            break
        bench[low + i] = other
        place[other] = i
        i = parent
    while True:
        child = 2 * i + 1
        if child >= size:
            break
        if child + 1 < size and goes_before(bench[low + child + 1], bench[low + child], rank, tie):
            child += 1
        other = bench[low + child]
        if not goes_before(other, agent, rank, tie):
            break
        bench[low + i] = other
        place[other] = i
        i = child
    bench[low + i] = agent
    place[agent] = i
