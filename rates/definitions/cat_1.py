"""CAT-1 编目率: of what departments must provide, how much is in the catalogue."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, Select

from rates.cut import Cut
from rates.model import Family, RateDefinition, Words
from rates.queries.duties import EXEMPT, with_first_answer
from rates.queries.members import Rate, duty_columns, of_dataset
from rates.queries.source import DATASET, DUTY

_DEFINITION = RateDefinition(
    id="CAT-1",
    version=1,
    family=Family.CATALOGUE,
    title_zh="编目率",
    title_en="Cataloguing rate",
    numerator="duties answered by a published dataset of the same department that names the duty's "
    "item, whether anything of it was delivered or not",
    numerator_zh="已由本部门发布的数据目录（标明该责任事项）履行的责任，不论是否已有数据入库",
    denominator="duties in force on the day: the declared list of what is to be catalogued",
    denominator_zh="当日有效的责任，即应编目的清单",
    exclusions="duties of departments that their provision rule exempts",
    exclusions_zh="规则豁免的部门责任",
    reasons=(EXEMPT,),
    basis="proposed; Decree 809 Art. 13 asks departments to compile the catalogue, and the base is "
    "the list of duties and not of tables",
    basis_zh="建议口径；编目职责依据条例第十三条，分母为责任清单而非业务表",
    over_duties=True,
)


def _members(cut: Cut) -> Select[Any]:
    answered = duty_columns(DATASET.c.code.is_not(None), [(EXEMPT, DUTY.c.exempt)])
    return with_first_answer(cut, [*answered, *of_dataset()])


def _evidence(row: Row[Any], cut: Cut) -> Words:
    if row.dataset is None:
        return Words("没有已发布的数据目录对应该责任", "no published dataset answers it")
    return Words(f"已编目：{row.dataset}", f"catalogued as {row.dataset}")


RATE = Rate(definition=_DEFINITION, members=_members, evidence=_evidence)
