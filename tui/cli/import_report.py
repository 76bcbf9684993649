"""What a file held and what became of it, in sentences; the reader's and the server's reports have the same form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from domain.i18n import tr, trn
from tui.cli.output import warn, write

Report = Mapping[str, Any]

_SHOWN_NOTES = 20


def show(report: Report, name: str) -> None:
    """Say what the file ``name`` holds, what was done with it, and what was noticed row by row."""
    if "contacts" in report:
        contacts = len(report["contacts"])
        write(trn("{n} contact in {file}", "{n} contacts in {file}", contacts).format(n=contacts, file=name))
    else:
        _show_balances(report, name)
    classes = {"data": tr("data"), "heading": tr("headings"), "title": tr("titles"), "subtotal": tr("sums")}
    classes |= {"blank": tr("empty"), "footer": tr("footer"), "error": tr("errors")}
    rows = tr(", ").join(f"{classes.get(each, each)} {count}" for each, count in report["rows"].items() if count)
    write(tr("rows: {counts}").format(counts=rows))
    if "applied" in report:
        _show_applied(report["applied"])
    _show_notes([*report.get("errors", ()), *report.get("skipped", ()), *report["warnings"]])


def ask(questions: Iterable[Report]) -> str:
    """Put open questions, each with the option that answers it."""
    asked = []
    for question in questions:
        option = f"--{question['code'].replace('_', '-')}"
        choices = f" {' | '.join(question['choices'])}" if question["choices"] else ""
        asked.append(f"{question['text']} ({option}{choices})")
    return " ".join(asked)


def _show_balances(report: Report, name: str) -> None:
    items, customers = len(report["items"]), report["customers"]
    held = (
        trn("{n} item", "{n} items", items).format(n=items),
        trn("{n} customer", "{n} customers", customers).format(n=customers),
    )
    comma = tr(", ")
    write(f"{name}: {comma.join(held)}")
    for each in report["totals"]:
        write(tr("{total} {currency} open").format(total=each["total"], currency=each["currency"] or "?"))
    if report["as_of"] is not None:
        write(tr("balances of {day}").format(day=report["as_of"]))


def _show_applied(counts: Mapping[str, int]) -> None:
    words = {
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
    }
    applied = tr(", ").join(f"{words.get(each, each)} {count}" for each, count in counts.items())
    write(tr("brought in: {counts}").format(counts=applied or tr("nothing")))


def _show_notes(notes: list[Report]) -> None:
    for note in notes[:_SHOWN_NOTES]:
        row, text = note["row"], note["text"]
        warn(text if row is None else tr("row {row}: {text}").format(row=row, text=text))
    if len(notes) > _SHOWN_NOTES:
        rest = len(notes) - _SHOWN_NOTES
        warn(trn("… and {n} more; --json has it", "… and {n} more; --json has them all", rest).format(n=rest))
