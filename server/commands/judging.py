"""``duecall server judge``: judge the promises that were due, as the server does by itself every hour."""

from __future__ import annotations

import argparse
from datetime import date

from domain.canonical import to_plain
from domain.i18n import tr, trn
from server.commands.frame import (
    CommandFailed,
    SubParsers,
    add_database,
    add_json,
    answering,
    opened,
    write,
    write_json,
)


def add_parsers(commands: SubParsers) -> None:
    """Mount the command."""
    judge = commands.add_parser(
        "judge",
        help=tr("judge the promises that were due"),
        description=tr("Judge the promises due up to a day; run again it finds nothing new."),
    )
    judge.add_argument("--day", metavar="DATE", help=tr("up to which due day (today by default)"))
    add_json(judge)
    add_database(judge)
    judge.set_defaults(run=answering(_judge))


def _judge(arguments: argparse.Namespace) -> None:
    from server.promises.judging import judge_promises

    try:
        day = date.fromisoformat(arguments.day) if arguments.day else None
    except ValueError:
        raise CommandFailed(tr("The day is written like 2026-11-30.")) from None
    with opened(arguments) as database:
        if day is not None and day > database.clock.now().date():
            raise CommandFailed(tr("A day that has not come yet cannot be judged."))
        judged = judge_promises(database, day)
    if arguments.json:
        write_json(to_plain(judged))
        return
    words = trn("{n} promise was looked at.", "{n} promises were looked at.", judged.judged).format(n=judged.judged)
    news = sum(judged.changed.values())
    write(words + " " + trn("{n} stands differently now.", "{n} stand differently now.", news).format(n=news))
