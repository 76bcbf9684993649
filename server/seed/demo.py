"""The demonstration's server, filled through the same services as a real one: imports, custody of facts, payments."""

from __future__ import annotations

import functools
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import select

from domain.canonical import canonical_bytes, digest, to_plain
from domain.case import reading
from domain.case.model import Case
from domain.clock import format_instant, whole_milliseconds
from domain.facts.payloads import TYPE_OF
from domain.i18n import Language
from domain.receivables import ReadingOptions
from server import typed
from server.cases.paying import take_payment
from server.database.engine import Database, Transaction
from server.database.schema import CASE
from server.facts.envelope import Received, open_envelopes
from server.facts.intake import Intake
from server.founding import prepare
from server.imports.accounts import Market
from server.imports.service import Order, import_file
from server.people.directory import DEFAULT_TEAM, Person, add_user
from server.people.passwords import Passwords
from server.people.sessions import Caller, end_lease, open_session, touch
from server.seed.customers import GROUPS, Group, ledger
from server.seed.stories import STORIES, Happening, Money, Teller
from server.settings import Settings
from server.steps import silent

DEMO_PASSWORD: Final = "duecall-demo"  # noqa: S105 - it guards invented data on one's own machine and is told to whoever asks

_HISTORY: Final = timedelta(days=25)
_DAY: Final = timedelta(days=1)
_MOST_STORIES: Final = 480
_EARLY: Final = 9
_LATE: Final = 18
_BATCH: Final = 400
_WORKING_DAY_S: Final = 24 * 3600
_POOL_SHARE: Final = 10
_PEOPLE: Final[dict[Language, tuple[tuple[str, str, str], ...]]] = {
    "en": (
        ("anna", "agent", "Anna Reed"),
        ("ben", "agent", "Ben Ortiz"),
        ("sue", "supervisor", "Sue Park"),
        ("bank", "integration", "Bank feed"),
    ),
    "zh": (
        ("wangfang", "agent", "王芳"),
        ("liqiang", "agent", "李强"),
        ("chenjing", "supervisor", "陈静"),
        ("bank", "integration", "银行流水"),
    ),
}


@dataclass(slots=True)
class _MovingClock:
    """Stands wherever the story has come to, so that everything is received when it happened."""

    instant: datetime

    def now(self) -> datetime:
        return self.instant


def demo_logins(language: Language) -> dict[str, str]:
    """Name a login for each role; the agent is the one whose queue shows everything."""
    return {role: login for login, role, _ in reversed(_PEOPLE[language])}


def seed_demo(database: str, language: Language, cases: int, start: datetime) -> tuple[str, str]:
    """Fill the database at an SQLAlchemy URL for a demonstration that begins at ``start``.

    Answers the agent's login and the password everybody has.
    """
    start = whole_milliseconds(start)
    clock = _MovingClock(start - _HISTORY - timedelta(days=1))
    settings = Settings(database=database)
    opened = Database(settings, clock)
    identity = prepare(opened)
    seeding = _Seeding(opened, clock, identity.epoch, start, language)
    try:
        seeding.add_people(Passwords(settings.argon2))
        seeding.import_ledgers(cases)
        seeding.tell_stories()
    finally:
        opened.close()
    return demo_logins(language)["agent"], DEMO_PASSWORD


@dataclass(frozen=True, slots=True)
class _Step:
    """One thing that happened on a case of an agent."""

    at: datetime
    login: str
    case: str
    what: Happening | Money

    @property
    def id(self) -> str:
        return self.what.id

    @property
    def is_money(self) -> bool:
        return isinstance(self.what, Money)


class _Seeding:
    def __init__(
        self, database: Database, clock: _MovingClock, epoch: str, start: datetime, language: Language
    ) -> None:
        self.database = database
        self.clock = clock
        self.epoch = epoch
        self.start = start
        self.language: Language = language
        self.dice = random.Random(f"duecall {language}")  # noqa: S311 - the same demonstration every time
        self.people: dict[str, Person] = {}

    def add_people(self, passwords: Passwords) -> None:
        def add(transaction: Transaction) -> None:
            for login, role, name in _PEOPLE[self.language]:
                person = add_user(transaction, passwords, login, role, DEMO_PASSWORD, DEFAULT_TEAM, name)
                open_session(transaction, person, f"seed-{login}", None, 1, 1)
                self.people[login] = person

        self.database.write(add)

    def caller(self, role: str) -> Caller:
        person = next(each for each in self.people.values() if each.role == role)
        return self._caller(person)

    def _caller(self, person: Person) -> Caller:
        # as with a deposit key, so that no machine of the past holds a lease on anybody's cases
        return Caller(person.id, person.name, person.role, person.team, f"seed-{person.login}", True, "")

    def import_ledgers(self, cases: int) -> None:
        """Import what was known three weeks ago, and yesterday's new customers; some of them stay in the pool."""
        number = 1
        groups = GROUPS[self.language]
        counts = [cases * group.share // 100 for group in groups]
        counts[0] += cases - sum(counts)
        for group, count in zip(groups, counts, strict=True):
            pool = count // _POOL_SHARE
            fresh = count // 8
            parts = ((_HISTORY, count - pool - fresh, "even"), (_DAY, fresh, "even"), (_DAY, pool, "none"))
            for ago, size, assign in parts:
                if size:
                    self._import(group, ago, size, assign, number)
                    number += size

    def _import(self, group: Group, ago: timedelta, count: int, assign: str, first_number: int) -> None:
        self.clock.instant = self.start - ago
        order = Order(
            id=f"seed-{first_number}",
            kind="receivables",
            filename="ledger.csv",
            options=ReadingOptions(as_of=self.clock.instant.date(), region=group.region),
            market=Market(group.segment, group.region, group.language),
            assign=assign,
        )
        content = ledger(group, count, self.start.date(), self.dice, first_number)
        import_file(self.database, self.caller("supervisor"), order, content, silent)

    def tell_stories(self) -> None:
        """Let every agent's weeks happen, in order."""
        everything: list[_Step] = []
        for person in self.people.values():
            if person.role != "agent":
                continue
            owned = self._cases_of(person)
            for place, case in enumerate(owned[:_MOST_STORIES]):
                teller = Teller(case, self.start, self.language, self.dice)
                STORIES[place % len(STORIES)](teller)
                everything += [_Step(each.at, person.login, case.id, each) for each in teller.happenings]
                everything += [_Step(each.at, person.login, case.id, each) for each in teller.money]
        # a day at a time: what the agents captured, then the money that came in
        everything.sort(key=lambda each: (each.at.date(), each.is_money, each.login, each.at, each.id))
        chains = {login: _Chain() for login in self.people}
        for _, day in groupby(everything, key=lambda each: each.at.date()):
            self._live_through(list(day), chains)
        self.database.write(self._put_machines_away)

    def _live_through(self, day: Sequence[_Step], chains: dict[str, _Chain]) -> None:
        """Let a day pass: the machines hear from the server in the morning, people work, the machines send, money comes."""
        self._move_to(min(each.at for each in day))
        self.database.write(self._begin_day)
        for (is_money, login), group in groupby(day, key=lambda each: (each.is_money, each.login)):
            part = list(group)
            self._move_to(part[-1].at)
            if is_money:
                self._pay([each.what for each in part if isinstance(each.what, Money)])
            else:
                self._push(self.people[login], chains[login], part)

    def _begin_day(self, transaction: Transaction) -> None:
        for login in self.people:
            touch(transaction, f"seed-{login}", _WORKING_DAY_S)

    def _move_to(self, instant: datetime) -> None:
        self.clock.instant = max(self.clock.instant, instant)

    def _cases_of(self, person: Person) -> list[Case]:
        """Give the cases whose stories are told: at home, known for weeks, awake at the start, with a number; consumers first."""
        query = (
            select(CASE.c.doc).where(CASE.c.owner_id == person.id, CASE.c.closed.is_(None)).order_by(CASE.c.customer_id)
        )
        with self.database.reading() as transaction:
            cases = [typed.decode(doc, Case) for doc in transaction.connection.execute(query).scalars()]
        home = GROUPS[self.language][0].region
        known_for_weeks = self.start.date() - _HISTORY
        return sorted(
            (
                case
                for case in cases
                if case.as_of == known_for_weeks and case.customer.region == home and self._is_awake(case)
            ),
            key=lambda case: (case.customer.segment != "consumer", case.id),
        )

    def _is_awake(self, case: Case) -> bool:
        found = reading.zones(case)
        return bool(found) and all(_EARLY <= self.start.astimezone(ZoneInfo(zone)).hour < _LATE for zone in found)

    def _push(self, person: Person, chain: _Chain, steps: Sequence[_Step]) -> None:
        caller = self._caller(person)
        events = [chain.event(each.case, each.what) for each in steps if isinstance(each.what, Happening)]
        for start in range(0, len(events), _BATCH):
            batch = open_envelopes(events[start : start + _BATCH])
            self.database.write(functools.partial(self._take, caller=caller, batch=batch))

    def _take(self, transaction: Transaction, *, caller: Caller, batch: Sequence[Received]) -> None:
        Intake(transaction, caller, self.epoch).take(batch)

    def _put_machines_away(self, transaction: Transaction) -> None:
        for person in self.people.values():
            end_lease(transaction, f"seed-{person.login}")

    def _pay(self, money: Sequence[Money]) -> None:
        caller = self.caller("integration")

        def pay(transaction: Transaction) -> None:
            for each in money:
                take_payment(transaction, caller, each.id, each.request)

        self.database.write(pay)


class _Chain:
    """The events of one machine, each naming the one before it."""

    def __init__(self) -> None:
        self.seq = 0
        self.prev: str | None = None

    def event(self, case_id: str, happening: Happening) -> dict[str, Any]:
        self.seq += 1
        event: dict[str, Any] = {
            "id": happening.id,
            "seq": self.seq,
            "type": TYPE_OF[type(happening.payload)],
            "v": 1,
            "case_id": case_id,
            "at": format_instant(happening.at),
            "data": to_plain(happening.payload),
        }
        if self.prev is not None:
            event["prev"] = self.prev
        self.prev = digest(canonical_bytes(event))
        return event
