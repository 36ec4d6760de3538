"""A city in which data is asked for, provided, used and returned: each call is one fact."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update

from catalog.model import AskedOf, DataItem, ServiceItem, ShareMode
from core.canonical import canonical_bytes
from core.ids import new_id
from sharing.clocks.model import Clock, Pause
from sharing.disputes.model import Dispute, DisputeState, Step, Tier
from sharing.disputes.repository import DisputeRepository
from sharing.ledger.tables import LedgerEntryRow
from sharing.model import AccessRequest, Grant, RequestState, Terms, Use, UseStatus
from sharing.needs.model import Need, NeedState
from sharing.needs.once_only import Answer
from sharing.needs.repository import AnswerRepository, NeedRepository
from sharing.profiles.model import LimitName
from sharing.records.model import RecordKind, UsageRecord
from sharing.records.repository import RecordRepository
from sharing.returnflow.model import Match, ReturnCheck, ReturnFlow
from sharing.returnflow.repository import ReturnRepository
from sharing.tables import AccessRequestRow, GrantRow
from tests.rates.city import ZONE, City

ONE = timedelta(days=1)


class SharedCity(City):
    def entry(self, kind: str, subject: str, moment: datetime, **facts: Any) -> None:
        size = self.session.scalar(select(func.count()).select_from(LedgerEntryRow)) or 0
        self.session.add(
            LedgerEntryRow(
                index=size,
                recorded_at=moment,
                kind=kind,
                subject=subject,
                body=canonical_bytes({"facts": facts}),
                leaf_hash=b"",
            )
        )
        self.session.flush()

    def ask(self, dataset: str, department: str, moment: datetime, **fields: Any) -> str:
        """A request that was submitted; more fields of it if given."""
        terms = Terms(
            dataset=dataset,
            contract_version="1.0.0",
            application="app",
            legal_basis="x",
            scenario=fields.pop("scenario", "y"),
            columns=("a",),
            rows=None,
            mode=ShareMode.FILE,
            not_before=moment,
            not_after=moment + 3650 * ONE,
        )
        ref = self._requests.next_ref()
        self._requests.add(
            AccessRequest(
                ref=ref,
                department=department,
                terms=terms,
                created_by="p",
                created_at=moment,
                **{"state": RequestState.SUBMITTED, "submitted_at": moment} | fields,
            )
        )
        return ref

    def close(self, ref: str, kind: str, moment: datetime, **fields: Any) -> None:
        """An entry that closes, or reopens, a request; `fields` are what its row says from then on."""
        state = {"reopened": "submitted", "undisputed": "refused"}.get(kind, kind)
        row = AccessRequestRow
        values = {"state": state, "decided_at": moment} | fields
        if kind == "refused":
            values = {"ground": "exceeds_need", "reason": "too much"} | values
        number = int(ref.removeprefix("REQ-"))
        self.session.execute(update(row).where(row.number == number).values(**values))
        told = {"ground": values["ground"]} if kind == "refused" else {}
        self.entry(f"request.{kind}", f"request:{ref}", moment, **told)

    def agree(self, ref: str, moment: datetime) -> str:
        """The request is agreed to; the grant of `grant` belongs to it."""
        request = self._requests.get(ref)
        self.close(ref, "agreed", moment)
        grant = self.grant(request.terms.dataset, request.department, moment)
        self.change(grant, request=int(ref.removeprefix("REQ-")))
        return grant

    def grant_of(self, ref: str) -> Grant:
        return self._grants.get(ref)

    def change(self, grant: str, **fields: Any) -> None:
        """Facts of a grant, such as the moment from which it has data."""
        number = int(grant.removeprefix("GRT-"))
        self.session.execute(update(GrantRow).where(GrantRow.number == number).values(**fields))
        self.session.expire_all()

    def first_use(self, grant: str, moment: datetime) -> None:
        self.change(grant, first_used_at=moment)
        self.use(grant, moment)

    def runs(self, subject: str, limit: LimitName, debtor: str, first: date, due: date) -> Clock:
        clock = Clock(
            subject=subject,
            limit=limit,
            debtor=debtor,
            days=10,
            article="21",
            profile="0" * 64,
            started_on=first,
            due_on=due,
        )
        moment = datetime(first.year, first.month, first.day, 9, tzinfo=ZONE)
        return self.clock(clock, moment)

    def pause(self, clock: Clock, pause: Pause, moment: datetime) -> None:
        self.clock(replace(clock, pauses=(*clock.pauses, pause)), moment)

    def done(self, clock: Clock, moment: datetime) -> None:
        self.clock(replace(clock, ended_on=moment.astimezone(ZONE).date()), moment)

    def failed_read(self, grant: str, dataset: str, moment: datetime) -> None:
        self._uses.add(
            Use(
                id=new_id(moment),
                grant=grant,
                dataset=dataset,
                lake_version=1,
                terms_hash="0" * 64,
                purpose="y",
                authorised_at=moment,
                status=UseStatus.FAILED,
                completed_at=moment,
            )
        )

    def record(self, grant: str, number: int, kind: RecordKind, moment: datetime) -> None:
        RecordRepository(self.session).add(
            grant,
            UsageRecord(
                number=number,
                kind=kind,
                text="t",
                sha256="0" * 64,
                recorded_at=moment,
                recorded_by="p",
            ),
        )

    def dispute(self, dataset: str, department: str, provider: str, moment: datetime) -> str:
        disputes = DisputeRepository(self.session)
        ref = disputes.next_ref()
        step = Step(tier=Tier.NEGOTIATION, department=provider, since=moment, brought_by="p")
        disputes.add(
            Dispute(
                ref=ref,
                state=DisputeState.NEGOTIATING,
                subject=f"request:{ref}",
                department=department,
                provider=provider,
                dataset=dataset,
                grounds="x",
                raised_by="p",
                raised_at=moment,
                steps=(step,),
            )
        )
        self.entry("dispute.raised", f"dispute:{ref}", moment)
        return ref

    def need(self, department: str, moment: datetime, **fields: Any) -> str:
        needs = NeedRepository(self.session)
        need = Need(
            ref=needs.next_ref(),
            state=fields.pop("state", NeedState.OPEN),
            department=department,
            application="app",
            title="t",
            items=("a",),
            legal_basis="x",
            scenario="y",
            created_by="p",
            created_at=moment,
            **fields,
        )
        needs.add(need)
        return need.ref

    def listed(self, dataset: str, department: str, moment: datetime, **fields: Any) -> str:
        """An entry of the return list."""
        flow = ReturnFlow(
            ref=ReturnRepository(self.session).next_ref(),
            dataset=dataset,
            division="440305",
            department=department,
            column="area",
            match=Match.EQUAL,
            start=moment.astimezone(ZONE).date(),
            entered_at=moment,
            entered_by="p",
        )
        ReturnRepository(self.session).add(replace(flow, **fields))
        return flow.ref

    def check(self, flow: str, moment: datetime, **fields: Any) -> None:
        returns = ReturnRepository(self.session)
        given: dict[str, Any] = {
            "delivery": 1,
            "held": 5,
            "given": 5,
            "expected": None,
            "missing": (),
            "on_time": True,
        }
        returns.add_check(
            ReturnCheck(
                flow=flow,
                number=returns.next_check(flow),
                checked_at=moment,
                checked_by="p",
                nobodys=0,
                **given | fields,
            )
        )

    def service(self, code: str, department: str, moment: datetime, *items: DataItem) -> None:
        service = ServiceItem(
            code=code, name_zh=code, department=department, data_items=tuple(items)
        )
        self._registry.save(ServiceItem, [service], moment)

    def answer(self, service: str, item: str, dataset: str, moment: datetime) -> None:
        AnswerRepository(self.session).add(
            Answer(
                service=service,
                item=item,
                dataset=dataset,
                reason="r",
                answered_by="p",
                answered_at=moment,
            )
        )


def field(item: str, **fields: Any) -> DataItem:
    """What a citizen fills in."""
    return DataItem(item=item, **{"asked_of": AskedOf.CITIZEN} | fields)
