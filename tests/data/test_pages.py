"""A page whose documents stay text says what the same page decoded, cleaned and written anew would say."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.decoding import NotUnderstoodError, convert, decode_changes, decode_tree
from data.pages import text_of
from domain.freshness import CashState
from domain.text import clean, is_clean
from domain.wire import ChangesPage
from tests.support.people import HOSTILE

_WORDS = st.one_of(
    st.sampled_from(["", "李建国", "a\nb", 'say "x"', "C:\\", "\x7f", "\t", *HOSTILE]), st.text(max_size=5)
)
_VALUES = st.one_of(_WORDS, st.integers(), st.booleans(), st.none(), st.floats(allow_nan=False, allow_infinity=False))
_TREES = st.recursive(
    _VALUES, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(_WORDS, inner, max_size=3))
)


def _page(entries: list[dict[str, Any]], *, ascii_only: bool = True) -> bytes:
    page = {"epoch": "e", "cursor": "c", "head": 9, "more": False, "reset": False, "revoked": [], "entries": entries}
    return json.dumps(page | {"lease_s": 1, "device": {"received_through": 0}}, ensure_ascii=ascii_only).encode()


@given(st.lists(st.dictionaries(_WORDS, _TREES, max_size=3), max_size=3), st.booleans())
def test_documents_are_what_decoding_and_cleaning_makes_of_them(bodies: list[dict[str, Any]], plain: bool) -> None:
    entries = [{"seq": n, "op": "put", "key": f"case:{n}", "ver": n, "body": body} for n, body in enumerate(bodies)]
    raw = _page(entries, ascii_only=plain)
    page = decode_changes(raw)
    texts = [text_of(entry) for entry in page.entries]
    assert [json.loads(text or "") for text in texts] == [each["body"] for each in decode_tree(raw)["entries"]]
    assert all(is_clean(text.replace("\\n", "")) for text in texts if text is not None)


def test_no_field_of_a_page_is_forgotten_on_the_way() -> None:
    since, until = "2026-11-24T02:00:01Z", "2026-11-24T06:00:31Z"
    tree = json.loads(_page([{"seq": 1, "op": "put", "key": "case:1", "ver": 1, "body": {}}])) | {
        "cash": {"received_at": since, "source": "file"},
        "others": [{"since": since, "until": until, "name": "desktop"}],
    }
    read = decode_changes(json.dumps(tree).encode())
    plain = convert(tree, ChangesPage)
    named = [field.name for field in fields(ChangesPage) if field.name != "entries"]
    assert [getattr(read, name) for name in named] == [getattr(plain, name) for name in named]
    assert read.others
    assert read.cash != CashState()


@given(st.text())
def test_what_is_called_clean_is_left_as_it_is(text: str) -> None:
    assert not is_clean(text) or clean(text) == text == clean(text, multiline=True)


@pytest.mark.parametrize("word", HOSTILE[2:5])
def test_nothing_of_a_page_itself_is_dirty(word: str) -> None:
    raw = _page([{"seq": 1, "op": "remove", "key": f"case:{word}", "ver": 1, "reason": word}])
    (entry,) = decode_changes(raw).entries
    assert is_clean(entry.key)
    assert is_clean(entry.reason or "")
    assert text_of(entry) is None


@pytest.mark.parametrize(
    "body", ["[]", '"a"', "7", '{"a":tru}', '{"a":1e}', '{"a" 1}', '{"a":"\\x"}', '{"a":"\n"}', "{", "null"]
)
def test_what_is_no_document_is_not_taken_for_one(body: str) -> None:
    entry = '{"seq":1,"op":"put","key":"case:1","ver":1,"body":' + body + "}"
    with pytest.raises(NotUnderstoodError):
        decode_changes(_page([]).replace(b'"entries": []', b'"entries": [' + entry.encode() + b"]"))
