from __future__ import annotations

from dataclasses import fields, replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.expand import expand, rule_set_hash
from catalog.model import Department, DepartmentKind, Duty, ProvisionRule
from core.errors import Conflict

ROLES = ("regulator", "hospital", "district")
CODES = ("a", "b", "c", "d")
many_roles = st.lists(st.sampled_from(ROLES), max_size=2).map(tuple)
many_departments = st.lists(st.sampled_from((*CODES, "unknown")), max_size=3).map(tuple)
DEPARTMENTS = st.lists(
    st.builds(
        Department,
        code=st.sampled_from(CODES),
        name_zh=st.just("局"),
        division=st.just("440300"),
        kind=st.sampled_from(DepartmentKind),
        roles=many_roles,
    ),
    unique_by=lambda department: department.code,
)
RULES = st.lists(
    st.builds(
        ProvisionRule,
        code=st.sampled_from(("r", "s", "t")),
        item=st.sampled_from(("air", "water")),
        title_zh=st.just("名"),
        legal_ground=st.just("法"),
        departments=many_departments,
        roles=many_roles,
        exempt=many_departments,
        kind=st.none() | st.sampled_from(DepartmentKind),
        start=st.dates(),
    ),
    unique_by=lambda rule: rule.code,
)


def rule(code: str = "r", **changes) -> ProvisionRule:
    return replace(
        ProvisionRule(
            code=code,
            item="air",
            title_zh="空气",
            title_en="Air",
            legal_ground="环境保护法第十七条",
            theme="生态",
            start=date(2020, 1, 1),
            end=date(2030, 1, 1),
        ),
        **changes,
    )


def department(code: str, **changes) -> Department:
    return replace(Department(code=code, name_zh="局", division="440300"), **changes)


def test_a_duty_says_what_the_rule_says():
    assert expand([rule(departments=("mee",))], [department("mee"), department("stats")]) == (
        Duty(
            code="r.mee",
            rule="r",
            item="air",
            title_zh="空气",
            title_en="Air",
            department="mee",
            legal_ground="环境保护法第十七条",
            theme="生态",
            exempt=False,
            start=date(2020, 1, 1),
            end=date(2030, 1, 1),
        ),
    )


def test_departments_are_named_one_by_one_by_role_or_by_kind():
    departments = [
        department("c", kind=DepartmentKind.AUDIT),
        department("b", roles=("district",)),
        department("a"),
    ]
    named = rule(departments=("a", "gone"), roles=("district",), kind=DepartmentKind.AUDIT)
    assert [duty.code for duty in expand([named], departments)] == ["r.a", "r.b", "r.c"]


def test_exempt_departments_are_listed_and_marked():
    duties = expand([rule(kind=DepartmentKind.BUSINESS, exempt=("b",))], map(department, "ab"))
    assert [(duty.department, duty.exempt) for duty in duties] == [("a", False), ("b", True)]


def test_exempting_whom_the_rule_never_named_adds_no_duty():
    assert len(expand([rule(departments=("a",), exempt=("b",))], map(department, "ab"))) == 1


def test_two_duties_of_one_code_are_a_conflict():
    rules = [rule("r", departments=("x.a",)), rule("r.x", departments=("a",))]
    with pytest.raises(Conflict, match=r"give the same duty 'r\.x\.a'"):
        expand(rules, [department("x.a"), department("a")])


@given(RULES, DEPARTMENTS, st.randoms())
def test_the_order_of_rules_and_departments_does_not_matter(rules, departments, random):
    duties, name = expand(rules, departments), rule_set_hash(rules)
    random.shuffle(rules)
    random.shuffle(departments)
    assert expand(rules, departments) == duties
    assert rule_set_hash(rules) == name


@given(RULES, DEPARTMENTS)
def test_a_duty_is_there_exactly_for_whom_a_rule_names(rules, departments):
    duties = {(duty.rule, duty.department): duty for duty in expand(rules, departments)}
    for each in rules:
        for one in departments:
            reasons = (
                one.code in each.departments,
                any(role in one.roles for role in each.roles),
                each.kind == one.kind,
            )
            duty = duties.pop((each.code, one.code), None)
            assert (duty is not None) == any(reasons)
            assert duty is None or duty.exempt == (one.code in each.exempt)
    assert not duties


@given(RULES, RULES, DEPARTMENTS)
def test_more_departments_never_take_a_duty_away(rules, others, departments):
    fewer = expand(rules, departments[:-1])
    assert set(fewer) <= set(expand(rules, departments))
    assert (rule_set_hash(rules) == rule_set_hash(others)) == (
        [canonical(each) for each in sorted(rules, key=lambda each: each.code)]
        == [canonical(each) for each in sorted(others, key=lambda each: each.code)]
    )


def canonical(each: ProvisionRule) -> ProvisionRule:
    sets = ("departments", "roles", "exempt")
    return replace(each, **{name: tuple(sorted(set(getattr(each, name)))) for name in sets})


def test_every_field_of_a_rule_is_in_its_hash():
    changes = {
        "code": "x", "item": "x", "title_zh": "x", "title_en": "x", "legal_ground": "x",
        "departments": ("x",), "roles": ("x",), "kind": DepartmentKind.AUDIT, "exempt": ("x",),
        "theme": "x", "start": date(2021, 1, 1), "end": None,
    }  # fmt: skip
    assert changes.keys() == {field.name for field in fields(ProvisionRule)}
    hashes = {rule_set_hash([rule(**{name: value})]) for name, value in changes.items()}
    assert len(hashes | {rule_set_hash([rule()])}) == len(changes) + 1
    assert rule_set_hash([rule(roles=("x", "y", "x"))]) == rule_set_hash([rule(roles=("y", "x"))])
