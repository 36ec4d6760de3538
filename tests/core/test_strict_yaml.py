import json

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from core import strict_yaml
from core.errors import DocumentInvalid
from core.strict_yaml import can_hold, load_yaml, plain_is_text


@pytest.fixture(params=[yaml.CSafeLoader, yaml.SafeLoader], ids=["libyaml", "pure python"])
def parser(request, monkeypatch):
    """Both parsers that an installation may have."""
    monkeypatch.setattr(strict_yaml, "_LOADER", request.param)


def refuse(data: bytes | str, **options) -> DocumentInvalid:
    data = data if isinstance(data, bytes) else data.encode()
    with pytest.raises(DocumentInvalid) as caught:
        load_yaml(data, "x.yaml", **options)
    assert caught.value.hint
    assert str(caught.value).startswith("cannot read x.yaml")
    return caught.value


def value(text: str):
    return load_yaml(text.encode(), "x.yaml").value


@pytest.mark.usefixtures("parser")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("no", "no"),
        ("yes", "yes"),
        ("on", "on"),
        ("off", "off"),
        ("y", "y"),
        ("true", True),
        ("FALSE", False),
        ("tRue", "tRue"),
        ("null", None),
        ("~", None),
        ("2026-03-01", "2026-03-01"),
        ("2026-03-01 08:00:00", "2026-03-01 08:00:00"),
        ("12:30", "12:30"),
        ("190:20:30", "190:20:30"),
        ("1_000", "1_000"),
        ("0b11", "0b11"),
        ("0o17", 15),
        ("0x1F", 31),
        ("0", 0),
        ("-12", -12),
        ("+12", 12),
        ("1.", 1.0),
        (".5", 0.5),
        ("-1.5e3", -1500.0),
        ("1e3", 1000.0),
        ("1.2.3", "1.2.3"),
        ("440305199001011234567890", 440305199001011234567890),
        ("440305-01", "440305-01"),
        (".", "."),
        ("", None),
        ("'1'", "1"),
        ('"true"', "true"),
        ("'<<'", "<<"),
        ("=", "="),
        ("| \n  0123\n", "0123\n"),
    ],
)
def test_scalars_follow_the_core_schema_of_yaml_1_2(text, expected):
    found = value(f"a: {text}")["a"]
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.usefixtures("parser")
@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a: 1\nb: &x 2\n", 2, "anchor"),
        ("a: 1\nb: *x\n", 2, "alias"),
        ("a: !!str 1", 1, "tag"),
        ("a: ! 1", 1, "tag"),
        ("a:\n  - !secret x", 2, "tag"),
        ("a: 1\nb: 2\na: 3\n", 3, "twice, first in line 1"),
        ("a: 1\nx:\n  <<: {b: 1}\n", 3, "merge key"),
        ("a: 1\nb:\n\tc: 2\n", 3, "tab"),
        ("\ta: 1", 1, "tab"),
        ("-\ta: 1\n", 1, "tab"),
        ("a: 1\n---\nb: 2\n", 2, "second document"),
        ("%YAML 1.1\n---\na: 1\n", 1, "directive"),
        ("%TAG ! tag:x,2000:\n---\na: 1\n", 1, "directive"),
        ("a: 1\nb: 0123\n", 2, "starts with a zero"),
        ("b: 00.5\n", 1, "starts with a zero"),
        ("b: .inf", 1, "finite"),
        ("b: -.INF", 1, "finite"),
        ("b: .nan", 1, "finite"),
        ("b: 1e999", 1, "too large"),
        ("b: " + "9" * 401, 1, "digits"),
        ("1: a", 1, "key is not text"),
        ("null: a", 1, "key is not text"),
        ("? [a]\n: 1", 1, "key is not text"),
        ("a: 1\nb: [1,\n", 3, "not YAML"),
        ("a: b: c", 1, "not YAML"),
        ("a: 1\nb: \x00", 2, "U+0000"),
        ("a: 1\nb: \x1b[31m", 2, "U+001B"),
        ("a: \x85", 1, "U+0085"),
        ("a: \u2028", 1, "U+2028"),
        ('a: "\\0"', 1, "U+0000"),
        ('a: "\\u202a\\x07"', 1, "U+0007"),
    ],
)
def test_what_could_be_read_differently_is_refused_with_its_line(text, line, words):
    error = refuse(text)
    assert [problem.line for problem in error.problems] == [line]
    assert words in error.problems[0].message


@pytest.mark.usefixtures("parser")
@pytest.mark.parametrize("text", ["", "\n\n", "# nothing\n", "---\n", "\ufeff", "--- \n...\n"])
def test_an_empty_document_is_refused(text):
    assert "empty" in str(refuse(text))


def test_text_that_is_not_utf_8_is_refused_at_its_line():
    error = refuse("a: 1\nb: 深圳".encode("gb18030"))
    assert error.problems[0].line == 2
    assert "UTF-8" in str(error)


def test_a_byte_order_mark_is_left_out():
    assert load_yaml("\ufeffa: 深圳".encode(), "x").value == {"a": "深圳"}


def test_more_than_a_mebibyte_is_refused_unless_allowed():
    data = b"a: " + b"x" * (1 << 20)
    assert "1048579 bytes" in str(refuse(data))
    assert len(load_yaml(data, "x", max_bytes=32 << 20).value["a"]) == 1 << 20


@pytest.mark.usefixtures("parser")
@pytest.mark.parametrize(
    "text",
    ["[" * 5000, "[" * 5000 + "]" * 5000, "{a: " * 5000, "- " * 5000, "? " * 5000, "[{a: " * 2500],
)
def test_nesting_is_refused_before_it_costs_anything(text):
    assert "nested deeper than 30" in str(refuse(text))


def test_thirty_levels_are_read():
    assert value("[" * 30 + "]" * 30) == json.loads("[" * 30 + "]" * 30)
    refuse("[" * 31 + "]" * 31)


def test_an_alias_bomb_is_refused_at_its_first_anchor():
    bomb = "a: &a [x, x]\n" + "".join(
        f"{chr(98 + i)}: &{chr(98 + i)} [*{chr(97 + i)}, *{chr(97 + i)}]\n" for i in range(20)
    )
    assert refuse(bomb).problems[0].line == 1


def test_tabs_between_tokens_are_no_indentation():
    assert value('{\n\t"a":\t[1,\t2]\n}') == {"a": [1, 2]}


def test_lines_of_keys_and_items():
    document = load_yaml(b"# c\na:\n  - x: 1\n    y: [1,\n        2]\n  -\n    z: 2\nb: 3\n", "x")
    assert document.line(()) == 2
    assert document.line(["a"]) == 2
    assert document.line(["a", 0]) == 3
    assert document.line(["a", 0, "y"]) == 4
    assert document.line(["a", 0, "y", 1]) == 5
    assert document.line(["a", 1, "z"]) == 7
    assert document.line(["b"]) == 8


@pytest.mark.parametrize("path", [["c"], ["a", 5], ["a", "x"], ["b", 0], ["a", 0, "x", "y"]])
def test_places_that_do_not_exist_have_no_line(path):
    assert load_yaml(b"a:\n  - x: 1\nb: 3\n", "x").line(path) is None


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"])),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=20,
)


@settings(deadline=None)
@given(JSON)
def test_json_documents_mean_what_json_says(data):
    text = json.dumps(data, ensure_ascii=False)
    if not all(can_hold(part) for part in [text, *_texts(data)]) or data is None:
        return
    found = load_yaml(text.encode(), "x").value
    assert found == json.loads(text)


def _texts(data):
    if isinstance(data, str):
        yield data
    elif isinstance(data, list):
        for item in data:
            yield from _texts(item)
    elif isinstance(data, dict):
        for key, item in data.items():
            yield key
            yield from _texts(item)


@settings(deadline=None)
@given(st.text(alphabet="+.0123456789eExo_nulLtrueafsINF~", min_size=1, max_size=8))
def test_text_that_may_stand_without_quotes_is_read_as_itself(text):
    written = text if plain_is_text(text) else json.dumps(text)
    assert load_yaml(f"- {written}".encode(), "x").value == [text]


@settings(deadline=None)
@given(st.binary(max_size=200) | st.text(alphabet="a: -[]{}\n\t'\"&*!|>%#?,0.1\r").map(str.encode))
def test_no_bytes_raise_anything_but_a_located_refusal(data):
    try:
        document = load_yaml(data, "x")
    except DocumentInvalid as refusal:
        document = refusal.problems[0]
    assert document


def test_ten_thousand_mappings_keep_their_lines():
    text = "".join(f"- code: ds-{i}\n  title: 数据\n  n: {i}\n" for i in range(10_000))
    document = load_yaml(text.encode(), "x")
    assert document.value[9_999] == {"code": "ds-9999", "title": "数据", "n": 9_999}
    assert document.line([9_999, "n"]) == 30_000
