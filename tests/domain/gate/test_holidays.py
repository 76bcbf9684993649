"""Public holidays: no calls, shorter hours, warnings, make-up workdays, and the calendars of the library."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from domain.gate import Answer, CallRequest, PublicHolidays, load_pack, may_call, parse_pack

SYDNEY, BANGKOK, SHANGHAI, BERLIN = "Australia/Sydney", "Asia/Bangkok", "Asia/Shanghai", "Europe/Berlin"


def instant(text: str, zone: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def ask(pack: str, text: str, zone: str, region: str | None = None) -> Answer:
    return may_call(CallRequest(at=instant(text, zone), zones=(zone,), region=region), load_pack(pack))


class HouseCalendar:
    """Holidays of our own: 24 to 26 December, and a working Saturday before them."""

    def is_holiday(self, day: date, region: str) -> bool:
        return region == "DE" and day in {date(2026, 12, 24), date(2026, 12, 25), date(2026, 12, 26)}

    def is_makeup_workday(self, day: date, region: str) -> bool:
        return region == "DE" and day == date(2026, 12, 19)


def test_australia_rests_on_national_holidays() -> None:
    refused = ask("au-guideline", "2026-12-25T12:00", SYDNEY)  # Christmas, then Boxing Day, then a Sunday
    assert (refused.allowed, refused.code) == (False, "holiday")
    assert refused.source == "ACCC/ASIC debt collection guideline, part 2, section 4"
    assert refused.next == instant("2026-12-27T09:00", SYDNEY)
    at_night = ask("au-guideline", "2026-12-25T23:00", SYDNEY)
    assert at_night.code == "window", "at night it is the hour that is wrong"
    assert ask("au-guideline", "2026-12-24T12:00", SYDNEY).allowed


def test_a_holiday_counts_where_the_debtor_may_be() -> None:
    """When it is Christmas afternoon in Sydney, it is still the evening before in Los Angeles."""
    loaded = load_pack("au-guideline")
    angeles = "America/Los_Angeles"
    at = instant("2026-12-24T20:00", angeles)
    assert may_call(CallRequest(at=at, zones=(angeles,)), loaded).allowed
    refused = may_call(CallRequest(at=at, zones=(angeles, SYDNEY)), loaded)
    assert refused.code == "holiday"
    assert "Sydney" in refused.text


def test_thailand_has_shorter_hours_on_holidays() -> None:
    evening = ask("th-debt-collection", "2026-12-10T19:00", BANGKOK)  # Constitution Day, a Thursday
    assert (evening.allowed, evening.code) == (False, "holiday")
    assert evening.next == instant("2026-12-11T08:00", BANGKOK)
    assert ask("th-debt-collection", "2026-12-10T17:59", BANGKOK).allowed
    assert ask("th-debt-collection", "2026-12-09T19:00", BANGKOK).allowed


def test_business_is_warned_on_holidays_and_works_on_make_up_days() -> None:
    national_day = ask("business-default", "2026-10-01T10:00", SHANGHAI, "CN")
    assert national_day.allowed
    assert [(note.code, note.severity) for note in national_day.warnings] == [("holiday", "info")]
    assert ask("business-default", "2026-10-10T10:00", SHANGHAI, "CN").allowed, "a Saturday worked for the holidays"
    assert ask("business-default", "2026-10-17T10:00", SHANGHAI, "CN").code == "window", "an ordinary Saturday"
    assert ask("business-default", "2026-10-10T10:00", SHANGHAI).code == "window", "no country, no calendar"


def test_a_house_may_bring_its_own_calendar() -> None:
    pack = load_pack("business-default")

    def asked(text: str) -> Answer:
        request = CallRequest(at=instant(text, BERLIN), zones=(BERLIN,), region="DE")
        return may_call(request, pack, holidays=HouseCalendar())

    assert asked("2026-12-24T10:00").warnings
    assert not asked("2026-12-23T10:00").warnings
    assert asked("2026-12-19T10:00").allowed
    assert asked("2026-12-18T19:00").next == instant("2026-12-19T09:00", BERLIN)


def test_a_holiday_keeps_nothing_of_the_night_before() -> None:
    pack = parse_pack(
        """
        name = "house"
        title = { en = "House" }
        status = "unverified"
        checked = 2026-11-22
        [[window]]
        id = "hours"
        rule = { en = "late hours" }
        source = "House policy"
        hours = { every-day = ["20:00-02:00"] }
        [window.holiday]
        policy = "none"
        calendar = "DE"
        rule = { en = "not on holidays" }
        source = "House policy"
        """
    )

    def asked(text: str) -> Answer:
        return may_call(CallRequest(at=instant(text, BERLIN), zones=(BERLIN,)), pack, holidays=HouseCalendar())

    assert asked("2026-12-23T23:59").allowed
    midnight = asked("2026-12-24T00:00")
    assert (midnight.code, midnight.next) == ("holiday", instant("2026-12-27T20:00", BERLIN))
    assert asked("2026-12-27T00:30").code == "window", "the evening of the 26th was a holiday"


def test_the_library_knows_holidays_and_make_up_workdays() -> None:
    calendar = PublicHolidays()
    assert calendar.is_holiday(date(2026, 12, 25), "AU")
    assert not calendar.is_holiday(date(2026, 12, 24), "AU")
    assert calendar.is_makeup_workday(date(2026, 10, 10), "CN")
    assert not calendar.is_makeup_workday(date(2026, 10, 17), "CN")
    assert not calendar.is_holiday(date(2026, 12, 25), "XX")
    assert not calendar.is_makeup_workday(date(2026, 12, 25), "XX")
