"""The small certainties: text, instants, ids, money, canonical JSON."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from domain.canonical import canonical_bytes, digest
from domain.clock import CorrectedClock, FixedClock, format_instant, parse_instant, whole_milliseconds
from domain.ids import IdSource, digest_id
from domain.money import format_money, from_decimal, parse_amount, to_decimal
from domain.text import clean, clean_line, clean_tree, fold, is_clean_json
from tests.support.people import HOSTILE, NOW


@given(st.text())
def test_cleaned_text_holds_nothing_a_terminal_acts_on(text: str) -> None:
    cleaned = clean(text)
    assert not any(ord(char) < 0x20 or 0x7F <= ord(char) < 0xA0 or 0xD800 <= ord(char) < 0xE000 for char in cleaned)
    assert not any(char in cleaned for char in "\u202a\u202e\u2066\u2069\u200f\ufeff")
    assert clean(cleaned) == cleaned
    cleaned.encode()


_JSON = st.recursive(
    st.none() | st.integers() | st.text() | st.sampled_from(HOSTILE),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@given(_JSON, st.booleans())
def test_json_that_looks_clean_holds_nothing_to_clean(tree: object, ascii_only: bool) -> None:
    text = json.dumps(tree, ensure_ascii=ascii_only, separators=(",", ":")).encode(errors="replace")
    if is_clean_json(text):
        assert clean_tree(json.loads(text)) == json.loads(text)


def test_json_in_any_script_may_look_clean() -> None:
    assert is_clean_json('{"name":"王小明","note":"a [b] {c} é"}'.encode())
    assert not is_clean_json('{"name":"王\u202e小明"}'.encode())
    assert not is_clean_json(b'{"name":"\\u001b[31m"}')
    assert not is_clean_json(b'{"name":"\x7f"}')


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_stay_readable(name: str) -> None:
    assert "\x1b" not in clean(name)
    assert clean(name).strip()


def test_joiners_and_brackets_stay() -> None:
    assert clean("👩‍👩‍👧 [B]") == "👩‍👩‍👧 [B]"
    assert clean_line("  a \t b\n") == "a b"
    assert clean("a\r\nb", multiline=True) == "a\nb"


def test_folding_finds_accents_and_widths() -> None:
    assert fold("Ｇｒｏß Änne") == fold("gross anne")


@given(st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001  # hypothesis wants naive bounds
def test_instants_come_back_to_the_millisecond(instant: datetime) -> None:
    assert abs(parse_instant(format_instant(instant)) - instant) < timedelta(milliseconds=1)
    assert len(format_instant(instant)) == len("2026-11-14T09:31:07.412Z")


@given(st.datetimes(timezones=st.timezones() | st.just(UTC)))
def test_an_instant_is_written_as_iso_8601_has_it(instant: datetime) -> None:
    assume(1 < instant.year < 9999)  # at either end of time it may have no place in UTC
    expected = instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
    assert format_instant(instant) == expected
    assert format_instant(whole_milliseconds(instant)) == expected
    assert whole_milliseconds(instant).tzinfo is UTC


def test_an_instant_needs_a_zone() -> None:
    with pytest.raises(ValueError):
        parse_instant("2026-11-14T09:31:07")


def test_a_wrong_clock_is_corrected() -> None:
    assert CorrectedClock(FixedClock(NOW), timedelta(hours=-1)).now() == NOW - timedelta(hours=1)


def test_ids_grow_even_when_the_clock_steps_back() -> None:
    class Backwards:
        def __init__(self) -> None:
            self.at = NOW

        def now(self) -> datetime:
            self.at -= timedelta(seconds=1)
            return self.at

    ids = IdSource(Backwards())
    made = [ids.new() for _ in range(500)]
    assert made == sorted(set(made))
    assert {uuid.UUID(each).version for each in made} == {7}


def test_digest_ids_are_stable_and_tell_words_apart() -> None:
    assert digest_id("c", "ab", "c") != digest_id("c", "a", "bc")
    assert digest_id("c", "harbour", "00123") == digest_id("c", "harbour", "00123")
    assert len(digest_id("c", "x")) == 13


@pytest.mark.parametrize(
    ("minor", "currency", "shown"),
    [(1_286_000, "CNY", "¥12,860.00"), (-5000, "USD", "-$50.00"), (1250, "KWD", "KWD 1.250"), (500, "JPY", "JP¥500")],
)
def test_money_is_shown_with_its_currency(minor: int, currency: str, shown: str) -> None:
    assert format_money(minor, currency) == shown


@given(st.integers(-(10**15), 10**15), st.sampled_from(["CNY", "JPY", "KWD", "USD"]))
def test_money_survives_its_decimal_form(minor: int, currency: str) -> None:
    assert from_decimal(to_decimal(minor, currency), currency) == minor


@pytest.mark.parametrize(
    ("text", "minor"),
    [("1200", 120000), ("1,200.50", 120050), ("¥800", 80000), ("1.2万", 1200000), ("２００", 20000), ("2k", 200000)],
)
def test_amounts_as_agents_type_them(text: str, minor: int) -> None:
    assert parse_amount(text, "CNY") == minor


@pytest.mark.parametrize("text", ["", "abc", "-5", "0", "1.234", "NaN", "1e400"])
def test_amounts_that_are_none(text: str) -> None:
    with pytest.raises(ValueError):
        parse_amount(text, "CNY")


def test_canonical_bytes_have_one_spelling_and_no_floats() -> None:
    assert canonical_bytes({"b": 1, "a": "é\n"}) == '{"a":"é\\n","b":1}'.encode()
    assert digest(b"").startswith("sha256:e3b0c442")
    with pytest.raises(TypeError):
        canonical_bytes({"a": 1.5})
