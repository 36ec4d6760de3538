"""`bureau grant finish`, `dispose` and `onward`, and `bureau change`."""

import pytest

from tests.cli.test_help import documented_keys
from tests.cli.test_sharing import granted
from tests.town import FILES

__all__ = ["granted"]


@pytest.fixture
def used(granted, tmp_path):
    granted.ok(
        "read", "meters", "--to", tmp_path / "out.csv", "--application", "lawns",
        "--purpose", granted.json("grant", "list")[0]["terms"]["scenario"], "--columns", "litres",
        person="requester.parks",
    )  # fmt: skip
    assert (tmp_path / "out.csv").read_text("utf-8").startswith("litres\n")
    return granted


def test_the_end_of_a_purpose_and_the_proof_of_disposal(used):
    water, parks = "approver.water", "requester.parks"
    used.ok("grant", "require-disposal", "GRT-0001", "--how", "deleted", person=water)
    finished = used.ok(
        "grant", "finish", "grt-1", "--because", "met", "--reason", "用完了", person=parks
    )
    assert "finished GRT-0001, due on " in finished.stderr
    assert "next: bureau grant disposal GRT-0001" in finished.stderr
    owed = used.ok("grant", "disposal", "GRT-0001").stdout
    assert "owed" in owed
    assert "Dispose of the data once the purpose has ended" in owed
    wrong = used(
        "grant", "dispose", "GRT-0001", "--how", "returned", "--proof", "单据", person=parks
    )
    assert wrong.exit_code == 4
    assert "requires that the data of GRT-0001 is deleted" in wrong.stderr
    dispose = ("grant", "dispose", "GRT-0001", "--how", "deleted", "--proof", "日志")
    assert "next: bureau grant confirm-disposal" in used.ok(*dispose, person=parks).stderr
    rejected = used.ok("grant", "reject-disposal", "GRT-0001", "--reason", "备份还在", person=water)
    assert "next: bureau grant dispose GRT-0001" in rejected.stderr
    used.ok(*dispose, person=parks)
    done = used.json("grant", "confirm-disposal", "GRT-0001", person=water)
    assert done["disposal"]["state"] == "disposed"
    shown = used.json("grant", "disposal", "GRT-0001")
    assert set(shown) == documented_keys("grant disposal")
    assert [proof["verdict"] for proof in shown["proofs"]] == ["rejected", "confirmed"]
    assert shown["clock"]["state"] == "ended"
    assert "用完了" in used.ok("grant", "show", "GRT-0001").stdout


def test_a_transfer_to_a_third_party(used):
    water, parks = "approver.water", "requester.parks"
    ask = ("grant", "onward", "GRT-0001", "--to", "灌溉公司", "--purpose", "外包浇灌")
    assert "asked for consent to transfer 1 of GRT-0001" in used.ok(*ask, person=parks).stderr
    denied = used("grant", "onward-done", "GRT-0001", "1", person=parks)
    assert denied.exit_code == 5
    assert "fix: water consents: bureau grant onward-consent GRT-0001 1" in denied.stderr
    used.ok("grant", "onward-consent", "GRT-0001", "1", person=water)
    used.ok("grant", "onward-done", "GRT-0001", "1", person=parks)
    used.ok(*ask, person=parks)
    used.ok(
        "grant", "onward-consent", "GRT-0001", "2", "--decline", "--reason", "不必要", person=water
    )
    listed = used.json("grant", "onward-list", "GRT-0001")
    assert set(listed[0]) == documented_keys("grant onward-list")
    assert [one["answer"] for one in listed] == ["consented", "declined"]


def test_a_service_changes_after_consultation_and_filing(granted, tmp_path):
    path = tmp_path / "contract.yaml"
    text = FILES["contract.yaml"].replace("version: 1.0.0", "version: 2.0.0")
    path.write_text(text.replace("name: litres", "name: volume"), "utf-8")
    publish = ("contract", "publish", path)
    refused = granted(*publish, person="steward.water")
    assert refused.exit_code == 4
    assert "GRT-0001 of parks (litres is gone)" in refused.stderr
    assert "fix: consult them: bureau change new meters --reason TEXT" in refused.stderr
    begun = granted.ok("change", "new", "meters", "--reason", "改名", person="steward.water")
    assert "began CHG-0001: parks asked about meters" in begun.stderr
    answered = granted.ok("change", "answer", "chg-1", "--text", "同意", person="requester.parks")
    assert "next: bureau change file CHG-0001" in answered.stderr
    filed = granted.ok("change", "file", "CHG-0001", "--number", "备案3号", person="authority.data")
    assert "filed CHG-0001 as 备案3号" in filed.stderr
    assert "or bureau grant revoke GRANT --reason TEXT (by the provider)" in filed.stderr
    granted.ok(*publish, person="steward.water")
    shown = granted.json("change", "show", "CHG-0001")
    assert set(shown) == documented_keys("change show")
    assert (shown["state"], shown["consulted"][0]["text"]) == ("made", "同意")
    assert granted.json("change", "list", "--dataset", "meters") == [shown]
    over = granted("change", "drop", "CHG-0001", person="steward.water")
    assert over.exit_code == 4
