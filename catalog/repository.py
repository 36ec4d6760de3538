"""The registry's SQL: items as of a moment, changes that never overwrite, deliveries, search."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    String,
    and_,
    cast,
    delete,
    func,
    insert,
    or_,
    select,
    true,
    tuple_,
    update,
)
from sqlalchemy.orm import Session

from catalog import tables
from catalog.mapping import ItemT, from_columns, to_columns
from catalog.model import (
    Application,
    Dataset,
    DatasetStatus,
    Delivery,
    DeliveryPolicy,
    DeliveryStatus,
    Department,
    Division,
    Duty,
    Person,
    ProvisionRule,
    ServiceItem,
    ShareType,
)
from core.actor import Role
from core.db import Base, chunks
from core.errors import NotFound

_ROWS: dict[type, Any] = {
    Division: tables.DivisionRow,
    Department: tables.DepartmentRow,
    Person: tables.PersonRow,
    Application: tables.ApplicationRow,
    ProvisionRule: tables.ProvisionRuleRow,
    Duty: tables.DutyRow,
    Dataset: tables.DatasetRow,
    ServiceItem: tables.ServiceItemRow,
}
_NOUNS: dict[type, str] = {ProvisionRule: "provision rule", ServiceItem: "service"}
"""Codes per statement: far below the parameter limits of SQLite and PostgreSQL."""


class RegistryRepository:
    """Divisions, departments, people, applications, rules, duties and datasets."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, kind: type[ItemT], code: str, *, at: datetime | None = None) -> ItemT:
        """The item as it is, or as it was known just before `at`; raises NotFound."""
        found = self.find(kind, code, at=at)
        if found is None:
            noun = _NOUNS.get(kind, kind.__name__.lower())
            raise NotFound(noun, code, hint=f"list what exists: bureau {noun.split()[-1]} list")
        return found

    def find(self, kind: type[ItemT], code: str, *, at: datetime | None = None) -> ItemT | None:
        row = _ROWS[kind]
        query = select(row.__table__).where(row.code == code, _known_at(row, at))
        found = self._session.execute(query).mappings().one_or_none()
        return None if found is None else from_columns(kind, dict(found))

    def list_all(self, kind: type[ItemT], *, at: datetime | None = None) -> list[ItemT]:
        """Every item of the kind, by code."""
        row = _ROWS[kind]
        query = select(row.__table__).where(_known_at(row, at)).order_by(row.code)
        found = self._session.execute(query).mappings()
        return [from_columns(kind, dict(columns)) for columns in found]

    def list_by_contract(self, contract: str) -> list[Dataset]:
        """The datasets that name this contract, by code, without those that were withdrawn."""
        row = tables.DatasetRow
        query = select(row.__table__).where(
            _known_at(row, None),
            row.contract == contract,
            row.status != DatasetStatus.WITHDRAWN.value,
        )
        found = self._session.execute(query.order_by(row.code)).mappings()
        return [from_columns(Dataset, dict(columns)) for columns in found]

    def list_contested(self) -> list[str]:
        """The items that published, shareable datasets of several departments fulfil (Art. 19)."""
        row = tables.DatasetRow
        query = (
            select(row.fulfils)
            .where(*_is_claim(row))
            .group_by(row.fulfils)
            .having(func.count(func.distinct(row.provider)) > 1)
            .order_by(row.fulfils)
        )
        return list(self._session.scalars(query))

    def list_claims(self, item: str) -> list[Dataset]:
        """The published, shareable datasets that fulfil an item, by code."""
        row = tables.DatasetRow
        query = select(row.__table__).where(*_is_claim(row), row.fulfils == item)
        found = self._session.execute(query.order_by(row.code)).mappings()
        return [from_columns(Dataset, dict(columns)) for columns in found]

    def codes(self, kind: type[ItemT]) -> set[str]:
        row = _ROWS[kind]
        return set(self._session.scalars(select(row.code).where(row.superseded_at.is_(None))))

    def save(self, kind: type[ItemT], items: Sequence[ItemT], at: datetime) -> None:
        """Make `items` current from `at` on; what they replace stays in the history."""
        self.close(kind, [item.code for item in items], at)
        rows = [to_columns(item) | {"recorded_at": at, "superseded_at": None} for item in items]
        if rows:
            _insert(self._session, _ROWS[kind], rows)

    def close(self, kind: type[ItemT], codes: Collection[str], at: datetime) -> None:
        """End the current rows of `codes` at `at`; codes without a current row are ignored."""
        row = _ROWS[kind]
        for chunk in chunks(sorted(codes)):
            self._session.execute(
                update(row)
                .where(row.code.in_(chunk), row.superseded_at.is_(None))
                .values(superseded_at=at)
                .execution_options(synchronize_session=False)
            )

    def first_published(self, *, at: datetime | None = None) -> dict[str, datetime]:
        """When each dataset was first published, of those that were before `at`."""
        row = tables.DatasetRow
        query = select(row.code, func.min(row.recorded_at).label("first")).group_by(row.code)
        query = query.where(row.status == DatasetStatus.PUBLISHED.value)
        if at is not None:
            query = query.where(row.recorded_at < at)
        return {found.code: found.first for found in self._session.execute(query)}

    def history(self, kind: type[ItemT], code: str) -> list[tuple[datetime, ItemT]]:
        """Each state of one item with the moment it was recorded, oldest first."""
        row = _ROWS[kind]
        query = select(row.__table__).where(row.code == code).order_by(row.recorded_at, row.id)
        found = self._session.execute(query).mappings()
        return [(c["recorded_at"], from_columns(kind, dict(c))) for c in found]

    def add_salts(self, people: Collection[str]) -> None:
        """Make the secret behind each person's commitment, where there is none yet."""
        known = set(self._session.scalars(select(tables.PersonSaltRow.person)))
        for person in sorted(set(people) - known):
            self._session.add(tables.PersonSaltRow(person=person, salt=secrets.token_bytes(32)))
        self._session.flush()

    def provider_of(self, dataset: str) -> str:
        """The department that provides a dataset; nothing for a code that is none."""
        row = tables.DatasetRow
        query = select(row.provider).where(row.code == dataset, row.superseded_at.is_(None))
        return self._session.scalar(query) or ""

    def people_of(self, departments: Collection[str], role: Role) -> list[Person]:
        """The people of these departments, and whoever has `role` in any; by code."""
        row = tables.PersonRow
        query = select(row.__table__).where(
            row.superseded_at.is_(None),
            or_(row.department.in_(departments), cast(row.roles, String).contains(f'"{role}"')),
        )
        found = self._session.execute(query.order_by(row.code)).mappings()
        return [from_columns(Person, dict(columns)) for columns in found]

    def salt_of(self, person: str) -> bytes | None:
        """The secret behind a person's commitment; None for whoever was erased."""
        row = tables.PersonSaltRow
        return self._session.scalar(select(row.salt).where(row.person == person))

    def salts(self, people: Collection[str] | None = None) -> dict[str, bytes]:
        """The secrets behind the commitments of these people, or of all, by person."""
        row = tables.PersonSaltRow
        query = select(row.person, row.salt)
        if people is not None:
            query = query.where(row.person.in_(people))
        return {row.person: row.salt for row in self._session.execute(query)}


class DeliveryRepository:
    """Deliveries and the lake folders they went to."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def folder(self, dataset: str) -> str | None:
        row = self._session.get(tables.LakeTableRow, dataset)
        return None if row is None else row.folder

    def folders(self) -> dict[str, str]:
        """The lake folder that each dataset is delivered to, if it has one."""
        return {
            row.dataset: row.folder for row in self._session.scalars(select(tables.LakeTableRow))
        }

    def set_folder(self, dataset: str, folder: str) -> None:
        """Name where the next deliveries go; earlier ones know where they went."""
        self._session.merge(tables.LakeTableRow(dataset=dataset, folder=folder))
        self._session.flush()

    def next_number(self, dataset: str) -> int:
        query = select(func.max(tables.DeliveryRow.number))
        return (self._session.scalar(query.where(tables.DeliveryRow.dataset == dataset)) or 0) + 1

    def add(self, delivery: Delivery) -> None:
        self._session.add(tables.DeliveryRow(**to_delivery_columns(delivery)))

    def get(self, dataset: str, number: int) -> Delivery:
        row = self._session.scalar(
            select(tables.DeliveryRow).where(
                tables.DeliveryRow.dataset == dataset, tables.DeliveryRow.number == number
            )
        )
        if row is None:
            raise NotFound("delivery", f"{dataset} #{number}")
        return _delivery(row)

    def list_by_dataset(self, dataset: str, *, at: datetime | None = None) -> list[Delivery]:
        """The deliveries recorded before `at`, oldest first."""
        row = tables.DeliveryRow
        query = select(row).where(row.dataset == dataset).order_by(row.number)
        if at is not None:
            query = query.where(row.delivered_at < at)
        return [_delivery(found) for found in self._session.scalars(query)]

    def find_published(self, dataset: str) -> Delivery | None:
        """The newest delivery that readers see."""
        row = tables.DeliveryRow
        query = (
            select(row)
            .where(row.dataset == dataset, row.status != DeliveryStatus.REFUSED.value)
            .order_by(row.number.desc())
            .limit(1)
        )
        found = self._session.scalar(query)
        return None if found is None else _delivery(found)

    def numbers_of(self, runs: Collection[str]) -> set[tuple[str, int]]:
        """The deliveries that these check runs looked at, as dataset and number."""
        row = tables.DeliveryRow
        found: set[tuple[str, int]] = set()
        for chunk in chunks(sorted(runs)):
            query = select(row.dataset, row.number).where(row.check_run.in_(chunk))
            found.update((dataset, number) for dataset, number in self._session.execute(query))
        return found

    def newest_published(self, *, at: datetime | None = None) -> dict[str, Delivery]:
        """Of each dataset the newest delivery that readers see, or saw just before `at`."""
        row = tables.DeliveryRow
        seen = row.status != DeliveryStatus.REFUSED.value
        return self._newest(and_(seen, _delivered_before(at)))

    def newest(self, *, at: datetime | None = None) -> dict[str, Delivery]:
        """Of each dataset the newest delivery, seen or refused, if there is one; of before `at`."""
        return self._newest(_delivered_before(at))

    def _newest(self, which: ColumnElement[bool]) -> dict[str, Delivery]:
        row = tables.DeliveryRow
        newest = select(row.dataset, func.max(row.number)).where(which).group_by(row.dataset)
        query = select(row).where(tuple_(row.dataset, row.number).in_(newest))
        return {found.dataset: _delivery(found) for found in self._session.scalars(query)}

    def collected(self, *, at: datetime | None = None) -> set[str]:
        """The datasets that have, or had just before `at`, at least one published delivery."""
        row = tables.DeliveryRow
        seen = row.status != DeliveryStatus.REFUSED.value
        query = select(row.dataset).where(seen, _delivered_before(at)).distinct()
        return set(self._session.scalars(query))

    def delivered(self, *, at: datetime | None = None) -> set[str]:
        """The datasets of which anything was delivered, before `at` where given."""
        query = select(tables.DeliveryRow.dataset).where(_delivered_before(at)).distinct()
        return set(self._session.scalars(query))


class SearchRepository:
    """The gram index over datasets; the words come from `catalog.search`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def replace(self, grams: Mapping[str, Mapping[str, int]]) -> None:
        """Index these datasets anew: dataset code to gram to weight."""
        row = tables.DatasetGramRow
        for chunk in chunks(sorted(grams)):
            self._session.execute(delete(row).where(row.dataset.in_(chunk)))
            rows = [
                {"gram": gram[:100], "dataset": code, "weight": weight}
                for code in chunk
                for gram, weight in grams[code].items()
            ]
            if rows:
                _insert(self._session, row, rows)

    def find(self, whole: Collection[str], prefixes: Collection[str]) -> list[tuple[str, int]]:
        """Datasets that hold every gram in `whole` and one starting with each of `prefixes`.

        Best first: (code, summed weight), ties by code.
        """
        weights: dict[str, int] | None = None
        row = tables.DatasetGramRow
        conditions: list[ColumnElement[bool]] = [row.gram == gram for gram in sorted(whole)]
        conditions += [row.gram.startswith(word, autoescape=True) for word in sorted(prefixes)]
        for condition in conditions:
            query = select(row.dataset, func.max(row.weight).label("best")).where(condition)
            rows = self._session.execute(query.group_by(row.dataset))
            found = {hit.dataset: hit.best for hit in rows}
            if weights is None:
                weights = found
            else:
                weights = {c: w + found[c] for c, w in weights.items() if c in found}
            if not weights:
                return []
        return sorted((weights or {}).items(), key=lambda pair: (-pair[1], pair[0]))


def _insert(session: Session, row: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert on the connection: the session takes each row apart first, at twice the time."""
    session.connection().execute(insert(row), rows)


def to_delivery_columns(delivery: Delivery) -> dict[str, Any]:
    return asdict(delivery) | {"status": delivery.status.value, "policy": delivery.policy.value}


def _delivery(row: tables.DeliveryRow) -> Delivery:
    values = {column.key: getattr(row, column.key) for column in row.__table__.columns}
    values["status"] = DeliveryStatus(row.status)
    values["policy"] = DeliveryPolicy(row.policy)
    return Delivery(**values)


def _delivered_before(at: datetime | None) -> ColumnElement[bool]:
    return true() if at is None else tables.DeliveryRow.delivered_at < at


def _known_at(row: Any, at: datetime | None) -> ColumnElement[bool]:
    if at is None:
        return and_(row.superseded_at.is_(None))
    return and_(row.recorded_at < at, or_(row.superseded_at.is_(None), row.superseded_at >= at))


def _is_claim(row: Any) -> tuple[ColumnElement[bool], ...]:
    """As `catalog.claims.is_claim` says."""
    return (
        _known_at(row, None),
        row.status == DatasetStatus.PUBLISHED.value,
        row.share_type != ShareType.NOT_SHARED.value,
        row.fulfils != "",
    )
