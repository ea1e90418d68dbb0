"""Files on the disk: written whole or not at all, never through a link, and none left behind. Knows no results.

A folder may be shared, and whoever can write into it can exchange what is there at any instant. So a folder is opened
once, and everything afterwards goes by its descriptor and not by its name, where a system allows that.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

_NAME: Final = re.compile(r"\.simdesk-[0-9a-f]{16}")
_CHUNK: Final = 1 << 20
_DESCRIPTORS: Final = Path("/proc/self/fd")
"""Where a system shows open folders as folders."""
_BY_DESCRIPTOR: Final = os.replace in os.supports_dir_fd or os.rename in os.supports_dir_fd


@dataclass(frozen=True, slots=True)
class Staging:
    """A fresh private folder inside another, for files that are not whole yet.

    Attributes:
        path: where to write them.
        folder: where they belong.
        here, there: descriptors of both; −1 where a system has none for folders.
    """

    path: Path
    folder: Path
    here: int
    there: int

    def put(self, name: str) -> None:
        """Move a finished file to its place; a link that stands there is replaced, not followed."""
        if self.there < 0:
            os.replace(self.path / name, self.folder / name)
        else:
            os.replace(name, name, src_dir_fd=self.here, dst_dir_fd=self.there)

    def remove(self, name: str) -> None:
        """Remove a file from its place, if it is there."""
        with suppress(FileNotFoundError):
            if self.there < 0:
                os.unlink(self.folder / name)
            else:
                os.unlink(name, dir_fd=self.there)


@contextmanager
def staging(folder: Path) -> Iterator[Staging]:
    """A place for files that belong into a folder; it is gone afterwards, whatever happens.

    What a killed process of this user left of its own is removed too.

    Raises:
        OSError: it cannot be made.
    """
    name = f".simdesk-{os.urandom(8).hex()}"
    if not _BY_DESCRIPTOR:
        (folder / name).mkdir(0o700)
        try:
            yield Staging(folder / name, folder, -1, -1)
        finally:
            _emptied(folder / name)
        return
    there = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        _clear_up(there)
        here = _made(name, there)
        try:
            path = _DESCRIPTORS / str(here)
            yield Staging(path if path.is_dir() else folder / name, folder, here, there)
        finally:
            _remove(name, here, there)
            os.close(here)
    finally:
        os.close(there)


def _made(name: str, there: int) -> int:
    """A fresh folder that this process holds; its descriptor.

    Raises:
        OSError: somebody else changes the folder above at the same time.
    """
    os.mkdir(name, 0o700, dir_fd=there)
    here = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=there)
    try:
        _lock(here)
        found, named = os.fstat(here), os.stat(name, dir_fd=there, follow_symlinks=False)
        private = found.st_uid == os.geteuid() and not stat.S_IMODE(found.st_mode) & 0o077
        if not private or found.st_ino != named.st_ino:
            raise PermissionError(None, "somebody else changes it at the same time")
    except OSError:
        os.close(here)
        raise
    return here


@contextmanager
def whole(path: Path, *, may_replace: bool = False) -> Iterator[Path]:
    """A place to write a file to, which becomes `path` when everything went well, and is gone otherwise.

    Args:
        path: where it shall stand.
        may_replace: whether another file may stand there now; one with the same content always may.

    Raises:
        FileExistsError: another file stands there and must not be replaced.
    """
    with staging(path.parent) as fresh:
        yield fresh.path / path.name
        if not may_replace and os.path.lexists(path) and not _same_content(path, fresh.path / path.name):
            raise FileExistsError(f"{path} is there already, with other content; choose another name, or delete it")
        fresh.put(path.name)


def seal_of(path: Path) -> str:
    """SHA-256 of a file's content."""
    seal = sha256()
    with path.open("rb") as file:
        while part := file.read(_CHUNK):
            seal.update(part)
    return seal.hexdigest()


def is_plain(path: Path) -> bool:
    """Whether a path is a file, and neither a link nor anything else."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False


def _same_content(one: Path, other: Path) -> bool:
    return is_plain(one) and is_plain(other) and seal_of(one) == seal_of(other)


def _clear_up(there: int) -> None:
    """Remove staging folders of this user that no process holds any more."""
    for name in os.listdir(there):
        if not _NAME.fullmatch(name):
            continue
        with suppress(OSError):  # somebody else's, or in use
            left = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=there)
            try:
                if os.fstat(left).st_uid == os.geteuid():
                    _lock(left)
                    _remove(name, left, there)
            finally:
                os.close(left)


def _lock(folder: int) -> None:
    """Hold a staging folder for as long as this process has it open.

    Raises:
        OSError: another process holds it.
    """
    import fcntl

    fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _remove(name: str, here: int, there: int) -> None:
    for file in os.listdir(here):
        with suppress(OSError):
            os.unlink(file, dir_fd=here)
    with suppress(OSError):  # somebody has moved it
        os.rmdir(name, dir_fd=there)


def _emptied(folder: Path) -> None:
    for file in folder.iterdir():
        file.unlink(missing_ok=True)
    folder.rmdir()
