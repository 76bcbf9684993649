"""The engine: gates, acknowledgements, offers, the way back, and no secret before its time, whatever keys are pressed."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.i18n import Language
from domain.scripts import Position, Talk, moving
from domain.scripts.model import RUNGS, Kind
from tests.support.talks import SECRETS, talk

NAMES = ("consumer-first", "consumer-third", "business-first", "business-third")
PACKS = ("cn-consumer-credit", "us-reg-f", "business-default")
TALKS = {
    (name, pack, language): talk(name, language, pack) for name in NAMES for pack in PACKS for language in ("en", "zh")
}


def shown(talk_: Talk, position: Position) -> str:
    """Give everything the pane could show of the position, cards included."""
    spoken = talk_.speak(position, talk_.script.stage(position.stage), "en")
    words = [spoken.say, spoken.hint, *(each.text for each in spoken.required), *(text for _, text in spoken.answers)]
    for card in talk_.script.cards:
        words.append(talk_.card_text(position, card) or "")
        words += [answer.text[talk_.language] for answer in talk_.card_answers(position, card)]
        words.append(card.title[talk_.language])
    return "\n".join(words)


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("answer"), st.sampled_from("123456789")),
        st.tuples(st.just("card"), st.tuples(st.integers(0, 14), st.sampled_from("123"))),
        st.tuples(st.sampled_from(["i", "a", "back", "close", "recap"]), st.just("")),
    ),
    max_size=25,
)


def step(talk_: Talk, position: Position, kind: str, what: object) -> Position:
    if kind == "answer":
        turn = moving.answer(talk_, position, str(what))
        return position if turn is None else turn.position
    if kind == "card":
        assert isinstance(what, tuple)
        turn = moving.answer(talk_, position, what[1], talk_.script.cards[what[0]].id)
        return position if turn is None else turn.position
    if kind == "i":
        return moving.identified(talk_, position).position
    if kind == "a":
        return moving.acknowledged(talk_, position)[0]
    if kind == "back":
        return moving.back(position)
    return moving.arrived(talk_, position, "close" if kind == "close" else "recap")


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(sorted(TALKS)), STEPS)
def test_whatever_is_pressed_no_value_of_the_debt_is_shown_before_identity_and_disclosure(
    which: tuple[str, str, Language], steps: list[tuple[str, object]]
) -> None:
    talk_ = TALKS[which]
    position = talk_.start()
    for kind, what in steps:
        position = step(talk_, position, kind, what)
        if not (position.identified and not talk_.unread(position)):
            text = shown(talk_, position)
            assert not [secret for secret in SECRETS.values() if secret in text]
        assert list(position.offers) == sorted(position.offers, key=RUNGS.index) or "hardship" in position.offers


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(TALKS)), st.lists(st.integers(0, 8), min_size=40, max_size=40))
def test_every_way_of_answering_ends_in_a_wrap_up(which: tuple[str, str, Language], choices: list[int]) -> None:
    talk_ = TALKS[which]
    position = talk_.start()
    for choice in choices:
        stage = talk_.script.stage(position.stage)
        if stage.kind == "wrap_up":
            break
        answer = stage.answers[choice % len(stage.answers)]
        turn = moving.answer(talk_, position, answer.key)
        assert turn is not None
        assert not turn.lock, "an answer of the way never meets a closed gate"
        assert turn.position.stage != position.stage
        position = turn.position
    assert talk_.script.stage(position.stage).kind == "wrap_up"


def test_the_debt_is_closed_until_both_keys() -> None:
    call = talk("consumer-first", pack="us-reg-f")
    position = call.start()
    state = call.script.first("state")
    assert call.lock(position, state) == "identity"
    position = moving.identified(call, position).position
    assert call.script.stage(position.stage).kind == "disclose"
    assert call.lock(position, state) == "disclosure"
    position, read = moving.acknowledged(call, position)
    assert [each.name for each in read] == ["us-reg-f/mini-miranda"]
    assert call.lock(position, state) == ""
    assert call.script.stage(position.stage).kind == "state"


def test_the_hash_is_that_of_exactly_what_was_on_the_screen() -> None:
    call = talk("consumer-first", "zh", "cn-consumer-credit")
    position = moving.identified(call, call.start()).position
    _, read = moving.acknowledged(call, position)
    assert [each.name for each in read] == ["cn-consumer-credit/recorded", "consumer-first/disclose"]
    spoken = call.speak(call.start(), call.script.stages[0], "zh")
    assert spoken.required[0].text == "您好，我是Lantern Services的Amy Ortiz，本次通话将全程录音。"
    assert read[0].digest == "sha256:" + hashlib.sha256(spoken.required[0].text.encode()).hexdigest()


def test_a_pack_without_a_text_leaves_the_scripts_own() -> None:
    call = talk("consumer-third", pack="business-default")
    position = moving.identified(call, call.start()).position
    _, read = moving.acknowledged(call, position)
    assert [each.name for each in read] == ["consumer-third/disclose"]
    assert "Harbour Finance" in read[0].text
    assert "Lantern Services" in read[0].text


def test_before_the_identity_only_the_greeting_can_have_been_read() -> None:
    call = talk("consumer-first", pack="us-reg-f")
    assert moving.acknowledged(call, call.start())[1] == ()
    chinese = talk("consumer-first", "zh", "cn-consumer-credit")
    _, read = moving.acknowledged(chinese, chinese.start())
    assert [each.name for each in read] == ["cn-consumer-credit/recorded"]


def test_nobody_says_the_same_greeting_twice() -> None:
    call = talk("consumer-first", "zh", "cn-consumer-credit")
    spoken = call.speak(call.start(), call.script.stages[0], "zh")
    assert "您好" not in spoken.say
    assert "Maria Santos" in spoken.say
    without = talk("consumer-first", "zh", "business-default")
    assert "您好" in without.speak(without.start(), without.script.stages[0], "zh").say


def test_a_message_is_the_packs_text_and_nothing_more() -> None:
    call = talk("consumer-third", pack="us-reg-f")
    message = call.script.first("message")
    spoken = call.speak(call.start(), message, "en")
    assert [each.name for each in spoken.required] == ["us-reg-f/limited-content-message"]
    assert "Maria" not in spoken.say


def test_a_failed_identity_leads_away_and_closes_the_gate_again() -> None:
    call = talk("consumer-first")
    position = moving.identified(call, call.start()).position
    position = moving.back(position)
    turn = moving.answer(call, position, "3")
    assert turn is not None
    assert turn.position.unverified
    assert not turn.position.identified
    assert call.script.stage(turn.position.stage).kind == "third_party"
    assert call.lock(turn.position, call.script.first("ask")) == "identity"


@pytest.mark.parametrize("name", NAMES)
def test_one_rung_at_a_time_and_every_offer_is_kept(name: str) -> None:
    call = talk(name)
    position = moving.acknowledged(call, moving.identified(call, call.start()).position)[0]
    ways = {
        "state": "1",
        "ask": "3" if name.startswith("consumer") else "4",
        "probe": "1" if name.startswith("consumer") else "4",
    }
    while call.script.stage(position.stage).rung != "hardship":
        turn = moving.answer(call, position, ways.get(position.stage, "2"))
        assert turn is not None
        position = turn.position
    assert position.offers == RUNGS
    assert moving.back(position).offers == RUNGS, "an offer made stays made"


def test_going_back_keeps_what_was_confirmed() -> None:
    call = talk("consumer-first")
    position = moving.acknowledged(call, moving.identified(call, call.start()).position)[0]
    for _ in range(10):
        position = moving.back(position)
    assert position.stage == "open"
    assert position.identified
    assert position.read


def test_a_promise_typed_early_moves_the_pane_only_while_the_gate_is_open() -> None:
    call = talk("consumer-first")
    assert moving.arrived(call, call.start(), "close") == call.start()
    position = moving.acknowledged(call, moving.identified(call, call.start()).position)[0]
    closing = moving.arrived(call, position, "close")
    assert closing.stage == "close"
    assert moving.arrived(call, closing, "recap").stage == "recap"
    assert moving.arrived(call, moving.arrived(call, closing, "recap"), "close").stage == "recap"


def test_a_card_that_would_give_the_debt_away_is_closed() -> None:
    call = talk("consumer-first")
    no_money, stop = call.script.card("no_money"), call.script.card("stop_calling")
    assert no_money is not None
    assert stop is not None
    assert call.card_text(call.start(), no_money) is None
    assert moving.answer(call, call.start(), "1", "no_money") is None
    assert call.card_text(call.start(), stop)
    turn = moving.answer(call, call.start(), "1", "stop_calling")
    assert turn is not None
    assert turn.position.outcome == "cease"


def test_a_closed_stage_takes_no_answer() -> None:
    call = talk("consumer-first")
    assert moving.answer(call, Position("ask"), "1") is None
    assert call.speak(Position("ask"), call.script.stage("ask"), "en").say == ""


@pytest.mark.parametrize(
    ("kind", "name"),
    [("message", "us-reg-f/limited-content-message"), ("third_party", "us-reg-f/location-call")],
)
def test_what_a_machine_or_a_third_party_is_told_is_acknowledged_too(kind: Kind, name: str) -> None:
    call = talk("consumer-third", pack="us-reg-f")
    position = moving.go(call.start(), call.script.first(kind))
    after, read = moving.acknowledged(call, position)
    assert [each.name for each in read] == [name]
    assert after.stage == position.stage
    assert not call.is_open(after)
    assert moving.acknowledged(call, after)[1] == ()
