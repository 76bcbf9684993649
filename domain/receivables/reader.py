"""From a grid of cells to a :class:`Reading`: the steps in order, and the balance sheet of every row's class."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from domain.i18n import tr, trn
from domain.money import to_decimal
from domain.receivables import phone_cells
from domain.receivables.amounts import to_minor
from domain.receivables.body import BodyRow, read_body
from domain.receivables.customers import Identities, summarise
from domain.receivables.formats import Formats, decide_formats
from domain.receivables.grid import Row
from domain.receivables.items import Made, Setting, fingerprint, make_items
from domain.receivables.model import (
    ROW_CLASSES,
    CustomerSummary,
    Item,
    NotReceivables,
    Question,
    Reading,
    ReadingOptions,
    RowNote,
)
from domain.receivables.outcome import classify, name_unexplained
from domain.receivables.regions import guess_region, script_of
from domain.receivables.tables import Table, find_tables
from domain.receivables.titles import Titles, read_titles
from domain.receivables.totals import settle
from domain.text import clean_line

PROGRESS_EVERY: Final = 500

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a grid came from: encoding, worksheet, and what was noticed or must be asked before reading it."""

    filename: str
    encoding: str
    sheet: str | None = None
    notes: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()


def read_grid(
    rows: Sequence[Row], source: Source, options: ReadingOptions, progress: Progress | None = None
) -> Reading:
    """Read the cells of a file or worksheet.

    ``progress`` is called with rows done and rows in all. Raises :class:`NotReceivables` where the grid holds
    something else.
    """
    tables = find_tables(rows)
    titles = read_titles(rows[: tables[0].layout.heading.first], source.filename)
    formats = decide_formats([(table.layout, rows[table.start : table.end]) for table in tables], titles, options)
    body = _read_tables(rows, tables, formats, progress)
    settle([read.tally for read in body])
    name_unexplained(body)
    data = [read for read in body if read.tally.sort == "data"]
    if not data and not any(read.tally.sort == "error" for read in body):
        raise NotReceivables(tr("The file has headings but no rows below them; nothing was imported."))
    headings = [column.text for table in tables for column in table.layout.heading.columns]
    script = script_of(headings)
    identities = Identities((read.customer_id, read.customer) for read in data)
    setting = Setting(
        formats=formats,
        identities=identities,
        currency=titles.currency or options.currency,
        yen_sign={"zh": "CNY", "ja": "JPY"}.get(script or ""),
    )
    made = make_items(data, setting)
    items = tuple(made.items)
    as_of = options.as_of or titles.as_of_date(formats.order)
    customers = summarise(items, made.spellings, as_of)
    classified = classify(rows, tables, body)
    counts = Counter(row.row_class for row in classified)
    currencies = {item.currency for item in items}
    totals = _totals(items)
    declared = _declared(body, currencies)
    region = options.region or guess_region(
        currencies, headings, formats.order, (phone for item in items for phone in item.phones)
    )
    notes = [
        *(RowNote(None, note) for note in source.notes),
        *_notes(tables, titles, options, as_of, items, made, identities),
        *_about_totals(body, totals, declared),
        *_about_customers(customers),
        *(_row_note(read, note) for read in body for note in read.notes),
        *phone_cells.notes_about(((item.row, phone) for item in items for phone in item.phones), region),
    ]
    return Reading(
        encoding=source.encoding,
        as_of=as_of,
        date_order=formats.order,
        decimal=formats.mark,
        currency=next(iter(currencies)) if len(currencies) == 1 else None,
        region=region,
        sheet=source.sheet,
        total=next(iter(totals.values())) if len(totals) == 1 else (None if totals else "0.00"),
        totals=totals,
        declared_total=declared,
        items=items,
        customers=customers,
        rows={row_class: counts[row_class] for row_class in ROW_CLASSES},
        classified=classified,
        questions=(*source.questions, *formats.questions, *_open_questions(items, as_of)),
        warnings=tuple(notes),
        errors=tuple(_row_note(read, fault) for read in body for fault in read.faults),
        unread=tuple(dict.fromkeys(clean_line(text) for table in tables for text in table.layout.unread)),
        fingerprint=fingerprint(items, as_of),
    )


def _read_tables(
    rows: Sequence[Row], tables: Sequence[Table], formats: Formats, progress: Progress | None
) -> list[BodyRow]:
    done = 0

    def step() -> None:
        nonlocal done
        done += 1
        if progress is not None and done % PROGRESS_EVERY == 0:
            progress(done, len(rows))

    body: list[BodyRow] = []
    for table in tables:
        body.extend(read_body(rows[: table.end], table.start, table.layout, formats, step))
    if progress is not None:
        progress(len(rows), len(rows))
    return body


def _row_note(read: BodyRow, text: str) -> RowNote:
    """Say something about a row, with the number of its document, by which people know it."""
    return RowNote(read.row.number, f"{read.doc}: {text}" if read.doc else text)


def _totals(items: Sequence[Item]) -> dict[str, str]:
    """Add up the items by currency, under an empty key where the file names none."""
    sums: Counter[str] = Counter()
    for item in items:
        sums[item.currency or ""] += item.open
    return {currency: to_decimal(minor, currency) for currency, minor in sums.items()}


def _declared(body: Sequence[BodyRow], currencies: set[str | None]) -> str | None:
    value = next((read.tally.value for read in reversed(body) if read.tally.declares), None)
    if value is None:
        return None
    currency = (next(iter(currencies)) if len(currencies) == 1 else None) or ""
    return to_decimal(to_minor(value, currency), currency)


def _open_questions(items: Sequence[Item], as_of: date | None) -> list[Question]:
    """Ask what a dry run can do without but a real import needs."""
    questions = []
    if any(item.currency is None for item in items):
        text = tr("The file does not say in which currency its amounts are. Which one is it?")
        questions.append(Question("currency", text, blocking=False))
    if as_of is None and items and all(item.due_date is None for item in items):
        text = tr("The file does not say which day its balances describe. Which day is it?")
        questions.append(Question("as_of", text, blocking=False))
    return questions


def _notes(
    tables: Sequence[Table],
    titles: Titles,
    options: ReadingOptions,
    as_of: date | None,
    items: Sequence[Item],
    made: Made,
    identities: Identities,
) -> list[RowNote]:
    """Say what was decided about the file as a whole."""
    said: list[str] = []
    if as_of is None and any(item.due_date is not None for item in items):
        said.append(tr("The file does not say which day it describes; days overdue are counted from today."))
    if titles.from_name and options.as_of is None and as_of is not None:
        said.append(tr("The day {date} was taken from the file's name.").format(date=as_of.isoformat()))
    if titles.currency and options.currency and titles.currency != options.currency:
        said.append(tr("The file says its amounts are in {currency}; that was kept.").format(currency=titles.currency))
    if titles.scale != 1:
        said.append(
            tr("A title says that amounts are in units of {scale}; they were multiplied.").format(scale=titles.scale)
        )
    if any(table.layout.payables for table in tables):
        said.append(tr("The headings speak of vendors; make sure that these are receivables."))
    if any(table.layout.open_is_invoiced and table.layout.settled_on is not None for table in tables):
        settled = sum(item.settled_on is not None for item in items)
        if settled:
            said.append(
                trn(
                    "{n} invoice carries a settlement date; the file has no open balances, so its full amount was read "
                    "as open until that date.",
                    "{n} invoices carry a settlement date; the file has no open balances, so their full amounts were "
                    "read as open until those dates.",
                    settled,
                ).format(n=settled)
            )
    if identities.merged:
        said.append(
            trn(
                "{n} customer number is written both with and without leading zeros; it was taken as one customer.",
                "{n} customer numbers are written both with and without leading zeros; each was taken as one customer.",
                identities.merged,
            ).format(n=identities.merged)
        )
    if made.rounded:
        said.append(
            trn(
                "{n} amount is finer than the currency's smallest unit and was rounded.",
                "{n} amounts are finer than the currency's smallest unit and were rounded.",
                made.rounded,
            ).format(n=made.rounded)
        )
    return [RowNote(None, text) for text in said]


def _about_totals(body: Sequence[BodyRow], totals: Mapping[str, str], declared: str | None) -> list[RowNote]:
    notes: list[RowNote] = []
    declaring = next((read for read in reversed(body) if read.tally.declares), None)
    if declaring is not None and declared is not None:
        row = declaring.row.number
        if len(totals) > 1:
            text = tr("The file's total {declared} adds up different currencies and means nothing.")
            notes.append(RowNote(row, text.format(declared=declared)))
        elif Decimal(declared) != Decimal(next(iter(totals.values()), "0")):
            text = (
                tr("The file's total {declared} adds up rows that were left out; the items add up to {total}.")
                if declaring.tally.ties
                else tr("The file's total {declared} is not the sum of its items, {total}; the items count.")
            )
            notes.append(RowNote(row, text.format(declared=declared, total=next(iter(totals.values()), "0.00"))))
    for read in body:
        if read.tally.sort == "total" and not read.tally.ties and read is not declaring:
            notes.append(RowNote(read.row.number, tr("This sum is not the sum of the rows above it; the rows count.")))
        if read.tally.doubtful:
            text = tr("“{name}” is called like a sum but adds nothing up; it was taken as a customer.")
            notes.append(RowNote(read.row.number, text.format(name=clean_line(read.customer))))
    return notes


def _about_customers(customers: Sequence[CustomerSummary]) -> list[RowNote]:
    text = tr("{name} owes nothing on balance and must not be called.")
    return [RowNote(None, text.format(name=customer.name)) for customer in customers if not customer.owes]
