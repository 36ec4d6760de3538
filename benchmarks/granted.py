"""The sample city with a large table, and a token of a department that was granted it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from bureau import Bureau, DeliveryOrder, NewRequest, demo
from catalog.predicate import Predicate

DATASET = "streets"
TABLE = "/delta-sharing/shares/statistics/schemas/divisions/tables/streets"
_CONTRACT = """
apiVersion: v3.1.0
kind: DataContract
id: streets
version: 2.0.0
name: Large
status: active
schema:
  - name: streets
    properties:
      - {name: code, logicalType: integer, required: true, primaryKey: true, primaryKeyPosition: 1}
      - {name: name, logicalType: string}
      - {name: first, logicalType: string}
      - {name: second, logicalType: string}
"""


def city(folder: Path, table: Path) -> Bureau:
    """The city, in which this CSV of code, name, first and second is what was delivered last."""
    town = Bureau.create(folder / "city")
    town.apply(demo.sample_city() / "registry")
    operator = town.acting_as("operator.data")
    operator.import_calendar(sorted((demo.sample_city() / "calendar").glob("*.csv")))
    contract = folder / "contract.yaml"
    contract.write_text(_CONTRACT, "utf-8")
    operator.apply(contract)
    town.acting_as("steward.statistics").deliver(DeliveryOrder(dataset=DATASET, path=table))
    return town


def grant(town: Bureau, columns: Sequence[str], rows: Predicate | None = None) -> tuple[str, str]:
    """A new grant on the table, and a token for it."""
    now = town.now()
    new = NewRequest(
        dataset=DATASET,
        application="nanshan-grid",
        legal_basis="《政务数据共享条例》第二十四条",
        scenario="按街道划分基层治理网格",
        columns=tuple(columns),
        rows=rows,
        not_before=now,
        not_after=now + timedelta(days=30),
    )
    asking = town.acting_as("requester.nanshan")
    [request, *_] = asking.create_request(new, submitted=True)
    town.acting_as("approver.nanshan").endorse_request(request.ref)
    town.acting_as("approver.statistics").approve_request(request.ref)
    newest = max(town.list_grants(dataset=DATASET), key=lambda one: one.ref)
    return newest.ref, asking.credentials.issue(newest.ref).token
