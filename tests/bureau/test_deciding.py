"""Two approvals, decisions in another's place, several datasets at once, and data that adds up."""

import sqlite3
from contextlib import closing
from datetime import date, timedelta

import pytest

from bureau import Bureau
from core.actor import Role
from core.errors import AlreadyDone, Conflict, Denied, DocumentInvalid, InvalidInput
from sharing.model import RefusalGround, RequestState
from sharing.profiles.model import LimitName
from sharing.requests.verdict import Outcome, verdict
from tests.bureau.test_replying import clocks, facts
from tests.bureau.test_sharing import asked, read, sent
from tests.town import FILES, write_registry

PERSONAL = ("meter", "keeper")


def ponds_too(town, tmp_path):
    """Another dataset of the same provider, on the same contract."""
    text = FILES["datasets.yaml"].replace("code: meters", "code: ponds")
    path = tmp_path / "ponds.yaml"
    path.write_text(text.replace("公共水表读数", "池塘水表读数"), "utf-8")
    town.acting_as("operator.data").apply(path)


@pytest.fixture
def water(town: Bureau):
    return town.acting_as("approver.water")


@pytest.fixture
def personal(town, clock):
    """A request for a personal column, endorsed."""
    return sent(town, asked(clock, columns=PERSONAL)).ref


def test_personal_columns_take_two_persons(town, water, personal):
    grant, receipt = water.approve_request(personal)
    assert (grant, receipt.subject) == (None, personal)
    waiting = water.get_request(personal)
    assert (waiting.state, waiting.first_approval.by) == (RequestState.SECONDING, "approver.water")
    assert facts(town, "request.approved_first")["because"] == ["personal columns keeper"]
    assert clocks(town, f"request:{personal}")[LimitName.REPLY_CONDITIONAL].ended_on is None
    with pytest.raises(Denied) as caught:
        water.approve_request(personal)
    assert "a second person has to" in caught.value.reasons[0]
    [task] = town.acting_as("authority.data").inbox()
    assert task.todo == f"bureau request approve {personal}"
    for side in ("authority.data", "approver.water"):
        [task] = town.acting_as(side).inbox()
        whose = "(another approver of water than approver.water, or the data authority)"
        assert task.title_en.startswith(f"Approve as the second person {whose}: ")
        assert "待 water 另一审批人或主管部门审批" in task.title_zh
    with pytest.raises(Conflict, match=r"approver\.water agreed to meter, keeper"):
        town.acting_as("authority.data").approve_request(personal, columns=["meter"])
    grant, _ = town.acting_as("authority.data").approve_request(personal)
    assert grant.terms.columns == PERSONAL
    done = town.get_request(personal)
    assert verdict(done).rule.startswith("Art. 20: agreed by two persons")
    assert town.verify_ledger().faults == ()


def test_without_the_personal_column_one_person_is_enough(town, water, personal):
    grant, _ = water.approve_request(personal, columns=["meter"])
    assert grant.terms.columns == ("meter",)
    done = town.get_request(personal)
    assert done.left_out == ("keeper",)
    assert verdict(done).outcome is Outcome.AGREED_IN_PART


def test_the_second_person_may_refuse(town, water, personal):
    water.approve_request(personal)
    refused, _ = town.acting_as("both.water").refuse_request(
        personal, ground=RefusalGround.EXCEEDS_NEED, reason="姓名并非必需"
    )
    assert refused.state is RequestState.REFUSED


@pytest.mark.parametrize("second", ["both.water", "authority.data"])
def test_another_approver_or_the_authority_is_the_second(town, water, personal, second):
    water.approve_request(personal)
    assert town.acting_as(second).approve_request(personal)[0].granted_by == second


def test_an_extension_is_declined_and_the_reply_stays_due(town, clock, water):
    ref = sent(town, asked(clock)).ref
    authority = town.acting_as("authority.data")
    water.ask_extension(ref, days=5, reason="核对")
    due = clocks(town, f"request:{ref}")[LimitName.REPLY_CONDITIONAL].due_on
    with pytest.raises(InvalidInput, match="declining needs a reason"):
        authority.decline_extension(ref, reason="\u200b")
    declined, _ = authority.decline_extension(ref, reason="理由不足")
    assert (declined.state, declined.extension.why_declined) == (RequestState.SUBMITTED, "理由不足")
    assert clocks(town, f"request:{ref}")[LimitName.REPLY_CONDITIONAL].due_on == due
    with pytest.raises(Conflict, match="was denied more time already"):
        authority.consent_extension(ref)
    asked_again, _ = water.ask_extension(ref, days=3, reason="另有新情况")
    assert asked_again.extension.open


class TestDelegation:
    @pytest.fixture
    def deputy(self, town, water):
        """DLG-0001: steward.water stands in for approver.water until 8 March."""
        made, _ = water.delegations.make("steward.water", until=date(2026, 3, 8), reason="休假")
        assert (made.ref, made.roles, made.department) == ("DLG-0001", (Role.APPROVER,), "water")
        return town.acting_as("steward.water", behalf="approver.water")

    def test_a_deputy_decides_in_the_place_of_the_head(self, town, clock, deputy):
        ref = sent(town, asked(clock)).ref
        assert [task.subject for task in deputy.inbox()] == [f"request:{ref}"]
        grant, _ = deputy.approve_request(ref)
        assert grant.granted_by == "steward.water for approver.water"
        assert len(facts(town, "request.agreed")["acting_for"]) == 64
        with pytest.raises(Denied, match="may not approve"):
            town.acting_as("steward.water").approve_request(sent(town, asked(clock)).ref)

    def test_a_deputy_and_their_principal_are_not_two_persons(self, town, clock, water, deputy):
        ref = sent(town, asked(clock, columns=PERSONAL)).ref
        deputy.approve_request(ref)
        with pytest.raises(Denied, match="may not give the second approval of request"):
            water.approve_request(ref)
        assert town.acting_as("authority.data").approve_request(ref)[0] is not None

    def test_a_delegation_ends_with_its_last_day(self, town, clock, deputy):
        ref = sent(town, asked(clock)).ref
        clock.advance(days=7)
        with pytest.raises(Denied) as caught:
            deputy.approve_request(ref)
        assert caught.value.reasons == ("DLG-0001 is ended",)

    def test_a_delegation_is_taken_back_at_once(self, town, clock, water, deputy):
        with pytest.raises(Denied, match="may not withdraw"):
            town.acting_as("requester.parks").delegations.withdraw("DLG-0001")
        water.delegations.withdraw("DLG-0001")
        with pytest.raises(Denied) as caught:
            deputy.approve_request(sent(town, asked(clock)).ref)
        assert caught.value.reasons == ("DLG-0001 is withdrawn",)
        with pytest.raises(Conflict, match="is withdrawn: it ends once"):
            water.delegations.withdraw("DLG-0001")

    def test_a_delegation_begins_now_and_not_before(self, clock, water):
        made, _ = water.delegations.make(
            "steward.water", first=date(2026, 2, 1), until=date(2026, 3, 5), reason="休假"
        )
        assert made.since == clock.now()

    def test_a_delegation_is_not_passed_on(self, deputy):
        with pytest.raises(Denied) as caught:
            deputy.delegations.make("both.water", until=date(2026, 3, 5), reason="再转")
        assert "not passed on" in caught.value.reasons[0]

    def test_a_deputy_of_the_authority_decides_nothing_about_their_own_department(
        self, town, clock, water, tmp_path
    ):
        ref = sent(town, asked(clock)).ref
        water.ask_extension(ref, days=5, reason="核对")
        for person in ("approver.water", "steward.parks"):
            town.acting_as("authority.data").delegations.make(
                person, until=date(2026, 3, 8), reason="休假"
            )
        provider = town.acting_as("approver.water", behalf="authority.data")
        asking = town.acting_as("steward.parks", behalf="authority.data")
        for deputy in (provider, asking):
            with pytest.raises(Denied, match=rf"may not consent .*request {ref}, which is sub"):
                deputy.consent_extension(ref)
        people = tmp_path / "people.yaml"
        people.write_text(
            "kind: Person\nitems:\n  - {code: steward.parks, name: 丙, department: parks,"
            " roles: [steward, approver]}\n",
            "utf-8",
        )
        with pytest.raises(Denied, match="register people and departments of parks"):
            asking.apply(people)
        provider.apply(people)
        town.acting_as("authority.data").consent_extension(ref)

    def test_a_delegate_of_the_asking_department_does_not_decide_for_the_provider(
        self, town, clock, water
    ):
        water.delegations.make("both.parks", until=date(2026, 3, 8), reason="误授")
        request, _ = town.acting_as("requester.parks").create_request(asked(clock), submitted=True)
        town.acting_as("both.parks").endorse_request(request.ref)
        stranger = town.acting_as("both.parks", behalf="approver.water")
        with pytest.raises(Denied) as caught:
            stranger.approve_request(request.ref)
        assert caught.value.reasons == (
            "nobody decides what they endorsed for the department that asks",
            "both.parks is of parks, which asks for the data",
        )

    def test_nobody_decides_on_both_sides(self, town, clock):
        parks = town.acting_as("both.parks")
        parks.delegations.make("approver.water", until=date(2026, 3, 8), reason="误授")
        request, _ = town.acting_as("requester.parks").create_request(asked(clock), submitted=True)
        with pytest.raises(Denied) as caught:
            town.acting_as("approver.water", behalf="both.parks").endorse_request(request.ref)
        assert caught.value.reasons == ("approver.water is of water, which provides the data",)

    def test_an_auditor_decides_in_nobodys_place(self, town, clock, water, deputy, tmp_path):
        with pytest.raises(Denied, match="separate roles") as caught:
            water.delegations.make("auditor.audit", until=date(2026, 3, 8), reason="休假")
        assert "is an auditor, who checks" in caught.value.reasons[0]
        request = sent(town, asked(clock))
        path = tmp_path / "people.yaml"
        person = "code: steward.water, name: 甲, department: water, roles: [steward"
        path.write_text(FILES["people.yaml"].replace(person, f"{person}, auditor"), "utf-8")
        town.acting_as("operator.data").apply(path)
        with pytest.raises(Denied, match="separate roles"):
            deputy.approve_request(request.ref)

    def test_nothing_is_delegated_to_somebody_who_may_not_act(self, town, water):
        with closing(sqlite3.connect(town.settings.home / "bureau.db")) as database, database:
            database.execute("DELETE FROM person_salt WHERE person = 'steward.water'")
        with pytest.raises(Conflict, match=r"steward\.water was erased"):
            water.delegations.make("steward.water", until=date(2026, 3, 8), reason="休假")

    @pytest.mark.parametrize(
        ("to", "until", "reason", "error", "message"),
        [
            ("approver.water", date(2026, 3, 8), "x", InvalidInput, "to themself"),
            ("steward.water", date(2026, 3, 1), "x", InvalidInput, "ends before it begins"),
            ("steward.water", date(2026, 8, 1), "x", Conflict, "longer than 90 days"),
            ("steward.water", date(2026, 3, 8), " ", InvalidInput, "needs a reason"),
        ],
    )
    def test_what_is_no_delegation(self, water, to, until, reason, error, message):
        with pytest.raises(error, match=message):
            water.delegations.make(to, until=until, reason=reason)

    def test_who_decides_nothing_has_nothing_to_delegate(self, town):
        with pytest.raises(Denied, match="nothing to delegate"):
            town.acting_as("requester.parks").delegations.make(
                "both.parks", until=date(2026, 3, 8), reason="已核实"
            )

    def test_nobody_stands_in_without_a_delegation(self, town):
        with pytest.raises(Denied) as caught:
            town.acting_as("steward.parks", behalf="approver.water").inbox()
        assert "delegated nothing to steward.parks" in caught.value.reasons[0]

    def test_a_delegation_gives_no_more_than_its_delegator_still_has(
        self, town, clock, deputy, tmp_path
    ):
        people = FILES["people.yaml"].replace(
            "department: water, roles: [approver]", "department: water, roles: [steward]"
        )
        town.acting_as("operator.data").apply(write_registry(tmp_path / "r", people=people))
        with pytest.raises(Denied) as caught:
            deputy.approve_request(sent(town, asked(clock)).ref)
        assert "steward.water is not an approver" in caught.value.reasons


class TestDossier:
    @pytest.fixture
    def parks(self, town, tmp_path):
        ponds_too(town, tmp_path)
        return town.acting_as("requester.parks")

    def two(self, clock, **second):
        return [asked(clock), asked(clock, **({"dataset": "ponds"} | second))]

    def test_each_item_gets_its_own_verdict(self, town, parks, clock, water):
        requests, receipt = parks.dossiers.create(self.two(clock), submitted=True)
        assert receipt.subject == "DOS-0001"
        assert [(r.ref, r.dossier) for r in requests] == [
            ("REQ-0001", "DOS-0001"),
            ("REQ-0002", "DOS-0001"),
        ]
        town.acting_as("both.parks").dossiers.endorse("DOS-0001")
        water.approve_request("REQ-0001", columns=["meter", "day"])
        water.refuse_request("REQ-0002", ground=RefusalGround.NOT_HELD, reason="没有此类数据")
        first, second = [verdict(r) for r in parks.dossiers.get("DOS-0001")]
        assert (first.outcome, first.columns) == (Outcome.AGREED_IN_PART, ("litres",))
        assert second.outcome is Outcome.REFUSED
        assert "not_held: 没有此类数据" in second.rule
        assert town.verify_ledger().faults == ()

    def test_all_of_it_is_drafted_or_nothing(self, parks, clock):
        with pytest.raises(DocumentInvalid) as caught:
            parks.dossiers.create(
                [asked(clock, columns=("secret",)), asked(clock, dataset="ponds", legal_basis="")]
            )
        assert [problem.path for problem in caught.value.problems] == ["meters", "ponds"]
        assert parks.list_requests() == []

    def test_the_same_dataset_is_asked_for_once(self, parks, clock):
        with pytest.raises(InvalidInput, match="asks twice for meters"):
            parks.dossiers.create([asked(clock), asked(clock)])

    def test_acts_on_a_dossier_are_acts_on_what_of_it_can_still_move(self, parks, clock):
        parks.dossiers.create(self.two(clock))
        parks.withdraw_request("REQ-0001")
        proposed, _ = parks.dossiers.submit("DOS-0001")
        assert [request.ref for request in proposed] == ["REQ-0002"]
        withdrawn, _ = parks.dossiers.withdraw("DOS-0001")
        assert [request.state for request in withdrawn] == [RequestState.WITHDRAWN]
        with pytest.raises(Conflict, match="is withdrawn: it cannot be submitted"):
            parks.dossiers.submit("DOS-0001")


def test_rule_15_data_that_adds_up_is_pointed_out(town, clock, tmp_path):
    ponds_too(town, tmp_path)
    home = town.settings.home
    (home / "profiles").mkdir()
    (home / "profiles" / "town.toml").write_text(
        'profile = "town"\nextends = "cn-national-809"\ntitle_zh = "本市"\ntitle_en = "Town"\n'
        '[settings.sensitive_together]\nvalue = ["meters + ponds", "ponds + leaks"]\n',
        "utf-8",
    )
    settings = (home / "bureau.toml").read_text("utf-8").replace("cn-national-809", "town")
    (home / "bureau.toml").write_text(settings, "utf-8")
    again = Bureau.open(home, actor="approver.water", clock=clock)
    first = sent(again, asked(clock)).ref
    assert again.cautions(first) == []
    again.approve_request(first)
    clock.advance(days=1)
    second = sent(again, asked(clock, dataset="ponds")).ref
    assert again.cautions(second) == ["meters + ponds"]
    again.approve_request(second)
    assert facts(again, "request.agreed")["aggregation"] == ["meters + ponds"]
    clock.advance(days=40)
    assert again.cautions(second) == []


def test_not_shared_data_is_refused_and_nothing_else(town, clock, tmp_path, water):
    ref = sent(town, asked(clock)).ref
    path = tmp_path / "datasets.yaml"
    text = FILES["datasets.yaml"].replace("share_type: conditional", "share_type: not_shared")
    text = text.replace("use_conditions:", "legal_basis: 法律《统计法》第二十五条：个人资料\n    #")
    path.write_text(text, "utf-8")
    town.acting_as("operator.data").apply(path)
    for act in (
        lambda: water.return_request(ref, ["批准文件"]),
        lambda: water.ask_extension(ref, days=1, reason="核对"),
        lambda: water.approve_request(ref),
    ):
        with pytest.raises(Conflict, match="is not shared") as caught:
            act()
        assert "bureau request refuse" in caught.value.hint
    refused, _ = water.refuse_request(ref, ground=RefusalGround.LAW_FORBIDS, reason="统计法")
    assert refused.state is RequestState.REFUSED


def test_whoever_closes_a_request_writes_whether_something_was_late(town, clock):
    ref = sent(town, asked(clock)).ref
    clock.advance(days=3)
    town.acting_as("requester.parks").withdraw_request(ref)
    told = facts(town, "request.withdrawn")
    assert (told["limit"], told["late"]) == ("receipt", True)
    [entry] = told["clocks"]
    assert (entry["limit"], entry["ended_on"]) == ("receipt", "2026-03-05")


class TestKeys:
    def test_the_same_call_under_the_same_key_happens_once(self, town, clock):
        parks = town.acting_as("requester.parks")
        first, receipt = parks.once("k-1").create_request(asked(clock), submitted=True)
        size = town.ledger_head().size
        with pytest.raises(AlreadyDone) as caught:
            parks.once("k-1").create_request(asked(clock), submitted=True)
        assert caught.value.subject == f"request:{first.ref}"
        assert caught.value.entries == receipt.entries
        assert (len(parks.list_requests()), town.ledger_head().size) == (1, size)

    def test_a_key_is_of_one_person_and_one_act(self, town, clock):
        parks = town.acting_as("requester.parks")
        parks.once("k-1", "new").create_request(asked(clock), submitted=True)
        with pytest.raises(Conflict, match="used for another act, on request:REQ-0001"):
            parks.once("k-1", "withdraw").withdraw_request("REQ-0001")
        town.acting_as("both.parks").once("k-1", "endorse").endorse_request("REQ-0001")

    def test_what_was_refused_leaves_its_key_free(self, town, clock):
        parks = town.acting_as("requester.parks")
        with pytest.raises(InvalidInput):
            parks.once("k-1").create_request(asked(clock, columns=("secret",)))
        parks.once("k-1").create_request(asked(clock))

    @pytest.mark.parametrize("key", ["", " ", "a\nb", "k" * 101])
    def test_what_is_no_key(self, town, key):
        with pytest.raises(InvalidInput, match="a key has 1 to 100"):
            town.once(key)

    def test_a_read_under_a_key_is_metered_and_happens_once(self, delivered, clock, tmp_path):
        ref = sent(delivered, asked(clock)).ref
        delivered.acting_as("approver.water").approve_request(ref)
        read(delivered.once("k-1"), tmp_path)
        with pytest.raises(AlreadyDone):
            read(delivered.once("k-1"), tmp_path)
        assert len(delivered.get_grant("GRT-0001")[1]) == 1


def test_nothing_is_asked_for_the_past(town, clock):
    parks = town.acting_as("requester.parks")
    with pytest.raises(InvalidInput, match="begins on 2026-03-01, before today"):
        parks.create_request(asked(clock, not_before=clock.now() - timedelta(days=1)))


def test_a_purpose_outside_the_vocabulary_is_refused(town, clock):
    earlier = town.acting_as("requester.parks").create_request(asked(clock, scenario="别的"))[0]
    home = town.settings.home
    (home / "profiles").mkdir()
    (home / "profiles" / "town.toml").write_text(
        'profile = "town"\nextends = "cn-national-809"\ntitle_zh = "本市"\ntitle_en = "Town"\n'
        '[settings.purposes]\nvalue = ["绿化灌溉", "节水监测"]\n',
        "utf-8",
    )
    settings = (home / "bureau.toml").read_text("utf-8").replace("cn-national-809", "town")
    (home / "bureau.toml").write_text(settings, "utf-8")
    parks = Bureau.open(home, actor="requester.parks", clock=clock)
    with pytest.raises(InvalidInput, match="none of the purposes") as caught:
        parks.create_request(asked(clock, scenario="别的"))
    assert caught.value.hint == "use one of: 绿化灌溉, 节水监测"
    with pytest.raises(Conflict, match=r"is draft, and cannot be granted any more .*none of the"):
        parks.submit_request(earlier.ref)
    assert parks.create_request(asked(clock, scenario="节水监测"))[0].terms.scenario == "节水监测"
