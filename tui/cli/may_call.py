"""``duecall may-call``: the dial gate's answer for a number, or for a case of the open profile."""

from __future__ import annotations

import argparse
from datetime import datetime
from typing import TYPE_CHECKING, Any

from domain.clock import SystemClock
from domain.i18n import tr
from tui.cli.frame import CommandFailed, SubParsers, add_command, add_json, typed_instant
from tui.cli.output import LineRefused, Record, answer_lines, text_of, text_or_none, write, write_json

if TYPE_CHECKING:
    from domain.gate import Answer


def add_parser(subparsers: SubParsers) -> None:
    """Add the command."""
    parser = add_command(
        subparsers,
        "may-call",
        run,
        summary=tr("whether a customer may be called now, and by which rule"),
        details=tr("“-” reads one JSON object a line from standard input: number, at, pack."),
    )
    whom = parser.add_mutually_exclusive_group(required=True)
    whom.add_argument("case", metavar="CASE", nargs="?", help=tr("the id of a case of this profile"))
    whom.add_argument("--number", metavar="E164", help=tr("a number with its country code, such as +8613800138000"))
    parser.add_argument("--at", metavar="INSTANT", type=typed_instant, help=tr("the instant to judge (now by default)"))
    parser.add_argument("--pack", metavar="NAME", help=tr("the rule pack (the number's country decides by default)"))
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Answer one question, or one a line. Allowed and refused are both answers: both exit with 0."""
    at = arguments.at
    if arguments.case == "-":
        return answer_lines(lambda record: _answer_line(record, at, arguments.pack))
    try:
        if arguments.number is not None:
            answer = may_call_number(arguments.number, at or SystemClock().now(), arguments.pack)
        else:
            from tui.headless import may_call

            answer = may_call(arguments.case, at, arguments.pack)
    except ValueError as refusal:  # PackError and NoNumber: both are sentences for people
        raise CommandFailed(str(refusal)) from None
    from domain.gate import answer_to_json

    if arguments.json:
        write_json(answer_to_json(answer))
        return 0
    write(answer.text)
    rule = tr("{rule} ({source})").format(rule=answer.rule, source=answer.source)
    write(rule if answer.source else answer.rule)
    for line in (answer.alternative, *(note.text for note in answer.warnings)):
        if line:
            write(line)
    return 0


class NoNumber(ValueError):  # noqa: N818 - it answers a question, it reports no malfunction
    """The text is no telephone number with its country code; the message is one translated sentence."""


def may_call_number(number: str, at: datetime, pack: str | None = None) -> Answer:
    """Ask the gate about a number nothing else is known of: only hours and holidays can refuse it.

    Raises :class:`NoNumber`, and :class:`domain.gate.PackError` when there is no such pack.
    """
    from domain.gate import CallRequest, load_pack, may_call
    from domain.phones import read_phone_cell, zones_of
    from domain.phones.plans import parse_e164
    from domain.policy import default_policy

    known = next(iter(read_phone_cell(number, None).numbers), None) if number.startswith("+") else None
    if known is None and parse_e164(number) is None:
        raise NoNumber(tr("This is no number with its country code; write it like +8613800138000."))
    region = known.region if known is not None else None
    chosen = load_pack(pack or default_policy().pack_for("consumer", region))
    request = CallRequest(
        at=at,
        zones=known.zones if known is not None else zones_of(number),
        number=known.e164 if known is not None else number,
        place=known.place if known is not None else "unknown",
        region=region,
    )
    return may_call(request, chosen)


def _answer_line(record: Record, at: datetime | None, pack: str | None) -> dict[str, Any]:
    from domain.gate import answer_to_json

    number, instant = text_of(record, "number"), text_or_none(record, "at")
    try:
        asked = at or SystemClock().now() if instant is None else typed_instant(instant)
        return answer_to_json(may_call_number(number, asked, text_or_none(record, "pack") or pack))
    except argparse.ArgumentTypeError as error:
        raise LineRefused(f"{error}.") from None
    except ValueError as refusal:
        raise LineRefused(str(refusal)) from None
