"""The list of liability events of a workspace, from what was done in it."""

from datetime import timedelta

import pytest

from core.errors import Denied, NotFound
from sharing.liability.model import Code, Ground, Kind
from tests.bureau.test_sharing import asked, granted, read, sent


def test_rule_26_what_happened_is_listed_with_its_department_and_entry(delivered, clock, tmp_path):
    granted(delivered, clock)
    with pytest.raises(Denied):
        read(delivered, tmp_path, purpose="别的用途")
    ref = sent(delivered, asked(clock)).ref
    clock.advance(days=9)
    report = delivered.liability.report()
    late, denied = report.events
    assert (late.code, late.department, late.open) == (Code.P4, "water", True)
    assert (late.subject, late.kind) == (f"request:{ref}", Kind.BREACH)
    assert late.basis.ground is Ground.POLICY, "to sign for it by a day is a setting"
    assert (denied.code, denied.department, denied.open) == (Code.R2, "parks", False)
    assert (denied.kind, denied.basis.ground) == (Kind.ATTEMPT, Ground.LAW)
    assert delivered.ledger_entry(denied.entries[0])[1].kind == "read.denied"
    assert delivered.liability.report(department="water").events == [late]
    with pytest.raises(NotFound):
        delivered.liability.report(department="nobody")


def test_rule_26_an_empty_list_says_what_was_looked_at(delivered):
    report = delivered.liability.report(department="audit")
    newest = delivered.ledger_log(limit=1)[0]
    looked = report.looked_at
    assert (report.events, looked.department) == ([], "audit")
    assert (looked.entries, looked.last_at) == (newest.index + 1, newest.recorded_at)
    assert looked.until == delivered.today()


def test_rule_26_nobody_reviews_a_grant_and_the_provider_answers_for_it(delivered, clock):
    grant = granted(delivered, clock, not_after=clock.now() + timedelta(days=300))
    clock.advance(days=200)
    [event] = delivered.liability.report().events
    assert (event.code, event.department, event.open) == (Code.P9, "water", True)
    assert (event.subject, event.basis.ground) == (f"grant:{grant.ref}", Ground.POLICY)
    delivered.acting_as("approver.water").reviews.keep(grant.ref, reason="仍需使用")
    [event] = delivered.liability.report().events
    assert event.open is False
    assert delivered.ledger_entry(event.entries[0])[1].kind == "grant.reviewed"
