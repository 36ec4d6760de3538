import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import InvalidInput
from quality.patterns import to_re2
from tests.quality import ecma
from tests.quality.test_engine_against_oracle import TEXTS

SETS = (r"\d", r"\D", r"\w", r"\W", r"\s", r"\S", "[A-Z]", "[^a]", r"[\d.-]", r"[^\s\S]", "[王-𠮷]")
GROUPS = ("(?:a|A)", "(1|王)", "(?<x>A)")
ATOMS = st.sampled_from([*"aA1.王-%{]", r"\.", r"\n", r"\u2028", r"[\]\\]", *SETS, *GROUPS])
TERMS = st.tuples(
    ATOMS, st.sampled_from(["", "", "*", "+", "?", "*?", "{2}", "{1,}", "{0,2}", "{1,2}?"])
)
EDGES = st.sampled_from(["", "", "^", "$", r"\b"])


@st.composite
def patterns(draw):
    def sequence():
        terms = draw(st.lists(TERMS, max_size=4))
        return draw(EDGES) + "".join(atom + times for atom, times in terms) + draw(EDGES)

    return "|".join(sequence() for _ in range(draw(st.integers(1, 2))))


@pytest.fixture(scope="module")
def database():
    with duckdb.connect() as connection:
        yield connection


@settings(max_examples=300, deadline=None)
@given(pattern=patterns(), texts=st.lists(st.text("aA1王𠮷 .-\n\u2028\u3000B１%]{", max_size=5)))
def test_a_translated_pattern_matches_what_ecma_262_matches(database, pattern, texts):
    texts = [*texts, *(text for text in TEXTS if len(text) < 9)]
    found = database.execute(
        "SELECT list_transform(?::VARCHAR[], lambda x: regexp_matches(x, ?))",
        [texts, to_re2(pattern)],
    ).fetchone()[0]
    assert dict(zip(texts, found, strict=True)) == {t: ecma.search(pattern, t) for t in texts}


@pytest.mark.parametrize(
    ("pattern", "matching", "other"),
    [
        (r"^A\d$", ["A1"], ["A１", "A1\n", "A1\r\n", "A1\u2028", "a1"]),
        (r"^\w+$", ["A_1"], ["王芳", "", "é"]),
        (r"^\s$", ["\u3000", "\u00a0", "\ufeff", "\t"], ["\u200b", ""]),
        (r"^.$", ["𠮷", "王"], ["\u2028", "\r", "e\u0301"]),
        (r"\u{20BB7}|\uD842\uDFB8", ["𠮷", "𠮸"], ["吉"]),
        (r"^\x41\cJ\/\0$", ["A\n/\0"], ["A/"]),
        (r"^[\b]$", ["\b"], ["b"]),
        (r"^[a-\d]$", ["a", "-", "5"], ["b"]),
        (r"^x{,2}$", ["x{,2}"], ["xx"]),
    ],
)
def test_what_a_pattern_means(database, pattern, matching, other):
    def found(text):
        return database.execute("SELECT regexp_matches(?, ?)", [text, to_re2(pattern)]).fetchone()[
            0
        ]

    assert [text for text in matching if not found(text)] == []
    assert [text for text in other if found(text)] == []


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("a(?=b)", "a look-around at character 4"),
        ("a(?!b)", "a look-around"),
        ("(?<=a)b", "a look-around"),
        ("(?<!a)b", "a look-around"),
        (r"(a)\1", "a back-reference or octal escape at character 6"),
        (r"(?<x>a)\k<x>", "a back-reference"),
        (r"\p{Han}", "a property escape"),
        ("(?i)a", "an inline flag or unknown group"),
        ("(?P<x>a)", "an inline flag or unknown group"),
        ("(?<x", "a group whose name is not closed"),
        ("(a", "a '(' that is never closed"),
        ("a)", "a ')' without its '('"),
        ("[a", "an unfinished escape or class"),
        ("a\\", "an unfinished escape or class"),
        ("*a", "nothing to repeat"),
        ("a**", "nothing to repeat"),
        ("a{1}{2}", "nothing to repeat"),
        ("^*", "a repeated '^'"),
        ("a{3,2}", "numbers are out of order"),
        ("a{1001}", "a repetition of more than 1000"),
        ("a{" + "9" * 5000 + "}", "a repetition of more than 1000"),
        ("[b-a]", "ends are out of order"),
        (r"\uD842", "half of a surrogate pair"),
        (r"\uD842\u0041", "half of a surrogate pair"),
        (r"\u{110000}", "beyond Unicode"),
        (r"\u12", "without its hexadecimal digits"),
        (r"\y", "the unknown escape '\\y'"),
        ("(" * 200 + ")" * 200, "nested deeper than 100"),
    ],
)
def test_what_cannot_be_matched_alike_everywhere_is_refused_in_a_sentence(pattern, reason):
    with pytest.raises(InvalidInput) as refusal:
        to_re2(pattern)
    assert reason in str(refusal.value)
