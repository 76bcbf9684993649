"""``duecall outcome``: capture what came of a call made elsewhere."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from domain.i18n import tr
from tui.cli.frame import CommandFailed, SubParsers, add_command, add_json
from tui.cli.output import write, write_json

if TYPE_CHECKING:
    from domain.codes import Catalogue, Code
    from tui.opening import OpenProfile


def add_parser(subparsers: SubParsers) -> None:
    """Add the command."""
    parser = add_command(
        subparsers,
        "outcome",
        run,
        summary=tr("capture an outcome"),
        details=tr("The dial gate is asked first: a call that may not be made is refused."),
    )
    parser.add_argument("case", metavar="CASE", help=tr("the id of a case of this profile"))
    parser.add_argument("code", metavar="CODE", help=tr("a result code such as no_answer"))
    parser.add_argument("--note", default="", metavar="TEXT", help=tr("what was said"))
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Write the attempt and its outcome."""
    from tui.headless import with_profile

    async def work(profile: OpenProfile) -> int:
        from screens.ports import Refused

        desk = profile.desk
        code = _code(args.code, args.note, desk.policy.catalogue)
        started = desk.dial(args.case)
        if isinstance(started, Refused):
            raise CommandFailed(started.text)
        result = desk.save_outcome(args.case, code, args.note)
        if isinstance(result, Refused):
            raise CommandFailed(result.text)
        unsent = profile.replica.outbox.count_unsent()
        if args.json:
            write_json({"case": args.case, "code": code.id, "call": started.id, "saved": True, "unsent": unsent})
        else:
            write(tr("{what} saved").format(what=code.name))
        return 0

    return with_profile(work)


def _code(name: str, note: str, codes: Catalogue) -> Code:
    """Find the code among those of the house. Raises :class:`CommandFailed` where it cannot be saved like this."""
    code = codes.get(name)
    if code is None or code in codes.retired:
        known = ", ".join(each.id for each in codes.codes)
        raise CommandFailed(tr("There is no result code {code}; known are {known}.").format(code=name, known=known))
    if code.has("promise") or code.has("needs_next"):
        raise CommandFailed(tr("This outcome needs a date: use duecall promise, or the screen."))
    if code.has("needs_note") and not note.strip():
        raise CommandFailed(tr("This outcome needs a note: --note TEXT."))
    return code
