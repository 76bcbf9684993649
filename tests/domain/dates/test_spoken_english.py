"""English as customers say it on Wednesday 18 November 2026: invented, to show that the grammar and not a list is at work."""

from __future__ import annotations

from datetime import date

import pytest

from domain.dates import read_phrase

WEDNESDAY = date(2026, 11, 18)

DAYS = """
umm friday i guess            | 2026-11-20
er, say, next tuesday         | 2026-11-24
let's say the 20th            | 2026-11-20
how about monday              | 2026-11-23
what about the 5th?           | 2026-12-05
you'll have it by friday      | 2026-11-20
I'll definitely pay on friday | 2026-11-20
fri pm                        | 2026-11-20
friday lunchtime              | 2026-11-20
friday at noon                | 2026-11-20
tomorrow first thing          | 2026-11-19
tomorrow arvo                 | 2026-11-19
this arvo                     | 2026-11-18
sat                           | 2026-11-21
saturday morning              | 2026-11-21
sunday night                  | 2026-11-22
mon-fri                       | 2026-11-23
mon or tue                    | 2026-11-24
either monday or tuesday      | 2026-11-24
the weekend                   | 2026-11-22
next weekend                  | 2026-11-29
over the weekend              | 2026-11-22
after the weekend             | 2026-11-23
by the weekend                | 2026-11-22
before the weekend            | 2026-11-20
beginning of next week        | 2026-11-24
early next week               | 2026-11-24
mid next week                 | 2026-11-25
late next week                | 2026-11-29
end of next week              | 2026-11-29
end of this week              | 2026-11-22
by end of week                | 2026-11-22
by the end of the week        | 2026-11-22
middle of next week           | 2026-11-25
sometime next week            | 2026-11-29
next week sometime            | 2026-11-29
the week after                | 2026-11-29
the week after next           | 2026-12-06
in a week                     | 2026-11-25
in a week's time              | 2026-11-25
in a weeks time               | 2026-11-25
a week today                  | 2026-11-25
a week tomorrow               | 2026-11-26
today week                    | 2026-11-25
two weeks today               | 2026-12-02
two weeks tomorrow            | 2026-12-03
in two weeks time             | 2026-12-02
fortnight from now            | 2026-12-02
a couple of weeks             | 2026-12-02
in a few days                 | 2026-11-21
couple days                   | 2026-11-20
few days                      | 2026-11-21
a few weeks                   | 2026-12-09
next few days                 | 2026-11-21
in the next few days          | 2026-11-21
in the next couple of weeks   | 2026-12-02
within 7 days                 | 2026-11-25
within a week                 | 2026-11-25
within the month              | 2026-11-30
in ten days                   | 2026-11-28
in 10 days time               | 2026-11-28
10 days                       | 2026-11-28
ten days from now             | 2026-11-28
ten days from today           | 2026-11-28
10 business days              | 2026-12-02
in 3 working days             | 2026-11-23
three business days from now  | 2026-11-23
within 48 hours               | 2026-11-20
in 24 hours                   | 2026-11-19
24 hrs                        | 2026-11-19
in an hour                    | 2026-11-18
couple of hours               | 2026-11-18
in half an hour               | 2026-11-18
a month from now              | 2026-12-18
a month from today            | 2026-12-18
in a month's time             | 2026-12-18
in six weeks                  | 2026-12-30
in 1.5 months                 | 2027-01-02
month and a half              | 2027-01-02
six months                    | 2027-05-18
in a year                     | 2027-11-18
end of the month              | 2026-11-30
by month end                  | 2026-11-30
at month's end                | 2026-11-30
end of this month             | 2026-11-30
the end of november           | 2026-11-30
end of nov                    | 2026-11-30
late november                 | 2026-11-30
mid december                  | 2026-12-15
mid-dec                       | 2026-12-15
middle of the month           | 2026-12-15
middle of next month          | 2026-12-15
start of next month           | 2026-12-05
start of the month            | 2026-12-05
beginning of december         | 2026-12-05
first week of december        | 2026-12-07
last week of november         | 2026-11-30
third friday in december      | 2026-12-18
last friday of the month      | 2026-11-27
last friday in november       | 2026-11-27
first monday of next month    | 2026-12-07
first of december             | 2026-12-01
the first                     | 2026-12-01
1st                           | 2026-12-01
on the first                  | 2026-12-01
1st of dec                    | 2026-12-01
dec 1st                       | 2026-12-01
dec. 1                        | 2026-12-01
1 dec                         | 2026-12-01
1-dec                         | 2026-12-01
1/12                          | 2027-01-12
12-1-2026                     | 2026-12-01
12.01.2026                    | 2026-12-01
dec 1 2026                    | 2026-12-01
december first                | 2026-12-01
twenty fifth of december      | 2026-12-25
the twenty fifth              | 2026-11-25
25th                          | 2026-11-25
25th nov                      | 2026-11-25
nov 25th at 5pm               | 2026-11-25
thursday 26 november          | 2026-11-26
thursday the 26th             | 2026-11-26
26th thursday                 | 2026-11-26
thursday 26th                 | 2026-11-26
the 26th (thursday)           | 2026-11-26
next month on the 15th        | 2026-12-15
15th next month               | 2026-12-15
the 15th of next month        | 2026-12-15
the 15th of the month         | 2026-12-15
15 of december                | 2026-12-15
on the 15th or the 16th       | 2026-12-16
between the 15th and 20th     | 2026-12-20
from the 15th to the 20th     | 2026-12-15
15th-20th                     | 2026-12-15
15-20 december                | 2026-12-15
by the fifteenth              | 2026-12-15
no later than friday          | 2026-11-20
not later than the 25th       | 2026-11-25
latest friday                 | 2026-11-20
friday latest                 | 2026-11-20
friday at the latest          | 2026-11-20
at latest by monday           | 2026-11-23
by friday close of business   | 2026-11-20
before the 25th               | 2026-11-24
after friday                  | 2026-11-21
after the 25th                | 2026-11-26
after christmas               | 2026-12-26
by christmas                  | 2026-12-25
new years                     | 2027-01-01
new year's eve                | 2026-12-31
boxing day                    | 2026-12-26
thanksgiving                  | 2026-11-26
after thanksgiving            | 2026-11-27
the day after thanksgiving    | 2026-11-27
the monday after thanksgiving | 2026-11-30
easter                        | 2027-03-28
good friday                   | 2027-03-26
labor day                     | 2027-09-06
memorial day                  | 2027-05-31
july 4th                      | 2027-07-04
4th of july                   | 2027-07-04
halloween                     | 2027-10-31
valentine's day               | 2027-02-14
mothers day                   | 2027-05-09
st patrick's day              | 2027-03-17
independence day              | 2027-07-04
australia day                 | 2027-01-26
end of the quarter            | 2026-12-31
next quarter                  | 2027-03-31
end of year                   | 2026-12-31
by year end                   | 2026-12-31
next year                     | 2027-12-31
early next year               | 2027-01-31
january                       | 2027-01-31
jan                           | 2027-01-31
sometime in january           | 2027-01-31
mid-january                   | 2027-01-15
end of jan                    | 2027-01-31
jan 15                        | 2027-01-15
15 jan                        | 2027-01-15
15/1                          | 2027-01-15
the 15th of january           | 2027-01-15
january 15th 2027             | 2027-01-15
march                         | 2027-03-31
in march                      | 2027-03-31
the day after next | 2026-11-20
monday first thing | 2026-11-23
first thing next week | 2026-11-24
first weekend of december | 2026-12-06
this coming week | 2026-11-29
this coming weekend | 2026-11-22
second to last day of november | 2026-11-29
i need 5 more days | 2026-11-23
give me until the end of next week | 2026-11-29
november the thirtieth | 2026-11-30
week ending 4 december | 2026-12-04
3 days before the end of the month | 2026-11-27
eod friday | 2026-11-20
the following monday | 2026-11-23
"""
"""What is kept; the days of further payments after a plus."""

NONE = """
when i get paid               | pay_day
payday                        | pay_day
on payday                     | pay_day
next payday                   | pay_day
after payday                  | pay_day
once I'm paid                 | pay_day
the day after i get paid      | pay_day
when my check comes           | pay_day
when my paycheck clears       | pay_day
when social security comes in | pay_day
when my benefits come through | pay_day
friday gone | none
"""
"""No day to keep: only mentioned, waiting for the pay day, or none at all."""


def rows(table: str) -> list[tuple[str, str]]:
    return [(said.strip(), kept.strip()) for said, kept in (line.rsplit("|", 1) for line in table.strip().splitlines())]


@pytest.mark.parametrize(("said", "kept"), rows(DAYS))
def test_the_day_that_is_kept(said: str, kept: str) -> None:
    first, _, later = kept.partition(" +")
    reading = read_phrase(said, WEDNESDAY)
    assert reading.date == date.fromisoformat(first)
    assert [part.date for part in reading.parts[1:]] == [date.fromisoformat(day) for day in later.split()]


@pytest.mark.parametrize(("said", "because"), rows(NONE))
def test_no_day_is_kept(said: str, because: str) -> None:
    reading = read_phrase(said, WEDNESDAY)
    assert reading.date is None
    assert (reading.needs or ("maybe" if reading.tentative else "none")) == because
