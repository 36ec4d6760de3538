"""The rows that the ledger attests: those that an act wrote, and all there are."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    LargeBinary,
    Select,
    bindparam,
    case,
    cast,
    func,
    select,
    type_coerce,
)
from sqlalchemy import inspect as look_into
from sqlalchemy.orm import Session
from sqlalchemy.types import NullType

from core.db import Base, UtcDateTime, rows_written
from core.ids import (
    CATALOGUE_EVENT,
    CHANGE,
    CORRECTION,
    CREDENTIAL,
    DELEGATION,
    DISPUTE,
    GRANT,
    NEED,
    REQUEST,
    RETURN_LIST,
    SUBMISSION,
)
from sharing.attested.model import Reading, Shape
from sharing.calendar.tables import AnnouncementRow
from sharing.changes.tables import ConsultationRow, ServiceChangeRow
from sharing.corrections.tables import CorrectionRow
from sharing.credentials.tables import CredentialRow
from sharing.delegations.tables import DelegationRow
from sharing.disposal.tables import ProofRow, RequirementRow
from sharing.disputes.tables import DisputeRow
from sharing.emergencies.tables import (
    EmergencyAuthorisationRow,
    EmergencyReviewRow,
    EmergencyRow,
)
from sharing.ledger.rows import Commitments, Row, Table
from sharing.needs.tables import NeedRow, OnceOnlyAnswerRow
from sharing.onward.tables import OnwardTransferRow
from sharing.records.tables import UsageRecordRow
from sharing.returnflow.tables import ReturnCheckRow, ReturnFlowRow
from sharing.reviews.tables import GrantRenewalRow, GrantReviewRow
from sharing.submissions.tables import CatalogueEventRow, NamedSourceRow, SubmissionRow
from sharing.tables import AccessRequestRow, GrantRow, SuspensionRow

_BATCH = 1000


@dataclass(frozen=True, kw_only=True)
class _Kind:
    """A table, and what of its rows is attested; see `Shape` and `Table` for what is meant."""

    row: type[Base]
    noun: str
    about: str
    prefix: str = ""
    by: tuple[str, str] | None = None
    made_by: tuple[str, ...] = ()
    people: Mapping[str, str] = field(default_factory=dict)
    only: tuple[str, ...] | None = None
    """The columns that are attested beside the people; None is all."""
    without: tuple[str, ...] = ()

    @cached_property
    def columns(self) -> dict[str, Any]:
        """The columns by the names that the program has for them."""
        return {each.key: each.columns[0] for each in look_into(self.row).column_attrs}

    @cached_property
    def key(self) -> tuple[Any, ...]:
        return tuple(look_into(self.row).primary_key)

    @cached_property
    def shape(self) -> Shape:
        key = tuple(look_into(self.row).get_property_by_column(each).key for each in self.key)
        moments = self._of_type(UtcDateTime)
        table = Table(
            name=self.row.__tablename__,
            noun=self.noun,
            prefix=self.prefix,
            made_by=frozenset(self.made_by),
            people=frozenset(n for n, name in enumerate(key) if name in self.people),
            moments=frozenset(n for n, name in enumerate(key) if name in moments),
        )
        every = self.columns if self.only is None else self.only
        return Shape(
            table=table,
            about=self.about,
            by=self.by,
            names=tuple(self.columns),
            key=key,
            content=frozenset(every) - {*key, *self.without},
            documents=self._of_type(JSON),
            flags=self._of_type(Boolean),
            people=self.people,
        )

    def _of_type(self, kind: type[Any]) -> frozenset[str]:
        return frozenset(n for n, each in self.columns.items() if isinstance(each.type, kind))


_BESIDE = (
    "terms",
    "revoked_at",
    "delivered_at",
    "accepted_at",
    "first_used_at",
    "finished_at",
    "disposed_at",
    "review_due",
    "until",
)
"""Columns of grants and suspensions that the replay of grants compares."""


def _of_grant(row: type[Base], noun: str, *made_by: str) -> _Kind:
    return _Kind(row=row, noun=noun, about="grant", prefix=GRANT, made_by=made_by, without=_BESIDE)


def _numbered(row: type[Base], noun: str, about: str, prefix: str, *made_by: str) -> _Kind:
    return _Kind(row=row, noun=noun, about=about, prefix=prefix, made_by=made_by)


_KINDS = (
    # The `standing` of a request says all that is known of it but the people, and its terms name
    # the dataset that stands beside them to be searched by.
    _Kind(
        row=AccessRequestRow, noun="requests", about="request", prefix=REQUEST, only=("dataset",)
    ),
    _Kind(
        row=AnnouncementRow,
        noun="announcements of working days",
        about="calendar",
        by=("year", ""),
        made_by=("calendar.imported",),
    ),
    _numbered(DisputeRow, "disputes", "dispute", DISPUTE, "dispute.raised"),
    _of_grant(GrantRow, "grants"),
    _numbered(CredentialRow, "credentials", "credential", CREDENTIAL, "credential.issued"),
    _of_grant(SuspensionRow, "suspensions"),
    _of_grant(GrantReviewRow, "reviews", "grant.reviewed"),
    _of_grant(UsageRecordRow, "usage records", "record.added"),
    _of_grant(RequirementRow, "requirements of disposal", "grant.disposal_required"),
    _of_grant(ProofRow, "proofs of disposal", "grant.disposal_proved"),
    _of_grant(OnwardTransferRow, "transfers to third parties", "transfer.asked"),
    _Kind(
        row=GrantRenewalRow,
        noun="renewals",
        about="grant",
        by=("grant", GRANT),
        prefix=REQUEST,
        made_by=("grant.renewal_asked",),
    ),
    _numbered(EmergencyRow, "emergencies", "emergency", GRANT, "emergency.opened"),
    _numbered(EmergencyReviewRow, "emergency reviews", "emergency", GRANT, "emergency.reviewed"),
    _Kind(
        row=EmergencyAuthorisationRow,
        noun="emergency authorisations",
        about="person",
        made_by=("emergency.authorised",),
        people={"person": "person"},
    ),
    _numbered(CorrectionRow, "corrections", "correction", CORRECTION, "correction.opened"),
    _Kind(
        row=SubmissionRow,
        noun="submissions",
        about="submission",
        prefix=SUBMISSION,
        made_by=("catalogue.submitted",),
        people={"head": "submitted_by"},
    ),
    _numbered(
        CatalogueEventRow,
        "catalogue events",
        "catalogue_event",
        CATALOGUE_EVENT,
        "catalogue.change_recorded",
    ),
    _Kind(
        row=NamedSourceRow,
        noun="named sources",
        about="item",
        by=("item", ""),
        made_by=("source.named",),
    ),
    _numbered(ServiceChangeRow, "service changes", "change", CHANGE, "change.begun"),
    _numbered(ConsultationRow, "consultations", "change", CHANGE, "change.begun"),
    _numbered(ReturnFlowRow, "returns", "return", RETURN_LIST, "return.asked", "return.listed"),
    _numbered(ReturnCheckRow, "return checks", "return", RETURN_LIST, "return.checked"),
    _numbered(NeedRow, "needs", "need", NEED, "need.stated"),
    _Kind(
        row=OnceOnlyAnswerRow,
        noun="answers about forms",
        about="service",
        made_by=("once_only.answered",),
    ),
    _Kind(
        row=DelegationRow,
        noun="delegations",
        about="delegation",
        prefix=DELEGATION,
        made_by=("delegation.made",),
        people={"delegator": "delegator", "delegate": "delegate"},
    ),
)
_BY_ROW = {kind.row: kind for kind in _KINDS}
_BY_NAME = {kind.row.__tablename__: kind for kind in _KINDS}


class RowRepository:
    """Rows as the ledger attests them: digests of columns, commitments to people."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._dialect = session.get_bind().dialect.name

    @property
    def tables(self) -> tuple[Table, ...]:
        return tuple(kind.shape.table for kind in _KINDS)

    def written(self, salts_of: Callable[[Collection[str]], Mapping[str, bytes]]) -> list[Row]:
        """The rows that this transaction wrote, as they are now."""
        found = []
        for row, key in rows_written(self._session):
            parts = {f"key_{n}": part for n, part in enumerate(key)}
            stored = self._session.execute(_one(row, self._dialect), parts).one()
            found.append(Reading(_BY_ROW[row].shape, stored))
        salts = salts_of({salter for one in found for _, salter in one.people.values()})
        commit = Commitments(salts)
        return [one.row(commit) for one in found]

    def stored(self, table: Table, commit: Commitments) -> Iterator[Row]:
        """Every row of a table in the order of its key, a batch at a time."""
        kind = _BY_NAME[table.name]
        query = _every(kind.row, self._dialect)
        for found in self._session.execute(query, execution_options={"yield_per": _BATCH}):
            yield Reading(kind.shape, found).row(commit)


@cache
def _every(row: type[Base], dialect: str) -> Select[Any]:
    """The rows as they are stored: no value is turned into anything that it may not be."""
    kind = _BY_ROW[row]
    query = select(*(_raw(one, dialect).label(name) for name, one in kind.columns.items()))
    return query.order_by(*kind.key)


@cache
def _one(row: type[Base], dialect: str) -> Select[Any]:
    """The row of the key of which `key_0` and so on are the parts."""
    parts = [column == bindparam(f"key_{n}") for n, column in enumerate(_BY_ROW[row].key)]
    return _every(row, dialect).where(*parts)


def _raw(column: Any, dialect: str) -> Any:
    """A column without its type: SQLite keeps anything in any, and text that is not UTF-8."""
    if dialect != "sqlite":
        return type_coerce(column, NullType())
    value = case((func.typeof(column) == "text", cast(column, LargeBinary)), else_=column)
    return type_coerce(value, NullType())
