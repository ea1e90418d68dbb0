"""A sheet as bytes and back: columns of numbers and a list of names, nothing that could run when it is read.

What is stored bears a seal over itself and the facts beside it: what was changed on the disk is never an answer.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import sha256
from io import BytesIO
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simdesk.errors import RunError
from simdesk.experiment.sheet import Key, Sheet
from simdesk.measures.readings import Quantile, Ratio, Reading, Total

Floats = NDArray[np.float64]

_MARK: Final = b"sealed:"
_SEAL_ENDS: Final = len(_MARK) + sha256().digest_size

_TOTAL, _RATIO, _QUANTILE = range(3)
"""Kinds of readings, as they are written."""


def pack(sheet: Sheet) -> bytes:
    """The readings and series of a sheet, compressed; the rest of it is short and stays outside."""
    kinds, first, second, sizes, values = [], [], [], [], []
    for reading in sheet.readings.values():
        kind, one, other, array = _taken_apart(reading)
        kinds.append(kind)
        first.append(one)
        second.append(other)
        sizes.append(array.size)
        values.append(array)
    series = list(sheet.series.values())
    names = {
        "readings": [list(key) for key in sheet.readings],
        "series": [[*name, list(array.shape)] for name, array in sheet.series.items()],
    }
    file = BytesIO()
    np.savez_compressed(
        file,
        names=np.frombuffer(json.dumps(names).encode(), np.uint8),
        kinds=np.array(kinds, np.int8),
        first=np.array(first, np.float64),
        second=np.array(second, np.float64),
        sizes=np.array(sizes, np.int64),
        values=_joined(values),
        series=_joined([array.ravel() for array in series]),
    )
    return file.getvalue()


def seal(packed: bytes, *facts: str | int) -> bytes:
    """Bytes with a seal (SHA-256) over themselves and over facts that are kept beside them."""
    return _MARK + _seal(packed, facts) + packed


def unseal(found: object, *facts: str | int) -> bytes:
    """The bytes below a seal.

    Raises:
        RunError: bytes or facts are not those that were sealed.
    """
    if not isinstance(found, bytes) or not found.startswith(_MARK):
        raise RunError("it bears no seal")
    packed = found[_SEAL_ENDS:]
    if found[len(_MARK) : _SEAL_ENDS] != _seal(packed, facts):
        raise RunError("its seal is broken")
    return packed


def _seal(packed: bytes, facts: tuple[str | int, ...]) -> bytes:
    return sha256(repr(facts).encode("utf-8", "backslashreplace") + b"\n" + packed).digest()


def unpack(packed: bytes, *, digest: str, tickets: int, truncated: bool, complete: bool) -> Sheet:
    """A sheet from its bytes and the short facts beside them.

    Raises:
        RunError: these are not the bytes of a sheet.
    """
    try:
        with np.load(BytesIO(packed), allow_pickle=False) as columns:
            names = json.loads(columns["names"].tobytes())
            readings = dict(zip(map(_key, names["readings"]), _put_together(columns), strict=True))
            series = dict(_cut(names["series"], _floats(columns, "series")))
    except MemoryError:
        raise
    except Exception as error:  # NumPy, zip and zlib have many words for bytes that are not theirs
        raise RunError(f"it cannot be read ({error})") from None
    return Sheet(readings, series, digest, tickets, truncated, complete)


def _key(parts: list[str]) -> Key:
    if not all(isinstance(part, str) for part in parts):
        raise ValueError("a name is not text")
    return Key(*parts)


def _taken_apart(reading: Reading) -> tuple[int, float, float, Floats]:
    nothing = np.zeros(0)
    if isinstance(reading, Ratio):
        return _RATIO, reading.numerator, reading.denominator, nothing
    if isinstance(reading, Quantile):
        with np.errstate(all="ignore"):  # what is infinite has no steps, and is kept as it is
            steps = np.diff(reading.values, prepend=0.0)  # they compress better, and whole seconds come back exactly
            exact = np.array_equal(np.cumsum(steps), reading.values)
        return _QUANTILE, reading.share, float(exact), steps if exact else reading.values
    return _TOTAL, reading.value, 0.0, nothing


def _put_together(columns: np.lib.npyio.NpzFile) -> Iterator[Reading]:
    ends = np.cumsum(columns["sizes"])
    first, second, values = (_floats(columns, name) for name in ("first", "second", "values"))
    for kind, one, other, size, end in zip(
        columns["kinds"], first.tolist(), second.tolist(), columns["sizes"], ends, strict=True
    ):
        if kind == _RATIO:
            yield Ratio(one, other)
        elif kind == _QUANTILE:
            part = values[end - size : end]
            yield Quantile(np.cumsum(part) if other else part, one)
        else:
            yield Total(one)


def _floats(columns: np.lib.npyio.NpzFile, name: str) -> Floats:
    array = columns[name]
    if array.dtype != np.float64 or array.ndim != 1:
        raise ValueError(f"{name} is not a column of numbers")
    return array


def _cut(names: list[tuple[str, str, list[int]]], values: Floats) -> Iterator[tuple[tuple[str, str], Floats]]:
    begin = 0
    for name, of, shape in names:
        end = begin + int(np.prod(shape))
        yield (name, of), values[begin:end].reshape(shape)
        begin = end


def _joined(parts: list[Floats]) -> Floats:
    return np.concatenate(parts) if parts else np.zeros(0)
