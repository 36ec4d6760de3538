"""A live service changes after consultation and filing alone (Art. 27)."""

import pytest

from bureau import Bureau
from catalog.predicate import Comparison, Operator
from core.errors import Conflict, Denied, InvalidInput, NotFound
from tests.bureau.test_disposing import facts
from tests.bureau.test_sharing import asked, granted, sent
from tests.town import FILES


@pytest.fixture
def steward(delivered: Bureau):
    return delivered.acting_as("steward.water")


@pytest.fixture
def parks(delivered: Bureau):
    return delivered.acting_as("requester.parks")


@pytest.fixture
def authority(delivered: Bureau):
    return delivered.acting_as("authority.data")


@pytest.fixture
def publish(delivered, tmp_path):
    """Publish version 2.0.0 of the contract with one text for another, as whom is named."""

    def publish(old, new, person="steward.water", version="2.0.0"):
        text = FILES["contract.yaml"].replace("version: 1.0.0", f"version: {version}")
        assert old in text
        path = tmp_path / "contract.yaml"
        path.write_text(text.replace(old, new), "utf-8")
        return delivered.acting_as(person).publish_contract(path)

    return publish


@pytest.fixture
def apply(delivered, tmp_path):
    """Change the dataset with one text for another, as the data bureau's operator."""

    def apply(old, new):
        path = tmp_path / "datasets.yaml"
        assert old in FILES["datasets.yaml"]
        path.write_text(FILES["datasets.yaml"].replace(old, new), "utf-8")
        return delivered.acting_as("operator.data").apply(path)

    return apply


RENAMED = ("name: litres", "name: volume")
BREAKING = [
    (RENAMED, "litres is gone"),
    (("logicalType: integer", "logicalType: number"), "litres becomes number"),
    (("maximum: 100000", "maximum: 10"), "litres has another maximum: 10"),
]
CLOSING = [
    (
        ("contract: meters\n", "contract: meters\n    status: withdrawn\n"),
        "meters becomes withdrawn",
    ),
    (
        (
            "share_type: conditional",
            "share_type: not_shared\n    legal_basis: 法律《某某法》第一条：涉及个人",
        ),
        "meters is not shared any more",
    ),
    (("share_mode: file", "share_mode: exchange"), "meters is shared by exchange, not file"),
    (("    contract: meters\n", "    items: [水表]\n"), "meter is promised no more"),
]


THIRD = {
    "Department": ['{code: roads, name_zh: 道路局, division: "4403"}'],
    "Person": [
        "{code: requester.roads, name: 癸, department: roads, roles: [requester]}",
        "{code: approver.roads, name: 子, department: roads, roles: [approver]}",
    ],
    "Application": ["{code: gritting, name_zh: 洒水, department: roads}"],
}
"""A third department, which may ask for data."""


def filed(steward, parks, authority):
    change, _ = steward.changes.begin("meters", reason="水量字段改为体积")
    parks.changes.answer(change.ref, text="同意，需两周适配")
    return authority.changes.file(change.ref, number="深数备〔2026〕3 号")[0]


@pytest.mark.parametrize("person", ["steward.water", "operator.data", "authority.data"])
@pytest.mark.parametrize(("change", "why"), BREAKING)
def test_rule_19_a_contract_that_breaks_a_live_grant_is_refused_whoever_publishes_it(
    delivered, clock, publish, person, change, why
):
    grant = granted(delivered, clock)
    size = delivered.ledger_head().size
    with pytest.raises(Conflict, match=f"{grant.ref} of parks .*{why}") as caught:
        publish(*change, person=person)
    assert "bureau change new meters --reason TEXT" in caught.value.hint
    assert delivered.ledger_head().size == size


@pytest.mark.parametrize(("change", "why"), CLOSING)
def test_rule_19_an_entry_that_ends_or_changes_the_service_is_refused(
    delivered, clock, apply, change, why
):
    granted(delivered, clock)
    with pytest.raises(Conflict, match=why):
        apply(*change)


@pytest.mark.parametrize("change", [one for one, _ in BREAKING])
def test_without_a_live_grant_a_contract_changes_freely(delivered, clock, publish, change):
    grant = granted(delivered, clock)
    delivered.acting_as("authority.data").revoke_grant(grant.ref, reason="over")
    publish(*change)


@pytest.mark.parametrize(
    "change",
    [
        ("name: keeper", "name: reader"),
        ("maximum: 100000", "maximum: 200000"),
        (
            "      - name: keeper",
            "      - name: note\n        logicalType: string\n      - name: keeper",
        ),
    ],
)
def test_what_no_grant_names_and_what_widens_changes_freely(delivered, clock, publish, change):
    granted(delivered, clock)
    publish(*change)


def test_a_column_that_rows_are_chosen_by_is_relied_on_too(delivered, clock, publish):
    rows = Comparison("day", Operator.GE, ("2026-03-02",))
    granted(delivered, clock, columns=("meter",), rows=rows)
    with pytest.raises(Conflict, match="day is gone"):
        publish("- name: day", "- name: date")


@pytest.mark.parametrize("how", ["contract", "entry"])
def test_rule_19_after_consultation_and_filing_the_change_is_made_under_its_number(
    delivered, clock, steward, parks, authority, publish, apply, how
):
    grant = granted(delivered, clock)
    change, _ = steward.changes.begin("meters", reason="水量字段改为体积")
    assert [task.todo for task in parks.inbox()] == [
        f"bureau change answer {change.ref} --text TEXT"
    ]
    with pytest.raises(Conflict) as caught:
        publish(*RENAMED)
    assert caught.value.hint == f"{change.ref} is not filed yet: bureau change show {change.ref}"
    with pytest.raises(Conflict, match="parks did not answer"):
        authority.changes.file(change.ref, number="深数备〔2026〕3 号")
    parks.changes.answer(change.ref, text="同意，需两周适配")
    assert parks.inbox() == []
    assert [task.limit for task in authority.inbox()] == ["change_filing"]
    with pytest.raises(InvalidInput, match="has a number"):
        authority.changes.file(change.ref, number=" ")
    authority.changes.file(change.ref, number="深数备〔2026〕3 号")
    assert authority.inbox() == []
    if how == "contract":
        publish(*RENAMED)
    else:
        apply(*CLOSING[0][0])
    told = facts(delivered, "change.made")
    assert (told["filing"], told["departments"]) == ("深数备〔2026〕3 号", ["parks"])
    assert told["broken"][0][0] == grant.ref
    assert delivered.changes.get(change.ref).state == "made"
    assert delivered.verify_ledger().faults == ()


def test_a_filing_is_for_one_act(delivered, clock, steward, parks, authority, publish, apply):
    granted(delivered, clock)
    filed(steward, parks, authority)
    publish(*RENAMED)
    clock.advance(seconds=1)
    with pytest.raises(Conflict, match="becomes withdrawn"):
        apply(*CLOSING[0][0])


def test_a_filing_covers_those_who_were_consulted(
    delivered, clock, steward, parks, authority, publish, tmp_path
):
    granted(delivered, clock)
    filed(steward, parks, authority)
    folder = tmp_path / "third"
    folder.mkdir()
    for kind, items in THIRD.items():
        text = f"kind: {kind}\nitems:\n" + "".join(f"  - {item}\n" for item in items)
        (folder / f"{kind}.yaml").write_text(text, "utf-8")
    delivered.acting_as("operator.data").apply(folder)
    granted_to_roads(delivered, clock)
    with pytest.raises(Conflict, match="GRT-0002 of roads"):
        publish(*RENAMED)


def granted_to_roads(delivered, clock):
    from tests.bureau.test_sharing import asked

    roads = delivered.acting_as("requester.roads")
    request, _ = roads.create_request(asked(clock, application="gritting"), submitted=True)
    if request.submitted_at is None:
        delivered.acting_as("approver.roads").endorse_request(request.ref)
    delivered.acting_as("approver.water").approve_request(request.ref)


def test_the_authority_may_say_why_it_does_not_wait(
    delivered, clock, steward, parks, authority, publish
):
    granted(delivered, clock)
    change, _ = steward.changes.begin("meters", reason="停用传感器")
    change, _ = authority.changes.file(change.ref, number="3", reason="征询已满一个月")
    assert (change.unheard, change.silent) == ("征询已满一个月", ("parks",))
    with pytest.raises(Conflict, match="is filed: it cannot be answered"):
        parks.changes.answer(change.ref, text="等等")
    publish(*RENAMED)


def test_nobody_agrees_to_a_column_that_is_gone_since_it_was_asked_for(delivered, clock, publish):
    request = sent(delivered, asked(clock))
    publish(*RENAMED)
    water = delivered.acting_as("approver.water")
    with pytest.raises(Conflict, match=r"promises litres no more \(\S+ 2.0.0\)"):
        water.approve_request(request.ref)
    grant, _ = water.approve_request(request.ref, columns=["meter", "day"])
    assert grant.terms.columns == ("meter", "day")


def test_rule_19_a_provider_revokes_what_it_consulted_on_and_filed(
    delivered, clock, steward, parks, authority
):
    grant = granted(delivered, clock)
    head = delivered.acting_as("approver.water")
    with pytest.raises(Conflict, match="does not end a service on its own"):
        head.revoke_grant(grant.ref, reason="停")
    change, _ = steward.changes.begin("meters", reason="停用")
    parks.changes.answer(change.ref, text="同意")
    with pytest.raises(Conflict, match="does not end a service on its own"):
        head.revoke_grant(grant.ref, reason="停")
    authority.changes.file(change.ref, number="5")
    assert head.revoke_grant(grant.ref, reason="停")[0].revoke_reason == "停"


def test_whoever_relies_on_it_no_more_need_not_answer(delivered, clock, steward, authority, apply):
    grant = granted(delivered, clock)
    change, _ = steward.changes.begin("meters", reason="停用")
    delivered.acting_as("authority.data").revoke_grant(grant.ref, reason="over")
    assert [task.limit for task in authority.inbox()] == ["change_filing"]
    authority.changes.file(change.ref, number="4")
    apply(*CLOSING[0][0])
    assert delivered.changes.get(change.ref).state == "filed"


def test_a_change_that_is_dropped_waits_for_nobody(delivered, clock, steward, parks, authority):
    granted(delivered, clock)
    change, _ = steward.changes.begin("meters", reason="停用")
    with pytest.raises(Conflict, match="is a change of meters already, and consulting"):
        steward.changes.begin("meters", reason="再来")
    with pytest.raises(Denied, match="may not drop change CHG-0001, which is consulting"):
        parks.changes.drop(change.ref)
    dropped, _ = steward.changes.drop(change.ref)
    assert (dropped.state, parks.inbox(), authority.inbox()) == ("dropped", [], [])
    with pytest.raises(Conflict, match="is dropped: it cannot be filed"):
        authority.changes.file(change.ref, number="5")
    with pytest.raises(Conflict, match="is dropped already"):
        steward.changes.drop(change.ref)
    again, _ = steward.changes.begin("meters", reason="再来")
    assert [one.ref for one in delivered.changes.list_all()] == [change.ref, again.ref]


def test_each_act_of_a_change_is_somebodys(delivered, clock, steward, parks):
    with pytest.raises(Conflict, match="no live grant relies on meters"):
        steward.changes.begin("meters", reason="停用")
    granted(delivered, clock)
    for person in ("requester.parks", "authority.data", "operator.data", "both.parks"):
        with pytest.raises(Denied, match="may not change"):
            delivered.acting_as(person).changes.begin("meters", reason="停用")
    with pytest.raises(InvalidInput, match="a change needs a reason"):
        steward.changes.begin("meters", reason=" ")
    change, _ = steward.changes.begin("meters", reason="停用")
    for person in ("steward.parks", "both.water", "authority.data"):
        with pytest.raises(Denied, match="may not answer change CHG-0001, which is consulting"):
            delivered.acting_as(person).changes.answer(change.ref, text="好")
    with pytest.raises(InvalidInput, match="says nothing"):
        parks.changes.answer(change.ref, text="")
    parks.changes.answer(change.ref, text="好")
    with pytest.raises(Conflict, match="parks answered CHG-0001 already"):
        parks.changes.answer(change.ref, text="再说")
    for person in ("steward.water", "approver.water", "operator.data"):
        with pytest.raises(Denied, match="may not file"):
            delivered.acting_as(person).changes.file(change.ref, number="1")
    with pytest.raises(NotFound):
        delivered.changes.get("CHG-0009")
    with pytest.raises(NotFound):
        delivered.changes.list_all(dataset="nothing")
