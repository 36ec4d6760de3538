"""Charts as SVG: every mark is a link, carries its number, and takes its colours from classes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from markupsafe import Markup, escape

from reports.model import Bar, Bars, Figure, Grid, Stages, Trend
from reports.words import Language, counted, folded, percentage, say, width

WIDTH = 900
ROW = 28
LABEL, PERCENT, COUNTS, BAR = 240, 316, 430, 446
"""Where the label of a bar ends, its numbers end, and the bar begins: numbers first, so that a
narrow screen shows them without scrolling."""
BAR_WIDTH = WIDTH - BAR
MOST_ROWS = 40
"""A chart shows so many; the table beneath has all."""
PLOT_LEFT, PLOT_TOP, PLOT_HEIGHT = 56, 16, 132
CELL_WIDTH, CELL_HEIGHT = 44, 26
LEVELS = 5
LETTER, SMALL = 13, 11
"""Pixels of an em."""
FULL = 10_000
LIGHT = """
text{fill:#1b1f24;font-size:13px}.soft{fill:#555d67}.axis{stroke:#c5cbd3}.track{fill:#e6eaef}
.mark{fill:#2563a6}.line{stroke:#2563a6;stroke-width:2;fill:none}.target{stroke:#a3261b;stroke-width:2}
.h0{fill:#edf2f8}.h1{fill:#cddff1}.h2{fill:#9dc2e6}.h3{fill:#2a6cb0}.h4{fill:#164a80}.hn{fill:none;stroke:#c5cbd3}
.small{font-size:11px}.h3t,.h4t{fill:#fff}.hit{fill:none}
"""
"""The colours of a chart that stands alone, on paper."""

Link = Callable[[Figure], str]
"""Where a figure leads."""


def bars(block: Bars, language: Language, link: Link) -> Markup:
    """Horizontal bars of percentages against a target."""
    shown = block.bars[:MOST_ROWS]
    parts = [
        _bar(place * ROW, say(bar.label, language), _part(bar.figure), bar.figure, link)
        for place, bar in enumerate(shown)
    ]
    height = len(shown) * ROW
    if block.target is not None:
        x = BAR + BAR_WIDTH * float(block.target) / 100
        parts.append(_tag(f'<line class="target" x1="{x:.1f}" x2="{x:.1f}" y1="0" y2="{height}"/>'))
    return _svg(block.id, say(block.title, language), say(block.reading, language), height, parts)


def stages(block: Stages, language: Language, link: Link) -> Markup:
    """A funnel: each bar as long as its part of the first one."""
    first = block.bars[0].figure.n
    parts = [
        _bar(
            place * ROW,
            say(bar.label, language),
            bar.figure.n / first if first else 0.0,
            bar.figure,
            link,
        )
        for place, bar in enumerate(block.bars)
    ]
    height = len(block.bars) * ROW
    return _svg(block.id, say(block.title, language), say(block.reading, language), height, parts)


def trend(block: Trend, language: Language, link: Link) -> Markup:
    """A line over months; it breaks where there was nothing in the base."""
    step = (WIDTH - PLOT_LEFT - 40) / max(len(block.points) - 1, 1)
    bottom = PLOT_TOP + PLOT_HEIGHT
    parts = [_level(percent) for percent in (0, 50, 100)]
    placed = [
        (PLOT_LEFT + 12 + place * step, _height(point.figure), point)
        for place, point in enumerate(block.points)
    ]
    parts += [
        _tag(f'<path class="line" d="M{_path(run)}"/>') for run in _runs(placed) if len(run) > 1
    ]
    for place, (x, y, point) in enumerate(placed):
        year, month = point.label.en.split("-")
        parts.append(_text(x, bottom + 18, month, "soft", "middle"))
        if place == 0 or month == "01":
            parts.append(_text(x, bottom + 34, year, "soft", "middle"))
        parts.append(_point(x, y, bottom, point, link))
    last_x, last_y, last = placed[-1]
    if last_y is not None:
        shown = percentage(last.figure)
        parts.append(_text(last_x + 8, max(last_y - 10, 12), shown, "", "end"))
    title, reading = say(block.title, language), say(block.reading, language)
    return _svg(block.id, title, reading, bottom + 40, parts)


def grid(block: Grid, language: Language, link: Link) -> Markup:
    """Departments by months; a deeper colour is a higher percentage, which stands in the cell."""
    parts: list[Markup] = []
    left = WIDTH - len(block.columns) * CELL_WIDTH
    for place, (year, month) in enumerate(name.split("-") for name in block.columns):
        x = left + place * CELL_WIDTH + CELL_WIDTH / 2
        if place == 0 or month == "01":
            parts.append(_text(x, 12, year, "soft", "middle"))
        parts.append(_text(x, 30, month, "soft", "middle"))
    for place, row in enumerate(block.rows[:MOST_ROWS]):
        y = 38 + place * CELL_HEIGHT
        parts += _label(y - 1, say(row.label, language), left)
        for column, figure in enumerate(row.figures):
            name = f"{say(row.label, language)} {block.columns[column]}"
            parts.append(_cell(left + column * CELL_WIDTH, y, name, figure, link))
    height = 40 + min(len(block.rows), MOST_ROWS) * CELL_HEIGHT
    title, reading = say(block.title, language), say(block.reading, language)
    return _svg(block.id, title, reading, height, parts)


def sparkline(figures: Sequence[Figure]) -> Markup:
    """A small line without words, beside the number that it leads up to."""
    step = 96 / max(len(figures) - 1, 1)
    placed = [
        (2 + place * step, None if f.hundredths is None else 22 - 20 * f.hundredths / FULL)
        for place, f in enumerate(figures)
    ]
    lines = [_tag(f'<path class="line" d="M{_path(run)}"/>') for run in _runs(placed)]
    return Markup(
        '<svg class="spark" viewBox="0 0 100 24" width="100" height="24" aria-hidden="true">{}</svg>'
    ).format(Markup("").join(lines))


def alone(svg: Markup, font: str) -> str:
    """A chart as a file of its own, in the colours of paper."""
    style = f"<style>text{{font-family:'{font}'}}{LIGHT}</style>"
    head, _, rest = svg.partition(">")
    return f'{head} xmlns="http://www.w3.org/2000/svg">{style}{rest}'


def _part(figure: Figure) -> float:
    return (figure.hundredths or 0) / FULL


def _bar(y: float, label: str, part: float, figure: Figure, link: Link) -> Markup:
    drawn = Markup('<rect class="mark" x="{}" y="{}" width="{}" height="14"/>').format(
        BAR, y + 7, f"{BAR_WIDTH * part:.1f}"
    )
    inside = [
        _tag(f'<rect class="hit" x="0" y="{y}" width="{WIDTH}" height="{ROW}"/>'),
        *_label(y, label, LABEL),
        _tag(f'<rect class="track" x="{BAR}" y="{y + 7}" width="{BAR_WIDTH}" height="14"/>'),
        drawn,
        _text(PERCENT, y + 19, percentage(figure), "", "end"),
        _text(COUNTS, y + 19, counted(figure), "soft", "end"),
    ]
    return _linked(f"{label}: {percentage(figure)}, {counted(figure)}", figure, link, inside)


def _label(y: float, label: str, room: float) -> list[Markup]:
    """A name at the left of a row: in smaller letters on two lines where one is too short for it."""
    if width(label) <= room / LETTER - 1:
        return [_text(0, y + 19, label, "", "start")]
    lines = folded(label, room / SMALL - 1)
    first = y + 19 if len(lines) == 1 else y + 12
    return [
        _text(0, first + place * 13, line, "small", "start") for place, line in enumerate(lines)
    ]


def _point(x: float, y: float | None, bottom: float, point: Bar, link: Link) -> Markup:
    shown = (
        _tag(f'<circle class="mark" cx="{x:.1f}" cy="{y:.1f}" r="4"/>')
        if y is not None
        else _text(x, bottom - 4, "–", "soft", "middle")
    )
    place = bottom - 8 if y is None else y
    hit = _tag(f'<rect class="hit" x="{x - 14:.1f}" y="{place - 14:.1f}" width="28" height="28"/>')
    name = f"{point.label.en}: {percentage(point.figure)}, {counted(point.figure)}"
    return _linked(name, point.figure, link, [hit, shown])


def _cell(x: float, y: float, name: str, figure: Figure, link: Link) -> Markup:
    part = figure.hundredths
    level = "n" if part is None else str(min(part * LEVELS // FULL, LEVELS - 1))
    size = f'width="{CELL_WIDTH - 2}" height="{CELL_HEIGHT - 2}"'
    inside = [
        _tag(f'<rect class="h{level}" x="{x}" y="{y}" {size}/>'),
        # Rounded down, so that only what is whole is shown as 100.
        _text(
            x + CELL_WIDTH / 2 - 1,
            y + 17,
            "–" if part is None else str(part // 100),
            f"h{level}t",
            "middle",
        ),
    ]
    return _linked(f"{name}: {percentage(figure)}, {counted(figure)}", figure, link, inside)


def _linked(name: str, figure: Figure, link: Link, inside: Sequence[Markup]) -> Markup:
    content = Markup("").join(inside)
    target = link(figure)
    if not target:
        return Markup("<g><title>{}</title>{}</g>").format(name, content)
    return Markup('<a href="{}" aria-label="{}"><title>{}</title>{}</a>').format(
        target, name, name, content
    )


def _height(figure: Figure) -> float | None:
    part = figure.hundredths
    return None if part is None else PLOT_TOP + PLOT_HEIGHT * (1 - part / FULL)


def _level(percent: int) -> Markup:
    y = PLOT_TOP + PLOT_HEIGHT * (1 - percent / 100)
    line = f'<line class="axis" x1="{PLOT_LEFT}" x2="{WIDTH}" y1="{y}" y2="{y}"/>'
    return _tag(line) + _text(PLOT_LEFT - 8, y + 4, f"{percent} %", "soft", "end")


def _runs(
    placed: Sequence[tuple[float, float | None, *tuple[object, ...]]],
) -> list[list[tuple[float, float]]]:
    """The unbroken parts of a line."""
    runs: list[list[tuple[float, float]]] = [[]]
    for x, y, *_ in placed:
        if y is None:
            runs.append([])
        else:
            runs[-1].append((x, y))
    return [run for run in runs if run]


def _path(run: Sequence[tuple[float, float]]) -> str:
    return " L".join(f"{x:.1f} {y:.1f}" for x, y in run)


def _text(x: float, y: float, said: str, name: str, anchor: str) -> Markup:
    return Markup('<text class="{}" x="{}" y="{}" text-anchor="{}">{}</text>').format(
        name, f"{x:.1f}", f"{y:.1f}", anchor, said
    )


def _tag(markup: str) -> Markup:
    """A tag made of our own numbers and class names alone."""
    return Markup(markup)  # noqa: S704


def _svg(name: str, title: str, reading: str, height: float, parts: Sequence[Markup]) -> Markup:
    ident = escape(f"chart-{name}")
    return Markup(
        '<svg class="chart" role="group" aria-labelledby="{0}-t {0}-d" viewBox="0 0 {1} {2}"'
        ' width="{1}" height="{2}"><title id="{0}-t">{3}</title><desc id="{0}-d">{4}</desc>{5}</svg>'
    ).format(ident, WIDTH, f"{height:.0f}", title, reading, Markup("").join(parts))
