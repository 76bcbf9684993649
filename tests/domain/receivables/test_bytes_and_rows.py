"""Bytes become text in the right encoding, text becomes rows, and one broken row does not take others with it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.receivables import NotReceivables
from domain.receivables.decoding import MAX_BYTES, decode
from domain.receivables.delimiter import choose_delimiter
from domain.receivables.grid import is_ruler, split_lines, take_apart

CHINESE = "客户名称,应收余额\n杭州明月茶业有限公司,12860.00\n"
GERMAN = "Kunde;Fälligkeit;Saldo\nMüller & Söhne;01.02.2026;12,50\nGroß „Nord“;;5,00 €\n"


def cells(text: str, delimiter: str = ",") -> list[tuple[object, ...]]:
    return [row.cells for row in take_apart(split_lines(text).lines, delimiter)]


@pytest.mark.parametrize(
    ("data", "encoding", "text"),
    [
        (CHINESE.encode(), "utf-8", CHINESE),
        (CHINESE.encode("utf-8-sig"), "utf-8", CHINESE),
        (CHINESE.encode("gbk"), "gbk", CHINESE),
        (("𠮷" + CHINESE).encode("gb18030"), "gb18030", "𠮷" + CHINESE),
        (CHINESE.encode("utf-16"), "utf-16", CHINESE),
        (b"\xfe\xff" + CHINESE.encode("utf-16-be"), "utf-16", CHINESE),
        (GERMAN.encode("utf-16-le"), "utf-16", GERMAN),
        (GERMAN.encode("utf-16-be"), "utf-16", GERMAN),
        (GERMAN.encode("cp1252"), "cp1252", GERMAN),
        ("Müller,5\n".encode("latin-1"), "cp1252", "Müller,5\n"),
        ("Café à côté, déjà réglé où ça ?\x81\n".encode("latin-1"), "latin-1", "Café à côté, déjà réglé où ça ?\x81\n"),
        ("créées,réglée\n".encode("latin-1"), "cp1252", "créées,réglée\n"),
    ],
)
def test_the_encoding_is_told(data: bytes, encoding: str, text: str) -> None:
    got = decode(data)
    assert got.encoding == encoding
    assert got.text == text


def test_nul_bytes_are_dropped_and_counted() -> None:
    got = decode(b"Cust\x00omer,Balance\nA\x00,5\n")
    assert got.text == "Customer,Balance\nA,5\n"
    assert got.nul_bytes == 2


@pytest.mark.parametrize("data", [b"", b" \r\n\t", b"\x00\x00", b"\n\n\n"])
def test_nothing_is_refused(data: bytes) -> None:
    with pytest.raises(NotReceivables, match="empty"):
        decode(data)


@pytest.mark.parametrize(("data", "word"), [(b"%PDF-1.7 ...", "PDF"), (b"\x89PNG\r\n", "PNG"), (b"{\\rtf1 ", "RTF")])
def test_other_kinds_of_files_are_named(data: bytes, word: str) -> None:
    with pytest.raises(NotReceivables, match=word):
        decode(data)


def test_another_alphabet_read_as_western_is_refused_rather_than_garbled() -> None:
    with pytest.raises(NotReceivables, match="UTF-8"):
        decode("Клиент;Остаток\nЗавод;5\n".encode("cp1251"))


def test_a_file_beyond_the_limit_is_refused() -> None:
    with pytest.raises(NotReceivables, match="larger than 100 MB"):
        decode(b"a" * (MAX_BYTES + 1))


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_end(end: str) -> None:
    assert cells(end.join(("a,b", "c,d", ""))) == [("a", "b"), ("c", "d")]


def test_the_rarer_kind_of_line_end_belongs_to_a_cell() -> None:
    assert cells('"a\nb",c\rd,e\rf,g\r') == [("a\nb", "c"), ("d", "e"), ("f", "g")]
    assert cells('"a\rb",c\r\nd,e\r\n') == [("a\rb", "c"), ("d", "e")]


def test_empty_rows_in_between_are_rows() -> None:
    assert cells("a,b\n\nc,d\n\n") == [("a", "b"), ("",), ("c", "d"), ("",)]


def test_a_line_break_inside_quotes_does_not_start_a_row() -> None:
    assert cells('"a\nb",c\r\nd,e\r\n') == [("a\nb", "c"), ("d", "e")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"a ""b""",c', ("a b".replace(" b", ' "b"'), "c")),
        ('"",""', ("", "")),
        ('="0012",c', ("0012", "c")),
        ('a, "b, c" ,d', ("a", "b, c", "d")),
        ('pipe 5" long,d', ('pipe 5" long', "d")),
        ('a,"b"', ("a", "b")),
        ('"a",', ("a", "")),
    ],
)
def test_quotation_marks(text: str, expected: tuple[str, ...]) -> None:
    assert cells(text) == [expected]


@pytest.mark.parametrize(
    "text", ['a,b\n"c,d\ne,f\n', 'a,b\n"c,d\n"e, f",g\n', 'a,b\n"c"x,d\ne,f\n', 'a,b\n"c,d\ne,"f"\n']
)
def test_an_unclosed_quotation_costs_its_own_row_only(text: str) -> None:
    rows = take_apart(split_lines(text).lines, ",")
    assert [row.fault is None for row in rows] == [True, False, True]
    assert "never closed" in (rows[1].fault or "")


def test_quotations_broken_everywhere_are_refused() -> None:
    with pytest.raises(NotReceivables, match="quotation marks"):
        take_apart(['"a"b,c'] * 1001, ",")


def test_too_many_rows_are_refused() -> None:
    with pytest.raises(NotReceivables, match="million rows"):
        split_lines("a\n" * 1_100_000)


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        (GERMAN, ";"),
        ("Customer\tInvoice\tBalance\nA, B\tC, D\t1,234.50\n", "\t"),
        ("Customer|Invoice|Balance\nSmith, J; K|1|2\n", "|"),
        ("Kunde;Rechnung;Saldo\nA, B, C, D;1;1,5\nE, F, G, H;2;2,5\n", ";"),
        ("sep=;\nCustomer;Balance\nA,B,C;5\n", ";"),
        ('"sep=^"\nCustomer^Balance\nA^5\n', "^"),
        ("one column\nof words\n", ","),
    ],
)
def test_the_delimiter_is_the_one_the_headings_make_sense_with(text: str, delimiter: str) -> None:
    assert choose_delimiter(split_lines(text)) == delimiter


def test_bars_at_both_ends_are_not_cells() -> None:
    text = "-----\n| Name  | Saldo |\n| A | 5,00- |\n"
    assert cells(text, "|") == [("-----",), ("Name", "Saldo"), ("A", "5,00-")]


@pytest.mark.parametrize(
    ("row", "ruler"),
    [
        (("-----",), True),
        (("====", "====="), True),
        (("|---+---|",), True),
        (("───",), True),
        (("-",), False),
        (("-", "-"), False),
        (("-50.00",), False),
        (("Name",), False),
        (("", ""), False),
        (("***",), False),
    ],
)
def test_drawn_lines(row: tuple[str, ...], ruler: bool) -> None:
    assert is_ruler(row) is ruler


@given(st.text(alphabet='",;\n\r ab=', max_size=60))
def test_rows_are_numbered_without_gaps_whatever_the_quotes(text: str) -> None:
    rows = take_apart(split_lines(text).lines, ",")
    assert [row.number for row in rows] == list(range(1, len(rows) + 1))


@given(st.lists(st.lists(st.text(alphabet='ab",\n ;', max_size=6), min_size=2, max_size=4), min_size=1, max_size=5))
def test_what_a_csv_writer_writes_comes_back(table: list[list[str]]) -> None:
    import csv
    import io

    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(table)
    assert cells(out.getvalue()) == [tuple(row) for row in table]
