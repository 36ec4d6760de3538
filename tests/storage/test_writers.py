"""Four processes that write at once lose nothing, on either database."""

import subprocess
import sys
from pathlib import Path

import pytest

from bureau import Bureau
from tests.town import write_registry

TOP = Path(__file__).parents[2]
CALENDARS = TOP / "examples" / "city" / "calendar"
WRITERS, ACTS = 4, 15

SCRIPT = """
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from bureau import Bureau, NewRequest

town = Bureau.open(Path(sys.argv[1]), actor="requester.parks")
endorser = town.acting_as("both.parks")
now = datetime.now(UTC)
for number in range(int(sys.argv[3])):
    request, _ = town.create_request(
        NewRequest(
            dataset="meters",
            application="lawns",
            legal_basis="Water Act, Art. 9",
            scenario=f"writer {sys.argv[2]}, act {number}",
            columns=("meter",),
            not_before=now,
            not_after=now + timedelta(days=1),
        )
    )
    town.submit_request(request.ref)
    endorser.endorse_request(request.ref)
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def home(request, tmp_path, monkeypatch):
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_url")()
        monkeypatch.setenv("BUREAU_DATABASE_URL", url)
    town = Bureau.create(tmp_path / "town")
    town.apply(write_registry(tmp_path / "registry"))
    town.acting_as("operator.data").import_calendar(sorted(CALENDARS.glob("*.csv")))
    town.close()
    return tmp_path / "town"


def test_four_processes_writing_at_once_lose_nothing(home):
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", SCRIPT, str(home), str(number), str(ACTS)],
            cwd=TOP,
            stderr=subprocess.PIPE,
            text=True,
        )
        for number in range(WRITERS)
    ]
    for writer in writers:
        _, errors = writer.communicate(timeout=300)
        assert writer.returncode == 0, errors
    town = Bureau.open(home)
    requests = town.list_requests()
    assert [r.ref for r in requests] == [f"REQ-{n + 1:04d}" for n in range(WRITERS * ACTS)]
    said = {request.terms.scenario for request in requests}
    assert said == {f"writer {w}, act {a}" for w in range(WRITERS) for a in range(ACTS)}
    assert {request.state for request in requests} == {"submitted"}
    verified = town.verify_ledger()
    assert verified.faults == ()
    # 23 entries of the registry, four of the calendar, and three of each request.
    assert verified.size == 27 + WRITERS * ACTS * 3
    assert town.workspace.database.ledger_size() == verified.size
    town.close()


RACE = """
import sys
from pathlib import Path
from bureau import Bureau
from core.errors import BureauError

person, act = sys.argv[2:]
town = Bureau.open(Path(sys.argv[1]), actor=person)
for request in town.list_requests():
    try:
        getattr(town, act)(request.ref)
    except BureauError as error:
        print(type(error).__name__, end=" ")
    else:
        print("won", end=" ")
"""
RACERS = (
    ("approver.water", "approve_request"),
    ("both.water", "approve_request"),
    ("requester.parks", "withdraw_request"),
)


def test_of_two_approvers_and_a_withdrawal_at_once_exactly_one_wins(home):
    subprocess.run([sys.executable, "-c", SCRIPT, str(home), "0", str(ACTS)], cwd=TOP, check=True)
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", RACE, str(home), *racer],
            cwd=TOP,
            stdout=subprocess.PIPE,
            text=True,
        )
        for racer in RACERS
    ]
    outcomes = [racer.communicate(timeout=300)[0].split() for racer in racers]
    for of_one_request in zip(*outcomes, strict=True):
        assert sorted(of_one_request) == ["Conflict", "Conflict", "won"]
    town = Bureau.open(home)
    grants = {grant.request for grant in town.list_grants()}
    for request in town.list_requests():
        assert request.state == ("agreed" if request.ref in grants else "withdrawn")
    kinds = [entry.kind for entry in town.ledger_log(limit=1000)]
    ended = kinds.count("request.agreed") + kinds.count("request.withdrawn")
    assert (ended, kinds.count("grant.issued")) == (ACTS, len(grants))
    assert town.verify_ledger().faults == ()
    town.close()
