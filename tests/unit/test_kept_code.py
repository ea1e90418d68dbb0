"""Kept code is believed only if it is whole and nobody else can have put it there; else it is compiled anew.

A small function stands for the engine: what compiles it and keeps its code is the same.
"""

from __future__ import annotations

import os
import pickle
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import simdesk
from simdesk import compiled

SMALL = """
from simdesk.compiled import cache_folder, jit

def twice(number):
    return 2 * number

small = jit(twice)
print(small(21), sum(small.stats.cache_hits.values()), cache_folder())
"""
"""Compiles a function or finds it compiled; prints what it gives, how often it was found, and where."""

ROOT = Path(simdesk.__file__).parents[1]
ATTACKER = 65534
as_two_users = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can prepare files of another user"
)
on_unix = pytest.mark.skipif(sys.platform == "win32", reason="limits and missing homes are those of Unix")


def started(*, before: Callable[[], None] | None = None, code: str = SMALL, **env: str | None) -> subprocess.Popen[str]:
    """A process that runs the small function; None takes a variable away."""
    ours = os.environ | {"PYTHONPATH": str(ROOT)} | env
    return subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=before,
        env={name: value for name, value in ours.items() if value is not None},
    )  # fmt: skip


def small(**how: object) -> tuple[str, str, Path, str]:
    """Run the small function: its value, how often it was found compiled, its folder, and what was said."""
    process = started(**how)
    out, said = process.communicate(timeout=120)
    assert process.returncode == 0, said
    value, found, folder = out.split(maxsplit=2)
    return value, found, Path(folder.strip()), said


def truncated(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-1])


def emptied(file: Path) -> None:
    file.write_bytes(b"")


def garbled(file: Path) -> None:
    file.write_bytes(b"no code at all\n" * 100)


def flipped_at(place: float) -> Callable[[Path], None]:
    def flip(file: Path) -> None:
        content = bytearray(file.read_bytes())
        content[int(place * len(content))] ^= 1
        file.write_bytes(content)

    flip.__name__ = f"flipped at {place}"
    return flip


DAMAGES = (truncated, emptied, garbled, *(flipped_at(place) for place in (0.0, 0.01, 0.1, 0.5, 0.99)))


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_a_damaged_file_is_compiled_anew(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, damage: Callable):
    """It is neither unpickled nor run, and the next start finds a sound one."""

    def thrice(number: int) -> int:
        return 3 * number

    monkeypatch.setenv("SIMDESK_CACHE_DIR", str(tmp_path))
    compiled.jit(thrice)(1)
    (file,) = tmp_path.rglob("*.code")
    damage(file)

    anew, again = compiled.jit(thrice), compiled.jit(thrice)

    assert [anew(14), again(14)] == [42, 42]
    assert [sum(one.stats.cache_hits.values()) for one in (anew, again)] == [0, 1]


def test_a_folder_in_the_place_of_a_file_costs_a_line(tmp_path: Path):
    """The function is compiled at every start, which says so."""
    small(SIMDESK_CACHE_DIR=str(tmp_path))
    (file,) = tmp_path.rglob("*.code")
    file.unlink()
    file.mkdir()

    value, found, _, said = small(SIMDESK_CACHE_DIR=str(tmp_path))

    assert (value, found) == ("42", "0")
    assert said.count("compiled code cannot be kept") == 1
    assert "Traceback" not in said


@on_unix
def test_a_full_disk_costs_a_line(tmp_path: Path):
    """A limit on the size of files stands for the disk; nothing half written stays."""

    def hardly_anything_fits() -> None:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))

    value, _, folder, said = small(before=hardly_anything_fits, SIMDESK_CACHE_DIR=str(tmp_path))

    assert value == "42"
    assert said.count("compiled code cannot be kept") == 1
    assert list(folder.iterdir()) == []


def test_four_cold_starts_at_once_share_a_folder(tmp_path: Path):
    """Whichever of them makes it."""
    starts = [started(SIMDESK_CACHE_DIR=str(tmp_path)) for _ in range(4)]
    ends = [start.communicate(timeout=120) for start in starts]

    assert [start.returncode for start in starts] == [0] * 4, ends
    assert [out.split()[0] for out, _ in ends] == ["42"] * 4
    assert small(SIMDESK_CACHE_DIR=str(tmp_path))[1] == "1"


@on_unix
@pytest.mark.parametrize("open_to", [0o777, 0o775, 0o755], ids=oct)
def test_a_checkout_where_the_cache_shall_be_is_left_alone(tmp_path: Path, open_to: int):
    """Somebody keeps sources in the folder that is stated for the cache, simdesk's among them."""
    checkout = tmp_path / "simdesk"
    checkout.mkdir()
    checkout.chmod(open_to)
    (checkout / "work").write_text("of a year")

    value, _, folder, _ = small(SIMDESK_CACHE_DIR=str(tmp_path))

    assert value == "42"
    assert not folder.is_relative_to(checkout)
    assert {path.name: path.read_text() for path in checkout.iterdir()} == {"work": "of a year"}
    assert checkout.stat().st_mode & 0o777 == open_to


@on_unix
@pytest.mark.parametrize(
    ("env", "why"),
    [
        ({"HOME": "/dev/null"}, "/dev/null"),
        ({"HOME": None}, "no home folder is known"),
        ({"SIMDESK_CACHE_DIR": "/dev/null/cache"}, "/dev/null"),
        ({"XDG_CACHE_HOME": "/dev/null"}, "/dev/null is not a folder"),
        ({"XDG_CACHE_HOME": "relative", "HOME": "/dev/null"}, "/dev/null"),
    ],
    ids=["a home that is no folder", "no home", "a file above", "a file", "a relative path, which does not count"],
)
def test_where_the_cache_cannot_be_used_a_passing_folder_is(tmp_path: Path, env: dict[str, str | None], why: str):
    """It is private, workers find it by the environment, it goes with its process, and a line says what to do."""
    nobody_knows = "import pwd; pwd.getpwuid = lambda uid: {}[uid]\n"  # as for a uid without an entry
    workers = "import os; print(os.environ['SIMDESK_CACHE_DIR'], oct(cache_folder().stat().st_mode & 0o777))"
    surroundings = {"SIMDESK_CACHE_DIR": None, "XDG_CACHE_HOME": None, "TMPDIR": str(tmp_path)} | env

    process = started(code=nobody_knows + SMALL + workers, **surroundings)
    out, said = process.communicate(timeout=120)

    (value, _, folder), (handed_on, mode) = (line.split() for line in out.splitlines())
    assert (process.returncode, value, mode) == (0, "42", "0o700")
    assert Path(folder).is_relative_to(handed_on)
    assert Path(handed_on).parent == tmp_path
    assert list(tmp_path.iterdir()) == []
    (line,) = said.splitlines()
    assert line.startswith("compiling the engine, at every start, as ")
    assert why in line
    assert line.endswith("; set SIMDESK_CACHE_DIR to a folder of your own …")


@on_unix
def test_without_any_private_place_nothing_is_kept(tmp_path: Path):
    """A temporary folder in which others can replace everything is as bad as none."""
    tmp_path.chmod(0o777)

    value, _, folder, said = small(SIMDESK_CACHE_DIR="/dev/null", TMPDIR=str(tmp_path))

    assert (value, str(folder)) == ("42", "None")
    assert list(tmp_path.iterdir()) == []
    assert len(said.splitlines()) == 1


class Evil:
    """Runs somebody else's code when it is unpickled."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (self.marker,)


@pytest.fixture
def trap(tmp_path: Path) -> tuple[Path, Path]:
    """Our folder as an attacker prepares it: right names, right seals, and code that leaves a marker."""
    marker, trap = tmp_path / "marker", tmp_path / "trap"
    small(SIMDESK_CACHE_DIR=str(trap))
    for file in trap.rglob("*.code"):
        file.write_bytes(compiled.sealed(pickle.dumps(Evil(marker))))
    return trap / "simdesk-compiled", marker


def given_away(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        os.chown(path, ATTACKER, ATTACKER)
        path.chmod(0o777)


@as_two_users
def test_the_trap_is_a_trap(tmp_path: Path, trap: tuple[Path, Path]):
    """In a folder of one's own the prepared code would run; so what keeps it from running below is whose it is."""
    process = started(SIMDESK_CACHE_DIR=str(tmp_path / "trap"))
    process.communicate(timeout=120)

    assert trap[1].exists()


@as_two_users
@pytest.mark.parametrize("place", ["public name", "shared folder", "link", "open folder", "loose folder of one's own"])
def test_nobody_elses_code_is_run(tmp_path: Path, trap: tuple[Path, Path], place: str):
    """Wherever another user can write before us, what they put there is not even read."""
    prepared, marker = trap
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o777 if place == "open folder" else 0o1777)
    if place == "link":
        given_away(prepared)
        (shared / "simdesk-compiled").symlink_to(prepared)
        os.chown(shared / "simdesk-compiled", ATTACKER, ATTACKER, follow_symlinks=False)
    else:
        shutil.copytree(prepared, shared / "simdesk-compiled")
        given_away(shared / "simdesk-compiled")
    if place == "loose folder of one's own":
        for folder in (shared / "simdesk-compiled", *(shared / "simdesk-compiled").iterdir()):
            os.chown(folder, 0, 0)
    cache = {"HOME": "/dev/null", "SIMDESK_CACHE_DIR": None if place == "public name" else str(shared)}

    value, _, _, _ = small(XDG_CACHE_HOME=None, TMPDIR=str(shared), **cache)

    assert value == "42"
    assert not marker.exists()
