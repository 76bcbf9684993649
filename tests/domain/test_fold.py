"""A case is a pure function of the set of its facts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from domain.canonical import canonical_bytes
from domain.case.fold import TIMELINE_LENGTH, Folding, fold, folding, overlay
from domain.facts import Fact
from domain.facts import payloads as p
from tests.support.people import HOSTILE, ME, NOW, Story, promise, team


@given(st.data())
def test_any_order_and_repetition_gives_the_same_bytes(data: st.DataObject) -> None:
    story = data.draw(st.sampled_from(list(team())))
    shuffled = data.draw(st.permutations([*story.facts, *story.facts[:2]]))
    assert canonical_bytes(fold(story.case_id, shuffled)) == canonical_bytes(story.case())


_PAYLOADS: list[p.Payload] = [
    p.AttemptStarted(number="+8613800138000"),
    p.AttemptEnded(code="promise", talk_seconds=20),
    p.NoteAdded(HOSTILE[0]),
    promise(100, date(2026, 11, 27)),
    promise(200, date(2026, 12, 1), promise_id="p2"),
    p.PromiseAmended("p1", (p.PromisePart(date(2026, 12, 2), 50),), base="c-f0004"),
    p.PromiseWithdrawn("p1"),
    p.PaymentReceived("pay", 80, "CNY", date(2026, 11, 24)),
    p.PaymentReversed("pay"),
    p.CallbackSet(due=NOW + timedelta(hours=3)),
    p.DisputeRaised(note="x"),
    p.ContactReported("deceased"),
    p.ApprovalDecided("c-f0005", approved=True, reason="y"),
    p.CaseAssigned("agent-2"),
    p.AccountStated(date(2026, 11, 23), "import-2", "Other", debts=()),
]


@given(st.data())
def test_what_comes_later_is_folded_on_as_if_all_had_come_at_once(data: st.DataObject) -> None:
    story = Story("c", "x")
    grown: Folding | None = None
    went_on = 0
    for _ in range(data.draw(st.integers(1, 8))):
        known = list(story.facts)
        for _ in range(data.draw(st.integers(0, 3))):
            earlier = data.draw(st.sampled_from(story.facts)).id
            ahead = f"c-f{len(story.facts) + 1:04d}"
            retracted = p.FactRetracted(data.draw(st.sampled_from([earlier, ahead])))
            payload = data.draw(st.sampled_from([*_PAYLOADS, retracted]))
            when = NOW + timedelta(minutes=data.draw(st.integers(-2, 2)) + 2 * len(story.facts))
            story.add(payload, when, data.draw(st.sampled_from([ME, "agent-2", "server"])))
        news: list[Fact] = story.facts[len(known) :] if grown is not None else story.facts
        later = grown.with_later(news) if grown is not None else None
        before = None if grown is None else canonical_bytes(grown.case)
        if later is not None and grown is not None:
            went_on += 1
            assert canonical_bytes(grown.draft.copy().finish()) == before, "what was known before stays as it was"
        grown = later or folding("c", story.facts)
        assert canonical_bytes(grown.case) == canonical_bytes(story.case())
        assert grown.case == story.case()
    event("went on" if went_on else "always from the start")


def test_a_note_after_all_others_is_folded_on() -> None:
    story = Story("c", "x")
    known = folding("c", story.facts)
    story.add(p.NoteAdded("later"), NOW)
    later = known.with_later(story.facts[1:])
    assert later is not None
    assert later.case == story.case()
    assert known.with_later([]) is known
    assert later.with_later([replace(story.facts[1], id="a", at=NOW - timedelta(seconds=1))]) is None


def test_an_overlay_shows_what_the_server_will_show() -> None:
    story = Story("c1", "李建国")
    before = story.case()
    call = story.call("promise", NOW, talk=60)
    story.add(promise(50_000, date(2026, 11, 27)), NOW + timedelta(minutes=1))
    assert canonical_bytes(overlay(before, story.facts[1:])) == canonical_bytes(story.case())
    assert overlay(story.case(), story.facts[1:]) == story.case(), "facts it shows already change nothing"
    assert story.case().attempts[-1].id == call


def test_a_promise_that_names_the_one_it_replaces_supersedes_it() -> None:
    story = Story("c1", "x")
    story.add(promise(100, date(2026, 11, 27)), NOW)
    newer = replace(promise(200, date(2026, 12, 1), promise_id="p2"), supersedes=("p1",))
    story.add(newer, NOW + timedelta(minutes=5))
    first, second = story.case().promises
    assert (first.ended, first.by, second.ended) == ("superseded", "p2", None)
    assert story.case().reviews == ()


def test_two_promises_that_did_not_see_each_other_both_stay_and_ask_for_review() -> None:
    story = Story("c1", "x")
    story.add(promise(100, date(2026, 11, 27)), NOW)
    story.add(promise(200, date(2026, 12, 1), promise_id="p2"), NOW + timedelta(seconds=1))
    assert [each.ended for each in story.case().promises] == [None, None]
    assert [each.kind for each in story.case().reviews] == ["concurrent-promises"]


def test_a_retracted_promise_gives_back_the_one_it_replaced() -> None:
    story = Story("c1", "x")
    story.add(promise(100, date(2026, 11, 27)), NOW)
    wrong = story.add(
        replace(promise(9, date(2026, 12, 1), promise_id="p2"), supersedes=("p1",)), NOW + timedelta(minutes=1)
    )
    story.add(p.FactRetracted(base=wrong), NOW + timedelta(minutes=2))
    assert [each.ended for each in story.case().promises] == [None, "retracted"]


def test_only_the_author_within_a_day_may_retract() -> None:
    for author, after, taken_back in (
        (ME, timedelta(hours=23), True),
        (ME, timedelta(hours=25), False),
        ("agent-2", timedelta(minutes=1), False),
        ("server", timedelta(days=9), True),
    ):
        story = Story("c1", "x")
        report = story.add(p.ContactReported("wrong_number", number="+8613800138000"), NOW)
        story.add(p.FactRetracted(base=report), NOW + after, author=author)
        assert (story.case().bad_numbers == ()) is taken_back


@pytest.mark.parametrize(
    ("decided", "lifted"),
    [
        (("approved", "customer wrote to us, letter of 20 November"), True),
        (("approved", None), False),
        (("approved", "  "), False),
        (("refused", "no"), False),
    ],
)
def test_a_stop_is_lifted_only_with_a_reason(decided: tuple[str, str | None], lifted: bool) -> None:
    story = Story("c1", "x")
    stop = story.add(p.ConsentWithdrawn(), NOW)
    story.call("promise", NOW + timedelta(minutes=20), talk=60)
    decision = p.ApprovalDecided(stop, approved=decided[0] == "approved", reason=decided[1])
    story.add(decision, NOW + timedelta(hours=1), author="boss")
    assert [each.lifted_by is not None for each in story.case().stops] == [lifted]


@pytest.mark.parametrize(
    ("author", "by_supervisor", "reason", "stays"),
    [
        (ME, None, "a slip of the finger", True),
        ("boss", True, None, True),
        ("boss", True, "  ", True),
        ("boss", True, "the letter was another customer's", False),
    ],
)
@pytest.mark.parametrize("stop", [p.ConsentWithdrawn(), p.ContactReported("deceased")])
def test_what_stops_contact_is_taken_away_only_by_a_supervisor_with_a_reason(
    stop: p.Payload, author: str, by_supervisor: bool | None, reason: str | None, stays: bool
) -> None:
    story = Story("c1", "x")
    base = story.add(stop, NOW)
    retraction = p.FactRetracted(base, reason=reason, by_supervisor=by_supervisor)
    story.add(retraction, NOW + timedelta(seconds=2), author=author)
    assert bool(story.case().stops) is stays
    assert story.case().timeline[-2].retracted is not stays


def test_a_retracted_attempt_still_counts() -> None:
    story = Story("c1", "x")
    call = story.call("no_answer", NOW)
    story.add(p.FactRetracted(base=call), NOW + timedelta(minutes=1))
    assert len(story.case().attempts) == 1


def test_a_stop_flag_survives_every_later_result_code() -> None:
    story = Story("c1", "x")
    story.call("cease", NOW)
    story.add(p.ConsentWithdrawn(), NOW)
    story.call("promise", NOW + timedelta(days=1))
    story.call("no_answer", NOW + timedelta(days=2))
    assert [stop.kind for stop in story.case().stops] == ["cease"]
    assert story.case().stops[0].lifted_by is None


def test_consent_comes_back_only_with_evidence() -> None:
    for evidence, lifted in ((None, False), ("letter of 20 Nov", True)):
        story = Story("c1", "x")
        stop = story.add(p.ConsentWithdrawn(number="+8613800138000"), NOW)
        story.add(p.ConsentGiven(number="+8613800138000", base=stop, evidence=evidence), NOW + timedelta(days=1))
        assert (story.case().stops[0].lifted_by is not None) is lifted


def test_a_repeated_payment_counts_once_and_a_reversal_takes_it_back() -> None:
    story = Story("c1", "x")
    for _ in range(2):
        story.add(p.PaymentReceived("pay-1", 500, "CNY", date(2026, 11, 21)), NOW, author="server")
    assert [payment.amount for payment in story.case().payments] == [500]
    story.add(p.PaymentReversed("pay-1"), NOW + timedelta(days=1), author="server")
    assert story.case().payments[0].reversed_by is not None


def test_the_newest_ledger_counts_whatever_arrives_last() -> None:
    story = Story("c1", "x", open=100)
    older = p.AccountStated(date(2026, 10, 1), "import-0", "x", debts=(p.Debt("d", 999, "CNY"),))
    story.add(older, NOW, author="server")
    assert [debt.open for debt in story.case().debts] == [100]


def test_a_long_history_is_cut_and_counted() -> None:
    story = Story("c1", "x")
    for minute in range(100):
        story.add(p.NoteAdded(f"note {minute}"), NOW + timedelta(minutes=minute))
    case = story.case()
    assert len(case.timeline) == TIMELINE_LENGTH
    assert case.older == 101 - TIMELINE_LENGTH
    assert case.timeline[-1].data["text"] == "note 99"


def test_a_ledger_without_names_takes_them_from_the_contact_list_in_either_order() -> None:
    for ledger_name, shown in (("0379", "Company 0379"), ("Acme Ltd", "Acme Ltd")):
        account = p.AccountStated(date(2026, 11, 1), "i", ledger_name, customer_id="0379")
        contacts = p.ContactsStated("i", name="Company 0379")
        for first, second in ((account, contacts), (contacts, account)):
            story = Story("c1", "x")
            story.facts.clear()
            story.add(first, NOW, author="server")
            story.add(second, NOW + timedelta(minutes=1), author="server")
            assert story.case().customer.name == shown
