"""One city out of three real ones, to look at reports as an auditor would.

    python -m benchmarks.open_city SOURCES HOME

SOURCES is a folder with the catalogue of Amsterdam (`nl-amsterdam-contracts`: 73 datasets with publishers
and access scopes), that of New York (`cat-socrata-datajson`: 1,001 datasets) and Berlin's statistics
(`de-berlin-portal-usage`: views of each page of its portal by month since 2013). HOME becomes a
workspace: Amsterdam's publishers are its departments, what is open is shared unconditionally and what
has a scope on conditions, some of what departments ask for is granted, and the months of Berlin's
pages are the uses under the grants. Facts go straight into the tables, so that its ledger knows little
of them. It prints what it made, as JSON; reports are of 2019-12-31 or before.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from bureau import Bureau
from catalog.model import (
    Dataset,
    Delivery,
    DeliveryPolicy,
    DeliveryStatus,
    Department,
    DepartmentKind,
    Division,
    Duty,
    ShareMode,
    ShareType,
    UpdateCycle,
)
from catalog.repository import DeliveryRepository, RegistryRepository
from sharing.metering.model import Counted
from sharing.model import AccessRequest, Grant, RequestState, Terms
from sharing.repository import GrantRepository, UseRepository
from sharing.requests.repository import RequestRepository

BEGIN = datetime(2013, 1, 7, 1, tzinfo=UTC)
END = datetime(2020, 1, 1, 1, tzinfo=UTC)
CITY = "open"
CYCLES = {
    "dagelijks": UpdateCycle.DAILY,
    "wekelijks": UpdateCycle.WEEKLY,
    "maandelijks": UpdateCycle.MONTHLY,
    "kwartaalijks": UpdateCycle.QUARTERLY,
    "kwartaal": UpdateCycle.QUARTERLY,
}
GRANTED = 0.35
"""Of the datasets, how many are granted to others."""


@dataclass(frozen=True, slots=True)
class Source:
    """A dataset as its own city lists it."""

    code: str
    title: str
    summary: str
    provider: str
    theme: str
    scope: str
    cycle: UpdateCycle | None
    fields: tuple[str, ...]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sources", type=Path)
    parser.add_argument("home", type=Path)
    options = parser.parse_args()
    Bureau.create(options.home, city="Open City", timezone="Europe/Amsterdam").close()
    engine = create_engine(f"sqlite:///{options.home / 'bureau.db'}")
    with Session(engine) as session:
        made = build(session, options.sources)
        session.commit()
    engine.dispose()
    print(json.dumps(made))


def build(session: Session, folder: Path) -> dict[str, int]:
    chance = random.Random(809)
    publishers = dict(_publishers(folder / "nl-amsterdam-contracts" / "publishers"))
    amsterdam = list(_amsterdam(folder / "nl-amsterdam-contracts" / "datasets", publishers))
    new_york = list(_new_york(folder / "cat-socrata-datajson", sorted(publishers)))
    sources = [*amsterdam, *new_york]
    months = _months(folder / "de-berlin-portal-usage")
    _register(session, publishers, sources, chance)
    for source in sources:
        _deliver(session, source, chance)
    asked = [one for one in sources if chance.random() < GRANTED]
    grants = uses = 0
    for source, views in zip(asked, months, strict=False):
        for receiver in chance.sample(sorted(set(publishers) - {source.provider}), 2):
            grant = _ask(session, source, receiver, chance)
            if grant:
                grants += 1
                uses += _use(session, grant, views, chance)
    return {
        "departments": len(publishers),
        "datasets": len(sources),
        "grants": grants,
        "uses": uses,
    }


def _publishers(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.glob("*.json")):
        told = json.loads(path.read_text("utf-8"))
        if told.get("type") == "publisher":
            yield path.stem.lower(), told["name"]


def _amsterdam(folder: Path, publishers: dict[str, str]) -> Iterator[Source]:
    for path in sorted(folder.glob("*/dataset.json")):
        told = json.loads(path.read_text("utf-8"))
        publisher = str((told.get("publisher") or {}).get("$ref", "")).rpartition("/")[2].lower()
        auth = told.get("auth") or ""
        yield Source(
            code=f"ams-{_code(told['id'])}",
            title=told.get("title") or told["id"],
            summary=told.get("description") or "",
            provider=publisher if publisher in publishers else "unknown",
            theme=_code(str((told.get("theme") or ["other"])[0])),
            scope="" if auth == "OPENBAAR" else str(auth),
            cycle=CYCLES.get(told.get("accrualPeriodicity") or ""),
            fields=tuple(
                table["id"] for one in told["versions"].values() for table in one["tables"]
            ),
        )


def _new_york(folder: Path, publishers: list[str]) -> Iterator[Source]:
    told = json.loads((folder / "data.cityofnewyork.us.json").read_text("utf-8"))
    cycles = [UpdateCycle.MONTHLY, UpdateCycle.ANNUAL, UpdateCycle.QUARTERLY, UpdateCycle.ON_DEMAND]
    for place, one in enumerate({each["identifier"]: each for each in told}.values()):
        words = one.get("keywords") or ["other"]
        yield Source(
            code=f"nyc-{_code(one['identifier'])}",
            title=one["title"],
            summary=one.get("description") or "",
            provider=publishers[place % len(publishers)],
            theme=_code(words[0])[:30] or "other",
            scope="",
            cycle=cycles[place % len(cycles)],
            fields=tuple(words[:6]),
        )


def _months(folder: Path) -> list[dict[date, int]]:
    """The views of each page by month, the most viewed page first."""
    path = folder / "daten_berlin_de.page_stats.datensaetze.csv"
    with path.open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    columns = [
        (place, date.fromisoformat(f"{name[:7]}-15"))
        for place, name in enumerate(head)
        if name.endswith(" pv")
    ]
    pages = [
        {month: int(float(row[place])) for place, month in columns if row[place].strip()}
        for row in rows
    ]
    return sorted(pages, key=lambda page: -sum(page.values()))


def _register(
    session: Session, publishers: dict[str, str], sources: list[Source], chance: random.Random
) -> None:
    registry = RegistryRepository(session)
    divisions = [Division(code=CITY, name_zh="开放市", name_en="Open City", level="city")]
    registry.save(Division, divisions, BEGIN)
    departments = [
        Department(code=code, name_zh=name, name_en=name, division=CITY)
        for code, name in publishers.items()
    ]
    authority = Department(
        code="data", name_zh="数据局", kind=DepartmentKind.AUTHORITY, division=CITY
    )
    registry.save(Department, [*departments, authority], BEGIN)
    for source in sources:
        since = BEGIN + timedelta(days=chance.randrange(2200))
        registry.save(Duty, [_duty(source)], since)
        if chance.random() < 0.9:
            registry.save(Dataset, [_dataset(source)], since + timedelta(days=chance.randrange(90)))


def _duty(source: Source) -> Duty:
    return Duty(
        code=f"publish/{source.code}",
        rule="publish",
        item=source.code,
        title_zh=source.title,
        title_en=source.title,
        department=source.provider,
        legal_ground="Open data policy",
        theme=source.theme,
        exempt=False,
        start=BEGIN.date(),
        end=None,
    )


def _dataset(source: Source) -> Dataset:
    return Dataset(
        code=source.code,
        title_zh=source.title,
        title_en=source.title,
        summary=source.summary,
        items=source.fields,
        provider=source.provider,
        format="csv",
        update_cycle=source.cycle,
        share_type=ShareType.CONDITIONAL if source.scope else ShareType.UNCONDITIONAL,
        share_mode=ShareMode.FILE,
        use_conditions=f"scope {source.scope}" if source.scope else "",
        theme=source.theme,
        facets={"city": (source.code[:3],)},
        fulfils=source.code,
    )


def _deliver(session: Session, source: Source, chance: random.Random) -> None:
    """Now and then since some year; one in five never, one in twelve not any more."""
    if chance.random() < 0.2:
        return
    deliveries = DeliveryRepository(session)
    deliveries.set_folder(source.code, source.code)
    moment = BEGIN + timedelta(days=chance.randrange(900))
    last = END - timedelta(days=chance.choice([0] * 11 + [700]))
    every = timedelta(
        days={UpdateCycle.ANNUAL: 360, UpdateCycle.QUARTERLY: 88}.get(source.cycle, 29)
    )
    number = 0
    while moment < last:
        number += 1
        refused = chance.random() < 0.05
        rows = chance.randrange(100, 100_000)
        deliveries.add(
            Delivery(
                id=f"{source.code}-{number}",
                dataset=source.code,
                number=number,
                status=DeliveryStatus.REFUSED if refused else DeliveryStatus.ACCEPTED,
                policy=DeliveryPolicy.REFUSE,
                contract=source.code,
                contract_version="1.0.0",
                source_sha256=f"{number:064x}",
                source_bytes=rows * 80,
                source_format="csv",
                encoding="utf-8",
                header=True,
                sheet="",
                rows_read=rows,
                rows_published=0 if refused else rows,
                lake_table=source.code,
                lake_version=None if refused else number,
                check_run="",
                delivered_by="steward",
                delivered_at=moment,
            )
        )
        moment += every + timedelta(days=chance.randrange(-3, 12))


def _ask(session: Session, source: Source, receiver: str, chance: random.Random) -> str:
    """A request; of seven one is refused. The number of the grant, if there is one."""
    requests, grants = RequestRepository(session), GrantRepository(session)
    asked = BEGIN + timedelta(days=chance.randrange(200, 2300))
    decided = asked + timedelta(days=chance.choice([1, 3, 6, 12, 20]))
    agreed = chance.random() > 1 / 7
    terms = Terms(
        dataset=source.code,
        contract_version="1.0.0",
        application=f"app-{receiver}",
        legal_basis="Open data policy",
        scenario="service",
        columns=source.fields or ("id",),
        rows=None,
        mode=ShareMode.FILE,
        not_before=decided,
        not_after=decided + timedelta(days=chance.choice([365, 730, 1825])),
    )
    request = requests.next_ref()
    grant = grants.next_ref() if agreed else ""
    requests.add(
        AccessRequest(
            ref=request,
            state=RequestState.AGREED if agreed else RequestState.REFUSED,
            department=receiver,
            terms=terms,
            created_by="requester",
            created_at=asked,
            submitted_at=asked,
            received_at=asked,
            decided_by="approver",
            decided_at=decided,
            grant=grant,
        )
    )
    if agreed:
        grants.add(
            Grant(
                ref=grant,
                request=request,
                provider=source.provider,
                department=receiver,
                terms=terms,
                terms_hash=terms.hash,
                granted_at=decided,
                granted_by="approver",
                delivered_at=decided,
            )
        )
    return grant


def _use(session: Session, grant: str, views: dict[date, int], chance: random.Random) -> int:
    """The views of the months in which the grant held, or a part of them."""
    terms = GrantRepository(session).get(grant).terms
    share = chance.choice([0.0, 0.1, 0.5, 1.0])
    counts = {
        (grant, month): Counted(used, used * 100, used * 8_000)
        for month, seen in views.items()
        if terms.not_before.date() < month < terms.not_after.date()
        and (used := int(seen * share)) > 0
    }
    UseRepository(session).count(counts)
    return sum(counted.uses for counted in counts.values())


def _code(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


if __name__ == "__main__":
    main()
