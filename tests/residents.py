"""A register of invented people, with all that a grant may have to keep back."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

from bureau import Bureau, DeliveryOrder
from bureau.delivery_order import Delivered
from catalog.plan import Mask, MaskKind, Secrecy
from core.clock import Clock
from sharing.model import Grant
from sharing.safeguards import NONE, Safeguards
from tests.bureau.test_sharing import asked, sent
from tests.town import FILES

CONTRACT = """
apiVersion: v3.1.0
kind: DataContract
id: residents
version: 1.0.0
name: Residents
status: active
description: {{purpose: Who lives where}}
schema:
  - name: residents
    properties:
      - {{name: id_number, logicalType: string, primaryKey: true, required: true}}
      - {{name: name, logicalType: string}}
      - {{name: phone, logicalType: string}}
      - {{name: address, logicalType: string}}
      - {{name: address_secret, logicalType: boolean}}
      - {{name: sex, logicalType: string}}
      - {{name: birth_year, logicalType: integer}}
      - {{name: district, logicalType: string}}
      - {{name: income, logicalType: number}}
{groups}
"""
GROUPS = """    customProperties:
      - {{property: quasiIdentifiers, value: [sex, birth_year, district]}}
      - {{property: kAnonymity, value: 3}}
      - {{property: smallGroups, value: {small}}}
"""
COLUMNS = (
    "id_number",
    "name",
    "phone",
    "address",
    "address_secret",
    "sex",
    "birth_year",
    "district",
    "income",
)
PEOPLE = (
    (
        "440305199001010011",
        "陈一",
        "13800000001",
        "深南大道1号",
        "false",
        "f",
        1990,
        "440305",
        "10",
    ),
    ("440305199002020022", "林二", "13800000002", "深南大道2号", "true", "f", 1990, "440305", "20"),
    (
        "440305199003030033",
        "黄三",
        "13800000003",
        "深南大道3号",
        "false",
        "f",
        1990,
        "440305",
        "30",
    ),
    ("440305198504040044", "赵四", "13800000004", "后海路4号", "", "m", 1985, "440305", "40"),
    ("440305198505050055", "周五", "13800000005", "后海路5号", "false", "m", 1985, "440305", "50"),
    ("440305198506060066", "吴六", "13800000006", "后海路6号", "true", "m", 1985, "440305", "60"),
    ("440304197007070077", "郑七", "13800000007", "福华路7号", "false", "m", 1970, "440304", "70"),
)
"""Two groups of three, and one person alone."""

PSEUDONYM = Safeguards(masks=(Mask(column="id_number", kind=MaskKind.PSEUDONYM),))
NEED = Safeguards(needs=(("id_number", "name"),), no_search=("phone",))
SECRET = Safeguards(secrecy=(Secrecy(flag="address_secret", columns=("address",)),))


def mask(column: str, kind: str, head: int = 0, tail: int = 0) -> Safeguards:
    return Safeguards(masks=(Mask(column=column, kind=MaskKind(kind), head=head, tail=tail),))


def with_residents(
    town: Bureau, folder: Path, *, small: str = "", people: tuple[tuple[object, ...], ...] = PEOPLE
) -> Bureau:
    """The town with the register, delivered; `small` says what becomes of small groups, if anything."""
    folder.mkdir(exist_ok=True)
    groups = GROUPS.format(small=small) if small else ""
    (folder / "residents.yaml").write_text(CONTRACT.format(groups=groups), "utf-8")
    dataset = FILES["datasets.yaml"].replace("code: meters", "code: residents")
    dataset = dataset.replace(
        "    fulfils: meter-readings\n    contract: meters", "    contract: residents"
    )
    (folder / "dataset.yaml").write_text(dataset, "utf-8")
    town.acting_as("operator.data").apply(folder / "residents.yaml")
    town.acting_as("operator.data").apply(folder / "dataset.yaml")
    deliver(town, folder, people)
    return town


def deliver(town: Bureau, folder: Path, people: tuple[tuple[object, ...], ...]) -> Delivered:
    text = io.StringIO()
    csv.writer(text).writerows([COLUMNS, *people])
    (folder / "residents.csv").write_text(text.getvalue(), "utf-8")
    order = DeliveryOrder(dataset="residents", path=folder / "residents.csv")
    delivered = town.acting_as("steward.water").deliver(order)
    assert delivered.delivery is not None
    assert delivered.delivery.rows_published
    return delivered


def agreed(
    town: Bureau,
    clock: Clock,
    columns: tuple[str, ...] = COLUMNS,
    safeguards: Safeguards = NONE,
    **changes: object,
) -> Grant:
    """A grant of the register to parks."""
    new = replace(asked(clock, dataset="residents", columns=columns), **changes)
    request = sent(town, new)
    grant, _ = town.acting_as("approver.water").approve_request(request.ref, safeguards=safeguards)
    assert grant is not None
    return grant
