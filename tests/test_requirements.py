"""The pinned requirements hold everything ``pyproject.toml`` asks for, by hash and from nowhere in particular."""

from __future__ import annotations

import re
import tomllib
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.support.tree import ROOT

SETS = {"runtime": ("build",), "dev": ("dev",), "bench": ("bench",)}


def described() -> dict[str, Any]:
    """Read the project's description."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def group(name: str) -> list[str]:
    """Give the requirements of a dependency group with those it includes."""
    found: list[str] = []
    for entry in described()["dependency-groups"][name]:
        found += [entry] if isinstance(entry, str) else group(entry["include-group"])
    return found


def pinned(name: str) -> dict[str, list[tuple[str, int]]]:
    """Give the pinned versions of a set with the number of hashes of each."""
    found: dict[str, list[tuple[str, int]]] = {}
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8").replace("\\\n", " ")
    for line in text.splitlines():
        match = re.match(r"([\w.-]+)==([^\s;]+)", line)
        if match:
            found.setdefault(canonicalize_name(match[1]), []).append((match[2], line.count("--hash=sha256:")))
    return found


@pytest.mark.parametrize("name", SETS)
def test_everything_asked_for_is_pinned_in_a_version_that_fits(name: str) -> None:
    versions = pinned(name)
    asked = [*described()["project"]["dependencies"], *(text for each in SETS[name] for text in group(each))]
    for text in asked:
        requirement = Requirement(text)
        found = versions.get(canonicalize_name(requirement.name), [])
        assert found, f"{requirement.name} is not in requirements/{name}.txt"
        assert all(requirement.specifier.contains(version) for version, _ in found), requirement


@pytest.mark.parametrize("name", SETS)
def test_every_package_is_checked_by_hash(name: str) -> None:
    assert all(hashes > 0 for versions in pinned(name).values() for _, hashes in versions)


def test_the_sets_agree_on_versions() -> None:
    larger = pinned("bench")
    for name in ("runtime", "dev"):
        for package, versions in pinned(name).items():
            assert {version for version, _ in versions} == {version for version, _ in larger[package]}, package


def test_building_needs_nothing_that_is_not_pinned() -> None:
    build = {canonicalize_name(Requirement(text).name) for text in described()["build-system"]["requires"]}
    assert build <= set(pinned("runtime"))
