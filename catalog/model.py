"""The things a data bureau keeps track of: who exists, who must hold what, what is held.

Names follow DCAT 3 where it has a word, Decree 809 (政务数据共享条例) where it has the rule.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from core.actor import Role


class DepartmentKind(StrEnum):
    BUSINESS = "business"
    AUTHORITY = "authority"
    GOVERNMENT = "government"
    AUDIT = "audit"


class ShareType(StrEnum):
    """共享属性, Decree 809 Art. 14."""

    UNCONDITIONAL = "unconditional"
    CONDITIONAL = "conditional"
    NOT_SHARED = "not_shared"

    @property
    def shareable(self) -> bool:
        return self is not ShareType.NOT_SHARED


class ShareMode(StrEnum):
    """共享方式, Decree 809 Art. 22: service interface, bulk exchange, file download."""

    INTERFACE = "interface"
    EXCHANGE = "exchange"
    FILE = "file"


class UpdateCycle(StrEnum):
    """数据更新频率. `allowed_age` is how old the newest delivery may be and still count as fresh."""

    REALTIME = "realtime"
    HOURLY = "hourly"
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    SEMIANNUAL = "semiannual"
    ANNUAL = "annual"
    ON_DEMAND = "on_demand"
    IRREGULAR = "irregular"

    @property
    def allowed_age(self) -> timedelta | None:
        """One cycle and a grace; None where no cycle was promised, so lateness cannot be judged."""
        return _ALLOWED_AGE.get(self)

    @property
    def title_zh(self) -> str:
        return _CYCLES_ZH[self]


_CYCLES_ZH = {
    UpdateCycle.REALTIME: "实时",
    UpdateCycle.HOURLY: "每小时",
    UpdateCycle.DAILY: "每日",
    UpdateCycle.WEEKLY: "每周",
    UpdateCycle.MONTHLY: "每月",
    UpdateCycle.QUARTERLY: "每季度",
    UpdateCycle.SEMIANNUAL: "每半年",
    UpdateCycle.ANNUAL: "每年",
    UpdateCycle.ON_DEMAND: "按需",
    UpdateCycle.IRREGULAR: "不定期",
}
_ALLOWED_AGE = {
    UpdateCycle.REALTIME: timedelta(hours=1),
    UpdateCycle.HOURLY: timedelta(hours=2),
    UpdateCycle.DAILY: timedelta(days=2),
    UpdateCycle.WEEKLY: timedelta(days=8),
    UpdateCycle.MONTHLY: timedelta(days=32),
    UpdateCycle.QUARTERLY: timedelta(days=93),
    UpdateCycle.SEMIANNUAL: timedelta(days=185),
    UpdateCycle.ANNUAL: timedelta(days=367),
}


class ResourceClass(StrEnum):
    """类 of the 2017 resource catalogue guide (发改高技〔2017〕1272号)."""

    BASIC = "basic"
    THEMATIC = "thematic"
    DEPARTMENTAL = "departmental"


class Grade(StrEnum):
    """数据分级, GB/T 43697-2024, from least to most protected."""

    GENERAL = "general"
    IMPORTANT = "important"
    CORE = "core"


class DatasetStatus(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class DeliveryPolicy(StrEnum):
    """What happens to a delivery in which an error-severity check fails."""

    REFUSE = "refuse"
    QUARANTINE_ROWS = "quarantine_rows"
    PUBLISH_AND_FLAG = "publish_and_flag"


class DeliveryStatus(StrEnum):
    ACCEPTED = "accepted"
    FLAGGED = "flagged"
    QUARANTINED = "quarantined"
    REFUSED = "refused"

    @property
    def published(self) -> bool:
        return self is not DeliveryStatus.REFUSED


class Channel(StrEnum):
    """Where a public service is offered."""

    APP = "app"
    WEB = "web"
    HALL = "hall"
    KIOSK = "kiosk"
    HOTLINE = "hotline"


class AskedOf(StrEnum):
    """Who has to fill in a field of a form; nobody where the data comes from elsewhere."""

    CITIZEN = "citizen"
    FIRM = "firm"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True, kw_only=True)
class Division:
    """An administrative area. `level` is the city's own word (city, district, street, grid ...)."""

    code: str
    name_zh: str
    name_en: str = ""
    level: str
    parent: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Department:
    code: str
    name_zh: str
    name_en: str = ""
    kind: DepartmentKind = DepartmentKind.BUSINESS
    division: str
    uscc: str = ""
    """统一社会信用代码, 18 characters; empty where none is known, never a made-up one."""
    roles: tuple[str, ...] = ()
    """What the department is in this city (e.g. "transport-regulator"); provision rules name these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    code: str
    name: str
    department: str
    roles: tuple[Role, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """A consumer system: what will use shared data."""

    code: str
    name_zh: str
    name_en: str = ""
    department: str
    facets: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvisionRule:
    """Who must provide an item, why, from when to when.

    Providers are departments named one by one, all that carry one of `roles`, or all of a `kind`;
    `exempt` departments are left out and listed as exclusions.
    """

    code: str
    item: str
    title_zh: str
    title_en: str = ""
    legal_ground: str
    departments: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    kind: DepartmentKind | None = None
    exempt: tuple[str, ...] = ()
    theme: str = ""
    start: date
    end: date | None = None
    """The last day on which the rule holds; None while it has no end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """One department's obligation to provide one item (责任清单): a row of a denominator."""

    code: str
    rule: str
    item: str
    title_zh: str
    title_en: str
    department: str
    legal_ground: str
    theme: str
    exempt: bool
    start: date
    end: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Responsibility:
    """Who answers for a dataset. An empty part is a finding, not an error."""

    source: str = ""
    provider: str = ""
    authority: str = ""
    operator: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """Where a dataset can be read outside the lake, as declared; nothing here is verified."""

    title: str = ""
    access_url: str
    media_type: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """A catalogue entry with the nine fields of Decree 809 Art. 13 and what the city adds."""

    code: str
    title_zh: str
    title_en: str = ""
    summary: str = ""
    items: tuple[str, ...] = ()
    provider: str
    format: str = ""
    update_cycle: UpdateCycle | None = None
    share_type: ShareType | None = None
    share_mode: ShareMode | None = None
    use_conditions: str = ""
    resource_class: ResourceClass | None = None
    grade: Grade | None = None
    legal_basis: str = ""
    """Why data is not shared: law, administrative regulation or State Council decision, and article."""
    status: DatasetStatus = DatasetStatus.PUBLISHED
    theme: str = ""
    keywords: tuple[str, ...] = ()
    facets: dict[str, tuple[str, ...]] = field(default_factory=dict)
    responsibility: Responsibility = Responsibility()
    fulfils: str = ""
    """The item of a provision rule that this dataset provides."""
    contract: str = ""
    policy: DeliveryPolicy = DeliveryPolicy.REFUSE
    distributions: tuple[Distribution, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DataItem:
    """One thing that a public service has to know, and where it could come from."""

    item: str
    """The words of the form's field."""
    dataset: str = ""
    columns: tuple[str, ...] = ()
    asked_of: AskedOf = AskedOf.NOBODY


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceItem:
    """A public service (政务服务事项); its data items are the form that people fill in."""

    code: str
    name_zh: str
    name_en: str = ""
    department: str
    channels: tuple[Channel, ...] = ()
    facets: dict[str, tuple[str, ...]] = field(default_factory=dict)
    data_items: tuple[DataItem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One arrival of data: immutable, numbered per dataset from 1."""

    id: str
    dataset: str
    number: int
    status: DeliveryStatus
    policy: DeliveryPolicy
    contract: str
    contract_version: str
    source_sha256: str
    source_bytes: int
    source_format: str
    encoding: str
    header: bool
    sheet: str
    """The sheet that was asked for by name, of an Excel file."""
    rows_read: int
    rows_published: int
    declared_rows: int | None = None
    """How many rows its source said to have sent; None where it said nothing."""
    lake_table: str
    """The folder of the lake that holds the version; empty when nothing was published."""
    lake_version: int | None
    """The Delta table version that readers see; None when nothing was published."""
    check_run: str
    delivered_by: str
    delivered_at: datetime


def read_as(source_format: str, encoding: str, sheet: str) -> str:
    """What a file was taken for, in words."""
    if source_format == "excel":
        return f"{source_format}, sheet {sheet}" if sheet else f"{source_format}, its first sheet"
    return f"{source_format}, {encoding.replace('_', '-')}" if encoding else source_format
