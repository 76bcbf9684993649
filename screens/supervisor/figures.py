"""Figures as pictures: drawn here, the formula beside them, the numbers below, exported as SVG, CSV and PDF."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Static
from textual_plotext import PlotextPlot

from domain import figures
from domain.figures import column_title
from domain.formats import day_plain
from domain.freshness import cash_words
from domain.i18n import mark, tr
from domain.supervision import Report
from screens.ports import Refused
from screens.supervisor.charting import Chart, cell_words, chart_of, currencies_of, kinds_of, row_words
from screens.supervisor.commands import bindings
from screens.supervisor.drawing import draw, legend
from screens.supervisor.frame import DeskScreen
from screens.supervisor.ports import SupervisorDesk
from screens.widgets.cells import width
from screens.widgets.linetable import Column, LineTable, Row, plain

NAMES: Final = (Column("name", mark("Figure"), 0),)
_AS_RATES: Final = frozenset({"kept_rate", "roll_rates", "agents", "liquidation", "cure_rate", "first_call"})
SPANS: Final = (7, 14, 30, 90)
"""Days that can be looked at."""


class FiguresScreen(DeskScreen):
    """The list of figures on the left; picture, formula and table of the one under the cursor on the right."""

    PLACE = "figures"
    JUDGES = True
    BINDINGS: ClassVar[list[BindingType]] = bindings("figures", "desk")
    AUTO_FOCUS = "#names"

    @dataclass
    class Export(Message):
        """A figure is to be kept as ``form``: ``svg``, ``csv`` or ``pdf``."""

        form: str
        report: Report
        chart: Chart | None

    def __init__(self, desk: SupervisorDesk) -> None:
        super().__init__(desk)
        self._names: list[str] = []
        self._name: str | None = None
        self._report: Report | None = None
        self._span = 30
        self._until: date = desk.now().astimezone().date()
        self._kind: str | None = None
        self._drawn: str | None = None
        self._currency: str | None = None
        self._bars = True

    def body(self) -> ComposeResult:
        """Give the names, the picture, its formula, its numbers."""
        yield Static(id="title")
        with Horizontal(id="main"):
            yield LineTable(NAMES, id="names")
            with Vertical(id="figure"):
                yield Static(id="legend")
                yield PlotextPlot(id="plot")
                with VerticalScroll(id="words", can_focus=False):
                    yield Static(id="formula")
                yield Vertical(id="numbers")

    def heading(self) -> str:
        """Say which days."""
        return tr("Figures {first} – {last}").format(first=day_plain(self._since), last=day_plain(self._until))

    @property
    def shown(self) -> Report | None:
        """The report that is drawn."""
        return self._report

    @property
    def _since(self) -> date:
        return self._until - timedelta(days=self._span - 1)

    # --- loading ---

    async def load(self) -> None:
        """Ask which figures there are, and for the one that is shown."""
        if not self._names:
            names = await self._desk.report_names()
            if self.refused(names) or isinstance(names, Refused):
                return
            self._names = names.reports
            self._name = self._name or (self._names[0] if self._names else None)
        self._show_names()
        await self._load_report()

    def _show_names(self) -> None:
        table = self.query_one("#names", LineTable)
        table.show([Row(name, plain(figures.title(name))) for name in self._names])
        if self._name is not None:
            table.select(self._name)

    async def _load_report(self) -> None:
        if self._name is None:
            return
        wanted = self._name
        answer = await self._desk.report(wanted, self._since, self._until)
        if not self.is_ready or wanted != self._name or self.refused(answer) or isinstance(answer, Refused):
            return
        self._report = answer
        if self._name != self._drawn or self._kind not in kinds_of(answer):
            self._drawn, self._kind = self._name, _first_kind(answer)
        if self._currency not in currencies_of(answer):
            self._currency = next(iter(currencies_of(answer)), None)
        await self._show_report()

    def on_line_table_highlighted(self, event: LineTable.Highlighted) -> None:
        """Draw the figure under the cursor."""
        if event.table.id == "names" and event.key is not None and event.key != self._name:
            self._name = event.key
            self.run_worker(self._load_report(), group="report", exclusive=True, exit_on_error=False)

    # --- showing ---

    def repaint(self) -> None:
        """Show again what is known."""
        if self.is_ready and self._names:
            self._show_names()
            self.run_worker(self._show_report(), group="paint", exclusive=True, exit_on_error=False)

    @property
    def _chart(self) -> Chart | None:
        if self._report is None or self._kind is None:
            return None
        return chart_of(self._report, self._kind, self._currency, column_title)

    async def _show_report(self) -> None:
        report, chart = self._report, self._chart
        if report is None or not self.is_ready:
            return
        said = [figures.title(report.name)]
        if self._currency is not None and self._kind == "money":
            said.append(self._currency)
        self.query_one("#title", Static).update(Content(" · ".join(said)))
        self._draw(chart)
        self.query_one("#formula", Static).update(Content("\n").join(self._formula_lines(report)))
        rows = [Row(str(number), plain(*row_words(row, report))) for number, row in enumerate(report.rows)]
        columns = [
            Column(
                column.id,
                column_title(column.id),
                0 if place == 0 else max(9, min(18, width(column_title(column.id)) + 1)),
                right=column.kind not in ("text", "day"),
                drop=max(0, place - 2),
            )
            for place, column in enumerate(report.columns)
        ]
        holder = self.query_one("#numbers", Vertical)
        await holder.remove_children()
        table = LineTable(columns, id="table")
        await holder.mount(table)
        table.show(rows)

    def _formula_lines(self, report: Report) -> list[Content]:
        lines = [Content.styled(figures.formula(report.name), "$foreground-muted")]
        kinds = {column.id: column.kind for column in report.columns}
        totals = [
            f"{column_title(name)} {cell_words(value, kinds.get(name, 'count'), self._currency)}"
            for name, value in report.figures.items()
        ]
        if totals:
            lines.append(Content.styled(" · ".join(totals), "bold"))
        said = [*map(figures.note, report.notes), cash_words(report.cash, self._desk.now())]
        lines += [Content.styled(each, "$foreground-muted") for each in said]
        return lines

    def _draw(self, chart: Chart | None) -> None:
        plot = self.query_one(PlotextPlot)
        nothing = chart is None or chart.is_empty
        plot.display = not nothing
        said = Content.styled(tr("Nothing to draw for these days."), "$foreground-muted")
        self.query_one("#legend", Static).update(said if nothing or chart is None else legend(chart))
        if chart is not None and not nothing:
            draw(plot, chart, bars=self._bars)

    # --- keys ---

    def action_span(self) -> None:
        """Look at more days, or at a week again."""
        self._span = SPANS[(SPANS.index(self._span) + 1) % len(SPANS)]
        self.reload()

    def action_earlier(self) -> None:
        """Look at the days before."""
        self._until -= timedelta(days=self._span)
        self.reload()

    def action_later(self) -> None:
        """Look at the days after; the future has no figures."""
        self._until = min(self._until + timedelta(days=self._span), self._desk.now().astimezone().date())
        self.reload()

    def action_unit(self) -> None:
        """Draw the next unit: rates, money, counts, times."""
        kinds = kinds_of(self._report) if self._report is not None else ()
        if len(kinds) > 1 and self._kind in kinds:
            self._kind = kinds[(kinds.index(self._kind) + 1) % len(kinds)]
            self.repaint()

    def action_currency(self) -> None:
        """Draw the next currency."""
        found = currencies_of(self._report) if self._report is not None else ()
        if len(found) > 1 and self._currency in found:
            self._currency = found[(found.index(self._currency) + 1) % len(found)]
            self.repaint()

    def action_form(self) -> None:
        """Draw bars or lines."""
        self._bars = not self._bars
        self.repaint()

    def action_svg(self) -> None:
        """Keep the picture as SVG."""
        report, chart = self._report, self._chart
        if report is None or chart is None or chart.is_empty:
            self.say(tr("There is no picture to keep: these days have nothing to draw."), trouble=True)
            return
        self.post_message(self.Export("svg", report, chart))

    def action_csv(self) -> None:
        """Keep the numbers as CSV."""
        if self._report is not None:
            self.post_message(self.Export("csv", self._report, self._chart))

    def action_pdf(self) -> None:
        """Keep picture, formula and numbers as a printable page."""
        if self._report is not None:
            self.post_message(self.Export("pdf", self._report, self._chart))


def _first_kind(report: Report) -> str | None:
    """Choose the unit a figure is drawn in at first: what is called a rate as rates, days of money as money."""
    offered = kinds_of(report)
    if report.name in _AS_RATES and "rate" in offered:
        return "rate"
    return next((kind for kind in ("money", "count", "seconds", "rate") if kind in offered), None)
