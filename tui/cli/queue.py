"""``duecall queue``: today's queue with its reasons."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from domain.i18n import tr
from tui.cli.frame import SubParsers, add_command, add_json
from tui.cli.output import write, write_json

if TYPE_CHECKING:
    from domain.queue import Queue, QueueRow
    from tui.opening import OpenProfile


def add_parser(subparsers: SubParsers) -> None:
    """Add the command."""
    parser = add_command(
        subparsers,
        "queue",
        run,
        summary=tr("today's queue with reasons"),
        details=tr("Today's calls, best first, and what is held back."),
    )
    add_json(parser)
    parser.add_argument("--limit", type=int, metavar="N", help=tr("at most so many rows"))


def run(args: argparse.Namespace) -> int:
    """Print the queue."""
    from tui.headless import with_profile

    async def work(profile: OpenProfile) -> Queue:
        return profile.desk.queue()

    queue = with_profile(work)
    rows = [*queue.today, *queue.not_now][: args.limit]
    if args.json:
        write_json([row_json(row) for row in rows])
        return 0
    from domain.money import format_money

    if not rows:
        write(tr("No cases here. duecall sync fetches them."))
    for row in rows:
        mark = "●" if row.callable else "○"
        amount = format_money(row.overdue or row.owed, row.currency)
        write(f"{mark} {row.case_id}  {row.customer}  {amount}  {row.why}")
    return 0


def row_json(row: QueueRow) -> dict[str, Any]:
    """Write one row as checks read it."""
    from domain.clock import format_instant
    from domain.money import to_decimal

    refusal = row.verdict if row.verdict is not None and not row.verdict.allowed else None
    return {
        "case": row.case_id,
        "customer": row.customer,
        "why": row.why,
        "score": row.score,
        "bucket": row.bucket.code if row.bucket is not None else "held",
        "overdue": to_decimal(row.overdue, row.currency),
        "owed": to_decimal(row.owed, row.currency),
        "currency": row.currency,
        "days_past_due": row.days,
        "callable": row.callable,
        "next_allowed": format_instant(row.next_allowed) if row.next_allowed is not None else None,
        "refusal": {"code": refusal.code, "text": refusal.text, "rule": refusal.rule} if refusal is not None else None,
        "points": [{"name": each.name, "points": each.points, "most": each.most} for each in row.points],
    }
