"""Files for the supervisor: into the downloads of this machine, or through the browser that shows the screens."""

from __future__ import annotations

import io
from datetime import datetime
from typing import TYPE_CHECKING

from domain.formats import day_plain
from domain.i18n import tr
from domain.supervision import Report
from screens.ports import Refused
from screens.supervisor.charting import Chart, row_words
from screens.supervisor.figure_words import column_title, note_words, report_formula, report_title

if TYPE_CHECKING:
    from textual.app import App

MEDIA = {"svg": "image/svg+xml", "csv": "text/csv", "pdf": "application/pdf"}


def deliver(app: App[None], content: bytes, name: str, form: str) -> str:
    """Hand a file over; says where it is. The name has no characters a shell or a header would read."""
    file_name = f"duecall-{name}.{form}"
    app.deliver_binary(io.BytesIO(content), save_filename=file_name, mime_type=MEDIA[form])
    if app.is_web:
        return tr("{file} is on its way to your browser's downloads").format(file=file_name)
    from platformdirs import user_downloads_dir

    return tr("kept as {file} in {folder}").format(file=file_name, folder=user_downloads_dir())


def svg_of(report: Report, chart: Chart) -> bytes:
    """Draw a figure as SVG."""
    from tui.exporting.svg import svg_text

    return svg_text(chart, _titled(report), report_formula(report.name)).encode()


def pdf_of(report: Report, chart: Chart | None, who: str, now: datetime) -> bytes:
    """Set a figure on paper."""
    from tui.exporting.pdf import Sheet, pdf_bytes

    local = now.astimezone()
    sheet = Sheet(
        title=report_title(report.name),
        subtitle=f"{day_plain(report.since)} – {day_plain(report.until)}",
        formula=report_formula(report.name),
        chart=chart or Chart((), (), "count"),
        heading=[column_title(column.id) for column in report.columns],
        rows=[row_words(row, report) for row in report.rows],
        notes=[note_words(note) for note in report.notes],
        footer=tr("duecall · printed {day} {time} by {who}").format(
            day=day_plain(local.date()), time=local.strftime("%H:%M"), who=who
        ),
    )
    return pdf_bytes(sheet)


def _titled(report: Report) -> str:
    return f"{report_title(report.name)} · {day_plain(report.since)} – {day_plain(report.until)}"


def said(app: App[None], content: bytes | Refused, name: str, form: str) -> tuple[str, bool]:
    """Deliver what there is, or say why there is nothing; the second is whether that is trouble."""
    if isinstance(content, Refused):
        return content.text, True
    return deliver(app, content, name, form), False
