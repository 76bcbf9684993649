"""``duecall promise``: capture a promise without a screen."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

from domain.i18n import tr
from tui.cli.frame import CommandFailed, SubParsers, add_command, add_json
from tui.cli.output import write, write_json

if TYPE_CHECKING:
    from screens.ports import PromiseEntry, PromiseView
    from tui.opening import OpenProfile


def add_parser(subparsers: SubParsers) -> None:
    """Add the command."""
    parser = add_command(
        subparsers,
        "promise",
        run,
        summary=tr("capture a promise"),
        details=tr("Capture a promise to pay, with the checks of the screen."),
    )
    parser.add_argument("case", metavar="CASE")
    parser.add_argument("--date", required=True, metavar="TEXT", help=tr("when, as people say it"))
    parser.add_argument("--amount", default="", metavar="A", help=tr("how much; the whole by default"))
    parser.add_argument("--parts", default="", metavar="N", help=tr("in how many payments"))
    parser.add_argument("--every", choices=("week", "month"), default="month", help=tr("how far apart"))
    parser.add_argument("--method", default="transfer", metavar="M", help=tr("how it will be paid"))
    parser.add_argument("--yes", action="store_true", help=tr("save without asking"))
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Show what the promise would be, ask, save."""
    from screens.ports import PromiseEntry
    from tui.headless import with_profile

    entry = PromiseEntry(args.date, args.amount, args.parts, args.every, args.method)

    async def work(profile: OpenProfile) -> int:
        return _capture(profile, args, entry)

    return with_profile(work)


def _capture(profile: OpenProfile, args: argparse.Namespace, entry: PromiseEntry) -> int:
    from screens.ports import Refused

    desk = profile.desk
    case = desk.case(args.case)
    if case is None:
        raise CommandFailed(tr("There is no case {id} here: duecall queue lists them.").format(id=args.case))
    view = desk.read_promise(args.case, entry)
    saved = None
    if view.ready and (args.yes or args.json or _agreed(view)):
        result = desk.save_promise_alone(args.case, entry)
        if isinstance(result, Refused):
            raise CommandFailed(result.text)
        saved = result
    if args.json:
        write_json(_document(view, saved, profile.replica.outbox.count_unsent()))
    if saved is None:
        errors = [issue.text for issue in view.issues if issue.severity == "error"]
        reason = "" if view.ready else view.why
        raise CommandFailed(errors[0] if errors else reason or tr("Nothing was saved."))
    if not args.json:
        write(tr("saved: {recap}").format(recap=view.echo))
        for issue in view.issues:
            write("! " + issue.text)
    return 0


def _agreed(view: PromiseView) -> bool:
    write(f"= {view.echo}  {view.why}")
    for issue in view.issues:
        write("! " + issue.text)
    write(view.recap)
    if not sys.stdin.isatty():
        return False
    return input(tr("Save? [y/N] ")).strip().lower() in ("y", "yes", "是", "好")


def _document(view: PromiseView, saved: str | None, unsent: int) -> dict[str, Any]:
    from domain.money import to_decimal

    approval = any(issue.severity == "approval" for issue in view.issues)
    return {
        "promise": saved,
        "state": ("pending_approval" if approval else "open") if saved else None,
        "parts": [
            {"due": part.due.isoformat(), "amount": to_decimal(part.amount, view.currency)} for part in view.parts
        ],
        "currency": view.currency,
        "echo": view.echo,
        "why": view.why,
        "warnings": [{"code": issue.code, "text": issue.text} for issue in view.issues],
        "saved": saved is not None,
        "unsent": unsent,
    }
