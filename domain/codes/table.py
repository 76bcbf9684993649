"""The result codes a house has chosen: a table in its policy, checked so that no edit takes a protection away."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final, cast

from domain.codes.catalogue import FLAGS, Catalogue, Code, Group, catalogue
from domain.i18n import LANGUAGES, Language, tr
from domain.records import dataclass
from domain.text import clean_line

INDISPENSABLE: Final = frozenset(
    "no_answer promise plan call_back dispute hardship cease wants_supervisor third_party not_verified".split()
)
"""Codes that keys of the call screen save; they may be renamed and moved, never taken away."""

STOPS: Final = frozenset({"represented", "deceased", "insolvency", "third_party_refused"})
BAD_NUMBERS: Final = frozenset({"disconnected", "wrong_number", "wrong_party"})

_MAY_BE_ADDED: Final = frozenset({"needs_note", "needs_approval"})
_RESERVED: Final = frozenset({"uncounted", "promise", "needs_next"})
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
_LONGEST_NAME: Final = 40
_LONGEST_HOLD: Final = 365
_MOST_CODES: Final = 200


@dataclass(frozen=True, slots=True)
class Names:
    """A name in both languages."""

    en: str = ""
    zh: str = ""


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A group of the cascade; ``key`` is a digit."""

    id: str
    key: str
    name: Names


@dataclass(frozen=True, slots=True)
class CodeRow:
    """A result code. A ``retired`` one is offered no more and still understood where it was used."""

    id: str
    group: str
    key: str
    name: Names
    flags: tuple[str, ...] = ()
    hold_days: int = 0
    report: str | None = None
    opts_out: str | None = None
    retired: bool = False


@dataclass(frozen=True, slots=True)
class CodeTable:
    """All groups and codes of a house, in the order they are shown."""

    groups: tuple[GroupRow, ...]
    codes: tuple[CodeRow, ...]


def shipped_table() -> CodeTable:
    """Give the shipped codes as a table to begin editing with."""
    shipped = catalogue()
    return CodeTable(
        tuple(GroupRow(each.id, each.key, Names(each.names["en"], each.names["zh"])) for each in shipped.groups),
        tuple(
            CodeRow(
                each.id,
                each.group,
                each.key,
                Names(each.names["en"], each.names["zh"]),
                tuple(sorted(each.flags)),
                each.hold_days,
                each.report,
                each.opts_out,
            )
            for each in shipped.codes
        ),
    )


def catalogue_of(table: CodeTable | None) -> Catalogue:
    """Give the codes to work with: the table's, and behind them every shipped one, so that old results keep their meaning.

    A table that does not pass :func:`problems` is not used at all.
    """
    known = _last[0] if _last else None
    if known is not None and (known[0] is table or known[0] == table):
        return known[1]
    made = catalogue() if table is None or any(True for _ in problems(table)) else _build(table)
    _last[:] = [(table, made)]
    return made


_last: list[tuple[CodeTable | None, Catalogue]] = []
"""The table asked for last: the queue asks for the same one with every attempt of every case."""


def _build(table: CodeTable) -> Catalogue:
    groups = tuple(Group(each.id, each.key, _names(each.name)) for each in table.groups)
    codes = tuple(
        Code(
            each.id,
            each.group,
            each.key,
            _names(each.name),
            frozenset(each.flags),
            each.hold_days,
            each.report,
            each.opts_out,
        )
        for each in table.codes
    )
    offered = {each.id for each in table.codes if not each.retired}
    mine = {code.id for code in codes}
    old = tuple(code for code in codes if code.id not in offered)
    old += tuple(code for code in catalogue().codes if code.id not in mine)
    return Catalogue(groups, tuple(code for code in codes if code.id in offered), old)


def _names(names: Names) -> dict[Language, str]:
    return {"en": names.en, "zh": names.zh}


def problems(table: CodeTable, before: CodeTable | None = None) -> Iterator[str]:
    """Say everything that is wrong with a table, as sentences. ``before`` is the one it replaces."""
    if not table.groups or len(table.codes) > _MOST_CODES:
        yield tr("A table has a group at least and 200 codes at most.")
    yield from _groups(table.groups)
    yield from _codes(table)
    ids = {each.id for each in table.codes}
    offered = {each.id for each in table.codes if not each.retired}
    for missing in sorted(INDISPENSABLE - offered):
        yield tr("Code {code}: keys of the call screen need it; rename or move it instead.").format(code=missing)
    for each in before.codes if before else ():
        if each.id not in ids and catalogue().get(each.id) is None:
            yield tr("Code {code}: results were saved with it; retire it instead.").format(code=each.id)


def _groups(groups: Iterable[GroupRow]) -> Iterator[str]:
    ids: set[str] = set()
    keys: set[str] = set()
    for each in groups:
        where = tr("Group {id}").format(id=each.id)
        if not _NAME.fullmatch(each.id) or each.id in ids:
            yield tr("{where}: the id is taken or not made of small letters, digits and _.").format(where=where)
        if each.key not in "123456789" or len(each.key) != 1 or each.key in keys:
            yield tr("{where}: the key must be a digit from 1 to 9 that no other group has.").format(where=where)
        if not _named(each.name):
            yield tr("{where}: it needs a short name in English and in Chinese.").format(where=where)
        ids.add(each.id)
        keys.add(each.key)


def _codes(table: CodeTable) -> Iterator[str]:
    groups = {each.id for each in table.groups}
    ids: set[str] = set()
    keys: set[tuple[str, str]] = set()
    for each in table.codes:
        where = tr("Code {code}").format(code=each.id)
        place = (each.group, each.key)
        if not _NAME.fullmatch(each.id) or each.id in ids:
            yield tr("{where}: the id is taken or not made of small letters, digits and _.").format(where=where)
        if each.group not in groups:
            yield tr("{where}: there is no group {group}.").format(where=where, group=each.group)
        if not each.retired and (not re.fullmatch("[0-9a-z]", each.key) or place in keys):
            yield tr("{where}: the key must be a digit or letter that no other code of the group has.").format(
                where=where
            )
        if not _named(each.name):
            yield tr("{where}: it needs a short name in English and in Chinese.").format(where=where)
        if not 0 <= each.hold_days <= _LONGEST_HOLD:
            yield tr("{where}: the quiet after it is 0 to 365 days.").format(where=where)
        yield from _flags(each, where)
        ids.add(each.id)
        if not each.retired:
            keys.add(place)


def _flags(row: CodeRow, where: str) -> Iterator[str]:
    flags, shipped = frozenset(row.flags), catalogue().get(row.id)
    if unknown := flags - FLAGS:
        yield tr("{where}: there is no flag {flag}.").format(where=where, flag=", ".join(sorted(unknown)))
    if shipped is not None:
        if flags - _MAY_BE_ADDED != shipped.flags - _MAY_BE_ADDED or not flags >= shipped.flags:
            yield tr("{where}: what it does is fixed; only needs_note and needs_approval may be added.").format(
                where=where
            )
        if (row.report, row.opts_out) != (shipped.report, shipped.opts_out):
            yield tr("{where}: what it reports is fixed.").format(where=where)
        return
    if row.opts_out is not None:
        yield tr("{where}: what is not to be used any more is said by the codes that come with duecall.").format(
            where=where
        )
    if reserved := flags & _RESERVED:
        yield tr("{where}: the flag {flag} is reserved for the codes that come with duecall.").format(
            where=where, flag=", ".join(sorted(reserved))
        )
    if ("conversation" in flags and not flags >= {"connected", "right_party"}) or (
        "effective" in flags and "conversation" not in flags
    ):
        yield tr(
            "{where}: a conversation is connected and with the right party, an effective call is a conversation."
        ).format(where=where)
    if row.report is not None and row.report not in STOPS | BAD_NUMBERS:
        yield tr("{where}: nothing is known of a report “{report}”.").format(where=where, report=row.report)
    if (row.report in STOPS) != ("stops_contact" in flags and row.report is not None) or (
        (row.report in BAD_NUMBERS) != ("bad_number" in flags)
    ):
        yield tr("{where}: a report and its flag belong together: stops_contact, or bad_number.").format(where=where)


def _named(names: Names) -> bool:
    return all(
        0 < len(text) <= _LONGEST_NAME and clean_line(text) == text
        for text in (cast("str", getattr(names, each)) for each in LANGUAGES)
    )
