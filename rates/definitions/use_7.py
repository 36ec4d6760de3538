"""USE-7 重复采集率: of what forms ask of people, how much another department shares already."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Row,
    Select,
    and_,
    exists,
    func,
    literal,
    select,
    true,
    union,
    union_all,
)

from catalog.model import AskedOf, ShareType
from rates.cut import Cut
from rates.model import Exclusion, Family, RateDefinition, Words
from rates.queries.elements import objects_in, texts_in
from rates.queries.facts import known, published
from rates.queries.members import Rate, member_columns
from rates.queries.source import ANSWER, DATASET, SERVICE

_ANSWERED = Exclusion(
    code="answered",
    title_zh="已说明并非同一数据",
    title_en="it was answered that the two are not the same",
)

_DEFINITION = RateDefinition(
    id="USE-7",
    version=1,
    family=Family.UTILIZATION,
    title_zh="重复采集率",
    title_en="Collected although shared",
    numerator="fields of the base that name a dataset which another department shares, or that are "
    "called by the very words of the title or an item of one; low is good",
    numerator_zh="分母中由其他部门共享的：表单已指明其目录，或字段名称与其目录名称、数据项完全相同；越低越好",
    denominator="fields of the forms of service items that citizens or firms fill in; the department "
    "of the service item answers",
    denominator_zh="政务服务事项表单中由公民或企业填写的字段；由事项所属部门负责",
    exclusions="fields of which it was answered that they are not what the dataset has; words that "
    "are alike, and names of columns in contracts, are looked at by 'bureau service once-only' alone",
    exclusions_zh="已说明并非同一数据的字段；近似名称及合同列名仅由 bureau service once-only 提示",
    reasons=(_ANSWERED,),
    basis="Decree 809 Art. 19: what sharing gives is not collected again",
    more_is_better=False,
    basis_zh="条例第十九条：能够通过共享获取的，不得重复收集",
)


def _members(cut: Cut) -> Select[Any]:
    form = objects_in(SERVICE.c.data_items)
    field = form.c.value["item"].as_string()
    named = form.c.value["dataset"].as_string()
    matches = _matches(cut)
    found = matches.c.dataset
    columns = [
        *member_columns(
            (
                SERVICE.c.code.concat("#").concat(field),
                field,
                SERVICE.c.department,
                literal(""),
            ),
            found.is_not(None),
            [(_ANSWERED, _answered(field, named, found, cut))],
        ),
        form.c.value["asked_of"].as_string().label("asked_of"),
        found.label("dataset"),
    ]
    return (
        select(*columns)
        .select_from(SERVICE)
        .join(form, true())
        .outerjoin(matches, and_(matches.c.service == SERVICE.c.id, matches.c.item == field))
        .where(
            known(SERVICE, cut),
            form.c.value["asked_of"].as_string() != AskedOf.NOBODY.value,
        )
    )


def _matches(cut: Cut) -> CTE:
    """By form and field, the first dataset of another department that it names or is called as."""
    offered, form = _offered(cut), objects_in(SERVICE.c.data_items)
    item = form.c.value["item"].as_string()
    names = (item, literal("#").concat(form.c.value["dataset"].as_string()))
    pairs = union_all(
        *(
            select(SERVICE.c.id.label("service"), item.label("item"), offered.c.code)
            .select_from(SERVICE)
            .join(form, true())
            .join(offered, offered.c.words == name)
            .where(known(SERVICE, cut), offered.c.provider != SERVICE.c.department)
            for name in names
        )
    ).subquery()
    return (
        select(pairs.c.service, pairs.c.item, func.min(pairs.c.code).label("dataset"))
        .group_by(pairs.c.service, pairs.c.item)
        .cte("matches")
    )


def _offered(cut: Cut) -> CTE:
    """The words by which datasets that may be shared are called: title, items, and "#" and code."""
    items = texts_in(DATASET.c["items"])
    shareable = DATASET.c.share_type.in_([one.value for one in ShareType if one.shareable])
    called = [
        select(DATASET.c.code, DATASET.c.provider, words.label("words"))
        for words in (DATASET.c.title_zh, literal("#").concat(DATASET.c.code))
    ]
    listed = select(DATASET.c.code, DATASET.c.provider, items.c.value.label("words"))
    listed = listed.select_from(DATASET).join(items, true())
    return union(*(one.where(published(cut), shareable) for one in (*called, listed))).cte(
        "offered"
    )


def _answered(
    field: ColumnElement[str], named: ColumnElement[str], found: ColumnElement[Any], cut: Cut
) -> ColumnElement[bool]:
    """Only where the words are the same: what the form itself names is no question."""
    answered = exists().where(
        ANSWER.c.service == SERVICE.c.code,
        ANSWER.c.item == field,
        ANSWER.c.dataset == found,
        ANSWER.c.answered_at < cut.until,
    )
    return and_(named == "", answered.correlate_except(ANSWER))


def _evidence(row: Row[Any], cut: Cut) -> Words:
    asked = {
        AskedOf.CITIZEN: Words("由公民填写", "asked of citizens"),
        AskedOf.FIRM: Words("由企业填写", "asked of firms"),
    }[AskedOf(row.asked_of)]
    if row.dataset is None:
        return asked
    return Words(f"{asked.zh}，{row.dataset} 已共享", f"{asked.en}, shared in {row.dataset}")


RATE = Rate(definition=_DEFINITION, members=_members, evidence=_evidence)
