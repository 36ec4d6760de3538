"""Blocks of rates: figures in, a block with its sentence out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from reports.model import (
    Bar,
    Bars,
    Card,
    Cards,
    Figure,
    Grid,
    Heading,
    League,
    Members,
    Series,
    Stages,
    Standing,
    Table,
    Text,
    Trend,
)

CITY = Text("全市", "whole city")
NONE = Text("不适用（分母为零）", "n/a (nothing in the base)")


def portion(figure: Figure) -> Text:
    """A figure in words: "62.50 %, 5 of 8"."""
    if figure.base is None:
        return Text.same(str(figure.n))
    if figure.percent is None:
        return NONE
    return Text(
        f"{figure.percent} %（{figure.n} / {figure.base}）",
        f"{figure.percent} % ({figure.n} of {figure.base})",
    )


def rate_cards(
    rates: Sequence[Members],
    trends: Mapping[str, Sequence[tuple[str, Figure]]],
    targets: Mapping[str, str] | None = None,
) -> Cards:
    """The rates as headline cards, each with its trend, where there is one, by its id."""
    cards = tuple(
        Card(
            title=rate.title,
            figure=rate.figure(),
            reading=_card_reading(rate),
            target=(targets or {}).get(rate.id),
            history=tuple(figure for _, figure in trends.get(rate.id, ())),
        )
        for rate in rates
    )
    return Cards(
        id="headlines",
        title=Text("核心指标", "Headlines"),
        reading=Text(
            "各指标分母不同，不可相互比较，也不合成总分。",
            "Each rate has a base of its own: they are not compared with each other and not added up.",
        ),
        cards=cards,
    )


def funnel_stages(members: Members, order: Sequence[str]) -> Stages:
    """How far the rows of `members` have come: a bar for each code of `order`."""
    tally = members.tally()
    bars = tuple(
        Bar(label=members.codes[stage], figure=tally.figure(stages=tuple(order[place:])))
        for place, stage in enumerate(order)
    )
    due, last = bars[0].figure.n, bars[-1].figure.n
    return Stages(
        id="funnel",
        title=members.title,
        reading=Text(
            f"应归集 {due} 项，走完全程至“{bars[-1].label.zh}”的 {last} 项。",
            f"Of {due} duties, {last} have come all the way to “{bars[-1].label.en}”.",
        ),
        bars=bars,
    )


def rate_bars(rate: Members, names: Mapping[str, Text], target: str | None = None) -> Bars:
    """A bar for each department, best first."""
    tally = rate.tally()
    bars = [
        Bar(label=_name(names, department), figure=tally.figure(department))
        for department in tally.departments()
    ]
    bars.sort(key=lambda bar: _rank(bar.figure))
    rated = [bar for bar in bars if bar.figure.base]
    if not rated:
        reading = Text("没有部门有可计算的分母。", "No department has anything in the base.")
    else:
        low = rated[-1]
        aim, zh, en = ("100.00", " ", "") if target is None else (target, "目标 ", "the target of ")
        there = sum(Decimal(bar.figure.percent or 0) >= Decimal(aim) for bar in rated)
        reading = Text(
            f"{len(rated)} 个部门中 {there} 个达到{zh}{aim} %；最低为{low.label.zh}，"
            f"{portion(low.figure).zh}。",
            f"{there} of {len(rated)} departments reach {en}{aim} %; the lowest is {low.label.en},"
            f" {portion(low.figure).en}.",
        )
    return Bars(
        id=f"{rate.id}-departments",
        title=_titled(rate, "分部门", "by department"),
        reading=reading,
        bars=tuple(bars),
        target=target,
    )


def rate_trend(rate: Members, months: Sequence[tuple[str, Figure]], *, windowed: bool) -> Trend:
    """The whole rate of each of these months, oldest first."""
    points = tuple(Bar(label=Text.same(month), figure=figure) for month, figure in months)
    last = points[-1]
    first = next((point for point in points[:-1] if point.figure.percent), None)
    now = portion(last.figure)
    if first is None:
        reading = Text(
            f"此前各月分母均为零；{last.label.zh}：{now.zh}。",
            f"No month before had anything in the base; {last.label.en}: {now.en}.",
        )
    else:
        then = portion(first.figure)
        reading = Text(
            f"{first.label.zh}：{then.zh}；{last.label.zh}：{now.zh}。",
            f"{first.label.en}: {then.en}; {last.label.en}: {now.en}.",
        )
    return Trend(
        id=f"{rate.id}-trend",
        title=_titled(rate, "走势", "over time"),
        reading=_joined(reading, _of_months(windowed=windowed)),
        points=points,
    )


def rate_grid(
    rate: Members,
    names: Mapping[str, Text],
    months: Sequence[tuple[str, Mapping[str, Figure]]],
    *,
    windowed: bool,
) -> Grid:
    """Departments by months; a department that was not there has nothing in its base."""
    departments = sorted({code for _, figures in months for code in figures})
    rows = tuple(
        Series(
            label=_name(names, code),
            figures=tuple(figures.get(code) or Figure(n=0, base=0) for _, figures in months),
        )
        for code in departments
    )
    return Grid(
        id=f"{rate.id}-months",
        title=_titled(rate, "部门 × 月", "departments by month"),
        reading=_joined(
            _of_months(windowed=windowed),
            Text("“–”表示分母为零。", "– is a base of zero."),
        ),
        columns=tuple(month for month, _ in months),
        rows=rows,
    )


def rate_league(
    rate: Members, names: Mapping[str, Text], before: str, then: Mapping[str, Figure]
) -> League:
    """Departments in order, with the change since `before`: a period, or a day."""
    tally = rate.tally()
    rows = [
        Series(
            label=_name(names, code),
            figures=(tally.figure(code), then.get(code) or Figure(n=0, base=0)),
        )
        for code in tally.departments()
    ]
    rows.sort(key=lambda row: _rank(row.figures[0]))
    known = [moved for row in rows if (moved := change(*row.figures)) is not None]
    up, down, unknown = sum(m > 0 for m in known), sum(m < 0 for m in known), len(rows) - len(known)
    return League(
        id=f"{rate.id}-league",
        title=_titled(rate, "排名与变化", "ranking and change"),
        reading=Text(
            f"与 {before} 相比：上升 {up} 个部门，下降 {down} 个；{unknown} 个无可比数字。",
            f"Against {before}: {up} departments rose, {down} fell; {unknown} have nothing to compare.",
        ),
        before=before,
        rows=tuple(rows),
    )


def ranks(rows: Sequence[Series]) -> list[int | None]:
    """The places of a league: equal percentages share one, and what has no base has none."""
    parts = [row.figures[0].hundredths for row in rows]
    order = sorted((part for part in parts if part is not None), reverse=True)
    return [None if part is None else order.index(part) + 1 for part in parts]


def change(now: Figure, then: Figure) -> int | None:
    """The change in hundredths of a percentage point; None where one of the two is n/a."""
    if now.hundredths is None or then.hundredths is None:
        return None
    return now.hundredths - then.hundredths


def rate_table(rates: Sequence[Members]) -> Table:
    """Every rate on a line."""
    rows = [
        (
            rate.id,
            rate.title,
            rate.figure(),
            rate.spread or "–",
            sum(rate.tally().excluded().values()),
            rate.method.basis,
        )
        for rate in rates
    ]
    return Table(
        id="rates",
        title=Text("全部指标", "All rates"),
        reading=Text(
            f"共 {len(rows)} 项指标；每个数字都链接到其明细。",
            f"{len(rows)} rates; each number leads to the rows that it counts.",
        ),
        headings=(
            Heading(Text("指标", "Rate")),
            Heading(Text("名称", "Name")),
            Heading(Text("结果", "Result"), number=True),
            Heading(Text("中位 / P90 / 最大", "Median / P90 / max"), number=True),
            Heading(Text("不计入", "Left out"), number=True),
            Heading(Text("依据", "Basis")),
        ),
        rows=tuple(rows),
    )


def open_rows(rates: Sequence[Members]) -> Table:
    """The rows of the base that do not count yet: what is still to be done."""
    rows = [
        (rate.id, row.id, row.title, row.evidence)
        for rate in rates
        for row in rate.rows
        if row.standing is Standing.OUT
    ]
    return Table(
        id="open",
        title=Text("尚未达成的事项", "What does not count yet"),
        reading=Text(
            f"{len(rows)} 行在分母中而未达成。" if rows else "没有未达成的事项。",
            f"{len(rows)} rows are in a base and do not count."
            if rows
            else "Nothing is left to do.",
        ),
        headings=(
            Heading(Text("指标", "Rate")),
            Heading(Text("代码", "Code")),
            Heading(Text("名称", "Title")),
            Heading(Text("依据", "Evidence")),
        ),
        rows=tuple(rows),
    )


def _card_reading(rate: Members) -> Text:
    figure, (left_out, unknown) = rate.figure(), rate.left_out()
    zh, en = (f"（其中情况不明 {unknown}）", f" ({unknown} unknown)") if unknown else ("", "")
    if figure.percent is None:
        return Text(
            f"分母为零，不适用；另有 {left_out} 行不计入{zh}。",
            f"Nothing in the base; {left_out} left out{en}.",
        )
    if rate.mean:
        scored = sum(row.standing is Standing.IN for row in rate.rows)
        return Text(
            f"{scored} 次交付的平均得分 {figure.percent}；不计入 {left_out}{zh}。",
            f"Mean score {figure.percent} over {scored} {'delivery' if scored == 1 else 'deliveries'};"
            f" {left_out} left out{en}.",
        )
    still = (figure.base or 0) - figure.n
    return Text(
        f"计入分母 {figure.base}，其中 {figure.n} 达成，{still} 未达成；不计入 {left_out}{zh}。",
        f"{figure.n} of {figure.base} count, {still} do not; {left_out} left out{en}.",
    )


def _rank(figure: Figure) -> tuple[int, int, str]:
    """Best first, and what has no base at the end."""
    part = figure.hundredths
    return (0, -part, figure.department) if part is not None else (1, 0, figure.department)


def _of_months(*, windowed: bool) -> Text:
    """What a figure under the name of a month is of."""
    if windowed:
        return Text(
            "各月单独计算，当月计至统计日。",
            "Each month is measured by itself, the last one up to the day.",
        )
    return Text(
        "各月为月末时点，当月为统计日。",
        "Each month is as of its last day, the last one as of the day.",
    )


def _joined(one: Text, other: Text) -> Text:
    return Text(f"{one.zh}{other.zh}", f"{one.en} {other.en}")


def _name(names: Mapping[str, Text], code: str) -> Text:
    return names.get(code) or Text.same(code)


def _titled(rate: Members, zh: str, en: str) -> Text:
    return Text(f"{rate.title.zh}：{zh}", f"{rate.title.en} {en}")
