"""What importing a package brings along, asked of a fresh interpreter: the linter sees the words, this sees the facts."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.support.tree import PACKAGES, ROOT

PROBE = """
import importlib, json, pkgutil, sys
sys.path.insert(0, {root!r})
before = set(sys.modules)
for name in {names!r}:
    package = importlib.import_module(name)
    if {whole!r}:
        for found in pkgutil.walk_packages(package.__path__, name + "."):
            if not found.name.endswith("migrations.env"):  # it runs a migration when it is imported
                importlib.import_module(found.name)
print(json.dumps(sorted({{name.split(".")[0] for name in set(sys.modules) - before}})))
"""
NETWORK = {"httpx", "httpcore", "uvicorn", "starlette"}
STORES = {"apsw", "tinydb", "sqlalchemy", "alembic"}
SCREENS = {"textual", "rich"}


def brought_along(*names: str, whole: bool) -> set[str]:
    """Import modules, ``whole`` with everything below them, and name what came with them."""
    code = PROBE.format(root=str(ROOT), names=names, whole=whole)
    done = subprocess.run(
        [sys.executable, "-I", "-c", code], capture_output=True, check=True, encoding="utf-8", timeout=120
    )
    return {name for name in json.loads(done.stdout) if name not in sys.stdlib_module_names and name[0] != "_"}


@pytest.mark.parametrize(
    ("package", "strangers"),
    [
        ("domain", {*PACKAGES} - {"domain"} | NETWORK | STORES | SCREENS | {"msgspec", "keyring", "argon2"}),
        ("screens", {"tui", "data", "server"} | NETWORK | STORES | {"msgspec", "keyring", "argon2"}),
        ("data", {"tui", "screens", "server"} | SCREENS | {"sqlalchemy", "alembic", "starlette", "uvicorn"}),
        ("server", {"tui", "screens", "data"} | SCREENS | {"httpx", "tinydb", "apsw", "keyring"}),
    ],
)
def test_a_package_brings_no_stranger_along(package: str, strangers: set[str]) -> None:
    assert brought_along(package, whole=True) & strangers == set()


def test_the_domain_brings_only_what_it_may() -> None:
    assert brought_along("domain", whole=True) <= {"domain", "dateutil", "six", "phonenumbers", "holidays"}


def test_the_domain_reads_numbers_and_holidays_only_when_asked() -> None:
    assert brought_along("domain", whole=True) & {"phonenumbers", "holidays"} == set()


def test_starting_the_program_loads_nothing_heavy() -> None:
    loaded = brought_along("tui.main", whole=False)
    assert (
        loaded & (NETWORK | STORES | SCREENS | {"data", "phonenumbers", "holidays", "msgspec", "keyring"})
        == {"data"} & loaded
    )


def test_the_first_screen_waits_for_no_network_store_or_numbering_plan() -> None:
    loaded = brought_along("tui.app", whole=False)
    assert loaded & (NETWORK | STORES | {"data", "server", "phonenumbers", "holidays", "msgspec", "keyring"}) == set()


def test_the_probe_can_fail() -> None:
    assert {"data", "apsw"} <= brought_along("data.store", whole=False)
