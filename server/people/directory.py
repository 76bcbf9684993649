"""The people a server knows: agents, supervisors, and programs that bring payments."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, cast, get_args

from sqlalchemy import RowMapping, delete, insert, select, update

from domain.text import clean_line
from domain.wire import Role
from server.audit import record
from server.database.engine import Transaction
from server.database.schema import SESSION, USER
from server.feeds.publishing import open_feed
from server.people.passwords import LONGEST, SHORTEST, Passwords

DEFAULT_TEAM: Final = "main"
"""The team of everybody who was given none."""


class PersonRefused(ValueError):  # noqa: N818 - it answers a request, it reports no malfunction
    """A person cannot be added as asked; the message is one sentence without the password."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may log in. ``active`` is false once the account is closed."""

    id: str
    login: str
    name: str = field(repr=False)
    role: Role
    team: str
    active: bool = True


def normal_login(login: str) -> str:
    """Give the one spelling of a login: no outer blanks, no capitals."""
    return clean_line(login).casefold()


def add_user(
    transaction: Transaction,
    passwords: Passwords,
    login: str,
    role: str,
    password: str,
    team: str = DEFAULT_TEAM,
    name: str | None = None,
) -> Person:
    """Add somebody and open their feed.

    Raises :class:`PersonRefused` when the login is empty or taken, the role unknown or the password too short or long.
    """
    login = normal_login(login)
    if not 1 <= len(login) <= 100:
        raise PersonRefused("A login has between 1 and 100 characters.")
    if role not in get_args(Role):
        raise PersonRefused(f"The role must be one of {', '.join(get_args(Role))}.")
    if not SHORTEST <= len(password) <= LONGEST:
        raise PersonRefused(f"A password has between {SHORTEST} and {LONGEST} characters.")
    if find_by_login(transaction, login) is not None:
        raise PersonRefused("This login is taken; choose another one.")
    person = Person(
        transaction.ids.new(), login, clean_line(name or login), cast("Role", role), clean_line(team) or DEFAULT_TEAM
    )
    transaction.connection.execute(
        insert(USER).values(
            id=person.id,
            login=person.login,
            name=person.name,
            role=person.role,
            team=person.team,
            password=passwords.hash(password),
            active=1,
            created_ms=transaction.now_ms,
        )
    )
    open_feed(transaction, person.id)
    record(transaction, "server", "user.added", person.id, person.team, role=role)
    return person


def find(transaction: Transaction, user_id: str) -> Person | None:
    """Find somebody by id."""
    row = transaction.connection.execute(select(USER).where(USER.c.id == user_id)).mappings().first()
    return None if row is None else _person(row)


def find_by_login(transaction: Transaction, login: str) -> Person | None:
    """Find somebody by login, in any spelling of it."""
    query = select(USER).where(USER.c.login == normal_login(login))
    row = transaction.connection.execute(query).mappings().first()
    return None if row is None else _person(row)


def stored_password(transaction: Transaction, user_id: str) -> str:
    """Give the stored hash of somebody who exists."""
    return str(transaction.connection.execute(select(USER.c.password).where(USER.c.id == user_id)).scalar_one())


def store_password(transaction: Transaction, user_id: str, stored: str) -> None:
    """Replace the stored hash."""
    transaction.connection.execute(update(USER).where(USER.c.id == user_id).values(password=stored))


def close_account(transaction: Transaction, user_id: str) -> None:
    """Close somebody's account: they can no longer log in, and what they still deposit is kept."""
    transaction.connection.execute(update(USER).where(USER.c.id == user_id).values(active=0))
    transaction.connection.execute(delete(SESSION).where(SESSION.c.user_id == user_id))
    record(transaction, "server", "user.closed", user_id)


def people(transaction: Transaction, team: str | None = None, role: str | None = None) -> list[Person]:
    """List everybody, or one team, or one role, by login."""
    query = select(USER).order_by(USER.c.login)
    if team is not None:
        query = query.where(USER.c.team == team)
    if role is not None:
        query = query.where(USER.c.role == role)
    return [_person(row) for row in transaction.connection.execute(query).mappings()]


def _person(row: RowMapping) -> Person:
    return Person(row["id"], row["login"], row["name"], row["role"], row["team"], bool(row["active"]))
