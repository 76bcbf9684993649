"""What a ledger file says about each customer, as the account a case is made of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final, Literal

from domain.facts.payloads import AccountStated, ContactsStated, Debt, Phone
from domain.phones import PhoneNumber
from domain.receivables import ContactsReading, CustomerSummary, Item, Match, Reading, phone_cells

Segment = Literal["consumer", "business"]

_DEBT_ID_LENGTH: Final = 20  # of a SHA-256 in hexadecimal: 80 bits within one customer
_LANGUAGES: Final = {"CN": "zh", "TW": "zh", "HK": "zh", "MO": "zh"}


@dataclass(frozen=True, slots=True)
class Account:
    """One customer of the file. ``owes`` is false where every currency nets to zero or less: nobody is to be called."""

    key: str = field(repr=False)
    stated: AccountStated = field(repr=False)
    owes: bool


@dataclass(frozen=True, slots=True)
class Market:
    """What the person importing says about all customers of a file."""

    segment: Segment = "business"
    region: str | None = None
    language: str | None = None


def accounts_of(reading: Reading, import_id: str, as_of: date, market: Market) -> list[Account]:
    """Give every customer of a ledger file, in the order of the file.

    What the file itself calls settled by ``as_of`` is not owed. Raises ``ValueError`` for an item without a currency:
    the question has to be answered before.
    """
    items: defaultdict[str, list[Item]] = defaultdict(list)
    for item in reading.items:
        items[item.customer_key].append(item)
    return [
        _account(customer, items[customer.key], reading.region, import_id, as_of, market)
        for customer in reading.customers
    ]


def contacts_of(match: Match, contacts: ContactsReading, import_id: str) -> ContactsStated:
    """Give how a customer can be reached, out of all the rows of a contact list that belong to them."""
    rows = match.contacts
    return ContactsStated(
        import_id=import_id,
        phones=_phones((cell for row in rows for cell in row.phones), contacts.region),
        email=next((row.email for row in rows if row.email), None),
        person=next((row.contact for row in rows if row.contact), None),
        name=next((row.name for row in rows if row.name), None),
    )


def same_content(one: AccountStated | None, other: AccountStated, *, day_matters: bool) -> bool:
    """Tell whether two statements say the same; the day only counts where the file names it."""
    if one is None:
        return False
    return one == replace(other, import_id=one.import_id, as_of=other.as_of if day_matters else one.as_of)


def _account(
    customer: CustomerSummary, items: list[Item], region: str | None, import_id: str, as_of: date, market: Market
) -> Account:
    debts = tuple(_debt(item) for item in items if not item.is_settled(as_of))
    sums: defaultdict[str, int] = defaultdict(int)
    for debt in debts:
        sums[debt.currency] += debt.open
    home = market.region or region
    stated = AccountStated(
        as_of=as_of,
        import_id=import_id,
        name=customer.name,
        customer_id=customer.customer_id,
        aliases=customer.aliases,
        segment=market.segment,
        region=home,
        language=market.language or _LANGUAGES.get(home or ""),
        debts=debts,
        phones=_phones((cell for item in items for cell in item.phones), region),
    )
    return Account(customer.key, stated, owes=any(amount > 0 for amount in sums.values()))


def _debt(item: Item) -> Debt:
    if item.currency is None:
        raise ValueError("an item without a currency")
    return Debt(
        id=item.key[:_DEBT_ID_LENGTH],
        open=item.open,
        currency=item.currency,
        doc=item.doc,
        doc_date=item.doc_date,
        due=item.due_date,
        amount=item.amount,
        kind=item.kind,
    )


def _phones(cells: Iterable[str], region: str | None) -> tuple[Phone, ...]:
    found = {(phone.e164, phone.extension): phone for cell in cells for phone in _numbers(cell, region)}
    return tuple(found.values())


def _numbers(cell: str, region: str | None) -> Iterator[Phone]:
    read = phone_cells.parse(cell, region)
    if not read.do_not_call:
        yield from (_phone(number) for number in read.numbers)


def _phone(number: PhoneNumber) -> Phone:
    label = number.place if number.place in ("home", "work") else number.label
    return Phone(number.e164, number.extension, number.type, number.region, number.zones, label)
