"""In which languages a report speaks, and how texts and numbers are said in them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from reports.model import Cell, Figure, Members, Row, Standing, Text

LOOSE = 0x2E80
"""From this code point on, letters are as wide as they are high."""


class Language(StrEnum):
    ZH = "zh"
    EN = "en"
    BOTH = "both"

    @property
    def main(self) -> Language:
        """The language of a whole document."""
        return Language.EN if self is Language.EN else Language.ZH


def say(text: Text, language: Language) -> str:
    """The text on one line; in both languages Chinese comes first."""
    if language is Language.EN:
        return text.en
    if language is Language.ZH or text.zh == text.en:
        return text.zh
    return f"{text.zh} {text.en}"


def said_cell(cell: Cell, language: Language) -> str:
    if isinstance(cell, Text):
        return say(cell, language)
    if isinstance(cell, Figure):
        return counted(cell)
    return str(cell)


def counted(figure: Figure) -> str:
    """The counts: "5 / 8"."""
    return str(figure.n) if figure.base is None else f"{figure.n} / {figure.base}"


def percentage(figure: Figure) -> str:
    """With its sign, or that there is none; nothing for a number that has no base."""
    if figure.base is None:
        return ""
    return "n/a" if figure.percent is None else f"{figure.percent} %"


def points(change: int | None) -> str:
    """A change in percentage points, with its sign."""
    if change is None:
        return "n/a"
    sign = "+" if change > 0 else "−" if change < 0 else "±"
    return f"{sign}{abs(change) // 100}.{abs(change) % 100:02d}"


def width(text: str) -> float:
    """How wide a text is, in letters of one em; a guess that is never too small by much."""
    return sum(1.0 if ord(letter) >= LOOSE else _WIDTHS.get(letter, _OTHER) for letter in text)


_OTHER = 0.58
_WIDTHS = {
    **dict.fromkeys("fijlrtI .,:;'|!()[]-/·\u00a0", 0.36),
    **dict.fromkeys("mwMW%@—–−+", 0.94),
    **dict.fromkeys("ABCDEFGHKLNOPQRSTUVXYZ&", 0.7),
    "\u200b": 0.0,
    "\n": 0.0,
}


def shortened(text: str, ems: float) -> str:
    """The text, or as much of it as there is room for."""
    if width(text) <= ems:
        return text
    while text and width(text) > ems - 1:
        text = text[:-1]
    return f"{text.rstrip()}…"


def folded(text: str, ems: float) -> tuple[str, ...]:
    """The text on one line or on two, and no more of it than there is room for."""
    if width(text) <= ems:
        return (text,)
    end = len(text)
    while width(text[:end]) > ems:
        space = text.rfind(" ", 0, end)
        loose = end > 1 and ord(text[end - 1]) >= LOOSE
        end = end - 1 if loose or space < 1 else space
    return text[:end], shortened(text[end:].strip(), ems)


def is_chinese(text: str) -> bool:
    return any("㐀" <= letter <= "鿿" for letter in text)


PERCENT = Text("百分比", "Percent")
COUNTS = Text("达成 / 分母", "n / N")
TARGET = Text("目标", "Target")
DEPARTMENT = Text("部门", "Department")
DEPARTMENT_NAME = Text("部门名称", "Department name")
STAGE = Text("环节", "Stage")
MONTH = Text("月份", "Month")
CHANGE = Text("变化（百分点）", "Change (points)")
NUMBER = Text("数量", "Number")
NO_NUMBER = "–"
RANK = Text("名次", "Rank")
READING = Text("说明", "In words")
NOTHING = Text("本期没有此类事项。", "There is nothing of it in this period.")
CONTENTS = Text("目录", "Contents")
SKIP = Text("跳到正文", "Skip to the report")
AS_OF = Text("统计日", "As of")
PERIOD = Text("统计期", "Period")
FILTERS = Text("范围", "Scope")
WHOLE = Text("全市", "whole city")
KNOWN = Text("事实截至", "Facts before")
DEFINITIONS = Text("指标版本", "Definitions")
RULES = Text("归集规则集", "Rule set")
LEDGER = Text("审计账本", "Ledger")
ENTRIES = Text("条", "entries")
ROOT = Text("根哈希", "Root")
REPORT = Text("报告编号", "Report id")
GENERATOR = Text("生成程序", "Made by")
VERIFY = Text("核验命令", "To verify")
METHOD = Text("口径", "Method")
NUMERATOR = Text("分子", "Numerator")
DENOMINATOR = Text("分母", "Denominator")
EXCLUSIONS = Text("不计入", "Left out")
BASIS = Text("依据", "Basis")
ROWS = Text("明细", "Rows")
CODE = Text("代码", "Code")
TITLE = Text("名称", "Title")
COUNTS_AS = Text("是否计入", "Counts")
EVIDENCE = Text("依据", "Evidence")
IN = Text("计入", "in")
OUT = Text("未达成", "out")
EXCLUDED = Text("不计入", "left out")
NOBODY = Text("未指明", "none named")
LISTED = Text("行数", "Number of rows")
CHART = Text("图", "Chart")
TABLE = Text("数据表", "Data table")
PROVENANCE = Text("来源", "Provenance")
SUMMARY = Text("汇总", "Summary")

STANDINGS = {Standing.IN: IN, Standing.OUT: OUT, Standing.EXCLUDED: EXCLUDED}


def whose(code: str, names: Mapping[str, Text]) -> Text:
    """The department of a row."""
    return names.get(code) or Text(code or NOBODY.zh, code or NOBODY.en)


def listed(members: Members) -> Text:
    """How many rows there are, how many of them are left out, and of which nothing is known."""
    rows = len(members.rows)
    left_out, unknown = members.left_out()
    if not left_out:
        return Text(f"共 {rows} 行", f"{rows} rows")
    zh, en = f"共 {rows} 行，不计入 {left_out} 行", f"{rows} rows, {left_out} of them left out"
    if unknown:
        zh, en = f"{zh}，其中情况不明 {unknown} 行", f"{en}, {unknown} of those unknown"
    return Text(zh, en)


def stands(row: Row, codes: Mapping[str, Text]) -> Text:
    """Whether a row counts, and its code in words."""
    standing = STANDINGS[row.standing]
    if row.parts is not None and 0 < row.parts[0] < row.parts[1]:
        standing = Text.same(f"{row.parts[0]} / {row.parts[1]}")
    if not row.code:
        return standing
    code = codes.get(row.code) or Text.same(row.code)
    return Text(f"{standing.zh}：{code.zh}", f"{standing.en}: {code.en}")
