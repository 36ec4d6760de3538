from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from catalog.gaps import GapKind, find_gaps
from catalog.model import (
    Dataset,
    DatasetStatus,
    Department,
    Duty,
    Grade,
    ResourceClass,
    Responsibility,
    ShareMode,
    ShareType,
    UpdateCycle,
)

MEE = Department(code="mee", name_zh="生态环境局", division="440300")
STATS = Department(code="stats", name_zh="统计局", division="440300")
AIR = Dataset(
    code="air",
    title_zh="空气质量",
    title_en="Air quality",
    items=("站点",),
    provider="mee",
    format="CSV",
    update_cycle=UpdateCycle.HOURLY,
    share_type=ShareType.UNCONDITIONAL,
    share_mode=ShareMode.FILE,
    resource_class=ResourceClass.THEMATIC,
    grade=Grade.GENERAL,
    responsibility=Responsibility(source="mee", provider="mee", authority="db", operator="ops"),
    fulfils="air",
    contract="air",
)
DUTY = Duty(
    code="r.mee",
    rule="r",
    item="air",
    title_zh="空气质量",
    title_en="Air quality",
    department="mee",
    legal_ground="环境保护法第十七条",
    theme="",
    exempt=False,
    start=date(2020, 1, 1),
    end=None,
)


def kinds(datasets, duties=(DUTY,), collected=frozenset({"air"}), departments=(MEE, STATS)):
    gaps = find_gaps(datasets, departments, duties, collected)
    return [(gap.kind.value, gap.subject, gap.department) for gap in gaps]


def test_a_catalogue_in_order_has_no_gap():
    assert kinds([AIR]) == []


def test_each_missing_part_of_responsibility_is_a_gap_of_its_own():
    assert kinds([replace(AIR, responsibility=Responsibility())]) == [
        ("source_missing", "air", "mee"),
        ("authority_missing", "air", "mee"),
        ("operator_missing", "air", "mee"),
    ]


def test_a_gap_speaks_chinese_and_english():
    (gap,) = find_gaps([replace(AIR, contract="")], [MEE], [DUTY], {"air"})
    assert gap.kind is GapKind.CONTRACT_MISSING
    assert gap.message_zh == "“空气质量”已发布但没有数据合同"
    assert gap.message_en == "'Air quality': it is published without a data contract"


def test_two_datasets_of_one_department_for_one_item_are_contested():
    (gap,) = find_gaps([AIR, replace(AIR, code="air-2")], [MEE], [DUTY], {"air"})
    assert (gap.kind, gap.subject, gap.department) == (GapKind.SOURCE_CONTESTED, "air", "mee")
    assert "air, air-2; Decree 809 Art. 19" in gap.message_en
    assert "第十九条" in gap.message_zh


def test_one_item_with_two_source_departments_is_contested_and_nobodys_alone():
    other = replace(
        AIR,
        code="smog",
        provider="stats",
        responsibility=replace(AIR.responsibility, source="stats"),
    )
    duties = [DUTY, replace(DUTY, code="r.stats", department="stats")]
    assert kinds([AIR, other], duties, {"air", "smog"}) == [("source_contested", "air", "")]


def test_a_duty_is_open_until_its_department_publishes_and_is_collected():
    assert kinds([]) == [("duty_without_dataset", "r.mee", "mee")]
    assert kinds([AIR], collected=set()) == [("duty_not_collected", "r.mee", "mee")]
    elsewhere = replace(AIR, provider="stats")
    assert kinds([elsewhere]) == [
        ("duty_without_dataset", "r.mee", "mee"),
        ("dataset_without_duty", "air", "stats"),
    ]


def test_what_was_refused_at_the_door_is_not_said_to_be_missing():
    (gap,) = find_gaps([AIR], [MEE], [DUTY], set(), {"air"})
    assert gap.kind is GapKind.DUTY_NOT_COLLECTED
    assert "every delivery was refused" in gap.message_en
    assert "均未通过" in gap.message_zh


def test_two_rules_may_ask_for_the_same_item():
    assert kinds([AIR], [DUTY, replace(DUTY, code="s.mee", rule="s")]) == []


def test_an_exempt_duty_is_neither_a_gap_nor_makes_one():
    exempt = replace(DUTY, exempt=True)
    assert kinds([], [exempt]) == []
    assert kinds([AIR], [exempt]) == []


def test_a_published_dataset_that_no_rule_asks_for():
    assert kinds([replace(AIR, fulfils="")], []) == [("dataset_without_duty", "air", "mee")]


def test_a_draft_is_listed_with_what_it_lacks_and_fulfils_nothing():
    draft = replace(AIR, status=DatasetStatus.DRAFT, format="", grade=None, contract="")
    gaps = find_gaps([draft], [MEE], [DUTY], set())
    assert [gap.kind.value for gap in gaps] == ["duty_without_dataset", "draft_incomplete"]
    assert gaps[1].message_en == "'Air quality': it is a draft that lacks format, grade"
    assert gaps[1].message_zh == "“空气质量”草稿，尚缺：数据格式、数据分类分级"
    assert kinds([replace(AIR, status=DatasetStatus.DRAFT)], []) == []


def test_a_provider_that_is_gone_is_a_gap():
    assert kinds([AIR], departments=[STATS]) == [("provider_unknown", "air", "mee")]


def test_a_withdrawn_dataset_has_no_gap_and_closes_none():
    gone = replace(AIR, status=DatasetStatus.WITHDRAWN, responsibility=Responsibility())
    assert kinds([gone]) == [("duty_without_dataset", "r.mee", "mee")]


@given(
    st.lists(
        st.builds(
            Dataset,
            code=st.sampled_from("abcdef"),
            title_zh=st.just("名"),
            provider=st.sampled_from(["mee", "stats", "gone"]),
            status=st.sampled_from(DatasetStatus),
            fulfils=st.sampled_from(["", "air", "water"]),
            contract=st.sampled_from(["", "c"]),
            responsibility=st.builds(Responsibility, source=st.sampled_from(["", "mee", "stats"])),
        ),
        unique_by=lambda dataset: dataset.code,
    ),
    st.sets(st.sampled_from("abcdef")),
    st.randoms(),
)
def test_gaps_do_not_depend_on_the_order_of_what_is_given(datasets, collected, random):
    gaps = find_gaps(datasets, [MEE, STATS], [DUTY], collected)
    order = list(GapKind)
    assert gaps == sorted(gaps, key=lambda g: (order.index(g.kind), g.department, g.subject))
    random.shuffle(datasets)
    assert find_gaps(datasets, [STATS, MEE], [DUTY], collected) == gaps
    unmet = {GapKind.DUTY_WITHOUT_DATASET, GapKind.DUTY_NOT_COLLECTED}
    met = any(
        one.status is DatasetStatus.PUBLISHED
        and (one.fulfils, one.provider) == ("air", "mee")
        and one.code in collected
        for one in datasets
    )
    assert met != any(gap.kind in unmet for gap in gaps)
