"""USE-5 使用记录完整率: of the live grants that were used, how many have the records that are due."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, select

from rates.cut import Cut
from rates.model import Family, RateDefinition, Words
from rates.queries.about import grant_columns
from rates.queries.facts import live_at
from rates.queries.members import Rate
from rates.queries.source import GRANT, RECORD
from sharing.records.model import RecordKind

_DUE = tuple(kind for kind in RecordKind if kind is not RecordKind.DESTRUCTION)

_DEFINITION = RateDefinition(
    id="USE-5",
    version=1,
    family=Family.UTILIZATION,
    title_zh="使用记录完整率",
    title_en="Complete records of use",
    numerator="grants of the base with a record of each kind that is due while a grant is live: "
    "scenario, process, effect and storage; the fifth, destruction, comes with its end (USE-6); a "
    "record that was purged after its time was kept",
    numerator_zh="分母中应有记录齐全的授权：使用场景、使用过程、应用成效、存储情况；销毁情况在授权终止后（见 USE-6）；"
    "到期清除的记录视为已留存",
    denominator="grants that were live at the end of the day and had been used by then; the "
    "department that uses the data answers",
    denominator_zh="统计日有效且已被使用的授权；由使用部门负责",
    exclusions="none; a grant that was never used has nothing to record",
    exclusions_zh="无；从未使用的授权无需记录",
    basis="Decree 809 Art. 29",
    basis_zh="条例第二十九条",
)


def _members(cut: Cut) -> Select[Any]:
    kinds = _recorded(cut)
    columns = [
        *grant_columns(cut, GRANT.c.department, kinds == len(_DUE)),
        kinds.label("kinds"),
    ]
    return (
        select(*columns)
        .select_from(GRANT)
        .where(GRANT.c.first_used_at < cut.until, live_at(GRANT, cut.last))
    )


def _recorded(cut: Cut) -> ColumnElement[int]:
    record = RECORD.alias()
    return (
        select(func.count(func.distinct(record.c.kind)))
        .where(
            record.c.grant_number == GRANT.c.number,
            record.c.recorded_at < cut.until,
            record.c.kind.in_([kind.value for kind in _DUE]),
        )
        .correlate_except(record)
        .scalar_subquery()
    )


def _evidence(row: Row[Any], cut: Cut) -> Words:
    return Words(
        f"已有 {row.kinds} / {len(_DUE)} 类记录", f"{row.kinds} of {len(_DUE)} kinds recorded"
    )


RATE = Rate(definition=_DEFINITION, members=_members, evidence=_evidence)
