"""``duecall server backup``: a copy of the embedded database while servers use it."""

from __future__ import annotations

import argparse
from pathlib import Path

from domain.i18n import tr
from server.commands.frame import CommandFailed, SubParsers, add_database, answering, settings_for, write


def add_parsers(commands: SubParsers) -> None:
    """Mount the command."""
    backup = commands.add_parser(
        "backup",
        help=tr("copy the database while it is in use"),
        description=tr("Copy the embedded database into a file while the server runs; the copy is checked."),
    )
    backup.add_argument("file", metavar="FILE", help=tr("where the copy goes; a file that is there is replaced"))
    add_database(backup)
    backup.set_defaults(run=answering(_backup))


def _backup(arguments: argparse.Namespace) -> None:
    from sqlalchemy import make_url

    from server.database.files import BackupFailed, TargetInUse, copy_database, file_of

    source = file_of(make_url(settings_for(arguments).database))
    if source is None:
        raise CommandFailed(
            tr("This database has its own tools: use pg_dump --format=custom, as docs/operations.md shows.")
        )
    if not source.is_file():
        raise CommandFailed(tr("There is no database at {file}; nothing was copied. Check --db.").format(file=source))
    try:
        size = copy_database(source, Path(arguments.file))
    except TargetInUse:
        raise CommandFailed(
            tr(
                "{file} belongs to a database that is in use; a copy in its place would break it. Nothing was changed: name "
                "another file."
            ).format(file=arguments.file)
        ) from None
    except BackupFailed:
        raise CommandFailed(
            tr("The copy could not be made; nothing was changed. Check that {file} can be written.").format(
                file=arguments.file
            )
        ) from None
    write(
        tr("{file}: {size} bytes. After restoring it run “duecall server init --restored”.").format(
            file=arguments.file, size=size
        )
    )
