"""A house's own weights and order, and what differs between two versions of a document."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from domain.case.model import Case
from domain.house import differences
from domain.policy import default_policy
from domain.queue import Bucket, build_queue
from domain.queue.model import Verdict
from domain.strategy import BUCKETS, QueueStrategy
from tests.support.people import NOW, team


class Open:
    allowed, next, code, text, rule, source = True, None, "ok", "", "", ""


def always(_case: Case, _at: object) -> Verdict:
    return Open()


def ranked(strategy: QueueStrategy) -> list[str]:
    policy = replace(default_policy(), queue=strategy)
    cases = [story.case() for story in team()]
    return [row.case_id for row in build_queue(cases, NOW + timedelta(minutes=1), policy, always).today]


def test_names_of_the_kinds_are_those_of_the_queue() -> None:
    assert tuple(bucket.code for bucket in sorted(Bucket)) == BUCKETS


def test_usual_weights_are_what_they_were() -> None:
    usual = QueueStrategy()
    assert sum((usual.balance, usual.stage, usual.broken, usual.contact, usual.risk, usual.since, usual.first)) == 100
    assert usual.problems() == []


def test_house_may_put_new_cases_before_broken_promises() -> None:
    usual = ranked(QueueStrategy())
    other = ranked(QueueStrategy(order=("callback_due", "new")))
    assert usual.index("c-broken") < usual.index("c-new")
    assert other.index("c-new") < other.index("c-broken")
    assert sorted(usual) == sorted(other)


def test_what_is_no_strategy_is_told() -> None:
    assert QueueStrategy(balance=90).problems()
    assert QueueStrategy(stage=-1).problems()
    assert QueueStrategy(order=("callback_due", "callback_due")).problems()
    assert QueueStrategy(order=("new",)).problems()
    assert QueueStrategy(order=("callback_due", "never")).problems()


def test_differences_lead_to_the_place() -> None:
    before = {"a": 1, "list": [1, {"x": "one"}], "gone": True, "text": "one\ntwo\nthree"}
    after = {"a": 2, "list": [1, {"x": "two"}, 3], "new": None, "text": "one\n2\nthree"}
    found = {each.path: each for each in differences(before, after)}
    assert set(found) == {"a", "list[1].x", "list[2]", "gone", "new", "text"}
    assert (found["a"].before, found["a"].after, found["list[2]"].op) == (1, 2, "added")
    assert {"-two", "+2"} <= set(found["text"].lines)
    assert differences(before, before) == []
    assert [each.op for each in differences({"flag": True}, {"flag": 1})] == ["changed"]
