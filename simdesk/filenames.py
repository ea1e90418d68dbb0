"""Names that a file can have: what is wrong with one, before somebody waits for what cannot be written there."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path
from typing import Final

MOST_BYTES: Final = 255
"""Of one name, as nearly every file system has it (NAME_MAX); characters on Windows."""
_MOST_OF_A_PATH: Final = 4095 - MOST_BYTES
"""Of a whole path (PATH_MAX), with room for a file in a folder."""
_SHOWN: Final = 40


def fault_of(path: Path, spare: int = 0) -> str:
    """What is wrong with a path, with the remedy; empty if a file can have it.

    Args:
        path: of a file or a folder.
        spare: bytes that will be added to its name for files beside it.
    """
    for name in path.parts:
        if any(unicodedata.category(character) == "Cc" for character in name):
            return f"the name {_quoted(name)} contains a line break or another control character; choose another"
        if not _is_unicode(name):
            return f"the name {_quoted(name)} is not UTF-8; rename it, or choose another"
        if (size := _bytes(name)) > (most := MOST_BYTES - spare):
            return f"the name {_quoted(name)} has {size:,} bytes, and {most} is the most; choose a shorter one"
    if (size := _bytes(os.path.abspath(path))) > _MOST_OF_A_PATH:
        return f"the whole path has {size:,} bytes, and {_MOST_OF_A_PATH:,} is the most; choose a shorter one"
    return ""


def shortened(name: str, room: int) -> str:
    """A name cut to so many bytes, between two characters."""
    while _bytes(name) > room:
        name = name[:-1]
    return name


def _bytes(name: str) -> int:
    return len(name) if os.name == "nt" else len(os.fsencode(name))


def _is_unicode(name: str) -> bool:
    """Whether a name came from UTF-8; Python shows other bytes as lone surrogates, which cannot be written."""
    return not any(unicodedata.category(character) == "Cs" for character in name)


def _quoted(name: str) -> str:
    short = name if len(name) <= _SHOWN else f"{name[:_SHOWN]}…"
    return ascii(short) if not _is_unicode(short) else repr(short)
