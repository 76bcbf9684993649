"""Amounts: read with certainty, held back where two readings are possible, refused where they are none."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.receivables.amounts import Amount, decide_mark, is_finer, read_amount, to_minor


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1284.50", "1284.50"),
        ("1,284.50", "1284.50"),
        ("1.284,50", "1284.50"),
        ("1 284,50", "1284.50"),
        ("1\u00a0284,50", "1284.50"),
        ("1\u202f284,50", "1284.50"),
        ("1'284.50", "1284.50"),
        ("1’284.50", "1284.50"),
        ("13,19,31,723.04", "131931723.04"),
        ("1,23,456", "123456"),
        ("1.234.567", "1234567"),
        ("-50", "-50"),
        ("50-", "-50"),
        ("50,00-", "-50.00"),
        ("(50)", "-50"),
        ("（50.00）", "-50.00"),
        ("(-50.00)", "-50.00"),
        ("–50.00", "-50.00"),
        ("−50.00", "-50.00"),
        ("+50.00", "50.00"),
        ("50.00 Cr", "-50.00"),
        ("50.00CR", "-50.00"),
        ("CR 50.00", "-50.00"),
        ("50,00 H", "-50.00"),
        ("50.00 Dr.", "50.00"),
        ("1.25万", "12500.00"),
        ("3亿", "300000000"),
        ("1.5万元", "15000.0"),
        ("１２３．４５", "123.45"),
        ('="000123"', "123"),
        ("'1234.50", "1234.50"),
        (".50", "0.50"),
        ("2309.7899999999995", "2309.7899999999995"),
    ],
)
def test_what_is_certain_is_read(text: str, value: str) -> None:
    got = read_amount(text)
    assert got.kind == "value"
    assert got.value == Decimal(value)


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("89,00 €", "EUR"),
        ("€ 89.00", "EUR"),
        ("-€89.00", "EUR"),
        ("US$ 12.00", "USD"),
        ("12.00 USD", "USD"),
        ("CHF 12.00", "CHF"),
        ("R$ 12,00", "BRL"),
        ("₹1,00,000", "INR"),
        ("12.00元", "CNY"),
        ("$12.00", None),
        ("￥12.00", None),
        ("kr 12,00", None),
    ],
)
def test_marks_name_a_currency_only_where_it_is_one(text: str, currency: str | None) -> None:
    got = read_amount(text)
    assert got.kind == "value"
    assert got.currency == currency


@pytest.mark.parametrize(
    "text",
    [
        "TBC",
        "NaN",
        "inf",
        "1e3",
        "1.38E+10",
        "12%",
        "#REF!",
        "n/a",
        "50 Cr Dr",
        "-50 Cr",
        "--5",
        "-50-",
        "1,23,4",
        "1.2.3",
    ],
)
def test_what_is_no_amount_is_refused_and_never_zero(text: str) -> None:
    assert read_amount(text) == Amount("refused")


@pytest.mark.parametrize("text", ["XYZ 5", "EUR 5 USD", "5 000 00", "12,34.5", "1" * 16, "２０２６年", "5 Star"])
def test_numbers_with_something_else_are_refused(text: str) -> None:
    assert read_amount(text).kind == "refused"


@pytest.mark.parametrize("text", ["", " ", "-", "–", "—", "--"])
def test_a_dash_is_empty_not_zero(text: str) -> None:
    assert read_amount(text).kind == "empty"


@pytest.mark.parametrize(
    ("text", "point", "comma"),
    [("1,234", "1234", "1.234"), ("1.234", "1.234", "1234"), ("-12.000", "-12.000", "-12000")],
)
def test_one_mark_before_three_digits_is_settled_by_the_column(text: str, point: str, comma: str) -> None:
    got = read_amount(text)
    assert got.kind == "ambiguous"
    assert got.settled(".").value == Decimal(point)
    assert got.settled(",").value == Decimal(comma)
    assert got.settled(None) is got


def test_one_digit_after_a_comma_is_no_number_where_points_divide() -> None:
    assert read_amount("3,5").settled(".").kind == "refused"
    assert read_amount("3,5").settled(",").value == Decimal("3.5")


def test_the_other_cells_of_the_column_decide() -> None:
    assert decide_mark(map(read_amount, ["1,234", "1,284.50"])) == "."
    assert decide_mark(map(read_amount, ["1.234", "89,00"])) == ","
    assert decide_mark(map(read_amount, ["1,234", "500"])) is None
    assert decide_mark(map(read_amount, ["1,284.50", "1.284,50"])) is None


def test_dust_is_rounded_to_the_currency() -> None:
    assert to_minor(Decimal("2309.7899999999995"), "USD") == 230979
    assert to_minor(Decimal(1200), "JPY") == 1200
    assert to_minor(Decimal("1.2345"), "KWD") == 1235
    assert not is_finer(Decimal("2309.7899999999995"), "USD")
    assert is_finer(Decimal("12.345"), None)


@given(st.text(max_size=40))
def test_no_text_raises(text: str) -> None:
    assert read_amount(text).kind in {"value", "empty", "ambiguous", "refused"}


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=2))
def test_every_usual_spelling_gives_the_number_back(value: Decimal) -> None:
    spellings = [f"{value:.2f}", f"{value:,.2f}"]
    spellings.append(spellings[1].translate(str.maketrans(",.", ".,")))
    spellings.append(spellings[1].translate(str.maketrans(",.", " ,")))
    spellings.append(f"({abs(value):,.2f})" if value < 0 else f"{value:,.2f} Dr")
    for spelling in spellings:
        assert read_amount(spelling).value == value, spelling
