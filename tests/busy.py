"""A busy town: at least one row in every table that the ledger attests, each by the act that makes it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from bureau import Bureau, DeliveryOrder
from bureau.correcting import NewCorrection
from bureau.emergencies import EmergencyOrder
from bureau.needing import NewNeed
from bureau.returning import NewReturn
from bureau.submitting import NewSubmission
from bureau.updating import NewChange
from core.clock import FixedClock
from sharing.corrections.model import Finding
from sharing.disposal.model import Method
from sharing.disputes.model import Outcome
from sharing.emergencies.model import Finding as EmergencyFinding
from sharing.model import FinishCause, RefusalGround
from sharing.records.model import RecordKind
from sharing.submissions.model import Cause
from tests.areas import deliver, write_areas
from tests.bureau.test_sharing import asked, granted, read, sent
from tests.hall import open_hall
from tests.town import FILES, GOOD

METERS = FILES["datasets.yaml"]
STRICTER = METERS.replace("用途：履行职责", "用途：履行职责，每次另行批准")


def busy(town: Bureau, folder: Path, clock: FixedClock) -> Bureau:
    """Let the small town do everything once; `folder` is for its files."""
    folder.mkdir()
    town.acting_as("operator.data").apply(write_areas(folder / "areas"))
    open_hall(town, folder / "hall")
    good = folder / "good.csv"
    good.write_text(GOOD, "utf-8")
    town.acting_as("steward.water").deliver(DeliveryOrder(dataset="meters", path=good))
    _use_a_grant(town, folder, clock)
    _disagree(town, clock)
    _open_in_an_emergency(town)
    _mend_the_catalogue(town, folder)
    _return_and_need(town, folder)
    return town


def _use_a_grant(town: Bureau, folder: Path, clock: FixedClock) -> None:
    """GRT-0001 from its acceptance to the disposal of its data; REQ-0002 is to follow it."""
    grant = granted(town, clock).ref
    parks, water = town.acting_as("requester.parks"), town.acting_as("approver.water")
    parks.accept_grant(grant)
    parks.credentials.issue(grant)
    parks.credentials.issue(grant, overlap_hours=0)
    parks.credentials.revoke("CRD-0002", reason="任务已迁移")
    read(town, folder)
    water.suspend_grant(grant, reason="疑似越权")
    parks.rectify_grant(grant, report="已整改")
    water.resume_grant(grant, reason="整改属实")
    water.reviews.keep(grant, reason="浇水计划仍在执行")
    parks.records.add(grant, kind=RecordKind.EFFECT, text="节水两成")
    parks.onward.ask(grant, to="灌溉公司", purpose="外包浇灌")
    water.onward.consent(grant, 1)
    change, _ = town.acting_as("steward.water").changes.begin("meters", reason="字段改名")
    parks.changes.answer(change.ref, text="同意，需两周适配")
    parks.corrections.create(NewCorrection(dataset="meters", grant=grant, problem="少十倍"))
    town.acting_as("steward.water").corrections.verify(
        "COR-0001", finding=Finding.CONFIRMED, reason="抄表录入漏一位"
    )
    clock.advance(days=10)
    parks.reviews.renew(grant)
    parks.disposals.finish(grant, cause=FinishCause.MET, reason="灌溉计划已完成")
    water.disposals.require(grant, how=Method.DELETED, text="含备份")
    parks.disposals.dispose(grant, how=Method.DELETED, proof="删除日志")
    water.disposals.confirm(grant)
    water.delegations.make("steward.parks", until=date(2026, 3, 20), reason="休假")


def _disagree(town: Bureau, clock: FixedClock) -> None:
    """DSP-0001, over the refusal of a request."""
    request = sent(town, asked(clock, columns=("meter",)))
    town.acting_as("approver.water").refuse_request(
        request.ref, ground=RefusalGround.EXCEEDS_NEED, reason="无需"
    )
    parks = town.acting_as("requester.parks").disputes
    dispute, _ = parks.raise_over(f"request:{request.ref}", grounds="与法定职责不符")
    authority = town.acting_as("authority.data").disputes
    authority.decide(dispute.ref, outcome=Outcome.OVERTURNED, reason="按需提供")


def _open_in_an_emergency(town: Bureau) -> None:
    authority = town.acting_as("authority.data").emergencies
    authority.authorise("requester.parks", until=date(2026, 6, 30), reason="防汛值守")
    opened, _ = town.acting_as("requester.parks").emergencies.open(
        EmergencyOrder(
            dataset="meters",
            application="lawns",
            columns=("meter", "litres"),
            case="2026-应急-17",
            reason="爆管抢修",
        )
    )
    authority.review(opened.ref, finding=EmergencyFinding.JUSTIFIED, reason="确有险情")


def _mend_the_catalogue(town: Bureau, folder: Path) -> None:
    steward = town.acting_as("steward.water")
    steward.catalogue_events.record(
        NewChange(dataset="meters", cause=Cause.LAW, changed_on=date(2026, 3, 2), reason="新法施行")
    )
    path = folder / "stricter.yaml"
    path.write_text(STRICTER, "utf-8")
    papers = NewSubmission(secrecy="一号", personal="二号", head="approver.water", event="EVT-0001")
    steward.submissions.submit([path], papers)
    authority = town.acting_as("authority.data")
    authority.submissions.hand_back("SUB-0001", reason="用途不明")
    authority.sources.name("meter-readings", "water", reason="水务局负责抄表")


def _return_and_need(town: Bureau, folder: Path) -> None:
    deliver(town, folder / "shops.csv")
    wanted = NewReturn(dataset="shops", department="parks", column="district")
    town.acting_as("approver.water").returns.new([wanted])
    parks = town.acting_as("requester.parks").returns
    parks.accept("RET-0001", application="lawns")
    parks.check("RET-0001", expected=9)
    schools = town.acting_as("requester.schools").needs
    schools.state(
        NewNeed(
            title="房屋租赁合同租金",
            items=("月租金", "押金"),
            application="enrolment",
            legal_basis="义务教育法第十二条",
            scenario="核验积分",
        )
    )
    town.acting_as("authority.data").needs.assign("NED-0001", "housing", reason="归其管理")
    town.acting_as("steward.schools").services.answer(
        "school-place", "家庭租赁地址", "leases", reason="现居住地址，未必登记"
    )
