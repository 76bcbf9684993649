"""What holds for any text: nothing raises, nothing before today, no hang, no weight at start."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.dates import PhraseReading, read_phrase

WORDS = st.sampled_from(
    "the a next this last friday fri week weeks month end of in on by before after until from to and or half rest 2 two "
    "15 15th 31st 1/2 12/25 2026-11-20 february 29 may today now tomorrow christmas payday paid each every maybe not "
    "$100 % , . - second first working days hours between years 9999 99999999999".split()
    + "下 个 月 周 星期 三 十五 号 日 年 底 初 前 后 半 内 今天 明天 春节 农历 发工资 到 或者".split()
    + "一半 剩下的 还 块 不了 可能 每".split()
)
TEXT = st.one_of(
    st.text(max_size=60),
    st.lists(WORDS, max_size=12).map(" ".join),
    st.lists(WORDS, max_size=12).map("".join),
    st.text(alphabet="0123456789/-. 年月日号", max_size=20),
)
DAYS = st.dates(date(1, 1, 1), date(9999, 12, 31))


def check(reading: PhraseReading, today: date) -> None:
    assert reading.why
    assert reading.date is None or reading.date >= today
    assert all(part.date >= today for part in (*reading.parts, *reading.mentioned_parts))
    assert reading.date is None or not reading.parts or reading.date == reading.parts[0].date
    assert not (reading.tentative and reading.date is not None)
    assert reading.mentioned is None or reading.mentioned >= today
    assert sum(part.share or 0 for part in reading.parts) <= 1


@settings(max_examples=600, deadline=None)
@given(text=TEXT, today=st.one_of(st.dates(date(2020, 1, 1), date(2040, 1, 1)), DAYS))
def test_any_text_is_read_without_raising_and_never_into_the_past(text: str, today: date) -> None:
    for language in ("en", "zh", None):
        check(read_phrase(text, today, language=language, pay_day=31), today)


HOSTILE = [
    "",
    "   ",
    "\x00",
    "fri\x00day",
    "[bold]friday[/]",
    "friday\x1b]52;c;aGk=\x07",
    "\ud800",
    "‮friday",
    "ﷺ" * 500,
    "٣ days",
    "½ today",
    "1" * 400 + " days",
    "in " + "9" * 40 + " years",
    "三" * 200 + "天后",
    "$" + "9" * 200 + " today and the rest friday",
    "friday " * 2000,
    "2 weeks after " * 900,
    "下周五" * 4000,
    "a week or " * 1200,
    "between monday and " * 700,
    "1-" * 5000,
    "half of " * 1500,
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_read_quickly(text: str) -> None:
    started = time.process_time()
    reading = read_phrase(text, date(2026, 11, 18))
    assert time.process_time() - started < 1
    check(reading, date(2026, 11, 18))


def test_importing_the_package_stays_light() -> None:
    code = "import sys, domain.dates; print(sorted(m for m in sys.modules if m in ('holidays', 'dateutil')))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_ordinary_phrases_do_not_load_the_holiday_tables() -> None:
    code = (
        "import sys, datetime, domain.dates\n"
        "for phrase in ('next friday', '月底', 'christmas', '国庆'):\n"
        "    assert domain.dates.read_phrase(phrase, datetime.date(2026, 11, 18)).date\n"
        "print('holidays' in sys.modules)"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "False"
