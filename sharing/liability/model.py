"""The liability codes of Decree 809 Art. 39 (provider), 40 (requester) and 41 (authority)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Code(StrEnum):
    """P is a provider's, R a requester's, A the authority's; the last of each is "other"."""

    P1 = "P1"
    P2 = "P2"
    P4 = "P4"
    P5 = "P5"
    P6 = "P6"
    P9 = "P9"
    R2 = "R2"
    R3 = "R3"
    R4 = "R4"
    R5 = "R5"
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
    Code.P4: ("无正当理由未按时答复或共享", "A reply or the data came late, or not at all"),
    Code.P5: ("未按要求回流数据", "Data was not returned to the lower level whole and in time"),
    Code.P6: ("未按时核实校正数据", "Wrong data was not verified and corrected in time"),
    Code.P9: ("提供部门其他情形", "Another duty of a provider was not done in time"),
    Code.R2: ("超出使用范围、目的使用", "Data was asked for beyond scope, purpose or period"),
    Code.R3: ("擅自提供给第三方", "Data was passed on without the provider's consent"),
    Code.R4: ("目的终止后未按要求处置", "Data was not disposed of once its purpose had ended"),
    Code.R5: ("未按要求保存使用记录", "Records of use were not kept"),
    Code.R7: ("需求部门其他情形", "Another duty of a requester was not done in time"),
    Code.A1: ("未确定数源部门", "No source department was named"),
    Code.A2: ("未按规定处理争议", "A dispute was not settled in time"),
    Code.A3: ("主管部门其他情形", "Another duty of the authority was not done in time"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LiabilityEvent:
    """One thing that a department may be ordered to correct; `entry` is where the ledger has it.

    It is what the facts say, not a finding of guilt: a good reason is heard outside the program.
    """

    code: Code
    department: str
    """Empty where no department is named yet."""
    day: date
    """The first day on which it was so."""
    subject: str
    entry: int
    because: str
    open: bool
    """Whether it still goes on."""
