"""A chart as an SVG file that any browser and word processor shows."""

from __future__ import annotations

from html import escape

from screens.supervisor.charting import Chart
from tui.exporting.shapes import INK, Box, Shape, Stroke, shapes

_FONTS = "'DejaVu Sans','Helvetica Neue',Arial,'Noto Sans CJK SC','Microsoft YaHei',sans-serif"


def svg_text(chart: Chart, title: str, formula: str, *, width: int = 960, height: int = 420) -> str:
    """Write the chart with its title above and its formula below; every text is escaped."""
    head, foot = 30, 26
    body = "\n".join(_element(shape) for shape in shapes(chart, width, height - head - foot))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
        f' font-family="{_FONTS}">\n'
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>\n'
        f'<text x="12" y="21" font-size="15" font-weight="bold" fill="{INK}">{escape(title)}</text>\n'
        f'<g transform="translate(0 {head})">\n{body}\n</g>\n'
        f'<text x="12" y="{height - 9}" font-size="11" fill="#5b6468">{escape(formula)}</text>\n</svg>\n'
    )


def _element(shape: Shape) -> str:
    if isinstance(shape, Box):
        return (
            f'<rect x="{shape.x:.1f}" y="{shape.y:.1f}" width="{shape.width:.1f}" height="{shape.height:.1f}"'
            f' fill="{shape.colour}"/>'
        )
    if isinstance(shape, Stroke):
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in shape.points)
        return f'<polyline points="{points}" fill="none" stroke="{shape.colour}" stroke-width="{shape.width}"/>'
    return (
        f'<text x="{shape.x:.1f}" y="{shape.y:.1f}" font-size="{shape.size}" text-anchor="{shape.anchor}"'
        f' fill="{shape.colour}">{escape(shape.text)}</text>'
    )
