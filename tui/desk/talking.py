"""The script of the call in hand: which one, with which values, how far it is, and what was read out of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, Protocol

from data.kept import NewFact
from domain.case import reading
from domain.case.model import Case
from domain.case.parts import Phone
from domain.facts import payloads as p
from domain.gate import PackError, load_pack
from domain.i18n import Language, tr, trn
from domain.money import format_money
from domain.scripts import Authority, Position, Required, ScriptValues, Talk, moving
from domain.scripts.model import Kind
from screens.ports import PromiseEntry, PromiseView, Refused, RunningCall, Saved, Step
from tui.desk.durable import refusing, together
from tui.desk.phrases import debts_words, overdue_words
from tui.desk.scriptshelf import ScriptShelf, shelf_of
from tui.desk.spoken import spoken_day, spoken_promise

if TYPE_CHECKING:
    from domain.policy import Policy
    from tui.desk.callstate import CallState
    from tui.desk.desk import DeskParts

_OUR_NUMBER: Final[dict[Language, str]] = {"en": "our office number", "zh": "我们的服务电话"}
"""What is said while the policy names no number to ring back."""
_CHINESE: Final = ("CN", "TW", "HK", "MO")


class _Desk(Protocol):
    """What talking asks of the desk."""

    @property
    def agent_name(self) -> str: ...
    @property
    def policy(self) -> Policy: ...
    def now(self) -> datetime: ...
    def case(self, case_id: str) -> Case | None: ...
    def phone(self, case: Case) -> Phone | None: ...
    def draft(self, case_id: str) -> dict[str, str]: ...
    def read_promise(self, case_id: str, entry: PromiseEntry) -> PromiseView: ...


def spoken_language(case: Case) -> Language:
    """Choose the language a customer is spoken to in."""
    said = case.customer.language or ("zh" if case.customer.region in _CHINESE else "en")
    return "zh" if said.startswith("zh") else "en"


class Talking:
    """Moves the call in hand through its script. Whatever it says was done is on disk."""

    def __init__(self, desk: _Desk, parts: DeskParts, calls: CallState) -> None:
        self._desk = desk
        self._parts = parts
        self._calls = calls
        self._shelf: ScriptShelf | None = None

    def forget_scripts(self) -> None:
        """Read the scripts anew: the server has published others."""
        self._shelf = None

    def talk(self, case: Case) -> Talk | None:
        """Give the script for a case, with the values to speak and the texts the rule pack wants read out."""
        policy = self._desk.policy
        shelf = self._scripts()
        phone = self._desk.phone(case)
        region = case.customer.region or (phone.region if phone else None)
        rule = policy.rule_for(case.customer.segment, region)
        script = shelf.choose(case.customer.segment, rule.party or policy.party)
        if script is None:
            return None
        language = spoken_language(case)
        try:
            duties = load_pack(rule.pack, self._desk.policy.rule_packs).duties
        except PackError:
            duties = ()
        authority = self._authority(case)
        return Talk(
            script,
            language,
            self._values(case, language, authority),
            rule.pack,
            duties,
            authority,
            shelf.notice(),
        )

    def position(self, case: Case, talk: Talk) -> Position:
        """Tell how far the call is; at the beginning when none is running."""
        call = self._calls.call
        if call is None or call.case_id != case.id or call.position is None:
            return talk.start()
        return call.position

    # --- on the way ---

    @refusing
    def answer(self, case_id: str, key: str, card_id: str | None, who: str = "self") -> Step | Refused:
        """Take the answer of the customer, or of ``who`` speaks for them."""
        found = self._in_hand(case_id)
        if isinstance(found, Refused):
            return found
        call, talk, position = found
        turn = moving.answer(talk, position, key, card_id)
        if turn is None:
            return Refused(tr("No answer {key} here.").format(key=key), "no_answer_key")
        return self._take(call, position, turn, who)

    def asks_who(self, case_id: str, key: str, card_id: str | None) -> bool:
        """Tell whether an answer confirms an identity that may be somebody else's than the customer's."""
        found = self._in_hand(case_id)
        if isinstance(found, Refused):
            return False
        _, talk, position = found
        turn = moving.answer(talk, position, key, card_id)
        return turn is not None and turn.answer.action == "identity" and not position.identified

    @refusing
    def confirm_identity(self, who: str = "self") -> Saved | Refused:
        """Record the confirmed identity of the call in hand, and go on to what has to be read out."""
        found = self._in_hand(None)
        if isinstance(found, Refused):
            return found
        call, talk, position = found
        step = self._take(call, position, moving.identified(talk, position), who)
        return Saved(step.text)

    @refusing
    def confirm_disclosure(self) -> Saved | Refused:
        """Record that the required texts have been read out, each with the hash of exactly its text."""
        found = self._in_hand(None)
        if isinstance(found, Refused):
            return found
        call, talk, position = found
        after, read = moving.acknowledged(talk, position)
        if not read:
            if not position.identified:
                return Refused(
                    tr("Nothing has to be read out yet: the identity comes first (⟦i call.identity⟧)."),
                    "identity_first",
                )
            with together(self._parts, self._calls):
                self._calls.move(after)
            return Saved(tr("everything required has been read out already"))
        self._write(call, after, [self._read(call, each) for each in read])
        return Saved(self._read_words(read))

    def arrived(self, case_id: str, kind: Kind) -> None:
        """Note that the call has come to a stage by itself."""
        found = self._in_hand(case_id)
        if isinstance(found, Refused):
            return
        _, talk, position = found
        after = moving.arrived(talk, position, kind)
        if after != position:
            self._calls.move(after)

    def back(self, case_id: str) -> bool:
        """Go back one stage; tells whether there was one."""
        found = self._in_hand(case_id)
        if isinstance(found, Refused):
            return False
        _, _, position = found
        after = moving.back(position)
        if after != position:
            self._calls.move(after)
        return after != position

    @refusing
    def ask_waiver(self, case_id: str, text: str) -> Saved | Refused:
        """Ask the supervisor to waive a fee; the call goes on."""
        if not text.strip():
            return Refused(tr("Write how much should be waived and why; nothing was saved."), "empty")
        note = p.ApprovalAsked(what="fee_waiver", note=text.strip())
        with together(self._parts, self._calls):
            self._parts.outbox.capture([NewFact(case_id, note)])
        return Saved(tr("fee waiver asked for; the supervisor decides"))

    # --- how it is done ---

    def _scripts(self) -> ScriptShelf:
        if self._shelf is None:
            document = self._parts.book.scripts()
            texts = document.body.get("texts") if document is not None else None
            self._shelf = shelf_of(texts, self._desk.policy.catalogue.ids)
        return self._shelf

    def _in_hand(self, case_id: str | None) -> tuple[RunningCall, Talk, Position] | Refused:
        call = self._calls.call
        if call is None or case_id not in (None, call.case_id):
            return Refused(tr("Nothing was dialled yet: ⟦d call.dial⟧ dials, then wrap up."), "no_call")
        case = self._desk.case(call.case_id)
        talk = self.talk(case) if case is not None else None
        if case is None or talk is None:
            return Refused(tr("This case is no longer yours."), "gone")
        return call, talk, self.position(case, talk)

    def _take(self, call: RunningCall, before: Position, turn: moving.Turn, who: str = "self") -> Step:
        facts: list[p.Payload] = [self._read(call, each) for each in turn.read]
        words = self._read_words(turn.read) if turn.read else ""
        if turn.answer.action in ("identity", "identity_failed"):
            passed = turn.answer.action == "identity"
            if passed != before.identified or not passed or who != before.who:
                facts.append(p.IdentityChecked(call=call.id, factors=turn.answer.factors, passed=passed, who=who))
            turn = replace(turn, position=replace(turn.position, who=who))
            words = tr("identity confirmed") if passed else tr("identity not confirmed: nothing may be disclosed")
        if turn.position != before or facts:
            self._write(call, turn.position, facts)
        if turn.lock:
            return Step(turn.answer.action, lock_words(turn.lock), trouble=True)
        return Step(turn.answer.action, words, moved=turn.position.stage != before.stage)

    def _write(self, call: RunningCall, after: Position, facts: list[p.Payload]) -> None:
        with together(self._parts, self._calls):
            if facts:
                self._parts.outbox.capture([NewFact(call.case_id, each) for each in facts])
            self._calls.move(after)

    @staticmethod
    def _read(call: RunningCall, text: Required) -> p.DisclosureRead:
        return p.DisclosureRead(call=call.id, name=text.name, digest=text.digest, language=text.language)

    @staticmethod
    def _read_words(read: tuple[Required, ...]) -> str:
        if len(read) == 1:
            return tr("disclosure recorded")
        return trn("{n} text recorded as read", "{n} texts recorded as read", len(read)).format(n=len(read))

    def _authority(self, case: Case) -> Authority:
        today = reading.customer_day(case, self._desk.now())
        kind = self._desk.policy.promise
        owed = max(0, reading.balance(case, today).owed)
        first = -(-owed * kind.smallest_first // 100)
        return Authority(kind.most_parts, format_money(first, case.currency), today + timedelta(days=kind.horizon_days))

    def _values(self, case: Case, language: Language, authority: Authority) -> ScriptValues:
        policy = self._desk.policy
        today = reading.customer_day(case, self._desk.now())
        money = reading.balance(case, today)
        return ScriptValues(
            customer=case.customer.name,
            agent=self._desk.agent_name,
            creditor=policy.creditor,
            agency=policy.agency or policy.creditor,
            owed=format_money(money.owed, money.currency),
            overdue=format_money(money.overdue or money.owed, money.currency),
            days=overdue_words(reading.days_past_due(case, today), language),
            debts=debts_words(case, today, language),
            callback=policy.callback_number or _OUR_NUMBER[language],
            first_part=authority.first_part,
            most_parts=str(authority.most_parts),
            horizon=spoken_day(authority.horizon, language),
            promise=self._agreed(case, language),
        )

    def _agreed(self, case: Case, language: Language) -> str:
        entry = PromiseEntry.drafted(self._desk.draft(case.id))
        parts = self._desk.read_promise(case.id, entry).parts if entry.when.strip() else ()
        return spoken_promise(parts, case.currency, entry.method, language)


def lock_words(lock: str) -> str:
    """Say what keeps a stage closed, and which key opens it."""
    if lock == "identity":
        return tr(
            "Not yet: confirm the identity first (⟦i call.identity⟧). Until then nothing about the debt may be said."
        )
    return tr("Not yet: read out the required text, then press ⟦a call.disclosed⟧.")
