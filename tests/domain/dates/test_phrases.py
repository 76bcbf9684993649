"""What phrases mean on Wednesday 18 November 2026: a table of our own, in both languages."""

from __future__ import annotations

from datetime import date, datetime
from fractions import Fraction

import pytest

from domain import i18n
from domain.dates import DatedPart, read_phrase

WEDNESDAY = date(2026, 11, 18)

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


def rows(table: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in table.strip("\n").splitlines()]


def test_the_table_is_as_long_as_promised() -> None:
    tables = (ENGLISH, CHINESE, RANGES, NO_DATE, MAYBE)
    assert sum(len(rows(table)) for table in tables) >= 300


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


HALF, THIRD = Fraction(1, 2), Fraction(1, 3)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("half today and the rest next week", [("18", HALF, None), ("29", None, None)]),
        ("I can pay half right now, and the rest by the end of the month.", [("18", HALF, None), ("30", None, None)]),
        ("$100 today and the rest next month", [("18", None, "100"), ("12-31", None, None)]),
        ("$1,500.50 today and the balance on 12/15", [("18", None, "1500.5"), ("12-15", None, None)]),
        ("two hundred now and the rest friday", [("18", None, "200"), ("20", None, None)]),
        ("today 100, friday 200", [("18", None, "100"), ("20", None, "200")]),
        (
            "$100 today, $200 on friday, the rest on the 30th",
            [("18", None, "100"), ("20", None, "200"), ("30", None, None)],
        ),
        ("a third today and the remainder in two weeks", [("18", THIRD, None), ("12-02", None, None)]),
        ("1/2 today and the rest friday", [("18", HALF, None), ("20", None, None)]),
        ("25% now and the rest on the 30th", [("18", Fraction(1, 4), None), ("30", None, None)]),
        ("half today, then friday", [("18", HALF, None), ("20", None, None)]),
        ("the rest on the 30th, half today", [("18", HALF, None), ("30", None, None)]),
        ("200 bucks friday, 300 the friday after", [("20", None, "200"), ("27", None, "300")]),
        ("100 on 1/12 and the rest on 15/12", [("12-01", None, "100"), ("12-15", None, None)]),
        ("200 each on friday and monday", [("20", None, "200"), ("23", None, "200")]),
        ("今天先还一半，剩下的下周五", [("18", HALF, None), ("27", None, None)]),
        ("今天還500，月底還清", [("18", None, "500"), ("30", None, None)]),
        ("今天还五百，其余的下个月十号", [("18", None, "500"), ("12-10", None, None)]),
        ("一半今天，一半周五", [("18", HALF, None), ("20", HALF, None)]),
        ("先还三成今天，剩余的月底", [("18", Fraction(3, 10), None), ("30", None, None)]),
        ("今天还三分之一，剩下的15号", [("18", THIRD, None), ("12-15", None, None)]),
        ("周五还一万五，年底付清", [("20", None, "15000"), ("12-31", None, None)]),
        (
            "明天1000块，下周五再还2万，剩下的月底还清",
            [("19", None, "1000"), ("27", None, "20000"), ("30", None, None)],
        ),
        ("今天和月底各还一半", [("18", HALF, None), ("30", HALF, None)]),
    ],
)
def test_parts(sentence: str, expected: list[tuple[str, Fraction | None, str | None]]) -> None:
    reading = read_phrase(sentence, WEDNESDAY)
    days = [date.fromisoformat(f"2026-{day}" if "-" in day else f"2026-11-{day}") for day, _, _ in expected]
    assert [(part.date, part.share, part.amount) for part in reading.parts] == [
        (day, share, amount) for day, (_, share, amount) in zip(days, expected, strict=True)
    ]
    assert reading.date == days[0]


def test_a_single_payment_keeps_its_figure() -> None:
    assert read_phrase("$100 next week", WEDNESDAY).amount == "100"
    assert read_phrase("3000 周五", WEDNESDAY).amount == "3000"
    assert read_phrase("1.5万，下周五", WEDNESDAY).amount == "15000"
    assert read_phrase("8点 周五", WEDNESDAY).amount is None
    assert read_phrase("half on friday", WEDNESDAY).share == HALF
    assert read_phrase("half on friday", WEDNESDAY).parts == ()


def test_doubtful_parts_are_mentioned_only() -> None:
    reading = read_phrase("maybe half today and the rest next week", WEDNESDAY)
    assert (reading.date, reading.parts) == (None, ())
    assert reading.accepted().parts == (DatedPart(WEDNESDAY, HALF), DatedPart(date(2026, 11, 29), range=True))


@pytest.mark.parametrize(
    "phrase",
    ["payday", "when I get paid", "once my wages come in", "发薪日", "发工资那天", "等发工资", "工资到账就还", "出糧"],
)
def test_pay_day_is_asked_for(phrase: str) -> None:
    reading = read_phrase(phrase, WEDNESDAY)
    assert (reading.date, reading.needs) == (None, "pay_day")
    known = read_phrase(phrase, WEDNESDAY, pay_day=25)
    assert (known.date, known.needs) == (date(2026, 11, 25), None)


@pytest.mark.parametrize(
    ("pay_day", "today", "expected"),
    [
        (18, date(2026, 11, 18), date(2026, 11, 18)),
        (10, date(2026, 11, 18), date(2026, 12, 10)),
        (31, date(2026, 11, 18), date(2026, 11, 30)),
        (30, date(2027, 2, 1), date(2027, 2, 28)),
        (31, date(2026, 12, 31), date(2026, 12, 31)),
    ],
)
def test_pay_day_stays_inside_the_month(pay_day: int, today: date, expected: date) -> None:
    assert read_phrase("payday", today, pay_day=pay_day).date == expected


def test_days_are_counted_from_the_pay_day() -> None:
    assert read_phrase("2 days after payday", WEDNESDAY, pay_day=25).date == date(2026, 11, 27)
    assert read_phrase("发工资后三天", WEDNESDAY, pay_day=25).date == date(2026, 11, 28)
    parts = read_phrase("half now and the rest when I get paid", WEDNESDAY, pay_day=25).parts
    assert [part.date.day for part in parts] == [18, 25]
    without = read_phrase("half now and the rest when I get paid", WEDNESDAY)
    assert (without.date, without.parts, without.needs) == (None, (), "pay_day")


def test_an_impossible_pay_day_is_the_callers_mistake() -> None:
    with pytest.raises(ValueError, match="1 to 31"):
        read_phrase("payday", WEDNESDAY, pay_day=32)


def test_date_order_decides_only_what_the_figures_leave_open() -> None:
    assert read_phrase("5/12", WEDNESDAY).date == date(2027, 5, 12)
    assert read_phrase("5/12", WEDNESDAY, date_order="DMY").date == date(2026, 12, 5)
    assert read_phrase("25/12", WEDNESDAY).date == date(2026, 12, 25)
    assert read_phrase("12/25", WEDNESDAY, date_order="DMY").date == date(2026, 12, 25)
    assert "check" in read_phrase("5/12", WEDNESDAY).why


def test_an_order_that_has_passed_gives_way_to_the_other() -> None:
    assert read_phrase("05.12.2026", WEDNESDAY).date == date(2026, 12, 5)


def test_hours_cross_midnight_from_the_hour_of_the_call() -> None:
    morning, evening = datetime(2026, 11, 18, 9), datetime(2026, 11, 18, 22)  # noqa: DTZ001 - a local wall clock
    assert read_phrase("in 4 hours", morning).date == date(2026, 11, 18)
    assert read_phrase("in 4 hours", evening).date == date(2026, 11, 19)
    assert read_phrase("4小时后", evening).date == date(2026, 11, 19)
    assert read_phrase("in 12 hours", WEDNESDAY).date == date(2026, 11, 19)


def test_the_weekday_decides_between_two_dates_and_is_questioned_otherwise() -> None:
    fits_later = read_phrase("Fri 17 Nov", WEDNESDAY)
    assert fits_later.date == date(2028, 11, 17) or "ask" in fits_later.why
    wrong = read_phrase("Friday 24 November 2026", WEDNESDAY)
    assert wrong.date == date(2026, 11, 24)
    assert "Friday" in wrong.why


def test_each_language_falls_back_on_the_other() -> None:
    assert read_phrase("fri", WEDNESDAY, language="zh").date == date(2026, 11, 20)
    assert read_phrase("下周五", WEDNESDAY, language="en").date == date(2026, 11, 27)


def test_next_friday_says_how_it_was_read() -> None:
    assert "20 Nov" in read_phrase("next friday", WEDNESDAY).why
    assert "20 Nov" in read_phrase("下周五", WEDNESDAY).why


def test_two_days_with_a_dash_keep_the_first_and_name_the_last() -> None:
    for phrase in ("10 - 15 december", "dec 10 to 15", "10/12 - 15/12", "12月10到15号", "12月10号至12月15号"):
        reading = read_phrase(phrase, WEDNESDAY)
        assert reading.date == date(2026, 12, 10), phrase
        assert reading.stretch == (date(2026, 12, 10), date(2026, 12, 15))
        assert "15 Dec" in reading.why


def test_why_speaks_the_interface_language() -> None:
    before = i18n.language()
    try:
        i18n.use_language("zh")
        assert "2026年11月20日 星期五" in read_phrase("next friday", WEDNESDAY).why
    finally:
        i18n.use_language(before)


def test_reading_tells_weekday_and_distance() -> None:
    reading = read_phrase("下周五", WEDNESDAY)
    assert (reading.weekday, reading.days) == ("Friday", 9)


def test_the_customers_words_stay_out_of_the_repr() -> None:
    assert "Jane" not in repr(read_phrase("Jane will pay friday", WEDNESDAY))
