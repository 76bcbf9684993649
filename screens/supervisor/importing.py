"""What a file about to be imported holds, as the screen needs it: rows by class, totals, open questions, notes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from textual.content import Content

from domain.i18n import tr
from domain.supervision import ImportKind

KINDS: tuple[ImportKind, ...] = ("receivables", "contacts", "payments")


@dataclass(frozen=True, slots=True)
class AskedOfFile:
    """Something the file leaves open; ``code`` names the answer's parameter."""

    code: str
    text: str
    choices: tuple[str, ...]
    blocking: bool


@dataclass(frozen=True, slots=True)
class ImportStep:
    """How far the server is with a file: ``reading`` rows, ``matching`` customers, ``writing`` cases."""

    stage: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class FileRow:
    """One row of the file: its class, or for a payment its fate, and why."""

    row: int
    sort: str
    text: str = field(repr=False)
    amount: str = ""


@dataclass(frozen=True, slots=True)
class FileLook:
    """A file as the server reads it. ``applied`` counts what it changes, or would change.

    ``totals`` are (amount, currency) as decimal strings; ``declared`` is the total the file itself states, if it does.
    """

    kind: ImportKind
    rows: tuple[FileRow, ...]
    counts: Mapping[str, int]
    totals: tuple[tuple[str, str], ...] = ()
    declared: str | None = None
    as_of: str | None = None
    encoding: str | None = None
    sheet: str | None = None
    questions: tuple[AskedOfFile, ...] = ()
    notes: tuple[tuple[int | None, str], ...] = field(default=(), repr=False)
    applied: Mapping[str, int] = field(default_factory=dict)

    @property
    def blocking(self) -> tuple[AskedOfFile, ...]:
        """The questions that must be answered first."""
        return tuple(question for question in self.questions if question.blocking)

    @property
    def reconciles(self) -> bool | None:
        """Whether the file's own total is the sum of its rows; nothing where it states none or several currencies."""
        if self.declared is None or len(self.totals) != 1:
            return None
        return _plain(self.declared) == _plain(self.totals[0][0])


def _plain(number: str) -> str:
    return number.rstrip("0").rstrip(".") if "." in number else number


def sort_words(sort: str) -> str:
    """Name a class of rows, or what becomes of a payment."""
    names = {
        "data": tr("data"),
        "heading": tr("headings"),
        "title": tr("titles"),
        "subtotal": tr("sums"),
        "blank": tr("empty"),
        "footer": tr("footer"),
        "error": tr("errors"),
        "booked": tr("booked"),
        "known": tr("known already"),
        "unmatched": tr("belongs to no case"),
        "ambiguous": tr("fits several cases"),
        "refused": tr("refused"),
    }
    return names.get(sort, sort)


def applied_words(applied: Mapping[str, int]) -> str:
    """Say what an import changes."""
    names = {
        "created": tr("new"),
        "updated": tr("updated"),
        "unchanged": tr("unchanged"),
        "reopened": tr("reopened"),
        "settled": tr("settled"),
        "older": tr("newer here already"),
        "assigned": tr("given to agents"),
        "pool": tr("put into the pool"),
        "missing": tr("not in the file"),
        "ambiguous": tr("to be joined by hand"),
        "unused": tr("belong to nobody"),
        "booked": tr("booked"),
        "known": tr("known already"),
        "unmatched": tr("belongs to no case"),
        "refused": tr("refused"),
    }
    return " · ".join(f"{names.get(name, name)} {count}" for name, count in applied.items() if count) or tr("nothing")


def look_lines(look: FileLook, answers: Mapping[str, str]) -> list[Content]:
    """Say what the file holds: totals and whether they reconcile, rows by class, questions, notes."""
    lines = [_title(tr("Totals"))]
    lines += [Content(f"{amount} {currency}".strip()) for amount, currency in look.totals] or [Content("–")]
    if look.reconciles is True:
        lines.append(Content.styled("✓ " + tr("the file's own total agrees"), "$text-success"))
    elif look.reconciles is False:
        said = tr("the file says {total}, its rows come to another sum").format(total=look.declared)
        lines.append(Content.styled("✗ " + said, "$text-warning"))
    if look.as_of:
        lines.append(Content(tr("balances of {day}").format(day=look.as_of)))
    if look.sheet:
        lines.append(Content(tr("sheet “{name}”").format(name=look.sheet)))
    lines += [Content(""), _title(tr("Rows"))]
    lines += [Content(f"{count:>7}  {sort_words(sort)}") for sort, count in look.counts.items() if count]
    if look.applied:
        lines += [Content(""), _title(tr("What it changes")), Content(applied_words(look.applied))]
    if look.questions:
        lines += [Content(""), _title(tr("Questions"))]
        for question in look.questions:
            sign = "? " if question.blocking else "· "
            lines.append(Content.assemble((sign, "bold $text-warning"), question.text))
    if answers:
        lines += [Content(""), _title(tr("Answered"))]
        lines += [Content(f"{name.replace('_', ' ')}: {value}") for name, value in answers.items()]
    if look.notes:
        shown = look.notes[:40]
        lines += [Content(""), _title(tr("Noticed"))]
        lines += [
            Content(text if row is None else tr("row {row}: {text}").format(row=row, text=text)) for row, text in shown
        ]
        if len(look.notes) > len(shown):
            rest = len(look.notes) - len(shown)
            lines.append(Content(tr("and {n} more").format(n=rest)))
    return lines


def _title(said: str) -> Content:
    return Content.styled(said, "bold $foreground-muted")
