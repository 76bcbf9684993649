"""Contact lists, and joining them with accounts without guessing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from domain.receivables import (
    ContactsReading,
    NotReceivables,
    Reading,
    ReadingOptions,
    contacts_to_json,
    join_contacts,
    read_contacts,
    read_receivables,
)

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures" / "receivables"


def contacts(text: str) -> ContactsReading:
    return read_contacts(text.encode(), "contacts.csv")


def accounts(text: str) -> Reading:
    return read_receivables(text.encode(), "ledger.csv")


def test_a_german_list() -> None:
    reading = read_contacts((FIXTURES / "contacts_de_cp1252.csv").read_bytes(), "contacts_de_cp1252.csv")
    assert reading.encoding == "cp1252"
    assert [(each.customer_id, each.name, each.phones) for each in reading.customers] == [
        ("00123", "Bäckerei Öztürk", ("030 901820",)),
        ("00124", "Gärtnerei Grün", ("0151 23456789",)),
        ("00125", "Ohne Nummer GmbH", ("-",)),
    ]
    assert reading.customers[0].contact == "Frau Öztürk"
    assert reading.customers[1].email is None
    assert any("gruen(at)example" in note.text for note in reading.warnings)
    assert sum(reading.rows.values()) == 5
    form = contacts_to_json(reading)
    assert [contact["phones"] for contact in form["contacts"]] == [[], [], []], (
        "nothing says which country these are in"
    )
    assert json.dumps(form)


def test_the_country_makes_numbers_of_them() -> None:
    data = (FIXTURES / "contacts_de_cp1252.csv").read_bytes()
    form = contacts_to_json(read_contacts(data, "contacts_de_cp1252.csv", ReadingOptions(region="DE")))
    assert [contact["phones"] for contact in form["contacts"]] == [["+4930901820"], ["+4915123456789"], []]


def test_every_row_is_classified_and_skipped_ones_say_why() -> None:
    person = "A,Jo,Doe,+442079460958\n"
    text = f"List\n\nName,First name,Last name,Phone\n{person}{person},,,123\n,Max,Muster,5\nTotal\n"
    reading = contacts(text)
    assert [row.row_class for row in reading.classified] == [
        "title",
        "blank",
        "heading",
        "data",
        "data",
        "error",
        "data",
        "subtotal",
    ]
    assert [note.row for note in reading.skipped] == [5, 6]
    assert [(each.name, each.contact) for each in reading.customers] == [("A", "Jo Doe"), ("Max Muster", None)]


def test_a_file_without_contacts_is_refused() -> None:
    with pytest.raises(NotReceivables, match="contact list"):
        contacts("Customer,Invoice,Open balance\nA,1,5.00\n")
    with pytest.raises(NotReceivables, match="no contacts"):
        contacts("Name,Phone\n")


def test_an_id_joins_before_a_name() -> None:
    left = accounts("Customer id,Customer,Open balance\n00123,Old Name,5.00\n")
    right = contacts("Customer id,Name,Phone\n123,New Name,1\n124,Old Name,2\n")
    report = join_contacts(left, right)
    assert [(match.by, [each.name for each in match.contacts]) for match in report.matched] == [("id", ["New Name"])]
    assert [each.name for each in report.unused] == ["Old Name"]


def test_a_name_joins_without_case_accents_and_turned_round() -> None:
    left = accounts('Customer,Open balance\n"Doe, Jané",5.00\nACME  LTD,6.00\n')
    right = contacts("Name,Phone\nJane Doe,1\nAcme Ltd,2\n")
    report = join_contacts(left, right)
    assert [match.customer.name for match in report.matched] == ["Doe, Jané", "ACME LTD"]
    assert (report.missing, report.unused, report.ambiguous) == ((), (), ())


def test_two_contacts_of_one_name_are_left_to_a_person() -> None:
    report = join_contacts(accounts("Customer,Open balance\nAcme,5.00\n"), contacts("Name,Phone\nAcme,1\nAcme,2\n"))
    assert [len(match.contacts) for match in report.ambiguous] == [2]
    assert not report.matched


def test_two_customers_of_one_name_do_not_share_a_contact() -> None:
    left = accounts("Customer id,Customer,Open balance\n1,Acme,5.00\n2,Acme,6.00\n")
    report = join_contacts(left, contacts("Name,Phone\nAcme,1\n"))
    assert len(report.ambiguous) == 2
    assert not report.matched


def test_a_contact_with_another_customers_id_does_not_join_by_name() -> None:
    left = accounts("Customer id,Customer,Open balance\n1,Acme,5.00\n")
    report = join_contacts(left, contacts("Customer id,Name,Phone\n2,Acme,1\n"))
    assert [customer.name for customer in report.missing] == ["Acme"]
    assert len(report.unused) == 1


def test_an_alias_joins_too() -> None:
    left = accounts("Customer id,Customer,Open balance\n1,Oak Ltd,5.00\n1,Oak Ltd,5.50\n1,Oak Limited,6.00\n")
    report = join_contacts(left, contacts("Name,Phone\nOak Limited,1\n"))
    assert len(report.matched) == 1


def test_everything_is_in_exactly_one_place() -> None:
    left = accounts("Customer,Open balance\nA,1\nB,2\nC,3\n")
    right = contacts("Name,Phone\nA,1\nB,1\nB,2\nD,4\n")
    report = join_contacts(left, right)
    placed = [match.customer.name for match in (*report.matched, *report.ambiguous)]
    assert sorted([*placed, *(each.name for each in report.missing)]) == ["A", "B", "C"]
    assert [each.name for each in report.unused] == ["D"]
