"""The filter line: read, and said back in a form that is read the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.supervision import CaseFilter
from screens.ports import Refused
from screens.supervisor.filtering import filter_words, read_filter


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", CaseFilter()),
        ("harbor ltd", CaseFilter(q="harbor ltd")),
        ("days>30 owed>=5000", CaseFilter(min_days=31, min_owed=500_000)),
        ("days = 5", CaseFilter(min_days=5, max_days=5)),
        ("owed<12.50 currency:usd", CaseFilter(max_owed=1249, currency="USD")),
        ("owed>5000 currency:JPY", CaseFilter(min_owed=5001, currency="JPY")),
        ("owner:anna idle>14", CaseFilter(owner="anna", idle_days=15)),
        ("pool new 李", CaseFilter(unassigned=True, untouched=True, q="李")),
        ("公共池", CaseFilter(unassigned=True)),
        ("bucket:broken_promise", CaseFilter(bucket="broken_promise")),
    ],
)
def test_what_is_typed_is_understood(text: str, wanted: CaseFilter) -> None:
    assert read_filter(text) == wanted


@pytest.mark.parametrize("text", ["days>many", "bucket:nowhere"])
def test_what_cannot_be_is_said(text: str) -> None:
    assert isinstance(read_filter(text), Refused)


@given(
    st.builds(
        CaseFilter,
        owner=st.none() | st.from_regex(r"[a-z]{1,8}", fullmatch=True),
        unassigned=st.booleans(),
        q=st.none() | st.from_regex(r"[b-m]{2,8}", fullmatch=True),
        min_days=st.none() | st.integers(0, 999),
        max_owed=st.none() | st.integers(0, 10**9),
        idle_days=st.none() | st.integers(0, 99),
        untouched=st.booleans(),
    )
)
def test_a_filter_that_is_said_back_is_read_as_it_was(wanted: CaseFilter) -> None:
    if wanted.q in ("new", "pool"):
        return
    assert read_filter(filter_words(wanted, typed=True)) == wanted
