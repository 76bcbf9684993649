"""What holds for any story of promises, payments, reversals and freezes, judged on any day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from domain.canonical import canonical_bytes
from domain.case.fold import fold
from domain.case.model import Case
from domain.facts import payloads as p
from domain.facts.payloads import PromisePart
from domain.promises import PromiseType, Standing, judge_case, level
from tests.support.people import NOW, Story

KIND = PromiseType()
TODAY = date(2026, 11, 24)
DAY = timedelta(days=1)

AMOUNTS = st.integers(1, 2000)
DAYS = st.integers(-6, 12)


@st.composite
def stories(draw: st.DrawFn) -> Story:
    story = Story("c", "x", open=5000)
    names: list[str] = []
    for number in range(draw(st.integers(1, 4))):
        made = NOW + draw(st.integers(-10, 5)) * DAY + number * timedelta(minutes=1)
        parts = tuple(PromisePart(TODAY + draw(DAYS) * DAY, draw(AMOUNTS)) for _ in range(draw(st.integers(1, 3))))
        replaces = tuple(name for name in names if draw(st.booleans()))
        name = f"p{number}"
        story.add(p.PromiseMade(name, "CNY", parts, supersedes=replaces, needs_approval=draw(st.booleans())), made)
        names.append(name)
    for number in range(draw(st.integers(0, 5))):
        day = TODAY + draw(DAYS) * DAY
        at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC) + draw(st.integers(0, 3)) * DAY
        story.add(p.PaymentReceived(f"pay{number}", draw(AMOUNTS), "CNY", day), at, author="server")
        if draw(st.booleans()):
            story.add(p.PaymentReversed(f"pay{number}"), at + draw(st.integers(-1, 30)) * DAY, author="server")
    for _ in range(draw(st.integers(0, 2))):
        kind = draw(st.sampled_from(["dispute", "withdraw", "approve", "refuse", "hardship"]))
        at = NOW + draw(st.integers(-5, 10)) * DAY
        if kind == "withdraw":
            story.add(p.PromiseWithdrawn(draw(st.sampled_from(names))), at)
        elif kind in ("approve", "refuse"):
            made_by = next(f.id for f in story.facts if isinstance(f.payload, p.PromiseMade))
            story.add(p.ApprovalDecided(made_by, kind == "approve"), at, author="server")
        else:
            raised = story.add(p.DisputeRaised() if kind == "dispute" else p.HardshipRaised(), at)
            if draw(st.booleans()):
                story.add(p.ApprovalDecided(raised, approved=True), at + 3 * DAY, author="server")
    return story


def check(case: Case, standings: Sequence[Standing], day: date) -> None:
    received = sum(payment.amount for payment in case.payments if payment.day <= day)
    assert sum(each.paid for each in standings) <= received, "no money is counted twice"
    for each in standings:
        assert each.paid + each.missing == each.promise.total
        assert each.paid == sum(each.part_paid)
        assert all(0 <= got <= part.amount for got, part in zip(each.part_paid, each.promise.parts, strict=True))
        assert each.matured == (each.decided_on is not None) or each.state in ("superseded", "withdrawn")
        assert each.decided_on is None or each.decided_on <= day
        assert (each.state == "kept") == (each.paid >= each.promise.total) or each.state in ("superseded", "retracted")
        assert not each.confirmed or each.state == "kept"
    assert level(standings) == sum(each.state in ("broken", "partly_kept") for each in standings)


@settings(deadline=None, max_examples=200)
@given(stories(), st.integers(-8, 40), st.data())
def test_any_story_judged_on_any_day(story: Story, days: int, data: st.DataObject) -> None:
    day = TODAY + days * DAY
    case = story.case()
    standings = judge_case(case, day, KIND)
    check(case, standings, day)
    assert judge_case(case, day, KIND) == standings, "the second time changes nothing"
    shuffled = data.draw(st.permutations([*story.facts, *story.facts[:2]]))
    again = fold(story.case_id, shuffled)
    assert canonical_bytes(again) == canonical_bytes(case)
    assert judge_case(again, day, KIND) == standings, "the order of arrival never shows"


@settings(deadline=None, max_examples=150)
@given(stories(), st.integers(-8, 40))
def test_what_happens_later_changes_nothing_about_a_day(story: Story, days: int) -> None:
    """A day judged again long after, with everything that came since, says the same of what was decided by then."""
    day = TODAY + days * DAY
    late = [fact for fact in story.facts if customers_day(fact.at) > day]
    assume(all(fact.payload.day > day for fact in late if isinstance(fact.payload, p.PaymentReceived)))
    then = fold("c", [fact for fact in story.facts if fact not in late])
    before = {each.promise.id: (each.state, each.paid) for each in judge_case(then, day, KIND) if each.matured}
    after = {each.promise.id: (each.state, each.paid) for each in judge_case(story.case(), day, KIND) if each.matured}
    assert before == {name: after[name] for name in before}


def customers_day(instant: datetime) -> date:
    return instant.astimezone(ZoneInfo("Asia/Shanghai")).date()
