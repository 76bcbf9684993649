"""``duecall server run`` and ``init``: the server itself, and its tables."""

from __future__ import annotations

import argparse
import os
import sys
from typing import Final

from domain.i18n import tr
from server.commands.frame import CommandFailed, SubParsers, add_database, answering, opened, settings_for, write

DEFAULT_PORT: Final = 8460


def add_parsers(commands: SubParsers) -> None:
    """Mount the commands."""
    run = commands.add_parser("run", help=tr("run the server"), description=tr("Run the central server."))
    add_database(run)
    run.add_argument("--host", default="127.0.0.1", help=tr("the address to listen on (this computer only by default)"))
    run.add_argument("--port", type=int, default=DEFAULT_PORT, help=tr("the port; 0 takes a free one"))
    run.add_argument("--workers", type=_at_least_one, default=1, help=tr("how many processes share the work"))
    run.set_defaults(run=answering(_run))

    init = commands.add_parser(
        "init", help=tr("create or update the tables"), description=tr("Create the tables, or bring them up to date.")
    )
    add_database(init)
    init.add_argument(
        "--restored",
        action="store_true",
        help=tr("the database was restored from a backup; devices offer again what they keep"),
    )
    init.set_defaults(run=answering(_init))


def _run(arguments: argparse.Namespace) -> None:
    from server.run import AddressTaken, ClockUnreadable, serve, with_rehearsal_clock

    def announce(address: str) -> None:
        sys.stdout.write(f"duecall server listening on {address}\n")
        sys.stdout.flush()

    try:
        settings = with_rehearsal_clock(settings_for(arguments), os.environ)
        serve(settings, arguments.host, arguments.port, arguments.workers, announce)
    except (AddressTaken, ClockUnreadable) as problem:
        raise CommandFailed(str(problem)) from None


def _init(arguments: argparse.Namespace) -> None:
    from server.founding import begin_new_history

    with opened(arguments, prepared=True) as database:
        if arguments.restored:
            database.write(begin_new_history)
    write(tr("The tables are up to date."))


def _at_least_one(text: str) -> int:
    count = int(text)
    if count < 1:
        raise argparse.ArgumentTypeError(tr("at least 1"))
    return count
