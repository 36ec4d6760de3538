from pathlib import Path

import pytest

from bureau import Bureau, ImportDefaults, ImportFormat
from bureau.planning import Change
from catalog.model import Dataset, Department, Duty, Person
from core.errors import Conflict, Denied, DocumentInvalid, InvalidInput, NotFound
from tests.town import FILES, write_registry

GAUGES = FILES["datasets.yaml"].replace("code: meters", "code: gauges") + "    status: draft\n"
"""A new entry, which a steward may register as a draft."""


def changes(steps):
    return {change: sum(step.change is change for step in steps) for change in Change}


def test_a_folder_is_registered_with_an_entry_for_each_thing(empty, registry):
    applied = empty.apply(registry)
    assert applied.count(Change.ADDED) == 22
    # One entry a thing and one for the duties that the rules expand to.
    assert applied.receipt.entries == tuple(range(23))
    assert [duty.code for duty in empty.list_items(Duty)] == [
        "leaks.water",
        "readings.parks",
        "readings.water",
    ]
    assert empty.get_item(Duty, "readings.parks").exempt


def test_applying_twice_changes_nothing(town, registry):
    size = town.ledger_head().size
    again = town.acting_as("operator.data").apply(registry)
    assert again.count(Change.UNCHANGED) == 22
    assert not again.receipt.changed
    assert town.ledger_head().size == size


def test_diff_says_which_fields_would_change_and_changes_nothing(town, tmp_path):
    text = FILES["datasets.yaml"].replace("每日水表读数", "每日读数").replace("daily", "weekly")
    changed = write_registry(tmp_path / "changed", datasets=text)
    steps = [step for step in town.diff(changed) if step.change is not Change.UNCHANGED]
    assert [(s.kind, s.code, s.change) for s in steps] == [("Dataset", "meters", Change.CHANGED)]
    assert steps[0].fields == (
        ("summary", "每日水表读数", "每日读数"),
        ("update_cycle", "daily", "weekly"),
    )
    assert town.get_item(Dataset, "meters").summary == "每日水表读数"


def test_a_change_keeps_the_history(town, tmp_path, clock):
    text = FILES["datasets.yaml"].replace("每日水表读数", "每日读数")
    first = clock.now()
    second = clock.advance(days=1)
    town.acting_as("operator.data").apply(write_registry(tmp_path / "changed", datasets=text))
    states = [(at, item.summary) for at, item in town.history(Dataset, "meters")]
    assert states == [(first, "每日水表读数"), (second, "每日读数")]
    day_before = first.date()
    assert town.get_item(Dataset, "meters", as_of=day_before).summary == "每日水表读数"


def test_items_come_from_the_contract_when_the_dataset_lists_none(town):
    assert town.get_item(Dataset, "meters").items == ("水表", "日期", "升", "负责人")


def test_all_problems_are_reported_at_once_with_file_and_line_and_nothing_is_registered(
    empty, tmp_path
):
    folder = write_registry(
        tmp_path / "registry",
        people=FILES["people.yaml"].replace("department: audit", "department: nowhere"),
        datasets=FILES["datasets.yaml"]
        .replace("daily", "dayly")
        .replace("contract: meters", "contract: metres"),
        contract=FILES["contract.yaml"].replace("logicalType: integer", "logicalType: whole"),
    )
    with pytest.raises(DocumentInvalid) as caught:
        empty.apply(folder)
    said = "\n".join(str(problem) for problem in caught.value.problems)
    assert "people.yaml:12" in said
    assert "nowhere" in said
    assert "datasets.yaml:10" in said
    assert "dayly" in said
    assert "contract.yaml:" in said
    assert "whole" in said
    assert empty.list_items(Department) == []
    assert empty.ledger_head().size == 0


def test_a_dataset_registered_twice_is_refused_in_one_folder_and_on_register(town, tmp_path):
    twice = FILES["datasets.yaml"] + FILES["datasets.yaml"].split("items:\n")[1]
    with pytest.raises(DocumentInvalid, match="1 problem"):
        town.acting_as("operator.data").apply(write_registry(tmp_path / "twice", datasets=twice))
    single = tmp_path / "meters.yaml"
    single.write_text(FILES["datasets.yaml"], "utf-8")
    with pytest.raises(Conflict, match="registered already"):
        town.acting_as("steward.water").apply(single, only_new=True)


def test_a_published_contract_version_never_changes(town, tmp_path):
    text = FILES["contract.yaml"].replace("100000", "999")
    with pytest.raises(DocumentInvalid) as caught:
        town.acting_as("operator.data").apply(write_registry(tmp_path / "other", contract=text))
    assert "a version never changes, raise it" in str(caught.value.problems[0])


def test_a_steward_registers_datasets_of_the_own_department_only(town, tmp_path):
    path = tmp_path / "new.yaml"
    path.write_text(GAUGES, "utf-8")
    with pytest.raises(Denied) as caught:
        town.acting_as("steward.parks").apply(path)
    assert "steward of water" in caught.value.reasons[0]
    assert town.acting_as("steward.water").apply(path).count(Change.ADDED) == 1


def test_nobody_acts_unnamed_once_people_are_registered(town, registry):
    with pytest.raises(Denied, match="nobody is named"):
        town.apply(registry)
    with pytest.raises(NotFound, match="person"):
        town.acting_as("founder").apply(registry)


def test_no_name_of_a_person_is_in_the_ledger(town):
    for entry in town.ledger_log(limit=1000):
        for person in town.list_items(Person):
            assert person.code.encode() not in entry.body
            assert person.name.encode() not in entry.body


def test_an_entry_still_tells_who_acted_while_the_salt_is_kept(town, tmp_path):
    path = tmp_path / "new.yaml"
    path.write_text(GAUGES, "utf-8")
    receipt = town.acting_as("steward.water").apply(path).receipt
    entry, body, person = town.ledger_entry(receipt.entries[0])
    assert (entry.kind, body.department, person) == (
        "dataset.registered",
        "water",
        "steward.water",
    )


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda folder: folder / "missing", NotFound),
        (lambda folder: folder, InvalidInput),
    ],
)
def test_a_missing_or_empty_folder_is_named(empty, tmp_path: Path, make, error):
    (tmp_path / "x").mkdir()
    path = make(tmp_path / "x")
    with pytest.raises(error, match=path.name):
        empty.apply(path)


def test_a_workspace_is_not_begun_with_a_time_zone_that_is_none(tmp_path):
    for city, timezone, said in (
        ("深圳市", "No/Where", "no time zone"),
        ('深"圳', "Asia/Shanghai", "a quote or a backslash"),
    ):
        with pytest.raises(InvalidInput, match=said):
            Bureau.create(tmp_path / "w", city=city, timezone=timezone)
        assert not (tmp_path / "w" / "bureau.toml").exists()


def test_a_listing_in_another_encoding_and_order_is_imported(town, tmp_path):
    listing = tmp_path / "listing.csv"
    listing.write_bytes("/dataset/a,公園清單\n/dataset/b,水錶清單\n".encode("big5"))
    imported = town.acting_as("operator.data").import_catalogue(
        listing,
        ImportFormat.CSV,
        ImportDefaults(provider="parks"),
        columns=("path", "title"),
        encoding="big5",
    )
    assert imported.added == 2
    assert [hit.dataset.title_zh for hit in town.search("公園")] == ["公園清單"]
    entries = [e.kind for e in town.ledger_log(limit=3)]
    assert entries == ["dataset.registered", "dataset.registered", "catalogue.imported"]


def test_a_clock_that_runs_backwards_does_not_change_the_past(town, tmp_path, clock):
    before = clock.now()
    clock.advance(days=-3)
    path = tmp_path / "new.yaml"
    path.write_text(GAUGES, "utf-8")
    town.acting_as("steward.water").apply(path)
    assert [at for at, _ in town.history(Dataset, "gauges")] == [before]
    assert town.ledger_log(limit=1)[0].recorded_at == before
    assert town.verify_ledger().faults == ()


def test_people_among_whom_nobody_could_register_people_are_refused(empty, tmp_path):
    people = (
        FILES["people.yaml"].replace("[operator]", "[steward]").replace("[authority]", "[steward]")
    )
    with pytest.raises(DocumentInvalid) as caught:
        empty.apply(write_registry(tmp_path / "locked", people=people))
    assert "nobody would be operator or authority" in str(caught.value.problems[0])
