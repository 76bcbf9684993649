"""Files for the supervisor: into the downloads of this machine, or through the browser that shows the screens."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from data.files import write_atomically
from domain import figures
from domain.figures import column_title
from domain.formats import day_plain
from domain.freshness import cash_words
from domain.i18n import tr
from domain.supervision import Report
from screens.ports import Refused
from screens.supervisor.charting import Chart, row_words

if TYPE_CHECKING:
    from textual.app import App

MEDIA = {"svg": "image/svg+xml", "csv": "text/csv", "pdf": "application/pdf"}


def downloads() -> Path:
    """Name the folder of this person's downloads."""
    from platformdirs import user_downloads_path

    return user_downloads_path()


def deliver(app: App[None], content: bytes, name: str, form: str) -> str | Refused:
    """Hand a file over; says where it is. What has the same name already stays as it is."""
    file_name = f"duecall-{name}.{form}"
    if app.is_web:
        app.deliver_binary(io.BytesIO(content), save_filename=file_name, mime_type=MEDIA[form])
        return tr("{file} is on its way to your browser's downloads").format(file=file_name)
    folder = downloads()
    try:  # not by the application's own way: in a terminal it writes bytes as text
        folder.mkdir(parents=True, exist_ok=True)
        file = next(place for place in _names(folder, name, form) if not place.exists())
        write_atomically(file, content)
    except OSError:
        said = tr("{folder} cannot be written to; nothing was kept. Check its rights and the disk.")
        return Refused(said.format(folder=folder))
    return tr("kept as {file} in {folder}").format(file=file.name, folder=folder)


def _names(folder: Path, name: str, form: str) -> Iterator[Path]:
    yield folder / f"duecall-{name}.{form}"
    yield from (folder / f"duecall-{name}-{number}.{form}" for number in count(2))


def svg_of(report: Report, chart: Chart) -> bytes:
    """Draw a figure as SVG."""
    from tui.exporting.svg import svg_text

    return svg_text(chart, _titled(report), figures.formula(report.name)).encode()


def pdf_of(report: Report, chart: Chart | None, who: str, now: datetime) -> bytes:
    """Set a figure on paper."""
    from tui.exporting.pdf import Sheet, pdf_bytes

    local = now.astimezone()
    sheet = Sheet(
        title=figures.title(report.name),
        subtitle=f"{day_plain(report.since)} – {day_plain(report.until)}",
        formula=figures.formula(report.name),
        chart=chart or Chart((), (), "count"),
        heading=[column_title(column.id) for column in report.columns],
        rows=[row_words(row, report) for row in report.rows],
        notes=[*map(figures.note, report.notes), cash_words(report.cash, now)],
        footer=tr("duecall · printed {day} {time} by {who}").format(
            day=day_plain(local.date()), time=local.strftime("%H:%M"), who=who
        ),
    )
    return pdf_bytes(sheet)


def _titled(report: Report) -> str:
    return f"{figures.title(report.name)} · {day_plain(report.since)} – {day_plain(report.until)}"


def said(app: App[None], content: bytes | Refused, name: str, form: str) -> tuple[str, bool]:
    """Deliver what there is, or say why there is nothing; the second is whether that is trouble."""
    delivered = content if isinstance(content, Refused) else deliver(app, content, name, form)
    return (delivered.text, True) if isinstance(delivered, Refused) else (delivered, False)
