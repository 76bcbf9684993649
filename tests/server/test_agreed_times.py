"""A call at a time the customer had agreed to is flagged by nobody, whatever became of the call-back since."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.clock import format_instant
from tests.support.server_world import PHONE, World


@pytest.mark.parametrize(("agreed", "flags"), [(True, []), (False, ["cap-breach"])])
async def test_the_second_conversation_of_a_day_that_was_asked_for(
    world: World, agreed: bool, flags: list[str]
) -> None:
    world.add_case("b9", "anna", segment="business")
    anna = await world.login("anna")
    due = world.clock.now() + timedelta(hours=2)
    first = anna.event("b9", "attempt.started", {"number": PHONE})
    events = [first, anna.event("b9", "attempt.ended", {"call": first["id"], "code": "refuses", "talk_seconds": 60})]
    if agreed:
        events.insert(1, anna.event("b9", "callback.set", {"due": format_instant(due)}))
    await anna.results(*events)
    world.clock.advance(hours=2)
    second = anna.event("b9", "attempt.started", {"number": PHONE})
    after = [
        second,
        anna.event("b9", "callback.cleared", {}),
        anna.event("b9", "attempt.ended", {"call": second["id"]}),
    ]
    assert (await anna.results(*after))[0]["flags"] == flags
