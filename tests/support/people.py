"""Invented customers for tests: every bucket of the queue once, in two markets. No row comes from a real file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from domain.case.fold import fold
from domain.case.model import Case
from domain.facts import Fact
from domain.facts import payloads as p
from domain.facts.payloads import TYPE_OF

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
"""A Tuesday: 10:00 in Shanghai, 21:00 the day before in New York."""
ME = "agent-1"


@dataclass
class Story:
    """A case in the making: say what happened when, then ask for the case."""

    case_id: str
    name: str
    currency: str = "CNY"
    region: str = "CN"
    segment: str = "consumer"
    phone: str | None = "+8613800138000"
    zone: str = "Asia/Shanghai"
    open: int = 1_286_000
    due: date = date(2026, 10, 21)
    facts: list[Fact] = field(default_factory=list)
    agent: str = "王芳"

    def __post_init__(self) -> None:
        phones = (p.Phone(self.phone, type="mobile", region=self.region, zones=(self.zone,)),) if self.phone else ()
        debts = (p.Debt(f"{self.case_id}-d1", self.open, self.currency, doc="LN-20260123", due=self.due),)
        account = p.AccountStated(
            date(2026, 11, 20),
            "import-1",
            self.name,
            customer_id=self.case_id,
            segment="consumer" if self.segment == "consumer" else "business",
            region=self.region,
            debts=debts,
            phones=phones,
        )
        self.add(account, NOW - timedelta(days=30), author="server")

    def add(self, payload: p.Payload, at: datetime, author: str = ME, fact_id: str | None = None) -> str:
        """Let something happen; gives the fact's id."""
        new_id = fact_id or f"{self.case_id}-f{len(self.facts):04d}"
        name = self.agent if author == ME else None
        self.facts.append(Fact(new_id, TYPE_OF[type(payload)], self.case_id, at, author, payload, name))
        return new_id

    def call(self, code: str, at: datetime, talk: int = 0) -> str:
        """Let an attempt end with a code."""
        call = self.add(p.AttemptStarted(number=self.phone), at)
        self.add(p.AttemptEnded(call=call, code=code, talk_seconds=talk or None), at + timedelta(seconds=talk + 10))
        return call

    def case(self) -> Case:
        """Give the case as its facts have made it."""
        return fold(self.case_id, self.facts)


def promise(amount: int, due: date, *, promise_id: str = "p1", currency: str = "CNY") -> p.PromiseMade:
    """Make a promise of one part."""
    return p.PromiseMade(promise_id, currency, (p.PromisePart(due, amount),), method="transfer", words="周五")


def team() -> Sequence[Story]:
    """Give one story for each place a case can have in the queue."""
    broken = Story("c-broken", "李建国")
    broken.call("promise", NOW - timedelta(days=6), talk=192)
    broken.add(promise(200_000, date(2026, 11, 20)), NOW - timedelta(days=6))
    callback = Story("c-callback", "陈晓梅", open=320_000)
    callback.call("call_back", NOW - timedelta(days=1), talk=30)
    callback.add(p.CallbackSet(due=NOW + timedelta(minutes=5)), NOW - timedelta(days=1))
    new = Story("c-new", "赵敏", open=80_000, due=date(2026, 11, 12))
    quiet = Story(
        "c-night", "Oakley Partners", "USD", "US", phone="+12125550123", zone="America/New_York", open=112_000
    )
    disputed = Story("c-dispute", "周杰", open=400_000)
    disputed.call("dispute", NOW - timedelta(days=2), talk=80)
    disputed.add(p.DisputeRaised(note="金额不对"), NOW - timedelta(days=2))
    promised = Story("c-promised", "Harbor Ltd", segment="business", open=941_000)
    promised.call("promise", NOW - timedelta(days=1), talk=60)
    promised.add(promise(941_000, date(2026, 12, 4), promise_id="p2"), NOW - timedelta(days=1))
    traced = Story("c-trace", "钱七", phone=None)
    rest = Story("c-rest", "孙八", due=date(2026, 9, 1))
    rest.call("no_answer", NOW - timedelta(days=5))
    return [broken, callback, new, quiet, disputed, promised, traced, rest]


HOSTILE = (
    "Zoe [/foo] [@click=app.quit]x[/]",
    "[B]bold[/B] [$accent] [ \\",
    "\x1b]52;c;ZXZpbA==\x07Evil\x1b[31m",
    "\u202eesrever\u202c \u2066iso\u2069",
    "\x9b31mC1\x9d52;c;x\x9c",
    "𠮷野家 👩‍👩‍👧 ﷽",
)
"""Names that have ended applications or written to clipboards elsewhere."""
