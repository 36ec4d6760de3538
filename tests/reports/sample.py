"""A report of a made-up city, in which names and codes try what they can."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from rates.model import FUNNEL_STAGES
from reports.compose import (
    funnel_stages,
    open_rows,
    rate_bars,
    rate_cards,
    rate_grid,
    rate_league,
    rate_table,
    rate_trend,
)
from reports.data import Sealed, sealed
from reports.model import (
    Figure,
    Heading,
    Identity,
    Members,
    Method,
    Notes,
    Report,
    Row,
    Standing,
    Table,
    Text,
)

ZONE = ZoneInfo("Asia/Shanghai")
DAY = date(2026, 6, 30)
HOSTILE = (
    "</script><script>alert(1)</script>",
    '=HYPERLINK("http://x","y")',
    "+1+1",
    "-2",
    "@SUM(A1)",
    "\t=1",
    "#panic() *bold* $x$ [link](http://x)",
    "<!-- --> &amp; \"quoted\" 'single'",
    "名称｜竖线 | pipe",
)
STAGES = [name for name, _, _ in FUNNEL_STAGES]


def method(name: str) -> Method:
    same = Text("已入库的责任", "duties that were met")
    return Method(name=name, numerator=same, denominator=same, exclusions=same, basis=same)


def members(rate: str, title: Text, departments: int, each: int) -> Members:
    """Rows of which some count, some do not, and some are left out."""
    rows = []
    for place in range(departments):
        for number in range(each):
            left_out = number % 7 == 6
            why = "items_unknown" if number % 2 else "exempt"
            counts = (number * 5 + place * 3) % 11 < 3 + place % 9
            standing = Standing.IN if counts else Standing.OUT
            rows.append(
                Row(
                    f"{rate.lower()}-{place:03}-{number:04}",
                    HOSTILE[number % len(HOSTILE)] if place == 0 else f"数据目录 {number}",
                    f"dept-{place:03}",
                    Standing.EXCLUDED if left_out else standing,
                    why if left_out else "",
                    Text(f"GRT-{number:04} 授权给", f"GRT-{number:04} to dept-{place:03}"),
                )
            )
    return Members(
        id=rate,
        title=title,
        method=method(f"{rate} v1"),
        codes={
            "exempt": Text("责任豁免", "exempt from the rule"),
            "items_unknown": Text("数据项不明", "items unknown"),
        },
        rows=rows,
        unknown=frozenset({"items_unknown"}),
    )


def funnel(departments: int, each: int) -> Members:
    rows = [
        Row(
            f"duty-{place:03}-{number:04}",
            "归集责任",
            f"dept-{place:03}",
            Standing.IN if (place + number) % 5 == len(STAGES) - 1 else Standing.OUT,
            STAGES[(place + number) % 5],
            Text("", ""),
        )
        for place in range(departments)
        for number in range(each)
    ]
    codes = {name: Text(zh, en) for name, zh, en in FUNNEL_STAGES}
    title = Text("归集到利用的漏斗", "Funnel from due to used")
    return Members(id="FUNNEL", title=title, method=method("FUNNEL v1"), codes=codes, rows=rows)


def names(departments: int) -> dict[str, Text]:
    return {
        f"dept-{place:03}": Text(
            f"深圳市第{place}人力资源和社会保障局",
            f"Human Resources Bureau {place} (dept-{place:03})",
        )
        for place in range(departments)
    }


def wide(rate: Members, called: dict[str, Text]) -> Table:
    """More figures beside each other than a page has room for."""
    tally = rate.tally()
    return Table(
        id="wide",
        title=Text("各项指标一览", "All figures beside each other"),
        reading=Text("每部门一行。", "A line for each department."),
        headings=(
            Heading(Text("部门", "Department")),
            *(
                Heading(
                    Text(f"按时更新第{place}项", f"catalogue updates on time {place}"), number=True
                )
                for place in range(12)
            ),
        ),
        rows=tuple((name, *[tally.figure(code)] * 12) for code, name in called.items()),
    )


def report(departments: int = 6, each: int = 9) -> Report:
    rates = [
        members("COL-1", Text("归集率", "Collection rate"), departments, each),
        members("SHA-2", Text("实际共享率", "Effective sharing rate"), departments, each),
    ]
    stages = funnel(departments, each)
    called = names(departments)
    days = [DAY - timedelta(days=30 * back) for back in range(11, 0, -1)]
    trends = {}
    blocks = []
    for rate in rates:
        tally = rate.tally()
        now = {code: tally.figure(code) for code in tally.departments()}
        past = [
            (
                f"{day:%Y-%m}",
                {
                    code: Figure(
                        n=max(f.n - 12 + place, 0), base=f.base if place > 1 else 0, day=day
                    )
                    for code, f in now.items()
                },
            )
            for place, day in enumerate(days)
        ]
        line = [
            (
                month,
                Figure(
                    n=sum(f.n for f in found.values()),
                    base=sum(f.base or 0 for f in found.values()),
                ),
            )
            for month, found in past
        ]
        trends[rate.id] = [*line, (f"{DAY:%Y-%m}", tally.figure())]
        blocks += [
            rate_bars(rate, called, "60.00"),
            rate_league(rate, called, "2026Q1", past[-3][1]),
            rate_trend(rate, trends[rate.id], windowed=True),
            rate_grid(rate, called, [*past, (f"{DAY:%Y-%m}", now)], windowed=True),
        ]
    note = Text("说明：本报告不设总分。", "A note: there is no combined index.")
    return Report(
        identity=Identity(
            kind="sharing",
            title=Text("政务数据共享报告", "Report on data sharing"),
            city="深圳市",
            as_of=DAY,
            window_days=365,
            since=DAY - timedelta(days=364),
            until=datetime(2026, 7, 1, tzinfo=ZONE),
            definitions=("COL-1 v1", "SHA-2 v1"),
            rule_set="ab" * 32,
            ledger_size=1234,
            ledger_root="cd" * 32,
            generator="databureau 0.0.0",
        ),
        blocks=(
            rate_cards(rates, trends),
            funnel_stages(stages, STAGES),
            rate_table(rates),
            open_rows(rates),
            *blocks,
            wide(rates[0], called),
            Notes(id="notes", title=Text("说明", "Notes"), reading=note, paragraphs=(note,)),
        ),
        members=(*rates, stages),
        names=called,
    )


def sample(language: str = "zh", departments: int = 6, each: int = 9) -> Sealed:
    return sealed(report(departments, each), language=language, renderer="a library 1.0")
