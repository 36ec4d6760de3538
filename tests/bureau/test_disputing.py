"""Disputes from the refusal to the decision, with their clocks, ledger entries and grants (Art. 28)."""

from datetime import date

import pytest

from bureau import Bureau, DeliveryOrder
from bureau.correcting import NewCorrection
from core.errors import Conflict, Denied, InvalidInput, NotFound
from sharing.authority import OWN_CASE
from sharing.clocks.model import ClockState
from sharing.corrections.model import Finding
from sharing.disputes.model import DisputeState, Outcome, Tier
from sharing.model import RefusalGround, RequestState
from sharing.profiles.model import LimitName
from sharing.requests.verdict import verdict
from tests.bureau.test_sharing import asked, granted, read, sent
from tests.town import FILES

DOCUMENTS = {
    "departments.yaml": """
kind: Department
items:
  - {code: mayor, name_zh: 市政府, kind: government, division: "4403"}
  - {code: works, name_zh: 工务局, division: "4403", roles: [supplier]}
""",
    "people.yaml": """
kind: Person
items:
  - {code: second.data, name: 子, department: data, roles: [authority]}
  - {code: approver.mayor, name: 丑, department: mayor, roles: [approver]}
  - {code: authority.mayor, name: 寅, department: mayor, roles: [authority]}
  - {code: requester.works, name: 卯, department: works, roles: [requester]}
  - {code: approver.works, name: 辰, department: works, roles: [approver, steward]}
  - {code: authority.works, name: 巳, department: works, roles: [authority]}
""",
    "applications.yaml": """
kind: Application
items:
  - {code: pipes, name_zh: 管线, department: works}
""",
}
GROUNDS = "拒绝理由与法定职责不符"
UPHELD, OVERTURNED = Outcome.UPHELD, Outcome.OVERTURNED


@pytest.fixture
def delivered(town: Bureau, good):
    """The very town, in which meters was delivered."""
    town.acting_as("steward.water").deliver(DeliveryOrder(dataset="meters", path=good))
    return town


@pytest.fixture
def city(town: Bureau, tmp_path):
    """The town with a government, a second person of the data authority, and another department."""
    folder = tmp_path / "more"
    folder.mkdir()
    for name, text in DOCUMENTS.items():
        (folder / name).write_text(text, "utf-8")
    town.acting_as("operator.data").apply(folder)
    return town


def refused(city, clock, *, by="requester.parks", endorser="both.parks", **changes):
    """A request that water refused on Monday, 2 March 2026."""
    request = sent(city, asked(clock, **changes), by=by, endorser=endorser)
    water = city.acting_as("approver.water")
    water.refuse_request(request.ref, ground=RefusalGround.EXCEEDS_NEED, reason="无需")
    return f"request:{request.ref}"


@pytest.fixture
def across(city, clock):
    """DSP-0001: parks, of a district, against water, of the city."""
    refusal = refused(city, clock)
    return city.acting_as("requester.parks").disputes.raise_over(refusal, grounds=GROUNDS)[0]


@pytest.fixture
def within(city, clock):
    """DSP-0001: works against water, both of the city."""
    refusal = refused(
        city, clock, by="requester.works", endorser="approver.works", application="pipes"
    )
    return city.acting_as("requester.works").disputes.raise_over(refusal, grounds=GROUNDS)[0]


def disputes(city, person):
    return city.acting_as(person).disputes


def facts(city, kind):
    [entry] = city.ledger_log(limit=1, kind=kind)
    return city.ledger_entry(entry.index)[1].facts


def decided(city, clock, outcome, ref="DSP-0001", people=("authority.data", "second.data")):
    """Decided and, after the day for objections, confirmed."""
    first, second = people
    disputes(city, first).decide(ref, outcome=outcome, reason="依据充分")
    clock.advance(days=2)
    return disputes(city, second).confirm(ref)[0]


def test_rule_20_the_same_level_negotiates_first(city, within):
    assert (within.state, within.step.tier) == (DisputeState.NEGOTIATING, Tier.NEGOTIATION)
    [clock] = city.disputes.clocks(within.ref)
    assert (clock.subject, clock.limit) == ("dispute:DSP-0001#1", LimitName.DISPUTE)
    assert (clock.debtor, clock.due_on) == ("water", date(2026, 3, 16))
    assert city.get_request("REQ-0001").state is RequestState.DISPUTED
    assert verdict(city.get_request("REQ-0001")).rule == "Art. 28: DSP-0001 is open"
    said = facts(city, "dispute.raised")
    assert (said["about"], said["dataset"]) == ("request:REQ-0001", "meters")
    assert (said["department"], said["provider"], said["decider"]) == ("works", "water", "")
    assert (said["article"], said["late"], said["tier"]) == ("28", False, "negotiation")
    assert said["standing"] == within.standing
    assert GROUNDS.encode() not in city.ledger_log(limit=1)[0].body
    [task] = city.acting_as("approver.water").inbox()
    assert task.todo == "bureau dispute settle DSP-0001 --outcome OUTCOME --text TEXT"


def test_rule_20_the_same_level_goes_on_to_its_own_authority_and_its_government(city, within):
    works, water = disputes(city, "requester.works"), disputes(city, "approver.water")
    escalated, _ = works.escalate(within.ref, reason="协商不成")
    assert (escalated.state, escalated.step.department) == (DisputeState.AT_AUTHORITY, "data")
    said = facts(city, "dispute.escalated")
    assert (said["from"], said["tier"], said["decider"]) == ("negotiation", "authority", "data")
    disputes(city, "authority.data").decide(within.ref, outcome=OVERTURNED, reason="职责需要")
    objected, _ = water.escalate(within.ref, reason="不同意主管部门意见")
    assert (objected.state, objected.step.department) == (DisputeState.AT_GOVERNMENT, "mayor")
    assert [one.debtor for one in city.disputes.clocks(within.ref)] == [
        "water",
        "data",
        "mayor",
    ]
    with pytest.raises(Denied, match="may not decide"):
        disputes(city, "second.data").decide(within.ref, outcome=UPHELD, reason="已核实")
    [task] = city.acting_as("approver.mayor").inbox()
    assert task.todo == "bureau dispute decide DSP-0001 --outcome OUTCOME --reason TEXT"
    disputes(city, "approver.mayor").decide(within.ref, outcome=UPHELD, reason="维持")
    ended, _ = disputes(city, "authority.mayor").confirm(within.ref)  # nobody is above to go to
    assert ended.state is DisputeState.UPHELD
    request = city.get_request("REQ-0001")
    assert request.state is RequestState.UPHELD
    assert verdict(request).rule == "Art. 28: DSP-0001, decided by mayor: the refusal is upheld"
    with pytest.raises(Conflict, match="is upheld: it is not possible to escalate"):
        works.escalate(within.ref, reason="再提")
    with pytest.raises(Conflict, match="is upheld: a refusal can be disputed"):
        works.raise_over("request:REQ-0001", grounds="再提")
    assert city.disputes.get(within.ref) == ended
    assert city.verify_ledger().faults == ()


def test_rule_20_across_levels_the_common_authority_decides_in_two_persons(city, across, clock):
    assert (across.state, across.step.department) == (DisputeState.AT_AUTHORITY, "data")
    authority, second = disputes(city, "authority.data"), disputes(city, "second.data")
    waiting, _ = authority.decide("DSP-0001", outcome=OVERTURNED, reason="确属履职需要")
    assert waiting.state is DisputeState.AUTHORITY_DECIDED
    assert city.list_grants() == []
    clock.advance(days=2)
    with pytest.raises(Denied) as caught:
        authority.confirm("DSP-0001")
    assert caught.value.reasons == (
        "authority.data decided, and a second person has to confirm it",
    )
    second.confirm("DSP-0001")
    request = city.get_request("REQ-0001")
    assert (request.state, request.ruled_by) == (RequestState.OVERTURNED, "data")
    [grant] = city.list_grants()
    assert (grant.ref, grant.granted_by, grant.terms) == (
        request.grant,
        "second.data",
        request.terms,
    )
    assert verdict(request).rule == "Art. 28: DSP-0001, decided by data: the refusal is overturned"
    agreed = facts(city, "request.agreed")
    assert (agreed["article"], agreed["dispute"], agreed["ruled_by"]) == ("28", "DSP-0001", "data")
    [due] = city.clocks(f"grant:{grant.ref}")
    assert (due.limit, due.debtor) == (LimitName.DELIVER, "water")
    assert city.verify_ledger().faults == ()


@pytest.mark.usefixtures("across")
def test_a_deputy_who_confirms_signs_what_was_overturned_for_whom_they_stand_in(city, clock):
    disputes(city, "authority.data").decide("DSP-0001", outcome=OVERTURNED, reason="履职需要")
    city.acting_as("second.data").delegations.make(
        "operator.data", until=date(2026, 3, 8), reason="休假"
    )
    clock.advance(days=2)
    deputy = city.acting_as("operator.data", behalf="second.data")
    deputy.disputes.confirm("DSP-0001")
    signed = "operator.data for second.data"
    [grant] = city.list_grants()
    assert (city.get_request("REQ-0001").decided_by, grant.granted_by) == (signed, signed)


@pytest.mark.usefixtures("delivered", "across")
def test_what_was_overturned_is_read_at_once_where_the_data_is_there(city, clock, tmp_path):
    decided(city, clock, OVERTURNED)
    assert read(city, tmp_path).use.rows == 4
    assert city.clocks("grant:GRT-0001") == []


def test_rule_20_what_the_authority_does_not_decide_in_time_is_late_and_goes_further(
    city, across, clock
):
    parks = disputes(city, "requester.parks")
    with pytest.raises(Conflict, match="data has time until 2026-03-16") as caught:
        parks.escalate(across.ref, reason="等不及")
    assert "government" in caught.value.hint
    clock.advance(days=15)  # Tuesday, 17 March: working day 11
    [task] = city.acting_as("authority.data").inbox()
    assert (task.state, task.department) == (ClockState.OVERDUE, "data")
    escalated, _ = parks.escalate(across.ref, reason="逾期未处理")
    assert escalated.state is DisputeState.AT_GOVERNMENT
    said = facts(city, "dispute.escalated")
    assert (said["late"], said["from_department"], said["decider"]) == (True, "data", "mayor")
    late = [
        (e.code.value, e.department)
        for e in city.liability.report().events
        if "dispute" in e.subject
    ]
    assert late == [("A2", "data")]


def test_rule_20_what_is_confirmed_late_stays_late(city, across, clock):
    clock.advance(days=14)
    decided(city, clock, UPHELD)
    assert facts(city, "dispute.confirmed")["late"] is True
    [ended] = city.disputes.clocks(across.ref)
    assert ended.state_on(date(2030, 1, 1)) is ClockState.ENDED_LATE


def test_a_decision_of_the_authority_leaves_a_day_to_object(city, across, clock):
    disputes(city, "authority.data").decide(across.ref, outcome=OVERTURNED, reason="需要")
    with pytest.raises(Conflict, match="until 2026-03-03 to take dispute DSP-0001 to the"):
        disputes(city, "second.data").confirm(across.ref)
    clock.advance(days=1)
    with pytest.raises(Conflict, match="until 2026-03-03"):
        disputes(city, "second.data").confirm(across.ref)
    disputes(city, "second.data").decide(across.ref, outcome=UPHELD, reason="另有意见")
    clock.advance(days=1)
    with pytest.raises(Conflict, match="until 2026-03-04"):
        disputes(city, "authority.data").confirm(across.ref)
    clock.advance(days=1)
    done, _ = disputes(city, "authority.data").confirm(across.ref)
    assert (done.state, done.step.decision.by) == (DisputeState.UPHELD, "second.data")


def test_where_no_government_is_registered_both_say_so_and_what_to_do(city, across, tmp_path):
    disputes(city, "authority.data").decide(across.ref, outcome=UPHELD, reason="依据不足")
    text = DOCUMENTS["departments.yaml"].replace(", kind: government", "")
    (tmp_path / "departments.yaml").write_text(text, "utf-8")
    city.acting_as("operator.data").apply(tmp_path / "departments.yaml")
    none = "no government that is not a party itself is registered"
    with pytest.raises(Conflict, match=rf"until 2026-03-03 .*, and {none}") as early:
        disputes(city, "second.data").confirm(across.ref)
    with pytest.raises(Conflict, match=rf"nobody can decide this dispute: {none}") as nowhere:
        disputes(city, "requester.parks").escalate(across.ref, reason="不服")
    for said in (early, nowhere):
        assert said.value.hint.endswith("and the divisions above both: bureau apply FOLDER")


class TestSettlement:
    def test_what_is_settled_to_be_shared_is_replied_to_anew(self, city, within, clock):
        works, water = disputes(city, "requester.works"), disputes(city, "approver.water")
        with pytest.raises(Conflict, match="nothing is proposed"):
            works.agree(within.ref)
        water.propose(within.ref, outcome=OVERTURNED, text="提供除负责人外的数据项")
        [task] = city.acting_as("requester.works").inbox()
        assert task.todo == "bureau dispute settle DSP-0001"
        with pytest.raises(Denied, match="may not agree"):
            disputes(city, "both.water").agree(within.ref)
        clock.advance(days=1)
        settled, _ = works.agree(within.ref)
        assert (settled.state, settled.settlement.agreed_by) == (
            DisputeState.SETTLED,
            "requester.works",
        )
        request = city.get_request("REQ-0001")
        assert (request.state, request.reason, request.ground) == (
            RequestState.SUBMITTED,
            "无需",
            RefusalGround.EXCEEDS_NEED,
        )
        assert verdict(request).rule == (
            "Art. 28: DSP-0001, settled by both parties: the refusal does not stand"
        )
        [task] = city.acting_as("approver.water").inbox()
        assert (task.todo, task.due_on) == ("bureau request approve REQ-0001", date(2026, 3, 17))
        grant, _ = city.acting_as("approver.water").approve_request("REQ-0001")
        assert grant.department == "works"
        assert verdict(city.get_request("REQ-0001")).rule.startswith("Art. 20")
        assert city.verify_ledger().faults == ()

    def test_what_is_settled_to_stay_refused_is_upheld(self, city, within):
        disputes(city, "requester.works").propose(within.ref, outcome=UPHELD, text="不再申请")
        disputes(city, "approver.water").agree(within.ref)
        request = city.get_request("REQ-0001")
        assert request.state is RequestState.UPHELD
        assert verdict(request).rule == (
            "Art. 28: DSP-0001, settled by both parties: the refusal is upheld"
        )
        assert city.acting_as("approver.water").inbox() == []

    def test_a_newer_proposal_replaces_the_older(self, city, within):
        works, water = disputes(city, "requester.works"), disputes(city, "approver.water")
        works.propose(within.ref, outcome=OVERTURNED, text="全部提供")
        water.propose(within.ref, outcome=UPHELD, text="不提供")
        settled, _ = works.agree(within.ref)
        assert settled.settlement.outcome is UPHELD

    def test_there_is_nothing_to_negotiate_before_an_authority(self, city, across):
        with pytest.raises(Conflict, match="negotiated before anybody decides"):
            disputes(city, "requester.parks").propose(across.ref, outcome=UPHELD, text="已核实")

    def test_what_was_settled_to_be_shared_is_not_refused_again(self, city, within):
        disputes(city, "requester.works").propose(within.ref, outcome=OVERTURNED, text="提供")
        disputes(city, "approver.water").agree(within.ref)
        with pytest.raises(
            Conflict, match=r"settled in dispute DSP-0001 .* \(Art\. 28\)"
        ) as caught:
            city.acting_as("approver.water").refuse_request(
                "REQ-0001", ground=RefusalGround.EXCEEDS_NEED, reason="可按月提供"
            )
        assert "approve" in caught.value.hint
        assert "refuse" not in caught.value.hint.partition(";")[0]

    def test_what_is_not_shared_any_more_is_refused_and_disputed_anew(self, city, within, tmp_path):
        disputes(city, "requester.works").propose(within.ref, outcome=OVERTURNED, text="提供")
        disputes(city, "approver.water").agree(within.ref)
        basis = "not_shared\n    legal_basis: 法律《某某法》第一条：涉及个人隐私"
        kept = FILES["datasets.yaml"].replace("share_type: conditional", f"share_type: {basis}")
        lines = [line for line in kept.splitlines() if "share_mode" not in line]
        (tmp_path / "closed.yaml").write_text(
            "\n".join(line for line in lines if "use_conditions" not in line), "utf-8"
        )
        city.acting_as("operator.data").apply(tmp_path / "closed.yaml")
        city.acting_as("approver.water").refuse_request(
            "REQ-0001", ground=RefusalGround.NOT_HELD, reason="未持有"
        )
        again, _ = disputes(city, "requester.works").raise_over("request:REQ-0001", grounds="反悔")
        assert (again.ref, city.get_request("REQ-0001").dispute) == ("DSP-0002", "DSP-0002")


def test_a_withdrawn_dispute_leaves_the_refusal_as_it_was(city, across):
    before = city.get_request("REQ-0001")
    with pytest.raises(Denied, match="may not withdraw"):
        disputes(city, "approver.water").withdraw(across.ref)
    withdrawn, _ = disputes(city, "requester.parks").withdraw(across.ref)
    assert withdrawn.state is DisputeState.WITHDRAWN
    after = city.get_request("REQ-0001")
    assert (after.state, after.reason) == (RequestState.REFUSED, before.reason)
    assert city.acting_as("authority.data").inbox() == []
    again, _ = disputes(city, "requester.parks").raise_over("request:REQ-0001", grounds="补充理由")
    assert again.ref == "DSP-0002"
    assert city.verify_ledger().faults == ()


def test_an_agreement_in_part_can_be_disputed_and_stays_what_it_is(city, clock):
    request = sent(city, asked(clock))
    city.acting_as("approver.water").approve_request(request.ref, columns=["meter"])
    parks = disputes(city, "requester.parks")
    parks.raise_over(f"request:{request.ref}", grounds="日期亦为必需")
    assert decided(city, clock, OVERTURNED).state is DisputeState.OVERTURNED
    assert city.get_request(request.ref).state is RequestState.AGREED
    assert len(city.list_grants()) == 1
    with pytest.raises(Conflict, match="in DSP-0001 already, which is overturned"):
        parks.raise_over(f"request:{request.ref}", grounds="再提")


@pytest.mark.usefixtures("delivered")
class TestCorrections:
    @pytest.fixture
    def unfounded(self, city, clock):
        """COR-0001 of parks, that water found to be unfounded."""
        granted(city, clock)
        new = NewCorrection(dataset="meters", problem="读数有误")
        city.acting_as("requester.parks").corrections.create(new)
        water = city.acting_as("approver.water").corrections
        water.verify("COR-0001", finding=Finding.UNFOUNDED, reason="无误")
        return "correction:COR-0001"

    def test_what_was_closed_as_unfounded_can_be_disputed(self, city, unfounded, clock):
        parks = disputes(city, "steward.parks")
        with pytest.raises(Conflict, match="is unfounded, unfounded: what was closed as"):
            parks.raise_over(unfounded, grounds=GROUNDS)
        city.acting_as("approver.water").corrections.close("COR-0001", feedback="数据无误")
        with pytest.raises(Denied, match="may not dispute"):
            disputes(city, "approver.water").raise_over(unfounded, grounds=GROUNDS)
        raised, _ = parks.raise_over(unfounded, grounds=GROUNDS)
        assert (raised.department, raised.provider, raised.dataset) == ("parks", "water", "meters")
        assert decided(city, clock, OVERTURNED).state is DisputeState.OVERTURNED
        assert city.corrections.get("COR-0001").finding is Finding.UNFOUNDED
        with pytest.raises(Conflict, match="already, which is overturned"):
            parks.raise_over(unfounded, grounds=GROUNDS)

    def test_rule_20_an_authority_that_asked_does_not_decide(self, city):
        authority = city.acting_as("authority.data")
        authority.corrections.create(NewCorrection(dataset="meters", problem="市民反映有误"))
        water = city.acting_as("approver.water").corrections
        water.verify("COR-0001", finding=Finding.UNFOUNDED, reason="无误")
        water.close("COR-0001", feedback="无误")
        raised, _ = authority.disputes.raise_over("correction:COR-0001", grounds=GROUNDS)
        assert raised.state is DisputeState.NEGOTIATING
        escalated, _ = disputes(city, "second.data").escalate("DSP-0001", reason="协商不成")
        assert escalated.state is DisputeState.AT_GOVERNMENT
        with pytest.raises(Denied) as caught:
            disputes(city, "second.data").decide("DSP-0001", outcome=UPHELD, reason="已核实")
        assert "second.data is of data, which is a party" in caught.value.reasons


class TestItems:
    @pytest.fixture
    def contested(self, city, tmp_path):
        """meter-readings, offered by water, parks and works."""
        for department in ("parks", "works"):
            path = tmp_path / f"{department}.yaml"
            path.write_text(
                FILES["datasets.yaml"]
                .replace("code: meters", f"code: {department}-meters")
                .replace("provider: water", f"provider: {department}")
                .replace("contract: meters", "items: [水表, 升]"),
                "utf-8",
            )
            city.acting_as("operator.data").apply(path)
        return "item:meter-readings"

    def test_a_department_disputes_who_the_source_is(self, city, contested, clock):
        works = disputes(city, "approver.works")
        with pytest.raises(InvalidInput, match="not said whom works disputes") as caught:
            works.raise_over(contested, grounds=GROUNDS)
        assert "parks, water" in caught.value.hint
        raised, _ = works.raise_over(contested, grounds=GROUNDS, against="water")
        assert (raised.provider, raised.dataset) == ("water", "")
        assert raised.state is DisputeState.NEGOTIATING
        with pytest.raises(Conflict, match="in DSP-0001 already"):
            disputes(city, "steward.parks").raise_over(contested, grounds=GROUNDS, against="water")
        works.withdraw("DSP-0001")
        city.acting_as("authority.data").sources.name("meter-readings", "water", reason="职责")
        named, _ = disputes(city, "steward.parks").raise_over(contested, grounds=GROUNDS)
        assert (named.provider, named.state) == ("water", DisputeState.AT_AUTHORITY)
        assert decided(city, clock, UPHELD, "DSP-0002").state is DisputeState.UPHELD

    def test_who_does_not_offer_an_item_does_not_dispute_it(self, city, contested):
        with pytest.raises(Conflict, match="data does not contest"):
            disputes(city, "authority.data").raise_over(contested, grounds=GROUNDS)
        with pytest.raises(InvalidInput, match="whom parks disputes"):
            disputes(city, "steward.parks").raise_over(contested, grounds=GROUNDS, against="mayor")
        with pytest.raises(Conflict, match="nobody offers it"):
            disputes(city, "steward.parks").raise_over("item:none", grounds=GROUNDS)


@pytest.mark.parametrize(
    ("subject", "grounds", "error", "message"),
    [
        ("request:REQ-0001", "\u200b", InvalidInput, "not said on what grounds"),
        ("request:REQ-0009", "x", NotFound, "REQ-0009"),
        ("request:", "x", NotFound, "no request"),
        ("grant:GRT-0001", "x", InvalidInput, "nothing that can be disputed"),
        ("REQ-0001", "x", InvalidInput, "nothing that can be disputed"),
        ("correction:COR-0001", "x", NotFound, "COR-0001"),
    ],
)
def test_what_is_no_dispute(city, clock, subject, grounds, error, message):
    refused(city, clock)
    with pytest.raises(error, match=message):
        disputes(city, "requester.parks").raise_over(subject, grounds=grounds)
    assert city.disputes.list_all() == []
    assert city.get_request("REQ-0001").state is RequestState.REFUSED


@pytest.mark.parametrize("person", ["approver.water", "steward.parks", "requester.works"])
def test_a_requester_of_the_asking_department_disputes_its_refusal(city, clock, person):
    refusal = refused(city, clock)
    with pytest.raises(Denied, match="may not dispute"):
        disputes(city, person).raise_over(refusal, grounds=GROUNDS)


@pytest.mark.usefixtures("within")
def test_who_stands_in_agrees_to_a_settlement_in_both_names(city):
    city.acting_as("approver.water").delegations.make(
        "steward.water", until=date(2026, 3, 20), reason="休假"
    )
    disputes(city, "requester.works").propose("DSP-0001", outcome=UPHELD, text="维持")
    deputy = city.acting_as("steward.water", behalf="approver.water")
    settlement = deputy.disputes.agree("DSP-0001")[0].settlement
    assert settlement.agreed_by == "steward.water for approver.water"


@pytest.mark.usefixtures("across")
def test_a_refusal_is_disputed_once_at_a_time_and_not_while_it_waits(city, clock):
    with pytest.raises(Conflict, match="is disputed: a refusal can be disputed"):
        disputes(city, "requester.parks").raise_over("request:REQ-0001", grounds=GROUNDS)
    waiting = sent(city, asked(clock))
    with pytest.raises(Conflict, match="is submitted: a refusal can be disputed"):
        disputes(city, "requester.parks").raise_over(f"request:{waiting.ref}", grounds=GROUNDS)


@pytest.mark.parametrize(
    ("person", "reason"),
    [
        ("authority.works", "it is for data to do, authority.works acts for works"),
        ("operator.data", "operator.data is not authority"),
        ("approver.water", "approver.water is of water, which is a party"),
    ],
)
def test_only_the_authority_it_is_before_decides(city, across, person, reason):
    with pytest.raises(Denied) as caught:
        disputes(city, person).decide(across.ref, outcome=UPHELD, reason="已核实")
    assert reason in caught.value.reasons


def test_a_deputy_who_is_of_a_party_does_not_decide(city, across):
    authority = city.acting_as("authority.data")
    authority.delegations.make("both.parks", until=date(2026, 3, 8), reason="误授")
    deputy = city.acting_as("both.parks", behalf="authority.data")
    with pytest.raises(Denied) as caught:
        deputy.disputes.decide(across.ref, outcome=OVERTURNED, reason="已核实")
    assert caught.value.reasons == (f"both.parks is of parks, which is a party: {OWN_CASE}",)


def test_what_cannot_be_granted_any_more_is_not_overturned(city, across, clock):
    disputes(city, "authority.data").decide(across.ref, outcome=OVERTURNED, reason="需要")
    clock.advance(days=40)
    with pytest.raises(Conflict, match="REQ-0001 cannot be granted any more: the period"):
        disputes(city, "second.data").confirm(across.ref)
    assert city.disputes.get(across.ref).state is DisputeState.AUTHORITY_DECIDED


def test_a_new_provider_takes_the_place_of_the_old_one(city, within, tmp_path):
    text = FILES["datasets.yaml"].replace("provider: water", "provider: parks")
    path = tmp_path / "moved.yaml"
    path.write_text(text, "utf-8")
    city.acting_as("operator.data").apply(path)
    [clock] = city.disputes.clocks(within.ref)
    assert clock.debtor == "parks"
    with pytest.raises(Denied, match="may not escalate"):
        disputes(city, "approver.water").escalate(within.ref, reason="已核实")
    escalated, _ = disputes(city, "both.parks").escalate(within.ref, reason="协商不成")
    assert (escalated.provider, escalated.step.department) == ("parks", "data")
    assert city.verify_ledger().faults == ()


def test_without_an_authority_in_common_nothing_is_raised(town, clock, tmp_path):
    departments = FILES["departments.yaml"].replace("kind: authority, ", "")
    path = tmp_path / "departments.yaml"
    path.write_text(departments, "utf-8")
    town.acting_as("operator.data").apply(path)
    refusal = refused(town, clock)
    with pytest.raises(Conflict, match="nobody can decide this dispute") as caught:
        disputes(town, "requester.parks").raise_over(refusal, grounds=GROUNDS)
    assert "bureau apply" in caught.value.hint
    assert town.get_request("REQ-0001").state is RequestState.REFUSED


@pytest.mark.usefixtures("across")
def test_both_parties_and_who_decides_are_told(city):
    def told(person):
        return [notice.kind for notice in city.acting_as(person).notices.list()]

    assert "dispute.raised" in told("authority.data")
    assert "dispute.raised" in told("approver.water")
    disputes(city, "authority.data").decide("DSP-0001", outcome=UPHELD, reason="维持")
    for person in ("requester.parks", "approver.water", "second.data"):
        assert "dispute.decided" in told(person)
    assert told("approver.mayor") == []
    disputes(city, "requester.parks").escalate("DSP-0001", reason="不服")
    assert told("approver.mayor") == ["dispute.escalated"]
