"""Every pack that comes with the program, against the table of rules it was written from."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from domain.gate import CallRequest, Contact, NoHolidays, available_packs, load_pack, may_call
from domain.policy import default_policy

# A week without holidays in any of the countries: Monday 2026-06-08 is not (Australia's King's Birthday is regional).
WEEK = ["2026-06-15", "2026-06-16", "2026-06-17", "2026-06-18", "2026-06-19", "2026-06-20", "2026-06-21"]
SHANGHAI, NEW_YORK, SYDNEY = "Asia/Shanghai", "America/New_York", "Australia/Sydney"

# pack, zone, (first, last + 1) Monday to Friday, the same on Saturday and Sunday
HOURS = [
    ("cn-consumer-credit", SHANGHAI, ("08:00", "22:00"), ("08:00", "22:00")),
    ("us-reg-f", NEW_YORK, ("08:00", "21:00"), ("08:00", "21:00")),
    ("us-massachusetts", NEW_YORK, ("08:00", "21:00"), ("08:00", "21:00")),
    ("us-washington", "America/Los_Angeles", ("08:00", "21:00"), ("08:00", "21:00")),
    ("us-new-york-city", NEW_YORK, ("08:00", "21:00"), ("08:00", "21:00")),
    ("au-guideline", SYDNEY, ("07:30", "21:00"), ("09:00", "21:00")),
    ("in-rbi", "Asia/Kolkata", ("08:00", "19:00"), ("08:00", "19:00")),
    ("th-debt-collection", "Asia/Bangkok", ("08:00", "20:00"), ("08:00", "18:00")),
    ("kr-personal-debtor", "Asia/Seoul", ("08:00", "21:00"), ("08:00", "21:00")),
    ("vn-consumer-lending", "Asia/Ho_Chi_Minh", ("07:00", "21:00"), ("07:00", "21:00")),
    ("business-default", "Europe/Berlin", ("09:00", "18:00"), None),
]


def local(day: str, time: str, zone: str) -> datetime:
    return datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def asked(pack: str, at: datetime, zone: str, *contacts: Contact, **more: object) -> tuple[bool, str, datetime | None]:
    request = CallRequest(at=at, zones=(zone,), contacts=contacts, **more)  # type: ignore[arg-type]  # test shorthand
    answer = may_call(request, load_pack(pack), holidays=NoHolidays())
    return answer.allowed, answer.code, answer.next


def test_the_table_is_complete() -> None:
    assert {pack for pack, *_ in HOURS} == set(available_packs())


@pytest.mark.parametrize(("pack", "zone", "weekdays", "weekend"), HOURS)
def test_hours(pack: str, zone: str, weekdays: tuple[str, str], weekend: tuple[str, str] | None) -> None:
    minute = timedelta(minutes=1)
    for index, day in enumerate(WEEK):
        hours = weekdays if index < 5 else weekend
        if hours is None:
            assert asked(pack, local(day, "12:00", zone), zone)[:2] == (False, "window")
            continue
        opens, closes = local(day, hours[0], zone), local(day, hours[1], zone)
        assert asked(pack, opens - minute, zone) == (False, "window", opens)
        assert asked(pack, opens, zone) == (True, "ok", None)
        assert asked(pack, closes - minute, zone) == (True, "ok", None)
        refused = asked(pack, closes, zone)
        assert refused[:2] == (False, "window")
        assert refused[2] is not None
        assert refused[2] > closes


@pytest.mark.parametrize("pack", available_packs())
def test_a_pack_is_dated_cited_and_bilingual(pack: str) -> None:
    loaded = load_pack(pack)
    assert loaded.name == pack
    for rule in (*loaded.windows, *loaded.caps, *loaded.cooldowns, *loaded.third_parties):
        assert rule.source
        assert rule.rule.en
        assert rule.rule.zh, rule.id
    assert loaded.title.zh
    assert loaded.third_parties, "a pack says whom one may call"


def test_only_rules_read_in_their_source_are_verified() -> None:
    assert {name for name in available_packs() if load_pack(name).status == "verified"} == {
        "us-reg-f",
        "us-massachusetts",
        "us-washington",
    }
    hours = load_pack("au-guideline").windows[0]
    assert hours.status == "verified"


def test_guidance_and_courtesy_warn_and_everything_else_blocks() -> None:
    warning = {
        (name, rule.id)
        for name in available_packs()
        for pack in [load_pack(name)]
        for rule in (*pack.windows, *pack.caps, *pack.cooldowns, *pack.third_parties)
        if rule.severity != "block"
    }
    assert warning == {
        ("au-guideline", "three-a-week"),
        ("au-guideline", "ten-a-month"),
        ("business-default", "conversation-1-a-day"),
    }


@pytest.mark.parametrize(
    ("region", "pack"),
    [
        ("CN", "cn-consumer-credit"),
        ("US", "us-reg-f"),
        ("AU", "au-guideline"),
        ("IN", "in-rbi"),
        ("TH", "th-debt-collection"),
        ("KR", "kr-personal-debtor"),
        ("VN", "vn-consumer-lending"),
        ("FR", "us-reg-f"),
        (None, "us-reg-f"),
    ],
)
def test_a_new_server_judges_consumers_by_the_pack_of_their_country(region: str | None, pack: str) -> None:
    assert default_policy().pack_for("consumer", region) == pack
    assert default_policy().pack_for("business", region) == "business-default"


# -- China ---------------------------------------------------------------------------------------------------------


def test_china_three_effective_calls_a_day() -> None:
    noon = local("2026-06-16", "12:00", SHANGHAI)
    calls = [
        Contact(noon - timedelta(hours=hour), "conversation", effective=True, number=f"+{hour}") for hour in (1, 2, 3)
    ]
    assert asked("cn-consumer-credit", noon, SHANGHAI, *calls[:2]) == (True, "ok", None)
    assert asked("cn-consumer-credit", noon, SHANGHAI, *calls) == (
        False,
        "cap",
        local("2026-06-17", "08:00", SHANGHAI),
    )
    yesterday = [Contact(call.at - timedelta(days=1), "conversation", effective=True) for call in calls]
    assert asked("cn-consumer-credit", noon, SHANGHAI, *yesterday) == (True, "ok", None)
    guarantor = [Contact(call.at, "conversation", effective=True, person="guarantor") for call in calls]
    assert asked("cn-consumer-credit", noon, SHANGHAI, *guarantor) == (True, "ok", None)


def test_china_six_attempts_a_number_a_day() -> None:
    noon = local("2026-06-16", "12:00", SHANGHAI)
    tries = [Contact(noon - timedelta(minutes=10 * n), number="+8613800138000") for n in range(1, 7)]
    assert asked("cn-consumer-credit", noon, SHANGHAI, *tries[:5], number="+8613800138000")[0]
    assert asked("cn-consumer-credit", noon, SHANGHAI, *tries, number="+8613800138000")[1] == "cap"
    assert asked("cn-consumer-credit", noon, SHANGHAI, *tries, number="+8613900139000")[0]


def test_china_contact_person_only_while_the_debtor_is_unreachable() -> None:
    noon = local("2026-06-16", "12:00", SHANGHAI)
    assert asked("cn-consumer-credit", noon, SHANGHAI, person="guarantor")[0]
    assert asked("cn-consumer-credit", noon, SHANGHAI, person="third_party")[1] == "third_party"
    assert asked("cn-consumer-credit", noon, SHANGHAI, person="third_party", debtor_unreachable=True)[0]
    assert asked("cn-consumer-credit", noon, SHANGHAI, person="third_party", permission=True)[1] == "third_party"


# -- United States -------------------------------------------------------------------------------------------------


def reg_f(at: datetime, *contacts: Contact, **more: object) -> tuple[bool, str, datetime | None]:
    return asked("us-reg-f", at, NEW_YORK, *contacts, **{"debts": ("card",), **more})


def test_reg_f_seven_calls_in_seven_days_and_not_the_eighth() -> None:
    now = local("2026-06-19", "12:00", NEW_YORK)
    tries = [Contact(now - timedelta(hours=20 * n), debts=("card",)) for n in range(1, 8)]
    assert now - tries[-1].at < timedelta(days=7)
    assert reg_f(now, *tries[:6]) == (True, "ok", None)
    allowed, code, after = reg_f(now, *tries)
    assert (allowed, code) == (False, "cap")
    assert after == tries[-1].at + timedelta(days=7)
    assert reg_f(now, *tries, debts=("loan",)) == (True, "ok", None), "another debt has its own count"
    assert reg_f(now, *tries, person="guarantor") == (True, "ok", None), "and so has another person"
    assert reg_f(now, *tries, debts=("loan", "card"))[1] == "cap", "a call about both is about the full one"


def test_reg_f_attempt_leaves_the_window_after_168_hours_and_seven_days() -> None:
    first = local("2026-06-12", "15:00", NEW_YORK)
    tries = [Contact(first + timedelta(minutes=n), debts=("card",)) for n in range(7)]
    assert reg_f(first + timedelta(days=7) - timedelta(minutes=1), *tries)[1] == "cap"
    assert reg_f(first + timedelta(days=7), *tries) == (True, "ok", None)


def test_reg_f_quiet_after_a_conversation_with_its_day_as_day_one() -> None:
    talk = Contact(local("2026-06-15", "20:30", NEW_YORK), "conversation", debts=("card",))
    opens = local("2026-06-22", "08:00", NEW_YORK)
    assert reg_f(local("2026-06-21", "12:00", NEW_YORK), talk) == (False, "cooldown", opens)
    assert reg_f(opens, talk) == (True, "ok", None)
    assert reg_f(local("2026-06-16", "12:00", NEW_YORK), talk, debts=("loan",)) == (True, "ok", None)


def test_reg_f_exclusions_and_consent() -> None:
    now = local("2026-06-19", "12:00", NEW_YORK)
    tries = [
        Contact(now - timedelta(hours=n), debts=("card",), excluded=frozenset({reason}))
        for n, reason in enumerate(["consented", "incoming", "not_connected", "professional"] * 2, start=1)
    ]
    assert reg_f(now, *tries) == (True, "ok", None)


def test_massachusetts_two_in_seven_days_and_two_in_thirty_at_work() -> None:
    now = local("2026-06-19", "12:00", NEW_YORK)
    home = [Contact(now - timedelta(days=2 * n), debts=("card",), place="home") for n in (1, 2)]
    text = Contact(now - timedelta(days=1), "message", "sms", debts=("card",), place="mobile")
    state = "us-massachusetts"
    assert asked(state, now, NEW_YORK, *home, debts=("card",), place="home")[1] == "cap"
    assert asked(state, now, NEW_YORK, home[0], text, debts=("card",), place="home")[1] == "cap"
    assert asked(state, now, NEW_YORK, home[0], debts=("card",), place="home")[0]
    assert asked(state, now, NEW_YORK, *home, debts=("card",), place="work")[0]
    work = [Contact(now - timedelta(days=10 * n), debts=("card",), place="work") for n in (1, 2)]
    assert asked(state, now, NEW_YORK, *work, debts=("card",), place="work") == (
        False,
        "cap",
        work[1].at + timedelta(days=30),
    )
    assert asked(state, now, NEW_YORK, *work, debts=("card",), place="home")[0]


def test_washington_three_a_week_one_of_them_at_work() -> None:
    zone = "America/Los_Angeles"
    thursday = local("2026-06-18", "12:00", zone)
    week = [Contact(local(day, "12:00", zone)) for day in WEEK[:3]]
    assert asked("us-washington", thursday, zone, *week) == (False, "cap", local("2026-06-22", "08:00", zone))
    last_week = [Contact(local("2026-06-14", f"{hour}:00", zone)) for hour in (10, 11, 12)]
    assert asked("us-washington", thursday, zone, *last_week) == (True, "ok", None)
    work = Contact(local(WEEK[0], "12:00", zone), place="work")
    assert asked("us-washington", thursday, zone, work, place="work")[1] == "cap"
    assert asked("us-washington", thursday, zone, work, place="home")[0]


def test_new_york_city_counts_all_channels_from_2027() -> None:
    def three_before(now: datetime) -> list[Contact]:
        return [
            Contact(now - timedelta(days=1), "message", "email"),
            Contact(now - timedelta(days=2), "message", "letter"),
            Contact(now - timedelta(days=3)),
        ]

    before, after = local("2026-12-31", "12:00", NEW_YORK), local("2027-01-01", "12:00", NEW_YORK)
    assert asked("us-new-york-city", before, NEW_YORK, *three_before(before)) == (True, "ok", None)
    assert asked("us-new-york-city", after, NEW_YORK, *three_before(after))[1] == "cap"


# -- other countries -----------------------------------------------------------------------------------------------


def test_australia_three_contacts_a_week_ten_a_month() -> None:
    thursday = local("2026-06-18", "12:00", SYDNEY)
    week = [Contact(local(day, "12:00", SYDNEY), "connected") for day in WEEK[:3]]
    assert asked("au-guideline", thursday, SYDNEY, *week)[1] == "cap"
    unanswered = [Contact(contact.at, "attempt") for contact in week]
    assert asked("au-guideline", thursday, SYDNEY, *unanswered)[0]
    month = [Contact(local(f"2026-06-{day:02d}", "12:00", SYDNEY), "message", "sms") for day in range(1, 11)]
    assert asked("au-guideline", thursday, SYDNEY, *month) == (False, "cap", local("2026-07-01", "07:30", SYDNEY))


def test_australia_calls_at_work_in_working_hours() -> None:
    assert asked("au-guideline", local(WEEK[0], "18:00", SYDNEY), SYDNEY, place="work")[1] == "window"
    assert asked("au-guideline", local(WEEK[0], "18:00", SYDNEY), SYDNEY, place="home")[0]


@pytest.mark.parametrize(
    ("pack", "zone", "most", "days"),
    [
        ("th-debt-collection", "Asia/Bangkok", 1, 1),
        ("vn-consumer-lending", "Asia/Ho_Chi_Minh", 5, 1),
        ("kr-personal-debtor", "Asia/Seoul", 7, 7),
    ],
)
def test_other_limits(pack: str, zone: str, most: int, days: int) -> None:
    now = local("2026-06-19", "12:00", zone)
    tries = [Contact(now - timedelta(minutes=n)) for n in range(1, most + 1)]
    assert asked(pack, now, zone, *tries[1:]) == (True, "ok", None)
    assert asked(pack, now, zone, *tries)[1] == "cap"
    assert asked(pack, now + timedelta(days=days), zone, *tries) == (True, "ok", None)


def test_business_one_conversation_a_day() -> None:
    zone = "Europe/Berlin"
    now = local("2026-06-16", "12:00", zone)
    talk = Contact(now - timedelta(hours=2), "conversation")
    assert asked("business-default", now, zone, Contact(talk.at)) == (True, "ok", None)
    assert asked("business-default", now, zone, talk) == (False, "cap", local("2026-06-17", "09:00", zone))
