"""Aged receivables and contact lists as they come out of ledgers, read into items, customers and questions.

Pure: bytes or cells in, frozen values out. :func:`read_receivables` reads text formats; a caller that has taken a
workbook apart hands its cells to :func:`read_grid`. Everything either raises is :class:`NotReceivables`.
"""

from domain.receivables.contacts import (
    ContactCustomer,
    ContactsReading,
    read_contact_grid,
    read_contacts,
)
from domain.receivables.grid import Row
from domain.receivables.joining import JoinReport, Match, join_contacts
from domain.receivables.json_form import contacts_to_json, to_json
from domain.receivables.model import (
    ROW_CLASSES,
    Cell,
    ClassifiedRow,
    CustomerSummary,
    Item,
    NotReceivables,
    Question,
    Reading,
    ReadingOptions,
    RowClass,
    RowNote,
)
from domain.receivables.reader import Progress, Source, read_grid
from domain.receivables.text_files import TextFile, open_text, read_receivables

__all__ = [
    "ROW_CLASSES",
    "Cell",
    "ClassifiedRow",
    "ContactCustomer",
    "ContactsReading",
    "CustomerSummary",
    "Item",
    "JoinReport",
    "Match",
    "NotReceivables",
    "Progress",
    "Question",
    "Reading",
    "ReadingOptions",
    "Row",
    "RowClass",
    "RowNote",
    "Source",
    "TextFile",
    "contacts_to_json",
    "join_contacts",
    "open_text",
    "read_contact_grid",
    "read_contacts",
    "read_grid",
    "read_receivables",
    "to_json",
]
