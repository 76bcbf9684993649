"""Reading the cells of a payments file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from domain.cash.headings import PaymentColumns, find_columns
from domain.cash.model import PaymentItem, PaymentsReading
from domain.i18n import tr
from domain.ids import digest_id
from domain.receivables.amounts import Amount, decide_mark, read_amount
from domain.receivables.body import identifier
from domain.receivables.currencies import CODES
from domain.receivables.datecells import decide_order, read_date
from domain.receivables.grid import Row, is_ruler
from domain.receivables.model import (
    ROW_CLASSES,
    Cell,
    ClassifiedRow,
    NotReceivables,
    Question,
    ReadingOptions,
    RowClass,
    RowNote,
)
from domain.receivables.reader import PROGRESS_EVERY, Progress, Source
from domain.receivables.totals import total_label
from domain.text import clean_line

_CANCELLED: Final = frozenset("failed|cancelled|canceled|void|voided|pending|失败|已撤销|处理中|storniert".split("|"))


class _Refused(ValueError):  # noqa: N818 - it sorts a row, it reports no malfunction
    """A row that is no payment; the message is one sentence."""


def read_payment_grid(
    rows: Sequence[Row], source: Source, options: ReadingOptions, progress: Progress | None = None
) -> PaymentsReading:
    """Read the cells of a payments file; ``progress`` hears rows done of all.

    Raises :class:`NotReceivables` where the grid holds no payments.
    """
    columns = find_columns(rows)
    if columns is None:
        raise NotReceivables(
            tr(
                "No row of this file looks like the headings of a payments list (a date, an amount, and a customer or "
                "document); nothing was imported."
            )
        )
    body = rows[columns.row + 1 :]
    evidence = decide_order(read_date(_cell(columns.at(row.cells, "day"))) for row in body)
    order = options.date_order or evidence.order
    amounts = [read_amount(_cell(columns.at(row.cells, role))) for row in body for role in ("amount", "debit")]
    mark = options.decimal or decide_mark(amounts)
    questions: list[Question] = []
    if order is None and evidence.needed:
        text = tr("Is 03/04/2026 the third of April or the fourth of March?")
        questions.append(Question("date_order", text, tuple(evidence.choices)))
    if mark is None and any(amount.kind == "ambiguous" for amount in amounts):
        questions.append(Question("decimal", tr("Which mark divides the decimals of 1,234?"), (".", ",")))
    reader = _Reader(columns, options, order, mark)
    classified = []
    for index, row in enumerate(rows):
        if progress is not None and index % PROGRESS_EVERY == 0:
            progress(index, len(rows))
        classified.append(reader.classify(index, row))
    if not reader.payments and not reader.errors:
        raise NotReceivables(tr("The payments list has headings but no payments below them; nothing was imported."))
    counts = Counter(row.row_class for row in classified)
    currencies = {payment.currency for payment in reader.payments}
    return PaymentsReading(
        encoding=source.encoding,
        sheet=source.sheet,
        date_order=order,
        decimal=mark,
        currency=next(iter(currencies)) if len(currencies) == 1 else None,
        payments=tuple(reader.payments),
        rows={row_class: counts[row_class] for row_class in ROW_CLASSES},
        classified=tuple(classified),
        questions=tuple(questions),
        warnings=tuple(RowNote(None, text) for text in source.notes),
        errors=tuple(reader.errors),
        unread=tuple(clean_line(text) for text in columns.unread),
    )


class _Reader:
    """The rows of one file on their way to becoming payments."""

    def __init__(self, columns: PaymentColumns, options: ReadingOptions, order: Any, mark: Any) -> None:
        self.payments: list[PaymentItem] = []
        self.errors: list[RowNote] = []
        self._columns, self._options, self._order, self._mark = columns, options, order, mark
        self._seen: Counter[tuple[str, ...]] = Counter()

    def classify(self, index: int, row: Row) -> ClassifiedRow:
        """Put a row into its class; a payment is kept, a fault is noted."""
        row_class, reason = self._class_of(index, row)
        if row_class == "error":
            self.errors.append(RowNote(row.number, reason))
        return ClassifiedRow(row.number, row_class, reason)

    def _class_of(self, index: int, row: Row) -> tuple[RowClass, str]:
        if row.fault is not None:
            return "error", row.fault
        words = [text for cell in row.cells if (text := _text(cell))]
        if not words or is_ruler(row.cells):
            return "blank", tr("empty row")
        if index < self._columns.row:
            return "title", tr("above the headings")
        if index == self._columns.row or self._columns.repeats(row.cells):
            return "heading", tr("the headings")
        if read_date(_cell(self._columns.at(row.cells, "day"))).kind in ("empty", "refused"):
            if any(total_label(word) for word in words) or len(words) == 1:
                summed = any(read_amount(cell).kind in ("value", "ambiguous") for cell in row.cells)
                return ("subtotal", tr("labelled as a sum")) if summed else ("footer", tr("below the payments"))
            return "error", tr("The day of the payment cannot be read.")
        try:
            self.payments.append(self._payment(row))
        except _Refused as refusal:
            return "error", str(refusal)
        return "data", tr("a payment")

    def _payment(self, row: Row) -> PaymentItem:
        day = read_date(_cell(self._columns.at(row.cells, "day"))).settled(self._order)
        if day.value is None:
            raise _Refused(tr("The day of the payment cannot be read."))
        if self._text_at(row, "status").casefold() in _CANCELLED:
            raise _Refused(tr("The payment was not carried out, its status says."))
        value, named = self._value(row)
        currency = self._text_at(row, "currency").upper() or named or self._options.currency
        if currency is not None and currency not in CODES:
            raise _Refused(tr("“{text}” is no currency (ISO 4217).").format(text=currency[:20]))
        number, lost = identifier(_cell(self._columns.at(row.cells, "customer_id")))
        if lost:
            raise _Refused(tr("The customer's number lost its digits in a spreadsheet."))
        doc, doc_lost = identifier(_cell(self._columns.at(row.cells, "doc")))
        told = {
            "customer_id": number or None,
            "customer": self._text_at(row, "customer") or None,
            "doc": None if doc_lost else doc or None,
            "reference": self._text_at(row, "reference") or None,
        }
        own = self._text_at(row, "payment_id")
        words = (
            (own,) if own else (day.value.isoformat(), str(value), currency or "", *(w or "" for w in told.values()))
        )
        words = (*words, "back") if value < 0 else words
        self._seen[words] += 1
        return PaymentItem(
            row.number, digest_id("y", *words, str(self._seen[words])), day.value, value, currency, **told
        )

    def _value(self, row: Row) -> tuple[Decimal, str | None]:
        came, went = (self._amount(row, role) for role in ("amount", "debit"))
        if came.kind == "refused" or went.kind == "refused" or "ambiguous" in (came.kind, went.kind):
            raise _Refused(tr("The amount of the payment cannot be read."))
        value = (came.value or Decimal(0)) - abs(went.value or Decimal(0))
        if not value:
            raise _Refused(tr("The payment has no amount."))
        return value, came.currency or went.currency

    def _amount(self, row: Row, role: Any) -> Amount:
        return read_amount(_cell(self._columns.at(row.cells, role))).settled(self._mark)

    def _text_at(self, row: Row, role: Any) -> str:
        return _text(_cell(self._columns.at(row.cells, role)))


def payments_to_json(reading: PaymentsReading) -> dict[str, Any]:
    """Write a reading as plain values for ``json.dumps``; amounts are decimal strings, days ISO 8601."""
    return {
        "encoding": reading.encoding,
        "sheet": reading.sheet,
        "date_order": reading.date_order,
        "decimal": reading.decimal,
        "currency": reading.currency,
        "total": f"{reading.total:.2f}" if reading.currency is not None or not reading.payments else str(reading.total),
        "payments": [
            {
                "row": payment.row,
                "payment": payment.id,
                "day": payment.day.isoformat(),
                "amount": str(payment.value),
                "currency": payment.currency,
                "customer_id": payment.customer_id,
                "customer": payment.customer,
                "doc": payment.doc,
                "reference": payment.reference,
            }
            for payment in reading.payments
        ],
        "rows": dict(reading.rows),
        "questions": [
            {"code": each.code, "text": each.text, "choices": list(each.choices), "blocking": each.blocking}
            for each in reading.questions
        ],
        "warnings": [{"row": note.row, "text": note.text} for note in reading.warnings],
        "errors": [{"row": note.row, "text": note.text} for note in reading.errors],
        "unread": list(reading.unread),
    }


def _cell(value: object | None) -> Cell:
    return "" if value is None else value  # type: ignore[return-value]  # what a grid's row holds is a cell


def _text(cell: Cell) -> str:
    return clean_line(cell) if isinstance(cell, str) else identifier(cell)[0] or ""
