"""The same repository tests on SQLite and on a real PostgreSQL."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bureau.database import Database, translated
from catalog.model import (
    Application,
    AskedOf,
    Channel,
    DataItem,
    Dataset,
    DatasetStatus,
    Delivery,
    DeliveryPolicy,
    DeliveryStatus,
    Department,
    DepartmentKind,
    Distribution,
    Division,
    Duty,
    Grade,
    Person,
    ProvisionRule,
    ResourceClass,
    Responsibility,
    ServiceItem,
    ShareMode,
    ShareType,
    UpdateCycle,
)
from catalog.predicate import Comparison, Operator
from catalog.repository import DeliveryRepository, RegistryRepository, SearchRepository
from contracts.odcs import parse_contract
from contracts.repository import ContractRepository
from core.actor import Role
from core.errors import Conflict, NotFound
from quality.model import (
    CheckKind,
    CheckReport,
    CheckResult,
    CheckSpec,
    Dimension,
    DimensionScore,
    Outcome,
)
from quality.repository import CheckRepository
from sharing.calendar.model import Announcement, DayKind, SpecialDay
from sharing.calendar.repository import CalendarRepository
from sharing.metering.model import Counted
from sharing.model import AccessRequest, Grant, RequestState, Suspension, Terms, Use, UseStatus
from sharing.repository import GrantRepository, UseRepository
from sharing.requests.repository import RequestRepository
from tests.town import FILES

T0 = datetime(2026, 3, 2, 1, 2, 3, 456789, tzinfo=UTC)

ITEMS = [
    Division(code="4403", name_zh="深圳市", level="city"),
    Department(
        code="water", name_zh="水务局", kind=DepartmentKind.BUSINESS, division="4403", roles=("a",)
    ),
    Person(code="li", name="李雷", department="water", roles=(Role.STEWARD, Role.APPROVER)),
    Application(code="app", name_zh="应用", department="water", facets={"domain": ("service",)}),
    ProvisionRule(
        code="r",
        item="i",
        title_zh="项",
        legal_ground="法",
        kind=DepartmentKind.BUSINESS,
        start=date(2025, 8, 1),
    ),
    Duty(
        code="r.water",
        rule="r",
        item="i",
        title_zh="项",
        title_en="",
        department="water",
        legal_ground="法",
        theme="",
        exempt=False,
        start=date(2025, 8, 1),
        end=date(2026, 8, 1),
    ),
    Dataset(
        code="d",
        title_zh="数据",
        items=("甲", "乙"),
        provider="water",
        update_cycle=UpdateCycle.DAILY,
        share_type=ShareType.CONDITIONAL,
        share_mode=ShareMode.FILE,
        resource_class=ResourceClass.BASIC,
        grade=Grade.IMPORTANT,
        facets={"domain": ("service", "physical")},
        responsibility=Responsibility(source="water"),
        distributions=(Distribution(access_url="https://example.org/x"),),
        policy=DeliveryPolicy.QUARANTINE_ROWS,
    ),
    ServiceItem(
        code="s",
        name_zh="服务",
        department="water",
        channels=(Channel.HALL, Channel.KIOSK),
        facets={"domain": ("service",)},
        data_items=(
            DataItem(item="住址", dataset="d", columns=("甲",), asked_of=AskedOf.FIRM),
            DataItem(item="姓名"),
        ),
    ),
]


@pytest.fixture(params=["sqlite", "postgresql"])
def session(request, tmp_path):
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'bureau.db'}"
    else:
        url = request.getfixturevalue("postgres_url")()
    database = Database(url)
    database.upgrade()
    with translated(url), database.write_session() as session:
        yield session
        session.rollback()
    database.close()


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: type(item).__name__)
def test_an_item_comes_back_as_it_went_in(session, item):
    registry = RegistryRepository(session)
    kind = type(item)
    registry.save(kind, [item], T0)
    assert registry.get(kind, item.code) == item
    assert registry.list_all(kind) == [item]
    assert registry.codes(kind) == {item.code}
    assert registry.history(kind, item.code) == [(T0, item)]


def test_the_past_stays_as_it_was_known(session):
    registry = RegistryRepository(session)
    first = Division(code="1", name_zh="甲", level="city")
    second = Division(code="1", name_zh="乙", level="city")
    later = T0 + timedelta(days=1)
    registry.save(Division, [first], T0)
    registry.save(Division, [second], later)
    assert registry.find(Division, "1", at=T0) is None
    assert registry.get(Division, "1", at=T0 + timedelta(microseconds=1)) == first
    assert registry.get(Division, "1", at=later) == first
    assert registry.get(Division, "1", at=later + timedelta(microseconds=1)) == second
    registry.close(Division, ["1"], later + timedelta(days=1))
    with pytest.raises(NotFound):
        registry.get(Division, "1")
    assert len(registry.history(Division, "1")) == 2


def test_ten_thousand_codes_fit_into_one_save(session):
    registry = RegistryRepository(session)
    many = [Division(code=f"{n:05d}", name_zh="区", level="grid") for n in range(10_000)]
    registry.save(Division, many, T0)
    registry.save(Division, many, T0 + timedelta(days=1))
    assert registry.list_all(Division) == many


def test_each_person_has_one_salt_and_keeps_it(session):
    registry = RegistryRepository(session)
    registry.add_salts(["a", "b"])
    first = registry.salts()
    registry.add_salts(["b", "c"])
    assert registry.salts()["b"] == first["b"]
    assert len({*registry.salts().values()}) == 3


def test_search_needs_every_gram_and_ranks_by_weight(session):
    search = SearchRepository(session)
    search.replace(
        {
            "meters": {"水表": 8, "表读": 8, "读数": 8, "数": 8, "water": 1},
            "leaks": {"漏水": 8, "水": 8, "水表": 1, "waterworks": 4},
        }
    )
    assert search.find(["水表"], []) == [("meters", 8), ("leaks", 1)]
    assert search.find(["水表", "读数"], []) == [("meters", 16)]
    assert search.find([], ["water"]) == [("leaks", 4), ("meters", 1)]
    assert search.find([], ["水"]) == [("leaks", 8), ("meters", 8)]
    assert search.find(["没有"], ["water"]) == []
    search.replace({"meters": {"新": 1}})
    assert search.find(["水表"], []) == [("leaks", 1)]


def test_a_dataset_counts_as_published_from_the_first_time_it_was(session):
    registry = RegistryRepository(session)
    states = (DatasetStatus.DRAFT, DatasetStatus.PUBLISHED, DatasetStatus.WITHDRAWN)
    for days, status in enumerate((*states, DatasetStatus.PUBLISHED)):
        entry = Dataset(code="d", title_zh="数据", provider="water", status=status)
        registry.save(Dataset, [entry], T0 + timedelta(days=days))
    first = T0 + timedelta(days=1)
    assert registry.first_published() == {"d": first}
    assert registry.first_published(at=first) == {}
    assert registry.first_published(at=first + timedelta(microseconds=1)) == {"d": first}


def test_deliveries_are_numbered_and_the_newest_published_one_is_seen(session):
    deliveries = DeliveryRepository(session)
    deliveries.set_folder("d", "0" * 26)
    for number, status in ((1, DeliveryStatus.ACCEPTED), (2, DeliveryStatus.REFUSED)):
        assert deliveries.next_number("d") == number
        deliveries.add(delivery(number, status))
        session.flush()
    assert [d.number for d in deliveries.list_by_dataset("d")] == [1, 2]
    assert deliveries.find_published("d") == delivery(1, DeliveryStatus.ACCEPTED)
    assert deliveries.newest_published() == {"d": delivery(1, DeliveryStatus.ACCEPTED)}
    moment = delivery(1, DeliveryStatus.ACCEPTED).delivered_at
    assert deliveries.newest_published(at=moment) == {}
    assert set(deliveries.newest_published(at=moment + timedelta(seconds=1))) == {"d"}
    assert deliveries.newest() == {"d": delivery(2, DeliveryStatus.REFUSED)}
    run = delivery(1, DeliveryStatus.ACCEPTED).check_run
    assert ("d", 1) in deliveries.numbers_of({run, "none"})
    assert deliveries.numbers_of(set()) == set()
    assert deliveries.collected() == {"d"}
    assert deliveries.get("d", 2).status is DeliveryStatus.REFUSED
    with pytest.raises(NotFound):
        deliveries.get("d", 3)


def delivery(number, status):
    return Delivery(
        id=f"{number:026d}",
        dataset="d",
        number=number,
        status=status,
        policy=DeliveryPolicy.REFUSE,
        contract="c",
        contract_version="1.0.0",
        source_sha256="a" * 64,
        source_bytes=2**40,
        source_format="csv",
        encoding="gb18030",
        header=False,
        sheet="一月",
        rows_read=2**33,
        rows_published=5,
        lake_table="0" * 26 if status is DeliveryStatus.ACCEPTED else "",
        lake_version=0 if status is DeliveryStatus.ACCEPTED else None,
        check_run="r",
        delivered_by="li",
        delivered_at=T0 + timedelta(seconds=number),
    )


def test_a_contract_is_kept_byte_for_byte(session):
    contracts = ContractRepository(session)
    text = FILES["contract.yaml"].encode() + "# 尾注\r\n".encode()
    contract = parse_contract(text, "contract.yaml")
    published = contracts.add(contract, at=T0, by="li")
    session.flush()
    assert contracts.text("meters", "1.0.0") == text
    assert contracts.latest("meters") == contracts.find("meters", "1.0.0") == published
    assert contracts.list_all() == [published]
    with pytest.raises(NotFound):
        contracts.text("meters", "2.0.0")


def test_a_check_run_comes_back_as_it_went_in(session):
    spec = CheckSpec(
        id="a.bounds",
        kind=CheckKind.BOUNDS,
        columns=("a",),
        dimension=Dimension.CONFORMITY,
        description="a is at least 0",
        minimum="0",
        values=("x",),
    )
    report = CheckReport(
        id="0" * 26,
        dataset="d",
        contract="c",
        contract_version="1.0.0",
        engine="duckdb 2",
        policy="default 1",
        ran_at=T0,
        rows=2**33,
        results=(CheckResult(spec=spec, outcome=Outcome.FAILED, n_evaluated=5, n_failed=2),),
        dimensions=(
            DimensionScore(dimension=Dimension.CONFORMITY, score=60, a=3, b=5, checks=1),
            DimensionScore(dimension=Dimension.TIMELINESS, score=None, a=0, b=0, checks=0),
        ),
        score=60,
        grade=3,
        coverage_executed=1,
        coverage_declared=2,
        failing_rows=2,
    )
    checks = CheckRepository(session)
    checks.add(report)
    assert checks.get(report.id) == report
    assert checks.find_latest("d") == report
    assert checks.list_by_dataset("d") == [report]
    broken = replace(report.results[0], outcome=Outcome.ERROR, n_evaluated=0, n_failed=0)
    failed = replace(report.results[0], spec=replace(spec, id="b.bounds"))
    assert checks.undecided() == set()
    checks.add(replace(report, id="1" * 26, results=(broken,)))
    checks.add(replace(report, id="2" * 26, results=(broken, failed)))
    assert checks.undecided() == {"1" * 26}, "a check that failed decides"


TERMS = Terms(
    dataset="d",
    contract_version="1.0.0",
    application="app",
    legal_basis="法",
    scenario="用",
    columns=("a", "b"),
    rows=Comparison("a", Operator.IN, ("x", "y")),
    mode=ShareMode.FILE,
    not_before=T0,
    not_after=T0 + timedelta(days=1),
)


def a_request(ref="REQ-0001"):
    return AccessRequest(
        ref=ref,
        state=RequestState.SUBMITTED,
        department="parks",
        terms=TERMS,
        created_by="ding",
        created_at=T0,
        submitted_at=T0,
    )


def a_grant(session):
    RequestRepository(session).add(a_request())
    grant = Grant(
        ref=GrantRepository(session).next_ref(),
        request="REQ-0001",
        provider="water",
        department="parks",
        terms=TERMS,
        terms_hash=TERMS.hash,
        granted_at=T0,
        granted_by="yi",
    )
    GrantRepository(session).add(grant)
    return grant


def test_a_request_keeps_its_terms_to_the_hash(session):
    requests = RequestRepository(session)
    assert requests.next_ref() == "REQ-0001"
    requests.add(a_request())
    assert requests.get("req-0001") == a_request()
    assert requests.get("REQ-0001").terms.hash == TERMS.hash
    assert requests.next_ref() == "REQ-0002"
    for wrong in ("REQ-2", "GRT-0001", "1", "REQ-x", "REQ-99999999999"):
        with pytest.raises(NotFound):
            requests.get(wrong)


def test_a_request_that_changed_meanwhile_is_not_overwritten(session):
    requests = RequestRepository(session)
    requests.add(a_request())
    with pytest.raises(Conflict, match="changed meanwhile"):
        requests.update(a_request(), expected=RequestState.DRAFT)


def test_a_grant_is_suspended_resumed_and_revoked(session):
    grants = GrantRepository(session)
    grant = a_grant(session)
    assert grants.get(grant.ref) == grant
    grants.suspend(grant.ref, Suspension(since=T0, until=None, reason="s", suspended_by="li"))
    grants.rectify(grant.ref, at=T0 + timedelta(minutes=30), by="ding", report="done")
    grants.resume(grant.ref, until=T0 + timedelta(hours=1), by="p", reason="r")
    grants.revoke(grant.ref, at=T0 + timedelta(hours=2), by="yi", reason="r")
    grants.mark_first_use([grant.ref], T0)
    grants.mark_first_use([grant.ref], T0 + timedelta(hours=1))
    session.flush()
    session.expire_all()
    kept = grants.get(grant.ref)
    [suspension] = kept.suspensions
    assert (suspension.since, suspension.until) == (T0, T0 + timedelta(hours=1))
    assert (suspension.suspended_by, suspension.rectified_by, suspension.report) == (
        "li",
        "ding",
        "done",
    )
    assert (kept.revoked_at, kept.first_used_at) == (T0 + timedelta(hours=2), T0)
    assert grants.list_all(dataset="d", department="parks") == [kept]
    assert grants.list_all(department="water") == []


def test_uses_are_counted_by_day(session):
    grant = a_grant(session)
    uses = UseRepository(session)
    for number in range(3):
        use = Use(
            id=f"{number:026d}",
            grant=grant.ref,
            dataset="d",
            lake_version=0,
            terms_hash=TERMS.hash,
            purpose="用",
            authorised_at=T0,
            status=UseStatus.COMPLETED,
            completed_at=T0,
            rows=10,
            bytes=2**32,
            sha256="a" * 64,
        )
        uses.add(use)
        uses.finish(use)
        uses.count({(grant.ref, date(2026, 3, 2)): Counted(1, use.rows, use.bytes)})
    from sqlalchemy import text

    counted = session.execute(text("SELECT uses, rows, bytes FROM use_day")).all()
    assert counted == [(3, 30, 3 * 2**32)]
    assert len(uses.list_by_grant(grant.ref)) == 3


def test_announcements_come_back_in_the_order_of_their_import(session):
    calendar = CalendarRepository(session)
    days = (
        SpecialDay(date(2025, 12, 28), DayKind.WORK, "元旦"),
        SpecialDay(date(2026, 1, 1), DayKind.OFF, "元旦"),
    )
    first = Announcement(year=2026, source="a", days=days[1:], recorded_at=T0)
    second = Announcement(year=2026, source="b", days=days, recorded_at=T0)
    for announcement in (first, second):
        calendar.add(announcement, at=T0)
    assert calendar.list_all() == [first, second]
