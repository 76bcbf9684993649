"""Figures on paper: a page with title, period, picture, formula and table.

Chinese is set in STSong-Light, one of the fonts every PDF reader has for Adobe-GB1 (PDF 32000-1, 9.7.3), so that no font
file travels with the program.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Final

from screens.supervisor.charting import Chart
from tui.exporting.shapes import Box, Stroke, shapes

_CJK: Final = "STSong-Light"
_MOST_ROWS: Final = 400
"""Rows of the table on paper; the whole table goes into the CSV."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is printed. ``rows`` are words already; ``notes`` stand below the table."""

    title: str
    subtitle: str
    formula: str
    chart: Chart
    heading: Sequence[str]
    rows: Sequence[Sequence[str]]
    notes: Sequence[str]
    footer: str


def pdf_bytes(sheet: Sheet) -> bytes:
    """Set the sheet on A4, landscape; long tables go on over the pages with their heading."""
    from reportlab.lib import colors
    from reportlab.lib.pagesizes import A4, landscape
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

    pdfmetrics.registerFont(UnicodeCIDFont(_CJK))
    size = landscape(A4)
    texts = [sheet.title, sheet.subtitle, sheet.formula, sheet.footer, *sheet.heading, *sheet.notes]
    texts += [cell for row in sheet.rows for cell in row] + [each.name for each in sheet.chart.series]
    font = "Helvetica" if all(_is_latin(text) for text in texts) else _CJK
    plain = ParagraphStyle("plain", fontName=font, fontSize=9, leading=12, wordWrap="CJK")
    large = ParagraphStyle("large", parent=plain, fontSize=16, leading=20)
    parts: list[Any] = [
        Paragraph(escape(sheet.title), large),
        Paragraph(escape(sheet.subtitle), plain),
        Spacer(1, 8),
        _drawing(sheet.chart, size[0] - 80, 230, font),
        Spacer(1, 6),
        Paragraph(escape(sheet.formula), plain),
        *(Paragraph(escape(note), plain) for note in sheet.notes),
        Spacer(1, 8),
    ]
    if sheet.rows:
        table = Table([list(sheet.heading), *(list(row) for row in sheet.rows[:_MOST_ROWS])], repeatRows=1)
        table.setStyle(
            TableStyle(
                [
                    ("FONT", (0, 0), (-1, -1), font, 8),
                    ("LINEBELOW", (0, 0), (-1, 0), 0.6, colors.black),
                    ("ALIGN", (1, 0), (-1, -1), "RIGHT"),
                    ("ROWBACKGROUNDS", (0, 1), (-1, -1), [colors.white, colors.HexColor("#f3f4f1")]),
                    ("TOPPADDING", (0, 0), (-1, -1), 1.5),
                    ("BOTTOMPADDING", (0, 0), (-1, -1), 1.5),
                ]
            )
        )
        parts.append(table)

    def footer(canvas: Any, document: Any) -> None:
        canvas.setFont(font, 8)
        canvas.drawString(40, 24, sheet.footer)
        canvas.drawRightString(size[0] - 40, 24, str(document.page))

    target = io.BytesIO()
    document = SimpleDocTemplate(
        target,
        pagesize=size,
        leftMargin=40,
        rightMargin=40,
        topMargin=36,
        bottomMargin=42,
        title=sheet.title,
        invariant=1,
    )
    document.build(parts, onFirstPage=footer, onLaterPages=footer)
    return target.getvalue()


def _is_latin(text: str) -> bool:
    """Tell whether Helvetica's standard encoding has every character of a text."""
    try:
        text.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True


def _drawing(chart: Chart, width: float, height: float, font: str) -> Any:
    from reportlab.graphics.shapes import Drawing, PolyLine, Rect, String
    from reportlab.lib.colors import HexColor

    drawing = Drawing(width, height)
    for shape in shapes(chart, width, height):
        if isinstance(shape, Box):
            y = height - shape.y - shape.height
            drawing.add(Rect(shape.x, y, shape.width, shape.height, fillColor=HexColor(shape.colour), strokeWidth=0))
        elif isinstance(shape, Stroke):
            points = [each for x, y in shape.points for each in (x, height - y)]
            drawing.add(PolyLine(points, strokeColor=HexColor(shape.colour), strokeWidth=shape.width))
        else:
            colour = HexColor(shape.colour)
            drawing.add(
                String(
                    shape.x,
                    height - shape.y,
                    shape.text,
                    fontName=font,
                    fontSize=shape.size,
                    textAnchor=shape.anchor,
                    fillColor=colour,
                )
            )
    return drawing
