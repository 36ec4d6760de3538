"""Asked, answered, in force, used: the four facts of sharing (Decree 809 Art. 20 to 27)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from catalog.model import ShareMode
from catalog.predicate import Predicate, predicate_json
from core.canonical import Json, content_hash
from core.clock import optional_micros
from sharing.safeguards import NONE, Safeguards


class RequestState(StrEnum):
    """`proposed` waits for the requesting department's own approver, `seconding` for a second one."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    SECONDING = "seconding"
    AGREED = "agreed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    DISPUTED = "disputed"
    UPHELD = "upheld"
    OVERTURNED = "overturned"


class RefusalGround(StrEnum):
    """Why data is refused. Papers that are missing are no ground: they are asked for (Art. 21)."""

    OUTSIDE_DUTIES = "outside_duties"
    EXCEEDS_NEED = "exceeds_need"
    CONDITIONS_NOT_MET = "conditions_not_met"
    LAW_FORBIDS = "law_forbids"
    NOT_HELD = "not_held"

    @property
    def title_zh(self) -> str:
        return _GROUNDS_ZH[self]


_GROUNDS_ZH = {
    RefusalGround.OUTSIDE_DUTIES: "超出履职范围",
    RefusalGround.EXCEEDS_NEED: "超出所需",
    RefusalGround.CONDITIONS_NOT_MET: "不符合共享条件",
    RefusalGround.LAW_FORBIDS: "法律法规禁止共享",
    RefusalGround.NOT_HELD: "未持有该数据",
}


class GrantState(StrEnum):
    """Derived from facts at a moment, never stored."""

    SCHEDULED = "scheduled"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    ENDED = "ended"
    REVOKED = "revoked"


class FinishCause(StrEnum):
    """Why the purpose of a grant is over (Decree 809 Art. 27)."""

    MET = "met"
    IMPOSSIBLE = "impossible"
    NOT_NEEDED = "not_needed"


class UseStatus(StrEnum):
    AUTHORISED = "authorised"
    COMPLETED = "completed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What is asked for and, once agreed, what binds: immutable, identified by `hash`.

    The five things of Decree 809 Art. 20 (使用依据, 使用场景, 使用范围, 共享方式, 使用时限) and the
    application that will use the data.
    """

    dataset: str
    contract_version: str
    application: str
    legal_basis: str
    scenario: str
    columns: tuple[str, ...]
    rows: Predicate | None
    mode: ShareMode
    not_before: datetime
    not_after: datetime
    safeguards: Safeguards = NONE

    def to_json(self) -> dict[str, Json]:
        guarded: dict[str, Json] = {}
        if (
            self.safeguards
        ):  # absent elsewhere, as in all terms that were hashed before there were any
            guarded["safeguards"] = self.safeguards.to_json()
        return guarded | {
            "application": self.application,
            "columns": list(self.columns),
            "contract_version": self.contract_version,
            "dataset": self.dataset,
            "legal_basis": self.legal_basis,
            "mode": self.mode.value,
            "not_after": self.not_after.isoformat(),
            "not_before": self.not_before.isoformat(),
            "rows": predicate_json(self.rows) if self.rows is not None else None,
            "scenario": self.scenario,
        }

    @property
    def hash(self) -> str:
        return content_hash(self.to_json())


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """Papers handed back, once, with the whole list of what is missing (Decree 809 Art. 21)."""

    missing: tuple[str, ...]
    at: datetime
    by: str
    supplement: str = ""
    """What the requester answered."""
    supplemented_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """More time for the reply: asked for by the provider, answered by the authority (Art. 21)."""

    days: int
    reason: str
    asked_at: datetime
    asked_by: str
    consented_at: datetime | None = None
    consented_by: str = ""
    declined_at: datetime | None = None
    declined_by: str = ""
    why_declined: str = ""

    @property
    def open(self) -> bool:
        return self.consented_at is None and self.declined_at is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """The first of two approvals, to these `columns` under these safeguards."""

    by: str
    at: datetime
    columns: tuple[str, ...]
    safeguards: Safeguards = NONE

    @property
    def standing(self) -> list[Json]:
        """What is hashed of it."""
        guarded: list[Json] = [self.safeguards.to_json()] if self.safeguards else []
        return [optional_micros(self.at), list(self.columns), *guarded]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessRequest:
    """One dataset that a department asks for; a `dossier` names the others asked for with it.

    It is proposed to the approver of the requester's own sharing office, whose approval submits it
    (Art. 20); `received_at` is the receipt (签收), from which the time to reply is counted.
    """

    ref: str
    state: RequestState
    department: str
    terms: Terms
    created_by: str
    created_at: datetime
    dossier: str = ""
    proposed_at: datetime | None = None
    submitted_at: datetime | None = None
    endorsed_by: str = ""
    endorsed_until: datetime | None = None
    """The end that was endorsed, where the period was moved on because the reply was late."""
    received_at: datetime | None = None
    received_by: str = ""
    returned: Return | None = None
    extension: Extension | None = None
    first_approval: Approval | None = None
    decided_by: str = ""
    decided_at: datetime | None = None
    ground: RefusalGround | None = None
    reason: str = ""
    grant: str = ""
    left_out: tuple[str, ...] = ()
    """The columns asked for that were not agreed to."""
    dispute: str = ""
    """The newest dispute over its refusal."""
    ruled_by: str = ""
    """The department that decided the dispute; empty while none did, or where both parties agreed."""

    @property
    def settled(self) -> bool:
        """Whether both parties settled that its refusal does not stand; nothing else reopens it."""
        waiting = (RequestState.SUBMITTED, RequestState.RETURNED, RequestState.SECONDING)
        return bool(self.dispute) and self.state in waiting

    @property
    def standing(self) -> str:
        """The hash of all that is known of it but who acted, for whom the ledger has commitments."""
        returned, extension, first = self.returned, self.extension, self.first_approval
        moved: dict[str, Json] = {}
        if self.endorsed_until is not None:  # absent elsewhere, as in every older entry
            moved["endorsed_until"] = optional_micros(self.endorsed_until)
        return content_hash(
            moved
            | {
                "created_at": optional_micros(self.created_at),
                "decided_at": optional_micros(self.decided_at),
                "department": self.department,
                "dispute": self.dispute,
                "dossier": self.dossier,
                "proposed_at": optional_micros(self.proposed_at),
                "extension": [
                    extension.days,
                    extension.reason,
                    optional_micros(extension.asked_at),
                    optional_micros(extension.consented_at),
                    optional_micros(extension.declined_at),
                    extension.why_declined,
                ]
                if extension
                else None,
                "first_approval": first.standing if first else None,
                "grant": self.grant,
                "ground": self.ground.value if self.ground else "",
                "left_out": list(self.left_out),
                "reason": self.reason,
                "received_at": optional_micros(self.received_at),
                "ruled_by": self.ruled_by,
                "returned": [
                    list(returned.missing),
                    optional_micros(returned.at),
                    returned.supplement,
                    optional_micros(returned.supplemented_at),
                ]
                if returned
                else None,
                "state": self.state.value,
                "submitted_at": optional_micros(self.submitted_at),
                "terms_hash": self.terms.hash,
            }
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspension:
    """Access paused and its cause to be rectified; `report` says how it was (Decree 809 Art. 27)."""

    since: datetime
    until: datetime | None
    reason: str
    suspended_by: str = ""
    by_authority: bool = False
    """Whether the data authority suspended it, who alone lifts it then."""
    rectified_at: datetime | None = None
    rectified_by: str = ""
    report: str = ""
    resumed_by: str = ""
    why_resumed: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A right in force. Only facts are stored; `state_at` derives the state."""

    ref: str
    request: str
    provider: str
    department: str
    terms: Terms
    terms_hash: str
    granted_at: datetime
    granted_by: str
    revoked_at: datetime | None = None
    revoked_by: str = ""
    revoke_reason: str = ""
    suspensions: tuple[Suspension, ...] = ()
    delivered_at: datetime | None = None
    """When there was something to read: approved, delivered and used are three things."""
    accepted_at: datetime | None = None
    accepted_by: str = ""
    first_used_at: datetime | None = None
    finished_at: datetime | None = None
    """When the using department said that the purpose is over; the grant ends then."""
    finished_by: str = ""
    finish_cause: FinishCause | None = None
    finish_reason: str = ""
    disposed_at: datetime | None = None
    """When the provider confirmed that the data was disposed of."""
    review_due: datetime | None = None
    """The moment from which a missed review suspends it; None: given when there were no reviews."""
    emergency: bool = False

    @property
    def parties(self) -> dict[str, Json]:
        """What every ledger entry about it names."""
        return {
            "dataset": self.terms.dataset,
            "department": self.department,
            "provider": self.provider,
        }

    @property
    def ended_at(self) -> datetime:
        """The moment from which it gives nothing, as far as that is known now."""
        known = (self.revoked_at, self.finished_at, self.terms.not_after)
        return min(moment for moment in known if moment is not None)

    def state_at(self, moment: datetime) -> GrantState:
        if self.revoked_at is not None and self.revoked_at <= moment:
            return GrantState.REVOKED
        if moment >= self.ended_at:
            return GrantState.ENDED
        if self.suspension_at(moment) is not None or self.review_missed_at(moment):
            return GrantState.SUSPENDED
        if moment < self.terms.not_before:
            return GrantState.SCHEDULED
        return GrantState.ACTIVE

    def suspension_at(self, moment: datetime) -> Suspension | None:
        """The suspension for a cause that is to be rectified, if one holds."""
        holding = (
            s
            for s in self.suspensions
            if s.since <= moment and (s.until is None or moment < s.until)
        )
        return next(holding, None)

    def review_missed_at(self, moment: datetime) -> bool:
        """Whether its review is overdue, which suspends it until somebody attests the need."""
        return self.review_due is not None and self.review_due <= moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One metered read: authorised before a byte leaves, completed after the last one."""

    id: str
    grant: str
    dataset: str
    lake_version: int
    terms_hash: str
    purpose: str
    authorised_at: datetime
    status: UseStatus
    completed_at: datetime | None = None
    rows: int = 0
    bytes: int = 0
    sha256: str = ""
