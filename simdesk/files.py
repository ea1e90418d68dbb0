"""Files on the disk: written whole or not at all, never through a link, and none left behind. Knows no results."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import Final

import psutil

_PREFIX: Final = ".simdesk-"
_CHUNK: Final = 1 << 20


@contextmanager
def staging(folder: Path) -> Iterator[Path]:
    """A fresh folder inside another, for files that are not whole yet; it is gone afterwards, whatever happens.

    What a killed process left of its own is removed too.

    Raises:
        OSError: it cannot be made.
        PermissionError: others could exchange files in the folder while they are written.
    """
    refuse_if_others_rule(folder)
    for left in folder.glob(f"{_PREFIX}*"):
        if not _in_use(left):
            shutil.rmtree(left, ignore_errors=True)
    fresh = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=folder))
    try:
        yield fresh
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


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
        yield fresh / path.name
        if not may_replace and os.path.lexists(path) and not same_content(path, fresh / path.name):
            raise FileExistsError(f"{path} is there already, with other content; choose another name, or delete it")
        moved(fresh / path.name, path)


def moved(here: Path, there: Path) -> None:
    """Move a finished file to its place; a link that stands there is replaced, not followed."""
    os.replace(here, there)


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


def same_content(one: Path, other: Path) -> bool:
    """Whether two paths are plain files with the same content."""
    return is_plain(one) and is_plain(other) and seal_of(one) == seal_of(other)


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Let Ctrl-C and a request to end wait for some moments, so that files are exchanged together."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def refuse_if_others_rule(folder: Path) -> None:
    """Refuse a folder in which another user could put a link in the place of a file while it is written.

    Raises:
        PermissionError: it belongs to somebody else, or everybody may change what is in it.
    """
    if not hasattr(os, "getuid"):
        return
    found = folder.stat()
    stranger = found.st_uid not in (0, os.getuid())
    open_to_all = bool(found.st_mode & stat.S_IWOTH) and not found.st_mode & stat.S_ISVTX
    if stranger or open_to_all:
        why = "belongs to another user" if stranger else "can be changed by every user"
        with suppress(KeyError, ImportError):
            import pwd

            why += f" ({pwd.getpwuid(found.st_uid).pw_name})" if stranger else ""
        raise PermissionError(f"{folder} {why}")


def _in_use(left: Path) -> bool:
    """Whether the process that made a staging folder still runs."""
    number = left.name.removeprefix(_PREFIX).partition("-")[0]
    return not number.isdigit() or psutil.pid_exists(int(number))
