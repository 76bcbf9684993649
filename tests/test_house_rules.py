"""Rules of the house that a reader would otherwise have to check: names, sizes, who may import what, no addresses."""

from __future__ import annotations

import ast
import functools
import re
from pathlib import Path

import pytest

from tests.support.tree import PACKAGES, ROOT, sources, tracked_files

LONGEST = 400
LONGER_WITH_REASON = {
    "tests/data/sync/test_sync_machine.py": "one state machine, its faults and its comparisons",
    "tests/domain/gate/test_edges.py": "a table of edges of the calendar",
}
MAY_SLEEP = {
    "data/store/lock.py": "no system tells a waiting process that a file lock is free",
}
EMPTY_NAMES = re.compile(r"util|helper|manager|misc|common|stuff", re.IGNORECASE)
REGISTRIES = re.compile(
    "|".join(
        [r"pypi\.(?:org|python\.org)", r"python" + "hosted", r"--(?:extra-)?index" + r"-url[ =]", r"anaconda\.org"]
    )
)
MACHINE_PATHS = re.compile(
    "|".join(["(?<![\\w.])/(?:root|work|opt)/" + r"\w", r"(?<![\w.])/home/(?!user\b)\w+", r"\b[A-Z]:\\Users" + r"\\\w"])
)


def test_files_are_not_longer_than_a_reader_can_hold() -> None:
    files = sources(*PACKAGES, "tests", "benchmarks")
    lengths = {file.relative_to(ROOT).as_posix(): file.read_text(encoding="utf-8").count("\n") for file in files}
    too_long = {name: length for name, length in lengths.items() if length > LONGEST}
    assert set(too_long) <= set(LONGER_WITH_REASON), too_long
    still_there = {name for name in LONGER_WITH_REASON if name in lengths}
    assert still_there <= set(too_long), "a file of the list is short now: take it off"


def test_every_file_says_what_it_is_for() -> None:
    for file in sources(*PACKAGES):
        said = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8")))
        assert said, file
        assert said.splitlines()[0].endswith("."), file


def test_no_module_has_a_name_that_says_nothing() -> None:
    named = [path for folder in PACKAGES for path in (ROOT / folder).rglob("*") if "__pycache__" not in path.parts]
    assert [path for path in named if EMPTY_NAMES.search(path.stem)] == []


@functools.cache
def imported(file: Path) -> frozenset[str]:
    """Name every module a file imports, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module)
    return frozenset(names)


@pytest.mark.parametrize(
    ("library", "allowed"),
    [
        ("httpx", ["data/http.py"]),
        ("tinydb", ["data"]),
        ("apsw", ["data/store"]),
        ("keyring", ["data/store"]),
        ("sqlalchemy", ["server"]),
        ("starlette", ["server"]),
        ("uvicorn", ["server", "tui"]),
        ("phonenumbers", ["domain/phones"]),
        ("holidays", ["domain"]),
        ("pypinyin", ["domain/pinyin.py"]),
        ("dateutil", ["domain"]),
        ("python_calamine", ["server/imports"]),
    ],
)
def test_a_library_is_known_in_one_place(library: str, allowed: list[str]) -> None:
    users = [
        file.relative_to(ROOT).as_posix()
        for file in sources(*PACKAGES)
        if any(name.split(".")[0] == library for name in imported(file))
    ]
    assert users, f"nobody imports {library} any more: take it off the list and out of pyproject.toml"
    assert [user for user in users if not user.startswith(tuple(allowed))] == []


def test_nothing_waits_by_the_clock_for_what_could_be_told() -> None:
    sleeping = set()
    for file in sources("data", "screens", "domain", "tui"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "time.sleep":
                sleeping.add(file.relative_to(ROOT).as_posix())
    assert sleeping == set(MAY_SLEEP)


def test_nothing_names_a_package_registry_or_a_folder_of_one_machine() -> None:
    found = []
    for file in tracked_files():
        if file.suffix in {".mo", ".svg", ".xls", ".xlsx", ".png"}:
            continue
        try:
            text = file.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(text.splitlines(), 1):
            said = line.replace("--no-emit-index" + "-url", "")
            if REGISTRIES.search(said) or MACHINE_PATHS.search(said):
                found.append(f"{file.relative_to(ROOT)}:{number}: {line.strip()[:100]}")
    assert found == []


def test_the_rule_about_addresses_can_fail() -> None:
    assert REGISTRIES.search("pip install --index" + "-url https://mirror.example/simple")
    assert REGISTRIES.search("https://py" + "pi.org/simple")
    assert MACHINE_PATHS.search('open("/home/' + 'zoe/ledger.csv")')
    assert not MACHINE_PATHS.search("see docs/home/page or /usr/bin/env")


def test_no_lock_file_of_a_resolver_is_committed() -> None:
    names = {file.name for file in tracked_files()}
    assert names.isdisjoint({"uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock"})
