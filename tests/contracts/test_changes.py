"""What readers lose from one version of a contract to the next."""

import pytest

from contracts.changes import losses
from contracts.model import LogicalType, Property, Schema


def table(**changes):
    values = {"name": "a", "logical_type": LogicalType.STRING}
    return Schema(name="t", properties=(Property(**(values | changes)),))


NUMBER = {"logical_type": LogicalType.INTEGER}
CASES = [
    ({}, {"name": "b"}, "is gone"),
    ({}, {"logical_type": LogicalType.DATE}, "becomes date"),
    ({}, {"options": {"format": "email"}}, "has another format: email"),
    ({"options": {"format": "email"}}, {}, "has another format: none"),
    ({"enum": ("1", "2", "3")}, {"enum": ("2",)}, "loses 1, 3"),
    ({}, {"enum": ("2",)}, "takes listed values alone"),
    ({}, {"options": {"maxLength": 5}}, "has another maxLength: 5"),
    (
        NUMBER | {"options": {"minimum": 0}},
        NUMBER | {"options": {"minimum": 1}},
        "has another minimum: 1",
    ),
    (
        NUMBER | {"options": {"maximum": 9}},
        NUMBER | {"options": {"maximum": 8}},
        "has another maximum: 8",
    ),
]


@pytest.mark.parametrize(("old", "new", "said"), CASES)
def test_what_is_gone_or_narrower_is_lost(old, new, said):
    assert losses(table(**old), table(**new)) == {"a": said}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({}, {}),
        ({}, {"required": True, "description": "more", "classification": "personal"}),
        ({"enum": ("1",)}, {"enum": ("1", "2")}),
        ({"enum": ("1",)}, {}),
        ({"options": {"maxLength": 5}}, {"options": {"maxLength": 6}}),
        ({"options": {"maxLength": 5}}, {}),
        (NUMBER | {"options": {"minimum": 1}}, NUMBER | {"options": {"minimum": 0}}),
    ],
)
def test_what_is_as_it_was_or_wider_is_no_loss(old, new):
    assert losses(table(**old), table(**new)) == {}


def test_a_new_column_takes_nothing_away():
    wider = Schema(name="t", properties=(*table().properties, Property(name="b")))
    assert losses(table(), wider) == {}
    assert losses(wider, table()) == {"b": "is gone"}
