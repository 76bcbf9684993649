"""Decoding into types: through one place, by any number of threads at once."""

from __future__ import annotations

import ast
import subprocess
import sys
import typing
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Generic, Literal, TypeVar

import msgspec
import pytest

from server import typed
from tests.support.tree import PACKAGES, ROOT, sources

T = TypeVar("T")

BUILDS = {"msgspec.convert": None, "msgspec.json.decode": 1, "msgspec.json.Decoder": 0}
"""What may build a type, and with how many arguments it builds none; ``convert`` always does."""

OTHER_FORMATS = ("msgspec.msgpack", "msgspec.yaml", "msgspec.toml")

ALL_AT_ONCE = """
import sys, threading
sys.path.insert(0, {root!r})
import msgspec
from data import typed as laptop
from server import typed
from domain.case.model import Case, Moment
from domain.facts import PAYLOADS
from domain.notices import Notice
from domain.policy import Policy
from domain.supervision import AgentProfile, Board, ReviewPage, Simulation, VersionList
from domain.wire import ChangesPage, PushAnswer
from server.facts.envelope import Envelope
shapes = [Case, Policy, ReviewPage, PushAnswer, ChangesPage, Envelope, Board, AgentProfile, Notice, Simulation, list[Moment]]
shapes += [VersionList, *PAYLOADS.values()]
sys.setswitchinterval(0.0003)
together = threading.Barrier(4)
wrong = []
def use(typed):
    for shape in shapes:
        together.wait()
        for _ in range(20):
            try:
                typed.convert([{{"?": 1}}] if shape == list[Moment] else {{"?": 1}}, shape)
            except msgspec.ValidationError:
                pass
            except Exception as error:
                wrong.append(error)
threads = [threading.Thread(target=use, args=[place]) for place in (typed, laptop, typed, laptop)]
for each in threads: each.start()
for each in threads: each.join()
sys.exit(repr(wrong[0]) if wrong else 0)
"""

IMPORTS_WHILE_BUILDING = """
import importlib, pkgutil, sys
sys.path.insert(0, {root!r})
from server import typed
from dataclasses import is_dataclass
from msgspec import json
for name in ("domain", "server", "data"):
    for found in pkgutil.walk_packages(importlib.import_module(name).__path__, name + "."):
        if not found.name.endswith("migrations.env"):  # it runs a migration when it is imported
            importlib.import_module(found.name)
shapes = {{each for name, module in [*sys.modules.items()] if name.split(".")[0] in ("domain", "server", "data")
           for each in vars(module).values() if isinstance(each, type) and is_dataclass(each)}}
seen = []
sys.addaudithook(lambda event, values: seen.append(values[0]) if event == "import" else None)
made = 0
for shape in shapes:
    try:
        typed.convert(None, shape)
    except (TypeError, NameError):
        continue  # nothing anybody decodes into: it holds functions, connections and the like
    except ValueError:
        made += 1
print(made, *seen)
"""


def run(code: str) -> subprocess.CompletedProcess[str]:
    """Run a program of these in an interpreter of its own."""
    wanted = [sys.executable, "-I", "-c", code.format(root=str(ROOT))]
    return subprocess.run(wanted, capture_output=True, encoding="utf-8", timeout=120)


def test_two_requests_at_once_right_after_the_start_do_not_end_the_process() -> None:
    done = run(ALL_AT_ONCE)
    assert (done.returncode, done.stderr) == (0, "")


def test_no_module_is_imported_while_a_type_is_made_ready() -> None:
    done = run(IMPORTS_WHILE_BUILDING)
    assert done.returncode == 0, done.stderr
    made, *imported = done.stdout.split()
    assert int(made) > 100
    assert imported == []


def direct(code: str) -> list[str]:
    """Name what decodes into a type without asking whether it is ready."""
    tree = ast.parse(code)
    calls = {id(node.func): node for node in ast.walk(tree) if isinstance(node, ast.Call)}
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [
                f"import of {each.name}" for each in node.names if each.name.startswith("msgspec") and each.asname
            ]
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "msgspec":
            found += [f"import of {each.name}" for each in node.names]
        elif isinstance(node, ast.Attribute):
            name, call = ast.unparse(node), calls.get(id(node))
            harmless = call is not None and not call.keywords and len(call.args) == BUILDS.get(name)
            if (name in BUILDS and not harmless) or name.startswith(OTHER_FORMATS):
                found.append(name)
    return found


def at_import(tree: ast.AST) -> list[str]:
    """Name what a module decodes into types when it is imported."""
    if isinstance(tree, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        return []
    found = [ast.unparse(tree)] if isinstance(tree, ast.Attribute) and ast.unparse(tree).startswith("typed.") else []
    return found + [name for child in ast.iter_child_nodes(tree) for name in at_import(child)]


def found_in_sources(word: str, rule: Callable[[str], list[str]]) -> dict[str, list[str]]:
    """Apply a rule to every file with a word in it, but to the place that decodes."""
    files = [file for file in sources(*PACKAGES, "tests", "benchmarks") if file.name != "typed.py"]
    texts = {file.relative_to(ROOT).as_posix(): file.read_text(encoding="utf-8") for file in files}
    asked = {name: text for name, text in texts.items() if word in text}
    assert asked, f"nobody says {word} any more"
    return {name: found for name, text in asked.items() if (found := rule(text))}


def test_nobody_else_decodes_into_a_type() -> None:
    assert found_in_sources("msgspec", direct) == {}


def test_nobody_decodes_while_modules_are_imported() -> None:
    assert found_in_sources("typed.", lambda code: at_import(ast.parse(code))) == {}


@pytest.mark.parametrize(
    "code",
    [
        "msgspec.convert(tree, Case)",
        "msgspec.json.decode(raw, type=Case)",
        "msgspec.json.Decoder(Case)",
        "read = msgspec.json.decode",
        "from msgspec import convert",
        "from msgspec.json import Decoder",
        "import msgspec as m",
        "msgspec.msgpack.decode(raw, type=Case)",
    ],
)
def test_the_rule_finds_every_way_around_it(code: str) -> None:
    assert direct(code)


def test_the_rule_lets_pass_what_builds_no_type() -> None:
    code = "import msgspec\nmsgspec.json.decode(raw)\nmsgspec.json.Decoder()\nmsgspec.json.encode(case)\n"
    assert direct(code) == []
    assert at_import(ast.parse("def read(raw):\n    return typed.decode(raw, Case)\n")) == []
    assert at_import(ast.parse("POLICY = typed.decode(raw, Policy)\n")) == ["typed.decode"]


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """A type with a parameter."""

    items: list[T]


@dataclass(frozen=True, slots=True)
class Unbuildable:
    """A type msgspec cannot decode into."""

    both: Page[int] | list[int] | set[int]


def another() -> str:
    """Decode into another type in the middle of an annotation."""
    return typed.decode(b'{"items": ["a"]}', Page[Literal["a"]]).items[0]


@dataclass(frozen=True, slots=True)
class Impatient:
    """A type whose annotation decodes."""

    name: Annotated[str, another()]


def test_a_parametrised_type_stays_ready_when_its_twin_is_made() -> None:
    assert typed.decode(b'{"items": [1]}', Page[int]) == Page([1])
    for forget in typing._cleanups:  # type: ignore[attr-defined]  # what typing does when it remembers too many
        forget()
    twin: Any = Page[int]
    assert typed.convert({"items": [2]}, twin) == Page([2])
    assert "__msgspec_cache__" not in vars(twin), "the twin was built, without the lock"


def test_a_type_that_cannot_be_built_says_so_every_time_and_holds_up_nobody() -> None:
    for _ in range(2):
        with pytest.raises(TypeError, match="more than one array-like"):
            typed.convert({"both": []}, Unbuildable)
    assert typed.convert({"items": ["a"]}, Page[str]) == Page(["a"])


def test_a_type_used_in_the_middle_of_another_is_refused_and_neither_waits_for_ever() -> None:
    with pytest.raises(RuntimeError, match="same thread"):
        typed.decode(b'{"name": "a"}', Impatient)


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError):
        typed.convert({"items": ["a"]}, Page[int])
    with pytest.raises(msgspec.DecodeError):
        typed.decode(b"{", Page[int])
