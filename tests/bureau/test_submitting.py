"""Entries reach the catalogue through a submission and its review (Decree 809 Art. 13, 16, 17)."""

from dataclasses import replace
from datetime import date

import pytest

from bureau import Bureau
from bureau.submitting import NewSubmission
from catalog.model import Dataset, DatasetStatus, Grade
from core.errors import Conflict, Denied, DocumentInvalid, InvalidInput, NotFound
from sharing.profiles.model import LimitName
from sharing.submissions.model import SubmissionState
from sharing.submissions.papers import require_papers
from sharing.words import words_hash
from tests.town import FILES, write_registry

PAPERS = NewSubmission(secrecy="密评〔2026〕3号", personal="个评〔2026〕5号", head="approver.water")
DAY = date(2026, 3, 2)
METERS = FILES["datasets.yaml"]
GAUGES = METERS.replace("code: meters", "code: gauges").replace("公共水表读数", "水位")
GAUGES = GAUGES.replace("fulfils: meter-readings", "fulfils: leak-reports")
STRICTER = METERS.replace("用途：履行职责", "用途：履行职责，每次另行批准")


@pytest.fixture
def write(tmp_path):
    def written(name, text):
        path = tmp_path / name
        path.write_text(text, "utf-8")
        return path

    return written


@pytest.fixture
def steward(town: Bureau):
    return town.acting_as("steward.water")


@pytest.fixture
def authority(town: Bureau):
    return town.acting_as("authority.data")


def last(town: Bureau, kind):
    [entry] = town.ledger_log(limit=1, kind=kind)
    return town.ledger_entry(entry.index)[1]


def test_a_steward_registers_a_draft_and_changes_what_is_not_regulated(town, steward, write):
    steward.apply(write("draft.yaml", GAUGES + "    status: draft\n"))
    free = METERS.replace("每日水表读数", "逐日读数").replace("[水表, 节水]", "[水表]")
    free += "    policy: quarantine_rows\n    facets: {domain: service}\n"
    steward.apply(write("free.yaml", free))
    assert town.get_item(Dataset, "meters").summary == "逐日读数"
    assert town.get_item(Dataset, "gauges").status is DatasetStatus.DRAFT


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("title_zh: 公共水表读数", "title_zh: 水表", "title_zh"),
        ("contract: meters", "contract: meters\n    items: [水表]", "items"),
        ("format: csv", "format: xlsx", "format"),
        ("update_cycle: daily", "update_cycle: weekly", "update_cycle"),
        ("share_type: conditional", "share_type: unconditional", "share_type"),
        ("share_mode: file", "share_mode: interface", "share_mode"),
        ("履行职责", "履行职责，每次另行批准", "use_conditions"),
        ("resource_class: thematic", "resource_class: basic", "resource_class"),
        ("grade: general", "grade: important", "grade"),
        ("contract: meters", "contract: meters\n    legal_basis: 见目录", "legal_basis"),
        ("contract: meters", "contract: meters\n    status: draft", "status"),
        ("contract: meters", "contract: meters\n    status: withdrawn", "status"),
    ],
)
def test_rule_5_a_regulated_field_is_not_changed_without_review(
    town, steward, write, old, new, field
):
    assert old in METERS
    size = town.ledger_head().size
    with pytest.raises(Conflict, match=f"{field} is published after a review") as caught:
        steward.apply(write("changed.yaml", METERS.replace(old, new)))
    assert caught.value.hint.startswith("submit it: bureau catalog submit FILE --secrecy REF")
    assert town.ledger_head().size == size


def test_a_steward_publishes_nothing_new_by_apply(steward, write):
    with pytest.raises(Conflict, match="a new entry is published after a review") as caught:
        steward.apply(write("new.yaml", GAUGES))
    assert "status: draft" in caught.value.hint
    steward.apply(write("draft.yaml", GAUGES + "    status: draft\n"))
    with pytest.raises(Conflict, match="status is published after a review"):
        steward.apply(write("new.yaml", GAUGES))


def test_a_submission_is_held_and_then_published_as_apply_would(
    town, steward, authority, write, clock
):
    submission, _ = steward.submissions.submit([write("new.yaml", GAUGES)], PAPERS)
    assert (submission.ref, submission.state) == ("SUB-0001", SubmissionState.SUBMITTED)
    with pytest.raises(NotFound):
        town.get_item(Dataset, "gauges")
    [review] = town.clocks("submission:SUB-0001")
    assert (review.limit, review.debtor) == (LimitName.CATALOGUE_REVIEW, "data")
    assert review.due_on == date(2026, 3, 4)
    [task] = authority.inbox()
    assert task.todo == "bureau catalog show SUB-0001"
    clock.advance(days=2)
    published, receipt = authority.submissions.publish("SUB-0001")
    assert published.state is SubmissionState.PUBLISHED
    kinds = [town.ledger_entry(index)[0].kind for index in receipt.entries]
    assert kinds == ["dataset.registered", "catalogue.published"]
    assert last(town, "catalogue.published").facts["late"] is False
    gauges = town.get_item(Dataset, "gauges")
    assert gauges.items == ("水表", "日期", "升", "负责人")
    assert [hit.dataset.code for hit in town.search("水位")] == ["gauges"]
    assert authority.inbox() == []
    assert town.verify_ledger().faults == ()


def test_rule_3_the_ledger_holds_who_when_and_the_references_and_no_name(town, steward, write):
    steward.submissions.submit([write("new.yaml", GAUGES)], PAPERS)
    body = last(town, "catalogue.submitted")
    assert body.facts["secrecy"] == "密评〔2026〕3号"
    assert body.facts["personal"] == "个评〔2026〕5号"
    assert body.facts["signed_on"] == "2026-03-02"
    assert body.facts["datasets"] == ["gauges"]
    assert len(str(body.facts["head"])) == 64
    entry = town.ledger_log(limit=1, kind="catalogue.submitted")[0]
    assert b"approver.water" not in entry.body
    submission, _ = town.submissions.get("SUB-0001")
    assert submission.papers.head == "approver.water"


@pytest.mark.parametrize(
    ("missing", "named"),
    [
        ("secrecy", "保密风险评估"),
        ("personal", "个人信息保护影响评估"),
        ("head", "负责人审签"),
    ],
)
@pytest.mark.parametrize("blank", ["", "  ", "\u200b"])
def test_rule_3_without_any_one_of_the_three_nothing_is_submitted(
    town, steward, write, missing, named, blank
):
    papers = {"secrecy": "一号", "personal": "二号", "head": "approver.water"} | {missing: blank}
    size = town.ledger_head().size
    with pytest.raises(InvalidInput, match=named) as caught:
        steward.submissions.submit([write("new.yaml", GAUGES)], NewSubmission(**papers))
    others = {"保密风险评估", "个人信息保护影响评估", "负责人审签"} - {named}
    assert not any(other in str(caught.value) for other in others)
    assert "Art. 13" in caught.value.hint
    assert (town.ledger_head().size, town.submissions.list()) == (size, [])


def test_rule_3_the_head_is_of_the_department_and_signed_before(town, steward, write):
    new = write("new.yaml", GAUGES)
    size = town.ledger_head().size
    with pytest.raises(InvalidInput, match=r"steward\.parks is of parks"):
        steward.submissions.submit([new], replace(PAPERS, head="steward.parks"))
    with pytest.raises(NotFound, match=r"there is no person 'nobody\.here'") as caught:
        steward.submissions.submit([new], replace(PAPERS, head="nobody.here"))
    assert "signed for water (负责人审签, Art. 13)" in caught.value.hint
    with pytest.raises(InvalidInput, match="which is not yet: today is 2026-03-02"):
        steward.submissions.submit([new], replace(PAPERS, signed_on=date(2026, 3, 3)))
    assert (town.ledger_head().size, town.submissions.list()) == (size, [])
    long_ago = replace(PAPERS, signed_on=date(2026, 1, 5))
    assert steward.submissions.submit([new], long_ago)[0].papers.head == "approver.water"


def test_rule_3_what_was_signed_was_there(steward, write, clock):
    steward.apply(write("draft.yaml", GAUGES + "    status: draft\n"))
    clock.advance(days=2)
    steward.apply(write("draft.yaml", GAUGES.replace("水位", "河道水位") + "    status: draft\n"))
    new = write("new.yaml", GAUGES)
    with pytest.raises(InvalidInput, match="older than the draft that it signs") as caught:
        steward.submissions.submit([new], replace(PAPERS, signed_on=date(2026, 3, 1)))
    assert "gauges of 2026-03-02" in str(caught.value)
    steward.submissions.submit([new], replace(PAPERS, signed_on=date(2026, 3, 2)))


@pytest.mark.parametrize(
    "said",
    [
        "无", "没有", "暂无", "n/a", "N / A", "NONE", "null", "-", "——", "/", "。", "待定", "待补充材料后另行报送",
        "尚未完成，预计下月报送", "TODO", "todo-1", "TBD 2026", "to be determined later", "不涉密", "已评估", "见附件", "1",
        "2026", "xx", "无无无无无无无无无", "aaaaaaaaaaaa", "密评〔20XX〕X号", "密评〔    〕 号", "密评〔2026〕__号", "无2026",
    ],
)  # fmt: skip
@pytest.mark.parametrize("paper", ["secrecy", "personal"])
def test_rule_3_a_placeholder_is_no_assessment(said, paper):
    papers = {"secrecy": "密评〔2026〕3号", "personal": "个评〔2026〕5号"} | {paper: said}
    with pytest.raises(InvalidInput, match=f"--{paper} '") as caught:
        require_papers(**papers, head="x", signed_on=DAY, today=DAY)
    assert "neither the number of a document nor a statement" in str(caught.value)
    assert "as 密评〔2026〕3号" in caught.value.hint


@pytest.mark.parametrize(
    "said",
    [
        "密评〔2026〕3号", "环密评字[2026]12号", "一号", "PIA-2026-004", "第十二号", "2026年第3次会议纪要",
        "经评估不涉及国家秘密", "本目录不含个人信息，无需评估", "Assessed: no personal information in it",
        "不适用：本目录不含任何个人信息", "无国家秘密和工作秘密，可以共享",
        "经评估，不存在泄密风险", "经评估未发现存在泄密风险", "是否存在泄密风险：否", "没有不宜编目的内容，同意报送",
    ],
)  # fmt: skip
def test_rule_3_a_number_or_a_statement_is_an_assessment(said):
    papers = require_papers(secrecy=said, personal=said, head="x", signed_on=DAY, today=DAY)
    assert (papers.secrecy, papers.personal) == (said, said)


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ("经评估属于国家秘密，密级待定", "says that this is a secret"),
        ("密评〔2026〕3号 机密★10年", "says that this is a secret"),
        ("密评\n〔2026〕3号", "U\\+000A at position 3"),
        ("密评〔2026〕\u202e3号", "U\\+202E RIGHT-TO-LEFT OVERRIDE"),
        ("密" * 201, "has 201 characters and may have 200"),
    ],
)
def test_rule_3_an_assessment_is_one_line_that_marks_no_secret(said, named):
    with pytest.raises(InvalidInput, match=named):
        require_papers(secrecy=said, personal="一号", head="x", signed_on=DAY, today=DAY)


@pytest.mark.parametrize(
    "said",
    [
        "经评估，发现存在泄密风险，不宜编目", "经评估存在泄密风险", "存在失泄密风险，须整改", "该数据不得编目，退回整改",
        "不涉及国家秘密，但存在泄密风险", "评估结论： 不 予 编 目",
    ],
)  # fmt: skip
@pytest.mark.parametrize("paper", ["secrecy", "personal"])
def test_rule_3_a_finding_against_the_submission_is_not_submitted(said, paper):
    papers = {"secrecy": "密评〔2026〕3号", "personal": "个评〔2026〕5号"} | {paper: said}
    with pytest.raises(InvalidInput, match=f"must not be catalogued.*--{paper} '") as caught:
        require_papers(**papers, head="x", signed_on=DAY, today=DAY)
    assert caught.value.hint.startswith("leave the entry out")


def test_rule_7_a_review_on_the_third_working_day_is_late(town, steward, authority, write, clock):
    steward.submissions.submit([write("new.yaml", GAUGES)], PAPERS)
    clock.advance(days=3)
    assert [task.subject for task in town.tasks(overdue=True)] == ["submission:SUB-0001"]
    authority.submissions.publish("SUB-0001")
    facts = last(town, "catalogue.published").facts
    assert (facts["late"], facts["due_on"], facts["article"]) == (True, "2026-03-04", "17")


def test_a_submission_is_handed_back_with_a_reason(town, steward, authority, write):
    steward.submissions.submit([write("new.yaml", GAUGES)], PAPERS)
    with pytest.raises(InvalidInput, match="needs a reason"):
        authority.submissions.hand_back("SUB-0001", reason=" ")
    back, _ = authority.submissions.hand_back("SUB-0001", reason="缺少更新说明")
    assert (back.state, back.reason) == (SubmissionState.HANDED_BACK, "缺少更新说明")
    assert "缺少".encode() not in town.ledger_log(limit=1)[0].body
    for act in (
        lambda: authority.submissions.publish("SUB-0001"),
        lambda: authority.submissions.hand_back("SUB-0001", reason="再"),
    ):
        with pytest.raises(Conflict, match="is handed_back: it was reviewed already"):
            act()
    again, _ = steward.submissions.submit([write("new.yaml", GAUGES)], PAPERS)
    assert again.ref == "SUB-0002"
    assert town.submissions.list(waiting=True) == [again]


@pytest.mark.parametrize(
    "person", ["steward.water", "approver.water", "operator.data", "auditor.audit"]
)
def test_the_authority_alone_reviews(town, steward, write, person):
    steward.submissions.submit([write("new.yaml", GAUGES)], PAPERS)
    for act in (
        lambda who: who.submissions.publish("SUB-0001"),
        lambda who: who.submissions.hand_back("SUB-0001", reason="不行"),
    ):
        with pytest.raises(Denied, match="may not"):
            act(town.acting_as(person))


def with_people(town, tmp_path, *lines):
    text = FILES["people.yaml"] + "".join(f"  - {line}\n" for line in lines)
    folder = write_registry(tmp_path / "more", people=text)
    town.acting_as("operator.data").apply(folder)


def test_nobody_reviews_what_they_submitted(town, tmp_path, write):
    both = "{code: both.data, name: 癸, department: data, roles: [steward, authority]}"
    with_people(town, tmp_path, both)
    mine = town.acting_as("both.data")
    mine.submissions.submit(
        [write("new.yaml", GAUGES.replace("provider: water", "provider: data"))],
        replace(PAPERS, head="operator.data"),
    )
    with pytest.raises(Denied) as caught:
        mine.submissions.publish("SUB-0001")
    assert caught.value.reasons == ("both.data asked for it",)
    town.acting_as("authority.data").submissions.publish("SUB-0001")


def test_without_a_review_path_nothing_is_submitted(town, steward, tmp_path, write):
    people = FILES["people.yaml"].replace("[authority]", "[approver]")
    town.acting_as("operator.data").apply(write_registry(tmp_path / "none", people=people))
    with pytest.raises(Conflict, match="nobody could review this"):
        steward.submissions.submit([write("new.yaml", GAUGES)], PAPERS)
    both = "{code: steward.water, name: 甲, department: water, roles: [steward, authority]}"
    people = people.replace(
        "{code: steward.water, name: 甲, department: water, roles: [steward]}", both
    )
    town.acting_as("operator.data").apply(write_registry(tmp_path / "only", people=people))
    with pytest.raises(Conflict, match="nobody could review this"):
        steward.submissions.submit([write("new.yaml", GAUGES)], PAPERS)


@pytest.mark.parametrize("person", ["steward.parks", "approver.water", "operator.data"])
def test_a_steward_of_the_provider_submits(town, write, person):
    with pytest.raises(Denied, match="may not submit an entry"):
        town.acting_as(person).submissions.submit([write("new.yaml", GAUGES)], PAPERS)


def test_what_is_not_an_entry_to_be_published_is_not_submitted(town, steward, write):
    submit = steward.submissions.submit
    with pytest.raises(InvalidInput, match=r"alone, not Application"):
        submit([write("a.yaml", FILES["applications.yaml"])], PAPERS)
    with pytest.raises(InvalidInput, match=r"alone, not DataContract"):
        submit([write("c.yaml", FILES["contract.yaml"])], PAPERS)
    with pytest.raises(InvalidInput, match="is no draft: gauges"):
        submit([write("d.yaml", GAUGES + "    status: draft\n")], PAPERS)
    with pytest.raises(Conflict, match="nothing to publish"):
        submit([write("m.yaml", METERS)], PAPERS)
    with pytest.raises(DocumentInvalid, match="1 problem in 1 file"):
        submit([write("l.yaml", GAUGES.replace("    format: csv\n", ""))], PAPERS)
    with pytest.raises(NotFound):
        submit([write("x.yaml", GAUGES).with_name("none.yaml")], PAPERS)
    assert town.submissions.list() == []


def test_a_submission_has_several_files_and_no_more_than_it_can_name(steward, write, monkeypatch):
    files = [write("new.yaml", GAUGES), write("changed.yaml", STRICTER)]
    monkeypatch.setattr("bureau.submitting.MAX_ENTRIES", 1)
    with pytest.raises(InvalidInput, match="of 2 entries is too large"):
        steward.submissions.submit(files, PAPERS)
    monkeypatch.undo()
    assert steward.submissions.submit(files, PAPERS)[0].datasets == ("gauges", "meters")


def test_an_entry_waits_in_one_submission_only(steward, write):
    steward.submissions.submit([write("changed.yaml", STRICTER)], PAPERS)
    with pytest.raises(Conflict, match="meters waits for review already, in SUB-0001"):
        steward.submissions.submit([write("other.yaml", METERS.replace("daily", "weekly"))], PAPERS)


def test_what_changed_meanwhile_is_not_overwritten(town, steward, authority, write):
    steward.submissions.submit([write("changed.yaml", STRICTER)], PAPERS)
    steward.apply(write("free.yaml", METERS.replace("每日水表读数", "逐日读数")))
    size = town.ledger_head().size
    with pytest.raises(Conflict, match="meters changed since SUB-0001 was submitted"):
        authority.submissions.publish("SUB-0001")
    assert town.ledger_head().size == size
    authority.submissions.hand_back("SUB-0001", reason="已变更")


def test_rule_29_what_was_submitted_is_graded_again_when_it_is_published(
    town, steward, authority, write
):
    steward.submissions.submit([write("new.yaml", GAUGES)], PAPERS)
    higher = METERS.replace("grade: general", "grade: important")
    town.acting_as("operator.data").apply(write("higher.yaml", higher))
    raised = FILES["contract.yaml"].replace("version: 1.0.0", "version: 1.1.0")
    steward.publish_contract(write("c.yaml", raised.replace("personal", "重要")))
    with pytest.raises(DocumentInvalid) as found:
        authority.submissions.publish("SUB-0001")
    assert "dataset gauges is graded general" in str(found.value.problems[0])
    assert town.submissions.get("SUB-0001")[0].state is SubmissionState.SUBMITTED


def test_rule_5_a_condition_added_later_is_a_change_that_is_reviewed(
    town, steward, authority, write
):
    steward.submissions.submit([write("changed.yaml", STRICTER)], PAPERS)
    assert "另行批准" not in town.get_item(Dataset, "meters").use_conditions
    authority.submissions.publish("SUB-0001")
    assert "另行批准" in town.get_item(Dataset, "meters").use_conditions
    assert last(town, "dataset.changed").subject == "dataset:meters"


def test_rule_25_a_submission_marked_secret_leaves_nothing_behind(town, steward, write):
    marked = "国家秘密 xq-7731"
    size = town.ledger_head().size
    for name in ("summary: 每日水表读数", "title_en: Public water meters"):
        text = METERS.replace(name, f"{name.split(':')[0]}: {marked}")
        for act in (
            lambda path: steward.submissions.submit([path], PAPERS),
            lambda path: town.acting_as("operator.data").apply(path),
        ):
            with pytest.raises(DocumentInvalid) as caught:
                act(write("secret.yaml", text))
            assert "marks a secret" in str(caught.value.problems[0])
            assert "7731" not in str(caught.value) + str(caught.value.problems)
    assert (town.ledger_head().size, town.submissions.list()) == (size, [])
    for path in town.settings.home.glob("bureau.db*"):
        assert b"7731" not in path.read_bytes()


DOUBTFUL = GAUGES.replace("title_zh: 水位", "title_zh: 涉密资质单位名录")


def test_rule_25_a_word_that_may_mark_a_secret_is_published_by_a_reviewer_who_says_why(
    town, steward, authority, write
):
    submission, _ = steward.submissions.submit([write("new.yaml", DOUBTFUL)], PAPERS)
    assert submission.doubts == (("gauges", "title_zh"),)
    size = town.ledger_head().size
    for nothing in ("", " ", "\u200b"):
        with pytest.raises(Conflict, match=r"may mark a secret in gauges \(title_zh\)") as caught:
            authority.submissions.publish("SUB-0001", override=nothing)
        assert caught.value.hint.endswith("review SUB-0001 --publish --no-secret TEXT")
    assert town.ledger_head().size == size
    published, _ = authority.submissions.publish("SUB-0001", override="名录本身依法公开")
    assert town.submissions.get("SUB-0001")[0].reason == published.reason == "名录本身依法公开"
    told = last(town, "catalogue.published").facts
    assert told["no_secret"] == words_hash("名录本身依法公开")
    assert town.verify_ledger().faults == ()


def test_rule_25_what_is_no_doubt_is_not_overridden(town, steward, authority, write):
    votes = GAUGES.replace("title_zh: 水位", "title_zh: 秘密投票结果")
    submission, _ = steward.submissions.submit([write("new.yaml", votes)], PAPERS)
    assert submission.doubts == ()
    with pytest.raises(InvalidInput, match="no word of SUB-0001 may mark a secret"):
        authority.submissions.publish("SUB-0001", override="不涉密")
    authority.submissions.publish("SUB-0001")
    assert "no_secret" not in last(town, "catalogue.published").facts


def test_rule_25_a_steward_does_not_put_such_a_word_into_what_is_published(town, steward, write):
    doubtful = METERS.replace("每日水表读数", "涉密单位水表读数")
    with pytest.raises(Conflict, match="summary has a word that may mark a secret") as caught:
        steward.apply(write("free.yaml", doubtful))
    assert caught.value.hint.startswith("submit it: bureau catalog submit FILE")
    applied = steward.apply(write("draft.yaml", DOUBTFUL + "    status: draft\n"))
    assert applied.doubts == (("gauges", "title_zh"),), "of a draft it is pointed out"
    town.acting_as("operator.data").apply(write("bureau.yaml", doubtful))
    steward.apply(write("again.yaml", doubtful.replace("[水表, 节水]", "[水表]")))


def test_rule_29_an_entry_is_not_graded_below_a_field(town, steward, authority, write):
    important = FILES["contract.yaml"].replace("personal", "重要")
    raised = important.replace("version: 1.0.0", "version: 1.1.0")
    contract = write("c.yaml", raised)
    operator = town.acting_as("operator.data")
    with pytest.raises(Conflict, match=r"keeper \(important\).*so it is important") as caught:
        steward.publish_contract(contract)
    assert "bureau catalog submit" in caught.value.hint
    with pytest.raises(DocumentInvalid) as found:
        operator.apply(write("both.yaml", raised))
    assert "dataset meters is graded general" in str(found.value.problems[0])
    higher = METERS.replace("grade: general", "grade: important")
    steward.submissions.submit([write("higher.yaml", higher)], PAPERS)
    authority.submissions.publish("SUB-0001")
    steward.publish_contract(contract)
    assert town.get_item(Dataset, "meters").grade is Grade.IMPORTANT
    for act in (
        lambda path: steward.submissions.submit([path], PAPERS),
        operator.apply,
    ):
        with pytest.raises(DocumentInvalid) as found:
            act(write("lower.yaml", METERS))
        assert "就高从严, GB/T 43697-2024" in str(found.value.problems[0])


def test_rule_29_a_draft_that_is_graded_is_judged_too(steward, write):
    contract = FILES["contract.yaml"].replace("personal", "core").replace("id: meters", "id: pumps")
    steward.publish_contract(write("c.yaml", contract))
    draft = GAUGES.replace("contract: meters", "contract: pumps") + "    status: draft\n"
    with pytest.raises(DocumentInvalid) as found:
        steward.apply(write("draft.yaml", draft))
    assert "grades higher keeper (core)" in str(found.value.problems[0])
    steward.apply(write("draft.yaml", draft.replace("    grade: general\n", "")))


@pytest.mark.parametrize("ref", ["SUB-0001", "REQ-0001", "nonsense", ""])
def test_a_submission_that_there_is_not(town, authority, ref):
    for act in (town.submissions.get, authority.submissions.publish):
        with pytest.raises(NotFound, match="submission"):
            act(ref)
