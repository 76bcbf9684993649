"""The decorator that compiles late beside the standard one: whatever can be seen of a class is the same."""

from __future__ import annotations

import copy
import dataclasses
import pickle
import subprocess
import sys
from dataclasses import field
from typing import Any

import msgspec
import pytest

from domain import records
from server import typed


@records.dataclass(frozen=True, slots=True)
class Parts:
    """A class as they are used: defaults, a factory, a field nobody prints and one nobody compares."""

    name: str = field(repr=False)
    amount: int = 0
    tags: list[str] = field(default_factory=list)
    seen: int = field(default=0, compare=False)


@records.dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """A base that is given by keyword."""

    id: str
    severity: str = "block"


@records.dataclass(frozen=True, slots=True, kw_only=True)
class Derived(Base):
    """One more field."""

    hours: tuple[int, ...] = ()


@records.dataclass(frozen=True, slots=True)
class Checked:
    """A class with a condition and one single field."""

    amount: int

    def __post_init__(self) -> None:
        if self.amount < 0:
            raise ValueError("below zero")


@dataclasses.dataclass(frozen=True, slots=True)
class Standard:
    """The same fields as :class:`Parts`, made by the standard decorator."""

    name: str = field(repr=False)
    amount: int = 0
    tags: list[str] = field(default_factory=list)
    seen: int = field(default=0, compare=False)


ARGUMENTS: list[tuple[tuple[Any, ...], dict[str, Any]]] = [
    (("a",), {}),
    (("a", 2), {}),
    (("a",), {"amount": 3, "tags": ["x"]}),
    (("a", 1, ["y"], 9), {}),
    ((), {}),
    (("a", 1, [], 2, 3), {}),
    (("a",), {"wrong": 1}),
]


@pytest.mark.parametrize(("given", "named"), ARGUMENTS)
def test_what_is_made_reads_as_the_standard_one(given: tuple[Any, ...], named: dict[str, Any]) -> None:
    def outcome(kind: Any) -> object:
        try:
            made = kind(*given, **named)
        except TypeError:
            return TypeError
        return dataclasses.asdict(made), repr(made).partition("(")[2]

    assert outcome(Parts) == outcome(Standard)


def test_equality_looks_at_compared_fields_and_the_class() -> None:
    assert Parts("a", seen=1) == Parts("a", seen=2)
    assert Parts("a") != Parts("b")
    other: object = Standard("a")
    assert Parts("a") != other
    assert hash(Derived(id="1")) == hash(Derived(id="1"))
    assert len({Checked(1), Checked(1), Checked(2)}) == 2


def test_nothing_can_be_set_or_deleted() -> None:
    parts = Parts("a")
    with pytest.raises(dataclasses.FrozenInstanceError):
        parts.name = "b"  # type: ignore[misc]  # that is the point
    with pytest.raises(dataclasses.FrozenInstanceError):
        del parts.amount
    assert not hasattr(parts, "__dict__")


def test_replace_copies_and_pickles() -> None:
    parts = Parts("a", 1, ["x"], 7)
    changed = dataclasses.replace(parts, amount=2)
    assert (changed.amount, changed.tags, changed.seen) == (2, ["x"], 7)
    for twin in (copy.copy(parts), copy.deepcopy(parts), pickle.loads(pickle.dumps(parts))):
        assert twin == parts
        assert twin.seen == 7


def test_a_derived_class_takes_the_fields_of_its_base() -> None:
    derived = Derived(id="1", hours=(8, 9))
    assert repr(derived) == "Derived(id='1', severity='block', hours=(8, 9))"
    with pytest.raises(TypeError):
        Derived("1")  # type: ignore[call-arg]  # by keyword only


def test_conditions_are_checked() -> None:
    with pytest.raises(ValueError, match="below zero"):
        Checked(-1)


def test_factories_give_each_instance_its_own() -> None:
    first, second = Parts("a"), Parts("b")
    first.tags.append("x")
    assert second.tags == []


def test_json_is_decoded_into_it() -> None:
    assert typed.decode(b'{"name": "a", "amount": 5}', Parts) == Parts("a", 5)
    with pytest.raises(msgspec.ValidationError):
        typed.decode(b'{"name": "a", "amount": "5"}', Parts)


def test_other_kinds_are_refused() -> None:
    with pytest.raises(TypeError, match="frozen, slotted"):
        records.dataclass(frozen=True)

    @records.dataclass(frozen=True, slots=True)
    class Half:
        given: int
        made: int = field(init=False, default=0)

    with pytest.raises(TypeError, match="standard decorator"):
        Half(1)


def test_nothing_is_compiled_before_the_first_instance() -> None:
    code = (
        "import builtins\n"
        "from domain.records import dataclass\n"
        "ran = []; real = builtins.exec\n"
        "builtins.exec = lambda *given: (ran.append(1), real(*given))[1]\n"
        "@dataclass(frozen=True, slots=True)\n"
        "class Late:\n    amount: int = 0\n"
        "before = len(ran); Late(); Late(); print(before, len(ran))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["0", "1"]
