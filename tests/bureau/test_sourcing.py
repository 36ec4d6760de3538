"""One source for each shared item (一数一源, Decree 809 Art. 19)."""

import pytest

from bureau import Bureau
from bureau.submitting import NewSubmission
from core.errors import Conflict, Denied, InvalidInput, NotFound
from tests.town import FILES

METERS = FILES["datasets.yaml"]
SECOND = (
    METERS.replace("code: meters", "code: lawn-meters")
    .replace("provider: water", "provider: parks")
    .replace("contract: meters", "items: [水表, 升]")
)
PAPERS = NewSubmission(secrecy="一号", personal="二号", head="both.parks")


@pytest.fixture
def authority(town: Bureau):
    return town.acting_as("authority.data")


@pytest.fixture
def second(tmp_path):
    path = tmp_path / "second.yaml"
    path.write_text(SECOND, "utf-8")
    return path


def found(town: Bureau):
    kinds = ("source_contested", "source_elsewhere")
    return [(g.kind.value, g.subject, g.department) for g in town.gaps() if g.kind in kinds]


def last(town: Bureau, kind):
    return [town.ledger_entry(e.index)[1] for e in town.ledger_log(limit=5, kind=kind)]


def test_rule_23_a_second_claim_is_raised_to_the_authority(town, authority, second):
    town.acting_as("operator.data").apply(second)
    assert found(town) == [("source_contested", "meter-readings", "")]
    [gap] = [gap for gap in town.gaps() if gap.kind.value == "source_contested"]
    assert "2 providing departments, parks, water; Decree 809 Art. 19" in gap.message_en
    [raised] = last(town, "source.contested")
    assert raised.subject == "item:meter-readings"
    assert raised.facts["departments"] == ["parks", "water"]
    assert raised.facts["provider"] == "parks"
    [task] = authority.inbox()
    assert task.todo == "bureau catalog source meter-readings DEPARTMENT --reason TEXT"
    assert town.acting_as("operator.data").inbox() == []


def test_rule_23_the_authority_names_one_and_the_other_gets_a_finding(town, authority, second):
    town.acting_as("operator.data").apply(second)
    source, _ = authority.sources.name("meter-readings", "water", reason="水务局负责抄表")
    assert (source.item, source.department) == ("meter-readings", "water")
    assert found(town) == [("source_elsewhere", "lawn-meters", "parks")]
    assert authority.inbox() == []
    [named] = last(town, "source.named")
    assert (named.facts["provider"], named.facts["claimants"]) == ("water", ["parks", "water"])
    assert "抄表".encode() not in town.ledger_log(limit=1)[0].body
    authority.sources.name("meter-readings", "parks", reason="职责调整")
    assert found(town) == [("source_elsewhere", "meters", "water")]
    assert town.verify_ledger().faults == ()


def test_rule_23_a_claim_after_the_naming_is_told_in_the_review(town, authority, second):
    authority.sources.name("meter-readings", "water", reason="水务局负责抄表")
    town.acting_as("steward.parks").submissions.submit([second], PAPERS)
    _, [rival] = town.submissions.get("SUB-0001")
    assert (rival.dataset, rival.item) == ("lawn-meters", "meter-readings")
    assert (rival.rivals, rival.named) == (("water",), "water")
    authority.submissions.publish("SUB-0001")
    assert last(town, "source.contested") == []
    assert found(town) == [("source_elsewhere", "lawn-meters", "parks")]


def test_rule_23_a_contest_is_raised_when_it_is_published_and_once(town, authority, second):
    parks = town.acting_as("steward.parks")
    parks.submissions.submit([second], PAPERS)
    assert town.submissions.get("SUB-0001")[1][0].named == ""
    assert last(town, "source.contested") == []
    authority.submissions.publish("SUB-0001")
    second.write_text(SECOND.replace("每日水表读数", "草坪水表"), "utf-8")
    parks.apply(second)
    assert len(last(town, "source.contested")) == 1


@pytest.mark.parametrize(
    "change",
    [
        (
            "share_type: conditional",
            "share_type: not_shared\n    legal_basis: 法律《统计法》第九条：个体",
        ),
        ("fulfils: meter-readings", "fulfils: leak-reports"),
        ("theme: water", "theme: water\n    status: draft"),
        ("theme: water", "theme: water\n    status: withdrawn"),
    ],
)
def test_what_is_not_offered_contests_nothing(town, second, change):
    second.write_text(SECOND.replace(*change), "utf-8")
    town.acting_as("operator.data").apply(second)
    assert found(town) == []
    assert last(town, "source.contested") == []


@pytest.mark.parametrize(
    "person", ["operator.data", "steward.water", "approver.water", "auditor.audit"]
)
def test_the_authority_alone_names_a_source(town, person):
    with pytest.raises(Denied, match="may not name the source"):
        town.acting_as(person).sources.name("meter-readings", "water", reason="职责")


def test_a_source_that_cannot_be_named(authority):
    name = authority.sources.name
    with pytest.raises(NotFound, match="item"):
        name("nothing", "water", reason="职责")
    with pytest.raises(NotFound, match="item"):
        name("", "water", reason="职责")
    with pytest.raises(NotFound, match="department"):
        name("meter-readings", "nobody", reason="职责")
    with pytest.raises(InvalidInput, match="needs a reason"):
        name("meter-readings", "water", reason=" ")
    name("meter-readings", "water", reason="职责")
    with pytest.raises(Conflict, match="already"):
        name("meter-readings", "water", reason="职责")
