"""Credentials of machines: who gets one, what it replaces, and that no token is kept."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest

from core.errors import Conflict, Denied, InvalidInput, NotFound
from sharing.credentials.model import CredentialState
from sharing.credentials.token import is_token, new_token, token_hash
from tests.bureau.test_sharing import granted


@pytest.fixture
def shared(delivered, clock):
    granted(delivered, clock)
    return delivered


@pytest.fixture
def parks(shared):
    return shared.acting_as("requester.parks").credentials


def test_a_token_is_told_once_and_kept_nowhere(shared, parks):
    issued = parks.issue("grt-1")
    assert issued.credential.ref == "CRD-0001"
    assert issued.credential.expires_at == issued.grant.terms.not_after
    assert issued.credential.terms_hash == issued.grant.terms_hash
    for path in shared.settings.home.rglob("*"):
        if path.is_file():
            assert issued.token.encode() not in path.read_bytes()
    key = shared.settings.home / "keys" / "secret"
    assert key.stat().st_mode & 0o777 == 0o600
    [entry] = [one for one in shared.ledger_log(limit=9) if one.kind == "credential.issued"]
    facts = json.loads(entry.body)["facts"]
    assert facts["terms_hash"] == issued.grant.terms_hash
    assert facts["grant"] == "GRT-0001"
    assert issued.credential.token_hash not in json.dumps(facts)


def test_a_new_one_ends_the_others_after_a_while_and_never_later_than_before(shared, parks, clock):
    first = parks.issue("GRT-0001", days=2).credential
    second = parks.issue("GRT-0001", overlap_hours=1)
    assert [one.ref for one in second.replaced] == ["CRD-0001"]
    assert second.replaced[0].expires_at == clock.now() + timedelta(hours=1)
    third = parks.issue("GRT-0001", overlap_hours=48)
    assert [one.ref for one in third.replaced] == ["CRD-0002"]
    kept = {one.ref: one for one in parks.list(grant="GRT-0001")}
    assert kept["CRD-0001"].expires_at < first.expires_at
    clock.advance(hours=1)
    states = [one.state_at(clock.now()) for one in parks.list()]
    assert states == [CredentialState.EXPIRED, CredentialState.ACTIVE, CredentialState.ACTIVE]
    assert shared.verify_ledger().ok


@pytest.mark.parametrize("person", ["both.parks", "requester.parks"])
def test_the_department_that_uses_the_data_gets_it(shared, person):
    assert shared.acting_as(person).credentials.issue("GRT-0001").token


@pytest.mark.parametrize(
    "person", ["approver.water", "authority.data", "operator.data", "auditor.audit"]
)
def test_nobody_else_gets_a_token(shared, person):
    with pytest.raises(
        Denied, match="may not read under grant GRT-0001, which is active"
    ) as caught:
        shared.acting_as(person).credentials.issue("GRT-0001")
    assert "a requester of parks" in caught.value.hint
    assert shared.credentials.list() == []


@pytest.mark.parametrize(
    ("options", "error", "said"),
    [
        ({"overlap_hours": -1}, InvalidInput, "an overlap of -1 hours"),
        ({"overlap_hours": 337}, InvalidInput, "an overlap of 337 hours"),
        ({"days": 0}, InvalidInput, "0 days are no time"),
    ],
)
def test_times_that_are_none(parks, options, error, said):
    with pytest.raises(error, match=said):
        parks.issue("GRT-0001", **options)
    assert parks.list() == []


def test_a_grant_that_is_over_gives_no_credential(shared, parks):
    shared.acting_as("authority.data").revoke_grant("GRT-0001", reason="不再需要")
    with pytest.raises(Conflict, match=r"grant GRT-0001 is revoked: .*Art. 25"):
        parks.issue("GRT-0001")
    with pytest.raises(NotFound):
        parks.issue("GRT-0099")


@pytest.mark.parametrize("person", ["requester.parks", "approver.water", "authority.data"])
def test_either_side_and_the_authority_end_one(shared, parks, clock, person):
    parks.issue("GRT-0001")
    acting = shared.acting_as(person).credentials
    revoked, _ = acting.revoke("crd-1", reason="令牌泄露")
    assert (revoked.state_at(clock.now()), revoked.revoked_by) == ("revoked", person)
    with pytest.raises(Conflict, match="CRD-0001 is revoked"):
        acting.revoke("CRD-0001", reason="再来")


def test_others_may_not_and_a_reason_is_needed(shared, parks):
    parks.issue("GRT-0001")
    with pytest.raises(Denied, match="which is active"):
        shared.acting_as("steward.water").credentials.revoke("CRD-0001", reason="已核实")
    with pytest.raises(InvalidInput, match="reason"):
        parks.revoke("CRD-0001", reason=" ")
    with pytest.raises(NotFound, match="credential"):
        parks.revoke("CRD-0009", reason="泄露")


def test_a_token_carries_a_mark_and_a_check():
    tokens = {new_token() for _ in range(100)}
    assert len(tokens) == 100
    for token in tokens:
        assert re.fullmatch(r"dbu_[0-9A-Za-z]{49}", token)
        assert is_token(token)
        assert not is_token(token[:-1] + ("0" if token[-1] != "0" else "1"))
        assert not is_token(token[:10] + ("0" if token[10] != "0" else "1") + token[11:])
    for text in ("", "dbu_", token[4:], token + "0", token[:-1] + "é", token.upper()):
        assert not is_token(text)
    assert token_hash(token, b"a") != token_hash(token, b"b")
