"""``duecall promise``: capture a promise without a screen."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any, Final, Literal

from domain.i18n import tr
from tui.cli.frame import CommandFailed, SubParsers, add_command, add_json
from tui.cli.output import write, write_json

if TYPE_CHECKING:
    from domain.promises import Standing
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
    either = parser.add_mutually_exclusive_group(required=True)
    either.add_argument("--date", default="", metavar="TEXT", help=tr("when, as people say it"))
    either.add_argument("--withdraw", metavar="REASON", help=tr("end the promise that stands"))
    parser.add_argument("--amount", default="", metavar="A", help=tr("how much; the whole by default"))
    parser.add_argument("--parts", default="", metavar="N", help=tr("in how many payments"))
    parser.add_argument("--every", choices=tuple(_EVERY), default="month", help=tr("how far apart"))
    parser.add_argument("--first", default="", metavar="A", help=tr("the first payment, where it differs"))
    spread = tr("equal payments, or round ones and the rest last")
    parser.add_argument("--spread", choices=("equal", "last"), default="equal", help=spread)
    parser.add_argument("--shift", choices=("before", "after"), default="", help=tr("where payments on days off go"))
    parser.add_argument("--method", default="transfer", metavar="M", help=tr("how it will be paid"))
    parser.add_argument("--type", default="", metavar="NAME", help=tr("a promise type the house has named"))
    parser.add_argument(
        "--amend", action="store_true", help=tr("change the promise that stands instead of replacing it")
    )
    parser.add_argument("--yes", action="store_true", help=tr("save without asking"))
    add_json(parser)


_EVERY: Final[dict[str, Literal["week", "two_weeks", "month"]]] = {
    "week": "week",
    "fortnight": "two_weeks",
    "month": "month",
}


def run(args: argparse.Namespace) -> int:
    """Show what the promise would be, ask, save."""
    from tui.headless import with_profile

    async def work(profile: OpenProfile) -> int:
        return _withdraw(profile, args) if args.withdraw is not None else _capture(profile, args)

    return with_profile(work)


def _entry(args: argparse.Namespace, amends: str) -> PromiseEntry:
    from screens.ports import PromiseEntry

    return PromiseEntry(
        args.date,
        args.amount,
        args.parts,
        _EVERY[args.every],
        args.method,
        first=args.first,
        spread=args.spread,
        shift=args.shift,
        amends=amends,
        kind=args.type,
    )


def _standing(profile: OpenProfile, case_id: str) -> Standing:
    standing = profile.desk.standing_promise(case_id)
    if standing is None:
        raise CommandFailed(tr("No promise stands on case {id}; nothing was changed.").format(id=case_id))
    return standing


def _withdraw(profile: OpenProfile, args: argparse.Namespace) -> int:
    from domain.money import format_money
    from screens.ports import Refused

    _known(profile, args.case)
    standing = _standing(profile, args.case)
    result = profile.desk.withdraw_promise(args.case, standing.promise.id, args.withdraw)
    if isinstance(result, Refused):
        raise CommandFailed(result.text)
    if args.json:
        unsent = profile.replica.outbox.count_unsent()
        write_json({"promise": standing.promise.id, "state": "withdrawn", "saved": True, "unsent": unsent})
    else:
        amount = format_money(standing.promise.total, standing.promise.currency)
        write(tr("promise of {amount} withdrawn").format(amount=amount))
    return 0


def _known(profile: OpenProfile, case_id: str) -> None:
    if profile.desk.case(case_id) is None:
        raise CommandFailed(tr("There is no case {id} here: duecall queue lists them.").format(id=case_id))


def _capture(profile: OpenProfile, args: argparse.Namespace) -> int:
    from screens.ports import Refused

    desk = profile.desk
    _known(profile, args.case)
    if args.type and args.type not in {each.name for each in desk.policy.promise.variants}:
        raise CommandFailed(tr("The house has no promise type {name}.").format(name=args.type))
    entry = _entry(args, _standing(profile, args.case).promise.id if args.amend else "")
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
        _tell(view)
    return 0


def _tell(view: PromiseView) -> None:
    from screens.widgets.promiselines import payment_lines

    for line in payment_lines(view, 80):
        write("  " + line.plain)
    for issue in view.issues:
        write("! " + issue.text)
    if any(issue.severity == "approval" for issue in view.issues):
        write(tr("It waits for a supervisor's approval."))


def _agreed(view: PromiseView) -> bool:
    write(f"= {view.echo}  {view.why}")
    _tell(view)
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
        "warnings": [{"code": issue.code, "severity": issue.severity, "text": issue.text} for issue in view.issues],
        "saved": saved is not None,
        "unsent": unsent,
    }
