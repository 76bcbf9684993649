"""Answers remembered for a source, so that the questions a file leaves open are asked once."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from domain.canonical import canonical_bytes
from domain.clock import format_instant, from_milliseconds
from domain.supervision import ImportProfile, NamedProfile, ProfileList
from server import typed
from server.audit import record
from server.database.engine import Transaction
from server.database.supervision_tables import IMPORT_PROFILE
from server.database.upsert import upsert
from server.documents import Outdated
from server.people.sessions import Caller


def list_profiles(transaction: Transaction, team: str) -> ProfileList:
    """Give a team's profiles by name."""
    query = select(IMPORT_PROFILE).where(IMPORT_PROFILE.c.team == team).order_by(IMPORT_PROFILE.c.name)
    return ProfileList([_named(row) for row in transaction.connection.execute(query)])


def find_profile(transaction: Transaction, team: str, name: str) -> NamedProfile | None:
    """Give one profile."""
    query = select(IMPORT_PROFILE).where(IMPORT_PROFILE.c.team == team, IMPORT_PROFILE.c.name == name)
    row = transaction.connection.execute(query).first()
    return None if row is None else _named(row)


def replace_profile(
    transaction: Transaction, caller: Caller, name: str, profile: ImportProfile, seen_etag: str
) -> NamedProfile:
    """Write a profile; ``*`` for whatever there is. Raises :class:`server.documents.Outdated` where somebody was faster."""
    known = find_profile(transaction, caller.team, name)
    if seen_etag != "*" and (known is None or seen_etag != known.etag):
        raise Outdated
    return _write(transaction, caller, name, profile, known)


def remember_profile(transaction: Transaction, caller: Caller, name: str, profile: ImportProfile) -> None:
    """Keep the answers a file was brought in with."""
    known = find_profile(transaction, caller.team, name)
    if known is None or known.profile != profile:
        _write(transaction, caller, name, profile, known)


def _write(
    transaction: Transaction, caller: Caller, name: str, profile: ImportProfile, known: NamedProfile | None
) -> NamedProfile:
    ver = 1 if known is None else int(known.etag.strip('"')) + 1
    row = {
        "team": caller.team,
        "name": name,
        "ver": ver,
        "body": canonical_bytes(profile),
        "updated_ms": transaction.now_ms,
    }
    upsert(transaction.connection, IMPORT_PROFILE, [row])
    record(transaction, caller.id, "import.profile", name, caller.team, ver=ver)
    return NamedProfile(name, f'"{ver}"', format_instant(transaction.now), profile)


def _named(row: Any) -> NamedProfile:
    profile = typed.decode(row.body, ImportProfile)
    return NamedProfile(row.name, f'"{row.ver}"', format_instant(from_milliseconds(row.updated_ms)), profile)
