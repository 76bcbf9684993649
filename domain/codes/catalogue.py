"""The table of result codes and what its flags mean."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from domain.i18n import Language, language

FLAGS: Final = frozenset(
    "connected right_party conversation uncounted third_party promise completes needs_next stops_contact bad_number "
    "needs_note needs_approval effective message disputes hardship escalates".split()
)


@dataclass(frozen=True, slots=True)
class Group:
    """The first level of the cascade; ``key`` is pressed to open it."""

    id: str
    key: str
    names: Mapping[Language, str]

    @property
    def name(self) -> str:
        """The group's name in the interface language."""
        return self.names[language()]


@dataclass(frozen=True, slots=True)
class Code:
    """One result code.

    ``hold_days`` of quiet follow it; ``report`` is what ``contact.reported`` says of the number or person; ``opts_out``
    is what must not be used any more: ``number`` (the one that was rung) or a channel.
    """

    id: str
    group: str
    key: str
    names: Mapping[Language, str]
    flags: frozenset[str]
    hold_days: int = 0
    report: str | None = None
    opts_out: str | None = None

    @property
    def name(self) -> str:
        """The code's name in the interface language."""
        return self.names[language()]

    def has(self, flag: str) -> bool:
        """Tell whether a flag is set."""
        return flag in self.flags


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All groups and codes, in the order of the file.

    ``retired`` codes are offered no more; results saved with them keep their meaning.
    """

    groups: tuple[Group, ...]
    codes: tuple[Code, ...]
    retired: tuple[Code, ...] = ()
    _by_id: dict[str | None, Code] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Sort the codes by id: the queue asks for one with every attempt of every case."""
        object.__setattr__(self, "_by_id", {code.id: code for code in reversed((*self.codes, *self.retired))})

    def get(self, code_id: str | None) -> Code | None:
        """Find a code by its id; ``None`` for one this catalogue does not know."""
        return self._by_id.get(code_id)

    @property
    def ids(self) -> frozenset[str]:
        """Every id with a meaning, retired ones too."""
        return frozenset(each for each in self._by_id if each is not None)

    def of_group(self, group_id: str) -> tuple[Code, ...]:
        """Give the codes of a group."""
        return tuple(code for code in self.codes if code.group == group_id)

    def matching(self, words: str) -> tuple[Code, ...]:
        """Find codes whose id or name contains ``words``."""
        wanted = words.casefold()
        return tuple(
            code for code in self.codes if wanted in code.id or any(wanted in n.casefold() for n in code.names.values())
        )


class CodeTableError(ValueError):
    """The table of codes contradicts itself; the message says where."""


def parse(text: str) -> Catalogue:
    """Read a table of codes.

    Raises :class:`CodeTableError` for unknown flags or groups and for keys used twice in one group.
    """
    raw = tomllib.loads(text)
    groups = tuple(Group(each["id"], each["key"], dict(each["name"])) for each in raw["group"])
    codes = tuple(_code(each) for each in raw["code"])
    names = {group.id for group in groups}
    taken: set[tuple[str, str]] = set()
    for code in codes:
        if code.group not in names:
            raise CodeTableError(f"code {code.id}: no group {code.group}")
        if unknown := code.flags - FLAGS:
            raise CodeTableError(f"code {code.id}: unknown flags {', '.join(sorted(unknown))}")
        if (code.group, code.key) in taken:
            raise CodeTableError(f"code {code.id}: key {code.key} is taken in group {code.group}")
        taken.add((code.group, code.key))
    return Catalogue(groups, codes)


def _code(raw: Mapping[str, Any]) -> Code:
    return Code(
        raw["id"],
        raw["group"],
        raw["key"],
        dict(raw["name"]),
        frozenset(raw["flags"]),
        raw.get("hold_days", 0),
        raw.get("report"),
        raw.get("opts_out"),
    )


@functools.cache
def catalogue() -> Catalogue:
    """Give the shipped table."""
    return parse((Path(__file__).parent / "codes.toml").read_text("utf-8"))
