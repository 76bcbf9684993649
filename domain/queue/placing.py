"""Which bucket a case belongs to at an instant, or what holds it back.

The rules run in a fixed order; the first whose conditions all hold decides, and says why in words. Every open case comes
out with either a bucket or a hold, so every open case has exactly one dated next action.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from domain.case import reading
from domain.case.model import Attempt, Case
from domain.formats import clock_time, day_plain, days_overdue
from domain.i18n import tr, trn
from domain.money import format_money
from domain.policy import Policy
from domain.promises.judging import STANDING, Standing, judge_case
from domain.queue.model import Bucket, NextAction, Placement

CALLBACK_MARGIN: Final = timedelta(minutes=15)
"""A timed call-back comes up this long before it is due."""
CALLBACK_RETRY: Final = timedelta(minutes=30)
"""Nobody there at the time they named: they are tried again after so long, not at once."""
DECISION_DAYS: Final = 5
"""A case that waits for a supervisor is looked at again after so many days at the latest."""
NOON: Final = time(12)
START_OF_DAY: Final = time(8)


class View:
    """A case at an instant, with what several rules and the score need worked out once."""

    def __init__(self, case: Case, now: datetime, policy: Policy) -> None:
        self.case = case
        self.now = now
        self.policy = policy
        self.zones = reading.zones(case)
        self.zone = ZoneInfo(self.zones[0]) if self.zones else UTC
        self.today = reading.day_in_zones(self.zones, now)
        self.balance = reading.balance(case, self.today)
        self.days = reading.days_past_due(case, self.today)
        self.standings = judge_case(case, self.today, policy.promise)
        self.last: Attempt | None = case.attempts[-1] if case.attempts else None
        self.conversation = reading.last_conversation(case, policy.catalogue)

    def at(self, day: date, hour: time = START_OF_DAY) -> datetime:
        """Give the instant of a wall-clock time at the customer's."""
        return datetime.combine(day, hour, self.zone).astimezone(UTC)

    def spoken_since(self, day: date) -> bool:
        """Tell whether there was a conversation on or after a day."""
        return self.conversation is not None and self.conversation.at.astimezone(self.zone).date() >= day

    def answered_since(self, day: date) -> bool:
        """Tell whether what was decided on a day has been followed up: by a conversation, or a new promise that stands."""
        return self.spoken_since(day) or any(
            standing.state in STANDING and standing.promise.at.astimezone(self.zone).date() >= day
            for standing in self.standings
        )


Rule = Callable[[View], Placement | None]


def place(case: Case, now: datetime, policy: Policy) -> Placement | None:
    """Say where an open case belongs at ``now``; ``None`` for a closed one."""
    return None if case.closed is not None else place_view(View(case, now, policy))


def place_view(view: View) -> Placement:
    """Say where an open case belongs."""
    for rule in _RULES:
        placement = rule(view)
        if placement is not None:
            return placement
    return Placement(Bucket.REST, _rest_words(view))


def next_action(case: Case, now: datetime, policy: Policy) -> NextAction | None:
    """Give the one dated next action of a case; ``None`` only when it is closed."""
    placement = place(case, now, policy)
    if placement is None:
        return None
    if placement.bucket is not None:
        return NextAction(placement.kind, now, placement.why)
    at = placement.next or (placement.since or now) + timedelta(days=DECISION_DAYS)
    return NextAction(placement.kind, at, placement.why)


def without_next_action(cases: Iterable[Case], now: datetime, policy: Policy) -> tuple[str, ...]:
    """Name the open cases that break the rule of one dated next action: none, or one whose day moves with the clock."""
    later = now + timedelta(days=1)
    broken = []
    for case in cases:
        action, again = next_action(case, now, policy), next_action(case, later, policy)
        if case.closed is not None:
            continue
        waiting = action is not None and again is not None and action.at > now
        if action is None or (waiting and again is not None and again.at - action.at == later - now):
            broken.append(case.id)
    return tuple(broken)


def _escalated(view: View) -> Placement | None:
    if view.case.escalated is None:
        return None
    asked = [review.at for review in view.case.reviews if review.kind.startswith("escalation:")]
    return Placement(None, tr("with the supervisor"), kind="supervisor", since=max(asked, default=None))


def _frozen(view: View) -> Placement | None:
    standing = [freeze for freeze in view.case.freezes if freeze.resolved_by is None]
    kinds = [freeze.kind for freeze in standing]
    if not kinds:
        return None
    words = tr("disputed, a supervisor decides") if "dispute" in kinds else tr("hardship, a supervisor decides")
    return Placement(None, words, kind="supervisor", since=min(freeze.at for freeze in standing))


def _stopped(view: View) -> Placement | None:
    stops = reading.standing_stops(view.case)
    if not stops:
        return None
    words = {
        "cease": tr("asked us to stop calling"),
        "represented": tr("represented by a lawyer"),
        "deceased": tr("deceased"),
        "insolvency": tr("insolvent"),
        "third_party_refused": tr("asked not to be called"),
    }
    since = min(stop.at for stop in view.case.stops if stop.lifted_by is None)
    return Placement(None, words.get(stops[0], tr("must not be called")), kind="supervisor", since=since)


def _nothing_to_collect(view: View) -> Placement | None:
    if view.balance.owed <= 0:
        last = max((moment.at for moment in view.case.timeline), default=None)
        return Placement(None, tr("nothing to collect"), kind="close", since=last)
    if view.balance.overdue <= 0:
        due = min((debt.due for debt in view.case.debts if debt.open > 0 and debt.due), default=view.today)
        return Placement(None, tr("not due before {day}").format(day=day_plain(due)), view.at(due + timedelta(days=1)))
    return None


def _held_by_code(view: View) -> Placement | None:
    code = view.policy.catalogue.get(view.last.code) if view.last else None
    if view.last is None or code is None or not code.hold_days:
        return None
    until = view.last.at.astimezone(view.zone).date() + timedelta(days=code.hold_days)
    if view.today >= until:
        return None
    words = tr("{what}, again on {day}").format(what=code.name, day=day_plain(until))
    return Placement(None, words, view.at(until))


def _callback(view: View) -> Placement | None:
    if not view.case.callbacks:
        return None
    callback = view.case.callbacks[0]
    local = callback.due.astimezone(view.zone)
    if callback.timed:
        if callback.due - CALLBACK_MARGIN <= view.now:
            again = _tried_since(view, callback.due - CALLBACK_MARGIN, CALLBACK_RETRY)
            if again is not None:
                return again
            words = tr("call-back {time}") if local.date() == view.today else tr("call-back {time}, missed on {day}")
            filled = words.format(time=local.strftime("%H:%M"), day=day_plain(local.date()))
            return Placement(Bucket.CALLBACK_DUE, filled, order=callback.due.timestamp(), kind="callback")
        words = tr("call-back {day} {time}")
        filled = words.format(day=day_plain(local.date()), time=local.strftime("%H:%M"))
        return Placement(None, filled, callback.due - CALLBACK_MARGIN, kind="callback")
    if local.date() <= view.today:
        again = _tried_since(view, view.at(view.today, time(0)), timedelta(hours=view.policy.retry_hours))
        if again is not None:
            return again
        return Placement(Bucket.CALLBACK_TODAY, tr("call-back today"), order=callback.due.timestamp(), kind="callback")
    return Placement(
        None, tr("call-back {day}").format(day=day_plain(local.date())), view.at(local.date()), kind="callback"
    )


def _tried_since(view: View, since: datetime, wait: timedelta) -> Placement | None:
    """Hold a call-back that was tried already, until it is worth another try."""
    if view.last is None or view.last.ended_at is None or view.last.at < since:
        return None
    again = view.last.at + wait
    if view.now >= again:
        return None
    words = tr("call-back, tried at {time}, again from {again}")
    filled = words.format(time=clock_time(view.last.at, _name(view)), again=clock_time(again, _name(view)))
    return Placement(None, filled, again, kind="callback")


def _tried_recently(view: View) -> Placement | None:
    if view.last is None or view.last.ended_at is None:
        return None
    again = view.last.at + timedelta(hours=view.policy.retry_hours)
    if view.now >= again or (view.conversation is not None and view.conversation.id == view.last.id):
        return None
    words = tr("tried at {time}, again from {again}")
    filled = words.format(time=clock_time(view.last.at, _name(view)), again=clock_time(again, _name(view)))
    return Placement(None, filled, again)


def _no_number(view: View) -> Placement | None:
    if reading.good_phones(view.case):
        return None
    return Placement(Bucket.NO_NUMBER, tr("no good number: trace"), kind="trace")


def _broken(view: View) -> Placement | None:
    broken = [each for each in view.standings if each.state == "broken" and each.decided_on is not None]
    if not broken:
        return None
    newest = max(broken, key=_decided)
    if view.answered_since(_decided(newest)):
        return None
    part = newest.next_part
    due = part.due if part else newest.promise.last_due
    words = tr("broken promise: {amount} due {day}, nothing paid")
    amount = format_money(newest.missing, newest.promise.currency)
    filled = words.format(amount=amount, day=day_plain(due))
    return Placement(Bucket.BROKEN_PROMISE, filled, order=-_decided(newest).toordinal(), kind="promise")


def _decided(standing: Standing) -> date:
    return standing.decided_on or standing.promise.last_due


def _due_today(view: View) -> Placement | None:
    for standing in view.standings:
        part = standing.next_part
        if standing.state != "open" or part is None or part.due > view.today:
            continue
        amount = format_money(standing.missing, standing.promise.currency)
        if part.due < view.today or view.now.astimezone(view.zone).time() >= NOON:
            if view.spoken_since(part.due):
                wait = part.due + timedelta(days=view.policy.promise.grace_days + 1)
                return Placement(
                    None, tr("promised {amount}, reminded").format(amount=amount), view.at(wait), kind="promise"
                )
            return Placement(
                Bucket.DUE_TODAY,
                tr("{amount} due {day}, not yet paid").format(amount=amount, day=day_plain(part.due)),
                kind="promise",
            )
        return Placement(
            None, tr("{amount} due today").format(amount=amount), view.at(view.today, NOON), kind="promise"
        )
    return None


def _partly_kept(view: View) -> Placement | None:
    for standing in reversed(view.standings):
        if standing.state == "partly_kept" and standing.decided_on and not view.answered_since(standing.decided_on):
            words = tr("promise partly kept: {paid} of {total}")
            currency = standing.promise.currency
            filled = words.format(
                paid=format_money(standing.paid, currency), total=format_money(standing.promise.total, currency)
            )
            return Placement(Bucket.PARTLY_KEPT, filled, order=-standing.decided_on.toordinal(), kind="promise")
    return None


def _promised(view: View) -> Placement | None:
    for standing in view.standings:
        part = standing.next_part
        if standing.state not in ("open", "pending_approval") or part is None or part.due <= view.today:
            continue
        amount = format_money(part.amount, standing.promise.currency)
        reminder = part.due - timedelta(days=view.policy.reminder_days)
        if view.today >= reminder and not view.spoken_since(reminder):
            return Placement(
                Bucket.REMINDER,
                tr("reminder: {amount} due {day}").format(amount=amount, day=day_plain(part.due)),
                kind="promise",
            )
        wait = view.at(reminder if view.today < reminder else part.due)
        return Placement(
            None, tr("promised {amount} for {day}").format(amount=amount, day=day_plain(part.due)), wait, kind="promise"
        )
    return None


def _new(view: View) -> Placement | None:
    if view.case.attempts:
        return None
    days = view.days
    return Placement(Bucket.NEW, tr("new, {overdue}").format(overdue=days_overdue(days)) if days else tr("new"))


def _spoken_lately(view: View) -> Placement | None:
    if view.conversation is None:
        return None
    day = view.conversation.at.astimezone(view.zone).date()
    again = day + timedelta(days=view.policy.follow_up_days)
    if view.today >= again:
        return None
    words = tr("spoken with on {day}, again on {again}").format(day=day_plain(day), again=day_plain(again))
    return Placement(None, words, view.at(again))


def _rest_words(view: View) -> str:
    tries = len(view.case.attempts)
    late = days_overdue(view.days)
    return trn("{late}, tried {n} time", "{late}, tried {n} times", tries).format(late=late, n=tries)


def _name(view: View) -> str:
    return str(view.zone)


_RULES: Final[tuple[Rule, ...]] = (
    _escalated,
    _frozen,
    _stopped,
    _nothing_to_collect,
    _held_by_code,
    _callback,
    _no_number,
    _tried_recently,
    _broken,
    _due_today,
    _partly_kept,
    _promised,
    _new,
    _spoken_lately,
)
