"""What the server's commands share: the database they open, and one sentence for every failure."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from domain.i18n import tr

if TYPE_CHECKING:
    from server.database.engine import Database
    from server.settings import Settings

DATABASE_FILE: Final = "server.db"


class SubParsers(Protocol):
    """What ``ArgumentParser.add_subparsers`` gives."""

    def add_parser(self, name: str, **options: Any) -> argparse.ArgumentParser:
        """Add a command."""
        ...


class CommandFailed(Exception):  # noqa: N818 - it answers a command, it reports no malfunction
    """A command could not do what was asked; the message is one sentence for the person."""


def add_database(parser: argparse.ArgumentParser) -> None:
    """Add the option that names the database."""
    parser.add_argument(
        "--db", metavar="URL", help=tr("the database; an SQLite file in the platform's data folder by default")
    )


def add_json(parser: argparse.ArgumentParser) -> None:
    """Add the option that asks for one JSON document."""
    parser.add_argument("--json", action="store_true", help=tr("print one JSON document"))


def answering(command: Callable[[argparse.Namespace], None]) -> Callable[[argparse.Namespace], int]:
    """Give a command its exit codes: 0, or 1 with one sentence on standard error."""

    def run(arguments: argparse.Namespace) -> int:
        from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

        from server.database.engine import Busy
        from server.database.migrate import TablesNewer
        from server.database.postgres import NotDurable
        from server.founding import TablesOutdated

        try:
            command(arguments)
        except CommandFailed as problem:
            return _fail(str(problem))
        except TablesNewer:
            return _fail(tr("The tables were made by a newer version; install that one, or restore a backup."))
        except TablesOutdated:
            return _fail(tr("The tables are not those of this version; run “duecall server init” first."))
        except (ArgumentError, NoSuchModuleError):
            return _fail(
                tr("This database address cannot be used; write it like sqlite:///file.db or postgresql://host/name.")
            )
        except NotDurable as problem:
            text = tr(
                "The database runs with {setting}=off and may lose what it confirmed; switch it on and start again."
            )
            return _fail(text.format(setting=problem.setting))
        except (Busy, SQLAlchemyError):
            return _fail(tr("The database cannot be reached or used; check --db and that nothing else locks it."))
        except KeyboardInterrupt:
            return 130
        return 0

    return run


@contextmanager
def opened(arguments: argparse.Namespace, *, prepared: bool = False) -> Iterator[Database]:
    """Open the database a command names and close it afterwards; ``prepared`` brings a shared one up to date first."""
    from domain.clock import SystemClock
    from server.database.engine import Database
    from server.founding import open_server, prepare

    database = Database(settings_for(arguments), SystemClock())
    try:
        (prepare if prepared else open_server)(database)
        yield database
    finally:
        database.close()


def settings_for(arguments: argparse.Namespace) -> Settings:
    """Give the settings a command asks for."""
    from server.settings import Settings

    return Settings(database=arguments.db or f"sqlite:///{default_file()}")


def default_file() -> Path:
    """Give the embedded database's place, in a folder that is there afterwards and nobody else's."""
    home = os.environ.get("DUECALL_HOME")
    if home:
        folder = Path(home)
    else:
        import platformdirs

        folder = Path(platformdirs.user_data_dir("duecall", appauthor=False))
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder / DATABASE_FILE


def write(sentence: str) -> None:
    """Print a line."""
    sys.stdout.write(f"{sentence}\n")


def write_json(document: object) -> None:
    """Print one JSON document on one line."""
    sys.stdout.write(json.dumps(document, ensure_ascii=False) + "\n")


def _fail(sentence: str) -> int:
    sys.stderr.write(sentence + "\n")
    return 1
