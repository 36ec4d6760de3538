"""The outbox on both databases: who claims what, and what three senders do at once."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bureau import Bureau
from bureau.database import Database
from catalog.model import Person
from catalog.repository import RegistryRepository
from core.actor import Role
from core.clock import FixedClock
from core.errors import NotFound
from sharing.notices.model import Channel, Telling, Unsent
from sharing.notices.repository import NoticeRepository
from tests.bureau.test_sending import SEND, mail_section, submit
from tests.servers import mail_server
from tests.storage.test_repositories import session
from tests.town import write_registry

__all__ = ["session"]

TOP = Path(__file__).parents[2]
CALENDARS = TOP / "examples" / "city" / "calendar"
T0 = FixedClock().now()
BOTH = (Channel.MAIL, Channel.WEBHOOK)


def telling(person, entry=7):
    return Telling(
        person=person,
        kind="request.submitted",
        subject="request:REQ-0001",
        entry=entry,
        due_on=None,
    )


@pytest.fixture
def notices(session):
    """Two notices: li has an address, wang has none."""
    found = NoticeRepository(session)
    found.set_mail("li", "li@example.org")
    found.add([telling("li"), telling("wang")], BOTH, at=T0)
    return found


def claim(notices, *, minutes=0, channels=BOTH):
    now = T0 + timedelta(minutes=minutes)
    return notices.claim(channels, due_by=now, now=now, until=now + timedelta(minutes=3))


def test_notices_are_numbered_without_gaps_and_listed_newest_first(notices):
    notices.add([telling("li", entry=8)], (), at=T0 + timedelta(days=1))
    found = notices.list_by_person("li", limit=9)
    assert [(one.ref, one.entry) for one in found] == [("NTC-0003", 8), ("NTC-0001", 7)]
    assert [one.channel for one in found[1].sendings] == [Channel.MAIL, Channel.WEBHOOK]
    assert found[0].sendings == ()
    assert [one.ref for one in notices.list_by_person("li", limit=1)] == ["NTC-0003"]
    [other] = notices.list_by_person("wang", limit=9)
    assert [one.channel for one in other.sendings] == [Channel.WEBHOOK]
    assert len({one.id for one in (*found, other)}) == 3
    assert notices.count_unread("li") == 2
    notices.mark_read("NTC-0001", person="li", at=T0)
    assert notices.count_unread("li") == 1
    assert [n.ref for n in notices.list_by_person("li", limit=9, unread=True)] == ["NTC-0003"]
    with pytest.raises(NotFound):
        notices.mark_read("NTC-0002", person="li", at=T0)


def test_what_is_claimed_is_nobody_elses_until_the_claim_ends(notices):
    claimed = [claim(notices) for _ in range(4)]
    assert sorted((one.notice.ref, one.channel) for one in claimed[:3]) == [
        ("NTC-0001", Channel.MAIL),
        ("NTC-0001", Channel.WEBHOOK),
        ("NTC-0002", Channel.WEBHOOK),
    ]
    assert claimed[3] is None
    assert {one.mail for one in claimed[:3]} == {"li@example.org", ""}
    assert claim(notices, minutes=2) is None
    again = claim(notices, minutes=3)
    assert (again.attempts, again.notice.id) == (2, claimed[0].notice.id)


def test_what_failed_is_due_later_and_what_was_sent_never_again(notices):
    due = claim(notices, channels=(Channel.MAIL,))
    assert notices.mark_failed(due, "down", at=T0) == T0 + timedelta(seconds=30)
    assert claim(notices, channels=(Channel.MAIL,)) is None
    again = claim(notices, minutes=1, channels=(Channel.MAIL,))
    assert again.notice == due.notice
    notices.mark_sent(again, at=T0)
    assert claim(notices, minutes=9999, channels=(Channel.MAIL,)) is None
    [sending] = [
        one
        for one in notices.list_by_person("li", limit=9)[0].sendings
        if one.channel is Channel.MAIL
    ]
    assert (sending.attempts, sending.sent_at, sending.last_error) == (2, T0, "")


def test_who_lost_a_claim_may_say_that_it_was_sent_but_not_that_it_failed(notices):
    first = claim(notices, channels=(Channel.MAIL,))
    second = claim(notices, minutes=3, channels=(Channel.MAIL,))
    notices.mark_failed(first, "too slow", at=T0)
    assert claim(notices, minutes=5, channels=(Channel.MAIL,)) is None, "the second still has it"
    notices.mark_sent(first, at=T0)
    notices.mark_failed(second, "down", at=T0)
    assert claim(notices, minutes=9999, channels=(Channel.MAIL,)) is None


def test_only_the_channels_that_are_asked_for_are_claimed(notices):
    assert claim(notices, channels=(Channel.WEBHOOK,)).channel is Channel.WEBHOOK
    assert notices.unsent(BOTH).count == 3
    assert notices.unsent((Channel.MAIL,)).count == 1
    assert notices.unsent(()) == Unsent(count=0, since=None, last_error="")


def test_the_oldest_unsent_says_since_when_and_why(notices):
    notices.add([telling("wang", entry=9)], BOTH, at=T0 + timedelta(days=1))
    due = claim(notices, channels=(Channel.MAIL,))
    notices.mark_failed(due, "down", at=T0)
    assert notices.unsent((Channel.MAIL,)) == Unsent(count=1, since=T0, last_error="down")


def test_an_erased_address_is_gone_with_what_was_to_be_sent_to_it(notices):
    due = claim(notices, channels=(Channel.MAIL,))
    notices.erase_mail("li")
    assert notices.mail_of("li") == ""
    notices.mark_failed(due, "down", at=T0)
    assert claim(notices, minutes=9999, channels=(Channel.MAIL,)) is None
    notices.set_mail("li", "other@example.org")
    assert claim(notices, minutes=9999, channels=(Channel.MAIL,)) is None


def test_who_is_told_is_looked_up_by_department_or_role(session):
    registry = RegistryRepository(session)
    people = [
        Person(code="a", name="甲", department="water", roles=(Role.STEWARD,)),
        Person(code="b", name="乙", department="data", roles=(Role.OPERATOR, Role.AUTHORITY)),
        Person(code="c", name="丙", department="parks", roles=(Role.APPROVER,)),
    ]
    registry.save(Person, people, T0)
    registry.save(Person, [people[2]], T0 + timedelta(days=1))
    assert registry.people_of({"water"}, Role.AUTHORITY) == people[:2]
    assert registry.people_of({"parks", "water"}, Role.REQUESTER) == [people[0], people[2]]
    assert registry.people_of(set(), Role.AUTHORITY) == [people[1]]
    assert registry.provider_of("nothing") == ""


@pytest.fixture(params=["sqlite", "postgresql"])
def home(request, tmp_path, monkeypatch):
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_url")()
        monkeypatch.setenv("BUREAU_DATABASE_URL", url)
    town = Bureau.create(tmp_path / "town")
    town.apply(write_registry(tmp_path / "registry"))
    town.acting_as("operator.data").import_calendar(sorted(CALENDARS.glob("*.csv")))
    town.acting_as("operator.data").notices.set_address("approver.water", "yi@example.org")
    town.close()
    return tmp_path / "town"


def test_three_processes_that_send_at_once_send_each_notice_once(home):
    with mail_server() as box:
        path = home / "bureau.toml"
        path.write_text(path.read_text("utf-8") + mail_section(box.port), "utf-8")
        clock = FixedClock(datetime.now(UTC) - timedelta(minutes=1))
        town = Bureau.open(home, clock=clock)
        for _ in range(20):
            submit(town, clock)
        town.close()
        senders = [
            subprocess.Popen(
                [sys.executable, "-c", SEND, str(home)],
                cwd=TOP,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for _ in range(3)
        ]
        sent = 0
        for sender in senders:
            with sender:
                out, said = sender.communicate(timeout=120)
                assert sender.returncode == 0, said
                sent += int(out)
    assert sent == len(box.taken) == 20
    assert len({mail["Message-ID"] for mail in box.taken}) == 20


def test_on_postgresql_a_claim_waits_for_no_other_and_takes_the_next(postgres_url):
    database = Database(postgres_url())
    database.upgrade()
    with database.write_session() as session:
        NoticeRepository(session).add([telling("li"), telling("wang")], (Channel.WEBHOOK,), at=T0)
        session.commit()
    with database.write_session() as one, database.write_session() as other:
        first, second = claim(NoticeRepository(one)), claim(NoticeRepository(other))
        assert {first.notice.ref, second.notice.ref} == {"NTC-0001", "NTC-0002"}
        assert claim(NoticeRepository(other)) is None
        one.rollback()
        assert claim(NoticeRepository(other)).notice.ref == first.notice.ref
    database.close()
