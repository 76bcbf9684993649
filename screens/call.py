"""The call: brief, script, timeline and capture line on one screen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from domain.case.model import Case
from domain.i18n import tr
from screens.call_capture import CaptureFlow
from screens.call_script import ScriptFlow
from screens.commands import bindings, commands
from screens.ports import Desk, PromiseStep, Refused, RunningCall, Saved
from screens.scripted import ScriptedScreen
from screens.widgets.callhead import CallHead
from screens.widgets.capture import TYPING_KEYS, CaptureLine, Choice, Mode
from screens.widgets.caseinfo import brief_line, info_lines
from screens.widgets.keybar import KeyBar
from screens.widgets.scriptpanel import ScriptPanel

if TYPE_CHECKING:
    from screens.means import MeansChoice


class CallScreen(ScriptedScreen):
    """One case in hand.

    Posts :class:`Dialled` when the number is to be rung, :class:`Finished` when the call is wrapped up and the next case
    may open, and :class:`Left` when the agent goes back to the queue.
    """

    CSS_PATH = "call.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings("call")
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012  # Textual declares it as an instance variable
    AUTO_FOCUS = ""

    @dataclass
    class Dialled(Message):
        """The attempt is written; the number may be rung."""

        call: RunningCall

    @dataclass
    class Finished(Message):
        """The call is wrapped up."""

        case_id: str
        words: str

    @dataclass
    class Left(Message):
        """Back to the queue."""

    def __init__(self, desk: Desk, case_id: str) -> None:
        super().__init__()
        self._desk = desk
        self._case_id = case_id
        self._asked_to_leave = False
        self._unsubscribe: Callable[[], None] | None = None
        self._flow = CaptureFlow(self, desk)
        self._script = ScriptFlow(self, desk)

    @property
    def case_id(self) -> str:
        """The case in hand."""
        return self._case_id

    def compose(self) -> ComposeResult:
        """Head, script, information, capture line, keys."""
        yield CallHead(self._desk)
        with Horizontal(id="main"):
            with VerticalScroll(id="left", can_focus=False):
                yield Static(id="brief")
                yield Static(id="heard")
                yield ScriptPanel("script")
            with VerticalScroll(id="right", can_focus=False):
                yield Static(id="info")
        yield KeyBar(commands("call", "app"), TYPING_KEYS)
        yield Static(id="message")
        yield CaptureLine()

    def on_mount(self) -> None:
        """Show the case and follow the desk."""
        self._unsubscribe = self._desk.subscribe(self._follow)
        self.set_interval(1, self.query_one(CallHead).refresh_line)
        self.open(self._case_id)

    def on_unmount(self) -> None:
        """Stop following the desk."""
        if self._unsubscribe is not None:
            self._unsubscribe()

    def on_screen_resume(self) -> None:
        """Show what changed while another screen was on top."""
        if self.is_mounted:
            self.refresh_case()
            self.query_one(KeyBar).refresh_keys()

    def translated(self) -> None:
        """Fill the screen again after its language changed."""
        self.query_one(KeyBar).refresh_keys()
        self.open(self._case_id)

    def open(self, case_id: str, words: str = "") -> None:
        """Show another case; ``words`` is what was just saved. An interrupted call comes back with what was typed."""
        self._case_id = case_id
        self._asked_to_leave = False
        self._script.reset()
        self.remove_class("history")
        capture = self.query_one(CaptureLine)
        if capture.mode != "closed":
            capture.close()
        self.say(words)
        self.refresh_case()
        self._flow.restore()

    @property
    def case(self) -> Case | None:
        """The case as it is now, with everything unsent on top."""
        return self._desk.case(self._case_id)

    @property
    def running(self) -> RunningCall | None:
        """The call in hand, if it is this case's."""
        call = self._desk.call
        return call if call is not None and call.case_id == self._case_id else None

    def _follow(self) -> None:
        """Show what changed in a turn of this screen's own: it may be on its way out when the sync tells of something."""
        self.call_later(self.refresh_case)

    def refresh_case(self) -> None:
        """Show the case anew. A case that was taken away is blanked at once; an open form can still be saved."""
        if not self.is_attached or not self.query(CaptureLine):
            return  # being taken down, or written anew in another language
        case = self.case
        head = self.query_one(CallHead)
        head.show(case, self.running)
        info = self.query_one("#info", Static)
        if case is None:
            self._script.show()
            info.update("")
            self.query_one("#brief", Static).update("")
            self.say(
                tr(
                    "This case is no longer yours. What you typed can still be saved; ⟦Esc call.back⟧ goes back to the queue."
                ),
                trouble=True,
            )
            return
        self._script.show()
        now = self._desk.now()
        self.query_one("#brief", Static).update(brief_line(case, self._desk, now))
        info.update(Content("\n").join(info_lines(case, self._desk, now)))

    def say(self, words: str, *, trouble: bool = False) -> None:
        """Show a line above the keys until the next key; inside the capture line while that is open."""
        capture = self.query_one(CaptureLine)
        covered = capture.mode != "closed"
        capture.tell(words if covered else "", trouble=trouble)
        words = "" if covered else words
        line = self.query_one("#message", Static)
        line.update(Content(words))
        line.set_class(bool(words), "shown")
        line.set_class(trouble, "trouble")

    def done(self, result: Saved | Refused) -> bool:
        """Show what became of a capture; go on to the next case when the call is wrapped up."""
        if isinstance(result, Refused):
            self.say(result.text, trouble=True)
            return False
        self.query_one(CaptureLine).close()
        if result.finished:
            self.post_message(self.Finished(self._case_id, result.text))
        else:
            self.say(result.text)
            self.refresh_case()
        return True

    def on_key(self, event: events.Key) -> None:
        """Let number keys answer the script or choose an outcome."""
        capture = self.query_one(CaptureLine)
        if event.key != "escape":
            self._asked_to_leave = False
            self.say("")
        if self._script.cards_open:
            if event.is_printable and self._script.card_key(event.character or ""):
                event.stop()
        elif capture.mode in ("promise_choice", "outcome", "who"):
            if self._choice_key(event.character or ""):
                event.stop()
        elif capture.mode == "closed" and event.character and event.character.isdigit():
            event.stop()
            self._script.answer(event.character)

    def _choice_key(self, key: str) -> bool:
        mode = self.query_one(CaptureLine).mode
        if mode == "promise_choice":
            return self._flow.promise.choose(key)
        if mode == "outcome":
            return self._flow.outcome_key(key)
        if mode == "reason":
            self._flow.submit_reason(key)
            return True
        return mode == "who" and self._script.choose_who(key)

    def action_capture_key(self, key: str) -> None:
        """Take a click on a choice of the capture line as its key."""
        self._choice_key(key)

    def action_promise_key(self, what: PromiseStep | Choice) -> None:
        """Take a click on what a key of the promise line does."""
        if what == "every" or what == "spread" or what == "method":
            self._flow.promise.turn(what)
        else:
            self._flow.promise.step(what)

    def action_submit_capture(self) -> None:
        """Take a click on what Enter does."""
        self._flow.submitted(self.query_one(CaptureLine).mode)

    def start(self, action: str) -> None:
        """Start what an answer of the script asks for."""
        self._flow.act(action)

    def on_capture_line_changed(self, event: CaptureLine.Changed) -> None:
        """Keep the draft and show the preview."""
        self._flow.changed(event.mode)

    def on_capture_line_submitted(self, event: CaptureLine.Submitted) -> None:
        """Save what was captured."""
        self._flow.submitted(event.mode)

    def on_capture_line_proposal_wanted(self) -> None:
        """Take the proposed day, or go to the next field."""
        if not self._flow.promise.accept_proposal():
            self.focus_next()

    def on_capture_line_stepped(self, event: CaptureLine.Stepped) -> None:
        """Move the date of the promise."""
        self._flow.promise.step(event.step)

    def on_capture_line_turned(self, event: CaptureLine.Turned) -> None:
        """Choose the next interval, spread or method of the promise."""
        self._flow.promise.turn(event.what)

    def need_call(self) -> bool:
        """Tell whether a call is running here; say what to do when none is."""
        if self.running is None:
            self.say(tr("Nothing was dialled yet: ⟦d call.dial⟧ dials, then wrap up."), trouble=True)
            return False
        return True

    def _capture(self, mode: Mode) -> None:
        self._flow.open(mode)

    def action_dial(self) -> None:
        """Write the attempt, then ring."""
        if self.running is not None:
            self.say(tr("This call is running already."))
            return
        self.dial()

    def dial(self, override: str = "") -> None:
        """Ring, unless the gate refuses; a rule that only warns asks for the reason to set it aside."""
        result = self._desk.dial(self._case_id, self._flow.chosen_phone(), override)
        if isinstance(result, Refused):
            self.say(result.text, trouble=True)
            if result.overridable:
                self._capture("override")
                self.query_one(CaptureLine).preview(Content.styled(result.text, "$text-error"))
            return
        self.refresh_case()
        self.post_message(self.Dialled(result))

    def action_no_answer(self) -> None:
        """Nobody answered."""
        if self.need_call():
            self._flow.save_code("no_answer")

    def action_promise(self) -> None:
        """Open the promise line, or ask what becomes of the promise that stands."""
        self._flow.promise.ask()

    def action_means(self) -> None:
        """Open the ability-to-pay sheet; the plan chosen there fills the promise line."""
        from screens.means import MeansScreen

        self.app.push_screen(MeansScreen(self._desk, self._case_id), self._means_chosen)

    def _means_chosen(self, choice: MeansChoice | None) -> None:
        if choice is None or not self.done(self._desk.save_sheet(self._case_id, choice.sheet)):
            return
        if choice.plan is not None:
            self._flow.promise.take(choice.plan, choice.sheet)

    def action_callback(self) -> None:
        """Open the call-back line."""
        self._capture("callback")

    def action_outcome(self) -> None:
        """Open the outcome menu."""
        if self.need_call():
            self._capture("outcome")

    def action_note(self) -> None:
        """Open the note line."""
        self._capture("note")

    def action_reason(self) -> None:
        """Open the reason line."""
        self._capture("reason")

    def action_dispute(self) -> None:
        """Open the dispute line."""
        if self.need_call():
            self._capture("dispute")

    def action_hardship(self) -> None:
        """Open the hardship line."""
        if self.need_call():
            self._capture("hardship")

    def action_escalate(self) -> None:
        """Open the line to the supervisor."""
        if self.need_call():
            self._capture("escalate")

    def action_file(self) -> None:
        """Open the customer file."""
        from screens.customer_file import FileScreen

        if self.case is not None:
            self.app.push_screen(FileScreen(self._desk, self._case_id))

    def action_history(self) -> None:
        """Show the timeline on a narrow screen."""
        self.toggle_class("history")

    def action_script(self) -> None:
        """Show the script on a narrow screen."""
        self.remove_class("history")

    def action_phone(self) -> None:
        """Choose the next number."""
        self._flow.next_phone()
        self.refresh_case()

    def action_back(self) -> None:
        """Go back one step; text stays as a draft. An unfinished call asks once."""
        capture = self.query_one(CaptureLine)
        if self._script.cards_open:
            self._script.step_back()
            return
        if capture.mode != "closed":
            self._flow.back()
            return
        if self.has_class("history"):
            self.remove_class("history")
            return
        if self.running is not None and not self._asked_to_leave:
            self._asked_to_leave = True
            self.say(
                tr(
                    "This call has no outcome yet: ⟦n call.no_answer⟧ no answer · ⟦o call.outcome⟧ outcome. "
                    "⟦Esc call.back⟧ again leaves it first in the queue."
                ),
                trouble=True,
            )
            return
        self.post_message(self.Left())
