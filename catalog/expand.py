"""From provision rules to duties (责任清单): who must provide what, as a list that can be counted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from catalog.documents import to_document
from catalog.model import Department, Duty, ProvisionRule
from core.canonical import Json, content_hash
from core.errors import Conflict

_SETS = ("departments", "roles", "exempt")
"""Fields of a rule in which order and repeats mean nothing."""


def expand(rules: Iterable[ProvisionRule], departments: Iterable[Department]) -> tuple[Duty, ...]:
    """One duty for each rule and each department it applies to, by rule and department code.

    Only departments among `departments` count. A department that the rule names, directly, by role
    or by kind, and also exempts, has a duty that is marked exempt; it is an exclusion, not a debt.
    Raises Conflict when two duties would have the same code `<rule>.<department>`.
    """
    known = sorted(departments, key=lambda department: department.code)
    duties: dict[str, Duty] = {}
    for rule in sorted(rules, key=lambda rule: rule.code):
        for duty in _duties(rule, known):
            first = duties.setdefault(duty.code, duty)
            if first is not duty:
                raise Conflict(
                    f"rule '{rule.code}' for department '{duty.department}' and rule '{first.rule}' "
                    f"for department '{first.department}' give the same duty '{duty.code}'",
                    hint="change the code of one of the rules",
                )
    return tuple(duties.values())


def rule_set_hash(rules: Iterable[ProvisionRule]) -> str:
    """SHA-256 that names a set of rules: it changes with their content, never with their order."""
    ordered = sorted(rules, key=lambda rule: rule.code)
    return content_hash([_canonical(rule) for rule in ordered])


def _duties(rule: ProvisionRule, departments: Iterable[Department]) -> Iterator[Duty]:
    for department in departments:
        if _applies(rule, department):
            yield Duty(
                code=f"{rule.code}.{department.code}",
                rule=rule.code,
                item=rule.item,
                title_zh=rule.title_zh,
                title_en=rule.title_en,
                department=department.code,
                legal_ground=rule.legal_ground,
                theme=rule.theme,
                exempt=department.code in rule.exempt,
                start=rule.start,
                end=rule.end,
            )


def _applies(rule: ProvisionRule, department: Department) -> bool:
    return (
        department.code in rule.departments
        or not set(rule.roles).isdisjoint(department.roles)
        or rule.kind is department.kind
    )


def _canonical(rule: ProvisionRule) -> dict[str, Json]:
    sets: dict[str, Json] = {name: sorted(set(getattr(rule, name))) for name in _SETS}
    return to_document(rule) | sets
