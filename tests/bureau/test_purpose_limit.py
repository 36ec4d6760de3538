"""Rule 13: use stays within department, application, columns, purpose and period (Art. 25)."""

from datetime import timedelta

import pytest

from bureau import Bureau
from core.errors import Denied
from sharing.model import FinishCause
from sharing.policy import Rule
from tests.bureau.test_sharing import granted, read


def denied(bureau: Bureau, tmp_path, **changes):
    """The facts of the entry that a read leaves which nothing allows."""
    target = tmp_path / "beyond.csv"
    with pytest.raises(Denied):
        read(bureau, tmp_path, target=target, **changes)
    assert not target.exists()
    [entry] = bureau.ledger_log(limit=1)
    assert (entry.kind, entry.subject) == ("read.denied", "dataset:meters")
    _, body, _ = bureau.ledger_entry(entry.index)
    return body.facts


@pytest.mark.parametrize(
    ("changes", "rules"),
    [
        ({"application": "ponds"}, ["application"]),
        ({"purpose": "Selling water"}, ["purpose"]),
        ({"columns": ("meter", "keeper")}, ["columns"]),
        ({"columns": ("no-such-column",)}, ["columns"]),
        (
            {"application": "ponds", "purpose": "Selling", "columns": ("keeper",)},
            ["application", "columns", "purpose"],
        ),
    ],
)
def test_rule_13_use_beyond_a_grant_is_denied_and_its_entry_names_the_rules(
    delivered, clock, tmp_path, changes, rules
):
    grant = granted(delivered, clock)
    told = denied(delivered, tmp_path, **changes)
    assert told["rules"] == rules
    assert {tuple(one) for one in told["refused"]} == {(grant.ref, rule) for rule in rules}
    assert (told["department"], told["provider"], told["dataset"]) == ("parks", "water", "meters")


@pytest.mark.parametrize("how", ["period", "finished", "revoked", "suspended", "not begun"])
def test_rule_13_use_outside_the_time_of_a_grant_is_denied_by_its_state(
    delivered, clock, tmp_path, how
):
    begins = clock.now() + timedelta(days=how == "not begun")
    ref = granted(delivered, clock, not_before=begins).ref
    water, parks = delivered.acting_as("approver.water"), delivered.acting_as("requester.parks")
    match how:
        case "period":
            clock.advance(days=30)
        case "finished":
            parks.disposals.finish(ref, cause=FinishCause.NOT_NEEDED, reason="done")
        case "revoked":
            delivered.acting_as("authority.data").revoke_grant(ref, reason="misuse")
        case "suspended":
            water.suspend_grant(ref, reason="misuse")
    rule = {"period": "ended", "finished": "ended", "not begun": "scheduled"}.get(how, how)
    assert denied(delivered, tmp_path)["rules"] == [rule]
    assert rule in list(Rule)


@pytest.mark.parametrize(("actor", "rule"), [("steward.parks", "role"), ("both.water", "no_grant")])
def test_rule_13_nobody_else_uses_a_grant(delivered, clock, tmp_path, actor, rule):
    granted(delivered, clock)
    assert denied(delivered, tmp_path, actor=actor)["rules"] == [rule]


def test_each_grant_that_refused_is_named_with_its_rules(delivered, clock, tmp_path):
    granted(delivered, clock)
    other = granted(delivered, clock, application="ponds")
    delivered.acting_as("approver.water").suspend_grant(other.ref, reason="misuse")
    told = denied(delivered, tmp_path, application="ponds")
    assert told["refused"] == [["GRT-0001", "application"], ["GRT-0002", "suspended"]]


def test_what_is_read_may_be_less_than_what_is_granted(delivered, clock, tmp_path):
    granted(delivered, clock)
    result = read(delivered, tmp_path, columns=("litres",))
    assert result.columns == ("litres",)
    assert (tmp_path / "out.csv").read_text("utf-8").splitlines()[:2] == ["litres", "120"]
