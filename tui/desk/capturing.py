"""Writing what happened: every capture is one durable step, and only then said to be saved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final, Protocol
from zoneinfo import ZoneInfo

from data.kept import NewFact
from domain.affordability import sheet_text
from domain.callbacks import read_moment
from domain.capture import CallInHand, ScriptUsed, cleared_callbacks, ending, outcome
from domain.case import reading
from domain.case.model import Case
from domain.codes import Code
from domain.codes.reasons import reason
from domain.dates import echo
from domain.facts import payloads as p
from domain.formats import zone_city
from domain.gate import Answer
from domain.i18n import tr
from domain.money import format_money
from domain.policy import Policy
from screens.ports import PromiseEntry, PromiseView, Refused, RunningCall, Saved, Undone
from tui.desk.callstate import CallState
from tui.desk.durable import refusing, together
from tui.desk.promise_facts import PromiseMoment, promise_facts, read_pay_day, saved_words
from tui.desk.refusals import Refusals

if TYPE_CHECKING:
    from domain.case.ability import AbilitySheet
    from domain.scripts import Talk
    from tui.desk.desk import DeskParts


def _not_ready(view: PromiseView) -> Refused:
    reason = next((issue.text for issue in view.issues if issue.severity == "error"), view.why)
    return Refused(reason, "not_ready")


_UNDOABLE: Final = (p.AttemptStarted, p.CallbackCleared)


class _Desk(Protocol):
    """What capturing asks of the desk."""

    @property
    def policy(self) -> Policy: ...
    def now(self) -> datetime: ...
    def case(self, case_id: str) -> Case | None: ...
    def phone(self, case: Case) -> p.Phone | None: ...
    def talk(self, case: Case) -> Talk | None: ...
    def gate(self, case: Case, phone: p.Phone | None = None) -> Answer: ...
    def drop_draft(self, case_id: str) -> None: ...
    def draft(self, case_id: str) -> dict[str, str]: ...
    def keep_draft(self, case_id: str, fields: dict[str, str]) -> None: ...
    def read_promise(self, case_id: str, entry: PromiseEntry) -> PromiseView: ...
    def mark_skipped(self, case_id: str) -> None: ...
    def mark_away(self, case_id: str, until: datetime) -> None: ...


@dataclass(frozen=True, slots=True)
class _Last:
    case_id: str
    facts: tuple[str, ...]
    call: RunningCall | None
    draft: dict[str, str]


class Capturing:
    """Turns what the agent did into facts. The call ends and the facts appear in one transaction."""

    def __init__(self, desk: _Desk, parts: DeskParts, calls: CallState) -> None:
        self._desk = desk
        self._parts = parts
        self._calls = calls
        self._last: _Last | None = None

    # --- the call ---

    @refusing
    def dial(self, case_id: str, phone: p.Phone | None, override: str = "") -> RunningCall | Refused:
        """Ask the gate, write the attempt, and only then give the number."""
        running = self._calls.call
        if running is not None:
            if running.case_id == case_id:
                return running
            return Refused(tr("Another call has no outcome yet: ⟦g queue.resume⟧ goes back to it."), "call_in_hand")
        case = self._desk.case(case_id)
        if case is None:
            return Refused(tr("This case is no longer yours."), "gone")
        number = phone or self._desk.phone(case)
        if number is None:
            return Refused(tr("There is no good number for this customer."), "no_number")
        answer = self._desk.gate(case, number)
        why = override.strip() if answer.overridable else ""
        if not (answer.allowed or why):
            Refusals(self._parts.store).count(answer.code, self._desk.now())
            return Refused(self._refusal(answer), answer.code, answer.overridable)
        now = self._desk.now()
        call_id = self._parts.ids.new()
        talk = self._desk.talk(case)
        call = RunningCall(call_id, case_id, now, number.e164, talk.start() if talk else None)
        used = used_script(talk)
        person = reading.person_of(case, number.e164)
        started = p.AttemptStarted(
            number=number.e164,
            person="debtor" if person is None else "third_party",
            who=None if person is None else person.id,
            script=used.name,
            script_version=used.version,
            script_digest=used.digest,
            gate=answer.pack,
            override=why or None,
        )
        with together(self._parts, self._calls):
            self._parts.outbox.capture([NewFact(case_id, started, call_id)])
            self._calls.start(call)
        return call

    def _refusal(self, answer: Answer) -> str:
        words = tr("May not be called now: {why}").format(why=answer.text)
        if answer.alternative:
            words = tr("{refusal} {alternative}").format(refusal=words, alternative=answer.alternative)
        return words

    # --- wrap-ups ---

    @refusing
    def save_outcome(self, case_id: str, code: Code, note: str) -> Saved | Refused:
        """Wrap the call up with a result code."""
        call = self._call_of(case_id)
        if call is None:
            return self._no_call()
        if code.has("needs_next"):
            return Refused(
                tr("This outcome needs the day or time of the next call: ⟦c call.callback⟧ sets it."), "needs_next"
            )
        facts = outcome(code, self._in_hand(call), note)
        if code.has("conversation"):
            facts += self._served_callbacks(case_id)
        return self._finish(case_id, facts, tr("{what} saved").format(what=code.name))

    @refusing
    def save_promise(self, case_id: str, entry: PromiseEntry) -> Saved | Refused:
        """Save a promise, or the change of one, and wrap the call up."""
        call, case = self._call_of(case_id), self._desk.case(case_id)
        if call is None:
            return self._no_call()
        view = self._desk.read_promise(case_id, entry)
        if case is None or not view.ready:
            return _not_ready(view)
        facts, _ = self._promise_facts(case, view, entry, call)
        code = "plan" if len(view.parts) > 1 else "promise"
        facts += [ending(code, self._in_hand(call)), *self._served_callbacks(case_id)]
        return self._finish(case_id, facts, saved_words(view))

    @refusing
    def save_promise_alone(self, case_id: str, entry: PromiseEntry) -> str | Refused:
        """Save a promise made outside a call (the customer rang, or wrote); gives its id."""
        case = self._desk.case(case_id)
        view = self._desk.read_promise(case_id, entry)
        if case is None or not view.ready:
            return _not_ready(view)
        facts, promise_id = self._promise_facts(case, view, entry, None)
        with together(self._parts, self._calls):
            self._write(case_id, facts)
        return promise_id

    def _promise_facts(
        self, case: Case, view: PromiseView, entry: PromiseEntry, call: RunningCall | None
    ) -> tuple[list[p.Payload], str]:
        who = call.position.who if call is not None and call.position is not None else "self"
        moment = PromiseMoment(
            case, self._desk.now(), self._desk.policy.promise, call.id if call else None, self._parts.ids.new, who
        )
        return promise_facts(moment, view, entry)

    @refusing
    def withdraw_promise(self, case_id: str, promise_id: str, reason: str) -> Saved | Refused:
        """End a promise with a reason; the call goes on."""
        case, call = self._desk.case(case_id), self._call_of(case_id)
        found = next((each for each in case.promises if each.id == promise_id), None) if case else None
        if found is None or found.ended is not None:
            return Refused(tr("This promise does not stand any more; nothing was changed."), "gone")
        if not reason.strip():
            return Refused(tr("Withdrawing needs a reason: write why the promise no longer stands."), "empty")
        withdrawn = p.PromiseWithdrawn(found.id, found.tip, reason.strip(), call.id if call else None)
        words = tr("promise of {amount} withdrawn").format(amount=format_money(found.total, found.currency))
        return self._go_on(case_id, [withdrawn], "withdraw", words)

    @refusing
    def save_pay_day(self, case_id: str, text: str) -> Saved | Refused:
        """Remember the day of the month on which the customer is paid; the call goes on."""
        day = read_pay_day(text, self._desk.now().date())
        if day is None:
            return Refused(tr("A pay day is a day of the month from 1 to 31: type 25, or 25th."), "no_day")
        call = self._call_of(case_id)
        given = p.ReasonGiven(code="", call=call.id if call else None, income_day=day)
        return self._go_on(case_id, [given], "pay_day", tr("pay day {day} saved").format(day=day))

    @refusing
    def save_sheet(self, case_id: str, sheet: AbilitySheet) -> Saved | Refused:
        """Keep an ability-to-pay sheet; the call goes on."""
        call = self._call_of(case_id)
        note = p.NoteAdded(sheet_text(sheet), call.id if call else None, sheet)
        return self._go_on(case_id, [note], "sheet", tr("ability to pay saved"))

    def read_callback(self, case_id: str, text: str) -> str | None:
        """Say when a call-back would be, on the customer's clock."""
        case = self._desk.case(case_id)
        zone = self._zone(case)
        moment = read_moment(text, self._desk.now(), zone)
        if moment is None:
            return None
        local = moment.at.astimezone(ZoneInfo(zone))
        today = self._desk.now().astimezone(ZoneInfo(zone)).date()
        words = echo(local.date(), today)
        return f"{words} {local:%H:%M} ({zone_city(zone)})" if moment.timed else words

    @refusing
    def save_callback(self, case_id: str, text: str) -> Saved | Refused:
        """Save a call-back and wrap the call up."""
        call, case = self._call_of(case_id), self._desk.case(case_id)
        if call is None:
            return self._no_call()
        moment = read_moment(text, self._desk.now(), self._zone(case))
        if moment is None:
            return Refused(tr("That is no time in the future: try 15:30, or tomorrow 9am."), "no_time")
        facts: list[p.Payload] = [p.CallbackCleared(base=each.fact) for each in case.callbacks] if case else []
        facts.append(p.CallbackSet(due=moment.at, timed=moment.timed, number=call.number, call=call.id))
        facts.append(ending("call_back", self._in_hand(call)))
        echoed = self.read_callback(case_id, text) or text
        return self._finish(case_id, facts, tr("call-back {when} saved").format(when=echoed))

    # --- during the call ---

    @refusing
    def save_note(self, case_id: str, text: str) -> Saved | Refused:
        """Add a note; the call goes on."""
        if not text.strip():
            return Refused(tr("The note is empty; nothing was saved."), "empty")
        call = self._call_of(case_id)
        return self._go_on(
            case_id, [p.NoteAdded(text=text.strip(), call=call.id if call else None)], "note", tr("note saved")
        )

    @refusing
    def save_reason(self, case_id: str, code: str) -> Saved | Refused:
        """Record why it is overdue; the call goes on."""
        call, found = self._call_of(case_id), reason(code)
        words = tr("reason saved: {reason}").format(reason=found.name if found else code)
        return self._go_on(case_id, [p.ReasonGiven(code=code, call=call.id if call else None)], "reason", words)

    @refusing
    def skip(self, case_id: str, why: str) -> Saved | Refused:
        """Put a case to the end of today's queue; the reason is a fact."""
        self._parts.outbox.capture([NewFact(case_id, p.NoteAdded(text=tr("skipped: {why}").format(why=why)))])
        self._desk.mark_skipped(case_id)
        return Saved(tr("skipped for today"))

    @refusing
    def put_away(self, case_id: str, until: str) -> Saved | Refused:
        """Put a case away until a time on the customer's clock; the note is a fact, the mark stays on this machine."""
        case = self._desk.case(case_id)
        moment = read_moment(until, self._desk.now(), self._zone(case))
        if case is None or moment is None:
            return Refused(tr("That is no time in the future: try 15:30, or tomorrow 9am."), "no_time")
        when = self.read_callback(case_id, until) or until
        note = p.NoteAdded(text=tr("put away until {when}").format(when=when))
        self._parts.outbox.capture([NewFact(case_id, note)])
        self._desk.mark_away(case_id, moment.at)
        return Saved(note.text)

    @refusing
    def undo(self) -> Undone | Refused:
        """Take the last capture back; its call is in hand again, with everything typed. A stop flag stays."""
        last = self._last
        if last is None:
            return Refused(tr("There is nothing to undo."), "nothing")
        if last.call is not None and self._calls.call is not None and self._calls.call.id != last.call.id:
            return Refused(tr("Another call has been started since; wrap it up first."), "call_in_hand")
        case = self._desk.case(last.case_id)
        stops = {stop.fact for stop in case.stops} & set(last.facts) if case is not None else set()
        slips = [fact for fact in last.facts if fact not in stops]
        with together(self._parts, self._calls):
            self._parts.outbox.capture([NewFact(last.case_id, p.FactRetracted(base=fact)) for fact in slips])
            if last.call is not None:
                self._calls.start(last.call)
        self._last = None
        if last.draft:
            self._desk.keep_draft(last.case_id, last.draft)
        if stops:
            words = tr("taken back, but what stops contact stays: ask your supervisor to lift it, with the reason")
            return Undone(last.case_id, words, complete=False)
        return Undone(last.case_id, tr("taken back; the case is as it was before"))

    # --- how it is written ---

    def _finish(self, case_id: str, facts: Sequence[p.Payload], words: str) -> Saved | Refused:
        draft = self._desk.draft(case_id)
        with together(self._parts, self._calls):
            ended = self._calls.end()
            self._parts.drafts.discard(case_id)
            written = self._write(case_id, facts)
        self._last = _Last(case_id, written, ended, draft)
        self._desk.drop_draft(case_id)
        return Saved(tr("{what} · ⟦u app.undo⟧ undoes").format(what=words), finished=True)

    def _go_on(self, case_id: str, facts: Sequence[p.Payload], mode: str, words: str) -> Saved | Refused:
        with together(self._parts, self._calls):
            written = self._write(case_id, facts)
        self._last = _Last(case_id, written, None, {f"{mode}.text": self._desk.draft(case_id).get(f"{mode}.text", "")})
        self._desk.keep_draft(case_id, {f"{mode}.text": "", "mode": "closed"})
        return Saved(tr("{what} · ⟦u app.undo⟧ undoes").format(what=words))

    def _write(self, case_id: str, facts: Sequence[p.Payload]) -> tuple[str, ...]:
        captured = self._parts.outbox.capture([NewFact(case_id, payload) for payload in facts])
        return tuple(fact.id for fact in captured if not isinstance(fact.payload, _UNDOABLE))

    def _served_callbacks(self, case_id: str) -> list[p.Payload]:
        case = self._desk.case(case_id)
        return cleared_callbacks(case, self._desk.now()) if case else []

    def _in_hand(self, call: RunningCall) -> CallInHand:
        seconds = max(0, int((self._desk.now() - call.started).total_seconds()))
        case = self._desk.case(call.case_id)
        talk = self._desk.talk(case) if case is not None else None
        at = call.position
        stages, offers = (at.stages, at.offers) if at is not None else ((), ())
        return CallInHand(call.id, call.started, call.number, seconds, used_script(talk), stages, offers)

    def _call_of(self, case_id: str) -> RunningCall | None:
        call = self._calls.call
        return call if call is not None and call.case_id == case_id else None

    def _no_call(self) -> Refused:
        return Refused(tr("Nothing was dialled yet: ⟦d call.dial⟧ dials, then wrap up."), "no_call")

    def _zone(self, case: Case | None) -> str:
        zones = reading.zones(case) if case else ()
        return zones[0] if zones else "UTC"


def used_script(talk: Talk | None) -> ScriptUsed:
    """Name the script of a call for the record, by its hash too."""
    if talk is None:
        return ScriptUsed()
    return ScriptUsed(talk.script.name, talk.script.version, talk.script.digest)
