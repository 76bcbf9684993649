"""How each kind of capture runs on the call screen: open, preview at every keystroke, save, go on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from textual.content import Content

from domain.case.parts import Phone
from domain.case.reading import numbers
from domain.codes import Code
from domain.codes.reasons import Reason, find_reasons
from domain.i18n import tr
from domain.phones import masked
from screens.ports import Desk
from screens.promise_capture import MODES, PromiseFlow
from screens.widgets.capture import CaptureLine, Mode, choices

if TYPE_CHECKING:
    from screens.call import CallScreen

_TEXT_OUTCOMES: Final[dict[Mode, str]] = {"dispute": "dispute", "hardship": "hardship", "escalate": "wants_supervisor"}
_RESTORABLE: Final = MODES | {"callback", "note", "reason", "dispute", "hardship", "escalate", "waiver", "outcome_note"}


class CaptureFlow:
    """The capture line's behaviour for one call screen. It holds no fact: everything goes to the desk at once."""

    def __init__(self, screen: CallScreen, desk: Desk) -> None:
        self._screen = screen
        self._desk = desk
        self._group: str | None = None
        self._pending_code: Code | None = None
        self.promise = PromiseFlow(screen, desk)
        self._phone_index = 0

    @property
    def _line(self) -> CaptureLine:
        return self._screen.query_one(CaptureLine)

    def restore(self) -> None:
        """Open the capture line again where it was left, with every character typed."""
        self._group, self._pending_code, self._phone_index = None, None, 0
        draft = self._desk.draft(self._screen.case_id)
        mode = draft.get("mode", "closed")
        if mode == "outcome_note":
            self._pending_code = self._desk.policy.catalogue.get(draft.get("code"))
        if mode in _RESTORABLE and (mode != "outcome_note" or self._pending_code is not None):
            self.open(cast("Mode", mode))

    def open(self, mode: Mode) -> None:
        """Open the line for a kind of capture, with the draft of that kind."""
        self._group = None
        if mode in MODES:
            self.promise.open(mode)
            return
        draft = self._desk.draft(self._screen.case_id)
        self._desk.keep_draft(self._screen.case_id, {"mode": mode})
        self._line.open(mode, text=draft.get(f"{mode}.text", ""))
        if mode == "outcome":
            self._show_groups()

    def back(self) -> None:
        """Take one step back inside the capture; the text stays as a draft."""
        if self._line.mode in MODES and self.promise.back():
            return
        if self._line.mode == "outcome" and self._group is not None:
            self._group = None
            self._show_groups()
        else:
            self._desk.keep_draft(self._screen.case_id, {"mode": "closed"})
            self._line.close()

    def act(self, action: str) -> None:
        """Do what a script answer starts."""
        if action == "wrap_up":
            self._wrap_up()
        elif action == "promise_today":
            self.promise.fill(text=tr("today"))
        elif action == "promise":
            self.promise.ask()
        elif action not in ("identity", "identity_failed", "disclosed"):  # those are facts already
            self.open(cast("Mode", action))

    def _wrap_up(self) -> None:
        """Save the result the script has proposed; where it has none, let the agent choose."""
        call = self._screen.running
        code_id = call.position.outcome if call is not None and call.position is not None else None
        if code_id is not None:
            self.save_code(code_id)
        else:
            self.open("outcome")

    def changed(self, mode: Mode) -> None:
        """Keep what was typed and show what it means."""
        line = self._line
        case_id = self._screen.case_id
        if mode in MODES:
            self.promise.changed(mode)
            return
        self._desk.keep_draft(case_id, {f"{mode}.text": line.text})
        if mode == "callback":
            echo = self._desk.read_callback(case_id, line.text) if line.text.strip() else None
            line.preview(
                f"= {echo}" if echo else tr("a time, or a day and a time, in the future") if line.text.strip() else ""
            )
        elif mode == "reason":
            every = find_reasons("")
            found = find_reasons(line.text)[:9] if not line.text.isdigit() else every
            line.preview(choices([(str(every.index(each) + 1), each.name) for each in (found or every)[:36]]))

    def submitted(self, mode: Mode) -> None:
        """Save, or say why not."""
        case_id, line = self._screen.case_id, self._line
        text = line.text.strip()
        if mode in MODES:
            self.promise.submitted(mode)
        elif mode == "callback":
            if self._screen.need_call():
                self._screen.done(self._desk.save_callback(case_id, text))
        elif mode == "override":
            if text:
                line.close()
                self._screen.dial(text)
        elif mode == "note":
            self._screen.done(self._desk.save_note(case_id, text))
        elif mode == "reason":
            self.submit_reason(text)
        elif mode == "waiver":
            self._submit_waiver(text)
        elif mode in _TEXT_OUTCOMES:
            code = self._desk.policy.catalogue.get(_TEXT_OUTCOMES[mode])
            if code is not None:
                self._screen.done(self._desk.save_outcome(case_id, code, text))
        elif mode == "outcome_note" and self._pending_code is not None:
            if text:
                self._screen.done(self._desk.save_outcome(case_id, self._pending_code, text))
            else:
                self._screen.say(tr("This outcome needs a note: write what was said."), trouble=True)

    def submit_reason(self, text: str) -> None:
        """Save a reason by its number or a part of its name."""
        chosen: Reason | None = None
        if text.isdigit():
            every = find_reasons("")
            chosen = every[int(text) - 1] if 0 < int(text) <= len(every) else None
        elif text:
            chosen = next(iter(find_reasons(text)), None)
        if chosen is None:
            self._screen.say(tr("No reason of that name: type a part of it or its number."), trouble=True)
            return
        self._screen.done(self._desk.save_reason(self._screen.case_id, chosen.id))

    def _submit_waiver(self, text: str) -> None:
        if self._screen.done(self._desk.ask_waiver(self._screen.case_id, text)):
            self._desk.keep_draft(self._screen.case_id, {"waiver.text": "", "mode": "closed"})

    def _show_groups(self) -> None:
        self._line.preview(choices([(group.key, group.name) for group in self._desk.policy.catalogue.groups]))

    def outcome_key(self, key: str) -> bool:
        """Take one key of the two-level cascade; tells whether it meant something."""
        codes = self._desk.policy.catalogue
        if self._group is None:
            group = next((each for each in codes.groups if each.key == key), None)
            if group is None:
                return False
            self._group = group.id
            items = choices([(code.key, code.name) for code in codes.of_group(group.id)])
            self._line.preview(Content.styled(group.name, "bold"), items)
            return True
        code = next((each for each in codes.of_group(self._group) if each.key == key), None)
        if code is None:
            return False
        if code.has("promise"):
            self.promise.ask()
        elif code.has("needs_next"):
            self.open("callback")
        elif code.has("needs_note"):
            self._pending_code = code
            self._desk.keep_draft(self._screen.case_id, {"code": code.id})
            self.open("outcome_note")
        else:
            self.save_code(code.id)
        return True

    def save_code(self, code_id: str) -> None:
        """Wrap up with a code that needs nothing more; one that does opens its line."""
        code = self._desk.policy.catalogue.get(code_id)
        if code is None:
            return
        if code.has("needs_note"):
            self._pending_code = code
            self._desk.keep_draft(self._screen.case_id, {"code": code.id})
            self.open("outcome_note")
            return
        self._screen.done(self._desk.save_outcome(self._screen.case_id, code))

    def chosen_phone(self) -> Phone | None:
        """Give the number to ring: the desk's choice, or the one chosen here."""
        case = self._screen.case
        phones = numbers(case) if case is not None else ()
        return phones[self._phone_index % len(phones)] if phones and self._phone_index else None

    def next_phone(self) -> None:
        """Choose the next number of the customer."""
        case = self._screen.case
        phones = numbers(case) if case is not None else ()
        if case is None or len(phones) < 2:
            self._screen.say(tr("There is no other number."))
            return
        self._phone_index = (self._phone_index + 1) % len(phones)
        phone = phones[self._phone_index]
        verdict = self._desk.gate(case, phone)
        words = tr("next: {number}").format(number=masked_label(phone))
        self._screen.say(words + ("" if verdict.allowed else " · " + verdict.text), trouble=not verdict.allowed)


def masked_label(phone: Phone) -> str:
    """Write a number so that it can be told from the others without being shown."""
    return masked(phone.e164) + (f" ({phone.label})" if phone.label else "")
