"""Build the sample city and run the whole main job on it, on real data."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from bureau.app import Bureau
from bureau.delivery_order import Delivered, DeliveryOrder
from bureau.reading import ReadOrder
from bureau.request_document import read_requests
from catalog.model import Dataset
from core.clock import Clock, EarlierClock
from core.errors import Conflict, Denied, InvalidInput
from rates.model import Funnel, RateQuery, RateResult
from sharing.ledger.verify import Verification
from sharing.model import Grant, RefusalGround

ZONE = ZoneInfo("Asia/Shanghai")
OPENS = time(9)
MARK = ".databureau-demo"
HEADLINES = ("COL-1", "SHA-2", "USE-1")
DELIVERIES = (
    "division-codes.csv",
    "division-history.csv",
    "streets.csv",
    "metro-stations.csv",
    "transit-card-records.json",
    "air-quality-hourly.csv",
    "industry-codes.csv",
    "working-days.json",
    "epidemic-city-daily.csv",
    "standards-classification.csv",
)
"""Files named after their dataset; what a foreign key points to comes first."""
WITHOUT_HEADING = frozenset({"metro-stations"})
REQUESTS = (
    ("emergency-air-quality", "emergency", "ecology"),
    ("planning-passenger-flow", "planning", "transport"),
    ("nanshan-streets", "nanshan", "statistics"),
    ("human-resources-card-numbers", "human-resources", "transport"),
)
"""Document, asking department, deciding department."""
REFUSED = {
    "human-resources-card-numbers": "职位匹配不需要卡号：超出履行职责所必需（政务数据共享条例第二十条）"
}
READ_UNDER = ("emergency-air-quality", "nanshan-streets")

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    home: Path
    rates: tuple[RateResult, ...]
    funnel: Funnel
    verification: Verification


def run(target: Path, say: Say, *, began: date | None = None, clock: Clock | None = None) -> Demo:
    """Make the sample city in `target`, replacing an earlier sample city but nothing else.

    Where it `began` on a day before, its facts are of the morning of that day.
    """
    if began is not None:
        clock = EarlierClock(_morning(began))
    _make_room(target)
    Bureau.create(target, city="深圳市").close()
    (target / MARK).write_text("A sample city; bureau demo may replace it.\n", "utf-8")
    city = sample_city()
    bureau = Bureau.open(target, clock=clock)
    applied = bureau.apply(city / "registry")
    say(f"registered {len(applied.steps)} things from {city.name}/registry, ledger entries too")
    _look_ahead(bureau, city / "calendar", say)
    _deliver(bureau, city / "deliveries", say)
    grants = _share(bureau, city / "requests", say)
    _read(bureau, grants, target, say)
    query = RateQuery(as_of=bureau.today())
    demo = Demo(
        home=target,
        rates=tuple(bureau.rates(query, rate_ids=HEADLINES)),
        funnel=bureau.funnel(query),
        verification=bureau.verify_ledger(),
    )
    bureau.close()
    return demo


def _morning(day: date) -> datetime:
    """When offices open; raises InvalidInput for a day that has not begun."""
    moment = datetime.combine(day, OPENS, tzinfo=ZONE)
    if moment > datetime.now(ZONE):
        raise InvalidInput(
            f"the sample city cannot have begun on {day}: that is still to come",
            hint="name a day before today",
        )
    return moment


def sample_city() -> Path:
    """The sample city inside the installed package, or in the repository."""
    here = Path(__file__).parent
    installed = here / "_city"
    return installed if installed.is_dir() else here.parent / "examples" / "city"


def _make_room(target: Path) -> None:
    if (target / MARK).is_file():
        shutil.rmtree(target)
    elif target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise Conflict(
            f"{target} holds something that is not a sample city",
            hint="name a new folder: bureau demo DIR",
        )


def _look_ahead(bureau: Bureau, folder: Path, say: Say) -> None:
    """Take provisional calendars of years that nobody announced yet, so that replies can be due."""
    covered = {told.year for told in bureau.working_calendar().announcements}
    files = [path for path in sorted(folder.glob("*.csv")) if int(path.stem) not in covered]
    if files:
        bureau.acting_as("operator.data").import_calendar(files)
        years = ", ".join(path.stem for path in files)
        say(f"took provisional working-day calendars for {years}: not announced, weekends only")


def _deliver(bureau: Bureau, folder: Path, say: Say) -> None:
    for name in DELIVERIES:
        dataset = name.partition(".")[0]
        provider = bureau.get_item(Dataset, dataset).provider
        order = DeliveryOrder(
            dataset=dataset, path=folder / name, header=dataset not in WITHOUT_HEADING
        )
        delivered = bureau.acting_as(f"steward.{provider}").deliver(order)
        say(_delivered_line(dataset, delivered))


def _delivered_line(dataset: str, delivered: Delivered) -> str:
    report, delivery = delivered.report, delivered.delivery
    if delivery is None:
        raise AssertionError("a delivery that is not a dry run is recorded")
    failing = [r for r in report.results if r.n_failed]
    score = "not measured" if report.score is None else str(report.score)
    return (
        f"delivered {dataset}: {delivery.status}, {delivery.rows_published} of"
        f" {delivery.rows_read} rows published, {len(failing)} checks with failing rows,"
        f" score {score}"
    )


def _share(bureau: Bureau, folder: Path, say: Say) -> dict[str, Grant]:
    grants = {}
    for name, asking, deciding in REQUESTS:
        path = folder / f"{name}.yaml"
        [new] = read_requests(
            path.read_bytes(), path.name, zone=bureau.settings.zone, today=bureau.today()
        )
        requester = bureau.acting_as(f"requester.{asking}")
        request, _ = requester.create_request(new)
        requester.submit_request(request.ref)
        bureau.acting_as(f"approver.{asking}").endorse_request(request.ref)
        approver = bureau.acting_as(f"approver.{deciding}")
        if name in REFUSED:
            approver.refuse_request(
                request.ref, ground=RefusalGround.EXCEEDS_NEED, reason=REFUSED[name]
            )
            say(f"{request.ref}: {asking} asked for {new.dataset}, refused by {deciding}")
        else:
            grants[name] = _agree(bureau, approver, request.ref)
            say(f"{request.ref}: {asking} asked for {new.dataset}, granted as {grants[name].ref}")
    return grants


def _agree(bureau: Bureau, approver: Bureau, ref: str) -> Grant:
    """Agree, as two persons where the data asks for it."""
    grant, _ = approver.approve_request(ref)
    if grant is None:
        grant, _ = bureau.acting_as("authority.data").approve_request(ref)
    if grant is None:
        raise AssertionError("two approvals are all that a request needs")
    return grant


def _read(bureau: Bureau, grants: dict[str, Grant], target: Path, say: Say) -> None:
    for name in READ_UNDER:
        grant = grants[name]
        requester = bureau.acting_as(f"requester.{grant.department}")
        order = ReadOrder(
            dataset=grant.terms.dataset,
            application=grant.terms.application,
            purpose=grant.terms.scenario,
            target=target / f"{name}.csv",
            format="csv",
        )
        result = requester.read(order)
        say(f"{grant.department} read {result.use.rows} rows of {order.dataset} under {grant.ref}")
        try:
            requester.read(
                ReadOrder(
                    dataset=order.dataset,
                    application=order.application,
                    purpose="另作他用",
                    target=target / "other-purpose.csv",
                    format="csv",
                )
            )
        except Denied:
            say(f"{grant.department} tried another purpose on {order.dataset}: denied, recorded")
