"""A city in a few calls: each call is one fact, recorded at the moment it is given."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from catalog.model import (
    Dataset,
    DatasetStatus,
    Delivery,
    DeliveryPolicy,
    DeliveryStatus,
    Department,
    Division,
    Duty,
    ProvisionRule,
    ShareMode,
    ShareType,
    UpdateCycle,
)
from catalog.repository import DeliveryRepository, RegistryRepository
from core.clock import end_of_day
from core.ids import new_id
from quality.model import CheckReport, Dimension, DimensionScore
from quality.repository import CheckRepository
from rates.definitions import find_rate
from rates.model import FunnelCount, GroupBy, Grouping, Member, RateCount, RateQuery
from rates.repository import RatesRepository
from sharing.clocks.model import Clock
from sharing.clocks.repository import ClockRepository
from sharing.corrections.model import Channel, Correction, CorrectionState, Finding
from sharing.corrections.repository import CorrectionRepository
from sharing.metering.model import Counted
from sharing.model import (
    AccessRequest,
    Grant,
    RequestState,
    Suspension,
    Terms,
)
from sharing.repository import GrantRepository, UseRepository
from sharing.requests.repository import RequestRepository
from sharing.reviews.model import Evidence, Outcome, Review
from sharing.reviews.repository import ReviewRepository
from sharing.submissions.model import Cause, ChangeEvent, NamedSource
from sharing.submissions.repository import CatalogueEventRepository, SourceRepository

ZONE = ZoneInfo("Asia/Shanghai")
FIRST = date(2026, 1, 1)
DAY = date(2026, 3, 10)
QUERY = RateQuery(as_of=DAY, window_days=30)


def noon(day: date) -> datetime:
    return at(day, 12)


def at(day: date, hour: int = 0) -> datetime:
    """The moment in the city's zone."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=ZONE).astimezone(UTC)


class City:
    """`now` is far in the future unless set, so that every day asked about is over."""

    def __init__(self, session: Session, now: datetime = datetime(2100, 1, 1, tzinfo=UTC)) -> None:
        self.session = session
        self.now = now
        self._registry = RegistryRepository(session)
        self._deliveries = DeliveryRepository(session)
        self._requests = RequestRepository(session)
        self._grants = GrantRepository(session)
        self._uses = UseRepository(session)
        self._reviews = ReviewRepository(session)
        self._clocks = ClockRepository(session)
        self._checks = CheckRepository(session)
        self._corrections = CorrectionRepository(session)
        self._changes = CatalogueEventRepository(session)
        self._sources = SourceRepository(session)

    def division(self, code: str, moment: datetime, parent: str | None = None) -> None:
        division = Division(code=code, name_zh=code, level="area", parent=parent)
        self._registry.save(Division, [division], moment)

    def department(self, code: str, moment: datetime, division: str = "4403") -> None:
        department = Department(code=code, name_zh=code, division=division)
        self._registry.save(Department, [department], moment)

    def retire(self, department: str, moment: datetime) -> None:
        """The department is no more; what names it stays as it is."""
        self._registry.close(Department, [department], moment)

    def rule(self, code: str, moment: datetime, **fields: Any) -> None:
        given = {"item": "air", "title_zh": code, "legal_ground": "x", "start": date(2026, 1, 1)}
        self._registry.save(ProvisionRule, [ProvisionRule(code=code, **given | fields)], moment)

    def duty(self, code: str, moment: datetime, department: str, item: str, **fields: Any) -> None:
        given = {
            "rule": "r",
            "title_zh": code,
            "title_en": "",
            "legal_ground": "x",
            "theme": "",
            "exempt": False,
            "start": date(2020, 1, 1),
            "end": None,
        }
        duty = Duty(code=code, department=department, item=item, **given | fields)
        self._registry.save(Duty, [duty], moment)

    def end_duty(self, code: str, moment: datetime) -> None:
        self._registry.close(Duty, [code], moment)

    def dataset(self, code: str, moment: datetime, provider: str, **fields: Any) -> None:
        given = {
            "share_type": ShareType.UNCONDITIONAL,
            "update_cycle": UpdateCycle.DAILY,
            "title_zh": code,
        }
        dataset = Dataset(code=code, provider=provider, **given | fields)
        self._registry.save(Dataset, [dataset], moment)

    def withdraw(self, code: str, moment: datetime) -> None:
        current = self._registry.get(Dataset, code)
        self._registry.save(Dataset, [replace(current, status=DatasetStatus.WITHDRAWN)], moment)

    def deliver(
        self,
        dataset: str,
        moment: datetime,
        status: DeliveryStatus = DeliveryStatus.ACCEPTED,
        *,
        rows: int = 1,
        declared: int | None = None,
    ) -> None:
        if self._deliveries.folder(dataset) is None:
            self._deliveries.set_folder(dataset, dataset)
        number = self._deliveries.next_number(dataset)
        self._deliveries.add(
            Delivery(
                id=f"{dataset}-{number}",
                dataset=dataset,
                number=number,
                status=status,
                policy=DeliveryPolicy.REFUSE,
                contract="c",
                contract_version="1.0.0",
                source_sha256="0" * 64,
                source_bytes=1,
                source_format="csv",
                encoding="utf-8",
                header=True,
                sheet="",
                rows_read=rows,
                rows_published=rows if status.published else 0,
                declared_rows=declared,
                lake_table=dataset,
                lake_version=number,
                check_run="",
                delivered_by="p",
                delivered_at=moment,
            )
        )
        self.session.flush()

    def check(
        self, dataset: str, moment: datetime, score: int | None, *, executed: int = 2, **units: Any
    ) -> None:
        """A run; `units` are A and B of the dimensions that were measured."""
        scores = [
            DimensionScore(
                dimension=dimension,
                score=None if dimension.value not in units else 50,
                a=units.get(dimension.value, (0, 0))[0],
                b=units.get(dimension.value, (0, 0))[1],
                checks=1,
            )
            for dimension in (Dimension.COMPLETENESS, Dimension.UNIQUENESS)
        ]
        self._checks.add(
            CheckReport(
                id=new_id(moment),
                dataset=dataset,
                contract="c",
                contract_version="1.0.0",
                engine="e",
                policy="default 1",
                ran_at=moment,
                rows=1,
                results=(),
                dimensions=tuple(scores),
                score=score,
                grade=None,
                coverage_executed=executed,
                coverage_declared=3,
                failing_rows=0,
            )
        )

    def correction(self, dataset: str, moment: datetime, grant: str = "") -> str:
        ref = self._corrections.next_ref()
        self._corrections.add(
            Correction(
                ref=ref,
                state=CorrectionState.OPEN,
                department="health",
                dataset=dataset,
                delivery=1,
                grant=grant,
                channel=Channel.DEPARTMENT,
                columns=(),
                rows=None,
                problem="p",
                created_by="p",
                created_at=moment,
            )
        )
        return ref

    def close_correction(
        self, ref: str, moment: datetime, finding: Finding = Finding.CONFIRMED
    ) -> None:
        """What was found, and fed back, at once."""
        self._change(
            ref, CorrectionState.CLOSED, finding=finding, verified_at=moment, closed_at=moment
        )

    def withdraw_correction(self, ref: str, moment: datetime) -> None:
        self._change(ref, CorrectionState.WITHDRAWN, withdrawn_at=moment)

    def _change(self, ref: str, state: CorrectionState, **fields: Any) -> None:
        before = self._corrections.get(ref)
        after = replace(before, state=state, **fields)
        self._corrections.update(after, expected=before.state)

    def change(self, moment: datetime, dataset: str = "", item: str = "") -> str:
        """Something changed that the catalogue has to follow."""
        ref = self._changes.next_ref()
        self._changes.add(
            ChangeEvent(
                ref=ref,
                cause=Cause.LAW,
                item=item,
                dataset=dataset,
                changed_on=moment.astimezone(ZONE).date(),
                reason="r",
                recorded_by="p",
                recorded_at=moment,
            )
        )
        return ref

    def name_source(self, item: str, department: str, moment: datetime) -> None:
        named = NamedSource(
            item=item, department=department, reason="r", named_by="p", named_at=moment
        )
        self._sources.add(named)

    def grant(
        self,
        dataset: str,
        department: str,
        moment: datetime,
        *,
        begins: datetime | None = None,
        ends: datetime | None = None,
    ) -> str:
        request = self._requests.next_ref()
        terms = Terms(
            dataset=dataset,
            contract_version="1.0.0",
            application="app",
            legal_basis="x",
            scenario="y",
            columns=("a",),
            rows=None,
            mode=ShareMode.FILE,
            not_before=begins or moment,
            not_after=ends or moment + timedelta(days=3650),
        )
        self._requests.add(
            AccessRequest(
                ref=request,
                state=RequestState.AGREED,
                department=department,
                terms=terms,
                created_by="p",
                created_at=moment,
            )
        )
        grant = self._grants.next_ref()
        self._grants.add(
            Grant(
                ref=grant,
                request=request,
                provider="any",
                department=department,
                terms=terms,
                terms_hash=terms.hash,
                granted_at=moment,
                granted_by="p",
            )
        )
        return grant

    def revoke(self, grant: str, moment: datetime) -> None:
        self._grants.revoke(grant, at=moment, by="p", reason="r")

    def suspend(self, grant: str, moment: datetime) -> None:
        self._grants.suspend(grant, Suspension(since=moment, until=None, reason="r"))

    def review(self, grant: str, moment: datetime, again: datetime) -> None:
        """The need was attested at `moment`; the next review is due at `again`."""
        due = self._grants.get(grant).review_due
        self._reviews.add(
            Review(
                grant=grant,
                outcome=Outcome.KEPT,
                reason="r",
                reviewed_at=moment,
                reviewed_by="p",
                due_at=due,
                evidence=Evidence(),
            )
        )
        self._grants.set_review(grant, again)

    def rectify(self, grant: str, moment: datetime) -> None:
        self._grants.rectify(grant, at=moment, by="p", report="r")

    def clock(self, clock: Clock, moment: datetime) -> Clock:
        """The clock is so from `moment` on, whether it starts or changes."""
        if self._clocks.find(clock.subject, clock.limit) is None:
            self._clocks.add(clock)
        else:
            self._clocks.update(clock)
        self._clocks.keep([clock], moment)
        return clock

    def resume(self, grant: str, moment: datetime) -> None:
        self._grants.resume(grant, until=moment, by="", reason="")

    def use(self, grant: str, moment: datetime) -> None:
        """A read that completed at `moment`."""
        self._uses.count({(grant, moment.astimezone(ZONE).date()): Counted(1)})

    @property
    def rates(self) -> RatesRepository:
        self.session.flush()
        return RatesRepository(self.session, ZONE, self.now)

    def members(self, rate: str, query: RateQuery) -> list[Member]:
        return self.rates.members(find_rate(rate).definition, query)

    def count(
        self, rate: str, query: RateQuery, by: GroupBy | None = None, facet: str = ""
    ) -> list[RateCount]:
        grouping = None if by is None else Grouping(by, facet)
        return self.rates.count(find_rate(rate).definition, query, grouping)

    def above(self, division: str, query: RateQuery) -> set[str]:
        """The division with all above it, as the tree was at the end of the day."""
        tree = {
            one.code: one.parent
            for one in self._registry.list_all(Division, at=end_of_day(query.as_of, ZONE))
        }
        chain: set[str] = set()
        step: str | None = division
        while step is not None and step not in chain:
            chain.add(step)
            step = tree.get(step)
        return chain

    def funnel(self, query: RateQuery) -> FunnelCount:
        return self.rates.funnel(query)
