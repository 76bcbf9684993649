"""Sessions and deposit keys: opaque random tokens, stored as SHA-256 only.

A session is good for everything its person may do, for twelve hours. A deposit key belongs to a device for ever and is
good for handing over facts alone, so that a machine can always give up what it holds.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, delete, func, insert, select, update

from domain.clock import from_milliseconds
from domain.wire import Role
from server.audit import record
from server.database.engine import Transaction
from server.database.schema import DEPOSIT_KEY, DEVICE, SESSION, USER
from server.people.directory import Person

_TOKEN_BYTES: Final = 32


MOST_KEYS: Final = 16
"""How many deposit keys one device is given in its life, so that nobody fills the table with them."""


# Asked at every request, so these are put together once.
_SESSION: Final = (
    select(USER.c.id, USER.c.name, USER.c.role, USER.c.team, SESSION.c.device_id, SESSION.c.expires_ms)
    .join(USER, USER.c.id == SESSION.c.user_id)
    .where(SESSION.c.token_hash == bindparam("key"), SESSION.c.expires_ms > bindparam("now"), USER.c.active == 1)
)
_DEVICE_OF_KEY: Final = select(DEPOSIT_KEY.c.device_id).where(DEPOSIT_KEY.c.key_hash == bindparam("key"))
_OWNER: Final = (
    select(USER.c.id, USER.c.name, USER.c.role, USER.c.team, DEVICE.c.revoked_ms)
    .join(DEVICE, DEVICE.c.user_id == USER.c.id)
    .where(DEVICE.c.id == bindparam("device"))
)
_REVOKED: Final = select(DEVICE.c.revoked_ms).where(DEVICE.c.id == bindparam("device"))
_LEASE: Final = select(DEVICE.c.lease_until_ms).where(DEVICE.c.id == bindparam("device")).with_for_update()
_THIS_DEVICE: Final = update(DEVICE).where(DEVICE.c.id == bindparam("device"))
_STILL_OPEN: Final = select(SESSION.c.user_id).where(
    SESSION.c.token_hash == bindparam("key"), SESSION.c.expires_ms > bindparam("now")
)


class DeviceRevoked(Exception):  # noqa: N818 - it answers a request, it reports no malfunction
    """The device was shut out."""


class DeviceTaken(Exception):  # noqa: N818 - it answers a request, it reports no malfunction
    """The device belongs to another person."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sent a request. ``deposit`` is true where a deposit key was shown: only handing over facts is allowed.

    ``revoked_ms`` is when the device was shut out, if it was.
    """

    id: str
    name: str = field(repr=False)
    role: Role
    team: str
    device_id: str
    deposit: bool
    credential: str = field(repr=False)
    expires_ms: int | None = None
    revoked_ms: int | None = None


@dataclass(frozen=True, slots=True)
class OpenedSession:
    """A new session, with the secrets that are shown once and stored nowhere."""

    token: str = field(repr=False)
    expires_at: datetime
    deposit_key: str | None = field(default=None, repr=False)


def open_session(
    transaction: Transaction,
    person: Person,
    device_id: str,
    device_name: str | None,
    lasts_s: int,
    lease_s: int,
    *,
    needs_key: bool = False,
) -> OpenedSession:
    """Log a person in on a device; the first login of a device makes it theirs and gives out its deposit key.

    The answer with that key may be lost on its way. Whoever then says so (``needs_key``) is given another one; the
    earlier ones stay good, for a key never rotates. Raises :class:`DeviceTaken` when the device belongs to somebody
    else and :class:`DeviceRevoked` when it was shut out.
    """
    now = transaction.now_ms
    connection = transaction.connection
    known = connection.execute(
        select(DEVICE.c.user_id, DEVICE.c.revoked_ms).where(DEVICE.c.id == device_id).with_for_update()
    ).first()
    if known is not None and known.user_id != person.id:
        raise DeviceTaken
    if known is not None and known.revoked_ms is not None:
        raise DeviceRevoked
    if known is None:
        connection.execute(
            insert(DEVICE).values(
                id=device_id, user_id=person.id, name=device_name, created_ms=now, contact_ms=now, lease_until_ms=now
            )
        )
        record(transaction, person.id, "device.added", device_id, person.team)
    deposit_key = _new_deposit_key(transaction, person, device_id) if known is None or needs_key else None
    touch(transaction, device_id, lease_s)
    connection.execute(delete(SESSION).where(SESSION.c.user_id == person.id, SESSION.c.expires_ms <= now))
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    expires = now + lasts_s * 1000
    connection.execute(
        insert(SESSION).values(token_hash=hashed(token), user_id=person.id, device_id=device_id, expires_ms=expires)
    )
    record(transaction, person.id, "session.opened", device_id, person.team)
    return OpenedSession(token, from_milliseconds(expires), deposit_key)


def _new_deposit_key(transaction: Transaction, person: Person, device_id: str) -> str | None:
    query = select(func.count()).select_from(DEPOSIT_KEY).where(DEPOSIT_KEY.c.device_id == device_id)
    if transaction.connection.execute(query).scalar_one() >= MOST_KEYS:
        return None
    key = secrets.token_urlsafe(_TOKEN_BYTES)
    transaction.connection.execute(
        insert(DEPOSIT_KEY).values(key_hash=hashed(key), device_id=device_id, created_ms=transaction.now_ms)
    )
    record(transaction, person.id, "device.key_given", device_id, person.team)
    return key


def close_session(transaction: Transaction, caller: Caller) -> None:
    """Log out."""
    transaction.connection.execute(delete(SESSION).where(SESSION.c.token_hash == caller.credential))
    record(transaction, caller.id, "session.closed", caller.device_id, caller.team)


def identify(transaction: Transaction, token: str) -> Caller | None:
    """Tell who showed this session token or deposit key; ``None`` when nobody may with it (any more)."""
    key = hashed(token)
    session = transaction.connection.execute(_SESSION, {"key": key, "now": transaction.now_ms}).first()
    if session is not None:
        return Caller(
            session.id,
            session.name,
            session.role,
            session.team,
            session.device_id,
            False,
            key,
            session.expires_ms,
            _revoked_ms(transaction, session.device_id),
        )
    device_id = transaction.connection.execute(_DEVICE_OF_KEY, {"key": key}).scalar()
    if device_id is None:
        return None
    owner = transaction.connection.execute(_OWNER, {"device": device_id}).one()
    return Caller(owner.id, owner.name, owner.role, owner.team, device_id, True, key, revoked_ms=owner.revoked_ms)


def _revoked_ms(transaction: Transaction, device_id: str) -> int | None:
    revoked: int | None = transaction.connection.execute(_REVOKED, {"device": device_id}).scalar()
    return revoked


def touch(transaction: Transaction, device_id: str, lease_s: int) -> None:
    """Note that a device heard from the server now, which lets it call for ``lease_s`` seconds more.

    When its lease had run out before, the time in between is kept: what the device did then is flagged.
    """
    until = transaction.connection.execute(_LEASE, {"device": device_id}).scalar_one()
    transaction.connection.execute(_THIS_DEVICE, {"device": device_id} | heard_now(until, transaction.now_ms, lease_s))


def heard_now(until_ms: int, now_ms: int, lease_s: int) -> dict[str, int]:
    """Give what changes of a device whose lease ends at ``until_ms`` when it is heard from; see :func:`touch`."""
    lapsed = {"lapse_from_ms": until_ms, "lapse_to_ms": now_ms} if until_ms < now_ms else {}
    return {"contact_ms": now_ms, "lease_until_ms": max(until_ms, now_ms + lease_s * 1000)} | lapsed


def end_lease(transaction: Transaction, device_id: str) -> None:
    """Note that a machine is known not to call any more, so that nobody has to wait for its lease to run out."""
    now = transaction.now_ms
    transaction.connection.execute(_THIS_DEVICE, {"device": device_id, "lease_until_ms": 0, "contact_ms": now})


def hashed(token: str) -> str:
    """Give the form in which a token is stored; tokens are random, so a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def is_open(transaction: Transaction, caller: Caller) -> bool:
    """Tell whether a caller's session is still good."""
    found = transaction.connection.execute(_STILL_OPEN, {"key": caller.credential, "now": transaction.now_ms}).first()
    return found is not None and _revoked_ms(transaction, caller.device_id) is None
