"""``duecall payments``: a bank's or a ledger's payments, sent to the server and booked on the cases they fit."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any, cast

from domain.i18n import tr, trn
from domain.text import clean_line
from tui.cli.frame import CommandFailed, SubParsers, add_command, add_json
from tui.cli.import_report import ask
from tui.cli.output import warn, write, write_json

_SHOWN = 20


def add_parser(subparsers: SubParsers) -> None:
    """Add the command."""
    parser = add_command(
        subparsers,
        "payments",
        run,
        summary=tr("bring a payments file in"),
        details=tr(
            "Reads CSV and XLSX. Each payment goes to the one case it fits; the same file again changes nothing."
        ),
    )
    parser.add_argument("file", metavar="FILE", type=Path, help=tr("the file as the bank or the ledger exported it"))
    parser.add_argument("--currency", metavar="CUR", help=tr("the currency of rows that name none, such as CNY"))
    parser.add_argument("--date-order", choices=("DMY", "MDY", "YMD"), help=tr("how 03/04/2026 is read"))
    parser.add_argument("--decimal", choices=(".", ","), help=tr("the mark that divides the decimals of 1,234"))
    parser.add_argument("--sheet", metavar="NAME", help=tr("the worksheet that is meant"))
    parser.add_argument("--profile", metavar="NAME", help=tr("use the answers remembered under this name"))
    parser.add_argument("--dry-run", action="store_true", help=tr("only show what would be booked"))
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Send the file and say what became of each payment."""
    from tui.headless import upload

    try:
        data = cast("Path", arguments.file).read_bytes()
    except OSError as error:
        words = tr("The file {file} cannot be read ({why}); nothing was booked.")
        raise CommandFailed(words.format(file=arguments.file, why=error.strerror)) from None
    options = {
        "filename": arguments.file.name,
        "currency": arguments.currency,
        "date_order": arguments.date_order,
        "decimal": arguments.decimal,
        "sheet": arguments.sheet,
        "profile": arguments.profile,
        "dry_run": "true" if arguments.dry_run else None,
    }
    report = upload("payments", data, {name: value for name, value in options.items() if value is not None})
    blocking = [question for question in report.get("questions", ()) if question["blocking"]]
    if arguments.json:
        write_json(report)
    elif not blocking:
        _show(report, clean_line(arguments.file.name))
    if blocking:
        raise CommandFailed(ask(blocking))
    return 0


def _show(report: dict[str, Any], name: str) -> None:
    counts = report["applied"]
    total = sum(counts.values())
    write(trn("{n} payment in {file}", "{n} payments in {file}", total).format(n=total, file=name))
    words = {
        "booked": tr("booked"),
        "known": tr("known already"),
        "unmatched": tr("fit no case"),
        "ambiguous": tr("fit several cases"),
        "refused": tr("cannot be booked"),
    }
    write(tr(", ").join(f"{words.get(each, each)} {count}" for each, count in counts.items()) or tr("nothing"))
    open_lines = [line for line in report["payments"] if line["fate"] not in ("booked", "known")]
    notes = [(line["row"], line.get("text") or "") for line in open_lines]
    notes += [(note["row"], note["text"]) for note in report["errors"]]
    for row, text in sorted(notes, key=lambda note: note[0] or 0)[:_SHOWN]:
        warn(tr("row {row}: {text}").format(row=row, text=text))
    if len(notes) > _SHOWN:
        rest = len(notes) - _SHOWN
        warn(trn("… and {n} more; --json has it", "… and {n} more; --json has them all", rest).format(n=rest))
