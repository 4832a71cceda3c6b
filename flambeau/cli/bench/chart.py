"""A chart of ratios as SVG: a bar a workload, with the spread over the rounds and a line at 1."""
from __future__ import annotations

from typing import Any
from xml.sax.saxutils import escape

ROW, LEFT, WIDTH, MARGIN = 26, 290, 760, 40


def chart(results: dict[str, dict[str, Any]]) -> str:
    """Draw PyTorch's time over flambeau's: a bar that reaches beyond the line is a workload where flambeau is faster."""
    most = max([2.0, *(found["ratio_to"] for found in results.values())])
    scale = (WIDTH - LEFT - MARGIN) / most
    height = ROW * len(results) + 2 * MARGIN
    rows = [_row(number, name, found, scale) for number, (name, found) in enumerate(results.items())]
    at_one = LEFT + scale
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" font-size="13">',
        f'<rect width="{WIDTH}" height="{height}" fill="white"/>',
        f'<text x="{LEFT}" y="20" fill="#333">PyTorch\'s time / flambeau\'s: how many times faster</text>',
        *rows,
        f'<line x1="{at_one:.1f}" y1="{MARGIN - 8}" x2="{at_one:.1f}" y2="{height - MARGIN + 4}" stroke="#333" '
        'stroke-dasharray="3 3"/>',
        f'<text x="{at_one:.1f}" y="{height - MARGIN + 20}" text-anchor="middle" fill="#333">PyTorch</text>',
        "</svg>", ""])


def _row(number: int, name: str, found: dict[str, Any], scale: float) -> str:
    y = MARGIN + number * ROW
    middle = y + ROW / 2 - 3
    colour = "#e4572e" if found["ratio"] >= 1 else "#a8a8a8"
    low, high, end = (LEFT + found[key] * scale for key in ("ratio_from", "ratio_to", "ratio"))
    return (f'<text x="{LEFT - 8}" y="{middle + 5:.1f}" text-anchor="end" fill="#333">{escape(name)}</text>'
            f'<rect x="{LEFT}" y="{y}" width="{end - LEFT:.1f}" height="{ROW - 8}" fill="{colour}"/>'
            f'<line x1="{low:.1f}" y1="{middle:.1f}" x2="{high:.1f}" y2="{middle:.1f}" stroke="#333"/>'
            f'<text x="{high + 6:.1f}" y="{middle + 5:.1f}" fill="#333">{found["ratio"]:.2f}</text>')
