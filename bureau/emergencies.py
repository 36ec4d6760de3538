"""Open data in an emergency, and look at it afterwards: authorise, open, review."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from bureau import approving, granting, requesting
from bureau.acts import Acts
from bureau.identity import identify
from bureau.receipt import Receipt, receipt
from bureau.requesting import NewRequest
from bureau.timekeeping import Timekeeper, facts
from bureau.unit_of_work import ReadUnit, WriteUnit
from catalog.model import Dataset, ShareMode
from core.canonical import Json
from core.clock import end_of_day
from core.errors import Conflict
from sharing.clocks.model import Clock
from sharing.emergencies import procedure
from sharing.emergencies.model import Authorisation, Emergency, EmergencyReview, Finding, Side
from sharing.ledger.entry import Event, commitment
from sharing.model import AccessRequest, Grant, GrantState, RequestState
from sharing.profiles.model import Limit, LimitName
from sharing.words import require_words, words_hash

EMERGENCY = "emergency"
"""Who decides where an emergency does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyOrder:
    """What is opened; `hours` None takes as many as the policy allows."""

    dataset: str
    application: str
    columns: tuple[str, ...]
    case: str
    reason: str
    hours: int | None = None


class Emergencies(Acts):
    """Grants of hours, by people who were authorised before, under a case and a review."""

    def authorise(self, person: str, *, until: date, reason: str) -> tuple[Authorisation, Receipt]:
        """Authorise a requester, for the department they act for, up to and including a day."""
        with self.workspace.writing(self.actor) as write:
            authorisation = procedure.authorise(
                write.actor,
                identify(write, person),
                until=end_of_day(until, self.workspace.settings.zone),
                reason=reason,
                standing=write.emergencies.find_authorisation(person),
                now=write.now,
            )
            write.emergencies.authorise(authorisation)
            told = {"until": authorisation.until.isoformat(), "reason": words_hash(reason.strip())}
            write.record(_of_person(write, "emergency.authorised", authorisation, told))
        return authorisation, receipt(person, write)

    def withdraw(self, person: str, *, reason: str) -> tuple[Authorisation, Receipt]:
        with self.workspace.writing(self.actor) as write:
            standing = write.emergencies.find_authorisation(person)
            withdrawn = procedure.withdraw(
                write.actor, person, standing, reason=reason, now=write.now
            )
            write.emergencies.update(withdrawn)
            told = {"reason": words_hash(withdrawn.withdraw_reason)}
            write.record(_of_person(write, "emergency.withdrawn", withdrawn, told))
        return withdrawn, receipt(person, write)

    def authorisations(self) -> list[Authorisation]:
        """Every authorisation there was, oldest first."""
        with self.workspace.reading() as unit:
            return unit.emergencies.list_authorisations()

    def open(self, order: EmergencyOrder) -> tuple[Grant, Receipt]:
        """Grant the named columns at once, for hours; the ledger has it before any data is read."""
        with self.workspace.writing(self.actor) as write:
            acting = write.actor
            standing = write.emergencies.find_authorisation(acting.person)
            authorisation = procedure.require_authorised(acting, standing, write.now)
            case = procedure.require_case(order.case)
            reason = require_words(order.reason, "this needs a reason", "add --reason TEXT")
            keeper = Timekeeper.of(self.workspace, write)
            limit = keeper.profile.limit(LimitName.EMERGENCY_GRANT)
            hours = procedure.require_hours(order.hours, limit)
            dataset = write.registry.get(Dataset, order.dataset)
            draft = requesting.create_in(write, _asked(order, dataset, case, reason, hours, keeper))
            _require_published(write, dataset)
            _refuse_repeated(write, draft, case, limit)
            request, grant = _agreed(write, draft, dataset)
            write.requests.update(request, expected=draft.state)
            clock = _start_reviews(keeper, grant, authorisation.authority)
            emergency = Emergency(
                grant=grant.ref,
                department=grant.department,
                provider=grant.provider,
                authority=authorisation.authority,
                dataset=dataset.code,
                case=case,
                reason=reason,
                opened_at=write.now,
                opened_by=acting.signature,
                due_on=clock.due_on,
            )
            told = _opening(emergency, hours) | facts(clock, keeper.today)
            write.record(_event("emergency.opened", grant, told))
            approving.issue(keeper, request, grant, {})
            write.emergencies.add(emergency)
            opened = write.grants.get(grant.ref)
        return opened, receipt(grant.ref, write)

    def review(self, ref: str, *, finding: Finding, reason: str) -> tuple[Emergency, Receipt]:
        """Say whether opening was justified; who finds it unjustified ends a grant that still runs."""
        with self.workspace.writing(self.actor) as write:
            emergency = write.emergencies.get(ref)
            grant = write.grants.get(ref)
            review = procedure.review(
                emergency,
                write.actor,
                provider=write.registry.get(Dataset, grant.terms.dataset).provider,
                finding=finding,
                reason=reason,
                now=write.now,
            )
            write.emergencies.add_review(grant.ref, review)
            keeper = Timekeeper.of(self.workspace, write)
            clock = keeper.end(_subject(grant.ref, review.side), LimitName.EMERGENCY_REVIEW)
            told = _finding(review) | facts(clock, keeper.today)
            write.record(_event("emergency.reviewed", grant, told))
            live = grant.state_at(write.now) not in (GrantState.ENDED, GrantState.REVOKED)
            if finding is Finding.UNJUSTIFIED and live:
                granting.end(keeper, grant, review.reason)
            reviewed = write.emergencies.get(ref)
        return reviewed, receipt(grant.ref, write)

    def opened(self) -> list[Emergency]:
        """What was opened in emergencies, oldest first."""
        with self.workspace.reading() as unit:
            return unit.emergencies.list_all()

    def get(self, ref: str) -> tuple[Emergency, Grant]:
        with self.workspace.reading() as unit:
            return unit.emergencies.get(ref), unit.grants.get(ref)


def _asked(
    order: EmergencyOrder, dataset: Dataset, case: str, reason: str, hours: int, keeper: Timekeeper
) -> NewRequest:
    begins = keeper.unit.now.astimezone(keeper.zone)
    return NewRequest(
        dataset=dataset.code,
        application=order.application,
        legal_basis=f"应急处置，案件编号 {case}",
        scenario=reason,
        columns=order.columns,
        mode=dataset.share_mode or ShareMode.FILE,
        not_before=begins,
        not_after=begins + timedelta(hours=hours),
    )


def _start_reviews(keeper: Timekeeper, grant: Grant, authority: str) -> Clock:
    """Start the time to review of both sides; both are due on the same day."""
    departments = {Side.PROVIDER: grant.provider, Side.AUTHORITY: authority}
    clocks = [
        keeper.start(_subject(grant.ref, side), LimitName.EMERGENCY_REVIEW, department)
        for side, department in departments.items()
    ]
    return clocks[0]


def _agreed(
    write: WriteUnit, draft: AccessRequest, dataset: Dataset
) -> tuple[AccessRequest, Grant]:
    """The request as agreed to by the emergency, which is no step of the ordinary way."""
    request = replace(
        draft,
        state=RequestState.AGREED,
        submitted_at=write.now,
        decided_by=EMERGENCY,
        decided_at=write.now,
        grant=write.grants.next_ref(),
    )
    grant = Grant(
        ref=request.grant,
        request=request.ref,
        provider=dataset.provider,
        department=request.department,
        terms=request.terms,
        terms_hash=request.terms.hash,
        granted_at=write.now,
        granted_by=EMERGENCY,
        emergency=True,
    )
    return request, grant


def _require_published(unit: ReadUnit, dataset: Dataset) -> None:
    if unit.deliveries.find_published(dataset.code) is None:
        raise Conflict(
            f"nothing of {dataset.code} is published: there is nothing to open",
            hint=f"ask {dataset.provider} to deliver it",
        )


def _refuse_repeated(unit: ReadUnit, draft: AccessRequest, case: str, limit: Limit) -> None:
    earlier = unit.emergencies.list_of(
        draft.terms.dataset, department=draft.department, application=draft.terms.application
    )
    pairs = [(one, unit.grants.get(one.grant)) for one in earlier]
    procedure.refuse_repeated(case, pairs, limit, unit.now)


def _subject(grant: str, side: Side) -> str:
    return f"emergency:{grant}#{side}"


def _event(kind: str, grant: Grant, told: Mapping[str, Json]) -> Event:
    parties: dict[str, Json] = {**grant.parties, "terms_hash": grant.terms_hash}
    return Event(kind, f"emergency:{grant.ref}", parties | dict(told))


def _opening(emergency: Emergency, hours: int) -> dict[str, Json]:
    return {
        "authority": emergency.authority,
        "case": words_hash(emergency.case),
        "hours": hours,
        "reason": words_hash(emergency.reason),
    }


def _finding(review: EmergencyReview) -> dict[str, Json]:
    return {
        "finding": review.finding.value,
        "reason": words_hash(review.reason),
        "side": review.side.value,
    }


def _of_person(
    write: WriteUnit, kind: str, authorisation: Authorisation, told: Mapping[str, Json]
) -> Event:
    """No personal data in the ledger: a commitment stands for the person."""
    salt = write.registry.salts()[authorisation.person]
    named: dict[str, Json] = {
        "authority": authorisation.authority,
        "department": authorisation.department,
    }
    subject = f"person:{commitment(salt, authorisation.person)}"
    return Event(kind, subject, named | dict(told))
