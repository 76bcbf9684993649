"""Phrases that name no day to promise, or only perhaps one, said on Wednesday 18 November 2026."""

from __future__ import annotations

from datetime import date

import pytest

from domain.dates import read_phrase
from tests.support.date_tables import WEDNESDAY, rows

NO_DATE = """
                            | named
soon                        | named
asap                        | named
as soon as I can            | named
改天                        | named
有钱就还                    | named
第三天                      | named
yesterday                   | past
last friday                 | past
3 days ago                  | past
on the 5th of this month    | past
dec 5 2025                  | past
上周五                      | past
三天前                      | past
29 feb 2027                 | 29 February
february 29                 | 29 February
2月29号                     | 29 February
31 april                    | no day 31
feb 30                      | no day 30
4月31号                     | no day 31
这个月31号                  | no such day
in 99999999 days            | no such day
It's April 15, 1990.        | birth
15/06/1990                  | birth
fifth of july nineteen eighty five | birth
My birthday is March 15     | birth
九零年四月十五              | birth
我生日是3月15号             | birth
初十五                      | No day
I can't pay on friday       | not be paid
周五之前还不了              | not be paid
I already paid on friday    | has been paid
周五已经还了                | has been paid
$100 a month                | plan
every friday                | plan
The 15th of each month is good for me. | plan
Can I pay it in installments? | plan
$50 biweekly starting friday | plan
每月15号还300               | plan
一个月还500                 | plan
分期还                      | plan
"""

MAYBE = """
maybe next week                    | 2026-11-29
Maybe next week. I'll look.        | 2026-11-29
perhaps friday                     | 2026-11-20
I might be able to on the 5th      | 2026-12-05
I may pay friday                   | 2026-11-20
probably tomorrow                  | 2026-11-19
hopefully end of the month         | 2026-11-30
I'll try to pay on Friday          | 2026-11-20
if I get paid friday               | 2026-11-20
I was thinking of the 30th         | 2026-11-30
可能下周                           | 2026-11-29
也许周五                           | 2026-11-20
我看看下周五                       | 2026-11-27
应该下周五能还                     | 2026-11-27
大概15号                           | 2026-12-15
尽量月底                           | 2026-11-30
如果周五发工资就还                 | 2026-11-20
"""


def test_the_table_is_as_long_as_promised() -> None:
    assert len(rows(NO_DATE)) + len(rows(MAYBE)) >= 50, "with those that name a day three hundred"


@pytest.mark.parametrize(("phrase", "because"), rows(NO_DATE))
def test_no_day_to_promise(phrase: str, because: str) -> None:
    reading = read_phrase(phrase, WEDNESDAY)
    assert reading.date is None
    assert reading.days is None
    assert reading.weekday is None
    assert not reading.tentative
    assert because in reading.why


@pytest.mark.parametrize(("phrase", "mentioned"), rows(MAYBE))
def test_maybe_is_no_promise_but_can_be_accepted(phrase: str, mentioned: str) -> None:
    reading = read_phrase(phrase, WEDNESDAY)
    assert reading.date is None
    assert reading.tentative
    assert reading.mentioned == date.fromisoformat(mentioned)
    accepted = reading.accepted()
    assert accepted.date == date.fromisoformat(mentioned)
    assert not accepted.tentative


def test_nothing_mentioned_cannot_be_accepted() -> None:
    with pytest.raises(ValueError, match="no day"):
        read_phrase("soon", WEDNESDAY).accepted()
