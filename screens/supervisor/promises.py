"""The calendar of promises: what falls due day by day, what was kept and broken, what cash to expect."""

from __future__ import annotations

from datetime import date, timedelta
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Static

from domain.formats import day_plain, day_short
from domain.i18n import mark, tr, trn
from domain.money import format_money
from domain.supervision import CalendarDay, CaseFilter, CashForecast, PromiseCalendar, PromiseLine
from screens.ports import Refused
from screens.supervisor import words
from screens.supervisor.commands import bindings
from screens.supervisor.frame import DeskScreen
from screens.supervisor.ports import SupervisorDesk
from screens.widgets.linetable import Cell, Column, LineTable, Row, Tone

DAYS: Final = (
    Column("day", mark("Due"), 11),
    Column("amount", mark("Promised"), 0, right=True),
    Column("paid", mark("Paid"), 13, right=True, drop=2),
    Column("expected", mark("Expected"), 13, right=True, drop=3),
    Column("open", mark("Left"), 5, right=True),
    Column("kept", mark("Kept"), 5, right=True, drop=1),
    Column("broken", mark("Broken"), 7, right=True),
)
LINES: Final = (
    Column("customer", mark("Customer"), 0),
    Column("amount", mark("Amount"), 13, right=True),
    Column("state", mark("State"), 12),
    Column("owner", mark("Owner"), 10, drop=1),
)
BACK: Final = 14
AHEAD: Final = 31
_REST: Final = 0.25
_STATES: Final[dict[str, Tone]] = {"kept": "good", "broken": "bad", "partly_kept": "warn", "frozen": "muted"}


class PromisesScreen(DeskScreen):
    """Days on the left, the promises of the day under the cursor on the right."""

    PLACE = "promises"
    JUDGES = True
    BINDINGS: ClassVar[list[BindingType]] = bindings("promises", "desk")
    AUTO_FOCUS = "#days"

    def __init__(self, desk: SupervisorDesk) -> None:
        super().__init__(desk)
        today = desk.now().astimezone().date()
        self._since, self._until = today - timedelta(days=BACK), today + timedelta(days=AHEAD)
        self._calendar: PromiseCalendar | None = None
        self._forecast: CashForecast | None = None
        self._lines: list[PromiseLine] = []
        self._day: date | None = None
        self._state: str | None = None
        self._next: str | None = None
        self._resting: Timer | None = None
        self._placed = False

    def body(self) -> ComposeResult:
        """Give the forecast in words, days, promises."""
        yield Static(id="title")
        with Horizontal(id="main"):
            yield LineTable(DAYS, id="days")
            with Vertical(id="of-day"):
                yield Static(id="day-title")
                yield LineTable(LINES, id="lines")
            yield Static(id="empty")

    def heading(self) -> str:
        """Say which days."""
        return tr("Promises {first} – {last}").format(first=day_plain(self._since), last=day_plain(self._until))

    # --- loading ---

    async def load(self) -> None:
        """Ask for the calendar and the forecast."""
        calendar = await self._desk.promise_calendar(self._since, self._until)
        if self.refused(calendar) or isinstance(calendar, Refused):
            return
        forecast = await self._desk.cash_forecast(self._until)
        self._calendar = calendar
        self._forecast = None if isinstance(forecast, Refused) else forecast
        self.repaint()

    def repaint(self) -> None:
        """Show the calendar; the cursor begins today."""
        calendar = self._calendar
        if calendar is None or not self.is_ready:
            return
        expected = {(day.day, day.currency): day.expected for day in (self._forecast.days if self._forecast else [])}
        table = self.query_one("#days", LineTable)
        table.show([self._day_row(day, expected.get((day.day, day.currency))) for day in calendar.days])
        self.set_class(not calendar.days, "-empty")
        if not calendar.days:
            self.query_one("#empty", Static).update(
                Content(tr("Nothing is promised for these days. Left and right show others."))
            )
        elif not self._placed:
            self._placed = True
            today = self._desk.now().astimezone().date()
            coming = next((day for day in calendar.days if day.day >= today), calendar.days[-1])
            table.select(_key(coming))
        self.query_one("#title", Static).update(Content(self._forecast_words()))
        self._show_lines()

    def _forecast_words(self) -> str:
        forecast = self._forecast
        if forecast is None:
            return ""
        if not forecast.matured:
            return tr("No promise has matured yet, so nothing can be forecast.")
        rates = " ".join(f"{currency} {words.rate(value)}" for currency, value in sorted(forecast.rate.items()))
        expected: dict[str, int] = {}
        for day in forecast.days:
            expected[day.currency] = expected.get(day.currency, 0) + day.expected
        return tr("expected {money} · kept by value {rate} over {n} matured promises since {day}").format(
            money=words.money(expected, short=True) or "0",
            rate=rates or "–",
            n=forecast.matured,
            day=day_plain(forecast.since),
        )

    def _day_row(self, day: CalendarDay, expected: int | None) -> Row:
        today = self._desk.now().astimezone().date()
        missed = day.partly + day.broken
        return Row(
            _key(day),
            (
                Cell(
                    ("▸" if day.day == today else " ") + day_short(day.day, today), "strong" if day.day == today else ""
                ),
                Cell(words.amount(day.amount, day.currency, short=True)),
                Cell(
                    words.amount(day.paid, day.currency, short=True) if day.paid else "–", "" if day.paid else "muted"
                ),
                Cell(words.amount(expected, day.currency, short=True) if expected else "–", "muted"),
                Cell(str(day.open + day.pending)),
                Cell(str(day.kept), "good" if day.kept else ""),
                Cell(str(missed), "bad" if missed else ""),
            ),
        )

    # --- the promises of a day ---

    def on_line_table_highlighted(self, event: LineTable.Highlighted) -> None:
        """Ask for the day's promises once the cursor rests on it."""
        if event.table.id != "days" or event.key is None:
            return
        self._day = date.fromisoformat(event.key.partition(" ")[0])
        self._state = None
        if self._resting is not None:
            self._resting.stop()
        self._resting = self.set_timer(_REST, self._ask_day)

    def _ask_day(self) -> None:
        self.run_worker(self._load_day(), group="day", exclusive=True, exit_on_error=False)

    async def _load_day(self, after: str | None = None) -> None:
        if self._state is not None:
            page = await self._desk.promises(None, self._state, self._since, self._until, after)
        elif self._day is not None:
            page = await self._desk.promises(self._day, None, None, None, after)
        else:
            return
        if self.refused(page) or isinstance(page, Refused):
            return
        self._lines = [*(self._lines if after else []), *page.promises]
        self._next = page.next
        self._show_lines(page.total)

    def on_line_table_more_wanted(self, event: LineTable.MoreWanted) -> None:
        """Ask for the next page of a day."""
        if event.table.id == "lines" and self._next is not None:
            after, self._next = self._next, None
            self.run_worker(self._load_day(after), group="more", exclusive=False, exit_on_error=False)

    def _show_lines(self, total: int | None = None) -> None:
        if not self.is_ready:
            return
        shown = len(self._lines) if total is None else total
        self.query_one("#lines", LineTable).show([self._line_row(line) for line in self._lines], total=shown)
        if self._state is not None:
            said = tr("broken or partly kept in these days")
        else:
            said = day_plain(self._day) if self._day is not None else ""
        count = trn("{n} promise", "{n} promises", shown).format(n=shown)
        self.query_one("#day-title", Static).update(Content(f"{said} · {count}" if said else count))

    def _line_row(self, line: PromiseLine) -> Row:
        part = f" {line.part}/{line.parts}" if line.parts > 1 else ""
        return Row(
            f"{line.promise} {line.part}",
            (
                Cell(line.customer),
                Cell(format_money(line.amount, line.currency)),
                Cell(state_words(line.state) + part, _STATES.get(line.state, "")),
                Cell(line.owner_login or tr("the pool"), "muted"),
            ),
        )

    def on_line_table_chosen(self, event: LineTable.Chosen) -> None:
        """Go over to the day's promises, or to the case of one."""
        if event.table.id == "days":
            self.query_one("#lines", LineTable).focus()
            return
        line = next((each for each in self._lines if f"{each.promise} {each.part}" == event.key), None)
        if line is not None:
            self.post_message(self.Go("cases", CaseFilter(q=line.customer)))

    # --- keys ---

    def action_back(self) -> None:
        """Go back to the days, or to the board."""
        if self.query_one("#lines", LineTable).has_focus and not self.has_class("-empty"):
            self.query_one("#days", LineTable).focus()
        else:
            super().action_back()

    def action_earlier(self) -> None:
        """Show two weeks earlier."""
        self._shift(-14)

    def action_later(self) -> None:
        """Show two weeks later."""
        self._shift(14)

    def _shift(self, days: int) -> None:
        self._since += timedelta(days=days)
        self._until += timedelta(days=days)
        self.reload()

    def action_broken(self) -> None:
        """List what was broken in these days, or the day's promises again."""
        self._state = None if self._state is not None else "broken"
        self._lines = []
        self._ask_day()

    def action_judge(self) -> None:
        """Judge the day under the cursor again; what was judged rightly stays as it is."""
        if self._day is not None:
            self.carry_out(self._judge(self._day))

    async def _judge(self, day: date) -> None:
        answer = await self._desk.judge(day)
        if self.refused(answer) or isinstance(answer, Refused):
            return
        changed = ", ".join(f"{state_words(state)} {count}" for state, count in sorted(answer.changed.items()))
        said = tr("{day} judged again: {n} promises looked at, changed: {what}")
        self.say(said.format(day=day_plain(day), n=answer.judged, what=changed or tr("nothing")))
        self.reload()


def _key(day: CalendarDay) -> str:
    return f"{day.day.isoformat()} {day.currency}"


def state_words(state: str) -> str:
    """Name the state of a promise."""
    names = {
        "open": tr("open"),
        "kept": tr("kept"),
        "partly_kept": tr("partly kept"),
        "broken": tr("broken"),
        "pending_approval": tr("waits for you"),
        "frozen": tr("frozen"),
        "superseded": tr("replaced"),
        "withdrawn": tr("withdrawn"),
    }
    return names.get(state, state.replace("_", " "))
