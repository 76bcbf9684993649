"""Imports at the desk: choose a file, see every row in its class, answer once, try it, bring it in, take it back."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Static
from textual.worker import Worker

from domain.i18n import mark, tr
from domain.supervision import ImportKind, NamedProfile
from screens.ports import Refused
from screens.supervisor.asking import AskChoice, AskLine
from screens.supervisor.commands import bindings
from screens.supervisor.fileprogress import FileProgress
from screens.supervisor.frame import DeskScreen
from screens.supervisor.importing import (
    KINDS,
    AskedOfFile,
    FileLook,
    FileRow,
    ImportStep,
    applied_words,
    look_lines,
    sort_words,
)
from screens.supervisor.ports import SupervisorDesk
from screens.widgets.linetable import Cell, Column, LineTable, Row, Tone

COLUMNS: Final = (
    Column("row", mark("Row"), 6, right=True),
    Column("sort", mark("Class"), 18),
    Column("amount", mark("Amount"), 14, right=True, drop=1),
    Column("text", mark("Why"), 0),
)
SETTINGS: Final = ("segment", "region", "language", "creditor", "assign", "currency", "date_order", "decimal", "as_of")
"""What may be said about a source in one line, as the import's parameters are called."""
_LOOKS: Final = 5
_LOOK_S: Final = 0.4
"""How often, and how many seconds apart, a server is asked what it did with an import that was stopped."""
_TONES: Final[dict[str, Tone]] = {
    "error": "bad",
    "unmatched": "warn",
    "ambiguous": "warn",
    "refused": "bad",
    "data": "",
    "booked": "",
}


class ImportsScreen(DeskScreen):
    """One file on its way in."""

    PLACE = "imports"
    BINDINGS: ClassVar[list[BindingType]] = bindings("imports", "desk")
    AUTO_FOCUS = "LineTable"

    def __init__(self, desk: SupervisorDesk) -> None:
        super().__init__(desk)
        self._file: Path | None = None
        self._kind: ImportKind = "receivables"
        self._profile: str | None = None
        self._answers: dict[str, str] = {}
        self._look: FileLook | None = None
        self._refusal = ""
        self._only: str | None = None
        self._working: Worker[None] | None = None
        self._coming: str | None = None
        self._done: str | None = None
        self._unasked: set[str] = set()

    def body(self) -> ComposeResult:
        """File and kind, rows, what they come to."""
        yield Static(id="title")
        with Horizontal(id="main"):
            yield LineTable(COLUMNS)
            yield Static(id="empty")
            with VerticalScroll(id="side", can_focus=False):
                yield Static(id="side-text")
        yield FileProgress()

    def heading(self) -> str:
        """Name the screen."""
        return tr("Import")

    async def load(self) -> None:
        """Show what there is; nothing is asked before a file is chosen."""
        self.repaint()

    def repaint(self) -> None:
        """Show the file as it was read."""
        if not self.is_ready:
            return
        kinds = {"receivables": tr("receivables"), "contacts": tr("contacts"), "payments": tr("payments")}
        parts = [kinds[self._kind]]
        if self._profile:
            parts.append(tr("profile {name}").format(name=self._profile))
        if self._file is not None:
            parts.insert(0, self._file.name)
        if self._only:
            parts.append(tr("only: {what}").format(what=sort_words(self._only)))
        self.query_one("#title", Static).update(Content(" · ".join(parts)))
        look = self._look
        rows = [each for each in look.rows if self._only in (None, each.sort)] if look else []
        self.query_one(LineTable).show([self._row(each) for each in rows])
        self.set_class(not rows, "-empty")
        if not rows:
            self.query_one("#empty", Static).update(Content(self._empty_words()))
        said = look_lines(look, self._answers) if look else []
        self.query_one("#side-text", Static).update(Content("\n").join(said))

    def _empty_words(self) -> str:
        if self._refusal:
            return self._refusal
        if self._look is not None:
            return tr("The file was read; it has no rows to show like this.")
        if not self._desk.may_read_files:
            return tr("In a shared browser no files are read: bring them in with duecall board or duecall import.")
        return tr(
            "o opens a file: an aged list, a contact list, or payments (t says which).\nz lists what came in before."
        )

    def _row(self, row: FileRow) -> Row:
        tone = _TONES.get(row.sort, "muted")
        return Row(
            str(row.row),
            (Cell(str(row.row), "muted"), Cell(sort_words(row.sort), tone), Cell(row.amount), Cell(row.text, tone)),
        )

    # --- choosing and reading ---

    def action_choose(self) -> None:
        """Choose a file."""
        if self._busy:
            return
        if not self._desk.may_read_files:
            self.say(self._empty_words(), trouble=True)
            return
        from screens.supervisor.filedialog import OpenFile

        start = self._file.parent if self._file is not None else Path.cwd()
        self.app.push_screen(OpenFile(start), self._chosen)

    def _chosen(self, file: Path | None) -> None:
        if file is not None:
            self._file, self._look, self._answers, self._done, self._only = file, None, {}, None, None
            self._unasked = set()
            self._read()

    def _read(self) -> None:
        if self._file is None:
            self.say(tr("o opens a file first."))
        elif not self._busy:
            self.query_one(FileProgress).begin(tr("reading"))
            self._working = self.run_worker(
                self._read_file(self._file), group="file", exclusive=True, exit_on_error=False
            )

    async def _read_file(self, file: Path) -> None:
        try:
            answer = await self._desk.try_import(file, self._kind, self._profile, self._answers, self._step)
        finally:
            self._end()
        if not self.is_ready:
            return
        if isinstance(answer, Refused):
            self._look, self._refusal = None, answer.text
            self.repaint()
            self.say(answer.text, trouble=True)
            return
        self._look, self._refusal = answer, ""
        self.repaint()
        if answer.blocking:
            self._put(answer.blocking[0])
        else:
            self.say(tr("Nothing has been changed yet: c brings it in."))

    @property
    def _busy(self) -> bool:
        return self.is_ready and self.query_one(FileProgress).busy

    def _step(self, step: ImportStep) -> None:
        if self.is_ready:
            self.query_one(FileProgress).show(step)

    def _end(self) -> None:
        self._working = None
        if self.is_ready:
            self.query_one(FileProgress).end()

    def action_stop(self) -> None:
        """Stop what is on its way; nothing of it has come in unless the server was faster."""
        if self._working is None:
            self.say(tr("Nothing is on its way."))
            return
        self._working.cancel()
        coming, self._coming = self._coming, None
        if coming is None:
            self.say(tr("Stopped; nothing was changed. t, p or a reads the file again."))
        else:
            self.carry_out(self._stopped(coming))

    async def _stopped(self, change: str) -> None:
        """Say what became of an import that was stopped: the server may have been faster."""
        for _ in range(_LOOKS):
            await asyncio.sleep(_LOOK_S)
            found = await self._desk.is_in(change)
            if isinstance(found, Refused):
                self.say(tr("Stopped, but the server cannot be asked what it did; z shows what came in."), trouble=True)
                return
            if found:
                self._done = change
                self.say(tr("The server was faster: the file has been brought in. u takes it back."), trouble=True)
                return
        self.say(tr("Stopped: nothing of the file was brought in. c begins again."))

    # --- questions ---

    def action_answer(self) -> None:
        """Answer the next open question."""
        open_ones = self._look.questions if self._look else ()
        if not open_ones:
            self.say(tr("The file leaves nothing open."))
            return
        self._put(next((each for each in open_ones if each.code not in self._unasked), open_ones[0]))

    def _put(self, question: AskedOfFile) -> None:
        self._unasked.add(question.code)

        def answered(value: str | None) -> None:
            if value:
                self._answers[question.code] = value
                self._read()

        if question.choices:
            keys = [(str(number), choice, choice) for number, choice in enumerate(question.choices[:9], 1)]
            self.app.push_screen(AskChoice(question.text, keys), answered)
        else:
            hint = {"as_of": "2026-11-20", "currency": "CNY, USD, EUR …"}.get(question.code, "")
            self.app.push_screen(AskLine(question.text, hint=hint), answered)

    def action_settings(self) -> None:
        """Say what the file itself does not: whose customers, which ledger, who gets the new cases."""
        known = " ".join(f"{name}={value}" for name, value in self._answers.items() if name in SETTINGS)
        question = tr("Settings of this source, like segment=consumer region=CN creditor=cards assign=none")
        self.app.push_screen(AskLine(question, value=known, hint=", ".join(SETTINGS), needed=False), self._set)

    def _set(self, line: str | None) -> None:
        if line is None:
            return
        wanted = dict(word.split("=", 1) for word in line.split() if "=" in word)
        unknown = [word for word in line.split() if word.partition("=")[0] not in SETTINGS or "=" not in word]
        if unknown:
            said = tr("“{text}” is no setting; nothing was changed. The settings are {names}.")
            self.say(said.format(text=unknown[0], names=", ".join(SETTINGS)), trouble=True)
            return
        self._answers = {name: value for name, value in self._answers.items() if name not in SETTINGS} | wanted
        self.repaint()
        if self._file is not None:
            self._read()

    def action_kind(self) -> None:
        """Take the file for something else."""
        if not self._busy:
            self._kind = KINDS[(KINDS.index(self._kind) + 1) % len(KINDS)]
            self._look, self._profile, self._answers, self._done = None, None, {}, None
            self.repaint()
            if self._file is not None:
                self._read()

    def action_only(self) -> None:
        """Show only one class of rows, the next one, or all."""
        if self._look is not None:
            sorts: list[str | None] = [None, *(sort for sort, count in self._look.counts.items() if count)]
            self._only = sorts[(sorts.index(self._only) + 1) % len(sorts)] if self._only in sorts else None
            self.repaint()

    def action_profile(self) -> None:
        """Use the answers remembered for a source."""
        self.run_worker(self._choose_profile(), group="profiles", exclusive=True, exit_on_error=False)

    async def _choose_profile(self) -> None:
        answer = await self._desk.import_profiles()
        if isinstance(answer, Refused):
            self.say(answer.text, trouble=True)
            return
        fitting = [each for each in answer.profiles if each.profile.kind == self._kind][:9]
        if not fitting:
            self.say(tr("No profile yet: answer a file's questions, and c asks for a name to remember them by."))
            return

        def chosen(name: str | None) -> None:
            if name is not None:
                self._profile, self._answers = name or None, {}
                self.repaint()
                if self._file is not None:
                    self._read()

        choices = [(str(number), each.name, _profile_words(each)) for number, each in enumerate(fitting, 1)]
        self.app.push_screen(AskChoice(tr("Whose answers?"), [*choices, ("0", "", tr("none"))]), chosen)

    # --- bringing in, taking back ---

    def action_commit(self) -> None:
        """Bring the file in, all or nothing."""
        look = self._look
        if self._busy or look is None or self._file is None:
            self.say(tr("o opens a file first."))
        elif look.blocking:
            self._put(look.blocking[0])
        elif self._done is not None:
            self.say(tr("This file has been brought in already; u takes it back."), trouble=True)
        elif self._answers and self._profile is None:
            question = tr("Remember these answers under a name for the next file of this source? Empty: no.")
            self.app.push_screen(AskLine(question, needed=False), self._commit_as)
        else:
            self._commit_as("")

    def _commit_as(self, name: str | None) -> None:
        if name is not None and self._file is not None:
            self.query_one(FileProgress).begin(tr("bringing in"))
            self._coming = self._desk.new_id()
            self._working = self.carry_out(self._commit(self._coming, self._file, name or None))

    async def _commit(self, change: str, file: Path, remember: str | None) -> None:
        kind, profile, answers = self._kind, self._profile, self._answers
        try:
            answer = await self._desk.bring_in(change, file, kind, profile, answers, remember, self._step)
        finally:
            self._end()
        self._coming = None
        if self.refused(answer) or isinstance(answer, Refused):
            return
        self._done, self._look = change, answer
        if self.is_ready:
            self.repaint()
        self.say(tr("brought in: {what} · u takes it back").format(what=applied_words(answer.applied)))

    def action_undo(self) -> None:
        """Take the whole import back; the first call on it ends that."""
        if self._done is None:
            self.say(tr("Nothing was brought in here yet; z lists what came in before."))
        elif not self._busy:
            self.carry_out(self._undo(self._done))

    async def _undo(self, change: str) -> None:
        answer = await self._desk.undo_import(change)
        if self.refused(answer):
            return
        self._done = None
        self.say(tr("taken back: everything is as it was before the file"))

    def action_earlier(self) -> None:
        """List what came in before."""
        self.post_message(self.Go("importlist"))


def _profile_words(named: NamedProfile) -> str:
    profile = named.profile
    said = [profile.currency, profile.date_order, profile.sheet, profile.region, profile.creditor]
    return " · ".join([named.name, *(each for each in said if each)])
