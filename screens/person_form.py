"""Naming somebody else than the customer: who, how they are reached, and whether they may be told of the debt."""

from __future__ import annotations

from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Checkbox, Input, Label, Static

from domain.i18n import mark, tr
from screens.ports import Desk, Refused
from screens.ports_file import PersonEntry
from screens.widgets.clicking import clickable

_FIELDS: Final = (
    ("name", mark("name")),
    ("relation", mark("relation: spouse, accountant, lawyer …")),
    ("number", mark("number")),
)
_EVIDENCE: Final = mark("how that is known: said on the call, letter of …, court order")


class PersonForm(ModalScreen[str]):
    """Four fields and a tick. What is typed is kept as a draft; Enter saves, Esc goes back."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Back", show=False, id="person.leave")]

    def __init__(self, desk: Desk, case_id: str) -> None:
        super().__init__()
        self._desk = desk
        self._case_id = case_id

    def compose(self) -> ComposeResult:
        """Build the form with what was typed before."""
        draft = self._desk.draft(self._case_id)
        with Vertical(id="form"):
            yield Static(Content.styled(tr("Somebody else than the customer"), "bold $accent"))
            for name, label in _FIELDS:
                yield Label(Content(tr(label)))
                yield Input(draft.get(f"person.{name}", ""), id=name, compact=True, select_on_focus=False)
            yield Checkbox(
                Content(tr("may be told of the debt")), draft.get("person.authorised") == "yes", id="authorised"
            )
            yield Label(Content(tr(_EVIDENCE)))
            yield Input(draft.get("person.evidence", ""), id="evidence", compact=True, select_on_focus=False)
            yield Static(id="trouble")
            keys = Content.assemble(clickable(tr("↵ saves"), "save"), "   ", clickable(tr("Esc goes back"), "leave"))
            yield Static(keys.stylize("$foreground-muted"), id="keys")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Keep what is typed."""
        event.stop()
        self._desk.keep_draft(self._case_id, {f"person.{event.input.id}": event.value})

    def on_checkbox_changed(self, event: Checkbox.Changed) -> None:
        """Keep the tick."""
        event.stop()
        self._desk.keep_draft(self._case_id, {"person.authorised": "yes" if event.value else ""})

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Save, or say why not."""
        event.stop()
        self.action_save()

    def action_save(self) -> None:
        """Save, or say why not."""
        entry = PersonEntry(
            name=self._text("name"),
            relation=self._text("relation"),
            number=self._text("number"),
            authorised=self.query_one(Checkbox).value,
            evidence=self._text("evidence"),
        )
        result = self._desk.file.name_person(self._case_id, entry)
        if isinstance(result, Refused):
            self.query_one("#trouble", Static).update(Content(result.text))
            return
        fields = ("name", "relation", "number", "authorised", "evidence")
        self._desk.keep_draft(self._case_id, {f"person.{name}": "" for name in fields})
        self.dismiss(result.text)

    def _text(self, name: str) -> str:
        return self.query_one(f"#{name}", Input).value

    def action_leave(self) -> None:
        """Go back; the text stays as a draft."""
        self.dismiss("")
