"""Rule 25: what is marked as a state or work secret is rejected, and nothing of it is told."""

import json

import pytest

from catalog.documents import Known, examine_registry
from catalog.importers.csv_listing import read_csv_listing
from catalog.importers.dcat_us import read_dcat_us
from catalog.importers.records import ImportDefaults, RecordStatus
from catalog.secrecy import doubtful_fields, is_secret, may_be_secret, secret_fields

MARKED = "国家秘密 xq-7731"
FIELDS = {
    "code": "state-secret",
    "title_zh": MARKED,
    "title_en": "A work secret xq-7731",
    "summary": f"第一行\n{MARKED}",
    "items": ["站点", MARKED],
    "provider": "top-secret",
    "format": MARKED,
    "update_cycle": MARKED,
    "share_type": MARKED,
    "share_mode": MARKED,
    "use_conditions": MARKED,
    "resource_class": MARKED,
    "grade": MARKED,
    "legal_basis": MARKED,
    "status": MARKED,
    "theme": MARKED,
    "keywords": [MARKED],
    "facets": {"密级": [MARKED]},
    "responsibility": {"operator": MARKED},
    "fulfils": "work-secrets",
    "contract": MARKED,
    "policy": MARKED,
    "distributions": [{"title": MARKED, "access_url": "https://example.org"}],
    "remark": MARKED,
}
ENTRY = {"code": "air", "title_zh": "空气", "provider": "mee", "update_cycle": "xq-7731"}


@pytest.mark.parametrize("name", FIELDS)
def test_rule_25_a_mark_in_any_field_rejects_the_entry_and_names_the_field_alone(name):
    entry = ENTRY | {name: FIELDS[name]}
    text = json.dumps({"kind": "Dataset", "items": [entry]}, ensure_ascii=False)
    registry, problems = examine_registry([("a.yaml", text.encode())], Known())
    assert registry.datasets == ()
    (problem,) = problems
    assert f"marks a secret in {name}; state secrets (国家秘密)" in problem.message
    assert "Decree 809 Art. 3" in problem.message
    assert "7731" not in problem.message


@pytest.mark.parametrize("entry", [{MARKED: "x"}, {"facets": {MARKED: "x"}}], ids=["top", "facet"])
def test_rule_25_a_mark_in_the_name_of_a_field_is_not_repeated(entry):
    text = json.dumps({"kind": "Dataset", "items": [ENTRY | entry]}, ensure_ascii=False)
    registry, (problem,) = examine_registry([("a.yaml", text.encode())], Known())
    assert registry.datasets == ()
    assert "7731" not in problem.message


@pytest.mark.parametrize(
    "text",
    [
        "国家秘密", "工作秘密", "绝密", "机密", "秘密", "【机密】★10年", "國家機密", "国家 秘密",
        "ｓｔａｔｅ ｓｅｃｒｅｔ", "Top-Secret", "work secrets", "未公开的国家秘密", "含有工作秘密",
        "机密★", "秘密☆长期", "秘密*5年", "机密级", "機密級檔案", "密级：机密", "地下管网（秘密）", "管网 机 密",
        "【涉密】管网", "涉密",
    ],
)  # fmt: skip
def test_rule_25_marks_are_known_in_any_width_case_and_spacing(text):
    assert is_secret(text)


@pytest.mark.parametrize(
    "text",
    [
        "涉及商业秘密的不提供", "技术秘密保护", "保密风险评估", "数据机密性要求", "secretary of state",
        "本目录不涉及国家秘密、工作秘密", "不属于国家秘密", "无国家秘密",
        "《中华人民共和国保守国家秘密法》第九条", "", "秘密投票结果", "商业 秘密", "商业机密保护", "通信秘密",
        "是否涉密", "是否涉及国家秘密", "不涉密", "非涉密网络", "密级代码", "秘书处",
    ],
)  # fmt: skip
def test_what_only_speaks_of_secrets_is_none(text):
    assert not is_secret(text)
    assert not may_be_secret(text)


@pytest.mark.parametrize(
    "text",
    [
        "涉密资质单位名录",
        "秘密通道",
        "机密文件柜采购",
        "秘密级别说明",
        "本数据为机密",
        "涉 密人员培训",
    ],
)
def test_rule_25_a_word_that_may_mark_a_secret_is_pointed_out_and_not_refused(text):
    assert may_be_secret(text)
    assert not is_secret(text)
    assert list(doubtful_fields({"a": ["x", {"b": text}], "c": "x", "d": 7})) == ["a"]


def test_a_secret_is_found_however_deep():
    assert list(secret_fields({"a": [{"b": ({"c": MARKED},)}], "d": 7, "e": None})) == ["a"]


def test_rule_25_a_marked_record_of_a_listing_is_left_out():
    record = {"title": "Roads", "identifier": "r1", "note": MARKED}
    data = json.dumps({"dataset": [record, {"title": "Trees"}]}).encode()
    result = read_dcat_us(data, ImportDefaults(provider="mee"))
    assert [dataset.title_zh for dataset in result.datasets] == ["Trees"]
    first = result.report[0]
    assert (first.status, first.title, first.identifier) == (RecordStatus.REFUSED, "", "")
    assert "marks a secret in note" in str(first.notes[0])
    listing = f"标题,摘要\n公园,{MARKED}\n水井,好\n".encode()
    result = read_csv_listing(listing, ImportDefaults(provider="mee"), (), "utf-8")
    assert [dataset.title_zh for dataset in result.datasets] == ["水井"]
    assert "7731" not in str(result)
