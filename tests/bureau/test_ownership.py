"""Nobody changes what is another department's: neither its datasets nor the contracts they keep."""

import pytest

from bureau import Bureau
from core.errors import Denied
from tests.town import FILES

PARKS = "provider: parks"


@pytest.fixture
def write(tmp_path):
    def written(name, text):
        path = tmp_path / name
        path.write_text(text, "utf-8")
        return path

    return written


def raised(version="2.0.0"):
    return FILES["contract.yaml"].replace("version: 1.0.0", f"version: {version}")


def test_a_steward_does_not_take_over_a_dataset(town: Bureau, write):
    stolen = write("stolen.yaml", FILES["datasets.yaml"].replace("provider: water", PARKS))
    size = town.ledger_head().size
    for person in ("steward.parks", "steward.water"):
        with pytest.raises(Denied, match="may not register a dataset"):
            town.acting_as(person).apply(stolen)
    assert town.ledger_head().size == size
    assert town.dataset_page("meters").dataset.provider == "water"
    town.acting_as("operator.data").apply(stolen)
    assert town.dataset_page("meters").dataset.provider == "parks"


def test_a_steward_does_not_change_another_departments_dataset(town: Bureau, write):
    changed = write("changed.yaml", FILES["datasets.yaml"].replace("每日水表读数", "读数"))
    with pytest.raises(Denied) as caught:
        town.acting_as("steward.parks").apply(changed)
    assert "it takes steward of water" in caught.value.reasons[0]
    town.acting_as("steward.water").apply(changed)


def test_a_contract_is_published_by_those_whose_deliveries_it_binds(town: Bureau, write):
    newer = write("contract.yaml", raised())
    for act in ("publish_contract", "apply"):
        with pytest.raises(Denied, match="may not publish a contract"):
            getattr(town.acting_as("steward.parks"), act)(newer)
    town.acting_as("steward.water").publish_contract(newer)
    town.acting_as("authority.data").publish_contract(write("next.yaml", raised("3.0.0")))


def test_a_contract_is_of_whoever_published_it_first(town: Bureau, write):
    mine = raised("1.0.0").replace("id: meters", "id: lawns")
    town.acting_as("steward.parks").publish_contract(write("lawns.yaml", mine))
    other = write("other.yaml", mine.replace("version: 1.0.0", "version: 1.1.0"))
    with pytest.raises(Denied, match="may not publish a contract"):
        town.acting_as("steward.water").publish_contract(other)
    town.acting_as("steward.parks").publish_contract(other)


def test_nobody_joins_a_contract_that_others_share(town: Bureau, write):
    """Whoever shares a contract has a say in its versions, and could block the others' next one."""
    text = FILES["datasets.yaml"].replace("code: meters", "code: wells")
    joined = write("wells.yaml", text.replace("provider: water", PARKS).replace("水表", "水井"))
    with pytest.raises(Denied, match="may not publish a contract"):
        town.acting_as("steward.parks").apply(joined)
    town.acting_as("operator.data").apply(joined)


def test_after_a_move_the_new_department_may_end_the_old_grants(town: Bureau, write, clock):
    from tests.bureau.test_sharing import granted

    grant = granted(town, clock)
    moved = FILES["datasets.yaml"].replace("provider: water", "provider: data")
    town.acting_as("operator.data").apply(write("moved.yaml", moved))
    people = (
        FILES["people.yaml"]
        + "  - {code: approver.data, name: 癸, department: data, roles: [approver]}\n"
    )
    town.acting_as("operator.data").apply(write("people.yaml", people))
    head = town.acting_as("approver.data")
    head.suspend_grant(grant.ref, reason="moved")
    town.acting_as("requester.parks").rectify_grant(grant.ref, report="已核实")
    revoked, _ = head.revoke_grant(grant.ref, reason="moved")
    assert revoked.revoked_by == "approver.data"
