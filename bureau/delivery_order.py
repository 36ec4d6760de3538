"""What is ordered when a file is delivered, what comes of it, and when it is only a retry."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from pathlib import Path

from bureau.receipt import Receipt
from bureau.workspace import Workspace
from catalog.model import Dataset, Delivery
from contracts.model import DataContract
from core.clock import local_day
from quality.model import CheckReport


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryOrder:
    dataset: str
    path: Path
    encoding: str | None = None
    """None finds the encoding out."""
    header: bool = True
    sheet: str = ""
    """Of an Excel file; the first one unless named."""
    declared_rows: int | None = None
    """How many rows the source says that the file has; None where it says nothing."""
    dry_run: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """`delivery` is None for a dry run; `repeated` when the same content was delivered today."""

    report: CheckReport
    delivery: Delivery | None
    read_as: str
    """What the file was taken for: its format, encoding and sheet."""
    repeated: bool
    receipt: Receipt
    cut_off: tuple[str, ...] = ()
    """The live grants that give nothing of it, for it has groups that the contract calls too small."""


def is_retry(
    workspace: Workspace,
    order: DeliveryOrder,
    earlier: Delivery,
    dataset: Dataset,
    contract: DataContract,
) -> bool:
    """Whether the same bytes, delivered now, would only repeat `earlier`, which is still there."""
    zone = workspace.settings.zone
    return (
        earlier.contract == contract.id
        and earlier.contract_version == contract.version
        and earlier.policy is dataset.policy
        and _reads_alike(order.encoding, earlier.encoding)
        and (earlier.header, earlier.sheet) == (order.header, order.sheet)
        and order.declared_rows in (None, earlier.declared_rows)
        and local_day(earlier.delivered_at, zone) == local_day(workspace.clock.now(), zone)
        and is_there(workspace, earlier)
    )


def is_there(workspace: Workspace, delivery: Delivery | None) -> bool:
    """Whether the lake still holds what readers see."""
    if delivery is None or delivery.lake_version is None:
        return False
    return workspace.lake.holds(delivery.lake_table, delivery.lake_version)


def _reads_alike(asked: str | None, found: str) -> bool:
    """Whether naming this encoding would read a file as it was read before."""
    if asked is None:
        return True
    try:
        return codecs.lookup(asked).name == codecs.lookup(found).name
    except LookupError:
        return False
