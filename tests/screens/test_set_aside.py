"""Rules that only warn are set aside with a reason; other people's numbers and stops go by rules of their own."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.case import gating
from domain.facts import payloads as p
from domain.gate import load_pack
from domain.policy import HousePack
from screens.ports import Refused
from tests.screens.conftest import Driven
from tests.screens.test_agent_day import payloads, press
from tests.support.desks import OpenDesk
from tests.support.people import NOW, Story
from tests.support.places import text_of


@pytest.fixture
def house_that_warns(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the pack of the cases warn of its hours instead of refusing."""

    def lenient(name: str, own: tuple[HousePack, ...] = ()) -> object:
        pack = load_pack(name, own)
        return replace(pack, windows=tuple(replace(rule, severity="warn") for rule in pack.windows))

    monkeypatch.setattr(gating, "load_pack", lenient)


@pytest.mark.usefixtures("house_that_warns")
async def test_a_warning_is_set_aside_with_a_reason_that_is_kept(driven: Driven, opened: OpenDesk) -> None:
    async with driven() as pilot:
        await press(pilot, ["slash", "=Oakley", "enter", "enter", "d"])
        seen = text_of(pilot.app)
        assert "May not be called now" in seen
        assert "Call nevertheless" in seen
        await press(pilot, ["enter"])
        assert opened.desk.call is None, "without a reason nothing is dialled"
        await press(pilot, ["=she wrote to us an hour ago", "enter"])
        started = next(each for each in payloads(opened, "c-night") if isinstance(each, p.AttemptStarted))
        assert started.override == "she wrote to us an hour ago"
        assert opened.desk.call is not None


async def test_the_shipped_courtesy_of_one_conversation_a_day_is_set_aside_with_a_reason(
    driven: Driven, opened: OpenDesk
) -> None:
    story = Story("c-firm", "Nordlicht GmbH", segment="business")
    story.call("in_payment_run", NOW - timedelta(minutes=50), talk=120)
    opened.receive([story.case()])
    refusal = opened.desk.gate(story.case())
    assert (refusal.allowed, refusal.code, refusal.severity) == (False, "cap", "warn")
    async with driven((80, 24)) as pilot:
        await press(pilot, ["slash", "=Nordlicht", "enter", "enter", "d"])
        assert "Call nevertheless" in text_of(pilot.app)
        await press(pilot, ["=the clerk asked for a second call at ten", "enter"])
    started = next(each for each in payloads(opened, "c-firm") if isinstance(each, p.AttemptStarted))
    assert started.override == "the clerk asked for a second call at ten"
    assert started.gate == "business-default"


async def test_a_refusal_that_blocks_takes_no_reason(driven: Driven, opened: OpenDesk) -> None:
    async with driven() as pilot:
        await press(pilot, ["slash", "=Oakley", "enter", "enter", "d"])
        assert "Call nevertheless" not in text_of(pilot.app)
    assert isinstance(opened.desk.dial("c-night", None, "I insist"), Refused)
    assert opened.desk.call is None


def spouse(*, authorised: bool = False) -> p.PersonNamed:
    phone = p.Phone("+8613900139000", type="mobile", region="CN", zones=("Asia/Shanghai",))
    return p.PersonNamed("x1", "李伟", "spouse", (phone,), authorised=authorised)


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ([spouse()], "third_party"),
        ([spouse(authorised=True)], "third_party"),  # the guideline knows no permission
        ([spouse(), p.ContactReported("wrong_number", number="+8613800138000")], "ok"),
        (
            [
                spouse(authorised=True),
                p.ContactReported("wrong_number", number="+8613800138000"),
                p.ContactReported("third_party_refused", number="+8613900139000"),
            ],
            "stop",
        ),
    ],
)
def test_somebody_else_is_rung_only_where_the_pack_allows_it(
    opened: OpenDesk, facts: list[p.Payload], code: str
) -> None:
    story = Story("c-spouse", "孙丽")
    for number, fact in enumerate(facts):
        story.add(fact, NOW - timedelta(days=3, minutes=-number))
    opened.receive([story.case()])
    case = opened.book.case("c-spouse")
    assert case is not None
    phone = case.people[0].phones[0]
    assert opened.desk.gate(case, phone).code == code
    own = opened.desk.gate(case)
    assert own.code != "third_party"


def test_who_answers_for_somebody_else_and_refuses_is_never_rung_again(opened: OpenDesk) -> None:
    story = Story("c-flat", "孙丽")
    story.add(p.ContactReported("third_party_refused", number="+8613800138000"), NOW - timedelta(days=3))
    opened.receive([story.case()])
    case = opened.book.case("c-flat")
    assert case is not None
    assert opened.desk.phone(case) is None
    assert opened.desk.gate(case, case.phones[0]).code == "stop"


async def test_a_number_is_closed_by_two_keys_and_the_other_stays(driven: Driven, opened: OpenDesk) -> None:
    story = Story("c-two", "孙丽")
    second = p.Phone("+8613700137000", type="mobile", region="CN", zones=("Asia/Shanghai",))
    story.add(p.ContactsStated("import-2", (second,)), NOW - timedelta(days=20), author="server")
    opened.receive([story.case()])
    async with driven() as pilot:
        await press(pilot, ["slash", "=孙丽", "enter", "enter", "d", "o", "7", "1"])
    case = opened.book.case("c-two")
    assert case is not None
    assert [(stop.kind, stop.number) for stop in case.stops] == [("opt_out_number", "+8613800138000")]
    other = opened.desk.phone(case)
    assert other is not None
    assert other.e164 == "+8613700137000"


async def test_undo_takes_the_call_back_but_never_what_stops_contact(driven: Driven, opened: OpenDesk) -> None:
    async with driven() as pilot:
        await press(pilot, ["enter", "d", "o", "7", "1", "u"])
        assert "ask your supervisor to lift it" in text_of(pilot.app)
        case = opened.book.case("c-callback")
        assert case is not None
        assert [stop.lifted_by for stop in case.stops] == [None]
        assert case.attempts[-1].code is None
        assert opened.desk.call is not None, "the call is in hand again"
