"""Submissions, changes, named sources and claims on both databases."""

from dataclasses import replace
from datetime import date

import pytest

from catalog.model import Dataset, DatasetStatus, ShareType
from catalog.repository import RegistryRepository
from core.clock import FixedClock
from core.errors import Conflict, NotFound
from sharing.model import Extension
from sharing.submissions.model import (
    Cause,
    ChangeEvent,
    NamedSource,
    Papers,
    Proposal,
    Submission,
    SubmissionState,
)
from sharing.submissions.repository import (
    CatalogueEventRepository,
    SourceRepository,
    SubmissionRepository,
)
from tests.storage.test_repositories import session

__all__ = ["session"]

T0 = FixedClock().now()
SUBMISSION = Submission(
    ref="SUB-0001",
    provider="water",
    state=SubmissionState.SUBMITTED,
    proposals=(Proposal(document={"code": "meters", "items": ["水表"]}, before="0" * 64),),
    papers=Papers(secrecy="一号", personal="二号", head="甲", signed_on=date(2026, 3, 1)),
    submitted_by="steward.water",
    submitted_at=T0,
)
EVENT = ChangeEvent(
    ref="EVT-0001",
    cause=Cause.DECISION,
    duty="leaks.water",
    item="leak-reports",
    changed_on=date(2026, 3, 2),
    reason="国务院决定",
    recorded_by="authority.data",
    recorded_at=T0,
)


def test_a_submission_comes_back_as_it_went_in_and_is_decided_once(session):
    CatalogueEventRepository(session).add(EVENT)
    submissions = SubmissionRepository(session)
    assert submissions.next_ref() == "SUB-0001"
    made = replace(SUBMISSION, event="EVT-0001")
    submissions.add(made)
    session.expire_all()
    assert submissions.get("SUB-0001") == made
    assert submissions.next_ref() == "SUB-0002"
    assert submissions.list_all(waiting=True) == [made]
    decided = replace(
        made,
        state=SubmissionState.HANDED_BACK,
        decided_by="authority.data",
        decided_at=T0,
        reason="不全",
    )
    submissions.decide(decided)
    session.expire_all()
    assert submissions.list_all() == [decided]
    assert submissions.list_all(waiting=True) == []
    with pytest.raises(Conflict, match="was reviewed meanwhile"):
        submissions.decide(decided)
    with pytest.raises(NotFound):
        submissions.get("SUB-0002")


def test_a_change_comes_back_with_its_extension_and_its_answer(session):
    events = CatalogueEventRepository(session)
    assert events.next_ref() == "EVT-0001"
    events.add(EVENT)
    session.expire_all()
    assert events.list_all(waiting=True) == [EVENT]
    asked = Extension(days=5, reason="忙", asked_at=T0, asked_by="steward.water")
    for changed in (
        replace(EVENT, extension=asked),
        replace(EVENT, extension=replace(asked, consented_at=T0, consented_by="authority.data")),
        replace(
            EVENT,
            extension=replace(
                asked, declined_at=T0, declined_by="authority.data", why_declined="不必"
            ),
        ),
        replace(EVENT, answered_by="SUB-0001"),
    ):
        events.update(changed)
        session.expire_all()
        assert events.get("EVT-0001") == changed
    assert events.list_all(waiting=True) == []
    assert events.next_ref() == "EVT-0002"


def test_the_source_that_was_named_last_holds(session):
    sources = SourceRepository(session)
    for item, department in (("a", "water"), ("b", "parks"), ("a", "parks")):
        sources.add(
            NamedSource(item=item, department=department, reason="r", named_by="p", named_at=T0)
        )
    assert sources.named() == {"a": "parks", "b": "parks"}


def test_claims_are_those_of_published_and_shareable_datasets(session):
    registry = RegistryRepository(session)
    base = Dataset(
        code="a", title_zh="x", provider="water", share_type=ShareType.CONDITIONAL, fulfils="i"
    )
    datasets = [
        base,
        replace(base, code="b", provider="parks", contract="c"),
        replace(base, code="c", provider="audit", share_type=ShareType.NOT_SHARED, contract="c"),
        replace(base, code="d", provider="audit", status=DatasetStatus.DRAFT, contract="c"),
        replace(base, code="e", provider="audit", status=DatasetStatus.WITHDRAWN, contract="c"),
        replace(base, code="f", provider="audit", share_type=None),
        replace(base, code="g", fulfils="other"),
        replace(base, code="h", fulfils="other"),
        replace(base, code="k", fulfils=""),
        replace(base, code="l", fulfils="", provider="parks"),
    ]
    registry.save(Dataset, datasets, T0)
    assert registry.list_contested() == ["i"]
    assert [one.code for one in registry.list_claims("i")] == ["a", "b"]
    assert [one.code for one in registry.list_by_contract("c")] == ["b", "c", "d"]
