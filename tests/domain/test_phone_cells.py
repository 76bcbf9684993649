"""Reading phone cells: our own invented cells, the reference rows, and anything hypothesis thinks of."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

import phonenumbers
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from domain.phones import PhoneCell, display, masked, read_phone_cell, zones_of

# What the reference table calls not valid, read better: number and extension, in the order written.
READ_BETTER = {
    "010-65529988-123": [("+861065529988", "123")],
    "13800138000/13900139000": [("+8613800138000", None), ("+8613900139000", None)],
    "13800138000（张三）": [("+8613800138000", None)],
    "13800138000.0": [("+8613800138000", None)],
    "H: 602-555-0110 W: 602-555-0111": [("+16025550110", None), ("+16025550111", None)],
    "+52 1 55 1234 5678": [("+525512345678", None)],
}
REFUSED = {
    "12345": "short_number",
    "无": "no_number",
    "1380013800": "not_valid",
    "555-0142": "too_short",
    "911": "emergency",
    "N/A": "no_number",
    "unknown": "no_number",
    "do not call": "do_not_call",
    "+1 602 555 011": "too_short",
    "60255501100": "too_long",
    "07700 900123": "not_valid",
}


def numbers(cell: PhoneCell) -> list[tuple[str, str | None]]:
    return [(number.e164, number.extension) for number in cell.numbers]


def codes(cell: PhoneCell) -> list[str]:
    return [text.code for text in cell.rejected]


@pytest.mark.shared
def test_every_reference_row_is_right(shared: Path) -> None:
    with (shared / "phones" / "messy_inputs.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) > 60
    for row in rows:
        text = row["raw_input"]
        cell = read_phone_cell(text, row["default_region"])
        if row["valid"] == "True":
            assert numbers(cell) == [(row["e164"], row["extension"] or None)], text
            assert cell.numbers[0].zones == tuple(row["timezones"].split("&")), text
            assert cell.numbers[0].type.upper() == row["number_type"], text
            assert cell.numbers[0].region == row["region"], text
            assert not cell.rejected, text
        elif text in READ_BETTER:
            assert numbers(cell) == READ_BETTER[text], text
            assert not cell.rejected, text
        else:
            assert not cell.numbers, text
            assert codes(cell) == [REFUSED[text]], text
            assert cell.rejected[0].text == text
            assert cell.rejected[0].reason.endswith("."), text


@pytest.mark.parametrize(
    ("text", "region", "expected"),
    [
        ("13511118888", "CN", [("+8613511118888", None)]),
        ("１３５１１１１８８８８", "CN", [("+8613511118888", None)]),
        ("١٣٥١١١١٨٨٨٨", "CN", [("+8613511118888", None)]),
        ("\u202a+86 135 1111 8888\u202c", "CN", [("+8613511118888", None)]),
        ('="13511118888"', "CN", [("+8613511118888", None)]),
        ("'13511118888", "CN", [("+8613511118888", None)]),
        ("13511118888.00", "CN", [("+8613511118888", None)]),
        ("13,511,118,888", "CN", [("+8613511118888", None)]),
        ("021-62881234转8001", "CN", [("+862162881234", "8001")]),
        ("021-62881234 转 8001", "CN", [("+862162881234", "8001")]),
        ("021-62881234分机8001", "CN", [("+862162881234", "8001")]),
        ("021-62881234（分机号：8001）", "CN", [("+862162881234", "8001")]),
        ("021-6288-1234-8001", "CN", [("+862162881234", "8001")]),
        ("400-610-0000-2", "CN", [("+864006100000", "2")]),
        ("602-555-0142 x77", "US", [("+16025550142", "77")]),
        ("602-555-0142 Ext. 77", "US", [("+16025550142", "77")]),
        ("602-555-0142,,77", "US", [("+16025550142", "77")]),
        ("(602) 555-0142 #77", "US", [("+16025550142", "77")]),
        ("8 495 620-11-22 доб. 15", "RU", [("+74956201122", "15")]),
        ("13511118888、13622229999", "CN", [("+8613511118888", None), ("+8613622229999", None)]),
        ("13511118888,13622229999", "CN", [("+8613511118888", None), ("+8613622229999", None)]),
        ("13511118888\n13622229999", "CN", [("+8613511118888", None), ("+8613622229999", None)]),
        ("13511118888 13622229999", "CN", [("+8613511118888", None), ("+8613622229999", None)]),
        ("602 555 0142 602 555 0143", "US", [("+16025550142", None), ("+16025550143", None)]),
        ("+8613511118888+8613622229999", "CN", [("+8613511118888", None), ("+8613622229999", None)]),
        ("021-62881234转8001/13511118888", "CN", [("+862162881234", "8001"), ("+8613511118888", None)]),
        ("13511118888 / 13511118888", "CN", [("+8613511118888", None)]),
        ("030 / 901 82 0", "DE", [("+4930901820", None)]),
        ("030 1234567 / 0171 7654321", "DE", [("+49301234567", None), ("+491717654321", None)]),
        ("0033 1 70 18 99 00", "US", [("+33170189900", None)]),
        ("+1 800 COLLECT", None, [("+18002655328", None)]),
        ("1-800-FLOWERS", "US", [("+18003569377", None)]),
    ],
)
def test_cells_are_read_as_people_mean_them(
    text: str, region: str | None, expected: list[tuple[str, str | None]]
) -> None:
    cell = read_phone_cell(text, region)
    assert numbers(cell) == expected
    assert not cell.rejected


@pytest.mark.parametrize(
    ("text", "region", "code"),
    [
        ("135****8888", "CN", "masked"),
        ("135 **** 8888", "CN", "masked"),
        ("135xxxx8888", "CN", "masked"),
        ("135••••8888", "CN", "masked"),
        ("1.35E+10", "CN", "digits_lost"),
        ("1.3511118888E+10", "CN", "digits_lost"),
        ("110", "CN", "emergency"),
        ("112", "US", "emergency"),
        ("请勿来电", "CN", "do_not_call"),
        ("DO NOT CALL!", "US", "do_not_call"),
        ("please don’t phone", "US", "do_not_call"),
        ("暂无", "CN", "no_number"),
        ("—", "CN", "no_number"),
        ("0000000", "CN", "no_number"),
        ("ask his sister", "US", "words"),
        ("13511118888@139.com", "CN", "words"),
        ("13511118888", None, "no_region"),
        ("13511118888", "ZZ", "no_region"),
        ("13511118888", "US", "not_valid"),
        ("2026-11-22", "DK", "date"),
        ("传真 021-62881234", "CN", "fax"),
        ("x" * 400 + " 13511118888 " + "x" * 400, "CN", "words"),
    ],
)
def test_what_must_not_be_dialled_is_refused_with_its_reason(text: str, region: str | None, code: str) -> None:
    cell = read_phone_cell(text, region)
    assert not cell.numbers
    assert codes(cell) == [code]
    assert cell.rejected[0].reason


@pytest.mark.parametrize("text", ["", "  ", "\u200b", "\n"])
def test_an_empty_cell_says_nothing(text: str) -> None:
    assert read_phone_cell(text, "CN") == PhoneCell()


@pytest.mark.parametrize(
    "text", ["602 555 0142 (cell)", "602 555 0142 cell", "Cell: 602 555 0142", "602-555-0142 JOHN", "JOHN 602-555-0142"]
)
def test_letters_beside_a_complete_number_are_words_not_digits(text: str) -> None:
    assert numbers(read_phone_cell(text, "US")) == [("+16025550142", None)]


@pytest.mark.parametrize("text", ["602 555 HOME", "602-555-JOHN", "602 5550 SAM"])
def test_letters_never_complete_a_private_number(text: str) -> None:
    """On the keys HOME is 4663, and 602 555 4663 would be a stranger."""
    assert not read_phone_cell(text, "US").numbers


@pytest.mark.parametrize(
    ("text", "region", "labels", "places"),
    [
        ("H: 602-555-0142 W: 602-555-0143", "US", ["home", "work"], ["home", "work"]),
        ("602-555-0142 home, 602-555-0143 work", "US", ["home", "work"], ["home", "work"]),
        ("Home 602-555-0142\nWork 602-555-0143", "US", ["home", "work"], ["home", "work"]),
        ("手机：13511118888；单位：021-62881234", "CN", ["mobile", "work"], ["mobile", "work"]),
        ("13511118888（王小二）", "CN", ["王小二"], ["mobile"]),
        ("王小二手机13511118888", "CN", ["mobile 王小二"], ["mobile"]),
        ("联系电话：021-62881234", "CN", [None], ["unknown"]),
    ],
)
def test_a_label_stays_with_its_number(text: str, region: str, labels: list[str | None], places: list[str]) -> None:
    cell = read_phone_cell(text, region)
    assert [number.label for number in cell.numbers] == labels
    assert [number.place for number in cell.numbers] == places


def test_a_request_not_to_call_is_kept_beside_the_number() -> None:
    cell = read_phone_cell("13511118888 请勿来电", "CN")
    assert numbers(cell) == [("+8613511118888", None)]
    assert codes(cell) == ["do_not_call"]
    assert cell.do_not_call


def test_the_good_number_survives_a_bad_neighbour() -> None:
    cell = read_phone_cell("13511118888 136****9999", "CN")
    assert numbers(cell) == [("+8613511118888", None)]
    assert [(text.text, text.code) for text in cell.rejected] == [("136****9999", "masked")]


def test_a_local_number_does_not_borrow_another_town() -> None:
    cell = read_phone_cell("030 1234567 / 2345678", "DE")
    assert numbers(cell) == [("+49301234567", None)]
    assert codes(cell) == ["too_short"]


def test_numbers_and_names_stay_out_of_representations() -> None:
    cell = read_phone_cell("13511118888（王小二）/ 136****9999", "CN")
    assert "1351111" not in repr(cell)
    assert "王小二" not in repr(cell)
    assert "9999" not in repr(cell)


@pytest.mark.parametrize(
    ("e164", "hidden"),
    [("+8613800138002", "138 **** 8002"), ("+16025550142", "602 *** 0142"), ("+49891234567", "891 *** 567"), ("", "")],
)
def test_masking_hides_the_middle(e164: str, hidden: str) -> None:
    assert masked(e164) == hidden


def test_display_groups_as_the_country_does() -> None:
    assert display("+8613800138002") == "+86 138 0013 8002"
    assert display("no number") == "no number"


def test_zones_are_all_the_candidates_and_load() -> None:
    assert zones_of("+8613800138000") == ("Asia/Shanghai",)
    assert len(zones_of("+18003569377")) == 42
    assert zones_of("+15550142") == ()
    assert zones_of("rubbish") == ()


def test_every_zone_the_library_can_name_is_known_to_this_python() -> None:
    from phonenumbers.tzdata import TIMEZONE_DATA

    for name in {name for names in TIMEZONE_DATA.values() for name in names}:
        ZoneInfo(name)


def test_importing_the_package_does_not_load_the_numbering_plans() -> None:
    code = "import domain.phones, sys; print([m for m in sys.modules if m.startswith('phonenumbers')])"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
    )


def test_reading_never_loads_geocoder_or_carrier() -> None:
    code = (
        "from domain.phones import *; import sys; c = read_phone_cell('13800138000', 'CN'); masked(c.numbers[0].e164);"
        "print(sorted(m for m in sys.modules if m.startswith(('phonenumbers.geo', 'phonenumbers.carrier'))))"
    )
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
    )


PIECES = st.sampled_from(
    [
        *(
            "13800138000",
            "010-65529988",
            "+8613800138000",
            "602 555 0142",
            "+442079460958",
            "911",
            "0",
            "转8001",
            " x7 ",
        ),
        *(
            "138****8000",
            "/",
            ",",
            ";",
            "、",
            "\n",
            " ",
            "-",
            "(",
            ")",
            "+",
            "*",
            ".",
            ".0",
            "E+10",
            "H:",
            "手机：",
            "fax",
        ),
        *("do not call", "无", "1-800-FLOWERS", "張", "ext", "@", "１２", "٣", '="', "\u202e", "🙂", "2026-11-22"),
    ]
)


@settings(deadline=None, max_examples=300)
@given(
    st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=10).map("".join), st.from_regex(r"[\d +\-()/x*]{0,30}")),
    st.sampled_from(["CN", "US", "GB", "DE", "AR", "RU", None, "ZZ"]),
)
@example("+", "CN")
@example("1" * 480, "DE")
@example("1 " * 240, "DE")
def test_any_text_gives_valid_numbers_or_reasons(text: str, region: str | None) -> None:
    cell = read_phone_cell(text, region)
    for number in cell.numbers:
        assert phonenumbers.is_valid_number(phonenumbers.parse(number.e164, None))
        for zone in number.zones:
            ZoneInfo(zone)
    assert len({(number.e164, number.extension) for number in cell.numbers}) == len(cell.numbers)
    assert all(text.reason for text in cell.rejected)
    if any(character.isdigit() for character in text):
        assert cell.numbers or cell.rejected
