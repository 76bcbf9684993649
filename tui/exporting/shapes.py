"""A chart as rectangles, lines and words on a sheet: what the SVG and the PDF draw alike."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal

from screens.supervisor.charting import Chart

COLOURS: Final = ("#1f6f5f", "#c8553d", "#2f5f95", "#b08900", "#7a4f9c", "#4c8a2b", "#8a8f94", "#a52a6a")
"""Told apart in print and by those who see fewer colours; bars of one place also keep their order."""
INK: Final = "#1d2327"
FAINT: Final = "#9aa3a8"


@dataclass(frozen=True, slots=True)
class Box:
    """A filled rectangle; the origin is at the upper left."""

    x: float
    y: float
    width: float
    height: float
    colour: str


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line from point to point."""

    points: tuple[tuple[float, float], ...]
    colour: str
    width: float = 1.0


@dataclass(frozen=True, slots=True)
class Words:
    """A text; ``y`` is its base line."""

    x: float
    y: float
    text: str
    size: float = 10.0
    anchor: Literal["start", "middle", "end"] = "start"
    colour: str = INK


Shape = Box | Stroke | Words


def shapes(chart: Chart, width: float, height: float) -> list[Shape]:
    """Lay a chart out on a sheet: lines for rates and calendars, bars for everything else."""
    left, right, top, bottom = 70.0, 12.0, 26.0, 34.0
    wide, high = width - left - right, height - top - bottom
    values = [chart.length(value) for each in chart.series for value in each.values if value is not None]
    low, high_value = min(0.0, *values, 0.0), max([*values, 0.0])
    step = _step(high_value - low)
    low, high_value = math.floor(low / step) * step, max(step, math.ceil(high_value / step) * step)

    def y_of(value: float) -> float:
        return top + high - (value - low) / (high_value - low) * high

    drawn: list[Shape] = []
    tick = low
    while tick <= high_value + step / 2:
        drawn.append(Stroke(((left, y_of(tick)), (left + wide, y_of(tick))), FAINT, 0.4))
        drawn.append(Words(left - 6, y_of(tick) + 3.5, _tick_words(tick, chart.kind), 9, "end"))
        tick += step
    slot = wide / max(1, len(chart.labels))
    every = max(1, math.ceil(len(chart.labels) * 44 / wide))
    for place, label in enumerate(chart.labels):
        if place % every == 0:
            drawn.append(Words(left + slot * (place + 0.5), top + high + 15, label, 9, "middle"))
    as_lines = chart.kind == "rate" or (chart.days and len(chart.labels) > 14)
    draw = _lines if as_lines else _bars
    drawn += draw(chart, left, slot, y_of)
    at = left
    for number, each in enumerate(chart.series[:8]):
        drawn += [Box(at, 8, 9, 9, COLOURS[number % len(COLOURS)]), Words(at + 13, 16, each.name, 9)]
        at += 26 + 5.4 * sum(2 if ord(char) > 0x2E80 else 1 for char in each.name)
    return drawn


def _bars(chart: Chart, left: float, slot: float, y_of: object) -> list[Shape]:
    assert callable(y_of)
    many = max(1, len(chart.series))
    wide = slot * 0.8 / many
    drawn: list[Shape] = []
    for number, each in enumerate(chart.series):
        for place, value in enumerate(each.values):
            if value is None:
                continue
            ends = sorted((y_of(chart.length(value)), y_of(0.0)))
            x = left + slot * place + slot * 0.1 + wide * number
            drawn.append(Box(x, ends[0], max(0.5, wide - 0.6), ends[1] - ends[0], COLOURS[number % len(COLOURS)]))
    return drawn


def _lines(chart: Chart, left: float, slot: float, y_of: object) -> list[Shape]:
    assert callable(y_of)
    drawn: list[Shape] = []
    for number, each in enumerate(chart.series):
        colour = COLOURS[number % len(COLOURS)]
        run: list[tuple[float, float]] = []
        for place, value in enumerate([*each.values, None]):
            if value is None:  # a gap is a gap
                if len(run) > 1:
                    drawn.append(Stroke(tuple(run), colour, 1.6))
                run = []
                continue
            point = (left + slot * (place + 0.5), y_of(chart.length(value)))
            run.append(point)
            drawn.append(Box(point[0] - 1.8, point[1] - 1.8, 3.6, 3.6, colour))
    return drawn


def _step(span: float) -> float:
    """Give a step of 1, 2 or 5 times a power of ten that divides a span into four to ten parts."""
    if span <= 0:
        return 1.0
    power: float = 10.0 ** math.floor(math.log10(span / 4))
    return next(factor * power for factor in (1, 2, 5, 10) if span / (factor * power) <= 8)


def _tick_words(value: float, kind: str) -> str:
    text = f"{value:,.0f}" if abs(value) >= 10 or value == int(value) else f"{value:,.2f}".rstrip("0")
    return f"{text} %" if kind == "rate" else text
