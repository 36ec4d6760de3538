"""Records of use: who adds and reads them, what is missing, and when they may go (Art. 29)."""

from datetime import date, timedelta

import pytest

from bureau import Bureau
from core.errors import Conflict, Denied, InvalidInput, NotFound
from sharing.disposal.model import Method
from sharing.model import FinishCause
from sharing.records.keeping import years_after
from sharing.records.model import RecordKind
from tests.bureau.test_sharing import granted, read


@pytest.fixture
def parks(delivered: Bureau):
    return delivered.acting_as("requester.parks")


@pytest.fixture
def used(delivered, clock, tmp_path):
    grant = granted(delivered, clock)
    read(delivered, tmp_path)
    return grant.ref


def facts(town: Bureau, kind):
    [entry] = town.ledger_log(limit=1, kind=kind)
    _, body, _ = town.ledger_entry(entry.index)
    return body.facts


def test_rule_21_the_five_kinds_are_recorded_and_what_is_missing_is_listed(delivered, used, parks):
    live = [kind for kind in RecordKind if kind is not RecordKind.DESTRUCTION]
    assert parks.records.list_by_grant(used).missing == tuple(live)
    for kind in live:
        parks.records.add(used, kind=kind, text=f"{kind.title_zh}：如实记录")
    page = parks.records.list_by_grant(used)
    assert ([one.kind for one in page.records], page.missing) == (live, ())
    told = facts(delivered, "record.added")
    assert (told["kind"], told["number"], told["sha256"]) == (
        "storage",
        4,
        page.records[3].sha256,
    )
    assert "如实记录" not in str(told)
    parks.disposals.finish(used, cause=FinishCause.MET, reason="done")
    assert parks.records.missing()[0].missing == (RecordKind.DESTRUCTION,)
    parks.disposals.dispose(used, how=Method.DELETED, proof="日志")
    assert parks.records.missing() == []


def test_what_was_never_used_misses_no_record(delivered, clock, parks):
    grant = granted(delivered, clock)
    assert parks.records.list_by_grant(grant.ref).missing == ()
    assert parks.records.missing() == []


@pytest.mark.parametrize(
    "person",
    ["requester.parks", "steward.parks", "steward.water", "authority.data", "auditor.audit"],
)
def test_rule_21_user_provider_authority_and_auditor_read_the_records(
    delivered, used, parks, person
):
    parks.records.add(used, kind=RecordKind.EFFECT, text="节水两成")
    page = delivered.acting_as(person).records.list_by_grant(used)
    assert [one.text for one in page.records] == ["节水两成"]


def test_rule_21_an_unrelated_departments_read_is_denied_and_logged(delivered, used):
    size = delivered.ledger_head().size
    stranger = delivered.acting_as("operator.data")
    with pytest.raises(Denied, match="may not be read") as caught:
        stranger.records.list_by_grant(used)
    assert "data neither uses the data nor provides it" in caught.value.reasons[0]
    assert delivered.ledger_head().size == size + 1
    told = facts(delivered, "record.denied")
    assert (told["department"], told["provider"], told["rules"]) == ("data", "water", ["reader"])
    assert stranger.records.missing() == []


@pytest.mark.parametrize("person", ["steward.parks", "approver.water", "authority.data"])
def test_only_a_requester_of_the_using_department_records_and_purges(delivered, used, person):
    other = delivered.acting_as(person).records
    with pytest.raises(Denied, match="may not keep the records"):
        other.add(used, kind=RecordKind.EFFECT, text="a")
    with pytest.raises(Denied, match="may not keep the records"):
        other.purge(used)


def test_a_record_says_something_of_a_grant_that_there_is(used, parks):
    with pytest.raises(InvalidInput, match="says nothing"):
        parks.records.add(used, kind=RecordKind.EFFECT, text=" \u200b ")
    with pytest.raises(InvalidInput, match="too long"):
        parks.records.add(used, kind=RecordKind.EFFECT, text="长" * 2001)
    with pytest.raises(NotFound, match="GRT-0099"):
        parks.records.add("GRT-0099", kind=RecordKind.EFFECT, text="a")


def test_rule_21_records_are_purged_after_three_years_and_not_a_day_before(
    delivered, used, parks, clock
):
    parks.records.add(used, kind=RecordKind.EFFECT, text="节水两成")
    parks.disposals.finish(used, cause=FinishCause.MET, reason="done")
    clock.advance(days=3 * 365)  # Thursday, 1 March 2029: 2028 had a 29 February
    with pytest.raises(Conflict, match="are kept 3 years") as caught:
        parks.records.purge(used)
    assert "from 2029-03-02 on" in caught.value.hint
    clock.advance(hours=14, minutes=59)
    with pytest.raises(Conflict, match="the newest is of 2026-03-02"):
        parks.records.purge(used)
    clock.advance(minutes=1)  # the first instant of 2 March in the city
    page, _ = parks.records.purge(used)
    [record] = page.records
    assert (record.text, record.purged_at, record.kind) == ("", clock.now(), RecordKind.EFFECT)
    assert facts(delivered, "record.purged")["records"] == [[1, "effect", record.sha256]]
    assert "节水两成" not in str(facts(delivered, "record.purged"))
    with pytest.raises(Conflict, match="has no records to purge"):
        parks.records.purge(used)
    again, _ = parks.records.add(used, kind=RecordKind.STORAGE, text="已清空")
    assert again.number == 2


def test_rule_21_records_of_a_live_grant_are_never_purged(delivered, clock, parks):
    end = clock.now() + timedelta(days=4 * 365)
    grant = granted(delivered, clock, not_after=end)
    parks.records.add(grant.ref, kind=RecordKind.SCENARIO, text="灌溉")
    clock.advance(days=4 * 365 - 1)
    with pytest.raises(Conflict, match="has not ended"):
        parks.records.purge(grant.ref)
    clock.advance(days=1)
    parks.records.purge(grant.ref)


def test_three_years_of_a_leap_day_end_on_the_first_of_march():
    assert years_after(date(2028, 2, 29), 3) == date(2031, 3, 1)
    assert years_after(date(2025, 2, 28), 3) == date(2028, 2, 28)
