"""Reviews, renewals and emergencies on SQLite and on a real PostgreSQL."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bureau.database import Database, translated
from core.errors import NotFound
from sharing.emergencies.model import (
    Authorisation,
    Emergency,
    EmergencyReview,
    Finding,
    Side,
)
from sharing.emergencies.repository import EmergencyRepository
from sharing.metering.model import Counted
from sharing.model import Grant
from sharing.repository import GrantRepository, UseRepository
from sharing.requests.repository import RequestRepository
from sharing.reviews.model import Evidence, Outcome, Review
from sharing.reviews.repository import ReviewRepository
from tests.storage.test_repositories import a_request

T0 = datetime(2026, 3, 2, 1, 2, 3, 456789, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture(params=["sqlite", "postgresql"])
def session(request, tmp_path):
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'bureau.db'}"
    else:
        url = request.getfixturevalue("postgres_url")()
    database = Database(url)
    database.upgrade()
    with translated(url), database.write_session() as session:
        yield session
        session.rollback()
    database.close()


@pytest.fixture
def grants(session):
    """Adds GRT-0001, GRT-0002 ... as they are asked for."""
    repository = GrantRepository(session)

    def add(**changes):
        ref = repository.next_ref()
        request = replace(a_request(), ref=ref.replace("GRT", "REQ"))
        RequestRepository(session).add(request)
        of_terms = {name: changes.pop(name) for name in ("not_after",) if name in changes}
        terms = replace(request.terms, **of_terms)
        values = {
            "ref": ref,
            "request": request.ref,
            "provider": "water",
            "department": "parks",
            "terms": terms,
            "terms_hash": terms.hash,
            "granted_at": T0,
            "granted_by": "li",
        }
        grant = Grant(**(values | changes))
        repository.add(grant)
        return grant

    return add


def test_the_day_of_a_review_comes_back_and_moves(session, grants):
    grant = grants(review_due=T0 + DAY, emergency=True)
    repository = GrantRepository(session)
    assert repository.get(grant.ref) == grant
    repository.set_review(grant.ref, T0 + 2 * DAY)
    session.flush()
    session.expire_all()
    assert repository.get(grant.ref).review_due == T0 + 2 * DAY


def test_live_grants_are_listed_by_whether_their_review_is_near(session, grants):
    end = a_request().terms.not_after
    near, far = grants(review_due=end - 2 * DAY), grants(review_due=end - DAY)
    never = grants()
    unneeded = grants(review_due=end)
    grants(revoked_at=T0)
    grants(emergency=True)
    grants(not_after=T0)
    repository = GrantRepository(session)
    now = T0
    assert repository.list_live(now) == [near, far, never, unneeded]
    assert repository.list_live(now, review_before=end - DAY) == [near, never]
    assert repository.list_live(now, review_before=end + DAY) == [near, far, never]


def test_a_review_comes_back_with_its_evidence(session, grants):
    grant = grants()
    reviews = ReviewRepository(session)
    first = Review(
        grant=grant.ref,
        outcome=Outcome.KEPT,
        reason="仍在使用",
        reviewed_at=T0,
        reviewed_by="li",
        due_at=None,
        evidence=Evidence(),
    )
    second = replace(
        first,
        outcome=Outcome.REVOKED,
        reviewed_at=T0 + DAY,
        due_at=T0,
        evidence=Evidence(uses=3, rows=2**40, last_use=date(2026, 3, 1)),
    )
    reviews.add(second)
    reviews.add(first)
    session.expire_all()
    assert reviews.list_by_grant(grant.ref) == [first, second]


def test_evidence_adds_up_the_counters_of_each_grant(session, grants):
    used, idle = grants(), grants()
    uses = UseRepository(session)
    for day, rows in ((date(2026, 3, 1), 5), (date(2026, 3, 1), 6), (date(2026, 3, 9), 7)):
        uses.count({(used.ref, day): Counted(1, rows)})
    reviews = ReviewRepository(session)
    counted = Evidence(uses=3, rows=18, last_use=date(2026, 3, 9))
    assert reviews.evidence([used.ref, idle.ref]) == {used.ref: counted, idle.ref: Evidence()}
    assert reviews.evidence([used.ref]) == {used.ref: counted}
    assert reviews.evidence([]) == {}


def test_a_renewal_is_found_from_both_ends(session, grants):
    old, other = grants(), grants()
    reviews = ReviewRepository(session)
    reviews.add_renewal(old.ref, other.request)
    assert reviews.renewals_of(old.ref) == [other.request]
    assert reviews.renewed_by(other.request) == old.ref
    assert (reviews.renewals_of(other.ref), reviews.renewed_by(old.request)) == ([], "")


def test_authorisations_come_back_newest_first_by_person(session):
    emergencies = EmergencyRepository(session)
    assert emergencies.find_authorisation("zhang") is None
    first = Authorisation(
        person="zhang",
        department="parks",
        until=T0 + DAY,
        reason="汛期",
        authority="data",
        authorised_at=T0,
        authorised_by="xin",
    )
    withdrawn = replace(first, withdrawn_at=T0, withdrawn_by="xin", withdraw_reason="调离")
    again = replace(first, authorised_at=T0 + DAY, until=T0 + 2 * DAY)
    emergencies.authorise(first)
    emergencies.update(withdrawn)
    emergencies.authorise(again)
    session.expire_all()
    assert emergencies.find_authorisation("zhang") == again
    assert emergencies.list_authorisations() == [withdrawn, again]


def test_an_emergency_comes_back_with_both_reviews(session, grants):
    plain, grant = grants(), grants(emergency=True)
    emergencies = EmergencyRepository(session)
    opened = Emergency(
        grant=grant.ref,
        department="parks",
        provider="water",
        authority="data",
        dataset=grant.terms.dataset,
        case="2026-17",
        reason="爆管",
        opened_at=T0,
        opened_by="zhang",
        due_on=date(2026, 3, 4),
    )
    emergencies.add(opened)
    reviews = tuple(
        EmergencyReview(
            side=side,
            finding=finding,
            reason="查",
            reviewed_at=T0 + n * DAY,
            reviewed_by=str(n),
        )
        for n, (side, finding) in enumerate(
            ((Side.AUTHORITY, Finding.JUSTIFIED), (Side.PROVIDER, Finding.UNJUSTIFIED))
        )
    )
    for review in reviews:
        emergencies.add_review(grant.ref, review)
    session.expire_all()
    assert emergencies.get(grant.ref) == replace(opened, reviews=reviews)
    assert emergencies.list_all() == [replace(opened, reviews=reviews)]
    for ref in (plain.ref, "GRT-0099", "REQ-0001", "x"):
        with pytest.raises(NotFound, match="no emergency grant"):
            emergencies.get(ref)
