"""Finding cases by what is remembered of them, best first."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from domain import pinyin
from domain.case.model import Case
from domain.facts import payloads as p
from tests.support.people import NOW, Story
from tui.desk.finding import CaseFinder


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    pinyin.fetch()
    named = Story("c-4", "赵敏", phone="+8613700137000")
    phone = p.Phone("+8613900139000", region="CN", zones=("Asia/Shanghai",))
    named.add(p.PersonNamed("x", "孙悟空", "brother", (phone,)), NOW - timedelta(days=1))
    first = Story("c-1", "单国华", phone="+8613611112222").case()
    other = replace(first.debts[0], doc="INV/2026-0077")
    return [
        replace(first, debts=(other,)),
        Story("c-2", "Shan Trading [/b]", region="US", phone="+12125550123").case(),
        Story("c-3", "王国强", phone="+8613811113333").case(),
        named.case(),
    ]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("shan", ["c-2", "c-1"]),
        ("sgh", ["c-1"]),
        ("shanguohua", ["c-1"]),
        ("dan", ["c-1"]),
        ("guo", ["c-1", "c-3"]),
        ("国", ["c-1", "c-3"]),
        ("wgq 1111", ["c-3"]),
        ("2026-0077", ["c-1"]),
        ("inv/2026", ["c-1"]),
        ("550-123", ["c-2"]),
        ("555 0123", ["c-2"]),
        ("0123", ["c-2", "c-3", "c-4"]),
        ("swk", ["c-4"]),
        ("1390013", ["c-4"]),
        ("[/b]", ["c-2"]),
        ("nobody", []),
    ],
)
def test_what_is_found(cases: list[Case], words: str, found: list[str]) -> None:
    assert CaseFinder().find(words, cases) == found
