"""The rows that the ledger attests: those that an act wrote, and all there are."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from sqlalchemy import JSON, Boolean, LargeBinary, Select, case, cast, func, select, type_coerce
from sqlalchemy import inspect as look_into
from sqlalchemy.orm import Session
from sqlalchemy.types import NullType

from core.actor import people_behind
from core.canonical import content_hash
from core.db import Base, UtcDateTime, rows_written
from core.errors import InvalidInput
from core.ids import (
    CATALOGUE_EVENT,
    CHANGE,
    CORRECTION,
    DELEGATION,
    DISPUTE,
    GRANT,
    NEED,
    REQUEST,
    RETURN_LIST,
    SUBMISSION,
    reference,
)
from sharing.changes.tables import ConsultationRow, ServiceChangeRow
from sharing.corrections.tables import CorrectionRow
from sharing.delegations.tables import DelegationRow
from sharing.disposal.tables import ProofRow, RequirementRow
from sharing.disputes.tables import DisputeRow
from sharing.emergencies.tables import (
    EmergencyAuthorisationRow,
    EmergencyReviewRow,
    EmergencyRow,
)
from sharing.ledger.rows import UNSALTED, Commitments, Row, Table
from sharing.needs.tables import NeedRow, OnceOnlyAnswerRow
from sharing.onward.tables import OnwardTransferRow
from sharing.records.tables import UsageRecordRow
from sharing.returnflow.tables import ReturnCheckRow, ReturnFlowRow
from sharing.reviews.tables import GrantRenewalRow, GrantReviewRow
from sharing.submissions.tables import CatalogueEventRow, NamedSourceRow, SubmissionRow
from sharing.tables import AccessRequestRow, GrantRow, SuspensionRow
from sharing.words import words_hash

_BATCH = 1000
_DIGITS = 32
"""Of a SHA-256 in hex: who wants another value with these would try 2**128."""


@dataclass(frozen=True, kw_only=True)
class _Kind:
    """A table, and what of its rows is attested.

    `about` is how entries call what a row is about. Which one, the key says, or else `by`: a
    column, and what its references begin with.
    `people` are columns that name somebody, with the column whose person's salt commits to them;
    those that end in _by are known by that.
    """

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
        return {each.key: each.columns[0] for each in look_into(self.row).column_attrs}

    @cached_property
    def key(self) -> list[str]:
        mapper = look_into(self.row)
        return [mapper.get_property_by_column(each).key for each in mapper.primary_key]

    @cached_property
    def content(self) -> frozenset[str]:
        every = self.columns if self.only is None else self.only
        return frozenset(every) - {*self.key, *self.without}

    @cached_property
    def documents(self) -> frozenset[str]:
        return self._of_type(JSON)

    @cached_property
    def flags(self) -> frozenset[str]:
        return self._of_type(Boolean)

    @cached_property
    def table(self) -> Table:
        moments = self._of_type(UtcDateTime)
        return Table(
            name=self.row.__tablename__,
            noun=self.noun,
            prefix=self.prefix,
            made_by=frozenset(self.made_by),
            people=frozenset(n for n, name in enumerate(self.key) if name in self.people),
            moments=frozenset(n for n, name in enumerate(self.key) if name in moments),
        )

    def query(self, dialect: str) -> Select[Any]:
        """The rows as they are stored: no value is turned into anything that it may not be."""
        return select(*(_raw(one, dialect).label(name) for name, one in self.columns.items()))

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
    # The `standing` of a request says all that is known of it but the people.
    _Kind(row=AccessRequestRow, noun="requests", about="request", prefix=REQUEST, only=()),
    _numbered(DisputeRow, "disputes", "dispute", DISPUTE, "dispute.raised"),
    _of_grant(GrantRow, "grants"),
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
_BY_NAME = {kind.table.name: kind for kind in _KINDS}


class RowRepository:
    """Rows as the ledger attests them: digests of columns, commitments to people."""

    tables = tuple(kind.table for kind in _KINDS)

    def __init__(self, session: Session) -> None:
        self._session = session
        self._dialect = session.get_bind().dialect.name

    def written(self, salts_of: Callable[[Collection[str]], Mapping[str, bytes]]) -> list[Row]:
        """The rows that this transaction wrote, as they are now."""
        found = []
        for row, key in rows_written(self._session):
            kind = _BY_ROW[row]
            query = kind.query(self._dialect)
            for name, part in zip(kind.key, key, strict=True):
                query = query.where(kind.columns[name] == part)
            found.append(_Read(kind, self._session.execute(query).one()))
        salts = salts_of({salter for read in found for _, salter in read.people.values()})
        commit = Commitments(salts)
        return [read.row(commit).committed() for read in found]

    def stored(self, table: Table, commit: Commitments) -> Iterator[Row]:
        """Every row of a table in the order of its key, a batch at a time."""
        kind = _BY_NAME[table.name]
        query = kind.query(self._dialect).order_by(*(kind.columns[name] for name in kind.key))
        for found in self._session.execute(query, execution_options={"yield_per": _BATCH}):
            yield _Read(kind, found).row(commit)


class _Read:
    """One row taken apart: what was decided and written, and who did it.

    `people` are by their place, each with the person whose salt commits to them.
    """

    def __init__(self, kind: _Kind, found: Sequence[Any]) -> None:
        self.kind = kind
        self.values = {
            name: _plain(value, as_json=name in kind.documents, as_flag=name in kind.flags)
            for name, value in zip(kind.columns, found, strict=True)
        }
        self.people: dict[str, tuple[str, str]] = {}
        self.content: dict[str, Any] = {}
        for name, value in self.values.items():
            if name in kind.people:
                salter = str(self.values[kind.people[name]])
                self.people[name] = str(value), people_behind(salter)[0]
                continue
            left = self._without_people(name, value)
            if name in kind.content and not (left is None or left in _EMPTY):
                self.content[name] = left

    def row(self, commit: Commitments) -> Row:
        kind = self.kind
        people = {place: commit(*who) for place, who in self.people.items() if who[0]}
        key = tuple(people.pop(name, self.values[name]) for name in kind.key)
        digests = {name: _digest(value) for name, value in self.content.items()}
        column, prefix = kind.by or (kind.key[0], kind.prefix)
        which = key[0] if kind.by is None else self.values[column]
        named = reference(prefix, which) if prefix and isinstance(which, int) else which
        return Row(
            table=kind.table,
            key=tuple(map(_part, key)),
            subject=f"{kind.about}:{named}",
            columns=digests | people,
        )

    def _without_people(self, place: str, value: Any) -> Any:
        """The value without the people in it, at any depth, who are noted by their place."""
        if isinstance(value, str):
            if not place.endswith((".by", "_by")):
                return value
            places = [place, f"{place}.for"]
            people = zip(places, people_behind(value), strict=False)
            self.people |= {each: (person, person) for each, person in people}
            return None
        if isinstance(value, dict):
            return {k: self._without_people(f"{place}.{k}", v) for k, v in value.items()}
        if isinstance(value, list):
            return [self._without_people(f"{place}.{n}", v) for n, v in enumerate(value)]
        return value


_EMPTY: tuple[Any, ...] = ("", [], {})


def _raw(column: Any, dialect: str) -> Any:
    """A column without its type: SQLite keeps anything in any column, and text that is not UTF-8."""
    if dialect != "sqlite":
        return type_coerce(column, NullType())
    value = case((func.typeof(column) == "text", cast(column, LargeBinary)), else_=column)
    return type_coerce(value, NullType())


def _plain(value: Any, *, as_json: bool, as_flag: bool) -> Any:
    """The same on both databases."""
    if isinstance(value, bytes):
        text = value.decode(errors="backslashreplace")
        try:
            return json.loads(text) if as_json else text
        except (ValueError, RecursionError):
            return text
    if as_flag:
        return {0: False, 1: True}.get(value, value)
    return value.isoformat() if isinstance(value, date) else value


def _part(value: Any) -> Any:
    """A part of a key as an entry has it."""
    if isinstance(value, str):
        return None if value == UNSALTED else unicodedata.normalize("NFC", value)
    return value


def _digest(value: Any) -> str:
    """Of text, as for whatever people write, the SHA-256 of its bytes; else of canonical JSON."""
    try:
        digest = words_hash(value) if isinstance(value, str) else content_hash(value)
    except (InvalidInput, ValueError):  # nothing that the program ever wrote
        digest = words_hash(ascii(value))
    return digest[:_DIGITS]
