"""What reading an aged-receivables file gives: items, customers, classified rows, questions and notes.

Money is in minor units of the item's currency (of two decimals where the file names none); the same value stands
beside it as a decimal string. Names, numbers and addresses never appear in ``repr``, so that no traceback shows them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final, Literal, NamedTuple

from domain.money import to_decimal

DateOrder = Literal["DMY", "MDY", "YMD"]
DecimalMark = Literal[".", ","]
RowClass = Literal["data", "heading", "title", "subtotal", "blank", "footer", "error"]
ItemKind = Literal["invoice", "credit", "payment", "balance", "journal", "other"]
Cell = str | Decimal | date

ROW_CLASSES: Final[tuple[RowClass, ...]] = ("data", "heading", "title", "subtotal", "blank", "footer", "error")


class NotReceivables(ValueError):  # noqa: N818 - it answers "is this a receivables file?", it reports no malfunction
    """The file is refused as a whole; the message is one translated sentence for the person who chose it."""


@dataclass(frozen=True, slots=True)
class ReadingOptions:
    """What the person importing says about the file; each answer settles the question of the same name.

    ``as_of`` is the day the balances describe, ``currency`` an ISO 4217 code for rows that name none, ``date_order``
    and ``decimal`` settle ``03/04/2026`` and ``1,234``, ``sheet`` names the worksheet, ``region`` is the ISO 3166
    country of phone numbers written without a country code.
    """

    as_of: date | None = None
    currency: str | None = None
    date_order: DateOrder | None = None
    decimal: DecimalMark | None = None
    sheet: str | None = None
    region: str | None = None


class ClassifiedRow(NamedTuple):
    """One row of the file, the one class it was put in, and why."""

    row: int
    row_class: RowClass
    reason: str


@dataclass(frozen=True, slots=True)
class Question:
    """Something the file leaves open.

    ``code`` names the option that answers it. While a ``blocking`` question is open the file must not be imported;
    the others matter only where the answer is used.
    """

    code: str
    text: str
    choices: tuple[str, ...] = ()
    blocking: bool = True


@dataclass(frozen=True, slots=True)
class RowNote:
    """A sentence about one row (numbered from 1, as a spreadsheet shows it) or, with ``None``, about the whole file."""

    row: int | None
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Item:
    """One open item: an invoice, a credit, an unapplied payment, or a customer's whole balance.

    ``customer`` is the name as it stands in the row; the name to show is in :class:`CustomerSummary`, found by
    ``customer_key``. ``amount`` is the invoice amount where the file has one, ``open`` what is still owed, ``overdue``
    the part the file's own ageing columns call past due; all three in minor units. ``phones`` are the cells as typed.
    ``settled_on`` is filled where the file names a settlement date but no open balance: from that day on nothing is
    owed. ``extra`` holds further recognised columns (dunning level, last payment, days late …) as text.
    ``key`` identifies the item over repeated imports: it does not depend on what is still open.
    """

    row: int
    customer_id: str | None
    customer: str = field(repr=False)
    customer_key: str = field(repr=False)
    key: str
    doc: str | None
    doc_date: date | None
    due_date: date | None
    amount: int | None
    open: int
    open_text: str
    currency: str | None
    kind: ItemKind
    kind_text: str | None = None
    overdue: int | None = None
    phones: tuple[str, ...] = field(default=(), repr=False)
    email: str | None = field(default=None, repr=False)
    contact: str | None = field(default=None, repr=False)
    disputed: bool | None = None
    settled_on: date | None = None
    extra: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def amount_text(self) -> str | None:
        """Give the invoice amount as a decimal string."""
        return None if self.amount is None else to_decimal(self.amount, self.currency or "")

    @property
    def overdue_text(self) -> str | None:
        """Give the overdue part as a decimal string."""
        return None if self.overdue is None else to_decimal(self.overdue, self.currency or "")

    def is_settled(self, on: date) -> bool:
        """Tell whether the file itself says that nothing was owed any more at the end of day ``on``."""
        return self.settled_on is not None and self.settled_on <= on


@dataclass(frozen=True, slots=True)
class CustomerSummary:
    """One customer of the file: all spellings of id and name, and what the items add up to.

    ``customer_id`` keeps its leading zeros, ``ids`` and ``aliases`` are the other spellings found, ``open`` maps an ISO
    code (empty where the file names none) to minor units. ``owes`` is false where every currency nets to zero or
    less: such a customer must not be called.
    """

    key: str = field(repr=False)
    customer_id: str | None
    name: str = field(repr=False)
    aliases: tuple[str, ...] = field(default=(), repr=False)
    ids: tuple[str, ...] = ()
    items: int = 0
    open: Mapping[str, int] = field(default_factory=dict)
    owes: bool = True


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything read from one receivables file.

    ``total`` is the sum of the items as a decimal string, ``None`` where they are in several currencies (``totals``
    has them one by one, under an empty key where the file names none); ``declared_total`` is what the file's own last
    total row says. ``rows`` counts every row of the file in exactly one class. ``unread`` are the headings of columns
    that were not understood and not kept. ``fingerprint`` is the same for two files with the same content.
    """

    encoding: str
    as_of: date | None
    date_order: DateOrder | None
    decimal: DecimalMark | None
    currency: str | None
    region: str | None
    sheet: str | None
    total: str | None
    totals: Mapping[str, str]
    declared_total: str | None
    items: tuple[Item, ...]
    customers: tuple[CustomerSummary, ...]
    rows: Mapping[RowClass, int]
    classified: tuple[ClassifiedRow, ...]
    questions: tuple[Question, ...]
    warnings: tuple[RowNote, ...]
    errors: tuple[RowNote, ...]
    unread: tuple[str, ...]
    fingerprint: str

    @property
    def is_receivables(self) -> bool:
        """Tell whether the file holds receivables at all; settled ones count."""
        return self.rows["data"] > 0

    @property
    def must_be_answered(self) -> tuple[Question, ...]:
        """Give the questions that stand in the way of importing."""
        return tuple(question for question in self.questions if question.blocking)
