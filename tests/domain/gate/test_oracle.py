"""The gate against an oracle that knows no algorithm: it looks at every minute and asks each rule as it is written.

``DUECALL_ORACLE_EXAMPLES`` sets the number of examples (2,000 unless set).
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.gate import (
    AgreedTime,
    CallRequest,
    Cap,
    Contact,
    Cooldown,
    CooldownRule,
    Pack,
    RefusedTime,
    cap_use,
    caps_reached,
    is_quiet,
    may_call,
    refused_by,
)
from domain.gate.pack import Period, WindowRule, Wording

EXAMPLES = int(os.environ.get("DUECALL_ORACLE_EXAMPLES", "2000"))
ZONES = sorted(available_timezones())
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
LOOK_AHEAD = timedelta(hours=26)  # looked at minute by minute; beyond it, at every thirteenth
LOOK_FAR = 8 * DAY
WEEK_MINUTES = 7 * 1440
PERIODS: tuple[Period, ...] = ("day", "week", "month", "rolling")
UNTIL: list[list[timedelta | None]] = [[], [], [], [1000 * MINUTE], [-MINUTE], [None]]
SAID = Wording("a rule")


@lru_cache(maxsize=4096)
def clock_changes(zone: str, year: int) -> tuple[datetime, ...]:
    """The days of a year in which the zone's offset changes."""
    days = [datetime(year, 1, 1, tzinfo=UTC) + n * DAY for n in range(366)]
    offsets = [day.astimezone(ZoneInfo(zone)).utcoffset() for day in days]
    return tuple(day for day, before, after in zip(days, offsets, offsets[1:], strict=False) if before != after)


@dataclass(frozen=True)
class Question:
    request: CallRequest
    pack: Pack


@st.composite
def windows(draw: st.DrawFn) -> tuple[tuple[int, int], ...]:
    found = []
    for _ in range(draw(st.sampled_from([0, 1, 1, 1, 2]))):
        first = draw(st.one_of(st.integers(0, 95).map(lambda quarter: quarter * 15), st.integers(0, 1439)))
        length = draw(st.sampled_from([0, 1, 15, 30, 60, 240, 600, 780, 1440]))
        last = min(first + length, 2880)
        found.append((first, last if last <= 1440 or last - 1440 < first else 1440))
    return tuple(sorted(found))


@st.composite
def questions(draw: st.DrawFn) -> Question:
    zones = tuple(draw(st.lists(st.sampled_from(ZONES), min_size=1, max_size=3, unique=True)))
    year = draw(st.integers(2015, 2036))
    changes = clock_changes(zones[0], year)
    near_a_change: bool = draw(st.booleans())
    if changes and near_a_change:
        at = draw(st.sampled_from(changes)) + draw(st.integers(-2000, 1600)) * MINUTE
    else:
        at = datetime(year, 1, 1, tzinfo=UTC) + draw(st.integers(0, 525_000)) * MINUTE

    def rule(name: str) -> dict[str, Any]:
        agreed = draw(st.booleans())
        return {
            "id": name,
            "rule": SAID,
            "source": "s",
            "status": "unverified",
            "starts": draw(st.one_of(st.none(), st.none(), st.integers(-3, 6).map(lambda n: at.date() + n * DAY))),
            "ends": draw(st.one_of(st.none(), st.none(), st.integers(-3, 6).map(lambda n: at.date() + n * DAY))),
            "unless_agreed": agreed,
            "agreed_days": draw(st.sampled_from([None, None, 1, 3])) if agreed else None,
        }

    same = draw(st.booleans())
    every_day = draw(windows())
    week: Any = tuple(every_day if same else draw(windows()) for _ in range(7))
    caps = tuple(
        Cap(
            **rule(f"cap{n}"),
            most=draw(st.sampled_from([0, 1, 1, 2, 3])),
            unit=draw(st.sampled_from(["attempt", "conversation", "contact"])),
            scope=draw(st.sampled_from(["debt", "debtor", "number"])),
            period=period,
            days=draw(st.integers(1, 9)) if period == "rolling" else 0,
        )
        for n, period in enumerate(draw(st.lists(st.sampled_from(PERIODS), max_size=2)))
    )
    quiet = tuple(
        CooldownRule(**rule(f"quiet{days}"), after="conversation", days=days)
        for days in draw(st.lists(st.integers(1, 7), max_size=1))
    )
    contacts = tuple(
        Contact(
            at=at + draw(st.integers(-12 * 1440, 1440)) * MINUTE,
            kind=draw(st.sampled_from(["attempt", "connected", "conversation", "message"])),
            number=draw(st.sampled_from([None, "+1", "+2"])),
            debts=draw(st.sampled_from([(), ("a",), ("b",), ("a", "b")])),
        )
        for _ in range(draw(st.integers(0, 6)))
    )
    begins = [at + draw(st.integers(-600, 5000)) * MINUTE for _ in range(draw(st.integers(0, 2)))]
    request = CallRequest(
        at=at,
        zones=zones,
        number=draw(st.sampled_from([None, "+1"])),
        debts=draw(st.sampled_from([(), ("a",), ("a", "b")])),
        contacts=contacts,
        cooldowns=tuple(
            Cooldown("dispute", None if until is None else at + until) for until in draw(st.sampled_from(UNTIL))
        ),
        agreed=tuple(
            AgreedTime(begin, begin + 45 * MINUTE, given=begin - draw(st.integers(0, 5)) * DAY) for begin in begins
        ),
        refused=draw(
            st.sampled_from(
                [(), (), (RefusedTime(time(20, 30), time(9, 10), (0, 2)),), (RefusedTime(time(12), time(13)),)]
            )
        ),
    )
    window = WindowRule(**rule("hours"), week=week)
    return Question(
        request,
        Pack("house", SAID, "unverified", date(2026, 1, 1), windows=(window,), caps=caps, cooldowns=quiet),
    )


# -- the oracle: each rule read aloud at one minute -------------------------------------------------------------------


def is_within(now: int, weekday: int, first: int, last: int) -> bool:
    """Whether minute ``now`` of the week lies in a window opened on ``weekday``, the week being a circle."""
    return (now - weekday * 1440 - first) % WEEK_MINUTES < last - first


def is_refused(now: int, refused: RefusedTime) -> bool:
    first = refused.start.hour * 60 + refused.start.minute
    length = (refused.end.hour * 60 + refused.end.minute - first) % 1440
    return any(is_within(now, weekday, first, first + length) for weekday in refused.weekdays)


class Oracle:
    def __init__(self, question: Question) -> None:
        self.request, self.pack = question.request, question.pack
        self.zones = [ZoneInfo(name) for name in self.request.zones]
        self.week: dict[int, tuple[bool, bool]] = {}  # minute of the week: inside the window, refused by the debtor
        self.contact_days = [
            (contact, [contact.at.astimezone(zone).date() for zone in self.zones]) for contact in self.request.contacts
        ]

    def code(self, minute: datetime) -> str:
        wall = [minute.astimezone(zone) for zone in self.zones]
        days = [local.date() for local in wall]
        weekly = [local.weekday() * 1440 + local.hour * 60 + local.minute for local in wall]
        for cooldown in self.request.cooldowns:
            if cooldown.until is None or minute < cooldown.until:
                return "cooldown"
        for quiet in self.pack.cooldowns:
            if self.is_quiet(quiet, days) and self.holds(quiet, minute, days):
                return "cooldown"
        if not all(self.at_minute(now)[0] for now in weekly) and self.holds(self.pack.windows[0], minute, days):
            return "window"
        if any(self.at_minute(now)[1] for now in weekly):
            return "window"
        for cap in self.pack.caps:
            if self.holds(cap, minute, days) and self.is_full(cap, minute, days):
                return "cap"
        return "ok"

    def at_minute(self, now: int) -> tuple[bool, bool]:
        if now not in self.week:
            week = enumerate(self.pack.windows[0].week)
            self.week[now] = (
                any(is_within(now, weekday, first, last) for weekday, hours in week for first, last in hours),
                any(is_refused(now, refused) for refused in self.request.refused),
            )
        return self.week[now]

    def holds(self, rule: Any, minute: datetime, days: list[date]) -> bool:
        if rule.starts is not None and all(day < rule.starts for day in days):
            return False
        if rule.ends is not None and all(day > rule.ends for day in days):
            return False
        if rule.unless_agreed:
            for agreed in self.request.agreed:
                fresh = rule.agreed_days is None or all(
                    (day - agreed.given.astimezone(zone).date()).days < rule.agreed_days
                    for day, zone in zip(days, self.zones, strict=True)
                )
                if fresh and agreed.start <= minute < agreed.end:
                    return False
        return True

    def is_quiet(self, quiet: CooldownRule, days: list[date]) -> bool:
        assert quiet.days is not None
        return any(
            (day - made).days < quiet.days
            for contact, made_on in self.contact_days
            if contact.kind == "conversation"
            for day, made in zip(days, made_on, strict=True)
        )

    def is_full(self, cap: Cap, minute: datetime, days: list[date]) -> bool:
        if cap.scope == "number" and self.request.number is None:
            return False
        debts: tuple[str | None, ...] = self.request.debts if cap.scope == "debt" and self.request.debts else (None,)
        for debt in debts:
            count = 0
            for contact, made_on in self.contact_days:
                if cap.unit == "conversation" and contact.kind != "conversation":
                    continue
                if cap.unit == "contact" and contact.kind == "attempt":
                    continue
                if cap.scope == "number" and contact.number not in (None, self.request.number):
                    continue
                if debt is not None and contact.debts and debt not in contact.debts:
                    continue
                count += self.counts(cap, minute, days, contact, made_on)
            if count >= cap.most:
                return True
        return False

    def counts(self, cap: Cap, minute: datetime, days: list[date], contact: Contact, made_on: list[date]) -> bool:
        if cap.period == "rolling" and minute - contact.at < cap.days * DAY:
            return True
        for day, made in zip(days, made_on, strict=True):
            match cap.period:
                case "day":
                    inside = made >= day
                case "rolling":
                    inside = (day - made).days < cap.days
                case "week":
                    inside = made.isocalendar()[:2] >= day.isocalendar()[:2]
                case "month":
                    inside = (made.year, made.month) >= (day.year, day.month)
            if inside:
                return True
        return False


def judge(question: Question) -> None:
    """Compare the gate's word with the oracle's: the code now, in words and without, and the first instant allowed."""
    oracle = Oracle(question)
    request = question.request
    answer = may_call(request, question.pack)
    assert answer.code == oracle.code(request.at)
    assert refused_by(request, question.pack) == (None if answer.code == "ok" else answer.code)
    quiet_alone = replace(question.pack, windows=(), caps=())
    by_quiet = may_call(replace(request, cooldowns=(), refused=()), quiet_alone)
    assert is_quiet(request, question.pack) is (by_quiet.code == "cooldown")
    about = [use for use in cap_use(request, question.pack) if use.cap.scope != "number" or request.number is not None]
    reached = tuple(use.cap for use in about if len(use.counted) >= use.cap.most)
    assert caps_reached(request, question.pack) == reached
    assert answer.allowed is (answer.code == "ok")
    if answer.allowed:
        assert answer.next is None
        return
    minute = request.at + MINUTE
    near, far = request.at + LOOK_AHEAD, request.at + LOOK_FAR
    while minute <= near and oracle.code(minute) != "ok":
        minute += MINUTE
    if minute <= near or (answer.next is not None and answer.next <= near):
        assert answer.next == minute
        return
    while minute < (far if answer.next is None else min(far, answer.next)):
        assert oracle.code(minute) != "ok"
        minute += 13 * MINUTE
    if answer.next is not None:
        assert oracle.code(answer.next) == "ok"
        assert oracle.code(answer.next - MINUTE) != "ok"


@pytest.mark.slow
def test_the_gate_agrees_with_the_oracle_minute_by_minute(capsys: pytest.CaptureFixture[str]) -> None:
    judged: Counter[str] = Counter()
    zones: set[str] = set()

    @settings(
        max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
    )
    @given(questions())
    def agrees(question: Question) -> None:
        judge(question)
        judged[may_call(question.request, question.pack).code] += 1
        zones.update(question.request.zones)

    agrees()
    with capsys.disabled():
        sys.stdout.write(f"\n{judged.total()} questions in {len(zones)} of {len(ZONES)} zones: {dict(judged)}\n")
    assert judged.total() >= EXAMPLES
    assert len(zones) >= min(len(ZONES) * 9 // 10, EXAMPLES // 8)
    assert {"ok", "window", "cap", "cooldown"} <= set(judged)
