"""The people a server knows: agents, supervisors, and programs that bring payments."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, cast, get_args

from sqlalchemy import RowMapping, delete, insert, select, update

from domain.i18n import tr
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
    """Somebody who may log in. ``active`` is false once the account is closed.

    ``must_change`` says that a new password has to be chosen at the next login.
    """

    id: str
    login: str
    name: str = field(repr=False)
    role: Role
    team: str
    active: bool = True
    must_change: bool = False


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
    *,
    must_change: bool = False,
) -> Person:
    """Add somebody and open their feed.

    Raises :class:`PersonRefused` when the login is empty or taken, the role unknown or the password too short or long.
    """
    login = normal_login(login)
    if not 1 <= len(login) <= 100:
        raise PersonRefused(tr("A login has between 1 and 100 characters."))
    if role not in get_args(Role):
        raise PersonRefused(tr("The role must be one of {roles}.").format(roles=", ".join(get_args(Role))))
    _check_password(password)
    if find_by_login(transaction, login) is not None:
        raise PersonRefused(tr("This login is taken; choose another one."))
    person = Person(
        transaction.ids.new(),
        login,
        clean_line(name or login),
        cast("Role", role),
        clean_line(team) or DEFAULT_TEAM,
        must_change=must_change,
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
            must_change=int(must_change),
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


def set_password(
    transaction: Transaction,
    passwords: Passwords,
    person: Person,
    password: str,
    actor: str,
    *,
    must_change: bool = False,
) -> None:
    """Replace somebody's password and end their sessions; deposit keys stay good, so nothing captured is stuck.

    Raises :class:`PersonRefused` when it is too short or too long.
    """
    _check_password(password)
    transaction.connection.execute(
        update(USER)
        .where(USER.c.id == person.id)
        .values(password=passwords.hash(password), must_change=int(must_change))
    )
    transaction.connection.execute(delete(SESSION).where(SESSION.c.user_id == person.id))
    record(transaction, actor, "user.password_set", person.id, person.team)


def close_account(transaction: Transaction, person: Person) -> None:
    """Close somebody's account: they can no longer log in, and what they still deposit is kept."""
    transaction.connection.execute(update(USER).where(USER.c.id == person.id).values(active=0))
    transaction.connection.execute(delete(SESSION).where(SESSION.c.user_id == person.id))
    record(transaction, "server", "user.closed", person.id, person.team)


def reopen_account(transaction: Transaction, person: Person) -> None:
    """Open a closed account again."""
    transaction.connection.execute(update(USER).where(USER.c.id == person.id).values(active=1))
    record(transaction, "server", "user.reopened", person.id, person.team)


def people(transaction: Transaction, team: str | None = None, role: str | None = None) -> list[Person]:
    """List everybody, or one team, or one role, by login."""
    query = select(USER).order_by(USER.c.login)
    if team is not None:
        query = query.where(USER.c.team == team)
    if role is not None:
        query = query.where(USER.c.role == role)
    return [_person(row) for row in transaction.connection.execute(query).mappings()]


def _person(row: RowMapping) -> Person:
    return Person(
        row["id"],
        row["login"],
        row["name"],
        row["role"],
        row["team"],
        bool(row["active"]),
        bool(row["must_change"]),
    )


def _check_password(password: str) -> None:
    if not SHORTEST <= len(password) <= LONGEST:
        raise PersonRefused(
            tr("A password has between {shortest} and {longest} characters.").format(shortest=SHORTEST, longest=LONGEST)
        )
