"""A reading as the one JSON document that the command line prints and other programs rely on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

from domain.receivables import phone_cells
from domain.receivables.contacts import ContactCustomer, ContactsReading
from domain.receivables.model import Item, Question, Reading, RowNote

PhoneReader = Callable[[str, str | None], Sequence[str]]


def to_json(reading: Reading, phones: PhoneReader | None = None) -> dict[str, Any]:
    """Write a reading as plain values for ``json.dumps``.

    ``phones`` turns a phone cell and the file's country into numbers to dial; without it the cells are read with
    :mod:`domain.phones`, and ``phone_numbers`` gives the extensions as well. ``kind`` is the ledger's own word where it
    has one, ``kind_code`` ours. Amounts are decimal strings, days are ISO 8601.
    """
    return {
        "encoding": reading.encoding,
        "sheet": reading.sheet,
        "as_of": _day(reading.as_of),
        "date_order": reading.date_order,
        "decimal": reading.decimal,
        "currency": reading.currency,
        "region": reading.region,
        "total": reading.total,
        "totals": [{"currency": currency or None, "total": total} for currency, total in reading.totals.items()],
        "declared_total": reading.declared_total,
        "items": [_item(item, reading, phones) for item in reading.items],
        "customers": len(reading.customers),
        "not_to_call": [customer.customer_id or customer.name for customer in reading.customers if not customer.owes],
        "rows": dict(reading.rows),
        "questions": [_question(question) for question in reading.questions],
        "warnings": _notes(reading.warnings),
        "errors": _notes(reading.errors),
        "unread": list(reading.unread),
        "fingerprint": reading.fingerprint,
    }


def contacts_to_json(reading: ContactsReading) -> dict[str, Any]:
    """Write a contact list as plain values for ``json.dumps``; phones as in :func:`to_json`."""
    return {
        "encoding": reading.encoding,
        "region": reading.region,
        "contacts": [_contact(contact, reading.region) for contact in reading.customers],
        "rows": dict(reading.rows),
        "skipped": _notes(reading.skipped),
        "warnings": _notes(reading.warnings),
        "unread": list(reading.unread),
    }


def _contact(contact: ContactCustomer, region: str | None) -> dict[str, Any]:
    return {
        "row": contact.row,
        "customer_id": contact.customer_id,
        "name": contact.name,
        "contact": contact.contact,
        "phones": list(
            dict.fromkeys(number for cell in contact.phones for number in phone_cells.numbers(cell, region))
        ),
        "phone_numbers": _parsed(contact.phones, region),
        "email": contact.email,
    }


def _parsed(cells: Sequence[str], region: str | None) -> list[dict[str, str | None]]:
    numbers = [number for cell in cells for number in phone_cells.parse(cell, region).numbers]
    return [{"e164": number.e164, "extension": number.extension} for number in numbers]


def _item(item: Item, reading: Reading, phones: PhoneReader | None) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "row": item.row,
        "key": item.key,
        "customer_id": item.customer_id,
        "customer": item.customer,
        "doc": item.doc,
        "doc_date": _day(item.doc_date),
        "due_date": _day(item.due_date),
        "open": item.open_text,
        "currency": item.currency,
        "kind": item.kind_text or item.kind,
        "kind_code": item.kind,
        "phones": _numbers(item, reading.region, phones or phone_cells.numbers),
        "email": item.email,
        "contact": item.contact,
        "disputed": item.disputed,
        "settled_on": _day(item.settled_on),
    }
    if phones is None:
        plain["phone_numbers"] = _parsed(item.phones, reading.region)
    if item.amount is not None:
        plain["amount"] = item.amount_text
    if item.overdue is not None:
        plain["overdue"] = item.overdue_text
    if reading.as_of is not None and item.due_date is not None:
        plain["days_past_due"] = (reading.as_of - item.due_date).days
    if item.extra:
        plain["extra"] = dict(item.extra)
    return plain


def _numbers(item: Item, region: str | None, phones: PhoneReader) -> list[str]:
    return list(dict.fromkeys(number for cell in item.phones for number in phones(cell, region)))


def _question(question: Question) -> dict[str, Any]:
    return {
        "code": question.code,
        "text": question.text,
        "choices": list(question.choices),
        "blocking": question.blocking,
    }


def _notes(notes: Iterable[RowNote]) -> list[dict[str, Any]]:
    return [{"row": note.row, "text": note.text} for note in notes]


def _day(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None
