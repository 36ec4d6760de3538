"""The liability codes of Decree 809 Art. 39 (provider), 40 (requester) and 41 (authority)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Code(StrEnum):
    """P is a provider's, R a requester's, A the authority's; the last of each is "other"."""

    P1 = "P1"
    P2 = "P2"
    P3 = "P3"
    P4 = "P4"
    P5 = "P5"
    P6 = "P6"
    P7 = "P7"
    P8 = "P8"
    P9 = "P9"
    R1 = "R1"
    R2 = "R2"
    R3 = "R3"
    R4 = "R4"
    R5 = "R5"
    R6 = "R6"
    R7 = "R7"
    A1 = "A1"
    A2 = "A2"
    A3 = "A3"

    @property
    def article(self) -> str:
        return {"P": "39", "R": "40", "A": "41"}[self.value[0]]


TITLES: dict[Code, tuple[str, str]] = {
    Code.P1: ("未按要求编制或更新目录", "The catalogue was not updated in time"),
    Code.P2: ("擅自增设共享条件", "Conditions of its own were added to sharing"),
    Code.P3: ("未配合数源部门更新数据", "The source department was not helped to update its data"),
    Code.P4: ("无正当理由未按时答复或共享", "A reply or the data came late, or not at all"),
    Code.P5: ("未按要求回流数据", "Data was not returned to the lower level whole and in time"),
    Code.P6: ("未按时核实校正数据", "Wrong data was not verified and corrected in time"),
    Code.P7: ("擅自停止或变更共享服务", "A service was stopped or changed without consultation"),
    Code.P8: ("平台未纳入全国一体化体系", "A platform was not joined to the national system"),
    Code.P9: ("提供部门其他情形", "Another duty of a provider was not done in time"),
    Code.R1: ("重复收集可共享获取的数据", "Data was collected again although it is shared"),
    Code.R2: ("超出使用范围、目的使用", "Data was asked for beyond scope, purpose or period"),
    Code.R3: ("擅自提供给第三方", "Data was to be passed on without the provider's consent"),
    Code.R4: ("目的终止后未按要求处置", "Data was not disposed of once its purpose had ended"),
    Code.R5: ("未按要求保存使用记录", "Records of use were not kept"),
    Code.R6: ("未履行安全保障义务", "A duty to keep data secure was not met"),
    Code.R7: ("需求部门其他情形", "Another duty of a requester was not done in time"),
    Code.A1: ("未确定数源部门", "No source department was named"),
    Code.A2: ("未按规定处理争议", "A dispute was not settled in time"),
    Code.A3: ("主管部门其他情形", "Another duty of the authority was not done in time"),
}

NOT_DERIVED: dict[Code, tuple[str, str]] = {
    Code.P3: (
        "部门之间如何配合更新不经过本系统",
        "how departments help each other to update is not done in the program",
    ),
    Code.P8: (
        "是否接入国家平台不由本系统记录",
        "whether a platform is joined to the national one is not recorded in the program",
    ),
    Code.R6: (
        "数据读取之后的安全状况本系统无从得知；已知迹象见“安全情况”",
        "what becomes of data once it was read is not seen; see `bureau supervision show`",
    ),
}
"""What does not follow from anything that the program sees, and why, in Chinese and English."""

DERIVED = tuple(code for code in Code if code not in NOT_DERIVED)
"""What is looked for."""


class Kind(StrEnum):
    """A duty that was not done, or what the program refused, so that it did not happen."""

    BREACH = "breach"
    ATTEMPT = "attempt"


class Ground(StrEnum):
    """An article of a law, or what the city's policy profile sets where the law says nothing."""

    LAW = "law"
    POLICY = "policy"


@dataclass(frozen=True, slots=True)
class Basis:
    ground: Ground
    source: str
    """The article with the name of its law, or the profile and its setting with the reason for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LiabilityEvent:
    """One thing that a department may be ordered to correct; `entries` is where the ledger has it.

    It is what the facts say, not a finding of guilt: a good reason is heard outside the program.
    """

    code: Code
    kind: Kind
    basis: Basis
    department: str
    """Empty where no department is named yet."""
    day: date
    """The first day on which it was so."""
    subject: str
    entries: tuple[int, ...]
    """More than one where somebody tried the same again on that day."""
    because: str
    because_zh: str
    open: bool | None
    """Whether it still goes on; None for what happened and cannot be mended."""
    first_at: datetime | None = None
    """When an act made it so; None for what follows from a day that passed."""
    last_at: datetime | None = None

    @property
    def count(self) -> int:
        return len(self.entries)

    @property
    def order(self) -> tuple[bool, date, int, str]:
        """Breaches before attempts, each by day and entry."""
        return self.kind is Kind.ATTEMPT, self.day, self.entries[0], self.code.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """How many events there are of each sort; they are not added up. `tries` are all attempts made."""

    law: int = 0
    policy: int = 0
    attempts: int = 0
    tries: int = 0


def totals(events: Iterable[LiabilityEvent]) -> Totals:
    listed = list(events)
    breaches = [event.basis.ground for event in listed if event.kind is Kind.BREACH]
    attempts = [event for event in listed if event.kind is Kind.ATTEMPT]
    return Totals(
        law=breaches.count(Ground.LAW),
        policy=breaches.count(Ground.POLICY),
        attempts=len(attempts),
        tries=sum(event.count for event in attempts),
    )
