"""Files on their way to the server: read here, understood there, given to the screens as values."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from domain.i18n import tr
from domain.supervision import ImportKind
from domain.text import clean_line
from domain.wire import MAX_IMPORT
from screens.ports import Refused
from screens.supervisor.importing import AskedOfFile, FileLook, FileRow


async def file_bytes(file: Path) -> bytes | Refused:
    """Read a file that is not larger than the server takes."""
    return await asyncio.to_thread(_read, file)


def _read(file: Path) -> bytes | Refused:
    try:
        if file.stat().st_size > MAX_IMPORT:
            said = tr("This file is larger than {n} MB; nothing was sent. Split it.")
            return Refused(said.format(n=MAX_IMPORT // 2**20))
        return file.read_bytes()
    except OSError:
        return Refused(tr("This file cannot be read; nothing was sent. Check that it is there and may be opened."))


def look(report: Mapping[str, Any], kind: ImportKind) -> FileLook:
    """Read the server's report."""
    payments = [each for each in _list(report, "payments") if isinstance(each, dict)]
    rows = tuple(_payment(each) for each in payments) or _classified(report)
    counts = {str(name): int(count) for name, count in dict(report.get("rows") or {}).items()}
    if payments:
        counts = {fate: sum(row.sort == fate for row in rows) for fate in dict.fromkeys(row.sort for row in rows)}
    totals = tuple(
        (str(each.get("total")), str(each.get("currency") or ""))
        for each in _list(report, "totals")
        if isinstance(each, dict)
    )
    notes = [*_list(report, "errors"), *_list(report, "skipped"), *_list(report, "warnings")]
    return FileLook(
        kind=kind,
        rows=rows,
        counts=counts,
        totals=totals,
        declared=report.get("declared_total"),
        as_of=report.get("as_of"),
        encoding=report.get("encoding"),
        sheet=report.get("sheet"),
        questions=tuple(_question(each) for each in _list(report, "questions")),
        notes=tuple((each.get("row"), str(each.get("text"))) for each in notes if isinstance(each, dict)),
        applied={str(name): int(count) for name, count in dict(report.get("applied") or {}).items()},
    )


def _list(report: Mapping[str, Any], name: str) -> list[Any]:
    found = report.get(name)
    return found if isinstance(found, list) else []


def _classified(report: Mapping[str, Any]) -> tuple[FileRow, ...]:
    items = {each.get("row"): each for each in _list(report, "items") if isinstance(each, dict)}
    rows = []
    for each in _list(report, "classified"):
        item = items.get(each.get("row"), {})
        said = " · ".join(str(item[name]) for name in ("customer", "doc", "due_date") if item.get(name))
        amount = f"{item.get('open', '')} {item.get('currency') or ''}".strip()
        rows.append(
            FileRow(int(each["row"]), str(each["class"]), clean_line(said or str(each.get("reason") or "")), amount)
        )
    return tuple(rows)


def _payment(each: Mapping[str, Any]) -> FileRow:
    said = [each.get("day"), each.get("customer") or each.get("customer_id"), each.get("doc"), each.get("text")]
    amount = f"{each.get('amount', '')} {each.get('currency') or ''}".strip()
    return FileRow(int(each["row"]), str(each["fate"]), " · ".join(str(word) for word in said if word), amount)


def _question(each: Mapping[str, Any]) -> AskedOfFile:
    choices = tuple(str(choice) for choice in each.get("choices") or ())
    return AskedOfFile(str(each["code"]), str(each["text"]), choices, bool(each.get("blocking", True)))


def report_of(value: object) -> Mapping[str, Any]:
    """Take a decoded answer for a report; anything else is an empty one."""
    return cast("Mapping[str, Any]", value) if isinstance(value, dict) else {}
