"""Who answers for each dataset: nothing is clear that nobody, or more than one, answers for."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from catalog.gaps import find_gaps
from catalog.model import DatasetStatus, Responsibility
from catalog.responsibility import Standing, responsibilities
from tests.catalog.test_gaps import AIR, DUTY, MEE, STATS


def of(*datasets, duties=(DUTY,), department="", named=None):
    gaps = find_gaps(datasets, [MEE, STATS], duties, set(), named=named or {})
    return responsibilities(datasets, duties, gaps, department=department)


def standings(found):
    return {line.dataset: line.standing for line in found.lines}


def test_what_has_all_four_and_no_rival_is_clear():
    found = of(AIR)
    [line] = found.lines
    assert (line.standing, line.missing, line.duties) == (Standing.CLEAR, (), ("r.mee",))
    assert (found.contested, found.duties_without_dataset, found.datasets_without_duty) == (
        (),
        (),
        (),
    )


def test_a_part_that_nobody_has_is_named_and_all_of_them_make_an_orphan():
    half = replace(AIR, responsibility=replace(AIR.responsibility, operator=""))
    [line] = of(half).lines
    assert (line.standing, line.missing) == (Standing.INCOMPLETE, ("operator",))
    [line] = of(replace(AIR, responsibility=Responsibility())).lines
    assert line.standing is Standing.ORPHAN
    assert line.missing == ("source", "authority", "operator")
    assert line.responsibility.provider == "mee", "that of the entry"


def test_two_claims_are_a_contest_for_both_departments():
    rival = replace(
        AIR,
        code="air-too",
        provider="stats",
        responsibility=replace(AIR.responsibility, source="stats", provider="stats"),
    )
    found = of(AIR, rival)
    assert standings(found) == {"air": Standing.CONTESTED, "air-too": Standing.CONTESTED}
    for code in ("mee", "stats"):
        mine = of(AIR, rival, department=code)
        assert [gap.subject for gap in mine.contested] == ["air"]
        assert set(standings(mine).values()) == {Standing.CONTESTED}
    settled = of(AIR, rival, named={"air": "mee"})
    assert standings(settled) == {"air": Standing.CLEAR, "air-too": Standing.CONTESTED}


def test_duties_and_datasets_without_each_other_stand_beside():
    found = of(replace(AIR, fulfils=""))
    assert [gap.subject for gap in found.duties_without_dataset] == ["r.mee"]
    assert [gap.subject for gap in found.datasets_without_duty] == ["air"]
    assert of(replace(AIR, fulfils=""), department="stats").duties_without_dataset == ()


def test_drafts_and_what_was_withdrawn_are_nobodys_matter():
    for status in (DatasetStatus.DRAFT, DatasetStatus.WITHDRAWN):
        assert of(replace(AIR, status=status)).lines == ()


names = st.sampled_from(["", "mee", "stats"])


@given(
    st.lists(
        st.builds(
            lambda provider, source, fulfils, operator: replace(
                AIR,
                provider=provider,
                fulfils=fulfils,
                responsibility=Responsibility(source=source, operator=operator),
            ),
            st.sampled_from(["mee", "stats"]),
            names,
            st.sampled_from(["", "air", "soil"]),
            names,
        ),
        max_size=6,
    )
)
def test_the_city_is_the_sum_of_its_departments(datasets):
    coded = [replace(one, code=f"d{number}") for number, one in enumerate(datasets)]
    whole = of(*coded)
    parts = [of(*coded, department=code) for code in ("mee", "stats")]
    for standing in Standing:
        assert whole.count(standing) == sum(part.count(standing) for part in parts)
    assert len(whole.lines) == len(coded)
