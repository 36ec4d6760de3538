"""What dimensions and outcomes are called, in Chinese and English, and the standards' own names.

GB/T 36344-2018 has six classes and puts repetition and uniqueness inside accuracy. DB31/T 1523-2024
(Shanghai, public data) numbers the indicators; the codes here are those that our checks measure.
"""

from __future__ import annotations

from dataclasses import dataclass

from quality.model import Dimension, Outcome


@dataclass(frozen=True, slots=True)
class Label:
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class DimensionLabel:
    """`gb` is the class of GB/T 36344-2018, `db31` the indicators of DB31/T 1523-2024."""

    zh: str
    en: str
    gb: Label | None
    db31: tuple[str, ...] = ()


_CONFORMITY = Label("规范性", "normativeness")
_COMPLETENESS = Label("完整性", "completeness")
_ACCURACY = Label("准确性", "accuracy")
_CONSISTENCY = Label("一致性", "consistency")
_TIMELINESS = Label("时效性", "timeliness")

UNMEASURED = Label("未测", "not measured")

DIMENSIONS = {
    Dimension.ACCURACY: DimensionLabel("准确性", "accuracy", _ACCURACY, ("030100 内容正确性",)),
    Dimension.COMPLETENESS: DimensionLabel(
        "完整性", "completeness", _COMPLETENESS, ("020100 数据元素完整性",)
    ),
    Dimension.CONFORMITY: DimensionLabel(
        "规范性",
        "conformity",
        _CONFORMITY,
        ("010101 类型约束", "010102 格式约束", "010103 长度约束", "010400 业务规则"),
    ),
    Dimension.CONSISTENCY: DimensionLabel(
        "一致性", "consistency", _CONSISTENCY, ("040203 跨表等值",)
    ),
    Dimension.COVERAGE: DimensionLabel(
        "覆盖度", "coverage", _COMPLETENESS, ("020200 数据记录完整性",)
    ),
    Dimension.TIMELINESS: DimensionLabel(
        "时效性", "timeliness", _TIMELINESS, ("050200 时间点及时性",)
    ),
    Dimension.UNIQUENESS: DimensionLabel("唯一性", "uniqueness", _ACCURACY, ("030400 唯一性",)),
}

OUTCOMES = {
    Outcome.PASSED: Label("通过", "passed"),
    Outcome.WARNING: Label("警告", "warning"),
    Outcome.FAILED: Label("不通过", "failed"),
    Outcome.ERROR: Label("未能执行", "could not run"),
    Outcome.SKIPPED: Label("未执行", "skipped"),
    Outcome.NOT_APPLICABLE: Label("不适用", "not applicable"),
}
