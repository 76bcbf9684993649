"""``duecall import``: aged receivables or a contact list, looked at first (``--dry-run``) or sent to the server."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from domain.i18n import tr
from domain.text import clean_line
from tui.cli.frame import CommandFailed, SubParsers, add_command, add_json, typed_day
from tui.cli.import_report import ask, show
from tui.cli.output import warn, write_json
from tui.cli.progress import progress_bar

if TYPE_CHECKING:
    from domain.receivables import ReadingOptions


def add_parser(subparsers: SubParsers) -> None:
    """Add the command."""
    parser = add_command(
        subparsers,
        "import",
        run,
        summary=tr("bring an aged-receivables file or a contact list in"),
        details=tr("Reads CSV, XLSX, XLS, HTML tables and fixed-width lists. --dry-run needs no server."),
    )
    parser.add_argument("file", metavar="FILE", type=Path, help=tr("the file as the ledger exported it"))
    parser.add_argument("--as-of", metavar="DATE", type=typed_day, help=tr("the day the balances describe"))
    parser.add_argument("--currency", metavar="CUR", help=tr("the currency of rows that name none, such as CNY"))
    parser.add_argument("--date-order", choices=("DMY", "MDY", "YMD"), help=tr("how 03/04/2026 is read"))
    parser.add_argument("--decimal", choices=(".", ","), help=tr("the mark that divides the decimals of 1,234"))
    parser.add_argument("--sheet", metavar="NAME", help=tr("the worksheet that is meant"))
    parser.add_argument("--region", metavar="CC", help=tr("the country of numbers without a country code"))
    parser.add_argument("--segment", choices=("business", "consumer"), help=tr("what kind of customers these are"))
    parser.add_argument("--language", metavar="LANG", help=tr("the customers' language, such as zh"))
    parser.add_argument("--assign", metavar="WHO", help=tr("who gets new cases: even (the default), none, or a login"))
    parser.add_argument("--contacts", action="store_true", help=tr("the file is a contact list"))
    parser.add_argument("--dry-run", action="store_true", help=tr("only show what would be brought in"))
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Look at the file, or send it to the server."""
    try:
        data = cast("Path", arguments.file).read_bytes()
    except OSError as error:
        words = tr("The file {file} cannot be read ({why}); nothing was imported.")
        raise CommandFailed(words.format(file=arguments.file, why=error.strerror)) from None
    read = (_look_at_contacts if arguments.contacts else _look_at_receivables) if arguments.dry_run else _upload
    report = read(arguments, data)
    blocking = [question for question in report["questions"] if question["blocking"]]
    if arguments.json:
        write_json(report)
    elif not blocking or arguments.dry_run:
        show(report, clean_line(arguments.file.name))
        for question in report["questions"]:
            if not question["blocking"]:
                warn(ask([question]))
    if blocking:
        raise CommandFailed(ask(blocking))
    if not report["rows"]["data"]:
        raise CommandFailed(tr("This file holds nothing to import; nothing was imported."))
    return 0


def _look_at_receivables(arguments: argparse.Namespace, data: bytes) -> dict[str, Any]:
    from domain.receivables import NotReceivables, to_json
    from server.imports.reading import read_file

    with progress_bar(tr("reading")) as progress, _refusing(arguments, NotReceivables):
        return to_json(read_file(data, arguments.file.name, _options(arguments), progress))


def _look_at_contacts(arguments: argparse.Namespace, data: bytes) -> dict[str, Any]:
    from domain.receivables import NotReceivables, contacts_to_json
    from server.imports.reading import read_contact_file

    with _refusing(arguments, NotReceivables):
        report = contacts_to_json(read_contact_file(data, arguments.file.name, _options(arguments)))
    return report | {"questions": [], "errors": report.pop("skipped")}


def _upload(arguments: argparse.Namespace, data: bytes) -> dict[str, Any]:
    from tui.headless import upload

    options = {
        "filename": arguments.file.name,
        "as_of": arguments.as_of.isoformat() if arguments.as_of else None,
        "currency": arguments.currency,
        "date_order": arguments.date_order,
        "decimal": arguments.decimal,
        "sheet": arguments.sheet,
        "region": arguments.region,
        "segment": arguments.segment,
        "language": arguments.language,
        "assign": arguments.assign,
    }
    given = {name: value for name, value in options.items() if value is not None}
    report = upload("contacts" if arguments.contacts else "receivables", data, given)
    return {"questions": []} | report


def _options(arguments: argparse.Namespace) -> ReadingOptions:
    from domain.receivables import ReadingOptions

    return ReadingOptions(
        as_of=arguments.as_of,
        currency=arguments.currency.upper() if arguments.currency else None,
        date_order=arguments.date_order,
        decimal=arguments.decimal,
        sheet=arguments.sheet,
        region=arguments.region.upper() if arguments.region else None,
    )


@contextmanager
def _refusing(arguments: argparse.Namespace, refusal: type[ValueError]) -> Iterator[None]:
    """Turn a refused file into exit code 1; with ``--json`` into a document of the usual form as well."""
    try:
        yield
    except refusal as reason:
        if arguments.json:
            write_json(_refused(str(reason)))
        raise CommandFailed(str(reason)) from None


def _refused(sentence: str) -> dict[str, Any]:
    nothing = dict.fromkeys(("encoding", "as_of", "date_order", "currency", "total"))
    return {
        **nothing,
        "items": [],
        "rows": {},
        "questions": [],
        "warnings": [],
        "errors": [{"row": None, "text": sentence}],
    }
