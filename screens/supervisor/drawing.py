"""A chart drawn in the terminal; the legend stands outside, because the plotter measures words in characters."""

from __future__ import annotations

from typing import Final

from textual.content import Content
from textual_plotext import PlotextPlot

from screens.supervisor.charting import Chart
from screens.widgets.cells import width

COLOURS: Final = (
    (95, 179, 161),
    (224, 122, 95),
    (122, 156, 198),
    (224, 176, 96),
    (170, 130, 200),
    (127, 192, 138),
    (160, 168, 173),
    (214, 120, 160),
)
"""Legible on dark and light; the order of the bars and of the legend is the same, so colour is not all there is."""


def legend(chart: Chart) -> Content:
    """Name the series in their colours, and the places along the bottom where their names are too wide for it."""
    parts: list[Content | str] = []
    for number, each in enumerate(chart.series):
        red, green, blue = COLOURS[number % len(COLOURS)]
        parts += [Content.styled("■ ", f"rgb({red},{green},{blue})"), each.name, "   "]
    if _are_wide(chart):
        parts.append(" · ".join(f"{number} {label}" for number, label in enumerate(chart.labels, 1)))
    return Content.assemble(*parts)


def draw(plot: PlotextPlot, chart: Chart, *, bars: bool) -> None:
    """Draw the chart; a value that is not there leaves a gap."""
    plt = plot.plt
    plt.clear_figure()
    labels = [str(number) for number in range(1, len(chart.labels) + 1)] if _are_wide(chart) else list(chart.labels)
    as_bars = bars and chart.kind != "rate" and len(labels) <= 31
    many = max(1, len(chart.series))
    for number, each in enumerate(chart.series):
        known = [(place, chart.length(value)) for place, value in enumerate(each.values) if value is not None]
        if not known:
            continue
        colour = COLOURS[number % len(COLOURS)]
        values = [value for _, value in known]
        if as_bars:
            wide = 0.8 / many
            at = [place - 0.4 + wide * (number + 0.5) for place, _ in known]
            plt.bar(at, values, width=wide, color=colour, reset_ticks=False)
        else:
            plt.plot([place for place, _ in known], values, marker="braille", color=colour)
            plt.scatter([place for place, _ in known], values, marker="●", color=colour)
    every = max(1, len(labels) * 8 // max(8, plot.size.width - 12))
    plt.xticks([float(place) for place in range(0, len(labels), every)], labels[::every])
    if chart.kind == "rate":
        plt.ylim(0, 100)
    plot.refresh()


def _are_wide(chart: Chart) -> bool:
    return any(width(label) != len(label) or len(label) > 12 for label in chart.labels)
