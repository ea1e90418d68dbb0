"""What simdesk is built from: every dependency is bounded, locked and sealed, and none has a licence that spreads."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
NEEDED = [Requirement(text) for text in PROJECT["project"]["dependencies"]]
OPTIONAL = [Requirement(text) for extra in PROJECT["project"]["optional-dependencies"].values() for text in extra]
LOCK = (ROOT / "constraints.txt").read_text("utf-8")
SEALED = (ROOT / ".ci" / "requirements.lock").read_text("utf-8")


def pinned(text: str) -> dict[str, set[str]]:
    """Versions of each package that a lock file allows."""
    found: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", text, re.MULTILINE):
        found.setdefault(canonicalize_name(name), set()).add(version)
    return found


@pytest.mark.parametrize("requirement", [*NEEDED, *OPTIONAL], ids=str)
def test_a_dependency_has_a_range_in_which_the_locked_version_lies(requirement: Requirement):
    """Below and above; what was not tested is not promised."""
    signs = {sign.operator for sign in requirement.specifier}
    locked = pinned(LOCK)[canonicalize_name(requirement.name)]

    assert signs == {">=", "<"}
    assert all(requirement.specifier.contains(version) for version in locked)


def test_every_package_that_is_needed_is_sealed_in_the_version_that_is_locked():
    """Each with hashes; and neither file names where packages come from."""
    sealed, locked = pinned(SEALED), pinned(LOCK)

    assert {canonicalize_name(requirement.name) for requirement in NEEDED} <= sealed.keys()
    assert {name: versions for name, versions in locked.items() if name in sealed} == sealed
    assert all("--hash=sha256:" in entry for entry in re.split(r"\n(?=\S)", SEALED.strip()))
    assert "://" not in SEALED + LOCK


def test_what_builds_the_package_is_locked():
    requirements = [Requirement(text) for text in PROJECT["build-system"]["requires"]]

    assert all([sign.operator for sign in requirement.specifier] == ["=="] for requirement in requirements)


def needed(name: str, seen: set[str]) -> set[str]:
    """A package and all that it needs, here."""
    name = canonicalize_name(name)
    if name not in seen:
        seen.add(name)
        for text in distribution(name).requires or []:
            requirement = Requirement(text)
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                needed(requirement.name, seen)
    return seen


def test_no_package_that_is_needed_has_a_licence_that_spreads():
    """The GNU licences ask of the whole what simdesk does not ask."""
    names: set[str] = set()
    for requirement in NEEDED:
        needed(requirement.name, names)

    spreading = {}
    for name in names:
        told = distribution(name).metadata
        words = [*(told.get_all("Classifier") or []), told.get("License-Expression") or ""]
        if any(re.search(r"\b[AL]?GPL|GNU", word) for word in words):
            spreading[name] = words

    assert len(names) > len(NEEDED)
    assert spreading == {}
