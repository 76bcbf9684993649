"""``docs/invariants.md``: each of the fifteen sentences is held by tests that exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROWS = dict(
    re.findall(
        r"^\| (\d+) \| [^|]+ \| ([^|]+) \|$",
        (ROOT / "docs" / "invariants.md").read_text(encoding="utf-8"),
        re.MULTILINE,
    )
)


def named_in(file: Path) -> set[str]:
    """Name the tests of a file; a machine of states counts as one."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    found = {
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and node.name.startswith(("test_", "Test"))
    }
    assigned = [target for node in tree.body if isinstance(node, ast.Assign) for target in node.targets]
    return found | {target.id for target in assigned if isinstance(target, ast.Name) and target.id.startswith("Test")}


def test_there_are_fifteen() -> None:
    assert list(ROWS) == [str(number) for number in range(1, 16)]


@pytest.mark.parametrize("number", [str(number) for number in range(1, 16)])
def test_each_is_held_by_tests_that_exist(number: str) -> None:
    named = re.findall(r"`([^`]+)`", ROWS[number])
    assert named
    for each in named:
        name, _, test = each.partition("::")
        file = ROOT / name
        assert file.is_file(), each
        found = named_in(file)
        assert found, f"{name} has no tests"
        assert not test or test in found, each
