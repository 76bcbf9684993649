"""What phrases mean on Wednesday 18 November 2026: a table of our own, in both languages."""

from __future__ import annotations

from datetime import date

import pytest

from domain.dates import read_phrase
from tests.support.date_tables import WEDNESDAY, rows

ENGLISH = """
today                              | 2026-11-18
tonight                            | 2026-11-18
later today                        | 2026-11-18
this evening                       | 2026-11-18
right away                         | 2026-11-18
end of day                         | 2026-11-18
eod                                | 2026-11-18
tomorrow                           | 2026-11-19
tmrw                               | 2026-11-19
tomorow night                      | 2026-11-19
first thing tomorrow               | 2026-11-19
the next day                       | 2026-11-19
tomorrow by 5                      | 2026-11-19
before noon tomorrow               | 2026-11-19
day after tomorrow                 | 2026-11-20
fri                                | 2026-11-20
Friday                             | 2026-11-20
friday 5pm                         | 2026-11-20
this friday                        | 2026-11-20
by close of business friday        | 2026-11-20
cob friday                         | 2026-11-20
wed                                | 2026-11-18
this monday                        | 2026-11-23
coming friday                      | 2026-11-20
this coming friday                 | 2026-11-20
next friday                        | 2026-11-27
nxt fri                            | 2026-11-27
next wednesday                     | 2026-11-25
friday next week                   | 2026-11-27
next week on wed                   | 2026-11-25
on Friday of next week             | 2026-11-27
next week's tuesday                | 2026-11-24
friday after next                  | 2026-12-04
friday week                        | 2026-11-27
a week on friday                   | 2026-11-27
a week from friday                 | 2026-11-27
two weeks on monday                | 2026-12-07
monday fortnight                   | 2026-12-07
two sundays from now               | 2026-11-29
in two fridays                     | 2026-11-27
three tuesdays hence               | 2026-12-08
tomorrow week                      | 2026-11-26
15th                               | 2026-12-15
the 18th                           | 2026-11-18
by the 20th                        | 2026-11-20
15                                 | 2026-12-15
the twenty-first                   | 2026-11-21
20th of next month                 | 2026-12-20
the 27th of this month             | 2026-11-27
first of next month                | 2026-12-01
first of the month                 | 2026-12-01
next month on the 5th              | 2026-12-05
the 31st                           | 2026-12-31
on or before the 30th              | 2026-11-30
Tuesday the 24th                   | 2026-11-24
fri 27                             | 2026-11-27
Dec 5                              | 2026-12-05
5 dec                              | 2026-12-05
5th of December                    | 2026-12-05
December the fifth, 2026           | 2026-12-05
Sat 5 December                     | 2026-12-05
january second                     | 2027-01-02
25th of december twenty twenty six | 2026-12-25
nov-20-26                          | 2026-11-20
20/nov/2026                        | 2026-11-20
2026-12-05                         | 2026-12-05
20261205                           | 2026-12-05
2026.12.5                          | 2026-12-05
12/25                              | 2026-12-25
25/12                              | 2026-12-25
12/5                               | 2026-12-05
11/27/26                           | 2026-11-27
on 12.5                            | 2026-12-05
in 3 days                          | 2026-11-21
3 days                             | 2026-11-21
within five days                   | 2026-11-23
in a couple of days                | 2026-11-20
in 2-3 weeks                       | 2026-12-09
in two and a half weeks            | 2026-12-06
a week and a half                  | 2026-11-29
in six weeks' time                 | 2026-12-30
in a fortnight                     | 2026-12-02
half a month                       | 2026-12-03
in a month                         | 2026-12-18
one month and two weeks from today | 2027-01-01
another week                       | 2026-11-25
10 days from tomorrow              | 2026-11-29
15 days after the 1st              | 2026-12-16
5 working days                     | 2026-11-25
within ten business days           | 2026-12-02
3 working days from monday         | 2026-11-26
in 48 hours                        | 2026-11-20
7d                                 | 2026-11-25
this time next week                | 2026-11-25
the last friday of march           | 2027-03-26
first monday in january            | 2027-01-04
second friday of next month        | 2026-12-11
first friday of the month          | 2026-12-04
last day of the month              | 2026-11-30
third day of december              | 2026-12-03
2nd last day of december           | 2026-12-30
first working day of next month    | 2026-12-01
last working day of the month      | 2026-11-30
the friday after christmas         | 2027-01-01
the monday before christmas        | 2026-12-21
two days before christmas          | 2026-12-23
day after thanksgiving             | 2026-11-27
christmas eve                      | 2026-12-24
new year's day                     | 2027-01-01
black friday                       | 2026-11-27
st. patrick's day                  | 2027-03-17
presidents' day                    | 2027-02-15
christmas day 2027                 | 2027-12-25
eid                                | 2027-03-10
30.11.                             | 2026-11-30
easter monday                      | 2027-03-29
chinese new year                   | 2027-02-06
before friday                      | 2026-11-19
before christmas                   | 2026-12-24
after the 15th                     | 2026-12-16
not before the 5th                 | 2026-12-04
no later than the 30th             | 2026-11-30
mid next month                     | 2026-12-15
mid month                          | 2026-12-15
midweek                            | 2026-11-18
I can't pay until friday           | 2026-11-20
I can't pay today but I can friday | 2026-11-20
Friday works, not Saturday         | 2026-11-20
why not friday                     | 2026-11-20
I get paid on the 30th             | 2026-11-30
paid friday so I'll pay on sunday  | 2026-11-22
my pay comes on the 25th, I'll pay the day after | 2026-11-26
How about next Thursday?           | 2026-11-26
I was ill since Monday, you'll have it on the 1st | 2026-12-01
"""

CHINESE = """
今天           | 2026-11-18
今天下午       | 2026-11-18
马上           | 2026-11-18
明天           | 2026-11-19
聽日           | 2026-11-19
明早           | 2026-11-19
後天           | 2026-11-20
大后天         | 2026-11-21
大大后天       | 2026-11-22
周五           | 2026-11-20
3000周五       | 2026-11-20
2 周五         | 2026-11-20
星期五         | 2026-11-20
禮拜天         | 2026-11-22
周日           | 2026-11-22
周三           | 2026-11-25
这周五         | 2026-11-20
本周五晚上8点  | 2026-11-20
這週五         | 2026-11-20
本周一         | 2026-11-23
下周五         | 2026-11-27
下週五         | 2026-11-27
下个礼拜五     | 2026-11-27
下周的周六     | 2026-11-28
下下周三       | 2026-12-02
再下周一       | 2026-11-30
十五号         | 2026-12-15
十五號         | 2026-12-15
１５号         | 2026-12-15
15日           | 2026-12-15
廿五号         | 2026-11-25
18号           | 2026-11-18
二十号之前     | 2026-11-20
31号           | 2026-12-31
下个月十五号   | 2026-12-15
下月15         | 2026-12-15
下個月二十號   | 2026-12-20
这个月28号     | 2026-11-28
月底30号       | 2026-11-30
3月1号         | 2027-03-01
三月一日       | 2027-03-01
十二月二十五   | 2026-12-25
明年三月一号   | 2027-03-01
二零二七年一月十号 | 2027-01-10
27年1月5号     | 2027-01-05
2026年12月1日  | 2026-12-01
12/1           | 2026-12-01
12.25          | 2026-12-25
2026-12-01     | 2026-12-01
20261201       | 2026-12-01
三天后         | 2026-11-21
3天内          | 2026-11-21
５日之内       | 2026-11-23
再过三天       | 2026-11-21
过两天         | 2026-11-20
两三天         | 2026-11-21
三到五天内     | 2026-11-23
两周后         | 2026-12-02
半个月后       | 2026-12-03
一个月后       | 2026-12-18
一个半月后     | 2027-01-02
半年内         | 2027-05-18
一个月零五天后 | 2026-12-23
24小时内       | 2026-11-19
5个工作日内    | 2026-11-25
下个工作日     | 2026-11-19
给我一周时间   | 2026-11-25
两周后的周五   | 2026-12-04
两个月后15号   | 2027-01-15
下个月第一个周一   | 2026-12-07
三月最后一个星期五 | 2027-03-26
本月最后一个工作日 | 2026-11-30
下个月第一天   | 2026-12-01
月中           | 2026-12-15
元旦           | 2027-01-01
圣诞节前两天   | 2026-12-23
春节前         | 2027-02-05
年前           | 2027-02-05
大年三十       | 2027-02-05
中秋节         | 2027-09-15
春节后一周     | 2027-02-13
最晚周五       | 2026-11-20
今天还不了，周五还 | 2026-11-20
今天不行，明天可以 | 2026-11-19
能不能下周五还 | 2026-11-27
我15号发工资   | 2026-12-15
我15号才发工资，16号还 | 2026-12-16
每月15号发工资，发了就还 | 2026-12-15
15号发工资，第二天还 | 2026-12-16
"""

RANGES = """
end of the week        | 2026-11-20 | 2026-11-22
eow                    | 2026-11-20 | 2026-11-22
end of month           | 2026-11-26 | 2026-11-30
by the end of the month| 2026-11-26 | 2026-11-30
month-end              | 2026-11-26 | 2026-11-30
before the end of november | 2026-11-26 | 2026-11-30
end of next month      | 2026-12-27 | 2026-12-31
year end               | 2026-12-27 | 2026-12-31
next week              | 2026-11-23 | 2026-11-29
this week              | 2026-11-18 | 2026-11-22
later in the week      | 2026-11-18 | 2026-11-22
week after next        | 2026-11-30 | 2026-12-06
next month             | 2026-12-01 | 2026-12-31
in january             | 2027-01-01 | 2027-01-31
early december         | 2026-12-01 | 2026-12-10
beginning of next month| 2026-12-01 | 2026-12-05
start of next week     | 2026-11-23 | 2026-11-24
second week of december| 2026-12-08 | 2026-12-14
week of the 30th       | 2026-11-30 | 2026-12-06
this weekend           | 2026-11-21 | 2026-11-22
the week after christmas | 2026-12-28 | 2027-01-03
the next two weeks     | 2026-11-18 | 2026-12-02
in the next week       | 2026-11-18 | 2026-11-25
between the 10th and the 15th | 2026-12-10 | 2026-12-15
monday or tuesday      | 2026-11-23 | 2026-11-24
月底                   | 2026-11-26 | 2026-11-30
月底前                 | 2026-11-26 | 2026-11-30
下个月底               | 2026-12-27 | 2026-12-31
下月初                 | 2026-12-01 | 2026-12-05
12月中旬               | 2026-12-11 | 2026-12-20
年底                   | 2026-12-27 | 2026-12-31
明年                   | 2027-01-01 | 2027-12-31
下周                   | 2026-11-23 | 2026-11-29
下周一定还             | 2026-11-23 | 2026-11-29
本周内                 | 2026-11-18 | 2026-11-22
周末                   | 2026-11-21 | 2026-11-22
下个月                 | 2026-12-01 | 2026-12-31
15到20号之间           | 2026-12-15 | 2026-12-20
周五或者周六           | 2026-11-20 | 2026-11-21
"""


def test_the_table_is_as_long_as_promised() -> None:
    tables = (ENGLISH, CHINESE, RANGES)
    assert sum(len(rows(table)) for table in tables) >= 250


@pytest.mark.parametrize(("phrase", "day"), rows(ENGLISH) + rows(CHINESE))
def test_one_day(phrase: str, day: str) -> None:
    reading = read_phrase(phrase, WEDNESDAY)
    assert reading.date == date.fromisoformat(day), reading.why
    assert not reading.range
    assert not reading.tentative
    assert reading.parts == ()
    assert reading.why
    assert reading.today == WEDNESDAY
    assert reading.text == phrase


@pytest.mark.parametrize(("phrase", "first", "last"), rows(RANGES))
def test_of_several_days_the_last_is_kept_and_said_so(phrase: str, first: str, last: str) -> None:
    reading = read_phrase(phrase, WEDNESDAY)
    assert reading.date == date.fromisoformat(last), reading.why
    assert reading.stretch == (date.fromisoformat(first), date.fromisoformat(last))
    assert reading.range
    assert "kept" in reading.why
