"""Files as they are handed over: their first bytes decide, whatever the name says."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.receivables import NotReceivables, ReadingOptions, to_json
from server.imports import workbook
from server.imports.html_table import read_html_tables
from server.imports.reading import read_contact_file, read_file

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures" / "receivables"
MakeXlsx = Callable[..., bytes]
MakeXls = Callable[[str, list[list[object]]], bytes]

HEAD = ["Customer", "Invoice", "Due date", "Open balance"]


@pytest.mark.shared
def test_the_reference_workbook(shared: Path) -> None:
    path = shared / "receivables" / "odoo_oca_aged_partner_balance_en.xlsx"
    want = json.loads(path.with_name(f"{path.name}.expected.json").read_text(encoding="utf-8"))
    reading = read_file(path.read_bytes(), path.name)
    form = to_json(reading)
    for wanted, got in zip(want["items"], form["items"], strict=True):
        assert {field: got[field] for field in ("customer", "doc", "doc_date", "due_date", "currency")} == {
            field: wanted[field] for field in ("customer", "doc", "doc_date", "due_date", "currency")
        }
        assert Decimal(got["open"]) == Decimal(wanted["open"])
        assert got["days_past_due"] == wanted["computed_days_past_due"]
    assert form["as_of"] == want["as_of"]
    assert len(reading.customers) == want["n_customers"]
    assert {code: Decimal(total) for code, total in reading.totals.items()} == {"USD": Decimal("3500.75")}
    assert reading.rows == {"data": 4, "heading": 2, "title": 6, "subtotal": 2, "blank": 6, "footer": 2, "error": 0}
    assert reading.sheet == "Aged Partner Balance - Fixture"
    assert not reading.questions


def test_cells_of_a_workbook_are_read_for_what_they_are(make_xlsx: MakeXlsx) -> None:
    data = make_xlsx(
        Ledger=[
            ["Open items as of 2026-03-31 (EUR)"],
            [],
            [*HEAD, "Phone"],
            ["Ash Ltd", 2960623488, date(2026, 1, 31), 2309.7899999999995, 442079460958],
            ["Beech & Co", "B-7", datetime.combine(date(2026, 2, 28), time(12)), -50, None],
            ["Cedar", 17.0, 46112, "1.234,50", None],
        ]
    )
    reading = read_file(data, "ledger.xlsx")
    assert [(item.row, item.doc, item.due_date, item.open_text, item.currency) for item in reading.items] == [
        (4, "2960623488", date(2026, 1, 31), "2309.79", "EUR"),
        (5, "B-7", date(2026, 2, 28), "-50.00", "EUR"),
        (6, "17", date(2026, 3, 31), "1234.50", "EUR"),
    ]
    assert reading.items[0].phones == ("442079460958",)
    assert reading.encoding == "xlsx"


def test_a_formula_without_a_stored_value_is_an_unknown_balance(make_xlsx: MakeXlsx) -> None:
    reading = read_file(make_xlsx(L=[HEAD, ["A", "1", None, "=2+3"], ["B", "2", None, 6]]), "x.xlsx")
    assert [item.customer for item in reading.items] == ["B"]
    assert [note.row for note in reading.errors] == [2]


def test_the_one_sheet_with_receivables_is_found(make_xlsx: MakeXlsx) -> None:
    data = make_xlsx(Cover=[["Dear all"]], Ageing=[HEAD, ["A", "1", None, 5]], Notes=[["x", "y"], [1, 2]])
    reading = read_file(data, "x.xlsx")
    assert reading.sheet == "Ageing"
    assert "sheet" not in {question.code for question in reading.questions}


def test_several_sheets_with_receivables_are_asked_about(make_xlsx: MakeXlsx) -> None:
    data = make_xlsx(March=[HEAD, ["A", "1", None, 5]], April=[HEAD, ["A", "1", None, 6], ["B", "2", None, 7]])
    reading = read_file(data, "x.xlsx")
    (question,) = reading.must_be_answered
    assert (question.code, question.choices) == ("sheet", ("March", "April"))
    assert reading.sheet == "April"
    chosen = read_file(data, "x.xlsx", ReadingOptions(sheet="March"))
    assert (chosen.sheet, chosen.total) == ("March", "5.00")
    assert not chosen.must_be_answered
    with pytest.raises(NotReceivables, match="March, April"):
        read_file(data, "x.xlsx", ReadingOptions(sheet="May"))


def test_hidden_sheets_are_not_read(make_xlsx: MakeXlsx) -> None:
    data = make_xlsx(March=[HEAD, ["A", "1", None, 5]], Old=[HEAD, ["A", "1", None, 6]], hidden=["Old"])
    assert not read_file(data, "x.xlsx").must_be_answered


def test_a_workbook_without_receivables_is_refused(make_xlsx: MakeXlsx) -> None:
    with pytest.raises(NotReceivables, match="No sheet"):
        read_file(make_xlsx(A=[["x"]], B=[["y"]]), "x.xlsx")
    with pytest.raises(NotReceivables, match="headings"):
        read_file(make_xlsx(A=[["x"]]), "x.xlsx")


def test_an_xls_that_is_a_workbook(make_xls: MakeXls) -> None:
    data = make_xls(
        "Ledger", [["Stand: 31.03.2026"], ["Kunde", "Rechnung", "Saldo"], ["Müller", "R1", 12.5], ["Öz", "R2", 3]]
    )
    reading = read_file(data, "ledger.xls")
    assert [(item.customer, item.doc, item.open_text) for item in reading.items] == [
        ("Müller", "R1", "12.50"),
        ("Öz", "R2", "3.00"),
    ]
    assert (reading.encoding, reading.as_of) == ("xls", date(2026, 3, 31))


def test_a_workbook_that_takes_its_reader_down_is_refused(make_xls: MakeXls) -> None:
    """Its first row lies behind its last one, which makes the native reader ask for 28 GB and abort."""
    data = make_xls("Ledger", [["Kunde", "Rechnung", "Saldo"], ["Müller", "R1", 12.5]])
    extent = b"\x00\x02\x0e\x00" + bytes(4)
    assert data.count(extent) == 1
    with pytest.raises(NotReceivables, match="damaged"):
        read_file(data.replace(extent, b"\x00\x02\x0e\x00\xfe" + bytes(3)), "x.xls")


def test_an_xls_that_is_a_page() -> None:
    reading = read_file((FIXTURES / "open_items.xls").read_bytes(), "open_items.xls")
    assert [(item.customer, item.open_text) for item in reading.items] == [
        ("Quill & Ink", "1020.00"),
        ("Rook Removals", "-20.00"),
    ]
    assert (reading.currency, reading.as_of, reading.declared_total) == ("GBP", date(2026, 2, 28), "1000.00")


def test_an_xls_that_is_text() -> None:
    reading = read_file("Customer\tInvoice\tOpen balance\nA\t1\t5.00\n".encode("utf-16"), "x.xls")
    assert reading.items[0].open_text == "5.00"
    assert reading.encoding == "utf-16"


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"\x09\x08\x08\x00\x00\x05", "before Excel 97"),
        (b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">', "2003"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000), "damaged"),
        (b"PK\x03\x04" + bytes(100), "damaged"),
        (b"%PDF-1.4", "PDF"),
        (b"", "empty"),
        (b"<html><body><p>Session expired</p></body></html>", "empty"),
    ],
)
def test_what_cannot_be_read_is_refused_clearly(data: bytes, word: str) -> None:
    with pytest.raises(NotReceivables, match=word):
        read_file(data, "x.xls")


@pytest.mark.parametrize(
    ("member", "word"), [("xl/workbook.bin", "XLSB"), ("content.xml", "OpenDocument"), ("a.txt", "ZIP")]
)
def test_other_packages_are_named(member: str, word: str) -> None:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr(member, "x")
    with pytest.raises(NotReceivables, match=word):
        read_file(out.getvalue(), "x.xlsx")


def test_a_zip_bomb_is_refused_before_it_is_unpacked(make_xlsx: MakeXlsx) -> None:
    out = BytesIO(make_xlsx(A=[HEAD, ["A", "1", None, 5]]))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/media/huge.bin", bytes(workbook.MAX_UNPACKED + 1))
    assert len(out.getvalue()) < 1 << 20
    with pytest.raises(NotReceivables, match="unpacks"):
        read_file(out.getvalue(), "x.xlsx")


def test_one_cell_in_the_far_corner_does_not_cost_the_whole_rectangle(make_xlsx: MakeXlsx) -> None:
    source = zipfile.ZipFile(BytesIO(make_xlsx(A=[HEAD, ["A", "1", None, 5]])))
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for name in source.namelist():
            text = source.read(name)
            if name == "xl/worksheets/sheet1.xml":
                corner = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
                text = text.replace(b"</sheetData>", corner)
            package.writestr(name, text)
    with pytest.raises(NotReceivables, match="unpacks"):
        read_file(out.getvalue(), "x.xlsx")


def test_a_file_beyond_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.imports.reading.MAX_BYTES", 10 << 20)
    with pytest.raises(NotReceivables, match="larger than 10 MB"):
        read_file(bytes((10 << 20) + 1), "x.csv")


def test_contacts_from_a_workbook(make_xlsx: MakeXlsx) -> None:
    data = make_xlsx(
        Notes=[["x"]],
        People=[["Customer no", "Name", "Phone"], [17, "Ash Ltd", "+442079460958"], [18, "Beech", 442079460959]],
    )
    reading = read_contact_file(data, "people.xlsx")
    assert [(each.customer_id, each.name, each.phones) for each in reading.customers] == [
        ("17", "Ash Ltd", ("+442079460958",)),
        ("18", "Beech", ("442079460959",)),
    ]


def test_progress_counts_every_row_once() -> None:
    text = "Customer,Invoice,Open balance\n" + "".join(f"A,{number},5.00\n" for number in range(1, 1201))
    steps: list[tuple[int, int]] = []
    read_file(text.encode(), "x.csv", progress=lambda done, total: steps.append((done, total)))
    assert steps == [(500, 1201), (1000, 1201), (1201, 1201)]


@pytest.mark.parametrize(
    ("page", "rows"),
    [
        ("<table><tr><td>a<td>b<tr><td>c</table>", [("a", "b"), ("c",)]),
        ("<table><tr><td colspan=2>a</td><td>b</td></tr></table>", [("a", "", "b")]),
        ("<table><tr><td rowspan=2>a</td><td>b</td></tr><tr><td>c</td></tr></table>", [("a", "b"), ("", "c")]),
        ("<table><tr><td>a<br>b &amp; c</td></tr></table>", [("a b & c",)]),
        ("<table><tr><td><table><tr><td>in</td></tr></table></td><td>out</td></tr></table>", [("in", "out")]),
        ("<table><tr><td>a</td></tr></table>text<table><tr><td>b</td></tr></table>", [("a",), (), ("b",)]),
        ("<table><tr><td><script>x()</script>a", [("a",)]),
        ("<table><tr><td colspan=99999999999>a</td></tr></table>", [("a", *[""] * 999)]),
        ("<table><tr><td colspan=x rowspan=0>a</td></tr></table>", [("a",)]),
    ],
)
def test_tables_of_a_page(page: str, rows: list[tuple[str, ...]]) -> None:
    assert [row.cells for row in read_html_tables(page)] == rows


def attempt(data: bytes) -> bool:
    """Tell that a file is either read, every row in one class, or refused with a sentence."""
    try:
        reading = read_file(data, "x")
    except NotReceivables as refusal:
        return str(refusal).endswith(".")
    return sum(reading.rows.values()) == len(reading.classified)


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from((b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"<html><table>", b"\x09\x08\x08\x00", b"")),
    st.binary(max_size=400),
)
def test_random_bytes_behind_a_known_beginning(start: bytes, rest: bytes) -> None:
    assert attempt(start + rest)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_workbook_with_broken_bytes(data: st.DataObject) -> None:
    whole = bytearray((FIXTURES / "ledger.xlsx").read_bytes())
    for place in data.draw(st.lists(st.integers(0, len(whole) - 1), min_size=1, max_size=8)):
        whole[place] = data.draw(st.integers(0, 255))
    assert attempt(bytes(whole))
