"""Who may call while a case is somebody else's still: the end of that is judged by what is certain, not by a clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from domain.case.gating import may_call_case, over_at
from domain.case.model import Hold
from domain.gate import Answer
from domain.policy import default_policy
from tests.support.people import NOW, Story

MINUTE = timedelta(minutes=1)
HELD = replace(Story("c-held", "李建国").case(), hold=Hold("Ben", NOW))


def ask(at: datetime, ahead: timedelta = timedelta(), calls_from: datetime | None = None) -> Answer:
    case = HELD if calls_from is None else replace(HELD, hold=None)
    policy = replace(default_policy(), calls_from=calls_from)
    return may_call_case(case, at, policy, phone=case.phones[0], ahead=ahead)


def test_a_hold_stands_until_its_end() -> None:
    refused = ask(NOW - MINUTE)
    assert (refused.allowed, refused.code, refused.rule_id, refused.next) == (False, "lease", "hold", NOW)
    assert refused.text == "may be called by Ben until 10:00"
    assert ask(NOW).allowed


def test_a_clock_that_may_be_ahead_ends_no_hold() -> None:
    refused = ask(NOW + MINUTE, ahead=2 * MINUTE)
    assert (refused.allowed, refused.code, refused.rule_id) == (False, "lease", "hold")
    assert refused.text == (
        "may be called by Ben until 10:00; this computer's clock may be ahead: sync to know whether it is time"
    )
    assert refused.alternative == "Sync, then call."
    assert refused.next == NOW + MINUTE, "as soon as the machine has synced"
    assert ask(NOW + MINUTE, ahead=MINUTE).allowed


def test_a_clock_that_is_behind_ends_no_hold_early() -> None:
    assert not ask(NOW - MINUTE, ahead=-MINUTE).allowed


def test_nobody_calls_after_a_restoration_before_it_is_certainly_time() -> None:
    refused = ask(NOW + MINUTE, timedelta(hours=1), calls_from=NOW)
    assert (refused.allowed, refused.rule_id, refused.alternative) == (False, "hold", "Sync, then call.")
    assert refused.text.startswith(
        "the server was restored from a backup; calls may start again at 10:00; this computer's clock"
    )
    assert ask(NOW + MINUTE, calls_from=NOW).allowed


def test_the_end_by_a_clock_that_may_be_ahead() -> None:
    assert over_at(NOW, MINUTE) == NOW + MINUTE
    assert over_at(NOW, -MINUTE) == NOW
