"""What breaks dial gates: daylight saving, midnight, empty windows, many zones, clocks, leases, the order of refusal."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from domain.gate import (
    AgreedTime,
    Answer,
    CallRequest,
    Contact,
    Cooldown,
    Pack,
    RefusedTime,
    Stop,
    answer_to_json,
    cap_use,
    load_pack,
    may_call,
    parse_pack,
    quiet_until,
)
from domain.gate.localtime import open_intervals, start_of_day

NEW_YORK, BERLIN, SHANGHAI = "America/New_York", "Europe/Berlin", "Asia/Shanghai"


def instant(text: str, zone: str = "UTC", fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


def pack(hours: str, *more: str) -> Pack:
    return parse_pack(
        f"""
        name = "house"
        title = {{ en = "House" }}
        status = "unverified"
        checked = 2026-11-22
        [[window]]
        id = "hours"
        rule = {{ en = "the hours of the house" }}
        source = "House policy"
        hours = {hours}
        """
        + "\n".join(more)
    )


CAP = """
[[cap]]
id = "cap"
rule = {{ en = "the cap of the house" }}
source = "House policy"
most = {most}
unit = "attempt"
scope = "debtor"
period = "{period}"
"""
ALWAYS = '{ every-day = ["00:00-24:00"] }'


def ask(loaded: Pack, at: datetime, *zones: str, **more: object) -> Answer:
    return may_call(CallRequest(at=at, zones=zones, **more), loaded)  # type: ignore[arg-type]  # test shorthand


# -- daylight saving -----------------------------------------------------------------------------------------------


def test_a_window_that_opens_in_the_gap_opens_when_the_gap_ends() -> None:
    """On 8 March 2026 New York goes from 01:59 to 03:00; 02:30 does not exist."""
    loaded = pack('{ every-day = ["02:30-04:00"] }')
    assert ask(loaded, instant("2026-03-08T01:59", NEW_YORK), NEW_YORK).next == instant("2026-03-08T03:00", NEW_YORK)
    assert ask(loaded, instant("2026-03-08T03:00", NEW_YORK), NEW_YORK).allowed


def test_a_window_inside_the_gap_does_not_open_that_day() -> None:
    loaded = pack('{ every-day = ["02:15-02:45"] }')
    refused = ask(loaded, instant("2026-03-08T01:00", NEW_YORK), NEW_YORK)
    assert refused.next == instant("2026-03-09T02:15", NEW_YORK)


def test_a_window_in_the_repeated_hour_opens_twice() -> None:
    """On 1 November 2026 New York has 01:00 to 01:59 twice."""
    loaded = pack('{ every-day = ["01:15-01:45"] }')
    first, second = instant("2026-11-01T01:15", NEW_YORK), instant("2026-11-01T01:15", NEW_YORK, fold=1)
    assert second - first == timedelta(hours=1)
    assert ask(loaded, first, NEW_YORK).allowed
    assert ask(loaded, first + timedelta(minutes=30), NEW_YORK).next == second
    assert ask(loaded, second, NEW_YORK).allowed


def test_the_closing_time_of_a_long_day_is_its_wall_time() -> None:
    loaded = pack('{ every-day = ["08:00-21:00"] }')
    assert ask(loaded, instant("2026-11-01T20:59", NEW_YORK), NEW_YORK).allowed
    assert ask(loaded, instant("2026-11-01T21:00", NEW_YORK), NEW_YORK).code == "window"


def test_a_day_that_begins_in_a_gap() -> None:
    """Beirut goes from 23:59 to 01:00 at the end of 28 March 2026: the 29th has no midnight."""
    begin = start_of_day("Asia/Beirut", date(2026, 3, 29))
    assert begin.astimezone(ZoneInfo("Asia/Beirut")).time() == time(1)
    assert (begin - timedelta(seconds=1)).astimezone(ZoneInfo("Asia/Beirut")).date() == date(2026, 3, 28)


def test_a_day_the_zone_never_had_has_no_hours() -> None:
    """Samoa left out 30 December 2011."""
    assert open_intervals("Pacific/Apia", date(2011, 12, 30), ((0, 1440),)) == ()
    assert start_of_day("Pacific/Apia", date(2011, 12, 30)) == start_of_day("Pacific/Apia", date(2011, 12, 31))


def test_a_repeated_day_counts_25_hours_of_attempts() -> None:
    """24 hours before noon on the long day is 13:00 the day before, yet the calendar day is what a daily cap means."""
    loaded = pack(ALWAYS, CAP.format(most=1, period="day"))
    early = Contact(instant("2026-11-01T00:10", NEW_YORK))
    late = instant("2026-11-01T23:50", NEW_YORK)
    assert late - early.at > timedelta(hours=24)
    refused = ask(loaded, late, NEW_YORK, contacts=(early,))
    assert refused.code == "cap"
    assert refused.next == instant("2026-11-02T00:00", NEW_YORK)


# -- midnight and empty windows --------------------------------------------------------------------------------------


def test_a_window_across_midnight_belongs_to_the_day_it_opens() -> None:
    loaded = pack('{ fri = ["22:00-02:00"] }')
    assert ask(loaded, instant("2026-11-27T23:00", BERLIN), BERLIN).allowed  # Friday
    assert ask(loaded, instant("2026-11-28T01:59", BERLIN), BERLIN).allowed  # early on Saturday
    assert ask(loaded, instant("2026-11-28T02:00", BERLIN), BERLIN).code == "window"
    assert ask(loaded, instant("2026-11-28T23:00", BERLIN), BERLIN).next == instant("2026-12-04T22:00", BERLIN)
    assert ask(loaded, instant("2026-11-27T01:00", BERLIN), BERLIN).code == "window"


def test_sunday_night_runs_into_monday() -> None:
    loaded = pack('{ sun = ["23:00-01:00"] }')
    assert ask(loaded, instant("2026-11-30T00:30", BERLIN), BERLIN).allowed


@pytest.mark.parametrize("hours", ["{}", "{ mon-fri = [] }", '{ every-day = ["08:00-08:00"] }'])
def test_a_window_of_no_length_never_opens(hours: str) -> None:
    refused = ask(pack(hours), instant("2026-11-24T08:00", BERLIN), BERLIN)
    assert (refused.allowed, refused.code, refused.next) == (False, "window", None)


def test_all_day_has_no_seam_at_midnight() -> None:
    loaded = pack(ALWAYS)
    for text in ("2026-11-27T23:59:59.999", "2026-11-28T00:00"):
        assert ask(loaded, instant(text, BERLIN), BERLIN).allowed


# -- zones ---------------------------------------------------------------------------------------------------------


def test_only_times_allowed_in_every_candidate_zone() -> None:
    zones = (NEW_YORK, "America/Los_Angeles")
    loaded = load_pack("us-reg-f")
    refused = ask(loaded, instant("2026-11-24T08:00", NEW_YORK), *zones)
    assert refused.code == "window"
    assert "05:00" in refused.text
    assert refused.next == instant("2026-11-24T08:00", "America/Los_Angeles")
    assert ask(loaded, instant("2026-11-24T20:59", NEW_YORK), *zones).allowed
    assert ask(loaded, instant("2026-11-24T21:00", NEW_YORK), *zones).code == "window"


def test_zones_without_a_common_hour_are_never_allowed() -> None:
    loaded = pack('{ every-day = ["09:00-17:00"] }')
    refused = ask(loaded, instant("2026-11-24T12:00"), BERLIN, "Pacific/Auckland")
    assert (refused.code, refused.next) == ("window", None)


@pytest.mark.parametrize(
    "zones", [(), ("Nowhere/Atlantis",), ("Etc/Unknown",), (BERLIN, "../etc/passwd"), ("Europe",), ("",)]
)
def test_an_unknown_zone_blocks_with_a_reason(zones: tuple[str, ...]) -> None:
    refused = ask(pack(ALWAYS), instant("2026-11-24T12:00"), *zones)
    assert (refused.allowed, refused.code, refused.severity, refused.next) == (False, "window", "block", None)
    assert "zone" in refused.text


# -- counting ------------------------------------------------------------------------------------------------------


def test_rolling_days_hold_in_the_calendar_and_in_hours() -> None:
    loaded = pack(ALWAYS, CAP.format(most=1, period="2 days"))
    made = Contact(instant("2026-11-24T15:00", BERLIN))
    refused = ask(loaded, instant("2026-11-26T00:00", BERLIN), BERLIN, contacts=(made,))
    assert refused.code == "cap", "33 hours later is the third calendar day, but not yet 48 hours"
    assert refused.next == instant("2026-11-26T15:00", BERLIN)
    # The long day of autumn: 48 hours pass before two calendar days have.
    made = Contact(instant("2026-10-24T23:59", BERLIN))
    refused = ask(loaded, instant("2026-10-25T23:30", BERLIN), BERLIN, contacts=(made,))
    assert refused.next == instant("2026-10-26T22:59", BERLIN)
    made = Contact(instant("2026-10-24T00:00", BERLIN))
    refused = ask(loaded, instant("2026-10-25T23:30", BERLIN), BERLIN, contacts=(made,))
    assert refused.code == "cap", "48 hours ended at 23:00 on the repeated day, the second calendar day had not"
    assert refused.next == instant("2026-10-26T00:00", BERLIN)


def test_contacts_in_the_future_count_when_the_clock_was_set_back() -> None:
    loaded = pack(ALWAYS, CAP.format(most=1, period="day"))
    tomorrow = Contact(instant("2026-11-25T10:00", BERLIN))
    refused = ask(loaded, instant("2026-11-24T12:00", BERLIN), BERLIN, contacts=(tomorrow,))
    assert refused.code == "cap"
    assert refused.counted == (tomorrow.at,)
    assert refused.next == instant("2026-11-26T00:00", BERLIN)


def test_a_contact_counts_for_the_day_it_may_have_been_in_any_zone() -> None:
    loaded = pack(ALWAYS, CAP.format(most=1, period="day"))
    made = Contact(instant("2026-11-24T23:30", NEW_YORK))  # 20:30 in Los Angeles
    now = instant("2026-11-25T00:30", NEW_YORK)
    assert ask(loaded, now, NEW_YORK, contacts=(made,)).allowed
    refused = ask(loaded, now, NEW_YORK, "America/Los_Angeles", contacts=(made,))
    assert refused.next == instant("2026-11-25T00:00", "America/Los_Angeles")


def test_a_cap_of_zero_is_never_free() -> None:
    refused = ask(pack(ALWAYS, CAP.format(most=0, period="day")), instant("2026-11-24T12:00"), BERLIN)
    assert (refused.code, refused.next, refused.most) == ("cap", None, 0)


def test_contacts_about_unknown_debts_and_numbers_count_for_all() -> None:
    now = instant("2026-11-24T12:00", NEW_YORK)
    unknown = tuple(Contact(now - timedelta(hours=n)) for n in range(1, 8))
    assert ask(load_pack("us-reg-f"), now, NEW_YORK, contacts=unknown, debts=("card",)).code == "cap"
    now = instant("2026-11-24T12:00", SHANGHAI)
    calls = tuple(Contact(now - timedelta(minutes=n)) for n in range(1, 7))
    assert ask(load_pack("cn-consumer-credit"), now, SHANGHAI, contacts=calls, number="+8613800138000").code == "cap"


def test_next_is_right_for_every_rule_at_once() -> None:
    """The cap is free at 03:00, the quiet ends a day later, and only then does the window open."""
    now = instant("2026-11-24T12:00", NEW_YORK)
    tries = tuple(Contact(instant("2026-11-18T03:00", NEW_YORK), debts=("card",)) for _ in range(7))
    talk = Contact(instant("2026-11-19T20:00", NEW_YORK), "conversation", debts=("card",))
    refused = ask(load_pack("us-reg-f"), now, NEW_YORK, contacts=(*tries, talk), debts=("card",))
    assert refused.code == "cooldown"
    assert refused.next == instant("2026-11-26T08:00", NEW_YORK)
    later = ask(load_pack("us-reg-f"), refused.next, NEW_YORK, contacts=(*tries, talk), debts=("card",))
    assert later.allowed


def test_how_far_caps_are_used_up() -> None:
    now = instant("2026-11-24T12:00", SHANGHAI)
    calls = (
        Contact(now - timedelta(hours=1), "conversation", effective=True, number="+8613800138000"),
        Contact(now - timedelta(hours=2), number="+8613800138000"),
    )
    request = CallRequest(at=now, zones=(SHANGHAI,), number="+8613800138000", contacts=calls)
    assert [
        (use.cap.id, len(use.counted), use.cap.most) for use in cap_use(request, load_pack("cn-consumer-credit"))
    ] == [
        ("effective-3-a-day", 1, 3),
        ("attempts-6-a-number-a-day", 2, 6),
    ]


# -- stops, leases, cool-downs, third parties -------------------------------------------------------------------------

NOON = instant("2026-11-24T12:00", NEW_YORK)


@pytest.mark.parametrize(
    ("stop", "more", "stopped"),
    [
        (Stop("cease"), {}, True),
        (Stop("cease", since=NOON + timedelta(days=1)), {}, True),
        (Stop("opt_out_channel", channel="call"), {}, True),
        (Stop("opt_out_channel", channel="sms"), {}, False),
        (Stop("opt_out_channel", channel="sms"), {"channel": "sms"}, True),
        (Stop("opt_out_channel"), {}, True),
        (Stop("opt_out_number", number="+12125550100"), {"number": "+12125550100"}, True),
        (Stop("opt_out_number", number="+12125550100"), {"number": "+12125550199"}, False),
        (Stop("opt_out_number", number="+12125550100"), {}, False),
        (Stop("represented"), {}, True),
        (Stop("represented"), {"person": "third_party", "permission": True}, False),
        (Stop("deceased"), {"person": "guarantor"}, True),
        (Stop("insolvency"), {}, True),
        (Stop("third_party_refused"), {}, False),
        (Stop("third_party_refused"), {"person": "third_party", "debtor_unreachable": True}, True),
        (Stop("a kind of the future"), {}, True),
    ],
)
def test_stops(stop: Stop, more: dict[str, object], stopped: bool) -> None:
    answer = ask(load_pack("us-reg-f"), NOON, NEW_YORK, stops=(stop,), **more)
    assert answer.allowed is not stopped
    if stopped:
        assert (answer.code, answer.next, answer.severity) == ("stop", None, "block")
        assert answer.alternative


def test_beyond_the_lease_the_count_is_unknown() -> None:
    loaded = load_pack("us-reg-f")
    assert ask(loaded, NOON, NEW_YORK, lease_until=NOON + timedelta(minutes=1)).allowed
    refused = ask(loaded, NOON, NEW_YORK, lease_until=NOON)
    assert (refused.allowed, refused.code, refused.next) == (False, "lease", None)
    assert ask(loaded, NOON, NEW_YORK, lease_until=None).allowed


def test_a_wait_longer_than_the_lease_says_to_sync() -> None:
    night = instant("2026-11-24T23:00", NEW_YORK)
    refused = ask(load_pack("us-reg-f"), night, NEW_YORK, lease_until=night + timedelta(hours=4))
    assert refused.code == "window"
    assert refused.next == instant("2026-11-25T08:00", NEW_YORK)
    assert [note.code for note in refused.warnings] == ["lease"]


def test_cooldowns_of_the_case() -> None:
    loaded = load_pack("us-reg-f")
    endless = ask(loaded, NOON, NEW_YORK, cooldowns=(Cooldown("dispute"),))
    assert (endless.code, endless.next, endless.source) == ("cooldown", None, "12 CFR 1006.38(d)(2)")
    until = instant("2026-12-24T18:00", NEW_YORK)
    refused = ask(loaded, NOON, NEW_YORK, cooldowns=(Cooldown("breathing_space", until),))
    assert (refused.code, refused.next) == ("cooldown", until)
    assert ask(loaded, until, NEW_YORK, cooldowns=(Cooldown("breathing_space", until),)).allowed
    other = Cooldown("dispute", debts=("loan",))
    assert ask(loaded, NOON, NEW_YORK, debts=("card",), cooldowns=(other,)).allowed
    assert ask(loaded, NOON, NEW_YORK, debts=("card", "loan"), cooldowns=(other,)).code == "cooldown"
    assert ask(loaded, NOON, NEW_YORK, cooldowns=(other,)).code == "cooldown"


def test_quiet_days_count_the_first() -> None:
    began = instant("2026-11-24T23:00", NEW_YORK)
    assert quiet_until(60, began, (NEW_YORK,)) == instant("2027-01-23T00:00", NEW_YORK)


def test_the_quiet_after_a_conversation_ends_with_the_last_of_the_zones() -> None:
    talk = Contact(instant("2026-11-24T01:30", NEW_YORK), "conversation", debts=("card",))  # the 23rd in Los Angeles
    one = ask(load_pack("us-reg-f"), NOON, NEW_YORK, contacts=(talk,), debts=("card",))
    assert one.next == instant("2026-12-01T08:00", NEW_YORK)
    elsewhere = ask(load_pack("us-reg-f"), NOON, "America/Los_Angeles", contacts=(talk,), debts=("card",))
    assert elsewhere.next == instant("2026-11-30T08:00", "America/Los_Angeles")
    both = ask(load_pack("us-reg-f"), NOON, "America/Los_Angeles", NEW_YORK, contacts=(talk,), debts=("card",))
    assert both.next == instant("2026-12-01T08:00", "America/Los_Angeles")


def test_a_third_party_may_be_reached_once_to_locate_the_consumer() -> None:
    loaded = load_pack("us-reg-f")
    more = {"person": "third_party", "number": "+12125550177"}
    assert ask(loaded, NOON, NEW_YORK, **more).code == "third_party"
    assert ask(loaded, NOON, NEW_YORK, debtor_unreachable=True, **more).allowed
    reached = Contact(NOON - timedelta(days=90), "connected", number="+12125550177", person="third_party")
    missed = Contact(NOON - timedelta(days=90), "attempt", number="+12125550177", person="third_party")
    elsewhere = Contact(NOON - timedelta(days=90), "connected", number="+12125550188", person="third_party")
    assert ask(loaded, NOON, NEW_YORK, debtor_unreachable=True, contacts=(missed, elsewhere), **more).allowed
    again = ask(loaded, NOON, NEW_YORK, debtor_unreachable=True, contacts=(reached,), **more)
    assert (again.code, again.counted, again.next) == ("third_party", (reached.at,), None)
    assert ask(loaded, NOON, NEW_YORK, permission=True, contacts=(reached,), **more).allowed


def test_a_pack_that_says_nothing_of_others_forbids_them() -> None:
    assert ask(pack(ALWAYS), NOON, NEW_YORK, person="third_party", debtor_unreachable=True).code == "third_party"
    assert ask(pack(ALWAYS), NOON, NEW_YORK, person="third_party", permission=True).allowed
    assert ask(pack(ALWAYS), NOON, NEW_YORK, person="guarantor").allowed


def test_the_order_of_refusal_is_stable() -> None:
    night = instant("2026-11-24T23:00", NEW_YORK)
    tries = tuple(Contact(night - timedelta(hours=n), debts=("card",)) for n in range(7))
    facts: dict[str, object] = {
        "stops": (Stop("cease"),),
        "lease_until": night,
        "person": "third_party",
        "cooldowns": (Cooldown("dispute"),),
        "contacts": tries,
        "debts": ("card",),
    }
    seen = []
    at = night
    for remedy in ("stops", "lease_until", "person", "cooldowns", None, "contacts"):
        answer = ask(load_pack("us-reg-f"), at, NEW_YORK, **facts)
        seen.append(answer.code)
        if remedy is None:
            at = instant("2026-11-25T09:00", NEW_YORK)
        else:
            facts.pop(remedy)
            if remedy == "person":
                facts["contacts"] = tries
    assert seen == ["stop", "lease", "third_party", "cooldown", "window", "cap"]
    assert ask(load_pack("us-reg-f"), at, NEW_YORK, **facts).allowed


# -- what the debtor said ---------------------------------------------------------------------------------------------


def test_an_agreed_time_opens_the_window_where_the_pack_says_so() -> None:
    late = instant("2026-11-24T22:30", SHANGHAI)
    agreed = AgreedTime(late, late + timedelta(minutes=30), given=late - timedelta(days=2))
    evening = instant("2026-11-24T22:10", SHANGHAI)
    loaded = load_pack("cn-consumer-credit")
    assert ask(loaded, late, SHANGHAI, agreed=(agreed,)).allowed
    assert ask(loaded, evening, SHANGHAI, agreed=(agreed,)).next == late
    assert ask(loaded, agreed.end, SHANGHAI, agreed=(agreed,)).code == "window"
    assert ask(load_pack("in-rbi"), late, SHANGHAI, agreed=(agreed,)).code == "window"


def test_an_agreed_call_back_is_not_held_up_by_the_quiet_for_seven_days() -> None:
    talk = Contact(instant("2026-11-23T12:00", NEW_YORK), "conversation", debts=("card",))

    def at(text: str) -> Answer:
        begin = instant(text, NEW_YORK)
        agreed = AgreedTime(begin, begin + timedelta(hours=1), given=talk.at)
        return ask(load_pack("us-reg-f"), begin, NEW_YORK, contacts=(talk,), debts=("card",), agreed=(agreed,))

    assert at("2026-11-26T12:00").allowed
    assert at("2026-11-29T12:00").allowed, "day 7 of the agreement"
    assert at("2026-11-30T12:00").allowed, "the quiet is over by itself"


def test_consent_to_more_calls_ends_after_seven_days() -> None:
    given = instant("2026-11-16T12:00", NEW_YORK)
    later = instant("2026-11-23T12:00", NEW_YORK)
    agreed = AgreedTime(given, given + timedelta(days=30), given)
    tries = tuple(Contact(later - timedelta(hours=n), debts=("card",)) for n in range(1, 8))
    refused = ask(load_pack("us-reg-f"), later, NEW_YORK, contacts=tries, debts=("card",), agreed=(agreed,))
    assert refused.code == "cap"
    sooner = later - timedelta(days=1)
    tries = tuple(Contact(sooner - timedelta(hours=n), debts=("card",)) for n in range(1, 8))
    assert ask(load_pack("us-reg-f"), sooner, NEW_YORK, contacts=tries, debts=("card",), agreed=(agreed,)).allowed


def test_times_the_debtor_called_inconvenient_are_closed() -> None:
    nights = RefusedTime(time(18), time(10), weekdays=(0, 1, 2, 3, 4))
    refused = ask(load_pack("us-reg-f"), instant("2026-11-24T09:00", NEW_YORK), NEW_YORK, refused=(nights,))
    assert (refused.code, refused.next) == ("window", instant("2026-11-24T10:00", NEW_YORK))
    assert ask(load_pack("us-reg-f"), NOON, NEW_YORK, refused=(nights,)).allowed
    saturday = instant("2026-11-28T09:00", NEW_YORK)
    assert ask(load_pack("us-reg-f"), saturday, NEW_YORK, refused=(nights,)).next == instant(
        "2026-11-28T10:00", NEW_YORK
    )
    assert ask(load_pack("us-reg-f"), instant("2026-11-28T19:00", NEW_YORK), NEW_YORK, refused=(nights,)).allowed
    never = RefusedTime(time(0), time(0))
    assert ask(load_pack("us-reg-f"), NOON, NEW_YORK, refused=(never,)).next is None


# -- severity, packs together, answers --------------------------------------------------------------------------------


def test_a_warning_may_be_overridden_but_never_hides_a_block() -> None:
    soft = pack(ALWAYS, CAP.format(most=1, period="day") + 'severity = "warn"')
    made = Contact(NOON - timedelta(hours=1))
    refused = ask(soft, NOON, NEW_YORK, contacts=(made,))
    assert (refused.allowed, refused.severity, refused.overridable) == (False, "warn", True)
    closed = pack('{ every-day = ["08:00-09:00"] }', CAP.format(most=1, period="day") + 'severity = "warn"')
    refused = ask(closed, NOON, NEW_YORK, contacts=(made,))
    assert (refused.code, refused.severity, refused.overridable) == ("window", "block", False)
    warned = parse_pack(WARN_THEN_BLOCK)
    refused = ask(warned, NOON, NEW_YORK, contacts=(made,))
    assert (refused.code, refused.severity) == ("cap", "block")
    assert [(note.code, note.severity) for note in refused.warnings] == [("window", "warn")]


WARN_THEN_BLOCK = """
name = "house"
title = { en = "House" }
status = "unverified"
checked = 2026-11-22
[[window]]
id = "hours"
rule = { en = "hours" }
source = "House policy"
severity = "warn"
hours = { every-day = ["08:00-09:00"] }
[[cap]]
id = "cap"
rule = { en = "cap" }
source = "House policy"
most = 1
unit = "attempt"
scope = "debtor"
period = "day"
"""


def test_information_never_refuses() -> None:
    informed = pack(ALWAYS, CAP.format(most=1, period="day") + 'severity = "info"')
    answer = ask(informed, NOON, NEW_YORK, contacts=(Contact(NOON - timedelta(hours=1)),))
    assert answer.allowed
    assert [(note.code, note.severity) for note in answer.warnings] == [("cap", "info")]


def test_packs_together_allow_what_all_of_them_allow() -> None:
    both = load_pack("us-reg-f+us-massachusetts")
    assert both.name == "us-reg-f+us-massachusetts"
    assert both.status == "verified"
    tries = tuple(Contact(NOON - timedelta(days=n), debts=("card",), place="home") for n in (1, 2))
    refused = ask(both, NOON, NEW_YORK, contacts=tries, debts=("card",), place="home")
    assert refused.source == "940 CMR 7.04(1)(f)"
    talk = Contact(NOON - timedelta(days=1), "conversation", debts=("card",))
    assert ask(both, NOON, NEW_YORK, contacts=(talk,), debts=("card",)).rule_id == "quiet-after-conversation"


def test_the_answer_in_json_keeps_its_promised_form() -> None:
    tries = tuple(Contact(NOON - timedelta(hours=n), debts=("card",)) for n in range(1, 8))
    written = answer_to_json(ask(load_pack("us-reg-f"), NOON, NEW_YORK, contacts=tries, debts=("card",)))
    assert {"allowed", "code", "rule", "source", "counted", "next", "zones"} <= set(written)
    assert written["code"] == "cap"
    assert written["source"] == "12 CFR 1006.14(b)(2)(i)(A)"
    assert written["next"] == "2026-12-01T13:00:00Z"
    assert written["counted"][0] == "2026-11-24T10:00:00Z"
    assert written["zones"] == [NEW_YORK]


def test_an_instant_in_any_zone_is_understood_and_a_naive_one_refused() -> None:
    berlin = datetime(2026, 11, 24, 18, 0, tzinfo=ZoneInfo(BERLIN))
    answer = ask(load_pack("in-rbi"), berlin, BERLIN)
    assert answer.allowed
    night = ask(load_pack("in-rbi"), berlin + timedelta(hours=4), BERLIN)
    assert night.next is not None
    assert night.next.tzinfo is UTC
    with pytest.raises(ValueError, match="zone"):
        ask(load_pack("in-rbi"), datetime(2026, 11, 24, 18, 0), BERLIN)  # noqa: DTZ001 - what is refused


def test_numbers_stay_out_of_representations() -> None:
    request = CallRequest(NOON, (NEW_YORK,), "+12125550100", contacts=(Contact(NOON, number="+12125550100"),))
    assert "5550100" not in repr(request)
    assert "5550100" not in repr(Stop("opt_out_number", number="+12125550100"))


def test_importing_and_asking_loads_neither_holidays_nor_phone_plans() -> None:
    code = (
        "from domain.gate import *; from datetime import *; import sys;"
        "may_call(CallRequest(datetime(2026, 11, 24, tzinfo=UTC), ('Asia/Shanghai',)), load_pack('cn-consumer-credit'));"
        "print([m for m in sys.modules if m in ('holidays', 'phonenumbers')])"
    )
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
    )
