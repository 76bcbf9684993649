"""A call that never got an outcome: over after an hour, said so in the brief, and counted all the same."""

from __future__ import annotations

from datetime import timedelta

from domain.case.gating import call_request, may_call_case
from domain.facts import payloads as p
from domain.freshness import CashState
from domain.policy import default_policy
from screens.widgets.brief import brief_lines
from tests.support.people import NOW, Story


def test_attempt_without_an_end_is_abandoned_after_an_hour_and_counts() -> None:
    story = Story("c1", "x")
    story.add(p.AttemptStarted(number=story.phone), NOW)
    case, policy = story.case(), default_policy()
    verdict_at = {}
    for minutes in (59, 60):
        now = NOW + timedelta(minutes=minutes)
        request = call_request(case, now, policy, phone=case.phones[0])
        assert [contact.kind for contact in request.contacts] == ["attempt"]
        verdict = may_call_case(case, now, policy, phone=case.phones[0])
        verdict_at[minutes] = "\n".join(
            line.plain for line in brief_lines(case, None, verdict, now, policy, CashState())
        )
    assert "abandoned" not in verdict_at[59]
    assert "abandoned: no outcome, it counts" in verdict_at[60]
