"""Words that say the same, and words that are alike."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from catalog.model import Dataset, DatasetStatus, Duty, ShareType
from catalog.naming import fold
from sharing.needs.matching import Entry, Vocabulary, covered, find, propose


def entry(code, *items, columns=(), **more):
    values = {"title_zh": code, "provider": "police", "share_type": ShareType.UNCONDITIONAL}
    return Entry(Dataset(code=code, items=items, **values | more), columns)


def test_width_case_and_blanks_make_no_other_words():
    vocabulary = Vocabulary([("a", "联系 电话"), ("b", "Home Address"), ("c", "ＩＤ")])
    for text, owner in (
        ("联系电话", "a"),
        ("home　ADDRESS", "b"),
        ("homeaddress", "b"),
        ("id", "c"),
    ):
        best = vocabulary.like(text)[0]
        assert (best.owner, best.same, best.score) == (owner, True, 100)


def test_like_words_have_a_score_below_the_same():
    vocabulary = Vocabulary([("a", "租赁地址"), ("a", "租赁期限"), ("b", "水表读数")])
    [one] = vocabulary.like("家庭租赁地址")
    assert (one.owner, one.words, one.same, one.score) == ("a", "租赁地址", False, 75)
    assert vocabulary.like("监护人签名") == []


def test_the_order_of_words_matters_to_the_same_only():
    [one] = Vocabulary([("a", "address home")]).like("home address")
    assert (one.same, one.score) == (False, 99)


def test_words_without_a_letter_are_the_same_or_nothing():
    vocabulary = Vocabulary([("a", "—"), ("b", " ")])
    assert [one.same for one in vocabulary.like("—")] == [True]
    assert vocabulary.like(" ") == []


WORDS = st.text("租赁地址编号 Ab-", max_size=8)


@given(WORDS, st.lists(st.tuples(st.sampled_from("xyz"), WORDS), max_size=6))
def test_what_is_found_is_what_going_through_all_words_finds(asked, named):
    found = {one.owner: one for one in Vocabulary(named).like(asked, least=1)}
    for owner in "xyz":
        own = [text for name, text in named if name == owner]
        same = bool(fold(asked)) and any(fold(text) == fold(asked) for text in own)
        assert (owner in found and found[owner].same) == same
        if owner in found:
            assert found[owner].words in own
            assert 1 <= found[owner].score <= 100
            assert (found[owner].score == 100) == same


def test_an_entry_is_found_by_title_item_column_and_business_name():
    entries = [
        entry("a", title_zh="户籍人口信息", title_en="Residents"),
        entry("b", "累计缴费月数"),
        entry("c", columns=(("domicile", "户籍地址"),)),
        entry("d", "户籍地址", status=DatasetStatus.DRAFT),
        entry("e", "婚姻状况", share_type=ShareType.NOT_SHARED),
    ]
    asked = ["residents", "累计缴费月数", "DOMICILE", "户籍地址", "婚姻状况", "没有的"]
    same = [(one.item, one.dataset, one.shared) for one in find(asked, entries) if one.same]
    assert same == [
        ("residents", "a", True),
        ("累计缴费月数", "b", True),
        ("DOMICILE", "c", True),
        ("户籍地址", "c", True),
        ("婚姻状况", "e", False),
    ]
    assert not covered(asked, find(asked, entries))
    assert covered(asked[:-1], find(asked[:-1], entries))


def test_columns_are_those_of_the_contract_or_else_the_data_items():
    assert entry("a", "甲", columns=(("x", "甲"),)).lacking(["x", "甲", "y"]) == ("甲", "y")
    assert entry("a", "甲").lacking(["甲", "y"]) == ("y",)


def duty(code, department, title, *, exempt=False):
    return Duty(
        code=code,
        rule=code,
        item=code,
        title_zh=title,
        title_en="",
        department=department,
        legal_ground="法",
        theme="",
        exempt=exempt,
        start=date(2025, 8, 1),
        end=None,
    )


def test_the_department_whose_duty_sounds_like_it_is_proposed_once():
    duties = [
        duty("a", "housing", "房屋租赁登记备案"),
        duty("b", "housing", "房屋权属登记"),
        duty("c", "water", "水表读数"),
        duty("d", "parks", "房屋租赁", exempt=True),
        duty("e", "asker", "房屋租赁合同"),
    ]
    [one] = propose(["房屋租赁合同", "租金"], duties, asker="asker")
    assert (one.department, one.duty) == ("housing", "a")
    assert propose(["噪声"], duties, asker="asker") == []
