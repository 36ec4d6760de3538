"""Which tier a dispute comes to: trees of divisions of any depth (Decree 809 Art. 28, rule 20)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.model import Department, DepartmentKind
from core.errors import Conflict
from sharing.disputes.model import Tier
from sharing.disputes.tiers import common, next_seat, seats

PARENTS = {"44": None, "4403": "44", "440305": "4403", "440304": "4403", "440305001": "440305"}


def department(code, division, kind=DepartmentKind.BUSINESS):
    return Department(code=code, name_zh=code, division=division, kind=kind)


def authority(code, division):
    return department(code, division, DepartmentKind.AUTHORITY)


def government(code, division):
    return department(code, division, DepartmentKind.GOVERNMENT)


CITY = [authority("data", "4403"), government("mayor", "4403")]


def told(one, other, *others, parents=PARENTS):
    found = seats(parents, [*others, one, other], one, other)
    return [(seat.tier.value, seat.department, seat.division) for seat in found]


def test_rule_20_the_same_level_negotiates_and_then_goes_to_its_own_authority():
    asking, provider = department("parks", "4403"), department("water", "4403")
    assert told(asking, provider, *CITY) == [
        ("negotiation", "water", "4403"),
        ("authority", "data", "4403"),
        ("government", "mayor", "4403"),
    ]


def test_rule_20_across_levels_the_lowest_common_authority_decides_at_once():
    street, district = department("street", "440305001"), department("parks", "440305")
    local = [authority("data5", "440305"), government("nanshan", "440305")]
    assert told(street, district, *CITY, *local) == [
        ("authority", "data5", "440305"),
        ("government", "nanshan", "440305"),
    ]


def test_rule_20_across_regions_the_authority_above_both_decides():
    one, other = department("parks", "440305"), department("ponds", "440304")
    local = [authority("data5", "440305"), authority("data4", "440304")]
    assert told(one, other, *CITY, *local)[0] == ("authority", "data", "4403")


def test_where_no_authority_is_registered_the_next_one_above_decides():
    one, other = department("parks", "440305"), department("trees", "440305")
    assert told(one, other, *CITY)[1:] == [
        ("authority", "data", "4403"),
        ("government", "mayor", "4403"),
    ]


def test_rule_20_an_authority_that_is_a_party_does_not_decide():
    party, other = CITY[0], department("water", "4403")
    assert told(party, other, CITY[1]) == [
        ("negotiation", "water", "4403"),
        ("government", "mayor", "4403"),
    ]
    second = authority("data2", "4403")
    assert told(party, other, CITY[1], second)[1] == ("authority", "data2", "4403")


def test_a_government_that_is_a_party_does_not_decide_either():
    party, other = CITY[1], department("water", "4403")
    province = government("province", "44")
    assert told(party, other, CITY[0], province)[-1] == ("government", "province", "44")
    assert told(party, other, CITY[0])[-1] == ("authority", "data", "4403")


@pytest.mark.parametrize(
    ("others", "after", "missing"),
    [
        ([], None, "data authority"),
        ([government("mayor", "4403")], None, "data authority"),
        ([authority("data5", "440305")], None, "data authority"),
        ([authority("data", "4403")], Tier.AUTHORITY, "government"),
    ],
)
def test_where_nobody_can_decide_it_is_said_what_to_register(others, after, missing):
    one, other = department("parks", "440305"), department("water", "4403")
    found = seats(PARENTS, [*others, one, other], one, other)
    with pytest.raises(Conflict, match=f"no {missing}") as caught:
        next_seat(found, after)
    assert "bureau apply" in caught.value.hint


def test_divisions_without_a_common_one_have_no_tier():
    one, other = department("parks", "44"), department("hills", "45")
    parents = {"44": None, "45": None}
    assert told(one, other, authority("data", "44"), parents=parents) == []


@st.composite
def cities(draw):
    """A tree of depth 2 to 5, two parties in it, and authorities and governments here and there."""
    parents, levels = {"r": None}, [["r"]]
    for depth in range(1, draw(st.integers(2, 5))):
        level = []
        for above in levels[-1]:
            for number in range(draw(st.integers(0 if level else 1, 2))):
                code = f"{above}.{depth}{number}"
                parents[code] = above
                level.append(code)
        levels.append(level)
    codes = st.sampled_from(sorted(parents))
    kinds = st.sampled_from(list(DepartmentKind))
    one = department("one", draw(codes), draw(kinds))
    other = department("other", draw(codes), draw(kinds))
    deciding = [
        *(authority(f"a-{code}", code) for code in draw(st.sets(codes))),
        *(government(f"g-{code}", code) for code in draw(st.sets(codes))),
    ]
    return parents, [*deciding, one, other], one, other


def ancestors(parents, code):
    return [code, *ancestors(parents, parents[code])] if code else []


@given(cities())
def test_rule_20_a_tier_is_of_the_lowest_division_that_both_are_or_lie_in(city):
    parents, departments, one, other = city
    both = [d for d in ancestors(parents, one.division) if d in ancestors(parents, other.division)]
    assert common(parents, one.division, other.division) == both
    found = {seat.tier: seat for seat in seats(parents, departments, one, other)}
    assert (Tier.NEGOTIATION in found) == (one.division == other.division)
    impartial = [d for d in departments if d not in (one, other)]
    home = next((code for code in both if having(departments, code, "authority")), "")
    if not home:
        assert set(found) <= {Tier.NEGOTIATION}
        return
    here = having(impartial, home, "authority")
    assert [seat.department for t, seat in found.items() if t is Tier.AUTHORITY] == here[:1]
    upwards = both[both.index(home) :]
    governing = [one for code in upwards for one in having(impartial, code, "government")]
    assert [seat.department for t, seat in found.items() if t is Tier.GOVERNMENT] == governing[:1]


def having(departments, division, kind):
    return sorted(d.code for d in departments if (d.division, d.kind) == (division, kind))


@given(cities())
def test_who_decides_does_not_depend_on_who_is_named_first(city):
    parents, departments, one, other = city
    there, back = (
        [s for s in seats(parents, departments, *pair) if s.tier is not Tier.NEGOTIATION]
        for pair in ((one, other), (other, one))
    )
    assert there == back
