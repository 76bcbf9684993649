"""What a page changes, as a plan: the rules of the feed one by one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from data.feed import FeedPosition, Version, plan_page
from domain.wire import Seen

if TYPE_CHECKING:
    from tests.data.conftest import Feed

KNOWN = FeedPosition("e7", "c10", seq=10, head=10, generation=1)


def stored(**vers: int) -> dict[str, Version]:
    return {f"case:{name.removeprefix('_')}": Version("e7", ver, 1) for name, ver in vers.items()}


def test_absence_is_never_deletion(feed: Feed) -> None:
    work = plan_page(KNOWN, feed.page(head=12, cursor="c12"), "c10", stored(_1=1, _2=1))
    assert (work.puts, work.deletes) == ((), ())
    assert (work.position.cursor, work.position.seq) == ("c12", 12)


def test_revoked_keys_go_even_while_more_pages_follow(feed: Feed) -> None:
    page = feed.page(more=True, revoked=["case:1", "case:9"], head=12)
    assert plan_page(KNOWN, page, "c10", stored(_1=99, _2=1)).deletes == ("case:1",)


def test_the_last_word_on_one_page_counts(feed: Feed) -> None:
    page = feed.page(feed.put(11, "1", 2), feed.put(12, "1", 3), feed.remove(13, "2", 5), feed.put(14, "2", 6))
    work = plan_page(KNOWN, page, "c10", stored(_1=1, _2=1))
    assert [(entry.key, entry.ver) for entry in work.puts] == [("case:1", 3), ("case:2", 6)]
    assert work.deletes == ()


def test_a_remove_after_its_put_leaves_nothing(feed: Feed) -> None:
    page = feed.page(feed.put(11, "3", 2), feed.remove(12, "3", 3))
    work = plan_page(KNOWN, page, "c10", stored(_1=1))
    assert (work.puts, work.deletes) == ((), ())


def test_reading_from_the_start_is_a_new_generation_and_sweeps_at_its_end(feed: Feed) -> None:
    first = plan_page(KNOWN, feed.page(feed.put(4, "1", 1), more=True, reset=True, head=9), "odd", stored(_1=1, _2=1))
    assert (first.confirmed, first.deletes) == (("case:1",), ())
    assert (first.position.generation, first.position.sweeping) == (2, True)
    versions = stored(_1=1, _2=1) | {"case:1": Version("e7", 1, 2)}
    last = plan_page(first.position, feed.page(feed.put(9, "3", 1)), "c4", versions)
    assert last.deletes == ("case:2",)
    assert not last.position.sweeping


@pytest.mark.parametrize("more", [True, False])
def test_reset_repeated_on_every_page_of_one_reading_begins_it_only_once(feed: Feed, more: bool) -> None:
    begun = plan_page(KNOWN, feed.page(feed.put(4, "1", 1), more=True, reset=True, head=9), "odd", stored(_1=1))
    versions = {"case:1": Version("e7", 1, 2)}
    work = plan_page(begun.position, feed.page(feed.put(9, "2", 1), reset=True, more=more), "c4", versions)
    assert work.deletes == ()
    assert work.position.generation == 2


def test_a_reset_in_the_middle_of_a_reading_begins_it_again(feed: Feed) -> None:
    begun = plan_page(KNOWN, feed.page(feed.put(4, "1", 1), more=True, reset=True, head=9), "odd", stored(_1=1))
    again = plan_page(begun.position, feed.page(feed.put(2, "2", 1), reset=True, more=True), "c4", stored(_1=1))
    assert again.position.generation == 3


def test_the_position_seen_never_goes_back_in_one_history(feed: Feed) -> None:
    begun = plan_page(KNOWN, feed.page(feed.put(4, "1", 1), more=True, reset=True, head=12), "odd", stored(_1=1))
    assert begun.position.seen == Seen("e7", 10)
    other = plan_page(KNOWN, feed.page(feed.put(4, "1", 1), more=True, reset=True, head=12, epoch="e8"), "c10", {})
    assert other.position.seen == Seen("e8", 0)
    assert other.epoch_changed


def test_the_position_seen_follows_page_by_page(feed: Feed) -> None:
    work = plan_page(KNOWN, feed.page(feed.put(14, "1", 1), more=True, head=99), "c10", {})
    assert work.position.seen == Seen("e7", 14)
    done = plan_page(work.position, feed.page(feed.put(15, "1", 2), head=99), "c14", {})
    assert done.position.seen == Seen("e7", 99)


def test_a_feed_that_was_set_back_is_not_claimed_to_have_been_seen(feed: Feed) -> None:
    work = plan_page(KNOWN, feed.page(feed.put(4, "1", 2), reset=True, head=6), "c10", stored(_1=1))
    assert work.position.seen == Seen("e7", 6)


def test_another_history_without_a_reset_sweeps_nothing(feed: Feed) -> None:
    work = plan_page(KNOWN, feed.page(feed.put(1, "1", 1), epoch="e8"), "c10", stored(_1=9, _2=9))
    assert work.deletes == ()
    assert [entry.ver for entry in work.puts] == [1]


def test_the_first_reading_of_all_removes_nothing_and_is_complete(feed: Feed) -> None:
    work = plan_page(FeedPosition(), feed.page(feed.put(1, "1", 1)), None, {})
    assert (work.deletes, work.position.sweeping, work.caught_up) == ((), False, True)


def test_scrubbing_stays_due_until_it_is_done(feed: Feed) -> None:
    assert plan_page(KNOWN, feed.page(revoked=["case:1"]), "c10", stored(_1=1)).position.scrub_due
    due = replace(KNOWN, scrub_due=True)
    assert plan_page(due, feed.page(), "c10", stored(_1=1)).position.scrub_due
