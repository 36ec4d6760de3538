"""What a city hall needs to know: by sharing, or by asking people for what is shared already."""

from datetime import timedelta

import pytest

from bureau.requesting import NewRequest
from core.errors import Conflict, Denied, InvalidInput, NotFound
from sharing.needs.coverage import Coverage
from sharing.needs.once_only import Ground, RepeatKind
from tests.bureau.test_replying import facts
from tests.bureau.test_sharing import sent
from tests.hall import FILES, open_hall


@pytest.fixture
def hall(town, tmp_path):
    return open_hall(town, tmp_path / "hall")


def change(hall, tmp_path, name, old, new):
    text = FILES[f"{name}.yaml"]
    assert old in text
    path = tmp_path / f"{name}.yaml"
    path.write_text(text.replace(old, new), "utf-8")
    hall.acting_as("operator.data").apply(path)


def grant(hall, clock, columns=("domicile",)):
    request = sent(
        hall,
        NewRequest(
            dataset="residents",
            application="enrolment",
            legal_basis="义务教育法第十二条",
            scenario="核验户籍",
            columns=columns,
            not_before=clock.now(),
            not_after=clock.now() + timedelta(days=30),
        ),
        by="requester.schools",
        endorser="approver.schools",
    )
    made, _ = hall.acting_as("approver.police").approve_request(request.ref)
    if made is None:  # personal data takes a second approval
        made, _ = hall.acting_as("authority.data").approve_request(request.ref)
    return made


def states(hall, service="school-place"):
    return {one.needed.item: one.state for one in hall.services.get(service).items}


def test_each_data_item_says_whether_it_comes_by_sharing(hall, clock):
    assert states(hall) == {
        "户籍地址": Coverage.NOT_GRANTED,
        "参保险种": Coverage.NOT_GRANTED,
        "家庭租赁地址": Coverage.NOT_CATALOGUED,
        "监护人签名": Coverage.NOT_CATALOGUED,
        "婚姻状况": Coverage.NOT_SHARED,
        "学籍号": Coverage.NOT_CATALOGUED,
    }
    made = grant(hall, clock)
    [first, *_] = hall.services.get("school-place").items
    assert (first.state, first.grants, first.provider) == (
        Coverage.COVERED,
        (made.ref,),
        "police",
    )


def test_rule_22_what_is_found_in_the_catalogue_is_not_said_to_be_missing_from_it(hall):
    findings = {
        one.item: one.dataset
        for one in hall.services.once_only()
        if (one.service, one.kind) == ("hygiene-licence", RepeatKind.FINDING)
    }
    page = hall.services.get("hygiene-licence")
    assert [(one.needed.item, one.state, one.found) for one in page.items] == [
        ("统一社会信用代码", Coverage.NOT_NAMED, (findings["统一社会信用代码"],)),
        ("公共场所平面图", Coverage.NOT_CATALOGUED, ()),
    ]
    hall.acting_as("authority.data").services.answer(
        "hygiene-licence", "统一社会信用代码", "firms", reason="指分支机构"
    )
    assert states(hall, "hygiene-licence")["统一社会信用代码"] is Coverage.NOT_CATALOGUED


def test_a_grant_without_the_column_does_not_cover(hall, clock):
    made = grant(hall, clock, columns=("id_number",))
    [first, *_] = hall.services.get("school-place").items
    assert (first.state, first.grants, first.missing) == (
        Coverage.COLUMN_MISSING,
        (made.ref,),
        ("domicile",),
    )
    second = grant(hall, clock)
    [first, *_] = hall.services.get("school-place").items
    assert (first.state, first.grants) == (Coverage.COVERED, (second.ref,))


def test_only_a_live_grant_to_an_application_of_the_department_covers(hall, clock, tmp_path):
    made = grant(hall, clock)
    police = hall.acting_as("approver.police")
    police.suspend_grant(made.ref, reason="核查")
    assert states(hall)["户籍地址"] is Coverage.NOT_GRANTED
    hall.acting_as("requester.schools").rectify_grant(made.ref, report="已整改")
    police.resume_grant(made.ref, reason="已整改")
    assert states(hall)["户籍地址"] is Coverage.COVERED
    change(hall, tmp_path, "applications", "department: schools", "department: police")
    assert states(hall)["户籍地址"] is Coverage.NOT_GRANTED
    change(hall, tmp_path, "applications", "department: schools", "department: schools")
    clock.advance(days=31)
    assert states(hall)["户籍地址"] is Coverage.NOT_GRANTED


def test_own_data_needs_no_grant_and_what_the_contract_lacks_is_not_there(hall, tmp_path):
    change(hall, tmp_path, "services", "department: schools", "department: police")
    assert states(hall)["户籍地址"] is Coverage.OWN
    change(hall, tmp_path, "services", "columns: [domicile]", "columns: [domicile, phone]")
    [first, *_] = hall.services.get("school-place").items
    assert (first.state, first.missing) == (Coverage.NOT_CATALOGUED, ("phone",))


def test_rule_22_a_form_that_asks_for_what_is_shared_is_a_finding_that_names_the_entry(hall):
    found = [one for one in hall.services.once_only() if one.kind is RepeatKind.FINDING]
    assert [
        (one.service, one.item, one.asked_of, one.dataset, one.provider, one.ground)
        for one in found
    ] == [
        (
            "hygiene-licence",
            "统一社会信用代码",
            "firm",
            "firms",
            "market",
            Ground.SAME_WORDS,
        ),
        (
            "residence-permit",
            "社保缴费情况",
            "citizen",
            "contributions",
            "insurance",
            Ground.DECLARED,
        ),
        ("residence-permit", "租赁合同 编号", "citizen", "leases", "housing", Ground.SAME_WORDS),
    ]
    assert {one.department for one in hall.services.once_only(department="health")} == {"health"}


def test_rule_22_what_is_not_shared_or_the_own_data_is_no_finding(hall, tmp_path):
    items = {one.item for one in hall.services.once_only()}
    assert items.isdisjoint({"婚姻状况", "姓名"})
    # It becomes one when the other department shares it.
    change(
        hall,
        tmp_path,
        "marriages",
        "share_type: not_shared",
        "share_type: unconditional\nshare_mode: file",
    )
    [one] = [one for one in hall.services.once_only() if one.item == "婚姻状况"]
    assert (one.service, one.dataset) == ("residence-permit", "marriages")
    change(hall, tmp_path, "marriages", "format: csv", "format: csv\nstatus: withdrawn")
    assert "婚姻状况" not in {one.item for one in hall.services.once_only()}


def test_rule_22_like_words_are_a_suggestion_that_a_steward_can_answer(hall, clock):
    [one] = hall.services.once_only(department="schools")
    assert (one.kind, one.item, one.dataset, one.words, one.score) == (
        RepeatKind.SUGGESTION,
        "家庭租赁地址",
        "leases",
        "租赁地址",
        75,
    )
    place = ("school-place", "家庭租赁地址", "leases")
    for nobody in ("steward.housing", "steward.police", "requester.schools"):
        with pytest.raises(Denied, match="may not answer"):
            hall.acting_as(nobody).services.answer(*place, reason="不同")
    schools = hall.acting_as("steward.schools")
    with pytest.raises(InvalidInput, match="why they differ"):
        schools.services.answer(*place, reason=" ")
    answer, receipt = schools.services.answer(*place, reason=" 现居住地址，未必登记 ")
    assert (answer.reason, answer.answered_at) == ("现居住地址，未必登记", clock.now())
    assert hall.services.once_only(department="schools") == []
    assert hall.services.get("school-place").answers == (answer,)
    told = facts(hall, "once_only.answered")
    assert (told["department"], told["provider"], told["dataset"]) == (
        "schools",
        "housing",
        "leases",
    )
    assert "现居住" not in str(told)
    assert receipt.changed
    with pytest.raises(Conflict, match="told apart already"):
        schools.services.answer("school-place", "家庭 租赁地址", "leases", reason="再说")


def test_rule_22_a_finding_is_taken_back_by_the_authority_alone(hall):
    place = ("hygiene-licence", "统一社会信用代码", "firms")
    with pytest.raises(Denied, match="may not answer"):
        hall.acting_as("steward.schools").services.answer(*place, reason="不同")
    hall.acting_as("authority.data").services.answer(*place, reason="字段含义不同")
    assert "统一社会信用代码" not in {one.item for one in hall.services.once_only()}
    with pytest.raises(Conflict, match="itself names contributions"):
        hall.acting_as("authority.data").services.answer(
            "residence-permit", "社保缴费情况", "contributions", reason="不同"
        )


def test_what_was_not_found_cannot_be_answered(hall):
    authority = hall.acting_as("authority.data").services
    for place in (
        ("school-place", "监护人签名", "leases"),
        ("school-place", "家庭租赁地址", "firms"),
        ("school-place", "家庭租赁地址", "nothing"),
        ("no-service", "家庭租赁地址", "leases"),
    ):
        with pytest.raises(NotFound):
            authority.answer(*place, reason="不同")
    with pytest.raises(NotFound):
        hall.services.once_only(department="nobody")
