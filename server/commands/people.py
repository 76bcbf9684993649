"""``duecall server user …``: the people who may log in."""

from __future__ import annotations

import argparse
import getpass
import sys
from typing import TYPE_CHECKING

from domain.i18n import tr
from server.commands.frame import (
    CommandFailed,
    SubParsers,
    add_database,
    add_json,
    answering,
    opened,
    settings_for,
    write,
    write_json,
)

if TYPE_CHECKING:
    from server.database.engine import Transaction
    from server.people.directory import Person


def add_parsers(commands: SubParsers) -> None:
    """Mount the commands."""
    user = commands.add_parser("user", help=tr("people"), description=tr("The people who may log in."))
    deeds = user.add_subparsers(dest="user_command", metavar="COMMAND", required=True)

    add = deeds.add_parser("add", help=tr("add a person"), description=tr("Add a person."))
    add.add_argument("login", metavar="LOGIN")
    add.add_argument("--role", required=True, choices=("agent", "supervisor", "integration"))
    add.add_argument("--team", default="main")
    add.add_argument("--name", help=tr("what colleagues and timelines call the person (the login by default)"))
    _add_password(add)
    add_database(add)
    add.set_defaults(run=answering(_add))

    listing = deeds.add_parser("list", help=tr("list the people"), description=tr("List the people."))
    add_json(listing)
    add_database(listing)
    listing.set_defaults(run=answering(_list))

    password = deeds.add_parser(
        "passwd",
        help=tr("set a person's password"),
        description=tr("Set a person's password and end their sessions. What their machines still hold is kept."),
    )
    password.add_argument("login", metavar="LOGIN")
    _add_password(password)
    add_database(password)
    password.set_defaults(run=answering(_set_password))

    disable = deeds.add_parser(
        "disable",
        help=tr("close a person's account"),
        description=tr("Close a person's account. What their machines still hold is taken; their cases stay theirs."),
    )
    enable = deeds.add_parser("enable", help=tr("open it again"), description=tr("Open a closed account again."))
    for parser in (disable, enable):
        parser.add_argument("login", metavar="LOGIN")
        add_database(parser)
    disable.set_defaults(run=answering(_disable))
    enable.set_defaults(run=answering(_enable))


def _add_password(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--password-stdin", action="store_true", help=tr("read the password from standard input"))
    parser.add_argument(
        "--must-change", action="store_true", help=tr("a new password has to be chosen at the next login")
    )


def _add(arguments: argparse.Namespace) -> None:
    from server.people.directory import PersonRefused, add_user
    from server.people.passwords import Passwords

    with opened(arguments, prepared=True) as database:
        password = _password(arguments)
        passwords = Passwords(settings_for(arguments).argon2)

        def work(transaction: Transaction) -> Person:
            return add_user(
                transaction,
                passwords,
                arguments.login,
                arguments.role,
                password,
                arguments.team,
                arguments.name,
                must_change=arguments.must_change,
            )

        try:
            person = database.write(work)
        except PersonRefused as problem:
            raise CommandFailed(str(problem)) from None
    write(tr("{login} may log in now.").format(login=person.login))


def _list(arguments: argparse.Namespace) -> None:
    from server.people.directory import people

    with opened(arguments) as database, database.reading() as transaction:
        everybody = people(transaction)
    if arguments.json:
        write_json(
            [
                {"id": p.id, "login": p.login, "name": p.name, "role": p.role, "team": p.team, "active": p.active}
                for p in everybody
            ]
        )
        return
    for person in everybody:
        closed = "" if person.active else "  " + tr("(closed)")
        write(f"{person.login}  {person.role}  {person.team}  {person.name}{closed}")


def _set_password(arguments: argparse.Namespace) -> None:
    from server.people.directory import PersonRefused, set_password
    from server.people.passwords import Passwords

    with opened(arguments) as database:
        password = _password(arguments)
        passwords = Passwords(settings_for(arguments).argon2)

        def work(transaction: Transaction) -> None:
            person = _found(transaction, arguments.login)
            set_password(transaction, passwords, person, password, "server", must_change=arguments.must_change)

        try:
            database.write(work)
        except PersonRefused as problem:
            raise CommandFailed(str(problem)) from None
    write(tr("The password is set and every session of {login} has ended.").format(login=arguments.login))


def _disable(arguments: argparse.Namespace) -> None:
    from server.people.directory import close_account

    with opened(arguments) as database:
        database.write(lambda transaction: close_account(transaction, _found(transaction, arguments.login)))
    write(
        tr("{login} may no longer log in; their cases are still theirs until somebody reassigns them.").format(
            login=arguments.login
        )
    )


def _enable(arguments: argparse.Namespace) -> None:
    from server.people.directory import reopen_account

    with opened(arguments) as database:
        database.write(lambda transaction: reopen_account(transaction, _found(transaction, arguments.login)))
    write(tr("{login} may log in now.").format(login=arguments.login))


def _found(transaction: Transaction, login: str) -> Person:
    from server.people.directory import find_by_login

    person = find_by_login(transaction, login)
    if person is None:
        raise CommandFailed(
            tr("There is nobody with the login {login}; “duecall server user list” names everybody.").format(
                login=login
            )
        )
    return person


def _password(arguments: argparse.Namespace) -> str:
    return sys.stdin.readline().rstrip("\r\n") if arguments.password_stdin else _asked_password()


def _asked_password() -> str:
    if not sys.stdin.isatty():
        raise CommandFailed(tr("There is no terminal to ask for the password; use --password-stdin."))
    first = getpass.getpass(tr("Password: "))
    if getpass.getpass(tr("Once more: ")) != first:
        raise CommandFailed(tr("The two passwords differ; nothing was changed. Try again."))
    return first
