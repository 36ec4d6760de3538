"""CAT-8 数源明确率: of the items that several departments hold, how many have one source."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Subquery, and_, case, func, or_, select

from catalog.model import ShareType
from rates.cut import Cut
from rates.model import Family, RateDefinition, Words
from rates.queries.facts import published
from rates.queries.members import Rate, member_columns
from rates.queries.source import DATASET, NAMED_SOURCE

_DEFINITION = RateDefinition(
    id="CAT-8",
    version=1,
    family=Family.CATALOGUE,
    title_zh="数源明确率",
    title_en="Items with one source",
    numerator="items of the base of which the authority named the source, or else all entries that "
    "name a source department name the same one, at least one does, and no more than one "
    "department offers the item to others",
    numerator_zh="分母中主管部门已确定数源部门的事项；未确定的，填写了数源部门的目录均为同一部门（至少一条填写），"
    "且对外提供共享的部门不超过一个",
    denominator="items of provision rules that published entries of two or more departments provide; "
    "each counts for its source department, and where that is not clear for none",
    denominator_zh="两个及以上部门的已发布数据目录所对应的责任事项；计入其数源部门，数源不明确的不计入任何部门",
    exclusions="none; entries that name no item are not listed, because who else holds the same is "
    "not known",
    exclusions_zh="无；未对应责任事项的目录不列出，因无从得知其他部门是否持有相同数据",
    basis="Decree 809 Art. 19; the formula is proposed",
    basis_zh="条例第十九条；公式为建议口径",
    counts=Words("事项", "items"),
)


def _held(cut: Cut) -> Subquery:
    """Each item that several departments hold, with whom its entries name and who offers it."""
    source = func.nullif(DATASET.c.responsibility["source"].as_string(), "")
    shareable = DATASET.c.share_type.in_([kind.value for kind in ShareType if kind.shareable])
    offers = case((shareable, DATASET.c.provider))
    return (
        select(
            DATASET.c.fulfils.label("item"),
            func.min(DATASET.c.title_zh).label("title"),
            func.min(DATASET.c.theme).label("theme"),
            func.count(func.distinct(DATASET.c.provider)).label("holders"),
            func.count(func.distinct(source)).label("sources"),
            func.min(source).label("source"),
            func.count(func.distinct(offers)).label("offering"),
        )
        .where(published(cut), DATASET.c.fulfils != "")
        .group_by(DATASET.c.fulfils)
        .having(func.count(func.distinct(DATASET.c.provider)) > 1)
        .subquery("held")
    )


def _named(item: ColumnElement[str], cut: Cut) -> ColumnElement[str]:
    named = NAMED_SOURCE.alias()
    return (
        select(named.c.department)
        .where(named.c.item == item, named.c.named_at < cut.until)
        .order_by(named.c.number.desc())
        .limit(1)
        .correlate_except(named)
        .scalar_subquery()
    )


def _members(cut: Cut) -> Select[Any]:
    held = _held(cut)
    found = select(held, _named(held.c.item, cut).label("named")).subquery("found")
    agreed = and_(found.c.sources == 1, found.c.offering <= 1)
    source = func.coalesce(found.c.named, case((agreed, found.c.source), else_=""))
    called = (found.c.item, found.c.title, source, found.c.theme)
    columns = [
        *member_columns(called, or_(found.c.named.is_not(None), agreed), []),
        *(found.c[name] for name in ("named", "source", "sources", "offering", "holders")),
    ]
    return select(*columns).select_from(found)


def _evidence(row: Row[Any], cut: Cut) -> Words:
    if row.named is not None:
        return Words(f"主管部门确定为 {row.named}", f"the authority named {row.named}")
    held = Words(f"{row.holders} 个部门持有", f"{row.holders} departments hold it")
    if row.sources == 0:
        return Words(f"{held.zh}，未明确数源部门", f"{held.en}, no source is named")
    if row.sources > 1:
        return Words(
            f"{held.zh}，{row.sources} 个数源部门", f"{held.en}, {row.sources} sources are named"
        )
    if row.offering > 1:
        return Words(
            f"{held.zh}，{row.offering} 个部门对外提供", f"{held.en}, {row.offering} offer it"
        )
    return Words(f"{held.zh}，数源部门 {row.source}", f"{held.en}, the source is {row.source}")


RATE = Rate(definition=_DEFINITION, members=_members, evidence=_evidence)
