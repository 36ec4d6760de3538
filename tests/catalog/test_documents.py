from __future__ import annotations

import json
import re
import string
from dataclasses import MISSING, fields, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.documents import (
    KINDS,
    Known,
    Placed,
    Registry,
    check_registry,
    examine_registry,
    lacks,
    load_registry,
    read_registry,
    to_document,
    uscc_fault,
)
from catalog.documents.basis import basis_fault
from catalog.expand import expand
from catalog.model import (
    Application,
    AskedOf,
    Channel,
    DataItem,
    Dataset,
    DatasetStatus,
    DeliveryPolicy,
    Department,
    DepartmentKind,
    Distribution,
    Division,
    Grade,
    Person,
    ProvisionRule,
    ResourceClass,
    Responsibility,
    ServiceItem,
    ShareMode,
    ShareType,
    UpdateCycle,
)
from catalog.naming import check_text, check_title
from core.actor import Role
from core.errors import DocumentInvalid, InvalidInput

DATASET = """\
kind: Dataset
code: air-hourly
title_zh: 空气质量逐小时监测
items: [时间, 站点]
provider: mee
format: CSV
update_cycle: hourly
share_type: conditional
share_mode: file
use_conditions: 共享范围：市级部门；使用用途：污染应对
resource_class: thematic
grade: general
"""
KNOWN = Known(divisions=frozenset({"440300"}), departments=frozenset({"mee", "data-bureau"}))


def read(*texts: str) -> Registry:
    return read_registry((f"{n}.yaml", text.encode()) for n, text in enumerate(texts, 1))


def problems(*texts: str) -> list[str]:
    with pytest.raises(DocumentInvalid) as caught:
        read(*texts)
    return [str(problem) for problem in caught.value.problems]


def faults(text: str, known: Known = KNOWN) -> list[str]:
    return [str(problem) for problem in check_registry(read(text), known)]


def test_one_item_at_the_top_of_a_file():
    (placed,) = read(DATASET).datasets
    assert placed.source == "1.yaml"
    assert placed.line == 2
    assert placed.line_of("share_type") == 8
    assert placed.line_of("theme") == 2
    assert placed.item == Dataset(
        code="air-hourly",
        title_zh="空气质量逐小时监测",
        items=("时间", "站点"),
        provider="mee",
        format="CSV",
        update_cycle=UpdateCycle.HOURLY,
        share_type=ShareType.CONDITIONAL,
        share_mode=ShareMode.FILE,
        use_conditions="共享范围：市级部门；使用用途：污染应对",
        resource_class=ResourceClass.THEMATIC,
        grade=Grade.GENERAL,
    )
    assert check_registry(read(DATASET), KNOWN) == []


def test_a_service_has_a_form_of_words_and_not_of_codes():
    text = (
        "kind: ServiceItem\ncode: stove\nname_zh: 炉具许可\ndepartment: mee\nchannels: [hall, app]\n"
        "data_items:\n"
        "- {item: 家庭 住址, asked_of: citizen}\n"
        "- {item: 空气质量, dataset: air-hourly, columns: [时间]}\n"
    )
    (placed,) = read(text).services
    assert placed.item.channels == (Channel.HALL, Channel.APP)
    assert placed.item.data_items == (
        DataItem(item="家庭 住址", asked_of=AskedOf.CITIZEN),
        DataItem(item="空气质量", dataset="air-hourly", columns=("时间",)),
    )
    registry = read(DATASET, text)
    assert check_registry(registry, KNOWN) == []


def test_what_a_form_cannot_mean_is_a_fault():
    text = (
        "kind: ServiceItem\ncode: stove\nname_zh: 炉具许可\ndepartment: nobody\n"
        "data_items: [{item: A b, dataset: air-hourli}, {item: ａB, columns: [x]}]\n"
    )
    known = Known(departments=KNOWN.departments, datasets=frozenset({"air-hourly"}))
    said = " / ".join(faults(text, known))
    for part in (
        "names the unknown department 'nobody'",
        "asks for 'A b' twice",
        "names columns of 'ａB' without a dataset",
        "names the unknown dataset 'air-hourli'",
        "did you mean 'air-hourly'?",
    ):
        assert part in said
    assert "asked_of 'child'" in " ".join(
        problems("kind: ServiceItem\ndata_items: [{item: x, asked_of: child}]\n")
    )


def test_many_items_in_one_file_keep_their_order_and_lines():
    registry = read(
        "kind: Department\nitems:\n"
        "- {code: b, name_zh: 乙, division: '440300', kind: authority, roles: [regulator]}\n"
        "- code: a\n  name_zh: 甲\n  division: '440300'\n"
    )
    assert [(p.item.code, p.line) for p in registry.departments] == [("b", 3), ("a", 4)]
    assert registry.departments[0].item.kind is DepartmentKind.AUTHORITY
    assert [p.item.code for p in registry.placed()] == ["b", "a"]


def test_every_kind_with_every_shape_of_field():
    registry = read(
        "kind: Division\ncode: '440300'\nname_zh: 深圳市\nlevel: city\nparent:\n",
        "kind: Person\ncode: li\nname: 李\ndepartment: mee\nroles: [steward, approver]\n",
        "kind: Application\ncode: smog\nname_zh: 应急\ndepartment: mee\n"
        "facets: {chain: 生态, level: [city, district]}\n",
        "kind: ProvisionRule\nitems:\n- code: r\n  item: air\n  title_zh: 空气\n"
        "  legal_ground: |\n    环境保护法\n    第十七条\n  kind: business\n"
        "  start: 2020-01-01\n  end: '2030-12-31'\n",
        DATASET + "responsibility: {source: mee, operator: 某公司}\n"
        "distributions:\n- {access_url: 'https://example.org/a', media_type: text/csv}\n"
        "policy: quarantine_rows\nstatus: draft\n",
    )
    assert registry.divisions[0].item.parent is None
    assert registry.people[0].item.roles == (Role.STEWARD, Role.APPROVER)
    assert registry.applications[0].item.facets == {
        "chain": ("生态",),
        "level": ("city", "district"),
    }
    rule = registry.rules[0].item
    assert rule.kind is DepartmentKind.BUSINESS
    assert rule.legal_ground == "环境保护法\n第十七条"
    assert (rule.start, rule.end) == (date(2020, 1, 1), date(2030, 12, 31))
    dataset = registry.datasets[0].item
    assert dataset.responsibility == Responsibility(source="mee", operator="某公司")
    assert dataset.distributions[0].media_type == "text/csv"
    assert dataset.policy is DeliveryPolicy.QUARANTINE_ROWS


def test_a_contract_is_kept_byte_for_byte():
    text = b"\xef\xbb\xbfkind: DataContract\r\napiVersion: v3.0.2\r\nwhatever: [1, 2]\r\n"
    assert read_registry([("c.odcs.yaml", text)]).contracts == (("c.odcs.yaml", text),)


def test_all_problems_of_all_files_come_at_once_in_reading_order():
    assert problems(
        "kind: Datase\ncode: x\n",
        "kind: Division\ncode: '44/03'\nlevel: 1\nnme_zh: 深圳\n",
        "kind: Person\nitems:\n- code: li\n  name: 李\n  department: mee\n  roles: steward\n"
        "- nonsense\n- {code: wu, name: 吴, department: mee, roles: [boss]}\n",
        "a: &x 1\n",
        "- kind: Dataset\n",
        "code: x\n",
        "kind: Person\nitems: 5\nowner: me\n",
    ) == [
        "1.yaml:1: unknown kind 'Datase'; did you mean 'Dataset'?",
        "2.yaml:1: Division '44/03' lacks name_zh",
        (
            "2.yaml:2: Division '44/03' has a bad code: the division code has '/' (SOLIDUS) at "
            "position 3; use 1 to 100 of a-z, 0-9, '.', '-' and '_', beginning with a letter or a digit"
        ),
        "2.yaml:3: Division '44/03' has level that is a number, not text; put it in quotes",
        "2.yaml:4: Division '44/03' has an unknown field 'nme_zh'; did you mean 'name_zh'?",
        "3.yaml:6: Person 'li' has roles that is text, not a list; write [one, two]",
        "3.yaml:7: this is not a Person mapping",
        (
            "3.yaml:8: Person 'wu' has roles[0] 'boss'; it may be steward, approver, requester, "
            "operator, authority, auditor"
        ),
        (
            "4.yaml:1: an anchor or alias (& or *) is not allowed; write the value out, or put "
            "quotes around text that starts with & or *"
        ),
        "5.yaml:1: a registry file is a mapping that begins with 'kind:'",
        (
            "6.yaml:1: no 'kind'; known are Division, Department, Person, Application, "
            "ProvisionRule, Dataset, ServiceItem, DataContract"
        ),
        "7.yaml:1: beside 'items' stands 'owner'; a file has one or the other",
        "7.yaml:2: 'items' is not a list of Person mappings",
    ]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("update_cycle: often", "has update_cycle 'often'; it may be realtime, hourly, daily"),
        ("grade: true", "has grade true or false; it may be general, important, core"),
        ("summary: 12", "has summary that is a number, not text; put it in quotes"),
        ("summary: [a]", "has summary that is a list, not text"),
        ('title_zh: "a\\u202eb"', "has a bad title_zh: the title_zh has U+202E"),
        (
            "provider: MEE",
            "has a bad provider: the department code has 'M' (LATIN CAPITAL LETTER M)",
        ),
        ("provider: MEE", "; write 'mee'"),
        ("facets: [a]", "has facets that is a list, not a mapping"),
        ("facets: {a: {b: c}}", "has facets.a that is a mapping, not text"),
        ("facets: {密级: 国家秘密}", "marks a secret in facets; state secrets"),
        ("responsibility: mee", "has responsibility that is text, not a mapping"),
        (
            "responsibility: {owner: mee}",
            "has an unknown field 'owner'; known are source, provider",
        ),
        ("distributions: [{title: a}]", "lacks access_url"),
        ("items: [1]", "has items[0] that is a number, not text; put it in quotes"),
        ("title: x", "has an unknown field 'title'; did you mean 'title_zh'?"),
    ],
)
def test_a_wrong_field_is_named_with_what_it_may_be(line, message):
    name = line.split(":")[0]
    kept = [row for row in DATASET.splitlines() if not row.startswith(f"{name}:")]
    found = problems("\n".join([*kept, line]))
    assert len(found) == 1
    assert found[0].startswith(f"1.yaml:{len(kept) + 1}: Dataset 'air-hourly' ")
    assert message in found[0]


@pytest.mark.parametrize("start", ["2020-02-30", "20200201", "2020", "[2020-01-01]", "2020-W01-1"])
def test_a_date_is_iso_8601_and_exists(start):
    (found,) = problems(
        f"kind: ProvisionRule\ncode: r\nitem: i\ntitle_zh: t\nlegal_ground: g\nstart: {start}\n"
    )
    assert "not a date like 2026-01-31" in found


@pytest.mark.parametrize("grade", ["国家秘密", "工作秘密", "机密", "state secret"])
def test_secrets_are_refused_with_the_article(grade):
    (found,) = problems(DATASET.replace("grade: general", f"grade: {grade}"))
    assert "state secrets (国家秘密) and work secrets (工作秘密)" in found
    assert "Decree 809 Art. 3" in found


def test_a_code_that_is_there_twice_is_reported_with_both_places():
    assert problems(
        DATASET, "kind: Dataset\nitems:\n- {code: x, title_zh: x, provider: mee}\n", DATASET
    ) == ["3.yaml:2: Dataset 'air-hourly' is defined twice; it is already at 1.yaml:2"]


def test_the_same_code_may_name_things_of_two_kinds():
    registry = read(DATASET, "kind: Application\ncode: air-hourly\nname_zh: x\ndepartment: mee\n")
    assert len(registry.datasets) == len(registry.applications) == 1


NINE = {
    "title_zh": "数据目录名称",
    "items": "数据项",
    "provider": "提供单位",
    "format": "数据格式",
    "update_cycle": "数据更新频率",
    "share_type": "共享属性",
    "share_mode": "共享方式",
    "use_conditions": "使用条件",
    "resource_class": "数据分类分级",
    "grade": "数据分类分级",
}


def lines_without(*names: str) -> str:
    kept = [row for row in DATASET.splitlines() if row.split(":")[0] not in names]
    return "\n".join(kept)


@pytest.mark.parametrize(("name", "name_zh"), NINE.items())
def test_rule_2_each_of_the_nine_fields_is_asked_for_by_name_and_article(name, name_zh):
    with pytest.raises(DocumentInvalid) as caught:
        load_registry([("d.yaml", lines_without(name).encode())], KNOWN)
    (problem,) = caught.value.problems
    assert problem.message.startswith(f"Dataset 'air-hourly' lacks {name}")
    assert name_zh in problem.message
    assert "Art. 13" in problem.message
    assert problem.path == "d.yaml"


def test_rule_2_the_nine_are_nine_problems():
    bare = Dataset(code="x", title_zh="", provider="", share_type=ShareType.CONDITIONAL)
    found = {lack.field for lack in lacks(bare)} | {
        lack.field for lack in lacks(replace(bare, share_type=None))
    }
    assert found == NINE.keys()
    assert len({lack.message for lack in lacks(bare)}) == len(lacks(bare)) == 9


def test_an_item_is_told_of_all_that_is_wrong_with_it_at_once():
    text = DATASET.replace("update_cycle: hourly", "update_cycle: often")
    text = text.replace("provider: mee", "provider: nobody", 1).replace("format: CSV\n", "")
    with pytest.raises(DocumentInvalid) as caught:
        load_registry([("d.yaml", text.encode())], KNOWN)
    said = " ".join(str(problem) for problem in caught.value.problems)
    assert "update_cycle 'often'" in said
    assert "the unknown department 'nobody'" in said
    assert "lacks format" in said
    assert "lacks update_cycle" not in said


@pytest.mark.parametrize("kind", KINDS)
def test_an_item_that_is_wrong_in_everything_is_still_told_of_it(kind):
    names = [field.name for field in fields(KINDS[kind]) if field.name != "code"]
    text = "\n".join(
        [f"kind: {kind}", "code: x", *(f"{name}: 7" for name in names if name != "kind")]
    )
    with pytest.raises(DocumentInvalid) as caught:
        load_registry([("x.yaml", text.encode())], KNOWN)
    assert len(caught.value.problems) == len(names) - ("kind" in names)


def test_a_draft_may_lack_them():
    assert faults("kind: Dataset\ncode: x\ntitle_zh: x\nprovider: mee\nstatus: draft\n") == []


def test_data_items_may_come_from_the_contract():
    assert faults(lines_without("items") + "\ncontract: air\n") == []


def test_conditions_are_asked_of_conditional_entries_only():
    free = lines_without("use_conditions").replace("conditional", "unconditional")
    assert faults(free) == []


@pytest.mark.parametrize(
    ("conditions", "unsaid"),
    [
        ("市级部门", "the scope (共享范围) and the use (使用用途)"),
        ("共享范围：市级部门", "the use (使用用途)"),
        ("for the purpose of smog alerts", "the scope (共享范围)"),
        ("共享范围：；使用用途：污染应对", "the scope (共享范围)"),
        ("共享范围：市级部门，使用用途：待定", "the use (使用用途)"),
    ],
)
def test_rule_5_conditions_say_scope_and_use(conditions, unsaid):
    (found,) = faults(lines_without("use_conditions") + f"\nuse_conditions: {conditions}\n")
    assert f"do not say {unsaid}, as Decree 809 Art. 15" in found


def test_not_sharing_needs_a_legal_basis_and_no_mode():
    closed = lines_without("share_mode", "use_conditions").replace("conditional", "not_shared")
    (found,) = faults(closed)
    assert found.startswith("1.yaml:2: Dataset 'air-hourly' is not shared but lacks legal_basis")
    assert "Decree 809 Art. 14 and 15" in found
    assert faults(closed + "\nlegal_basis: 法律《某某法》第九条：涉及个人\n") == []


@pytest.mark.parametrize("blank", ["''", "' '", "无", "待定", "'-'", '"\\u3000"', "N/A"])
def test_rule_5_blank_conditions_are_none(blank):
    (found,) = faults(lines_without("use_conditions") + f"\nuse_conditions: {blank}\n")
    assert "lacks use_conditions (使用条件), which Decree 809 Art. 13" in found


@pytest.mark.parametrize(
    "basis",
    [
        "行政法规《全国人口普查条例》第三十三条：资料不得对外提供",
        "法律《中华人民共和国统计法》第二十八条第二款：能够识别单个调查对象",
        "法律《全国人大常委会关于加强网络信息保护的决定》第一条: 个人电子信息",
        "国务院决定《国务院关于在线政务服务的若干规定》第七条：核验结果仅供办事",
        'law "Statistics Law", Art. 28: identifies single respondents',
        "State Council decision “State Council Decision on Registers”, Article 3: as decided",
    ],
)
def test_rule_4_a_law_with_its_article_and_a_reason_is_a_basis(basis):
    assert basis_fault(basis) == ""


@pytest.mark.parametrize(
    ("basis", "said"),
    [
        ("部门规章《统计数据管理办法》第三条：内部使用", "a rule of an office or a place"),
        ("规范性文件《某通知》第一条：不宜公开", "a rule of an office or a place"),
        ("本局规定", "a rule of an office or a place"),
        ("our rule", "a rule of an office or a place"),
        ("行政法规《本市数据管理办法》第三条：内部", "a rule of an office or a place"),
        ("行政法规《深圳经济特区数据条例》第三条：理由充分", "a rule of an office or a place"),
        ("法律《某某管理办法》第三条：理由充分", "'某某管理办法' a 法律, which its title says"),
        ("国务院决定《某某条例》第三条：理由充分", "which its title says it is not"),
        ("law 'Notice 7', Art. 3: we must", "does not name a law"),
        ("《全国人口普查条例》第三十三条：不得提供", "does not name a law"),
        ("行政法规《全国人口普查条例》：不得提供", "does not name a law"),
        ("行政法规《全国人口普查条例》第三十三条", "does not name a law"),
        ("行政法规《全国人口普查条例》第三十三条：", "does not say why"),
        ("行政法规《全国人口普查条例》第三十三条：无", "does not say why"),
    ],
)
def test_rule_4_anything_less_is_refused_with_the_articles(basis, said):
    closed = lines_without("share_mode", "use_conditions").replace("conditional", "not_shared")
    (found,) = faults(f"{closed}\nlegal_basis: {json.dumps(basis, ensure_ascii=False)}\n")
    assert said in found
    assert "has a legal_basis that" in found
    assert "Decree 809 Art. 1" in found


@pytest.mark.parametrize("blank", ["''", "无", "待定", "none", "'—'"])
def test_rule_4_a_blank_basis_is_none(blank):
    closed = lines_without("share_mode", "use_conditions").replace("conditional", "not_shared")
    (found,) = faults(f"{closed}\nlegal_basis: {blank}\n")
    assert "is not shared but lacks legal_basis" in found


def test_unknown_references_are_named_with_the_nearest_known():
    text = [
        "kind: Division\nitems:\n- {code: '440305', name_zh: 南山, level: district, parent: '440301'}\n",
        "kind: Department\nitems:\n- {code: stats, name_zh: 统计, division: '110000', roles: [counter]}\n",
        "kind: Person\ncode: li\nname: 李\ndepartment: me\nroles: []\n",
        "kind: Application\ncode: app\nname_zh: 应用\ndepartment: police\n",
        (
            "kind: ProvisionRule\nitems:\n- {code: r, item: i, title_zh: t, legal_ground: g, start: 2020-01-01,"
            " end: 2019-01-01, departments: [mee, stat], exempt: [gone], roles: [counters]}\n"
            "- {code: s, item: i, title_zh: t, legal_ground: g, start: 2020-01-01}\n"
        ),
        DATASET.replace("provider: mee", "provider: moe")
        + "responsibility: {authority: data-burea, operator: anyone}\n",
    ]
    found = [str(problem) for problem in check_registry(read(*text), KNOWN)]
    nearest = "; did you mean "
    listed = "; known are data-bureau, mee, stats"
    department = "names the unknown department"
    assert found == [
        f"1.yaml:3: Division '440305' names the unknown division '440301' as parent{nearest}'440305'?",
        "2.yaml:3: Department 'stats' names the unknown division '110000'; known are 440300, 440305",
        f"3.yaml:4: Person 'li' {department} 'me'{nearest}'mee'?",
        f"4.yaml:4: Application 'app' {department} 'police'{listed}",
        f"5.yaml:3: ProvisionRule 'r' {department} 'stat'{nearest}'stats'?",
        f"5.yaml:3: ProvisionRule 'r' {department} 'gone' as exempt{listed}",
        f"5.yaml:3: ProvisionRule 'r' names the role 'counters', which no department has{nearest}'counter'?",
        "5.yaml:3: ProvisionRule 'r' ends on 2019-01-01 before it starts on 2020-01-01",
        "5.yaml:4: ProvisionRule 's' names no provider; give departments, roles or kind",
        f"6.yaml:5: Dataset 'air-hourly' {department} 'moe' as provider{nearest}'mee'?",
        f"6.yaml:13: Dataset 'air-hourly' {department} 'data-burea' as responsibility.authority{nearest}'data-bureau'?",
    ]


def test_roles_that_registered_departments_carry_are_known():
    rule = (
        "kind: ProvisionRule\ncode: r\nitem: i\ntitle_zh: t\nlegal_ground: g\nstart: 2020-01-01\n"
        "roles: [counter]\n"
    )
    assert faults(rule, Known(roles=frozenset({"counter"}))) == []


def division(code: str, parent: str) -> str:
    return f"kind: Division\ncode: {code}\nname_zh: {code}\nlevel: x\nparent: {parent}\n"


def test_divisions_that_lie_in_each_other_are_one_problem():
    found = check_registry(
        read(division("a", "b"), division("b", "c"), division("c", "b")), Known()
    )
    assert [str(problem) for problem in found] == [
        "1.yaml:5: Division 'a' lies in itself: 'b' → 'c' → 'b'"
    ]


def test_a_ring_through_a_registered_division_is_found():
    known = Known(divisions=frozenset({"b"}), parents={"b": "a"})
    (found,) = check_registry(read(division("a", "b")), known)
    assert "'a' → 'b' → 'a'" in found.message
    assert check_registry(read(division("a", "b")), replace(known, parents={"b": None})) == []


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("91110000600037341L", ""),
        ("91110000600037341M", "its check digit does not fit the rest"),
        ("9111000060003734", "it has 18 characters"),
        ("9111000O600037341L", "it has a character that does not belong at its place"),
        ("9111 0000 6000 3734 1l", "write it '91110000600037341L'"),
    ],
)
def test_a_department_has_a_valid_credit_code_or_none(code, fault):
    assert uscc_fault(code) == fault
    department = "kind: Department\ncode: d\nname_zh: 某局\ndivision: '440300'\nuscc: "
    assert faults(department) == []
    found = faults(f"{department}'{code}'\n")
    assert [line.endswith(fault) for line in found] == ([True] if fault else [])


def test_loading_reports_problems_of_reading_and_checking_together():
    files = [
        ("a.yaml", b"kind: Department\ncode: stats\nnonsense: 1\n"),
        ("b.yaml", b"kind: Person\ncode: li\nname: x\ndepartment: stats\nroles: []\n"),
        ("c.yaml", b"kind: Person\ncode: wu\nname: x\ndepartment: nobody\nroles: []\n"),
    ]
    with pytest.raises(DocumentInvalid) as caught:
        load_registry(files, KNOWN)
    assert [(p.path, p.line) for p in caught.value.problems] == [
        ("a.yaml", 1), ("a.yaml", 1), ("a.yaml", 3), ("c.yaml", 4),
    ]  # fmt: skip
    assert "4 problems; the first: a.yaml:1: Department 'stats' lacks name_zh" in str(caught.value)


def test_a_sound_folder_loads():
    assert load_registry([("d.yaml", DATASET.encode())], KNOWN) == read_registry(
        [("d.yaml", DATASET.encode())]
    )


def test_a_registry_can_be_made_without_files():
    dataset = Dataset(code="x", title_zh="x", provider="nobody", status=DatasetStatus.DRAFT)
    registry = Registry(datasets=(Placed(dataset, "import", 7),))
    assert [str(problem)[:10] for problem in check_registry(registry, KNOWN)] == ["import:7: "]


def accepted(check: Any, text: str) -> bool:
    try:
        return check(text, "text") == text
    except InvalidInput:
        return False


codes = st.from_regex(r"[a-z][a-z0-9_-]{0,8}", fullmatch=True).filter(
    lambda code: code not in {"con", "prn", "aux", "nul"}
)
titles = st.text(string.printable + "空气质量é'\":#-", min_size=1, max_size=20).filter(
    lambda text: accepted(check_title, text)
)
texts = st.text("ab \n\t:空气", max_size=30).filter(lambda text: accepted(check_text, text))
facets = st.dictionaries(titles, st.lists(titles, max_size=3).map(tuple), max_size=3)
many_codes = st.lists(codes, max_size=3).map(tuple)
many_titles = st.lists(titles, max_size=3).map(tuple)
ITEMS = st.one_of(
    st.builds(Division, code=codes, name_zh=titles, name_en=titles, level=titles, parent=st.none() | codes),
    st.builds(Department, code=codes, name_zh=titles, name_en=titles, division=codes, uscc=titles, roles=many_codes),
    st.builds(Person, code=codes, name=titles, department=codes, roles=st.lists(st.sampled_from(Role)).map(tuple)),
    st.builds(Application, code=codes, name_zh=titles, name_en=titles, department=codes, facets=facets),
    st.builds(
        ProvisionRule, code=codes, item=codes, title_zh=titles, title_en=titles, legal_ground=texts,
        departments=many_codes, roles=many_codes, exempt=many_codes, theme=titles,
        start=st.dates(), end=st.none() | st.dates(),
    ),
    st.builds(
        Dataset, code=codes, title_zh=titles, title_en=titles, summary=texts, items=many_titles, provider=codes,
        format=titles, use_conditions=texts, legal_basis=texts, theme=titles, keywords=many_titles, facets=facets,
        responsibility=st.builds(Responsibility, source=codes, provider=codes, authority=codes, operator=titles),
        fulfils=codes, contract=titles,
        distributions=st.lists(st.builds(Distribution, title=titles, access_url=titles, media_type=titles), max_size=2).map(tuple),
    ),
    st.builds(
        ServiceItem, code=codes, name_zh=titles, name_en=titles, department=codes, facets=facets,
        channels=st.lists(st.sampled_from(Channel)).map(tuple),
        data_items=st.lists(st.builds(DataItem, item=titles, dataset=codes, columns=many_titles), max_size=2).map(tuple),
    ),
)  # fmt: skip


@given(ITEMS)
def test_what_is_written_is_read_back(item):
    kind = type(item).__name__
    text = json.dumps({"kind": kind, "items": [to_document(item)]}, ensure_ascii=False)
    (placed,) = read(text).placed()
    assert placed.item == item
    assert list(to_document(placed.item)) == list(to_document(item))
    assert to_document(placed.item) == to_document(item)


def test_writing_leaves_defaults_out_and_keeps_codes_of_enums():
    (placed,) = read(DATASET + "facets: {b: 1x, a: [y]}\n").datasets
    written = to_document(placed.item)
    assert written["share_type"] == "conditional"
    assert list(written["facets"].items()) == [("a", ["y"]), ("b", ["1x"])]
    assert {"kind", "status", "policy", "theme"}.isdisjoint(written)


def test_each_kind_of_document_is_a_thing_of_the_model():
    assert list(KINDS) == [
        "Division",
        "Department",
        "Person",
        "Application",
        "ProvisionRule",
        "Dataset",
        "ServiceItem",
    ]


GUIDE = (Path(__file__).parents[2] / "docs/registry.md").read_text(encoding="utf-8")


def guide_files() -> list[tuple[str, bytes]]:
    blocks = re.findall(r"```yaml\n# (\S+)\n(.*?)```", GUIDE, re.DOTALL)
    return [(name, text.encode()) for name, text in blocks]


def test_the_example_of_the_guide_loads():
    registry = load_registry(guide_files(), Known())
    assert {type(placed.item).__name__ for placed in registry.placed()} == set(KINDS)
    duties = expand(
        [placed.item for placed in registry.rules], [placed.item for placed in registry.departments]
    )
    assert [(duty.department, duty.exempt) for duty in duties] == [
        ("ecology", False),
        ("nanshan-ecology", True),
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_the_guide_lists_every_field_of_every_kind_and_marks_the_required(kind):
    section = GUIDE.split(f"### {kind}\n")[1].split("\n#", maxsplit=1)[0]
    listed = re.findall(r"^\| (\*\*)?(\w+)(?:\*\*)? \|", section, re.MULTILINE)[1:]
    required = {field.name for field in fields(KINDS[kind]) if is_required(field)}
    assert [name for _, name in listed] == [field.name for field in fields(KINDS[kind])]
    assert {name for bold, name in listed if bold} == required


def is_required(field) -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def test_examining_gives_what_could_be_read_beside_the_problems():
    files = [
        ("a.yaml", DATASET.encode()),
        ("b.yaml", b"kind: x\n"),
        ("c.yaml", b"kind: DataContract\n"),
    ]
    registry, found = examine_registry(files, Known())
    assert [placed.item.code for placed in registry.datasets] == ["air-hourly"]
    assert registry.contracts == (("c.yaml", b"kind: DataContract\n"),)
    assert [(problem.path, problem.line) for problem in found] == [("b.yaml", 1), ("a.yaml", 5)]
