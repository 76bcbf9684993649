"""``duecall phone``: what a phone cell means."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from domain.i18n import tr
from domain.text import clean_line
from tui.cli.frame import CommandFailed, SubParsers, add_command, add_json
from tui.cli.output import Record, answer_lines, text_of, text_or_none, warn, write, write_json

if TYPE_CHECKING:
    from domain.phones import PhoneCell


def add_parser(subparsers: SubParsers) -> None:
    """Add the command."""
    parser = add_command(
        subparsers,
        "phone",
        run,
        summary=tr("which numbers a phone cell holds"),
        details=tr("“-” reads one JSON object a line from standard input: text, region."),
    )
    parser.add_argument("text", metavar="TEXT", nargs="+", help=tr("the cell as people typed it"))
    parser.add_argument(
        "--region", metavar="CC", help=tr("the country of numbers without a country code, such as CN or US")
    )
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Answer one cell, or one a line."""
    if arguments.text == ["-"]:
        return answer_lines(lambda record: _answer(record, arguments.region))
    from domain.phones import read_phone_cell

    cell = read_phone_cell(" ".join(arguments.text), arguments.region)
    if arguments.json:
        write_json(to_json(cell))
    else:
        _show(cell)
    if not cell.numbers:
        raise CommandFailed(tr("There is no number to dial in this text."))
    return 0


def _show(cell: PhoneCell) -> None:
    from domain.phones import display

    for number in cell.numbers:
        shown = display(number.e164)
        if number.extension:
            shown = tr("{number} extension {extension}").format(number=shown, extension=number.extension)
        write("  ".join((shown, number.type, number.region or "-", ", ".join(number.zones))))
    for rejected in cell.rejected:
        warn(tr("“{text}”: {reason}").format(text=clean_line(rejected.text), reason=rejected.reason))


def to_json(cell: PhoneCell) -> dict[str, Any]:
    """Write a cell as plain values."""
    return {
        "numbers": [
            {
                "e164": number.e164,
                "extension": number.extension,
                "type": number.type,
                "region": number.region,
                "zones": list(number.zones),
                "label": number.label,
                "place": number.place,
            }
            for number in cell.numbers
        ],
        "rejected": [
            {"text": rejected.text, "reason": rejected.reason, "code": rejected.code} for rejected in cell.rejected
        ],
    }


def _answer(record: Record, region: str | None) -> dict[str, Any]:
    from domain.phones import read_phone_cell

    return to_json(read_phone_cell(text_of(record, "text"), text_or_none(record, "region") or region))
