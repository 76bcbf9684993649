"""Practice: choosing an invented customer, and how the rehearsed call was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Static

from domain.i18n import language, mark, tr
from domain.practice import Persona, Score
from screens.widgets.clicking import clickable


class PracticeScreen(Screen[None]):
    """The invented customers to rehearse on. A number key takes one, Esc leaves the practice."""

    CSS_PATH = "practice.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "leave", mark("Leave"), id="practice.leave", tooltip=mark("Back to the real work")),
    ]

    @dataclass
    class Chosen(Message):
        """A customer was chosen."""

        persona: str

    @dataclass
    class Left(Message):
        """The practice is over."""

    def __init__(self, customers: Sequence[Persona]) -> None:
        super().__init__()
        self._customers = customers
        self._best: dict[str, int] = {}

    def compose(self) -> ComposeResult:
        """Show the list."""
        with VerticalScroll(id="sheet", can_focus=False):
            yield Static(id="list")

    def on_mount(self) -> None:
        """Fill the list."""
        self.refresh_list()

    def translated(self) -> None:
        """Fill the list again after its language changed."""
        self.refresh_list()

    def remember(self, persona: str, percent: int) -> None:
        """Keep the best score of this sitting beside the customer."""
        self._best[persona] = max(percent, self._best.get(persona, 0))
        self.refresh_list()

    def refresh_list(self) -> None:
        """Write the list in the interface language."""
        lines = [
            Content.styled(tr("Practice"), "bold $accent"),
            Content(tr("Invented customers, the real call screen. Nothing is dialled, kept or sent.")),
            Content(""),
        ]
        for number, each in enumerate(self._customers, 1):
            best = f"  {self._best[each.id]} %" if each.id in self._best else ""
            lines.append(
                Content.assemble(
                    (f" {number} ", "bold $accent"),
                    " ",
                    clickable(Content.styled(each.title[language()], "bold"), "take", number),
                    (best, "$success"),
                    (f"  {each.about[language()]}", "$foreground-muted"),
                )
            )
        lines += [
            Content(""),
            clickable(
                Content.styled(tr("1–9 rings a customer · Esc leaves the practice"), "$foreground-muted"), "leave"
            ),
        ]
        self.query_one("#list", Static).update(Content("\n").join(lines))

    def on_key(self, event: events.Key) -> None:
        """Take a customer by number."""
        if event.character and event.character.isdecimal() and 0 < int(event.character) <= len(self._customers):
            event.stop()
            self.action_take(int(event.character))

    def action_take(self, number: int) -> None:
        """Ring a customer of the list."""
        self.post_message(self.Chosen(self._customers[number - 1].id))

    def action_leave(self) -> None:
        """Leave the practice."""
        self.post_message(self.Left())


class ScoreScreen(Screen[None]):
    """How the rehearsed call was, and what to do better."""

    CSS_PATH = "practice.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "again", mark("Again"), id="score.again", tooltip=mark("Ring the same customer again")),
        Binding("escape,enter,q", "done", mark("Customers"), id="score.done", tooltip=mark("Back to the customers")),
    ]

    @dataclass
    class Again(Message):
        """The same customer once more."""

        persona: str

    @dataclass
    class Done(Message):
        """Back to the list."""

    def __init__(self, persona: Persona, result: Score) -> None:
        super().__init__()
        self._persona = persona
        self._result = result

    def compose(self) -> ComposeResult:
        """Show the score."""
        with VerticalScroll(id="sheet", can_focus=False):
            yield Static(self._text(), id="score")

    def translated(self) -> None:
        """Write the score again after its language changed."""
        self.query_one("#score", Static).update(self._text())

    def _text(self) -> Content:
        good = sum(each.good for each in self._result.marks)
        head = tr("{good} of {n} · {percent} %").format(
            good=good, n=len(self._result.marks), percent=self._result.percent
        )
        lines = [
            Content.assemble((self._persona.title[language()], "bold $accent"), "   ", (head, "bold")),
            Content(""),
        ]
        for each in self._result.marks:
            sign = ("✓ ", "bold $text-success") if each.good else ("✗ ", "bold $text-error")
            lines.append(Content.assemble(sign, each.label))
            if each.advice:
                lines.append(Content.styled(f"    {each.advice}", "$foreground-muted"))
        hint = tr("r rings again · ↵ goes to the customers")
        lines += [Content(""), clickable(Content.styled(hint, "$foreground-muted"), "done")]
        return Content("\n").join(lines)

    def action_again(self) -> None:
        """Ring the same customer again."""
        self.post_message(self.Again(self._persona.id))

    def action_done(self) -> None:
        """Go back to the list."""
        self.post_message(self.Done())
