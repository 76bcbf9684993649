"""What may have happened on a case: one story for every place in the queue and for every reason not to call."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

from domain.capture import CallInHand, outcome
from domain.case import reading
from domain.case.model import Case
from domain.codes import catalogue
from domain.facts import Payload
from domain.facts import payloads as p
from domain.i18n import Language
from domain.supervision import PaymentRequest

_FIRST_CALL: Final = time(9, 40)
_CALLING_MINUTES: Final = 6 * 60


@dataclass(frozen=True, slots=True)
class Happening:
    """Something an agent captured. ``id`` is the fact's; others refer to it."""

    at: datetime
    id: str
    payload: Payload = field(repr=False)


@dataclass(frozen=True, slots=True)
class Money:
    """A payment or a reversal that came in."""

    at: datetime
    id: str
    request: PaymentRequest = field(repr=False)


class Teller:
    """Tells the story of one case up to ``now``, in its customer's local daytime."""

    def __init__(self, case: Case, now: datetime, language: Language, dice: random.Random) -> None:
        self.case = case
        self.now = now
        self.language = language
        self.happenings: list[Happening] = []
        self.money: list[Money] = []
        self._dice = dice
        zones = reading.zones(case)
        self.zone = ZoneInfo(zones[0]) if zones else UTC
        self.today = now.astimezone(self.zone).date()
        self.number = case.phones[0].e164 if case.phones else None
        self.owed = max(reading.balance(case, self.today).owed, 100)

    def working_day(self, days_ago: int) -> date:
        """Give the day so many days ago, or the Friday before a weekend."""
        day = self.today - timedelta(days=days_ago)
        return day - timedelta(days=max(0, day.weekday() - 4))

    def during(self, days_ago: int) -> datetime:
        """Give an instant in the working hours of a day, always before now."""
        minutes = self._dice.randrange(_CALLING_MINUTES)
        local = datetime.combine(self.working_day(days_ago), _FIRST_CALL, self.zone) + timedelta(minutes=minutes)
        return min(local.astimezone(UTC).replace(microsecond=0), self.now - timedelta(minutes=20))

    def capture(self, at: datetime, payload: Payload) -> str:
        """Let the agent capture a fact; gives its id."""
        fact = f"seed-{self.case.id}-{len(self.happenings):03d}"
        self.happenings.append(Happening(at, fact, payload))
        return fact

    def call(self, at: datetime, code: str, *, talk: int = 0, note: str = "", who: str = "self") -> CallInHand:
        """Let a call be made and end with a result code, with everything such an outcome brings."""
        person: Literal["debtor", "third_party"] = "third_party" if who == "other" else "debtor"
        started = self.capture(at, p.AttemptStarted(number=self.number, person=person))
        end = at + timedelta(seconds=talk + 25)
        call = CallInHand(started, at, self.number, talk or None)
        if talk and who == "self":
            checked = p.IdentityChecked(started, ("name", "birthday"))
            self.capture(at + timedelta(seconds=15), checked)
        known = catalogue().get(code)
        assert known is not None
        for place, payload in enumerate(outcome(known, call, note)):
            self.capture(end + timedelta(seconds=place), payload)
        return call

    def promise(self, at: datetime, due: date, amount: int, *, parts: int = 1, needs_approval: bool = False) -> str:
        """Let the customer promise to pay on a call of a few minutes; gives the promise's id."""
        call = self.call(at, "plan" if parts > 1 else "promise", talk=self._dice.randrange(90, 320))
        promise = f"seed-{self.case.id}-p{len(self.happenings):03d}"
        share = amount // parts
        amounts = [share] * (parts - 1) + [amount - share * (parts - 1)]
        dues = tuple(p.PromisePart(due + timedelta(days=30 * place), part) for place, part in enumerate(amounts))
        made = p.PromiseMade(
            promise,
            self.case.currency,
            dues,
            method="transfer",
            call=call.id,
            recap=True,
            needs_approval=needs_approval,
        )
        fact = self.capture(at + timedelta(minutes=6), made)
        if needs_approval:
            self.capture(at + timedelta(minutes=6, seconds=5), p.ApprovalAsked(promise_id=promise, note=None))
        return fact

    def pay(self, days_ago: int, amount: int) -> str:
        """Let money arrive; gives the payment's id."""
        at = self.during(days_ago)
        payment = f"seed-{self.case.id}-m{len(self.money)}"
        request = PaymentRequest(
            case=self.case.id, amount=amount, currency=self.case.currency, day=self.working_day(days_ago)
        )
        self.money.append(Money(at, payment, request))
        return payment

    def say(self, english: str, chinese: str) -> str:
        """Give a sentence in the demonstration's language."""
        return chinese if self.language == "zh" else english


Story = Callable[[Teller], None]


def nothing_yet(_case: Teller) -> None:
    """Nobody has called."""


def broken_promise(case: Teller) -> None:
    """Promised, and the day passed."""
    case.call(case.during(15), "no_answer")
    case.promise(case.during(10), case.working_day(4), case.owed)


def due_today(case: Teller) -> None:
    """Promised for today."""
    case.promise(case.during(9), case.today, case.owed // 2)


def callback_now(case: Teller) -> None:
    """Asked to be rung in a few minutes."""
    call = case.call(case.during(8), "call_back", talk=40)
    due = case.now + timedelta(minutes=5)
    case.capture(case.during(8) + timedelta(minutes=3), p.CallbackSet(due, number=case.number, call=call.id))


def callback_today(case: Teller) -> None:
    """Asked to be rung some time today."""
    call = case.call(case.during(8), "call_back", talk=30)
    due = datetime.combine(case.today, time(0), case.zone).astimezone(UTC)
    case.capture(case.during(8) + timedelta(minutes=3), p.CallbackSet(due, timed=False, call=call.id))


def callback_later(case: Teller) -> None:
    """Asked to be rung in two days."""
    call = case.call(case.during(1), "call_back", talk=35)
    case.capture(case.now - timedelta(minutes=18), p.CallbackSet(case.now + timedelta(days=2), call=call.id))


def partly_kept(case: Teller) -> None:
    """Paid less than promised."""
    case.promise(case.during(14), case.working_day(6), case.owed)
    case.pay(7, max(100, case.owed * 2 // 5))


def kept(case: Teller) -> None:
    """Paid what was promised; the rest is still open."""
    case.promise(case.during(16), case.working_day(9), case.owed // 2)
    case.pay(10, case.owed // 2)


def due_tomorrow(case: Teller) -> None:
    """Promised for tomorrow: time for a reminder."""
    case.promise(case.during(9), case.today + timedelta(days=1), case.owed)


def never_reached(case: Teller) -> None:
    """Three tries, and nobody answered."""
    for days_ago, code in ((6, "no_answer"), (3, "busy"), (2, "voicemail")):
        case.call(case.during(days_ago), code)


def wrong_number(case: Teller) -> None:
    """Nobody of that name at the only number."""
    case.call(case.during(3), "wrong_number")


def disputed(case: Teller) -> None:
    """Contests the invoice; a supervisor has to decide."""
    note = case.say("Says the goods came damaged; photos are on the way.", "称货物破损，照片稍后发来。")
    case.call(case.during(4), "dispute", talk=260, note=note)


def hardship(case: Teller) -> None:
    """Lost the job."""
    case.call(case.during(5), "hardship", talk=300, note=case.say("Lost the job in October.", "十月份失业。"))


def stopped(case: Teller) -> None:
    """Asked us to stop calling."""
    case.call(case.during(6), "cease", talk=45)


def represented(case: Teller) -> None:
    """Has a lawyer."""
    case.call(case.during(5), "represented", talk=70)


def third_party(case: Teller) -> None:
    """Somebody else answered and will pass it on."""
    case.call(case.during(2), "will_pass_on", talk=25, who="other")


def plan(case: Teller) -> None:
    """Pays in three instalments; the first is in."""
    case.promise(case.during(12), case.working_day(5), case.owed, parts=3)
    case.pay(6, case.owed // 3)


def waits_for_approval(case: Teller) -> None:
    """Asked for more instalments than the agent may grant."""
    case.promise(case.during(2), case.today + timedelta(days=10), case.owed, parts=6, needs_approval=True)


def escalated(case: Teller) -> None:
    """Wants the supervisor."""
    case.call(case.during(2), "wants_supervisor", talk=120)


def refused(case: Teller) -> None:
    """Talked yesterday and refuses to pay."""
    note = case.say("Will not pay before the court says so.", "表示不等法院判决不会付款。")
    call = case.call(case.during(1), "refuses", talk=150, note=note)
    case.capture(case.now - timedelta(minutes=19), p.ReasonGiven("refuses", call=call.id))


def tried_too_often(case: Teller) -> None:
    """Nobody answered, and every try that the rules allow has been made."""
    if case.case.customer.region == "US":  # seven in seven days, 12 CFR 1006.14(b)(2)
        for place in range(7, 0, -1):
            case.call(case.now - timedelta(hours=23 * place), "no_answer")
        return
    for place in range(6):  # six a day to one number, however much the customer wants to be rung
        case.call(case.now - timedelta(minutes=60 - 5 * place), "no_answer")
    case.capture(case.now - timedelta(minutes=20), p.CallbackSet(case.now + timedelta(minutes=2), number=case.number))


def broken_early(case: Teller) -> None:
    """Promised on a call so recent that some rules keep quiet after it, and did not pay."""
    case.promise(case.during(5), case.working_day(2), case.owed)


def came_back(case: Teller) -> None:
    """Kept a promise with a payment that bounced."""
    case.promise(case.during(13), case.working_day(8), case.owed)
    payment = case.pay(9, case.owed)
    back = Money(case.during(3), f"{payment}-back", PaymentRequest(reverses=payment))
    case.money.append(back)


STORIES: Final[tuple[Story, ...]] = (
    broken_promise,
    tried_too_often,
    broken_early,
    callback_now,
    disputed,
    stopped,
    due_today,
    partly_kept,
    callback_today,
    due_tomorrow,
    refused,
    never_reached,
    hardship,
    third_party,
    kept,
    plan,
    represented,
    wrong_number,
    callback_later,
    came_back,
    waits_for_approval,
    escalated,
    nothing_yet,
)
"""Told in this order, again and again, over the cases of each agent, consumers first: their rules are the stricter."""
