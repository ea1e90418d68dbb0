"""A sheet survives being packed, to the last digit; what is not a sheet is refused in words, and nothing in it runs."""

from __future__ import annotations

import io
import pickle
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simdesk.errors import RunError
from simdesk.experiment.packing import pack, seal, unpack, unseal
from simdesk.experiment.prices import prices_of
from simdesk.experiment.replicate import simulate
from simdesk.experiment.sheet import Key, Sheet, read_sheet
from simdesk.measures.readings import Quantile, Ratio, Total
from written import one_team

INF, NAN = float("inf"), float("nan")


def there_and_back(sheet: Sheet) -> Sheet:
    """What is left of a sheet after the journey."""
    return unpack(
        pack(sheet), digest=sheet.digest, tickets=sheet.tickets, truncated=sheet.truncated, complete=sheet.complete
    )


def same(one: Sheet, other: Sheet) -> bool:
    """Whether two sheets agree in everything, the order of their readings and NaN included."""
    return (
        (one.digest, one.tickets, one.truncated, one.complete)
        == (other.digest, other.tickets, other.truncated, other.complete)
        and [(key, _parts(reading)) for key, reading in one.readings.items()]
        == [(key, _parts(reading)) for key, reading in other.readings.items()]
        and [(name, array.shape, array.tobytes()) for name, array in one.series.items()]
        == [(name, array.shape, array.tobytes()) for name, array in other.series.items()]
    )


def _parts(reading: Ratio | Total | Quantile) -> tuple[object, ...]:
    if isinstance(reading, Quantile):
        return "quantile", repr(reading.share), [repr(value + 0.0) for value in reading.values.tolist()]
    if isinstance(reading, Ratio):
        return "ratio", repr(reading.numerator), repr(reading.denominator)
    return "total", repr(reading.value)


def a_sheet(**readings: Ratio | Total | Quantile) -> Sheet:
    """A sheet with these readings and a small series."""
    series = {("backlog_by_day", ""): np.array([1.0, 2.5])}
    return Sheet({Key(name): reading for name, reading in readings.items()}, series, "a digest", 7, False)


numbers = st.floats(allow_nan=True, allow_infinity=True)
arrays = st.lists(numbers, max_size=20).map(lambda values: np.sort(np.array(values, np.float64)))
whole = st.lists(st.integers(0, 10**7), max_size=20).map(lambda values: np.sort(np.array(values, np.float64)))
readings = st.one_of(
    st.builds(Ratio, numbers, numbers),
    st.builds(Total, numbers),
    st.builds(Quantile, st.one_of(arrays, whole), st.floats(0, 1)),
)
names = st.text(max_size=12)
shapes = st.one_of(st.just(()), st.tuples(st.integers(0, 4)), st.tuples(st.integers(0, 3), st.integers(0, 24)))
series = shapes.map(lambda shape: np.arange(np.prod(shape, dtype=int), dtype=np.float64).reshape(shape) / 3)
sheets = st.builds(
    Sheet,
    readings=st.dictionaries(st.builds(Key, names, names, names), readings, max_size=6),
    series=st.dictionaries(st.tuples(names, names), series, max_size=3),
    digest=names,
    tickets=st.integers(0, 10**9),
    truncated=st.booleans(),
    complete=st.booleans(),
)


@settings(max_examples=150, deadline=None)
@given(sheets)
def test_any_sheet_survives_packing(sheet: Sheet):
    """NaN, infinities, nothing at all, any shape, any name; and no warning is printed."""
    assert same(there_and_back(sheet), sheet)


@pytest.mark.parametrize(
    "values",
    [
        pytest.param([], id="none"),
        pytest.param([0.0, 0.0, 60.0, 86400.0], id="whole seconds"),
        pytest.param([0.1, 0.2, 0.30000000000000004, 1e-300, 1e300], id="what differences would round"),
        pytest.param([1.0, INF, INF], id="infinite"),
        pytest.param([-INF, NAN], id="not a number"),
    ],
)
def test_the_values_of_a_quantile_come_back_as_they_were(values: list[float]):
    """Whether they were packed as steps or as they are."""
    sheet = a_sheet(wait=Quantile(np.array(values), 0.9))

    back = there_and_back(sheet).readings[Key("wait")]

    assert isinstance(back, Quantile)
    assert back.share == 0.9
    assert back.values.tobytes() == np.array(values).tobytes()


def test_names_of_any_alphabet_are_kept():
    """Teams are slugs today; the file would not mind if they were not."""
    key = Key("occupancy", "team", "设备组 «é» 🚀")
    sheet = Sheet({key: Total(1.0)}, {("queue_by_day", key.of): np.zeros((2, 3))}, "d", 1, True, False)

    assert same(there_and_back(sheet), sheet)


def test_the_sheet_of_a_real_replication_survives():
    """Every measure and every series of a desk."""
    desk = one_team({"run.length": "1 week"})
    sheet = read_sheet(simulate(desk), prices_of(desk))

    back = there_and_back(sheet)

    assert same(back, sheet)
    assert [reading.value for reading in back.readings.values()] == pytest.approx(
        [reading.value for reading in sheet.readings.values()], nan_ok=True, abs=0, rel=0
    )


def taken(packed: bytes) -> Sheet | None:
    """What is read from these bytes; nothing if they are refused as they should be."""
    try:
        return unpack(packed, digest="a digest", tickets=7, truncated=False, complete=True)
    except RunError as error:
        return None if str(error).startswith("it cannot be read (") else pytest.fail(f"other words: {error}")


WHOLE = a_sheet(wait=Ratio(3.0, 2.0), cost=Total(NAN), life=Quantile(np.array([1.0, 2.0, 2.5]), 0.5))


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_damaged_byte_is_noticed_or_does_no_harm(data: st.DataObject):
    """One bit that flipped on the disk: the sheet is as it was, or a sentence says that it cannot be read."""
    packed = bytearray(pack(WHOLE))
    packed[data.draw(st.integers(0, len(packed) - 1))] ^= 1 << data.draw(st.integers(0, 7))

    found = taken(bytes(packed))

    assert found is None or same(found, WHOLE)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_bytes_that_are_missing_are_noticed(data: st.DataObject):
    """Cut off anywhere, it is refused."""
    packed = pack(WHOLE)

    assert taken(packed[: data.draw(st.integers(0, len(packed) - 1))]) is None


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300))
def test_any_other_bytes_are_refused(packed: bytes):
    """With the same sentence."""
    assert taken(packed) is None


def an_archive(**columns: object) -> bytes:
    """A file of arrays as NumPy writes them, with these instead of those of a sheet."""
    usual = {
        "names": np.frombuffer(b'{"readings": [["a", "", ""]], "series": []}', np.uint8),
        "kinds": np.array([0], np.int8),
        "first": np.array([1.0]),
        "second": np.array([0.0]),
        "sizes": np.array([0]),
        "values": np.zeros(0),
        "series": np.zeros(0),
    }
    file = io.BytesIO()
    np.savez(file, **{name: value for name, value in (usual | columns).items() if value is not None})
    return file.getvalue()


def bare(array: np.ndarray) -> bytes:
    """An array as a file of its own."""
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def test_the_archive_of_these_tests_is_one_of_a_sheet():
    """Or the refusals below would prove nothing."""
    found = taken(an_archive())

    assert found is not None
    assert found.readings == {Key("a"): Total(1.0)}


@pytest.mark.parametrize(
    "packed",
    [
        pytest.param(bare(np.zeros(3)), id="an array alone"),
        pytest.param(an_archive(names=None), id="a column that is missing"),
        pytest.param(an_archive(names=np.frombuffer(b"[1, 2]", np.uint8)), id="names of another form"),
        pytest.param(an_archive(names=np.frombuffer(b'{"readings": [], "series": []}', np.uint8)), id="too few names"),
        pytest.param(
            an_archive(names=np.frombuffer(b'{"readings": [["a", "b", "c", "d"]], "series": []}', np.uint8)),
            id="a name of four parts",
        ),
        pytest.param(
            an_archive(names=np.frombuffer(b'{"readings": [["a", "", ""]], "series": [["b", "", [9]]]}', np.uint8)),
            id="a series that is not there",
        ),
        pytest.param(an_archive(kinds=np.zeros((0,), np.int8)), id="columns of different lengths"),
        pytest.param(
            an_archive(names=np.frombuffer(b'{"readings": [["a", 7, ""]], "series": []}', np.uint8)),
            id="a name that is a number",
        ),
        pytest.param(an_archive(first=np.array(["one"])), id="text where a number should be"),
        pytest.param(an_archive(values=np.zeros((2, 2))), id="a table where a column should be"),
    ],
)
def test_an_archive_that_is_not_a_sheet_is_refused(packed: bytes):
    """Whatever it lacks or has too much of."""
    assert taken(packed) is None


FACTS = ("a desk", 7, "a digest")


def test_what_was_sealed_comes_back():
    """With the facts that it was sealed with."""
    assert unseal(seal(b"some bytes", *FACTS), *FACTS) == b"some bytes"


@pytest.mark.parametrize(
    "facts", [("a desk", 8, "a digest"), ("a desk", "7", "a digest"), ("a desk", 7), (b"a", 7, 0.5)]
)
def test_a_seal_is_broken_by_another_fact(facts: tuple[object, ...]):
    """Of another value, of another type, or missing."""
    with pytest.raises(RunError, match="its seal is broken"):
        unseal(seal(b"some bytes", *FACTS), *facts)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_seal_is_broken_by_any_bit(data: st.DataObject):
    """Wherever it flips."""
    sealed = bytearray(seal(b"some bytes", *FACTS))
    sealed[data.draw(st.integers(0, len(sealed) - 1))] ^= 1 << data.draw(st.integers(0, 7))

    with pytest.raises(RunError, match="seal"):
        unseal(bytes(sealed), *FACTS)


@pytest.mark.parametrize("found", [None, 7, "text", b""])
def test_what_bears_no_seal_is_refused(found: object):
    """Of whatever type."""
    with pytest.raises(RunError, match="it bears no seal"):
        unseal(found, *FACTS)


class Trap:
    """Leaves a trace when it is unpickled."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return Path.touch, (self.trace,)


def test_nothing_that_is_stored_is_ever_unpickled(tmp_path: Path):
    """A pickle, bare or inside an archive, is refused and not run; a store may come from somebody else."""
    trap = Trap(tmp_path / "ran")

    assert taken(pickle.dumps(trap)) is None
    assert taken(an_archive(first=np.array([trap], dtype=object))) is None
    assert taken(an_archive(names=np.array([trap], dtype=object))) is None
    assert not trap.trace.exists()
