"""Review grants, and renew them: what is no longer needed ends, what is needed goes on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from bureau import granting, requesting
from bureau.acts import Acts
from bureau.identity import identify
from bureau.policies import profile
from bureau.receipt import Receipt, receipt
from bureau.requesting import NewRequest
from bureau.tasks import Outlook, Task
from bureau.timekeeping import Timekeeper
from bureau.unit_of_work import ReadUnit, WriteUnit
from core.actor import Role
from core.canonical import Json
from sharing.clocks.model import ClockState
from sharing.denial import require_user
from sharing.ledger.entry import Event
from sharing.model import AccessRequest, Grant
from sharing.reviews import renewal
from sharing.reviews.model import (
    AHEAD,
    Case,
    Evidence,
    Outcome,
    Review,
    ReviewState,
    case_of,
    check_can_review,
    require_dormant,
)
from sharing.reviews.remaining import Remaining
from sharing.words import require_words, words_hash

_DUTY = "grant_review"
"""How a task names the duty to review, for which no clock runs: it follows from the grant."""


class Reviews(Acts):
    """Periodic reviews, and what follows a grant."""

    def cases(self, *, every: bool = False) -> list[Case]:
        """What the actor's department has to review or may revoke; `every` grant that is live.

        The data authority and auditors see those of the whole city.
        """
        with self.workspace.reading() as unit:
            acting = identify(unit, self.actor)
            grants = unit.grants.list_live(unit.now)
            if not (acting.has(Role.AUTHORITY) or acting.has(Role.AUDITOR)):
                grants = _provided_by(unit, acting.department, grants)
            found = self._cases(unit, grants)
        return [c for c in found if every or c.dormant or c.state is not ReviewState.NOT_DUE]

    def history(self, ref: str) -> list[Review]:
        """The reviews of a grant, oldest first."""
        with self.workspace.reading() as unit:
            return unit.reviews.list_by_grant(ref)

    def keep(self, ref: str, *, reason: str) -> tuple[Grant, Receipt]:
        """Attest that a grant is still needed; one that a missed review suspended goes on at once."""
        with self.workspace.writing(self.actor) as write:
            review = self._review(write, ref, Outcome.KEPT, reason)
            keeper = Timekeeper.of(self.workspace, write)
            write.grants.set_review(ref, keeper.next_review())
            grant = write.grants.get(ref)
            write.record(_reviewed(grant, review))
        return grant, receipt(grant.ref, write)

    def revoke(self, ref: str, *, reason: str) -> tuple[Grant, Receipt]:
        """Attest that a grant is no longer needed, which ends it."""
        with self.workspace.writing(self.actor) as write:
            review = self._review(write, ref, Outcome.REVOKED, reason)
            grant = write.grants.get(ref)
            require_dormant(self._cases(write, [grant])[0])
            write.record(_reviewed(grant, review))
            revoked = granting.end(Timekeeper.of(self.workspace, write), grant, review.reason)
        return revoked, receipt(grant.ref, write)

    def remaining(self, ref: str) -> list[Remaining]:
        """Other grants that give the same department some of the same columns."""
        with self.workspace.reading() as unit:
            return granting.still_given(unit, unit.grants.get(ref))

    def renew(self, ref: str) -> tuple[AccessRequest, Receipt]:
        """Draft and submit a request for the same terms in a next period; the old grant stays."""
        with self.workspace.writing(self.actor) as write:
            grant = write.grants.get(ref)
            rule = "whoever needs the data asks for it (Art. 20)"
            require_user(grant, write.actor, "renew", rule=rule, now=write.now)
            known = [write.requests.get(request) for request in write.reviews.renewals_of(ref)]
            renewal.check_can_renew(grant, known, write.now)
            not_before, not_after = renewal.next_period(
                grant,
                now=write.now,
                zone=self.workspace.settings.zone,
                ends_on=profile(self.workspace.settings).word("renewal_ends_on"),
            )
            draft = requesting.create_in(write, _same(grant, not_before, not_after))
            write.reviews.add_renewal(grant.ref, draft.ref)
            write.record(_about("grant.renewal_asked", grant, {"request": draft.ref}))
            request = requesting.submit_in(write, draft)
        return request, receipt(request.ref, write)

    def renewals(self, ref: str) -> tuple[str, list[str]]:
        """The grant that this one renews, or nothing, and the requests that renew this one."""
        with self.workspace.reading() as unit:
            grant = unit.grants.get(ref)
            return unit.reviews.renewed_by(grant.request), unit.reviews.renewals_of(ref)

    def _cases(self, unit: ReadUnit, grants: Sequence[Grant]) -> list[Case]:
        evidence = unit.reviews.evidence([grant.ref for grant in grants])
        dormant = profile(self.workspace.settings).number("grant_dormant_days")
        zone = self.workspace.settings.zone
        return [
            case_of(grant, evidence[grant.ref], now=unit.now, zone=zone, dormant_days=dormant)
            for grant in grants
        ]

    def _review(self, write: WriteUnit, ref: str, outcome: Outcome, reason: str) -> Review:
        said = require_words(reason, "this needs a reason", "add --reason TEXT")
        grant = write.grants.get(ref)
        check_can_review(
            grant,
            write.actor,
            provider=_provider(write, grant),
            requested_by=write.requests.get(grant.request).created_by,
            now=write.now,
        )
        review = Review(
            grant=grant.ref,
            outcome=outcome,
            reason=said,
            reviewed_at=write.now,
            reviewed_by=write.actor.signature,
            due_at=grant.review_due,
            evidence=write.reviews.evidence([grant.ref])[grant.ref],
        )
        write.reviews.add(review)
        return review


def due(look: Outlook) -> list[Task]:
    """Grants that are to be reviewed within a month, or should have been."""
    now = look.unit.now
    tasks = []
    for grant in look.unit.grants.list_live(now, review_before=now + AHEAD):
        case = case_of(grant, Evidence(), now=now, zone=look.zone, dormant_days=0)
        overdue = case.state is ReviewState.OVERDUE
        tasks.append(
            Task(
                subject=f"grant:{grant.ref}",
                department=_provider(look.unit, grant),
                role=None,
                limit=_DUTY,
                title_zh="逾期未复核，授权已暂停" if overdue else "定期复核授权",
                title_en="Review a grant that is suspended until you do"
                if overdue
                else "Review whether a grant is still needed",
                state=ClockState.OVERDUE if overdue else ClockState.RUNNING,
                due_on=case.due_on,
                days_left=look.days_left(case.due_on) if case.due_on else None,
                todo=f"bureau review keep {grant.ref} --reason TEXT",
            )
        )
    return tasks


def _provider(unit: ReadUnit, grant: Grant) -> str:
    """The department that has the dataset now; it may not be the one that granted."""
    return unit.registry.provider_of(grant.terms.dataset) or grant.provider


def _provided_by(unit: ReadUnit, department: str, grants: Sequence[Grant]) -> list[Grant]:
    """Those of `grants` whose data the department has; each dataset is looked up once."""
    any_of = {grant.terms.dataset: grant for grant in grants}
    providers = {dataset: _provider(unit, grant) for dataset, grant in any_of.items()}
    return [grant for grant in grants if providers[grant.terms.dataset] == department]


def _same(grant: Grant, not_before: datetime, not_after: datetime) -> NewRequest:
    terms = grant.terms
    return NewRequest(
        dataset=terms.dataset,
        application=terms.application,
        legal_basis=terms.legal_basis,
        scenario=terms.scenario,
        columns=terms.columns,
        rows=terms.rows,
        mode=terms.mode,
        safeguards=terms.safeguards,
        not_before=not_before,
        not_after=not_after,
    )


def _reviewed(grant: Grant, review: Review) -> Event:
    evidence = review.evidence
    return _about(
        "grant.reviewed",
        grant,
        {
            "last_use": evidence.last_use.isoformat() if evidence.last_use else None,
            "late": review.due_at is not None and review.due_at <= review.reviewed_at,
            "outcome": review.outcome.value,
            "reason": words_hash(review.reason),
            "review_due": grant.review_due.isoformat() if grant.review_due else None,
            "rows": evidence.rows,
            "uses": evidence.uses,
        },
    )


def _about(kind: str, grant: Grant, told: Mapping[str, Json]) -> Event:
    parties: dict[str, Json] = {
        "dataset": grant.terms.dataset,
        "department": grant.department,
        "provider": grant.provider,
        "terms_hash": grant.terms_hash,
    }
    return Event(kind, f"grant:{grant.ref}", parties | dict(told))
