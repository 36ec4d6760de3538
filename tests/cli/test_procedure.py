"""What the people of the sharing procedure are told: beforehand, while it stands still, what next."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta

import pytest

from tests.cli.test_sharing import PURPOSE, REQUEST, granted, read, send
from tests.town import FILES

__all__ = ["granted"]

PERSONAL = [*REQUEST[:9], "--columns", "meter,keeper", "--days", "30"]
TWO = f"""
application: lawns
legal_basis: 深圳经济特区绿化条例第一条
scenario: {PURPOSE}
items:
  - {{dataset: meters, columns: [meter]}}
  - {{dataset: ponds, columns: [meter, keeper]}}
days: 10
"""
NEW_DOSSIER = ("request", "new", "--from-file", "-", "--submit")


def records(program, *arguments):
    return list(csv.DictReader(io.StringIO(program.ok(*arguments, "--format", "csv").stdout)))


@pytest.fixture
def ponds(delivered, tmp_path):
    """The town with another dataset on the same contract."""
    path = tmp_path / "ponds.yaml"
    text = FILES["datasets.yaml"].replace("code: meters", "code: ponds")
    path.write_text(text.replace("公共水表读数", "池塘水表读数"), "utf-8")
    delivered.ok("dataset", "register", path, person="operator.data")
    return delivered


@pytest.fixture
def returned(delivered):
    """REQ-0001, of which the time to reply stands still."""
    send(delivered)
    delivered.ok("request", "receive", "REQ-0001", person="approver.water")
    back = ("request", "return", "REQ-0001", "--missing", "批准文件")
    delivered.ok(*back, person="approver.water")
    return delivered


class TestTwoApprovals:
    def test_whoever_asks_is_told_beforehand(self, delivered):
        asked = delivered.ok(*PERSONAL, person="requester.parks")
        assert "REQ-0001 takes two approvals, for personal columns keeper" in asked.stderr
        again = delivered.json(*PERSONAL, person="requester.parks")
        assert again["request"]["two_approvals"] == ["personal columns keeper"]
        assert delivered.json(*REQUEST, person="requester.parks")["request"]["two_approvals"] == []
        assert "two approvals" not in delivered.ok(*REQUEST, person="requester.parks").stderr

    def test_a_dossier_says_it_of_each_request(self, ponds):
        asked = ponds(*NEW_DOSSIER, "--json", person="requester.parks", stdin=TWO)
        requests = json.loads(asked.stdout)["requests"]
        assert [one["two_approvals"] for one in requests] == [[], ["personal columns keeper"]]
        assert "REQ-0002 takes two approvals" in asked.stderr
        assert "REQ-0001 takes" not in asked.stderr

    def test_it_is_shown_until_it_is_decided(self, delivered):
        delivered.ok(*PERSONAL, "--submit", person="requester.parks")
        delivered.ok("request", "endorse", "REQ-0001", person="both.parks")
        signed = delivered.ok("request", "receive", "REQ-0001", person="approver.water")
        assert "REQ-0001 takes two approvals" in signed.stderr
        show = ("request", "show", "REQ-0001")
        assert "须两人同意  personal columns keeper" in delivered.ok(*show).stdout
        delivered.ok("request", "approve", "REQ-0001", person="approver.water")
        assert delivered.json(*show)["two_approvals"] == ["personal columns keeper"]
        delivered.ok("request", "approve", "REQ-0001", person="authority.data")
        assert delivered.json(*show)["two_approvals"] == []

    def test_a_dataset_says_what_would_take_two(self, delivered, tmp_path):
        shown = delivered.json("dataset", "show", "meters")
        assert shown["two_approvals"] == ["personal columns keeper"]
        assert "须两人同意" in delivered.ok("dataset", "show", "meters").stdout
        for change, expected in (
            ("grade: important", ["important data", "personal columns keeper"]),
            ("grade: general\n    legal_basis: 法律《统计法》第二十五条：个人资料", []),
        ):
            text = FILES["datasets.yaml"].replace("grade: general", change)
            if not expected:
                text = text.replace("share_type: conditional", "share_type: not_shared")
                text = text.replace("use_conditions:", "#")
            path = tmp_path / "datasets.yaml"
            path.write_text(text, "utf-8")
            delivered.ok("apply", path, person="operator.data")
            assert delivered.json("dataset", "show", "meters")["two_approvals"] == expected


class TestDossiers:
    def test_a_key_given_again_answers_with_the_dossier_and_its_requests(self, ponds):
        call = (*NEW_DOSSIER, "--key", "k-1", "--json")
        first = json.loads(ponds.ok(*call, person="requester.parks", stdin=TWO).stdout)
        again = ponds.ok(*call, person="requester.parks", stdin=TWO)
        assert json.loads(again.stdout) == {
            "subject": "dossier:DOS-0001",
            "subjects": ["request:REQ-0001", "request:REQ-0002"],
            "changed": False,
            "ledger": first["ledger"],
        }
        assert "key: dossier:DOS-0001 (request:REQ-0001, request:REQ-0002) (ledger" in again.stderr
        for verb, person in (("endorse", "both.parks"), ("withdraw", "requester.parks")):
            act = ("request", verb, "dos-0001", "--key", f"k-{verb}", "--json")
            ponds.ok(*act, person=person)
            told = json.loads(ponds.ok(*act, person=person).stdout)
            assert told["subject"] == "dossier:DOS-0001"
            assert told["subjects"] == ["request:REQ-0001", "request:REQ-0002"]

    def test_an_act_on_one_request_says_what_a_dossier_is(self, ponds):
        ponds.ok(*NEW_DOSSIER, person="requester.parks", stdin=TWO)
        for act in (
            ("refuse", "DOS-0001", "--ground", "not_held", "--reason", "已核实"),
            ("receive", "dos-0001"),
            ("approve", "DOS-0001"),
            ("return", "DOS-0001", "--missing", "x"),
        ):
            result = ponds("request", *act, person="approver.water")
            assert result.exit_code == 2
            assert (
                "DOS-0001 is a dossier, not one request: it has REQ-0001 (meters, proposed), "
                in (result.stderr)
            )
            assert "submit, endorse, withdraw and show take the whole of it" in result.stderr
        none = ponds("request", "refuse", "DOS-0009", person="approver.water")
        assert none.exit_code == 3
        assert "there is no dossier 'DOS-0009'" in none.stderr

    def test_every_request_that_is_to_be_signed_for_is_named(self, ponds):
        ponds.ok(*NEW_DOSSIER, person="requester.parks", stdin=TWO)
        endorsed = ponds.ok("request", "endorse", "DOS-0001", person="both.parks")
        assert (
            "next: bureau request receive REQ-0001 (by an approver of the providing department;"
            in (endorsed.stderr)
        )
        assert "likewise REQ-0002" in endorsed.stderr


class TestDays:
    def test_nothing_overdue_is_no_missing_request(self, delivered):
        send(delivered)
        none = delivered.ok("request", "list", "--overdue")
        assert "no request has anything overdue today" in none.stderr
        inbox = delivered.ok("inbox", "--overdue", person="approver.water")
        assert "nothing that waits for you is overdue today" in inbox.stderr
        everybody = delivered.ok("inbox", "--all", "--overdue", person="approver.water")
        assert "nothing that waits for anybody is overdue today" in everybody.stderr
        drafts = delivered.ok("request", "list", "--state", "draft")
        assert "there is no such request" in drafts.stderr

    def test_what_stands_still_has_no_day_but_days_left(self, returned):
        today = datetime.now(UTC).astimezone().date()
        [task] = returned.json("inbox", person="approver.water")
        assert (task["state"], task["days_left"]) == ("paused", 10)
        assert task["due_on"] > task["paused_since"]
        told = f"paused since {task['paused_since']}; 10 working days left"
        assert abs((today - datetime.fromisoformat(task["paused_since"]).date()).days) <= 1
        for seen in (("inbox",), ("request", "show", "REQ-0001")):
            text = returned.ok(*seen, person="approver.water").stdout
            [line] = [line for line in text.splitlines() if "paused since" in line]
            assert told in line
            assert task["due_on"] not in line
        [record] = records(returned, "inbox", "--all")[1:]
        assert (record["due_on"], record["days_left"], record["state"]) == ("", "10", "paused")

    def test_what_stands_still_comes_after_what_is_due(self, returned):
        tasks = returned.json("inbox", "--all")
        assert [task["limit"] for task in tasks] == ["supplement", "reply_conditional"]

    def test_lists_and_single_requests_have_their_day_in_csv(self, returned):
        returned.ok(*REQUEST, person="requester.parks")
        [listed, draft] = records(returned, "request", "list")
        assert (listed["limit"], listed["due_state"]) == ("supplement", "running")
        assert listed["due_on"]
        assert (draft["limit"], draft["due_on"]) == ("", "")
        [shown] = records(returned, "request", "show", "REQ-0001")
        assert (shown["limit"], shown["due_on"]) == ("supplement", listed["due_on"])
        whole = {one["ref"]: one["next_due"] for one in returned.json("request", "list")}
        assert whole["REQ-0001"]["due_on"] == listed["due_on"]
        assert whole["REQ-0002"] is None
        returned.ok(
            *("request", "supplement", "REQ-0001", "--answer", "已补齐"), person="requester.parks"
        )
        [shown] = records(returned, "request", "show", "REQ-0001")
        assert (shown["limit"], shown["due_state"]) == ("reply_conditional", "running")

    def test_a_grant_shows_its_clocks_and_those_of_its_suspensions(self, granted):
        suspend = ("grant", "suspend", "GRT-0001", "--reason", "检查")
        granted.ok(*suspend, person="approver.water")
        shown = granted.json("grant", "show", "GRT-0001")
        assert [clock["subject"] for clock in shown["clocks"]] == ["grant:GRT-0001#1"]
        assert "Clocks 时限" in granted.ok("grant", "show", "GRT-0001").stdout
        [record] = records(granted, "grant", "show", "GRT-0001")
        assert (record["limit"], record["due_on"]) == (
            "rectification",
            shown["clocks"][0]["due_on"],
        )


class TestNext:
    def test_each_step_names_the_next_and_whose_it_is(self, granted, tmp_path):
        offered = read(granted, tmp_path / "a.csv")
        assert "next: bureau grant accept GRT-0001" in offered.stderr
        accepted = granted.ok("grant", "accept", "GRT-0001", person="requester.parks")
        record = "next: bureau usage record GRT-0001 --kind KIND --text TEXT"
        assert record in accepted.stderr
        assert record in read(granted, tmp_path / "b.csv").stderr
        granted.ok("grant", "suspend", "GRT-0001", "--reason", "检查", person="approver.water")
        granted.ok("grant", "rectify", "GRT-0001", "--report", "已核实", person="requester.parks")
        resume = ("grant", "resume", "GRT-0001", "--reason", "整改完毕")
        resumed = granted.ok(*resume, person="approver.water")
        assert "next: bureau read meters --to FILE (by a requester of parks)" in resumed.stderr
        revoke = ("grant", "revoke", "GRT-0001", "--reason", "检查")
        revoked = granted.ok(*revoke, person="authority.data")
        assert "next: bureau grant disposal GRT-0001" in revoked.stderr

    def test_agreeing_to_data_that_is_there_leads_to_reading_it(self, delivered):
        send(delivered)
        agreed = delivered.ok("request", "approve", "REQ-0001", person="approver.water")
        assert (
            "next: bureau read meters --to FILE, then bureau grant accept GRT-0001"
            " (by a requester of parks)" in agreed.stderr
        )
        accepted = delivered.ok("grant", "accept", "GRT-0001", person="requester.parks")
        assert "next: bureau read meters --to FILE" in accepted.stderr

    def test_where_nothing_may_be_read_the_way_gone_so_far_is_named(self, delivered, tmp_path):
        def told():
            target = ("--to", tmp_path / "a.csv")
            return delivered("read", "meters", *target, person="requester.parks").stderr

        assert "fix: ask for it: bureau request new meters (by a requester of parks)" in told()
        send(delivered)
        assert "fix: REQ-0001 is submitted: bureau request show REQ-0001" in told()
        delivered.ok("request", "approve", "REQ-0001", person="approver.water")
        delivered.ok("grant", "suspend", "GRT-0001", "--reason", "检查", person="approver.water")
        assert "fix: GRT-0001 is suspended: bureau grant show GRT-0001" in told()

    def test_who_ends_the_use_is_told_of_records_that_are_missing(self, granted, tmp_path):
        read(granted, tmp_path / "a.csv")
        granted.ok(
            "usage",
            "record",
            "GRT-0001",
            "--kind",
            "scenario",
            "--text",
            "浇水",
            person="requester.parks",
        )
        finish = ("grant", "finish", "GRT-0001", "--because", "met", "--reason", "已完成")
        finished = granted.ok(*finish, person="requester.parks")
        assert (
            "records of use are missing (Art. 29): process, effect, storage; add them: bureau usage"
            " record GRT-0001" in finished.stderr
        )

    @pytest.mark.parametrize("verb", ["consent", "decline"])
    def test_more_time_given_or_not_leads_to_the_reply(self, delivered, verb):
        send(delivered)
        extend = ("request", "extend", "REQ-0001", "--days", "5", "--reason", "核对")
        delivered.ok(*extend, person="approver.water")
        reason = ("--reason", "理由不足") if verb == "decline" else ()
        answered = delivered.ok("request", verb, "REQ-0001", *reason, person="authority.data")
        assert (
            "next: bureau request approve REQ-0001 (by an approver of the providing department)"
            in answered.stderr
        )

    def test_a_refusal_leads_to_a_dispute_that_can_be_raised(self, delivered):
        send(delivered)
        refuse = ("request", "refuse", "REQ-0001", "--ground", "exceeds_need", "--reason", "超出")
        refused = delivered.ok(*refuse, person="approver.water")
        assert "next: bureau dispute raise request:REQ-0001 --grounds TEXT" in refused.stderr
        raise_it = ("dispute", "raise", "request:REQ-0001", "--grounds", "必需")
        delivered.ok(*raise_it, person="requester.parks")


class TestDelegations:
    def make(self, program, to, person):
        until = (datetime.now(UTC) + timedelta(days=30)).date().isoformat()
        call = ("delegation", "make", to, "--until", until, "--reason", "休假", "--json")
        made = program.ok(*call, person=person)
        return json.loads(made.stdout)["not_for"], made.stderr

    def test_one_to_the_other_party_says_what_it_is_good_for(self, delivered):
        not_for, said = self.make(delivered, "both.parks", "approver.water")
        assert not_for == "parks"
        assert (
            "both.parks is of parks: for water they decide where another department is the other"
            " party, never on what parks asks of water or water asks of parks" in said
        )

    def test_one_inside_the_department_needs_no_warning(self, delivered):
        not_for, said = self.make(delivered, "steward.water", "approver.water")
        assert not_for is None
        assert "never on what" not in said


class TestLedgerEntry:
    def test_its_clocks_are_a_table_and_no_name_stands_twice(self, granted):
        granted.ok("grant", "suspend", "GRT-0001", "--reason", "检查", person="approver.water")
        [entry] = granted.json("ledger", "log", "--kind", "grant.suspended")
        shown = granted.ok("ledger", "show", entry["index"]).stdout
        assert "Clocks after it 时限" in shown
        assert "subject: grant:GRT-0001#1" not in shown
        names = [line.split("  ")[0] for line in shown.split("\n\n")[0].splitlines()]
        assert len(names) == len(set(names))
        assert {"for department 经办部门", "concerns department 相关部门"} <= set(names)
        [issued] = granted.json("ledger", "log", "--kind", "grant.issued")
        terms = granted.ok("ledger", "show", issued["index"]).stdout
        assert "terms.application" in terms
        [record] = records(granted, "ledger", "show", entry["index"])
        assert (record["actor_department"], record["department"]) == ("water", "parks")
        told = granted.json("ledger", "show", entry["index"])
        assert told["body"]["facts"]["clocks"][0]["subject"] == "grant:GRT-0001#1"

    def test_whoever_is_stood_in_for_is_named(self, delivered):
        send(delivered)
        TestDelegations().make(delivered, "steward.water", "approver.water")
        receive = ("request", "receive", "REQ-0001", "--for", "approver.water")
        delivered.ok(*receive, person="steward.water")
        [entry] = delivered.json("ledger", "log", "--kind", "request.received")
        [record] = records(delivered, "ledger", "show", entry["index"])
        assert (record["person"], record["acting_for_person"]) == (
            "steward.water",
            "approver.water",
        )
        assert record["acting_for"] == entry["body"]["facts"]["acting_for"]

    def test_a_delegation_names_both_people(self, delivered):
        TestDelegations().make(delivered, "steward.water", "approver.water")
        delivered.ok("delegation", "withdraw", "DLG-0001", person="authority.data")
        for kind, person in (("made", "approver.water"), ("withdrawn", "authority.data")):
            [entry] = delivered.json("ledger", "log", "--kind", f"delegation.{kind}")
            [record] = records(delivered, "ledger", "show", entry["index"])
            assert (record["person"], record["delegator_person"], record["delegate_person"]) == (
                person,
                "approver.water",
                "steward.water",
            )
            facts = entry["body"]["facts"]
            assert (record["delegator"], record["delegate"]) == (
                facts["delegator"],
                facts["delegate"],
            )
            assert facts["delegate"] != "steward.water"
            assert "to 代理人" in delivered.ok("ledger", "show", entry["index"]).stdout
