"""The line at the top of a call: who, how much, the number, how long, and the truth about the network."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

from domain.case import reading
from domain.case.model import Case
from domain.formats import span
from domain.i18n import tr
from domain.money import format_money
from domain.phones import display, masked
from screens.ports import Desk, RunningCall
from screens.widgets.topbar import progress_mark, status_mark, status_words


class CallHead(Static):
    """One line. The number is masked until the attempt is written."""

    DEFAULT_CSS = "CallHead { dock: top; height: 1; background: $panel; padding: 0 1; }"

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._case: Case | None = None
        self._call: RunningCall | None = None
        self._progress = ""

    def show(self, case: Case | None, call: RunningCall | None) -> None:
        """Show a case and its call."""
        self._case, self._call = case, call
        self._progress = progress_mark(self._desk)
        self.refresh_line()

    def on_resize(self) -> None:
        """Lay out for the new width."""
        self.refresh_line()

    def refresh_line(self) -> None:
        """Write the line anew; called every second while the call runs."""
        cells = max(20, self.size.width)
        right = status_words(self._desk.status(), self._desk)
        left = self._left()
        middle = self._middle()
        if left.cell_length + middle.cell_length + right.cell_length + 4 > cells:
            right = status_mark(self._desk.status())
        day = Content.styled(f"{self._progress} · ", "$foreground-muted")
        if self._progress and left.cell_length + middle.cell_length + day.cell_length + right.cell_length + 4 <= cells:
            right = Content.assemble(day, right)
        if left.cell_length + middle.cell_length + right.cell_length + 4 > cells:
            left = left.truncate(max(8, cells - middle.cell_length - right.cell_length - 4), ellipsis=True)
        gap = max(2, cells - left.cell_length - middle.cell_length - right.cell_length)
        self.update(Content.assemble(left, " " * (gap // 2), middle, " " * (gap - gap // 2), right))

    def _left(self) -> Content:
        if self._case is None:
            return Content("")
        today = reading.customer_day(self._case, self._desk.now())
        days = reading.days_past_due(self._case, today)
        money = reading.balance(self._case, today)
        stage = reading.stage(days, self._case.customer.segment)
        words = tr("{stage} {n} days").format(stage=stage, n=days)
        return Content.assemble(
            (self._case.customer.name, "bold"), f" · {words} · {format_money(money.owed, money.currency)}"
        )

    def _middle(self) -> Content:
        if self._call is not None:
            length = span(self._desk.now() - self._call.started)
            number = display(self._call.number) if self._call.number else ""
            verified = " ✓" if self._call.verified else ""
            return Content.assemble(
                (number, "bold $accent"), "  ", tr("Call {length}").format(length=length), (verified, "$success")
            )
        phone = self._desk.phone(self._case) if self._case is not None else None
        if phone is None:
            return Content.styled(tr("no number"), "$text-warning")
        return Content.assemble(
            masked(phone.e164), (" → ", "$foreground-muted"), (tr("⟦d call.dial⟧ dials"), "$foreground-muted")
        )
