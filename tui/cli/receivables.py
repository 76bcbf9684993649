"""``duecall import``: aged receivables or a contact list, looked at first (``--dry-run``) or sent to the server."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from domain.i18n import tr, trn
from tui.cli.frame import CommandFailed, SubParsers, add_command, add_json, typed_day
from tui.cli.output import warn, write, write_json
from tui.cli.progress import progress_bar

if TYPE_CHECKING:
    from domain.receivables import ContactsReading, Question, Reading, ReadingOptions

_SHOWN_NOTES = 20


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
    if not arguments.dry_run:
        return _upload(arguments, data)
    if arguments.contacts:
        return _look_at_contacts(arguments, data)
    return _look_at_receivables(arguments, data)


def _look_at_receivables(arguments: argparse.Namespace, data: bytes) -> int:
    from domain.receivables import NotReceivables, to_json
    from server.imports.reading import read_file

    with progress_bar(tr("reading")) as progress, _refusing(arguments, NotReceivables):
        reading = read_file(data, arguments.file.name, _options(arguments), progress)
    if arguments.json:
        write_json(to_json(reading))
    else:
        _show(reading)
    if not reading.is_receivables:
        raise CommandFailed(tr("This file holds no receivables; nothing was imported."))
    if reading.must_be_answered:
        raise CommandFailed(_ask(reading.must_be_answered))
    return 0


def _look_at_contacts(arguments: argparse.Namespace, data: bytes) -> int:
    from domain.receivables import NotReceivables
    from server.imports.reading import read_contact_file

    with _refusing(arguments, NotReceivables):
        reading = read_contact_file(data, arguments.file.name, _options(arguments))
    if arguments.json:
        write_json(contacts_to_json(reading))
        return 0
    customers = len(reading.customers)
    write(trn("{n} contact in {file}", "{n} contacts in {file}", customers).format(n=customers, file=_name(arguments)))
    _show_notes([(note.row, note.text) for note in (*reading.skipped, *reading.warnings)])
    return 0


def contacts_to_json(reading: ContactsReading) -> dict[str, Any]:
    """Write a contact list as plain values; phone cells as typed and as numbers to dial."""
    from domain.receivables import phone_cells

    return {
        "encoding": reading.encoding,
        "region": reading.region,
        "contacts": [
            {
                "row": customer.row,
                "customer_id": customer.customer_id,
                "customer": customer.name,
                "contact": customer.contact,
                "cells": list(customer.phones),
                "phones": list(
                    dict.fromkeys(
                        number for cell in customer.phones for number in phone_cells.numbers(cell, reading.region)
                    )
                ),
                "email": customer.email,
            }
            for customer in reading.customers
        ],
        "rows": dict(reading.rows),
        "questions": [],
        "warnings": [{"row": note.row, "text": note.text} for note in reading.warnings],
        "errors": [{"row": note.row, "text": note.text} for note in reading.skipped],
        "unread": list(reading.unread),
    }


def _upload(arguments: argparse.Namespace, data: bytes) -> int:
    from importlib import import_module

    headless = import_module("tui.headless")
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
    report: dict[str, Any] = headless.upload("contacts" if arguments.contacts else "receivables", data, given)
    if arguments.json:
        write_json(report)
    else:
        _show_report(report, _name(arguments))
    blocking = [question for question in report.get("questions", ()) if question.get("blocking", True)]
    if blocking:
        raise CommandFailed(" ".join(question["text"] for question in blocking))
    return 0


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


def _show(reading: Reading) -> None:
    items, customers = len(reading.items), len(reading.customers)
    for currency, total in reading.totals.items():
        write(tr("{total} {currency} open").format(total=total, currency=currency or "?"))
    write(trn("{n} item", "{n} items", items).format(n=items))
    write(trn("{n} customer", "{n} customers", customers).format(n=customers))
    if reading.as_of is not None:
        write(tr("balances of {day}").format(day=reading.as_of.isoformat()))
    write(", ".join(f"{_class_name(name)} {count}" for name, count in reading.rows.items() if count))
    _show_notes([(note.row, note.text) for note in (*reading.errors, *reading.warnings)])
    for question in reading.questions:
        if not question.blocking:
            warn(_ask([question]))


def _show_report(report: dict[str, Any], name: str) -> None:
    counts = report.get("applied")
    if isinstance(counts, dict):
        write(f"{name}: " + ", ".join(f"{key} {value}" for key, value in counts.items()))
    else:
        write(tr("{file} was brought in.").format(file=name))
    _show_notes([(note["row"], note["text"]) for kind in ("errors", "warnings") for note in report.get(kind, ())])


def _show_notes(notes: Sequence[tuple[int | None, str]]) -> None:
    for row, text in notes[:_SHOWN_NOTES]:
        warn(text if row is None else tr("row {row}: {text}").format(row=row, text=text))
    if len(notes) > _SHOWN_NOTES:
        rest = len(notes) - _SHOWN_NOTES
        warn(trn("… and {n} more; --json has it", "… and {n} more; --json has them all", rest).format(n=rest))


def _ask(questions: Sequence[Question]) -> str:
    """Put open questions with the option that answers each."""
    asked = []
    for question in questions:
        option = f"--{question.code.replace('_', '-')}"
        choices = f" {' | '.join(question.choices)}" if question.choices else ""
        asked.append(f"{question.text} ({option}{choices})")
    return " ".join(asked)


def _class_name(name: str) -> str:
    names = {
        "data": tr("rows of data:"),
        "heading": tr("headings:"),
        "title": tr("titles:"),
        "subtotal": tr("sums:"),
        "blank": tr("empty:"),
        "footer": tr("footers:"),
        "error": tr("errors:"),
    }
    return names.get(name, name)


def _name(arguments: argparse.Namespace) -> str:
    from domain.text import clean_line

    return clean_line(arguments.file.name)
