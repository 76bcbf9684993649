"""``duecall case``: everything known about a case."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from domain.i18n import tr
from tui.cli.frame import CommandFailed, SubParsers, add_command, add_json
from tui.cli.output import write, write_json

if TYPE_CHECKING:
    from tui.opening import OpenProfile


def add_parser(subparsers: SubParsers) -> None:
    """Add the command."""
    parser = add_command(
        subparsers,
        "case",
        run,
        summary=tr("everything known about a case"),
        details=tr("Everything this machine knows about a case."),
    )
    parser.add_argument("case", metavar="ID")
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Print a case."""
    from tui.headless import with_profile

    async def work(profile: OpenProfile) -> tuple[dict[str, Any], list[str]] | None:
        return _read(profile, args.case)

    found = with_profile(work)
    if found is None:
        raise CommandFailed(tr("There is no case {id} here: duecall queue lists them.").format(id=args.case))
    document, lines = found
    if args.json:
        write_json(document)
    else:
        for line in lines:
            write(line)
    return 0


def _read(profile: OpenProfile, case_id: str) -> tuple[dict[str, Any], list[str]] | None:
    from domain.canonical import to_plain
    from domain.case import reading
    from domain.clock import format_instant
    from domain.gate import answer_to_json
    from domain.money import to_decimal
    from domain.promises import judge_case
    from domain.queue import next_action
    from screens.widgets.brief import brief_lines
    from screens.widgets.timeline import timeline

    desk = profile.desk
    case = desk.case(case_id)
    if case is None:
        return None
    now = desk.now()
    today = reading.customer_day(case, now)
    money = reading.balance(case, today)
    answer = desk.gate(case)
    action = next_action(case, now, desk.policy)
    document = to_plain(case) | {
        "owed": to_decimal(money.owed, money.currency),
        "overdue": to_decimal(money.overdue, money.currency),
        "days_past_due": reading.days_past_due(case, today),
        "standings": [
            {
                "promise": each.promise.id,
                "state": each.state,
                "paid": each.paid,
                "missing": each.missing,
                "decided_on": each.decided_on.isoformat() if each.decided_on else None,
                "confirmed": each.confirmed,
                "last_payment": each.last_payment.isoformat() if each.last_payment else None,
                "level": each.level,
            }
            for each in judge_case(case, today, desk.policy.promise)
        ],
        "next_action": {"kind": action.kind, "at": format_instant(action.at), "why": action.why} if action else None,
        "may_call": answer_to_json(answer),
        "unsent": sorted(fact.id for fact in profile.replica.outbox.pending(case_id) if desk.is_unsent(fact.id)),
    }
    row = next((row for row in [*desk.queue().today, *desk.queue().not_now] if row.case_id == case_id), None)
    lines = [line.plain for line in brief_lines(case, row, answer, now, desk.policy, desk.cash)]
    return document, [*lines, "", *(line.plain for line in timeline(case, now, desk.is_unsent))]
