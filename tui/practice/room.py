"""The room a call is rehearsed in: a store in a temporary folder with one invented customer, and no network at all."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from data.kept import Author
from data.ports import INDEXES
from data.position import Contact
from data.replica import Replica
from data.store import Key, Store
from domain.agent import AgentInfo
from domain.canonical import to_plain
from domain.case import reading
from domain.case.fold import fold
from domain.case.model import Case
from domain.clock import Clock
from domain.facts import Fact
from domain.facts import payloads as p
from domain.i18n import Language, tr
from domain.ids import IdSource
from domain.practice import Persona, Record, Rehearsal, Score, score
from domain.wire import ChangesPage, DeviceState, Entry
from screens.ports import LineStatus
from tui.desk import AgentDesk, DeskParts

CASE: Final = "practice"
_DAY: Final = timedelta(hours=24)
_WHERE: Final[dict[Language, tuple[str, str, str, str]]] = {
    # region, currency, zone, a number nobody has
    "en": ("US", "USD", "America/New_York", "+12125550123"),
    "zh": ("CN", "CNY", "Asia/Shanghai", "+8613800138000"),
}


class WorkingClock:
    """Runs like the machine's clock, from an hour on at which customers may be called."""

    def __init__(self, clock: Clock, start: datetime) -> None:
        self._clock = clock
        self._ahead = start - clock.now()

    def now(self) -> datetime:
        """Tell the instant."""
        return self._clock.now() + self._ahead


class PracticeRoom:
    """One rehearsal. Everything in it is invented and goes with :meth:`close`."""

    def __init__(
        self,
        persona: Persona,
        language: Language,
        clock: Clock,
        agent_name: str,
        house: Mapping[str, Any] | None = None,
    ) -> None:
        self.persona = persona
        self.rehearsal = Rehearsal(persona, language)
        self._folder = tempfile.TemporaryDirectory(prefix="duecall-practice-", ignore_cleanup_errors=True)
        self._store = Store.open(Path(self._folder.name) / "store", Key(secrets.token_bytes(32)), indexes=INDEXES)
        agent = AgentInfo("practice-agent", "practice", agent_name, "agent", tr("Practice"))
        self._replica = Replica(self._store, lambda: Author(agent.id, agent.name, "practice-device"), clock)
        self._fill(persona, language, house or {})
        self.desk = AgentDesk(
            DeskParts(
                store=self._store,
                book=self._replica.cases,
                outbox=self._replica.outbox,
                drafts=self._replica.drafts,
                clock=self._replica.clock,
                ids=IdSource(self._replica.clock),
                agent=agent,
                status=lambda: LineStatus("practice", None, None, 0, 0, None),
                nudge=lambda: None,
                lease_until=lambda: self._replica.clock.now() + _DAY,
                on_status=lambda _listener: lambda: None,
            )
        )

    def _fill(self, persona: Persona, language: Language, house: Mapping[str, Any]) -> None:
        """Put the customer in, and the house's policy and scripts where it has some: those are no customer's data."""
        now = self._replica.clock.now()
        entries = [
            Entry(number, "put", key, 1, body)
            for number, (key, body) in enumerate(
                [*house.items(), (f"case:{CASE}", to_plain(case_of(persona, language, now)))], 1
            )
        ]
        head = len(entries)
        page = ChangesPage(
            "practice", f"c{head}", head, False, False, [], entries, int(_DAY.total_seconds()), DeviceState(0)
        )
        contact = Contact(last_contact=now, last_sync=now, lease_until=now + _DAY, epoch="practice")
        self._replica.apply_page(page, None, contact)

    def heard(self, card: str | None = None) -> str | None:
        """Give what the customer says now: to a card that was opened, or to the stage the call has come to."""
        if card is not None:
            return self.rehearsal.opened(card)
        case = self.desk.case(CASE)
        talk = self.desk.talk(case) if case is not None else None
        call = self.desk.call
        if talk is None or call is None or call.position is None:
            return None
        return self.rehearsal.arrived(talk.script.stage(call.position.stage))

    def score(self) -> Score:
        """Look at the call that has ended."""
        case = self.desk.case(CASE)
        assert case is not None
        talk = self.desk.talk(case)
        kept = self._replica.outbox.pending(CASE)
        taken_back = {fact.payload.base for fact in kept if isinstance(fact.payload, p.FactRetracted)}
        facts = tuple(fact.payload for fact in kept if fact.payload is not None and fact.id not in taken_back)
        today = reading.customer_day(case, self.desk.now())
        required = tuple(each.name for each in talk.due_before_the_debt()) if talk is not None else ()
        owed = reading.balance(case, today).owed
        return score(self.persona, Record(facts, self.rehearsal.cards, required, owed, today))

    def close(self) -> None:
        """Throw everything away."""
        self._store.close()
        self._folder.cleanup()


def case_of(persona: Persona, language: Language, now: datetime) -> Case:
    """Give the case of an invented customer, as the ledger would have made it."""
    region, currency, zone, number = _WHERE[language]
    due = now.astimezone(UTC).date() - timedelta(days=persona.days)
    debt = p.Debt("practice-1", persona.amount[language], currency, doc="PR-0042", due=due)
    stated = p.AccountStated(
        now.date(),
        "practice",
        persona.name[language],
        segment=persona.segment,
        region=region,
        language=language,
        debts=(debt,),
        phones=(p.Phone(number, type="mobile", region=region, zones=(zone,)),),
    )
    return fold(CASE, [Fact("practice-fact", "account.stated", CASE, now - timedelta(days=30), "server", stated)])
