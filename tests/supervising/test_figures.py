"""Figures: drawn from reports, exported as SVG, CSV and PDF, and nothing made up where there is no value."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from pypdf import PdfReader

from domain.figures import REPORTS, column_title
from domain.i18n import use_language
from domain.supervision import Column, Report
from screens.supervisor.charting import chart_of, currencies_of
from screens.supervisor.figures import FiguresScreen
from tests.support.places import text_of
from tests.support.supervised import SupervisedServer, at_the_desk, press, until
from tui.exporting.shapes import Stroke, shapes
from tui.supervising import delivering
from tui.supervising.delivering import pdf_of, svg_of


def kept(rows: list[list[str | int | None]]) -> Report:
    columns = [Column("week", "day"), Column("currency", "text"), Column("rate", "rate"), Column("rate_value", "rate")]
    return Report("kept_rate", date(2026, 11, 1), date(2026, 11, 30), "2026-11-24T10:00:00.000Z", columns, rows)


WEEKS = kept(
    [
        ["2026-11-02", "USD", 6000, 5000],
        ["2026-11-09", "USD", None, None],
        ["2026-11-16", "USD", 2500, 1000],
        ["2026-11-09", "CNY", 9000, 9000],
    ]
)


def test_a_week_without_a_value_is_a_gap_and_no_zero() -> None:
    chart = chart_of(WEEKS, "rate", "USD", str)
    assert chart.labels == ("2 Nov", "9 Nov", "16 Nov")
    assert [each.values for each in chart.series] == [(6000, None, 2500), (5000, None, 1000)]
    strokes = [shape for shape in shapes(chart, 900, 400) if isinstance(shape, Stroke) and shape.width > 1]
    assert strokes == [], "a single week on each side of a gap makes no line over it"


def test_currencies_are_never_added_up() -> None:
    assert currencies_of(WEEKS) == ("USD", "CNY")
    assert chart_of(WEEKS, "rate", "CNY", str).labels == ("9 Nov",)


def test_one_day_is_told_apart_by_words() -> None:
    columns = [Column("day", "day"), Column("segment", "text"), Column("stage", "text"), Column("cases", "count")]
    rows: list[list[str | int | None]] = [["2026-11-22", "business", "M1", 3], ["2026-11-22", "business", "M2", 5]]
    one = Report("ageing", date(2026, 11, 1), date(2026, 11, 30), "", columns, rows)
    chart = chart_of(one, "count", None, str)
    assert chart.labels == ("business",)
    assert {each.name: each.values for each in chart.series} == {"M1": (3,), "M2": (5,)}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_that_is_printed_says_formula_and_numbers(language: str) -> None:
    use_language("zh" if language == "zh" else "en")
    chart = chart_of(WEEKS, "rate", "USD", column_title)
    printed = pdf_of(WEEKS, chart, "Sue", datetime(2026, 11, 24, 10, tzinfo=UTC))
    reader = PdfReader(io.BytesIO(printed))
    words = "".join(page.extract_text() for page in reader.pages)
    assert "60.0 %" in words
    if language == "en":
        assert "kept ÷" in words
    assert (b"STSong-Light" in printed) == (language == "zh")


def test_the_svg_is_well_formed_whatever_a_name_holds() -> None:
    columns = [Column("agent", "text"), Column("attempts", "count")]
    hostile = Report("agents", date(2026, 11, 1), date(2026, 11, 2), "", columns, [["<b>&\"'[/x]", 3]])
    chart = chart_of(hostile, "count", None, column_title)
    tree = ET.fromstring(svg_of(hostile, chart).decode())
    assert any("<b>&" in (each.text or "") for each in tree.iter())


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_every_figure_is_drawn_with_its_formula(server: SupervisedServer, size: tuple[int, int]) -> None:
    from domain import figures

    async with at_the_desk(server, size) as pilot:
        await until(pilot, "Anna Reed")
        await press(pilot, "g")
        await until(pilot, lambda: isinstance(pilot.app.screen, FiguresScreen))
        screen = pilot.app.screen
        assert isinstance(screen, FiguresScreen)
        for name in REPORTS:
            await until(pilot, partial(is_drawn, screen, name))
            assert figures.formula(name)[:10] in text_of(pilot.app)
            await press(pilot, "t", "b", "down")


def is_drawn(screen: FiguresScreen, name: str) -> bool:
    return screen.shown is not None and screen.shown.name == name


async def test_a_figure_is_kept_as_files(
    server: SupervisedServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    downloads = tmp_path / "downloads"
    downloads.mkdir()
    monkeypatch.setattr(delivering, "downloads", lambda: downloads)
    async with at_the_desk(server) as pilot:
        await until(pilot, "Anna Reed")
        await press(pilot, "g")
        await until(pilot, "only promises that are decided")
        await press(pilot, "c")
        await until(pilot, lambda: list(downloads.glob("*.csv")))
        await press(pilot, "p")
        await until(pilot, lambda: [each for each in downloads.glob("*.pdf") if each.stat().st_size > 1000])
        await press(pilot, "v")
        await until(pilot, lambda: [each for each in downloads.glob("*.svg") if each.stat().st_size > 500])
    assert next(downloads.glob("*.pdf")).read_bytes().startswith(b"%PDF")
