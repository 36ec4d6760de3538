"""`grant credential`, `credential list` and `credential revoke` at the command line."""

import json

import pytest

from tests.cli.test_sharing import granted

__all__ = ["granted"]

REASON = ("--reason", "令牌泄露")


def issue(program, target, *more, person="requester.parks"):
    return program("grant", "credential", "GRT-0001", "--to", target, *more, person=person)


def test_a_profile_is_written_once_for_its_owner(granted, tmp_path):
    target = tmp_path / "parks.share"
    done = issue(granted, target, "--endpoint", "https://data.example.cn/")
    assert done.exit_code == 0, done.stderr
    assert "issued CRD-0001 for GRT-0001" in done.stderr
    assert target.stat().st_mode & 0o777 == 0o600
    profile = json.loads(target.read_text("utf-8"))
    token = profile.pop("bearerToken")
    expires = profile.pop("expirationTime")
    assert profile == {
        "shareCredentialsVersion": 1,
        "endpoint": "https://data.example.cn/delta-sharing",
    }
    assert token not in done.stdout + done.stderr
    [listed] = granted.json("credential", "list")
    assert (listed["state"], listed["expires_at"]) == ("active", expires)
    assert token not in json.dumps(listed)

    again = issue(granted, target)
    assert (again.exit_code, again.stdout) == (4, "")
    assert "exists already" in again.stderr
    assert token in target.read_text("utf-8")


def test_where_none_is_issued_no_file_is_left(granted, tmp_path):
    target = tmp_path / "water.share"
    refused = issue(granted, target, person="approver.water")
    assert refused.exit_code == 5
    assert "fix:" in refused.stderr
    assert not target.exists()
    assert granted.json("credential", "list") == []


def test_one_is_ended(granted, tmp_path):
    issue(granted, tmp_path / "parks.share")
    granted.ok("credential", "revoke", "CRD-0001", *REASON, person="requester.parks")
    [listed] = granted.json("credential", "list", "--grant", "GRT-0001")
    assert (listed["state"], listed["why_revoked"]) == ("revoked", "令牌泄露")


@pytest.mark.parametrize(
    "endpoint", ["ftp://x", "x", "https://", "http://a:b@x", "https://x/?a=b", "http://x:99999", ""]
)
def test_a_profile_names_a_server_that_can_be_called(granted, tmp_path, endpoint):
    target = tmp_path / "parks.share"
    refused = issue(granted, target, "--endpoint", endpoint)
    assert refused.exit_code == 2
    assert "https://" in refused.stderr
    assert not target.exists()
    assert granted.json("credential", "list") == []


def test_a_token_is_not_written_to_standard_output(granted):
    refused = issue(granted, "-")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "standard output" in refused.stderr
    assert granted.json("credential", "list") == []
