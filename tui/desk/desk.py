"""The desk of one agent: the queue, the cases, the call in hand. Screens and headless commands both work through it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from data.cases import CaseBook
from data.drafts import Drafts
from data.outbox import Outbox
from data.ports import DocumentStore
from domain.agent import AgentInfo
from domain.case import reading
from domain.case.gating import may_call_case
from domain.case.model import Case, Silence
from domain.case.parts import Phone
from domain.clock import Clock
from domain.codes import Code
from domain.freshness import CashState
from domain.gate import Answer
from domain.gate.holidays import PublicHolidays
from domain.ids import IdSource
from domain.policy import Policy
from domain.queue import Queue, build_queue
from domain.queue.ranking import RowCache
from domain.records import dataclass
from screens.ports import (
    LineStatus,
    Progress,
    Refused,
    RunningCall,
    Saved,
    Step,
    Undone,
)
from tui.desk.callstate import CallState
from tui.desk.documents import policy_of
from tui.desk.finding import CaseFinder
from tui.desk.marks import Marks
from tui.desk.noticeboard import NoticeBoard
from tui.desk.promise_desk import PromiseDesk

if TYPE_CHECKING:
    from domain.scripts import Position, Talk
    from domain.scripts.model import Kind
    from screens.ports_file import FileDesk
    from tui.desk.capturing import Capturing
    from tui.desk.customerfile import HistorySource
    from tui.desk.talking import Talking


@dataclass(frozen=True, slots=True)
class DeskParts:
    """What a desk is built from. ``status`` tells the truth about the line, ``nudge`` asks for a round of sync.

    ``others`` are the agent's other machines that have not been heard from. ``ahead`` is by how much the clock may be ahead
    of the truth, whatever was done to it.
    """

    store: DocumentStore
    book: CaseBook
    outbox: Outbox
    drafts: Drafts
    clock: Clock
    ids: IdSource
    agent: AgentInfo = field(repr=False)
    status: Callable[[], LineStatus]
    nudge: Callable[[], None]
    lease_until: Callable[[], datetime | None]
    on_status: Callable[[Callable[[], None]], Callable[[], None]]
    history: HistorySource | None = None
    cash: Callable[[], CashState] = CashState
    others: Callable[[], tuple[Silence, ...]] = tuple
    ahead: Callable[[], timedelta] = timedelta


class AgentDesk(PromiseDesk):
    """See :class:`screens.ports.Desk` for what each method promises. Used from one thread."""

    def __init__(self, parts: DeskParts) -> None:
        self._parts = parts
        self._calls = CallState(parts.store)
        self._policy = policy_of(parts.book)
        self._rows: RowCache = {}
        self._rows_known: tuple[datetime | None, tuple[Silence, ...]] = (None, ())
        self._hours: dict[object, Answer] = {}
        self._hours_minute = -1
        self._marks = Marks(parts.store)
        self.notices = NoticeBoard(parts.book, parts.store)
        self._typed: dict[str, dict[str, str]] = {}
        self._holidays = PublicHolidays()
        self._finder = CaseFinder()
        self._writer: Capturing | None = None
        self._talker: Talking | None = None
        parts.book.subscribe(self._documents_changed)

    @property
    def _capturing(self) -> Capturing:
        """What writes facts; imported with the first capture, since the queue is painted before."""
        if self._writer is None:
            from tui.desk.capturing import Capturing

            self._writer = Capturing(self, self._parts, self._calls)
        return self._writer

    @property
    def _talking(self) -> Talking:
        """What reads the scripts; imported with the first call screen."""
        if self._talker is None:
            from tui.desk.talking import Talking

            self._talker = Talking(self, self._parts, self._calls)
        return self._talker

    # --- who and how ---

    @property
    def agent_name(self) -> str:
        """The agent's name."""
        return self._parts.agent.name

    @property
    def team(self) -> str:
        """The agent's team."""
        return self._parts.agent.team

    @property
    def policy(self) -> Policy:
        """The rules of the house."""
        return self._policy

    @property
    def cash(self) -> CashState:
        """How fresh the payments are, as the server last said."""
        return self._parts.cash()

    @property
    def call(self) -> RunningCall | None:
        """The call in hand."""
        return self._calls.call

    def now(self) -> datetime:
        """Tell the instant, corrected by the server's clock."""
        return self._parts.clock.now()

    def status(self) -> LineStatus:
        """Tell how the line to the server is."""
        return self._parts.status()

    def sync_now(self) -> None:
        """Ask for a round of sync."""
        self._parts.nudge()

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call ``listener`` when cases or the status change; gives the way out."""
        leave_book = self._parts.book.subscribe(lambda _keys: listener())
        leave_status = self._parts.on_status(listener)

        def leave() -> None:
            leave_book()
            leave_status()

        return leave

    def progress(self) -> Progress:
        """Count the agent's calls and promises of today."""
        today = self.now().astimezone().date()
        calls = promises = 0
        promised: dict[str, int] = {}
        for case in self._parts.book.cases():
            calls += sum(
                attempt.author == self._parts.agent.id and attempt.at.astimezone().date() == today
                for attempt in case.attempts
            )
            for promise in case.promises:
                mine = promise.author == self._parts.agent.id and promise.at.astimezone().date() == today
                if mine and promise.ended is None:
                    promises += 1
                    promised[promise.currency] = promised.get(promise.currency, 0) + promise.total
        goal = (self._marks.goal if self._policy.own_goal else None) or self._policy.daily_goal
        return Progress(calls, goal, promises, tuple(sorted(promised.items())))

    def set_goal(self, text: str) -> Saved | Refused:
        """Take a goal of the agent's own; without a figure the house's holds again."""
        return self._marks.read_goal(text, self._policy)

    # --- cases ---

    def queue(self) -> Queue:
        """Give today's calls."""
        known = (self._parts.lease_until(), self._parts.others())
        if known != self._rows_known:
            self._rows, self._rows_known, self._hours_minute = {}, known, -1
        today = self.now().astimezone().date()
        queue = build_queue(
            self._parts.book.cases(),
            self.now(),
            self._policy,
            self._gate_for_queue,
            pinned=self._marks.pinned,
            skipped=self._marks.skipped_on(today),
            cache=self._rows,
        )
        return self._marks.arrange(queue, self.now())

    def _gate_for_queue(self, case: Case, at: datetime) -> Answer:
        """Ask the gate, once a minute for all cases nothing is counted for: only the hour can refuse those."""
        if case.attempts or case.stops or case.freezes or case.callbacks or case.hold or case.silent:
            return self.gate(case)
        phone = self.phone(case)
        minute = int(at.timestamp()) // 60
        if self._hours_minute != minute:
            self._hours, self._hours_minute = {}, minute
        kind = (phone.type, phone.region) if phone else None
        label = phone.label if phone else None
        key = (reading.zones(case, phone), case.customer.segment, case.customer.region, kind, label)
        answer = self._hours.get(key)
        if answer is None:
            answer = self._hours[key] = self.gate(case, phone)
        return answer

    def case(self, case_id: str) -> Case | None:
        """Give a case with everything unsent on top."""
        return self._parts.book.case(case_id)

    def is_unsent(self, fact: str) -> bool:
        """Tell whether a fact still waits to be handed over."""
        return fact in self._unsent_ids()

    def _unsent_ids(self) -> frozenset[str]:
        return frozenset(kept.id for kept in self._parts.outbox.unsent())

    def phone(self, case: Case) -> Phone | None:
        """Choose the number to ring: the one of the call-back that is due, else the first good one."""
        good = reading.good_phones(case)
        wanted = next((each.number for each in case.callbacks if each.number), None)
        return next((phone for phone in good if phone.e164 == wanted), good[0] if good else None)

    def gate(self, case: Case, phone: Phone | None = None) -> Answer:
        """Ask the dial gate."""
        return may_call_case(
            case,
            self.now(),
            self._policy,
            phone=phone or self.phone(case),
            lease_until=self._parts.lease_until(),
            others=self._parts.others(),
            ahead=self._parts.ahead(),
        )

    def gate_at(self, case: Case, at: datetime, pack: str | None = None) -> Answer:
        """Ask the dial gate about another instant, or by another pack; a later one as if the server were heard then."""
        phone = self.phone(case)
        if at > self.now():
            return may_call_case(case, at, self._policy, phone=phone, pack=pack)
        lease, ahead = self._parts.lease_until(), self._parts.ahead()
        return may_call_case(case, at, self._policy, phone=phone, lease_until=lease, pack=pack, ahead=ahead)

    def talk(self, case: Case) -> Talk | None:
        """Give the script for a case, with the values to speak."""
        return self._talking.talk(case)

    def house(self) -> dict[str, Any]:
        """Give the documents of the house that belong to no customer, as they came from the server."""
        found = {"policy": self._parts.book.policy(), "scripts": self._parts.book.scripts()}
        return {key: document.body for key, document in found.items() if document is not None}

    def position(self, case: Case, talk: Talk) -> Position:
        """Tell how far the call is."""
        return self._talking.position(case, talk)

    def next_case(self, after: str | None) -> str | None:
        """Name the best case to open next: the call in hand first, then the top of the queue."""
        if self.call is not None and self.call.case_id != after:
            return self.call.case_id
        return next((row.case_id for row in self.queue().today if row.case_id != after and row.callable), None)

    def search(self, words: str) -> Sequence[str]:
        """Find case ids by name, id, document or part of a number."""
        return self._finder.find(words, self._parts.book.cases())

    @property
    def file(self) -> FileDesk:
        """The customer file of a case; imported with the first look into one."""
        from tui.desk.customerfile import CustomerFile

        return CustomerFile(self._parts, self.case, lambda: self.call)

    # --- pins, skips, drafts ---

    def toggle_pin(self, case_id: str) -> bool:
        """Pin a case to the top, or let it go."""
        return self._marks.toggle_pin(case_id)

    def skip(self, case_id: str, reason: str) -> Saved | Refused:
        """Put a case to the end of today's queue, with a reason."""
        return self._capturing.skip(case_id, reason)

    def mark_skipped(self, case_id: str) -> None:
        """Remember a skip for the rest of the day."""
        self._marks.skip(case_id, self.now().astimezone().date())

    def put_away(self, case_id: str, until: str) -> Saved | Refused:
        """Put a case away until a time, as people say it."""
        return self._capturing.put_away(case_id, until)

    def mark_away(self, case_id: str, until: datetime) -> None:
        """Remember that a case is put away."""
        self._marks.put_away(case_id, until)

    def draft(self, case_id: str) -> dict[str, str]:
        """Give what was typed and not saved yet."""
        if case_id not in self._typed:
            kept = self._parts.drafts.of(case_id)
            self._typed[case_id] = dict(kept.fields) if kept else {}
        return dict(self._typed[case_id])

    def keep_draft(self, case_id: str, fields: Mapping[str, str]) -> None:
        """Keep what is being typed, durably."""
        before = self.draft(case_id)
        after = {**before, **fields}
        if after != before:
            self._typed[case_id] = after
            self._parts.drafts.save(case_id, after, self.call.id if self.call else None)

    def drop_draft(self, case_id: str) -> None:
        """Forget what was typed: it has been saved."""
        self._typed.pop(case_id, None)
        self._parts.drafts.discard(case_id)

    # --- capturing ---

    def dial(self, case_id: str, phone: Phone | None = None, override: str = "") -> RunningCall | Refused:
        """Write the attempt, then start the call."""
        return self._capturing.dial(case_id, phone, override)

    def answer(self, case_id: str, key: str, card: str | None = None, who: str = "self") -> Step | Refused:
        """Take the customer's answer to the current stage, or to an objection card."""
        return self._talking.answer(case_id, key, card, who)

    def asks_who(self, case_id: str, key: str, card: str | None = None) -> bool:
        """Tell whether an answer confirms an identity that may be somebody else's."""
        return self._talking.asks_who(case_id, key, card)

    def arrived(self, case_id: str, kind: Kind) -> None:
        """Note that the call has come to a stage by itself."""
        self._talking.arrived(case_id, kind)

    def stage_back(self, case_id: str) -> bool:
        """Go back one stage of the script."""
        return self._talking.back(case_id)

    def confirm_identity(self, who: str = "self") -> Saved | Refused:
        """Record that the customer's identity was confirmed, or that of somebody they authorised."""
        return self._talking.confirm_identity(who)

    def confirm_disclosure(self) -> Saved | Refused:
        """Record that the required texts were read out."""
        return self._talking.confirm_disclosure()

    def ask_waiver(self, case_id: str, text: str) -> Saved | Refused:
        """Ask the supervisor to waive a fee; the call goes on."""
        return self._talking.ask_waiver(case_id, text)

    def read_callback(self, case_id: str, text: str) -> str | None:
        """Say when a call-back would be."""
        return self._capturing.read_callback(case_id, text)

    def save_callback(self, case_id: str, text: str) -> Saved | Refused:
        """Save a call-back and wrap the call up."""
        return self._capturing.save_callback(case_id, text)

    def save_outcome(self, case_id: str, code: Code, note: str = "") -> Saved | Refused:
        """Wrap the call up with a result code."""
        return self._capturing.save_outcome(case_id, code, note)

    def save_note(self, case_id: str, text: str) -> Saved | Refused:
        """Add a note; the call goes on."""
        return self._capturing.save_note(case_id, text)

    def save_reason(self, case_id: str, code: str) -> Saved | Refused:
        """Record why it is overdue; the call goes on."""
        return self._capturing.save_reason(case_id, code)

    def undo(self) -> Undone | Refused:
        """Take the last capture back; gives the case it belonged to."""
        return self._capturing.undo()

    def _documents_changed(self, keys: frozenset[str]) -> None:
        if "policy" in keys:
            self._policy = policy_of(self._parts.book)
            self._rows, self._hours_minute = {}, -1
        if self._talker is not None and keys & {"policy", "scripts"}:
            self._talker.forget_scripts()
