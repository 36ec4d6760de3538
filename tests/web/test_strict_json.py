"""A body that two readers of JSON could take for different things is none."""

from __future__ import annotations

import pytest

from tests.web.test_lookup import LOOKUP, VERIFY
from web import strict_json

TWICE = (
    b'{"key": {"meter": "M001", "meter": "M002", "day": "2026-03-01"}, "claims": {"litres": 1}}',
    b'{"key": {}, "key": {"meter": "M001", "day": "2026-03-01"}, "claims": {"litres": 1}}',
)
NO_NUMBERS = tuple(
    b'{"key": {"meter": "M001", "day": "2026-03-01"}, "claims": {"litres": %s}}' % number
    for number in (b"NaN", b"Infinity", b"-Infinity", b"1e999")
)


@pytest.mark.parametrize("body", [*TWICE, *NO_NUMBERS])
def test_json_of_two_meanings_is_refused_at_each_door(parks, body):
    for answer in (parks("POST", LOOKUP, body), parks("POST", VERIFY, body), parks.query(body)):
        assert answer.status == 400
        assert b"INVALID_PARAMETER_VALUE" in answer.body


def test_what_is_json_is_read():
    assert strict_json.loads(b'{"a": [1, 2.5, null, {"a": "\\u6c34"}]}') == {
        "a": [1, 2.5, None, {"a": "水"}]
    }
