"""How the numbers and dates of one table are written, decided by all its cells together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from domain.i18n import tr
from domain.receivables.amounts import Amount, decide_mark, read_amount
from domain.receivables.datecells import DateCell, OrderEvidence, decide_order, read_date
from domain.receivables.grid import Row
from domain.receivables.layout import Layout
from domain.receivables.model import Cell, DateOrder, DecimalMark, Question, ReadingOptions
from domain.receivables.titles import Titles


@dataclass(frozen=True, slots=True)
class Formats:
    """The decimal mark and the order of day and month, and what remains to be asked about them.

    ``scale`` multiplies every amount (a title said 万元 or "in thousands").
    """

    mark: DecimalMark | None
    order: DateOrder | None
    scale: int
    questions: tuple[Question, ...]

    def amount(self, cell: Cell) -> Amount:
        """Read an amount of this table."""
        read = read_amount(cell).settled(self.mark)
        if self.scale != 1 and read.value is not None:
            return Amount(read.kind, read.value * Decimal(self.scale), read.mark, read.currency)
        return read

    def day(self, cell: Cell) -> DateCell:
        """Read a date of this table."""
        return read_date(cell).settled(self.order)


def decide_formats(tables: Sequence[tuple[Layout, Sequence[Row]]], titles: Titles, options: ReadingOptions) -> Formats:
    """Decide the formats of a file from all its tables, its titles and what the person said."""
    evidence = _order(tables, titles, options)
    mark, undecided = _mark(tables, options)
    questions: list[Question] = []
    if evidence.needed and evidence.order is None:
        text = (
            tr(
                "Some dates of this file can only be day/month, others only month/day. Which order do the others follow?"
            )
            if evidence.contradicts
            else tr("Dates such as {example} can be day/month or month/day. Which order does this file follow?")
        )
        questions.append(Question("date_order", text.format(example=_example(tables)), evidence.choices))
    if undecided is not None:
        text = tr("An amount such as {example} can be read in two ways. Which mark divides the decimals?")
        questions.append(Question("decimal", text.format(example=undecided), (".", ",")))
    return Formats(mark, evidence.order, titles.scale, tuple(questions))


def _order(tables: Sequence[tuple[Layout, Sequence[Row]]], titles: Titles, options: ReadingOptions) -> OrderEvidence:
    if options.date_order is not None:
        return OrderEvidence(options.date_order, needed=False, contradicts=False, choices=())
    cells = [
        read_date(row.cells[index])
        for layout, rows in tables
        for row in rows
        for index in layout.dates
        if index < len(row.cells) and row.cells[index] != ""
    ]
    if titles.as_of is not None and titles.as_of.kind == "numbers":
        cells.append(titles.as_of)
    return decide_order(cells)


def _mark(
    tables: Sequence[tuple[Layout, Sequence[Row]]], options: ReadingOptions
) -> tuple[DecimalMark | None, str | None]:
    """Decide the decimal mark, first by the column that matters, then by all columns of money.

    Gives the mark, and a cell that stays open where nothing decides.
    """
    if options.decimal is not None:
        return options.decimal, None
    first: list[Amount] = []
    every: list[Amount] = []
    undecided: str | None = None
    for layout, rows in tables:
        money = layout.money
        for row in rows:
            for place, index in enumerate(money):
                if index >= len(row.cells) or row.cells[index] == "":
                    continue
                cell = row.cells[index]
                read = read_amount(cell)
                every.append(read)
                if place == 0:
                    first.append(read)
                if read.kind == "ambiguous" and undecided is None:
                    undecided = str(cell).strip()
    mark = decide_mark(first) or decide_mark(every)
    if mark is None and undecided is None:
        return None, None
    return mark, undecided if mark is None else None


def _example(tables: Sequence[tuple[Layout, Sequence[Row]]]) -> str:
    for layout, rows in tables:
        for row in rows:
            for index in layout.dates:
                if index < len(row.cells) and len(read_date(row.cells[index]).orders) > 1:
                    return str(row.cells[index]).strip()
    return "03/04/2026"
