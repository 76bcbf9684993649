"""What the screens ask of the application, and the values that pass between them.

Screens know neither the store nor the network nor the app: they are given a :class:`Desk` and speak upward by messages.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal, Protocol

from domain.case.model import Case
from domain.case.parts import Phone, PromisePart
from domain.freshness import CashState
from domain.policy import Policy
from domain.queue import Queue, Verdict
from domain.records import dataclass

if TYPE_CHECKING:
    from domain.affordability import AffordablePlan
    from domain.case.ability import AbilitySheet
    from domain.codes import Code
    from domain.promises import CaptureIssue, Standing
    from domain.scripts import Position, Talk
    from domain.scripts.model import Kind
    from screens.ports_file import FileDesk
    from screens.ports_notices import NoticeDesk

LineState = Literal["synced", "syncing", "offline", "login", "trouble", "shut-out", "update", "practice"]


@dataclass(frozen=True, slots=True)
class LineStatus:
    """The status line, true at every moment. Instants are UTC; ``refused`` counts facts the server could not read.

    ``polling`` says that hints do not come: what changes at the server is asked for every 20 seconds instead.
    """

    state: LineState
    last_sync: datetime | None
    offline_since: datetime | None
    unsent: int
    refused: int
    lease_until: datetime | None
    polling: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    """The agent's day so far. ``promised`` is money by currency, in minor units."""

    calls: int
    goal: int
    promises: int
    promised: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class RunningCall:
    """The call that has been started and not been wrapped up yet."""

    id: str
    case_id: str
    started: datetime
    number: str | None = field(default=None, repr=False)
    position: Position | None = None

    @property
    def verified(self) -> bool:
        """Whether the customer's identity is confirmed."""
        return self.position is not None and self.position.identified


@dataclass(frozen=True, slots=True)
class Refused:
    """Something was not done. ``text`` says what happened, what is safe and what to do.

    ``overridable`` refusals of the gate only warn: a reason sets them aside.
    """

    text: str
    code: str = "refused"
    overridable: bool = False


@dataclass(frozen=True, slots=True)
class Saved:
    """Something is on disk. ``finished`` means the call is wrapped up and the next case may open."""

    text: str
    finished: bool = False


@dataclass(frozen=True, slots=True)
class Undone:
    """The last capture of a case was taken back; not ``complete`` where a part of it is not the agent's to take back."""

    case_id: str
    text: str
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Step:
    """What an answer of the script did.

    ``action`` is to be started now. With ``trouble`` the call went no further, and ``text`` says why.
    """

    action: str | None
    text: str = ""
    trouble: bool = False
    moved: bool = False


@dataclass(frozen=True, slots=True)
class PromiseView:
    """A promise as it would be saved right now.

    ``echo`` is the absolute date (or the plan) in words, ``why`` how the phrase was understood, ``recap`` what to read
    out. ``ready`` is false while an error stands or no day was named; ``asks_pay_day`` where the pay day has to be asked
    for first. ``shift_offered`` says that payments of a plan fall on days off and may be moved. ``amends`` is the promise
    it changes, ``kind`` its type where that is not the standard one.
    """

    parts: tuple[PromisePart, ...]
    currency: str
    echo: str
    why: str
    issues: tuple[CaptureIssue, ...]
    recap: str
    ready: bool
    proposal: date | None = None
    words: str = field(default="", repr=False)
    asks_pay_day: bool = False
    shift_offered: bool = False
    amends: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class PromiseEntry:
    """What the agent typed into the promise line, as text, and chose beside it.

    ``first`` is the first payment where it differs from the others; ``month_day`` the day monthly payments keep from the
    second on; ``shift`` where payments on days off go. ``amends`` names the promise to change; empty makes a new one,
    which replaces those that stand for the same debts. ``kind`` names a promise type of the house.
    """

    when: str
    amount: str = ""
    count: str = ""
    every: Literal["week", "two_weeks", "month"] = "month"
    method: str = "transfer"
    first: str = ""
    spread: Literal["equal", "last"] = "equal"
    month_day: str = ""
    shift: Literal["", "before", "after"] = ""
    amends: str = ""
    kind: str = ""

    @classmethod
    def drafted(cls, draft: Mapping[str, str]) -> PromiseEntry:
        """Give what stands in the draft of a case: typed and chosen, and not saved yet."""
        kept = {name.removeprefix("promise."): text for name, text in draft.items() if name.startswith("promise.")}
        every, shift = kept.get("every"), kept.get("shift")
        return cls(
            when=kept.get("text", ""),
            amount=kept.get("amount", ""),
            count=kept.get("count", ""),
            every="week" if every == "week" else "two_weeks" if every == "two_weeks" else "month",
            method=kept.get("method") or "transfer",
            first=kept.get("first", ""),
            spread="last" if kept.get("spread") == "last" else "equal",
            month_day=kept.get("month_day", ""),
            shift="after" if shift == "after" else "before" if shift == "before" else "",
            amends=kept.get("amends", ""),
        )


PromiseStep = Literal["day", "day_back", "week", "week_back", "month_end", "pay_day"]
"""How a key moves the date of a promise."""


class Desk(Protocol):
    """One agent's work: what is to be called, and everything that can be captured.

    Every ``save_…`` is durable on this machine before it returns.
    """

    @property
    def agent_name(self) -> str:
        """The agent's name."""
        ...

    @property
    def team(self) -> str:
        """The agent's team."""
        ...

    @property
    def call(self) -> RunningCall | None:
        """The call in hand."""
        ...

    @property
    def policy(self) -> Policy:
        """The rules of the house."""
        ...

    @property
    def cash(self) -> CashState:
        """How fresh the payments are that promises are judged by, as the server last said."""
        ...

    def now(self) -> datetime:
        """Tell the instant, corrected by the server's clock."""
        ...

    def status(self) -> LineStatus:
        """Tell how the line to the server is."""
        ...

    def progress(self) -> Progress:
        """Tell the agent's day so far."""
        ...

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Have ``listener`` called (on the application's thread) when cases or the status changed; gives the way out."""
        ...

    def queue(self) -> Queue:
        """Give today's calls."""
        ...

    def case(self, case_id: str) -> Case | None:
        """Give a case with everything unsent on top; ``None`` when it is not (any longer) the agent's."""
        ...

    def is_unsent(self, fact: str) -> bool:
        """Tell whether a fact still waits to be handed over."""
        ...

    def phone(self, case: Case) -> Phone | None:
        """Choose the number to ring."""
        ...

    def gate(self, case: Case, phone: Phone | None = None) -> Verdict:
        """Ask the dial gate."""
        ...

    def talk(self, case: Case) -> Talk | None:
        """Give the script for a case with the values to speak."""
        ...

    def position(self, case: Case, talk: Talk) -> Position:
        """Tell how far the call is; at the beginning when none is running."""
        ...

    def next_case(self, after: str | None) -> str | None:
        """Name the best case to open next."""
        ...

    def dial(self, case_id: str, phone: Phone | None = None, override: str = "") -> RunningCall | Refused:
        """Write the attempt, then start the call; refused when the gate says no.

        ``override`` is the reason for which a rule that only warns is set aside; it is audited.
        """
        ...

    def answer(self, case_id: str, key: str, card: str | None = None, who: str = "self") -> Step | Refused:
        """Take the answer to the current stage, or to an objection card; ``who`` is the ``person_id`` of the speaker."""
        ...

    def asks_who(self, case_id: str, key: str, card: str | None = None) -> bool:
        """Tell whether an answer confirms an identity that may be somebody else's than the customer's."""
        ...

    def arrived(self, case_id: str, kind: Kind) -> None:
        """Note that the call has come to a stage by itself: a promise is being typed, its echo is read back."""
        ...

    def stage_back(self, case_id: str) -> bool:
        """Go back one stage of the script; tells whether there was one."""
        ...

    def confirm_identity(self, who: str = "self") -> Saved | Refused:
        """Record that the customer's identity was confirmed, or that of somebody they authorised (``person_id``)."""
        ...

    def confirm_disclosure(self) -> Saved | Refused:
        """Record that the required texts were read out."""
        ...

    def ask_waiver(self, case_id: str, text: str) -> Saved | Refused:
        """Ask the supervisor to waive a fee; the call goes on."""
        ...

    def draft(self, case_id: str) -> dict[str, str]:
        """Give what was typed and not saved yet."""
        ...

    def keep_draft(self, case_id: str, fields: Mapping[str, str]) -> None:
        """Keep what is being typed, durably."""
        ...

    def read_promise(self, case_id: str, entry: PromiseEntry) -> PromiseView:
        """Say what a promise would be."""
        ...

    def save_promise(self, case_id: str, entry: PromiseEntry) -> Saved | Refused:
        """Save a promise, or the change of one, and wrap the call up."""
        ...

    def move_promise(self, case_id: str, entry: PromiseEntry, step: PromiseStep) -> date | Refused:
        """Give the day a key moves the date of a promise to; refused with the reason where it cannot."""
        ...

    def standing_promise(self, case_id: str) -> Standing | None:
        """Give the promise money is still expected from, the newest where there are several."""
        ...

    def withdraw_promise(self, case_id: str, promise_id: str, reason: str) -> Saved | Refused:
        """End a promise with a reason; the call goes on."""
        ...

    def save_pay_day(self, case_id: str, text: str) -> Saved | Refused:
        """Remember the day of the month on which the customer is paid; the call goes on."""
        ...

    def propose_plans(self, case_id: str, sheet: AbilitySheet) -> Sequence[AffordablePlan]:
        """Give the plans a sheet allows for what is owed, the quickest first."""
        ...

    def why_no_plan(self, case_id: str, sheet: AbilitySheet) -> str:
        """Say why a sheet allows no plan, and what to do instead."""
        ...

    def save_sheet(self, case_id: str, sheet: AbilitySheet) -> Saved | Refused:
        """Keep an ability-to-pay sheet; the call goes on."""
        ...

    def read_callback(self, case_id: str, text: str) -> str | None:
        """Say when a call-back would be; ``None`` when the text names no future moment."""
        ...

    def save_callback(self, case_id: str, text: str) -> Saved | Refused:
        """Save a call-back and wrap the call up."""
        ...

    def save_outcome(self, case_id: str, code: Code, note: str = "") -> Saved | Refused:
        """Wrap the call up with a result code."""
        ...

    def save_note(self, case_id: str, text: str) -> Saved | Refused:
        """Add a note; the call goes on."""
        ...

    def save_reason(self, case_id: str, code: str) -> Saved | Refused:
        """Record why it is overdue; the call goes on."""
        ...

    def undo(self) -> Undone | Refused:
        """Take the last capture back; gives the case it belonged to. What stops contact stays."""
        ...

    def toggle_pin(self, case_id: str) -> bool:
        """Pin a case to the top, or let it go; tells whether it is pinned now."""
        ...

    def skip(self, case_id: str, reason: str) -> Saved | Refused:
        """Put a case to the end of today's queue, with a reason."""
        ...

    @property
    def file(self) -> FileDesk:
        """What may be done with a customer file."""
        ...

    @property
    def notices(self) -> NoticeDesk:
        """What the agent was told."""
        ...

    def put_away(self, case_id: str, until: str) -> Saved | Refused:
        """Put a case away until a time, as people say it; until then it is listed below."""
        ...

    def set_goal(self, text: str) -> Saved | Refused:
        """Take a goal of calls a day of the agent's own, where the house lets them; nothing gives the house's back."""
        ...

    def sync_now(self) -> None:
        """Ask for a round of sync."""
        ...

    def search(self, words: str) -> Sequence[str]:
        """Find case ids by name, id, document or part of a number."""
        ...
