"""A server that was restored has forgotten who may call what: nobody calls before everything of its new history is read."""

from __future__ import annotations

from data.sync import inputs as on
from tests.data.conftest import Bench, Feed


def answer(bench: Bench, feed: Feed, epoch: str, *, more: bool) -> None:
    """Let the pull under way be answered."""
    fetched = bench.fetched()
    assert fetched is not None
    del bench.requests[fetched.request]
    page = feed.page(feed.put(1, "41", 1), epoch=epoch, more=more, cursor=f"{epoch}-{more}", head=2, reset=more)
    bench.tell(on.PullAnswered(fetched.request, page, bench.timing()))


def may_call(bench: Bench) -> bool:
    return bench.replica.memory.contact.lease_holds(bench.replica.clock.now())


def test_the_lease_ends_with_the_history_and_begins_when_all_of_the_new_one_is_read(bench: Bench, feed: Feed) -> None:
    bench.start()
    answer(bench, feed, "e7", more=False)
    assert may_call(bench)
    bench.tell(on.Nudged())
    answer(bench, feed, "e8", more=True)
    assert bench.replica.cases.ids() == {"41"}, "it is there"
    assert not may_call(bench), "but the policy that forbids calling may be on the next page"
    answer(bench, feed, "e8", more=False)
    assert may_call(bench)


def test_a_page_of_a_history_that_is_known_goes_on_with_the_lease(bench: Bench, feed: Feed) -> None:
    bench.start()
    answer(bench, feed, "e7", more=False)
    bench.device.clock.pass_by(14_000)
    bench.tell(on.Nudged())
    answer(bench, feed, "e7", more=True)
    bench.device.clock.pass_by(1_000)
    assert may_call(bench)


def test_hearing_of_another_history_ends_the_lease_before_a_page_has_come(bench: Bench, feed: Feed) -> None:
    bench.start()
    answer(bench, feed, "e7", more=False)
    bench.tell(on.LoggedIn(deposit=True, epoch="e8"))
    assert not may_call(bench)
