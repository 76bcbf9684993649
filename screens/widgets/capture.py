"""The capture line: opens in place under the script, never covers it, and forgets nothing that was typed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final, Literal

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Label, Static

from domain.i18n import mark, tr
from screens.commands import bindings
from screens.ports import PromiseStep
from screens.widgets.clicking import clickable

Choice = Literal["every", "spread", "method"]
"""What a key of the promise line goes through."""

Mode = Literal[
    "closed",
    "promise",
    "callback",
    "note",
    "reason",
    "dispute",
    "hardship",
    "escalate",
    "waiver",
    "outcome",
    "outcome_note",
    "override",
    "promise_choice",
    "withdraw",
    "pay_day",
    "who",
]

_TITLES: Final[dict[Mode, str]] = {
    "promise": mark("Promise"),
    "callback": mark("Call back"),
    "note": mark("Note"),
    "reason": mark("Reason"),
    "dispute": mark("Dispute"),
    "hardship": mark("Hardship"),
    "escalate": mark("Supervisor"),
    "waiver": mark("Fee waiver"),
    "outcome": mark("Outcome"),
    "outcome_note": mark("Note"),
    "override": mark("Call nevertheless"),
    "promise_choice": mark("Promise"),
    "withdraw": mark("Withdraw"),
    "pay_day": mark("Pay day"),
    "who": mark("Who is on the line?"),
}
_HINTS: Final[dict[Mode, str]] = {
    "promise": mark("fri, 15th, in 3 days, end of month, half today and the rest next week …"),
    "callback": mark("15:30, tomorrow 9am, in 2 hours …"),
    "note": mark("what the next one should know"),
    "reason": mark("part of the reason, or its number"),
    "dispute": mark("what is contested"),
    "hardship": mark("what has happened"),
    "escalate": mark("what the supervisor should know"),
    "waiver": mark("how much should be waived, and why"),
    "outcome_note": mark("this outcome needs a note"),
    "override": mark("why it is right to call now; your supervisor can read it"),
    "withdraw": mark("why the promise no longer stands"),
    "pay_day": mark("the day of the month: 25, 25th, end of month"),
}
_WITH_TEXT: Final = frozenset(_HINTS)
TYPING_KEYS: Final = (
    ("↵", mark("Save")),
    ("Tab", mark("Take the proposal")),
    ("Esc", mark("Leave it; what is typed stays")),
)
"""What the keys do while a text line has the focus."""


def choices(items: Sequence[tuple[str, str]]) -> Content:
    """Show keys with what they stand for, side by side; a click on the words does what the key does."""
    pieces: list[Content] = []
    for key, words in items:
        said = Content(words)
        if key.isascii() and key.isalnum():  # a house may name its codes' keys: nothing of it may become an action
            said = clickable(said, "capture_key", key)
        pieces.append(Content.assemble((key, "bold $accent"), " ", said, "   "))
    return Content.assemble(*pieces)


class CaptureLine(Vertical):
    """One line of fields with a preview below.

    Posts :class:`Changed` at every keystroke and :class:`Submitted` on Enter.
    """

    DEFAULT_CSS = """
    CaptureLine { dock: bottom; height: auto; max-height: 11; display: none; background: $surface; padding: 0 1;
                  border-top: solid $accent 60%; margin-bottom: 1; }
    CaptureLine.open { display: block; }
    CaptureLine #fields { height: 1; }
    CaptureLine Label { width: auto; height: 1; padding-right: 1; }
    CaptureLine #title { text-style: bold; color: $accent; }
    CaptureLine Input { height: 1; border: none; padding: 0; background: $boost; }
    CaptureLine #text { width: 1fr; }
    CaptureLine #amount { width: 21; margin-right: 2; }
    CaptureLine #count { width: 4; margin-right: 1; }
    CaptureLine .plan { display: none; }
    CaptureLine.promise .plan { display: block; }
    CaptureLine.wordless #text { display: none; }
    CaptureLine #choices { height: 1; display: none; }
    CaptureLine.promise #choices { display: block; }
    CaptureLine #first, CaptureLine #first-label { display: none; }
    CaptureLine.several #first, CaptureLine.several #first-label { display: block; }
    CaptureLine #first { width: 14; margin-right: 2; }
    CaptureLine #hints { width: 1fr; height: 1; color: $foreground-muted; }
    CaptureLine #preview { height: auto; max-height: 7; }
    CaptureLine #told { height: auto; max-height: 3; display: none; color: $text-success; }
    CaptureLine #told.shown { display: block; }
    CaptureLine #told.trouble { color: $text-error; }
    CaptureLine #preview, CaptureLine #hints {
        link-style: none; link-color: $foreground; link-background: $background 0%; link-style-hover: bold;
        link-background-hover: $boost; link-color-hover: $foreground;
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "accept", "Take the proposal", show=False, id="capture.accept"),
        *bindings("promise"),
    ]

    @dataclass
    class ProposalWanted(Message):
        """Tab was pressed: the proposed day, else the next field."""

    @dataclass
    class Stepped(Message):
        """A key moved the date of a promise."""

        step: PromiseStep

    @dataclass
    class Turned(Message):
        """A key chose the next interval, spread or method of a promise."""

        what: Choice

    @dataclass
    class Changed(Message):
        """Something was typed."""

        mode: Mode

    @dataclass
    class Submitted(Message):
        """Enter was pressed in a field."""

        mode: Mode

    def __init__(self) -> None:
        super().__init__()
        self.mode: Mode = "closed"

    def compose(self) -> ComposeResult:
        """Title, fields, preview."""
        with Horizontal(id="fields"):
            yield Label(id="title")
            yield Label(id="amount-label", classes="plan")
            yield Input(id="amount", classes="plan", compact=True, select_on_focus=True)
            yield Label(id="count-label", classes="plan")
            yield Input(id="count", classes="plan", compact=True, restrict=r"\d{0,2}")
            yield Label(id="text-label", classes="plan")
            yield Input(id="text", compact=True, select_on_focus=False)
        with Horizontal(id="choices"):
            yield Label(id="first-label")
            yield Input(id="first", compact=True, select_on_focus=True)
            yield Static(id="hints")
        yield Static(id="preview")
        yield Static(id="told")

    def open(
        self, mode: Mode, *, text: str = "", amount: str = "", count: str = "", first: str = "", whole: str = ""
    ) -> None:
        """Open for a kind of capture with what was typed before; ``whole`` is the amount when none is typed."""
        self.mode = mode
        self.set_class(True, "open")
        self.set_class(mode == "promise", "promise")
        self.set_class(mode not in _WITH_TEXT, "wordless")
        self.query_one("#title", Label).update(Content(tr(_TITLES[mode])))
        self.query_one("#amount-label", Label).update(Content(tr("amount")))
        self.query_one("#count-label", Label).update(Content(tr("parts")))
        self.query_one("#text-label", Label).update(Content(tr("when")))
        amount_field = self.query_one("#amount", Input)
        amount_field.placeholder = whole
        self.query_one("#first-label", Label).update(Content(tr("first payment")))
        fields = {"text": text, "amount": amount, "count": count, "first": first}
        for name, value in fields.items():
            self.query_one(f"#{name}", Input).value = value
        self.query_one("#text", Input).placeholder = tr(_HINTS[mode]) if mode in _HINTS else ""
        self.preview()
        self.tell("")
        if mode in _WITH_TEXT:
            self.query_one("#text", Input).focus()
            self.post_message(self.Changed(mode))
        else:
            self.screen.set_focus(None)

    def close(self) -> None:
        """Close; what was typed stays with whoever keeps the drafts."""
        self.mode = "closed"
        self.set_class(False, "open")
        self.screen.set_focus(None)

    @property
    def text(self) -> str:
        """What stands in the text field."""
        return self.query_one("#text", Input).value

    @text.setter
    def text(self, value: str) -> None:
        field = self.query_one("#text", Input)
        field.value = value
        field.cursor_position = len(value)

    @property
    def amount(self) -> str:
        """What stands in the amount field; empty means all of it."""
        return self.query_one("#amount", Input).value

    @property
    def count(self) -> str:
        """What stands in the field for the number of payments; empty means one."""
        return self.query_one("#count", Input).value

    @property
    def first(self) -> str:
        """What stands in the field for the first payment; empty means like the others."""
        return self.query_one("#first", Input).value

    def choices(self, words: Content, *, several: bool) -> None:
        """Say what the keys of a promise choose; ``several`` payments have a field for the first one."""
        self.set_class(several, "several")
        self.query_one("#hints", Static).update(words)

    def tell(self, words: str, *, trouble: bool = False) -> None:
        """Say something below the preview: the message line lies under this one while it is open."""
        told = self.query_one("#told", Static)
        told.update(Content(words))
        told.set_class(bool(words), "shown")
        told.set_class(trouble, "trouble")

    def preview(self, *lines: Content | str) -> None:
        """Show lines below the fields."""
        contents = [line if isinstance(line, Content) else Content(line) for line in lines]
        self.query_one("#preview", Static).update(Content("\n").join(contents))

    def action_accept(self) -> None:
        """Ask for the proposed day."""
        self.post_message(self.ProposalWanted())

    def _step(self, step: PromiseStep) -> None:
        if self.mode == "promise":
            self.post_message(self.Stepped(step))

    def _turn(self, what: Choice) -> None:
        if self.mode == "promise":
            self.post_message(self.Turned(what))

    def action_day(self) -> None:
        """Move the date a day on."""
        self._step("day")

    def action_day_back(self) -> None:
        """Move the date a day back."""
        self._step("day_back")

    def action_week(self) -> None:
        """Move the date a week on."""
        self._step("week")

    def action_week_back(self) -> None:
        """Move the date a week back."""
        self._step("week_back")

    def action_month_end(self) -> None:
        """Move the date to the end of its month, or of the next."""
        self._step("month_end")

    def action_pay_day(self) -> None:
        """Move the date to the next pay day."""
        self._step("pay_day")

    def action_spread(self) -> None:
        """Choose how a plan is spread."""
        self._turn("spread")

    def action_every(self) -> None:
        """Choose how far apart payments are."""
        self._turn("every")

    def action_method(self) -> None:
        """Choose how it will be paid."""
        self._turn("method")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Tell that something was typed."""
        event.stop()
        if self.mode != "closed":
            self.post_message(self.Changed(self.mode))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Tell that Enter was pressed."""
        event.stop()
        if self.mode != "closed":
            self.post_message(self.Submitted(self.mode))
