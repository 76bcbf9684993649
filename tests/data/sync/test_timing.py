"""The offset of the clocks, measured as NTP does, and the waits between tries."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from data.answers import Timing
from data.position import Contact
from data.sync.pauses import LONGEST_S, SHORTEST_S, backoff_s
from data.sync.timing import LONGEST_LEASE_S, leased, measured

NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


def ms(count: float) -> timedelta:
    return timedelta(milliseconds=count)


def exchange(ahead_ms: int, round_trip_ms: int = 20, share: float = 0.5) -> Timing:
    """A request to a server so far ahead; ``share`` of the round trip was spent on the way there."""
    return Timing(NOON, NOON + ms(round_trip_ms), NOON + ms(round_trip_ms * share + ahead_ms))


def test_the_first_measurement_counts_whole() -> None:
    assert measured(Contact(), exchange(-4200)).offset_ms == -4200


@given(
    ahead=st.integers(-10_000_000, 10_000_000),
    trips=st.lists(st.tuples(st.integers(0, 9000), st.floats(0, 1)), min_size=1, max_size=20),
)
def test_the_estimate_is_never_off_by_more_than_half_the_slowest_trip(
    ahead: int, trips: list[tuple[int, float]]
) -> None:
    contact = Contact()
    for trip, share in trips:
        contact = measured(contact, exchange(ahead, trip, share))
    assert abs(contact.offset_ms - ahead) <= max(trip for trip, _ in trips) / 2 + 1


def test_quick_answers_correct_a_slow_one() -> None:
    contact = measured(Contact(), exchange(0, 2000, 1.0))
    assert contact.offset_ms == 1000
    for _ in range(30):
        contact = measured(contact, exchange(0, 20))
    assert abs(contact.offset_ms) <= 20


def test_a_clock_that_was_set_is_followed_at_once() -> None:
    contact = measured(measured(Contact(), exchange(0)), exchange(3_600_000))
    assert contact.offset_ms == 3_600_000


def test_a_clock_that_was_set_is_followed_even_when_the_answer_was_slow() -> None:
    """It would go on saying that somebody else's time to call is over."""
    known = Contact(offset_ms=4, round_trip_ms=20)
    assert abs(measured(known, exchange(-3_600_000, 15_000)).offset_ms + 3_600_000) <= 7_500
    assert measured(known, exchange(7_000, 15_000)) == known, "no more than the slow answer may be wrong by itself"
    assert measured(Contact(), exchange(7_000, 15_000)) == Contact()
    assert abs(measured(Contact(), exchange(-60_000, 15_000)).offset_ms + 60_000) <= 7_500, (
        "the first, of a wrong clock"
    )


def test_answers_that_say_nothing_about_the_clocks_change_nothing() -> None:
    known = Contact(offset_ms=7, round_trip_ms=20)
    assert measured(known, Timing(NOON, NOON + ms(20), None)) == known
    assert measured(known, exchange(900, 11_000)) == known
    assert measured(known, Timing(NOON, NOON - ms(20), NOON)) == known, "the clock was set back in between"


def test_no_lease_is_longer_than_a_week_or_negative() -> None:
    assert leased(Contact(), exchange(0), 10**12).lease_until == NOON + timedelta(seconds=LONGEST_LEASE_S)
    assert leased(Contact(), exchange(0), -5).lease_until == NOON


@given(failures=st.integers(1, 10_000), luck=st.floats(0, 1, exclude_max=True))
def test_waits_stay_within_bounds(failures: int, luck: float) -> None:
    assert SHORTEST_S <= backoff_s(failures, lambda: luck) <= LONGEST_S
