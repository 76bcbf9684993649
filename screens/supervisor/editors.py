"""The editors: rules, promise types, codes and scripts as texts; checked, compared, published, brought back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from domain.i18n import mark, tr
from domain.supervision import VersionLine
from screens.ports import Refused
from screens.supervisor import words
from screens.supervisor.asking import AskLine
from screens.supervisor.commands import bindings
from screens.supervisor.frame import DeskScreen
from screens.supervisor.house import Draft, HouseDocument, Part, diff_lines, finding_lines, version_words
from screens.supervisor.ports import SupervisorDesk
from screens.widgets.linetable import Cell, Column, LineTable, Row

PARTS: Final = (Column("part", mark("Text"), 0), Column("state", mark("State"), 9))


class EditorsScreen(DeskScreen):
    """Texts and their versions on the left, what is asked for of the one under the cursor on the right."""

    PLACE = "editors"
    BINDINGS: ClassVar[list[BindingType]] = bindings("editors", "desk")
    AUTO_FOCUS = "LineTable"

    @dataclass
    class Edit(Message):
        """A text is to be edited in the person's own editor, or the built-in one; ``edited`` takes what comes back."""

        part: Part
        text: str
        built_in: bool
        edited: Callable[[str], None]

    def __init__(self, desk: SupervisorDesk) -> None:
        super().__init__(desk)
        self._documents: dict[str, HouseDocument] = {}
        self._parts: list[Part] = []
        self._versions: dict[str, list[VersionLine]] = {}
        self._showing: list[Content] = []
        self._conflict: str | None = None

    def body(self) -> ComposeResult:
        """Give the list, and the text."""
        with Horizontal(id="main"):
            yield LineTable(PARTS)
            with VerticalScroll(id="text"):
                yield Static(id="text-text")

    def heading(self) -> str:
        """Name the screen."""
        return tr("Rules and scripts")

    # --- loading and showing ---

    async def load(self) -> None:
        """Ask for the documents and their versions; drafts stay as they are."""
        for name in ("policy", "scripts"):
            answer = await self._desk.house(name)
            if self.refused(answer) or isinstance(answer, Refused):
                return
            self._documents[name] = answer
            versions = await self._desk.versions(name)
            if not isinstance(versions, Refused):
                self._versions[name] = versions.versions
        self._parts = [part for document in self._documents.values() for part in self._desk.parts_of(document)]
        known = {(part.document, part.id) for part in self._parts}
        self._parts += [draft.part for key, draft in self._desk.drafts.items() if key not in known]
        self.repaint()

    def repaint(self) -> None:
        """Show the list, and the text under the cursor."""
        if not self.is_ready or not self._parts:
            return
        rows: list[Row] = []
        titles = {"policy": tr("Rules of the house"), "scripts": tr("Scripts")}
        for name in self._documents:
            rows.append(Row(f"heading {name}", (Cell(titles[name]),), heading=True))
            rows += [self._part_row(part) for part in self._parts if part.document == name]
            rows += [self._version_row(name, each) for each in self._versions.get(name, [])[:20]]
        self.query_one(LineTable).show(rows)
        self._show()

    def _part_row(self, part: Part) -> Row:
        draft = self._desk.drafts.get((part.document, part.id))
        return Row(f"part {part.document} {part.id}", (Cell(part.title), Cell(tr("draft") if draft else "", "warn")))

    def _version_row(self, name: str, version: VersionLine) -> Row:
        said = version_words(version, words.when(version.at, self._desk.now()))
        return Row(f"version {name} {version.ver}", (Cell("  " + said, "muted"), Cell(tr("version"), "muted")))

    @property
    def _part(self) -> Part | None:
        key = self.query_one(LineTable).selected or ""
        return next((each for each in self._parts if f"part {each.document} {each.id}" == key), None)

    @property
    def _version(self) -> tuple[str, int] | None:
        kind, _, rest = (self.query_one(LineTable).selected or "").partition(" ")
        name, _, ver = rest.partition(" ")
        return (name, int(ver)) if kind == "version" else None

    def on_line_table_highlighted(self) -> None:
        """Show what is under the cursor."""
        self._showing, self._conflict = [], None
        version = self._version
        if version is not None:
            self.run_worker(self._compare(*version), group="compare", exclusive=True, exit_on_error=False)
        else:
            self._show()

    def _show(self, lines: list[Content] | None = None) -> None:
        if lines is not None:
            self._showing = lines
        part = self._part
        shown = self._showing
        if not shown and part is not None:
            draft = self._desk.drafts.get((part.document, part.id))
            shown = [Content(draft.text if draft else part.text)]
        self.query_one("#text-text", Static).update(Content("\n").join(shown))

    async def _compare(self, name: str, ver: int) -> None:
        """Show what a version changed against the one before it."""
        before = max((each.ver for each in self._versions.get(name, []) if each.ver < ver), default=None)
        if before is None:
            self._show([Content.styled(tr("The first version; there is nothing before it."), "$foreground-muted")])
            return
        answer = await self._desk.difference(name, before, ver)
        if not self.refused(answer) and not isinstance(answer, Refused) and self.is_ready:
            self._show(answer or [Content(tr("Nothing is different."))])
            self.query_one("#text", VerticalScroll).scroll_home(animate=False)

    # --- editing ---

    def on_line_table_chosen(self) -> None:
        """Edit what is under the cursor."""
        self.action_edit()

    def action_edit(self) -> None:
        """Edit in one's own editor, where there is one."""
        self._edit(built_in=False)

    def action_type(self) -> None:
        """Edit in the built-in editor."""
        self._edit(built_in=True)

    def _edit(self, *, built_in: bool) -> None:
        part = self._part
        if part is None:
            self.say(tr("The cursor stands on a version: R brings it back, d compares it."))
            return
        draft = self._desk.drafts.get((part.document, part.id))
        text = draft.text if draft else part.text

        def edited(new: str) -> None:
            self._edited(part, new)

        self.post_message(self.Edit(part, text, built_in, edited))

    def _edited(self, part: Part, new: str) -> None:
        key = (part.document, part.id)
        draft = self._desk.drafts.get(key)
        base = draft.base if draft else part.text
        etag = draft.etag if draft else self._documents[part.document].etag
        if new == base:
            self._desk.drafts.pop(key, None)
            self.say(tr("Nothing was changed."))
        else:
            self._desk.drafts[key] = Draft(part, base, new, etag)
            self.run_worker(self._check(key), group="check", exclusive=True, exit_on_error=False)
        self._showing = []
        self.repaint()

    def action_add(self) -> None:
        """Begin a script, or a rule pack of the house's own, as a copy of what stands under the cursor."""
        part = self._part
        if part is not None and part.document == "scripts" and "scripts" in self._documents:
            self._begin(self._desk.new_script(self._documents["scripts"], part))
            return

        def named(name: str | None) -> None:
            if name is not None:
                self._begin(self._desk.new_pack(name.strip().lower(), part))

        question = tr("What is the new rule pack called? Small letters, digits and -, like acme-consumer.")
        hint = tr("It begins as a copy of the one under the cursor; on a script, a begins a script.")
        self.app.push_screen(AskLine(question, hint=hint), named)

    def _begin(self, part: Part) -> None:
        """Keep a text nobody has published yet as a draft, and open it."""
        key = (part.document, part.id)
        if key not in self._desk.drafts:
            known = next((each for each in self._parts if (each.document, each.id) == key), None)
            if known is not None:
                self.say(tr("There is one of that name already; ↵ edits it."), trouble=True)
                return
            self._desk.drafts[key] = Draft(part, "", part.text, self._documents[part.document].etag)
            self._parts.append(part)
        self.repaint()
        self.query_one(LineTable).select(f"part {part.document} {part.id}")
        self.action_type()

    def action_remove(self) -> None:
        """Remove a script, or a rule pack of the house's own, for every agent."""
        part = self._part
        if part is None:
            self.say(tr("The cursor stands on a version: R brings it back, d compares it."))
            return
        if part.id == "+" or (part.document, part.id) in self._desk.drafts:
            self.say(tr("This is a draft: x gives it up."))
            return

        def noted(note: str | None) -> None:
            if note is not None:
                self.carry_out(self._remove(part, note))

        question = tr("Remove “{title}” for every agent: what for? R on the version before brings it back.")
        self.app.push_screen(AskLine(question.format(title=part.title)), noted)

    async def _remove(self, part: Part, note: str) -> None:
        answer = await self._desk.remove(part, self._documents[part.document].etag, note)
        if self.refused(answer):
            return
        self.say(tr("removed; every agent has it with the next sync. R on the version before brings it back."))
        self.reload()

    @property
    def _draft(self) -> Draft | None:
        part = self._part
        return self._desk.drafts.get((part.document, part.id)) if part is not None else None

    def action_check(self) -> None:
        """Have the draft checked."""
        draft = self._draft
        if draft is None:
            self.say(tr("There is no draft here: ↵ edits the text."))
        else:
            key = (draft.part.document, draft.part.id)
            self.run_worker(self._check(key), group="check", exclusive=True, exit_on_error=False)

    async def _check(self, key: tuple[str, str]) -> bool:
        draft = self._desk.drafts.get(key)
        if draft is None:
            return False
        answer = await self._desk.check(draft)
        if self.refused(answer) or isinstance(answer, Refused) or not self.is_ready:
            return False
        found = finding_lines(answer.findings)
        if answer.ok:
            self.say(tr("The check found nothing that stands in the way: p publishes it."))
        else:
            self.say(
                tr("This cannot be published yet; nothing was changed. The findings stand above the draft."),
                trouble=True,
            )
        if found:
            self._show([*found, Content(""), *diff_lines(draft.base, draft.text, (tr("published"), tr("draft")))])
        return answer.ok

    def action_compare(self) -> None:
        """Show what the draft changes."""
        draft = self._draft
        if draft is not None:
            self._show(diff_lines(draft.base, draft.text, (tr("published"), tr("draft"))))
        elif self._version is None:
            self.say(tr("There is no draft here: ↵ edits the text."))

    def action_discard(self) -> None:
        """Give the draft up."""
        draft = self._draft
        if draft is not None:
            self._desk.drafts.pop((draft.part.document, draft.part.id), None)
            self._showing, self._conflict = [], None
            self.say(tr("The draft is gone; the published text stands."))
            self.repaint()

    # --- publishing ---

    def action_publish(self) -> None:
        """Publish the draft, with a note why."""
        draft = self._draft
        if draft is None:
            self.say(tr("There is no draft here: ↵ edits the text."))
            return

        def noted(note: str | None) -> None:
            if note is not None:
                self.carry_out(self._publish(draft, note))

        question = tr("Publish “{title}” to every agent: what for? It stands in the list of versions.")
        self.app.push_screen(AskLine(question.format(title=draft.part.title), needed=False), noted)

    async def _publish(self, draft: Draft, note: str) -> None:
        key = (draft.part.document, draft.part.id)
        if not await self._check(key):
            return
        answer = await self._desk.publish(draft, note)
        if isinstance(answer, Refused) and answer.code == "outdated":
            await self._show_conflict(draft)
            return
        if self.refused(answer):
            return
        self._desk.drafts.pop(key, None)
        self._showing, self._conflict = [], None
        self.say(tr("published; every agent has it with the next sync"))
        self.reload()

    async def _show_conflict(self, draft: Draft) -> None:
        """Say that somebody was faster, show both changes, and let the person decide."""
        await self.load()
        part = next(
            (each for each in self._parts if each.id == draft.part.id and each.document == draft.part.document), None
        )
        newest = next(iter(self._versions.get(draft.part.document, [])), None)
        theirs = part.text if part is not None else ""
        who = (newest.actor_name or newest.actor) if newest else ""
        said = tr(
            "{who} published another version while you were editing. Your draft is kept and nothing was overwritten. "
            "M puts your text onto theirs, then p publishes it; x gives yours up."
        )
        elsewhere = Content(tr("another text of the same document"))
        self._conflict = self._documents[draft.part.document].etag
        self.say(said.format(who=who), trouble=True)
        self._show(
            [
                Content.styled(tr("What they changed"), "bold"),
                *(diff_lines(draft.base, theirs, (tr("before"), tr("theirs"))) or [elsewhere]),
                Content(""),
                Content.styled(tr("What you changed"), "bold"),
                *diff_lines(draft.base, draft.text, (tr("before"), tr("draft"))),
            ]
        )

    def action_merge(self) -> None:
        """Take the draft as made from the newest version, after both were seen."""
        draft = self._draft
        part = self._part
        if draft is None or part is None or self._conflict is None:
            self.say(tr("There is no conflict here."))
            return
        draft.base, draft.etag, self._conflict = part.text, self._conflict, None
        self._show(diff_lines(draft.base, draft.text, (tr("theirs"), tr("draft"))))
        self.say(tr("Your draft now stands on the newest version; look at it once more, then p publishes it."))

    def action_restore(self) -> None:
        """Bring the version under the cursor back as the newest."""
        version = self._version
        if version is None:
            self.say(tr("Put the cursor on a version first."))
            return
        name, ver = version

        def noted(note: str | None) -> None:
            if note is not None:
                self.carry_out(self._restore(name, ver, note))

        question = tr("Bring version {n} back as the newest: what for?").format(n=ver)
        self.app.push_screen(AskLine(question, needed=False), noted)

    async def _restore(self, name: str, ver: int, note: str) -> None:
        answer = await self._desk.rollback(name, ver, self._documents[name].etag, note)
        if self.refused(answer):
            return
        self.say(tr("version {n} is back as the newest; every agent has it with the next sync").format(n=ver))
        self.reload()
