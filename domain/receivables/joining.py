"""Accounts and contacts joined: by id, then by name, and never by a guess between two."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from domain.receivables.contacts import ContactCustomer, ContactsReading
from domain.receivables.customers import id_key, name_key
from domain.receivables.model import CustomerSummary, Reading


@dataclass(frozen=True, slots=True)
class Match:
    """A customer with every contact that belongs to it; ``by`` tells what they were joined by, ``id`` or ``name``."""

    customer: CustomerSummary
    contacts: tuple[ContactCustomer, ...]
    by: str


@dataclass(frozen=True, slots=True)
class JoinReport:
    """The outcome for every customer and every contact, each in exactly one place.

    ``ambiguous`` customers share a name with other customers or have several different contacts of that name: somebody
    has to choose. ``missing`` customers have no contact, ``unused`` contacts no customer.
    """

    matched: tuple[Match, ...]
    ambiguous: tuple[Match, ...]
    missing: tuple[CustomerSummary, ...]
    unused: tuple[ContactCustomer, ...]


def join_contacts(accounts: Reading | Sequence[CustomerSummary], contacts: ContactsReading) -> JoinReport:
    """Join the customers of a receivables file with a contact list.

    An id joins first (leading zeros aside); a name joins where it belongs to one customer and to one contact, compared
    without case, accents and spacing, and with ``Last, First`` turned round.
    """
    customers = accounts.customers if isinstance(accounts, Reading) else tuple(accounts)
    by_id: dict[str, list[ContactCustomer]] = defaultdict(list)
    by_name: dict[str, list[ContactCustomer]] = defaultdict(list)
    for contact in contacts.customers:
        if contact.customer_id is not None:
            by_id[id_key(contact.customer_id)].append(contact)
        for key in _names(contact.name):
            by_name[key].append(contact)
    bearers: dict[str, set[str]] = defaultdict(set)
    for customer in customers:
        for key in _names(customer.name):
            bearers[key].add(customer.key)
    matched: list[Match] = []
    ambiguous: list[Match] = []
    missing: list[CustomerSummary] = []
    for customer in customers:
        found = by_id.get(id_key(customer.customer_id), []) if customer.customer_id is not None else []
        if found:
            matched.append(Match(customer, tuple(found), "id"))
            continue
        named, shared = _by_name(customer, by_name, bearers)
        if not named:
            missing.append(customer)
        elif len(named) > 1 or shared:
            ambiguous.append(Match(customer, named, "name"))
        else:
            matched.append(Match(customer, named, "name"))
    used = {id(contact) for match in (*matched, *ambiguous) for contact in match.contacts}
    unused = tuple(contact for contact in contacts.customers if id(contact) not in used)
    return JoinReport(tuple(matched), tuple(ambiguous), tuple(missing), unused)


def _by_name(
    customer: CustomerSummary, by_name: dict[str, list[ContactCustomer]], bearers: dict[str, set[str]]
) -> tuple[tuple[ContactCustomer, ...], bool]:
    """Find the contacts of a customer's name, else of its other spellings; tells whether others bear the name too."""
    for name in (customer.name, *customer.aliases):
        for key in _names(name):
            # A contact that carries another customer's id does not join by name as well.
            found = [contact for contact in by_name.get(key, ()) if _may_be(contact, customer)]
            if found:
                return tuple(found), len(bearers[key] | {customer.key}) > 1
    return (), False


def _may_be(contact: ContactCustomer, customer: CustomerSummary) -> bool:
    return contact.customer_id is None or customer.customer_id is None


def _names(name: str) -> tuple[str, ...]:
    """Give the forms under which a name is looked up: as it is, and ``Last, First`` turned round."""
    last, comma, first = name.partition(",")
    plain = name_key(name)
    if comma and first.strip() and "," not in first:
        return plain, name_key(f"{first} {last}")
    return (plain,)
