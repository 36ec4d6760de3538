"""USE-9 事项数据支撑率: of the service items that need data, how many get all of it by sharing."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    and_,
    case,
    exists,
    func,
    literal,
    or_,
    select,
    true,
)

from catalog.model import DatasetStatus
from rates.cut import Cut
from rates.model import Exclusion, Family, RateDefinition, Words
from rates.queries.elements import objects_in, texts_in
from rates.queries.facts import known, live_at
from rates.queries.members import Rate, member_columns
from rates.queries.source import DATASET, GRANT, SERVICE

_NO_DATA = Exclusion(
    code="no_data", title_zh="未列明所需数据", title_en="no required data is stated"
)

_DEFINITION = RateDefinition(
    id="USE-9",
    version=1,
    family=Family.UTILIZATION,
    title_zh="事项数据支撑率",
    title_en="Services supported by data",
    numerator="service items of the base of which every data item is covered: by the department's own "
    "published dataset, or by its live grants on a dataset with each of the columns",
    numerator_zh="分母中所需数据项全部有支撑的：本部门已发布的目录，或对所列数据项有有效授权",
    denominator="service items that state the data they need; a data item that names no dataset is "
    "not covered; the department of the service item answers",
    denominator_zh="列明所需数据的政务服务事项；未指明数据目录的数据项视为无支撑；由事项所属部门负责",
    exclusions="service items that state no data",
    exclusions_zh="未列明所需数据的事项",
    reasons=(_NO_DATA,),
    basis="proposed",
    basis_zh="建议口径",
)


def _members(cut: Cut) -> Select[Any]:
    form = objects_in(SERVICE.c.data_items)
    needed, covered = func.count(), func.sum(case((_covered(form.c.value, cut), 1), else_=0))
    counted = {
        name: select(count).select_from(form).correlate(SERVICE).scalar_subquery()
        for name, count in (("needed", needed), ("covered", covered))
    }
    columns = [
        *member_columns(
            (SERVICE.c.code, SERVICE.c.name_zh, SERVICE.c.department, literal("")),
            counted["needed"] == counted["covered"],
            [(_NO_DATA, counted["needed"] == 0)],
        ),
        *(count.label(name) for name, count in counted.items()),
    ]
    return select(*columns).select_from(SERVICE).where(known(SERVICE, cut))


def _covered(item: ColumnElement[Any], cut: Cut) -> ColumnElement[bool]:
    """The dataset is published, and the department's own or granted to it with every column."""
    entry = DATASET.alias()
    named = item["dataset"].as_string()
    asked = texts_in(item["columns"])
    lacking = exists().select_from(asked).where(~_granted(named, asked.c.value, cut))
    return (
        exists()
        .where(
            entry.c.code == named,
            entry.c.status == DatasetStatus.PUBLISHED.value,
            known(entry, cut),
            or_(
                entry.c.provider == SERVICE.c.department,
                and_(
                    _granted(named, None, cut),
                    ~lacking.correlate_except(asked),
                ),
            ),
        )
        .correlate_except(entry)
    )


def _granted(
    dataset: ColumnElement[str], name: ColumnElement[str] | None, cut: Cut
) -> ColumnElement[bool]:
    """A grant of the department on the dataset is live at the cut, with the column if one is named."""
    grant = GRANT.alias()
    live = [
        grant.c.dataset == dataset,
        grant.c.department == SERVICE.c.department,
        live_at(grant, cut.last),
    ]
    if name is None:
        return exists().where(*live).correlate_except(grant)
    given = texts_in(grant.c.terms["columns"])
    found = select(literal(1)).select_from(grant.join(given, true()))
    return found.where(*live, given.c.value == name).correlate_except(grant, given).exists()


def _evidence(row: Row[Any], cut: Cut) -> Words:
    covered = row.covered or 0
    return Words(
        f"所需数据 {row.needed} 项，已支撑 {covered} 项",
        f"{covered} of {row.needed} data items covered",
    )


RATE = Rate(definition=_DEFINITION, members=_members, evidence=_evidence)
