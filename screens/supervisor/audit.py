"""The audit trail: who saw, changed, moved and decided what; searched, exported, its chain verified."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from domain.clock import format_instant
from domain.i18n import mark, tr
from domain.supervision import AuditChain, AuditLine
from screens.ports import Refused
from screens.supervisor import words
from screens.supervisor.commands import bindings
from screens.supervisor.frame import DeskScreen
from screens.supervisor.ports import SupervisorDesk
from screens.widgets.linetable import Cell, Column, LineTable, Row

COLUMNS: Final = (
    Column("at", mark("When"), 17),
    Column("who", mark("Who"), 16),
    Column("action", mark("What"), 22),
    Column("subject", mark("About"), 0),
    Column("seq", mark("Line"), 7, right=True, drop=1),
)
_NAMED: Final = re.compile(r"(actor|action|subject|since|until):(\S+)")


class AuditScreen(DeskScreen):
    """The trail, newest first. ``what`` limits it, as the parameters of the address are called."""

    PLACE = "audit"
    BINDINGS: ClassVar[list[BindingType]] = bindings("audit", "desk")
    AUTO_FOCUS = "LineTable"

    @dataclass
    class Export(Message):
        """The trail is to be kept as a file."""

        query: dict[str, str]

    def __init__(self, desk: SupervisorDesk, what: Mapping[str, str] | None = None) -> None:
        super().__init__(desk)
        self._query: dict[str, str] = dict(what or {})
        self._typed = " ".join(f"{name}:{value}" for name, value in self._query.items())
        self._lines: list[AuditLine] = []
        self._next: str | None = None
        self._chain: AuditChain | None = None

    def body(self) -> ComposeResult:
        """Give the search line, the trail, and everything about the line under the cursor."""
        yield Static(id="title")
        yield Input(id="asked", placeholder="actor:  action:case.  subject:  since:2026-11-01  until:2026-11-30")
        with Horizontal(id="main"):
            yield LineTable(COLUMNS)
            yield Static(id="empty")
            with VerticalScroll(id="side", can_focus=False):
                yield Static(id="side-text")

    def heading(self) -> str:
        """Name the screen."""
        return tr("Audit")

    def on_mount(self) -> None:
        """Load, and have the chain verified once."""
        super().on_mount()
        self.action_verify()

    async def load(self) -> None:
        """Ask for the newest lines; what was scrolled to stays where there is nothing newer."""
        page = await self._desk.audit(self._query)
        if self.refused(page) or isinstance(page, Refused):
            return
        newest = {line.id for line in page.lines}
        older = [line for line in self._lines if line.id not in newest] if len(self._lines) > len(page.lines) else []
        if not older:
            self._next = page.next
        self._lines = [*page.lines, *older]
        self.repaint()

    def on_line_table_more_wanted(self) -> None:
        """Ask for older lines."""
        if self._next is not None:
            before, self._next = self._next, None
            self.run_worker(self._more(before), group="more", exclusive=False, exit_on_error=False)

    async def _more(self, before: str) -> None:
        page = await self._desk.audit(self._query, before)
        if not isinstance(page, Refused):
            self._lines, self._next = [*self._lines, *page.lines], page.next
            self.repaint()

    def repaint(self) -> None:
        """Show the lines that are known."""
        if not self.is_ready:
            return
        total = len(self._lines) + (1 if self._next else 0)
        self.query_one(LineTable).show([self._row(line) for line in self._lines], total=total)
        self.set_class(not self._lines, "-empty")
        if not self._lines:
            self.query_one("#empty", Static).update(
                Content(tr("Nothing in the trail is like that. / changes the search."))
            )
        self._show_title()

    def _show_title(self) -> None:
        chain = self._chain
        if chain is None:
            said = Content(tr("The chain is being verified …"))
        elif chain.whole:
            said = Content.styled("✓ " + tr("the chain is whole: {n} lines").format(n=chain.length), "$text-success")
        else:
            said = Content.styled("✗ " + broken_words(chain), "bold $text-error")
        if self._typed:
            said = Content.assemble(said, " · ", self._typed)
        self.query_one("#title", Static).update(said)

    def _row(self, line: AuditLine) -> Row:
        return Row(
            line.id,
            (
                Cell(words.when(line.at, self._desk.now())),
                Cell(line.actor_name or line.actor),
                Cell(action_words(line.action)),
                Cell(line.subject, "muted"),
                Cell(str(line.seq), "muted"),
            ),
        )

    def on_line_table_highlighted(self, event: LineTable.Highlighted) -> None:
        """Say everything about the line under the cursor."""
        line = next((each for each in self._lines if each.id == event.key), None)
        side = self.query_one("#side-text", Static)
        if line is None:
            side.update("")
            return
        said = [
            Content.styled(action_words(line.action), "bold"),
            Content(words.when(line.at, self._desk.now())),
            _pair(tr("Who"), f"{line.actor_name or ''} {line.actor}".strip()),
            _pair(tr("About"), line.subject),
            *(_pair(str(name), str(value)) for name, value in line.detail.items()),
            _pair(tr("Code"), line.action),
            _pair(tr("Digest"), line.digest[:16] + "…"),
        ]
        side.update(Content("\n").join(said))

    # --- keys ---

    def action_search(self) -> None:
        """Open the search line."""
        asked = self.query_one("#asked", Input)
        asked.add_class("open")
        asked.value = self._typed
        asked.focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Search, or say what is wrong with the line."""
        read = read_search(event.value)
        if isinstance(read, Refused):
            self.say(read.text, trouble=True)
            return
        self._query, self._typed, self._lines = read, " ".join(event.value.split()), []
        self._close()
        self.reload()

    def _close(self) -> None:
        self.query_one("#asked", Input).remove_class("open")
        self.query_one(LineTable).focus()

    def action_back(self) -> None:
        """Close the search line, or go back."""
        if self.query_one("#asked", Input).has_class("open"):
            self._close()
        else:
            super().action_back()

    def action_same(self) -> None:
        """Show only what is about the same thing as the line under the cursor."""
        key = self.query_one(LineTable).selected
        line = next((each for each in self._lines if each.id == key), None)
        if line is not None:
            self._query, self._typed, self._lines = {"subject": line.subject}, f"subject:{line.subject}", []
            self.reload()

    def action_verify(self) -> None:
        """Have the whole chain verified; that somebody did is a line of it."""
        self._chain = None
        self.run_worker(self._verify(), group="verify", exclusive=True, exit_on_error=False)

    async def _verify(self) -> None:
        answer = await self._desk.audit_chain()
        if self.refused(answer) or isinstance(answer, Refused) or not self.is_ready:
            return
        self._chain = answer
        self._show_title()

    def action_export(self) -> None:
        """Keep what was searched for as CSV."""
        self.post_message(self.Export(self._query))


def read_search(text: str) -> dict[str, str] | Refused:
    """Read the search line into parameters; days are days here, from midnight to midnight."""
    query: dict[str, str] = {}
    for found in _NAMED.finditer(text):
        name, value = found[1], found[2]
        if name in ("since", "until"):
            try:
                day = datetime.combine(date.fromisoformat(value), time()).astimezone()
            except ValueError:
                said = tr("“{text}” is no day; write since:2026-11-01. Nothing was searched.")
                return Refused(said.format(text=value))
            value = format_instant(day)
        query[name] = value
    left = _NAMED.sub(" ", text).split()
    if left:
        said = tr("“{text}” says nothing to the search: write actor:, action:, subject:, since: or until: before it.")
        return Refused(said.format(text=left[0]))
    return query


def broken_words(chain: AuditChain) -> str:
    """Say how a chain is broken."""
    how = {
        "gap": tr("a line is missing, or there twice"),
        "changed": tr("a line was changed after it was written"),
        "end": tr("lines were cut off at the end"),
    }.get(chain.fault or "", tr("it does not hold together"))
    said = tr("the trail was tampered with at line {n}: {how}; keep the database as it is and tell operations")
    return said.format(n=chain.broken_at, how=how)


def action_words(action: str) -> str:
    """Say what was done; an action of a later server is shown by its code."""
    names = {
        "absence.ended": tr("absence ended"),
        "absence.written": tr("absence entered"),
        "agent.profile": tr("agent's profile changed"),
        "audit.verified": tr("trail verified"),
        "case.drawn": tr("case drawn from the pool"),
        "case.opened": tr("looked at a case"),
        "case.reassigned": tr("case moved"),
        "cases.held": tr("cases put on hold"),
        "cases.released": tr("hold released"),
        "device.added": tr("machine added"),
        "device.revoked": tr("machine shut out"),
        "event.accepted": tr("event accepted"),
        "event.dismissed": tr("event dismissed"),
        "file.viewed": tr("looked at a customer's file"),
        "gate.overridden": tr("warning set aside"),
        "import.applied": tr("file brought in"),
        "import.undone": tr("file taken back"),
        "payment.received": tr("payment booked"),
        "payment.reversed": tr("payment reversed"),
        "policy.changed": tr("policy changed"),
        "scripts.changed": tr("scripts changed"),
        "review.decided": tr("decided"),
        "review.undone": tr("decision taken back"),
        "session.opened": tr("logged in"),
        "session.closed": tr("logged out"),
        "stop.lifted": tr("stop flag lifted"),
        "user.added": tr("person added"),
        "user.closed": tr("account closed"),
        "user.password_set": tr("password set"),
        "user.reopened": tr("account reopened"),
    }
    return names.get(action, action)


def _pair(label: str, said: str) -> Content:
    return Content.assemble((label + "  ", "$foreground-muted"), said)
