"""``duecall export``: what this machine knows, as CSV that opens safely in a spreadsheet."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from domain.i18n import tr
from tui.cli.frame import CommandFailed, SubParsers, add_command
from tui.cli.output import write

if TYPE_CHECKING:
    from domain.case.model import Case
    from domain.spreadsheet import Value
    from tui.opening import OpenProfile

_HEADINGS = {
    "promises": ("case customer promise state due amount currency paid method made_at approval".split()),
    "timeline": "case customer at type author text".split(),
    "queue": "case customer bucket why score overdue owed currency days_past_due callable next_allowed".split(),
}


def add_parser(subparsers: SubParsers) -> None:
    """Add the command."""
    parser = add_command(
        subparsers,
        "export",
        run,
        summary=tr("write what this machine knows as CSV"),
        details=tr("Promises, the timeline or today's queue as CSV that opens safely in a spreadsheet."),
    )
    parser.add_argument("--what", choices=tuple(_HEADINGS), default="promises", help=tr("what to write (promises)"))
    parser.add_argument("--out", metavar="FILE", type=Path, help=tr("the file to write (standard output by default)"))


def run(arguments: argparse.Namespace) -> int:
    """Write the table."""
    from domain.spreadsheet import to_csv
    from tui.headless import with_profile

    rows = {"promises": _promises, "timeline": _timeline, "queue": _queue}[arguments.what]

    async def work(profile: OpenProfile) -> list[list[Value]]:
        return list(rows(profile))

    found = with_profile(work)
    text = to_csv(_HEADINGS[arguments.what], found)
    if arguments.out is None:
        sys.stdout.write(text)
        return 0
    try:
        arguments.out.write_bytes(text.encode())
    except OSError as error:
        words = tr("The file {file} cannot be written ({why}).")
        raise CommandFailed(words.format(file=arguments.out, why=error.strerror)) from None
    write(tr("{n} rows written to {file}.").format(n=len(found), file=arguments.out))
    return 0


def _cases(profile: OpenProfile) -> Iterator[Case]:
    queue = profile.desk.queue()
    for case_id in sorted(row.case_id for row in (*queue.today, *queue.not_now)):
        case = profile.desk.case(case_id)
        if case is not None:
            yield case


def _promises(profile: OpenProfile) -> Iterator[list[Value]]:
    from domain.case import reading
    from domain.clock import format_instant
    from domain.money import to_decimal
    from domain.promises import judge_case

    for case in _cases(profile):
        today = reading.customer_day(case, profile.desk.now())
        for standing in judge_case(case, today, profile.desk.policy.promise):
            promise = standing.promise
            for part, paid in zip(promise.parts, standing.part_paid or (0,) * len(promise.parts), strict=True):
                yield [
                    case.id,
                    case.customer.name,
                    promise.id,
                    standing.state,
                    part.due.isoformat(),
                    to_decimal(part.amount, promise.currency),
                    promise.currency,
                    to_decimal(paid, promise.currency),
                    promise.method,
                    format_instant(promise.at),
                    promise.approval,
                ]


def _timeline(profile: OpenProfile) -> Iterator[list[Value]]:
    from domain.clock import format_instant
    from screens.widgets.timeline import timeline

    for case in _cases(profile):
        moments = [moment for moment in case.timeline if not moment.retracted]
        for moment in moments:
            alone = replace(case, timeline=(moment,), older=0)
            words = " ".join(line.plain for line in timeline(alone, profile.desk.now(), profile.desk.is_unsent))
            author = moment.author_name or moment.author
            yield [case.id, case.customer.name, format_instant(moment.at), moment.type, author, words]


def _queue(profile: OpenProfile) -> Iterator[list[Value]]:
    from tui.cli.queue import row_json

    queue = profile.desk.queue()
    for row in (*queue.today, *queue.not_now):
        plain = row_json(row)
        yield [
            "yes" if value is True else "no" if value is False else value
            for value in (plain[heading] for heading in _HEADINGS["queue"])
        ]
