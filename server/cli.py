"""The ``duecall server …`` commands. Each answers 0, or 1 with one sentence on standard error."""

from __future__ import annotations

import argparse
import getpass
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from domain.i18n import tr

if TYPE_CHECKING:
    from server.database.engine import Database
    from server.settings import Settings

DATABASE_FILE: Final = "server.db"
DEFAULT_PORT: Final = 8460


class SubParsers(Protocol):
    """What ``ArgumentParser.add_subparsers`` gives."""

    def add_parser(self, name: str, **options: Any) -> argparse.ArgumentParser:
        """Add a command."""
        ...


class CommandFailed(Exception):  # noqa: N818 - it answers a command, it reports no malfunction
    """A command could not do what was asked; the message is one sentence for the person."""


def add_parsers(subparsers: SubParsers) -> None:
    """Mount ``server`` and its commands; each sets ``run`` to a function of the parsed arguments giving an exit code."""
    server = subparsers.add_parser("server", help=tr("the central server"), description=tr("The central server."))
    commands = server.add_subparsers(dest="server_command", metavar="COMMAND", required=True)

    run = commands.add_parser("run", help=tr("run the server"), description=tr("Run the central server."))
    _add_database(run)
    run.add_argument("--host", default="127.0.0.1", help=tr("the address to listen on (this computer only by default)"))
    run.add_argument("--port", type=int, default=DEFAULT_PORT, help=tr("the port; 0 takes a free one"))
    run.add_argument("--workers", type=_at_least_one, default=1, help=tr("how many processes share the work"))
    run.set_defaults(run=_answering(_run))

    init = commands.add_parser(
        "init", help=tr("create or update the tables"), description=tr("Create the tables, or bring them up to date.")
    )
    _add_database(init)
    init.add_argument(
        "--restored",
        action="store_true",
        help=tr("the database was restored from a backup; devices offer again what they keep"),
    )
    init.set_defaults(run=_answering(_init))

    user = commands.add_parser("user", help=tr("people"), description=tr("The people who may log in."))
    deeds = user.add_subparsers(dest="user_command", metavar="COMMAND", required=True)
    add = deeds.add_parser("add", help=tr("add a person"), description=tr("Add a person."))
    add.add_argument("login", metavar="LOGIN")
    add.add_argument("--role", required=True, choices=("agent", "supervisor", "integration"))
    add.add_argument("--team", default="main")
    add.add_argument("--name", help=tr("what colleagues and timelines call the person (the login by default)"))
    add.add_argument("--password-stdin", action="store_true", help=tr("read the password from standard input"))
    _add_database(add)
    add.set_defaults(run=_answering(_add_user))
    listing = deeds.add_parser("list", help=tr("list the people"), description=tr("List the people."))
    listing.add_argument("--json", action="store_true", help=tr("print one JSON document"))
    _add_database(listing)
    listing.set_defaults(run=_answering(_list_users))


def _add_database(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--db", metavar="URL", help=tr("the database; an SQLite file in the platform's data folder by default")
    )


def _answering(command: Callable[[argparse.Namespace], None]) -> Callable[[argparse.Namespace], int]:
    def run(arguments: argparse.Namespace) -> int:
        from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

        try:
            command(arguments)
        except CommandFailed as problem:
            return _fail(str(problem))
        except (ArgumentError, NoSuchModuleError):
            return _fail(tr("This database address cannot be used; write it like sqlite:///file.db."))
        except SQLAlchemyError:
            return _fail(tr("The database cannot be reached or used; check --db and that nothing else locks it."))
        except KeyboardInterrupt:
            return 130
        return 0

    return run


def _run(arguments: argparse.Namespace) -> None:
    from server.founding import TablesOutdated
    from server.run import AddressTaken, ClockUnreadable, serve, with_rehearsal_clock

    def announce(address: str) -> None:
        sys.stdout.write(f"duecall server listening on {address}\n")
        sys.stdout.flush()

    try:
        settings = with_rehearsal_clock(_settings(arguments), os.environ)
        serve(settings, arguments.host, arguments.port, arguments.workers, announce)
    except (AddressTaken, ClockUnreadable) as problem:
        raise CommandFailed(str(problem)) from None
    except TablesOutdated:
        raise CommandFailed(tr("The tables are not those of this version; run “duecall server init” first.")) from None


def _init(arguments: argparse.Namespace) -> None:
    from server.founding import begin_new_history

    database = _opened(arguments)
    if arguments.restored:
        database.write(begin_new_history)
    database.close()
    sys.stdout.write(tr("The tables are up to date.") + "\n")


def _add_user(arguments: argparse.Namespace) -> None:
    from server.people.directory import PersonRefused, add_user
    from server.people.passwords import Passwords

    database = _opened(arguments)
    password = sys.stdin.readline().rstrip("\r\n") if arguments.password_stdin else _asked_password()
    passwords = Passwords(_settings(arguments).argon2)
    try:
        person = database.write(
            lambda transaction: add_user(
                transaction, passwords, arguments.login, arguments.role, password, arguments.team, arguments.name
            )
        )
    except PersonRefused as problem:
        raise CommandFailed(str(problem)) from None
    finally:
        database.close()
    sys.stdout.write(tr("{login} may log in now.").format(login=person.login) + "\n")


def _list_users(arguments: argparse.Namespace) -> None:
    from server.people.directory import people

    database = _opened(arguments)
    with database.reading() as transaction:
        everybody = people(transaction)
    database.close()
    if arguments.json:
        rows = [
            {"id": p.id, "login": p.login, "name": p.name, "role": p.role, "team": p.team, "active": p.active}
            for p in everybody
        ]
        sys.stdout.write(json.dumps(rows, ensure_ascii=False) + "\n")
        return
    for person in everybody:
        closed = "" if person.active else "  " + tr("(closed)")
        sys.stdout.write(f"{person.login}  {person.role}  {person.team}  {person.name}{closed}\n")


def _asked_password() -> str:
    if not sys.stdin.isatty():
        raise CommandFailed(tr("There is no terminal to ask for the password; use --password-stdin."))
    first = getpass.getpass(tr("Password: "))
    if getpass.getpass(tr("Once more: ")) != first:
        raise CommandFailed(tr("The two passwords differ; nobody was added. Try again."))
    return first


def _opened(arguments: argparse.Namespace) -> Database:
    from domain.clock import SystemClock
    from server.database.engine import Database
    from server.founding import prepare

    database = Database(_settings(arguments), SystemClock())
    prepare(database)
    return database


def _settings(arguments: argparse.Namespace) -> Settings:
    from server.settings import Settings

    return Settings(database=arguments.db or f"sqlite:///{_default_file()}")


def _default_file() -> Path:
    home = os.environ.get("DUECALL_HOME")
    if home:
        folder = Path(home)
    else:
        import platformdirs

        folder = Path(platformdirs.user_data_dir("duecall", appauthor=False))
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder / DATABASE_FILE


def _fail(sentence: str) -> int:
    sys.stderr.write(sentence + "\n")
    return 1


def _at_least_one(text: str) -> int:
    count = int(text)
    if count < 1:
        raise argparse.ArgumentTypeError(tr("at least 1"))
    return count
