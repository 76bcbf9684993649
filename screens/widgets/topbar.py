"""The line at the top: who, how far, and the truth about the network."""

from __future__ import annotations

from datetime import datetime

from textual.content import Content
from textual.widgets import Static

from domain.formats import ago
from domain.i18n import tr, trn
from domain.money import format_money
from screens.ports import Desk, LineStatus
from screens.widgets.cells import width


def status_words(status: LineStatus, desk: Desk) -> Content:
    """Say how the line is: synced when, unsent how many, off-line since when, lease until when."""
    unsent = tr("{n} unsent").format(n=status.unsent)
    if status.refused:
        unsent += " · " + tr("{n} not understood by the server").format(n=status.refused)
    if status.state == "synced" and status.last_sync is not None:
        words = tr("synced {time}").format(time=_here(status.last_sync))
        if status.polling:
            words += " · " + tr("asks every 20 s")
        return Content.assemble(("● ", "$success"), words, " · ", unsent)
    if status.state == "practice":
        return Content.assemble(("◇ ", "$accent"), (tr("practice · nothing is kept or sent"), "bold"))
    if status.state == "syncing":
        return Content.assemble(("◐ ", "$accent"), tr("syncing"), " · ", unsent)
    if status.state == "login":
        return Content.assemble(("○ ", "$warning"), tr("log in again: ⟦F5 app.sync⟧"), " · ", unsent)
    if status.state == "shut-out":
        return Content.assemble(("○ ", "$error"), tr("shut out by a supervisor"), " · ", unsent)
    if status.state == "update":
        return Content.assemble(
            ("○ ", "$error"), tr("update duecall: the server speaks another version"), " · ", unsent
        )
    words = tr("off-line")
    if status.offline_since is not None:
        words = tr("off-line {since}").format(since=ago(desk.now() - status.offline_since))
    if status.lease_until is not None:
        words += " · " + tr("lease {time}").format(time=_here(status.lease_until))
    return Content.assemble(("○ ", "$warning"), words, " · ", (unsent, "bold" if status.unsent else ""))


def _here(instant: datetime) -> str:
    """Write the wall-clock time on the agent's own machine."""
    return instant.astimezone().strftime("%H:%M")


def status_mark(status: LineStatus) -> Content:
    """Say the least that must never be hidden: how the line is, and how many facts are unsent."""
    if status.state == "practice":
        return Content.assemble(("◇ ", "$accent"), (tr("practice"), "bold"))
    signs = {"synced": ("● ", "$success"), "syncing": ("◐ ", "$accent")}
    return Content.assemble(signs.get(status.state, ("○ ", "$warning")), tr("{n} unsent").format(n=status.unsent))


def progress_mark(desk: Desk) -> str:
    """Say the least about the day: calls made of the goal."""
    progress = desk.progress()
    return f"{progress.calls}/{progress.goal}"


class TopBar(Static):
    """Left: who. Middle: the day's progress. Right: the status."""

    DEFAULT_CSS = """
    TopBar { dock: top; height: 1; background: $panel; padding: 0 1; }
    """

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk

    def on_resize(self) -> None:
        """Lay out for the new width."""
        self.refresh_line()

    def left(self) -> Content:
        """Say who is at work."""
        unread = self._desk.notices.unread(self._desk.now())
        told = trn("^O: {n} notice", "^O: {n} notices", unread).format(n=unread) if unread else ""
        return Content.assemble(
            ("duecall", "bold $accent"),
            "  ",
            (told + " · " if told else "", "$warning"),
            self._desk.agent_name,
            " · ",
            self._desk.team,
        )

    def middle(self) -> str:
        """Say how far the day is."""
        progress = self._desk.progress()
        words = tr("Today {calls}/{goal} calls · {promises} promises").format(
            calls=progress.calls, goal=progress.goal, promises=progress.promises
        )
        money = " ".join(format_money(minor, currency) for currency, minor in progress.promised)
        return words + (" · " + tr("{money} promised").format(money=money) if money else "")

    def refresh_line(self) -> None:
        """Write the line anew."""
        cells = max(10, self.size.width)
        right = status_words(self._desk.status(), self._desk)
        left = self.left()
        if right.cell_length > cells - 12:
            right = status_mark(self._desk.status())
        room = cells - left.cell_length - right.cell_length - 4
        middle = self.middle()
        if width(middle) > room:
            middle = middle.split(" · ")[0]
        if width(middle) > room:
            middle = progress_mark(self._desk)
        if width(middle) > room:
            middle = ""
        if left.cell_length + right.cell_length + 2 > cells:
            left = left.truncate(max(1, cells - right.cell_length - 2), ellipsis=True)
        gap = cells - left.cell_length - right.cell_length - width(middle)
        before = max(1, gap // 2)
        self.update(
            Content.assemble(left, " " * before, (middle, "$foreground-muted"), " " * max(1, gap - before), right)
        )
