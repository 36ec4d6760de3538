"""The national profile against the Decree's table, and what a city may set otherwise."""

from importlib.resources import files

import pytest

from core.errors import DocumentInvalid, InvalidInput
from sharing.profiles.city import read_city
from sharing.profiles.model import SETTINGS, LimitName, Party, Source, Unit
from sharing.profiles.national import national, read_national

TEXT = (files("sharing.profiles") / "cn-national-809.toml").read_text("utf-8")
BASE = national()

DECREE = [
    # D1 to D7: limit, amount, unit, extension, who consents, who is told, article
    ("catalogue_update", 10, "working_days", 5, "authority", (), "17"),
    ("catalogue_review", 2, "working_days", None, None, (), "17"),
    ("reply_unconditional", 1, "working_days", 10, "authority", ("requester",), "21"),
    ("reply_conditional", 10, "working_days", 10, "authority", ("requester",), "21"),
    ("deliver", 20, "working_days", None, None, (), "22"),
    ("correction", 10, "working_days", None, None, (), "26"),
    ("record_retention", 3, "years", None, None, (), "29"),
]


@pytest.mark.parametrize("row", DECREE, ids=lambda row: row[0])
def test_the_limits_of_the_decree(row):
    limit = BASE.limit(row[0])
    extension = limit.extension
    assert row == (
        limit.name,
        limit.amount,
        limit.unit,
        extension and extension.amount,
        extension and extension.consent,
        extension.told if extension else (),
        limit.ground.article,
    )
    assert limit.ground.source is Source.DECREE


def test_what_the_decree_leaves_open_is_a_setting_that_says_why():
    of_the_decree = {row[0] for row in DECREE}
    for limit in BASE.limits.values():
        if limit.name not in of_the_decree:
            assert limit.ground.source is Source.SETTING
            assert limit.ground.why
    assert BASE.flag("count_receipt_day") is False
    assert BASE.flag("clock_stops_for_supplement") is True
    assert BASE.flag("extension_applies_to_unconditional") is True
    assert BASE.words("delivery_modes") == ("interface", "exchange", "file")
    for name, kind in SETTINGS.items():
        setting = BASE.settings[name]
        ours = kind is not tuple or name in {
            "second_approver_for",
            "sensitive_together",
            "purposes",
        }
        assert (setting.ground.source is Source.SETTING) is ours
    assert BASE.number("grant_review_months") == 6
    assert BASE.word("renewal_ends_on") == "quarter"


def test_every_value_has_titles_and_its_ground():
    for value in [*BASE.limits.values(), *BASE.settings.values()]:
        assert value.title_zh != value.title_en
        assert value.ground.article or value.ground.why
    assert list(BASE.limits) == [name.value for name in LimitName]
    assert BASE.effective.isoformat() == "2025-08-01"


def test_a_clock_asks_for_working_days_and_gets_nothing_else():
    assert BASE.limit(LimitName.REPLY_CONDITIONAL).days == 10
    with pytest.raises(TypeError, match="record_retention is counted in years"):
        _ = BASE.limit("record_retention").days
    with pytest.raises(TypeError, match="neither yes nor no"):
        BASE.flag("delivery_modes")
    with pytest.raises(TypeError, match="no list"):
        BASE.words("count_receipt_day")
    with pytest.raises(TypeError, match="no whole number"):
        BASE.number("count_receipt_day")
    with pytest.raises(TypeError, match="no word"):
        BASE.word("grant_review_months")


REPLY = TEXT[TEXT.index("[limits.reply_conditional]") : TEXT.index("[limits.deliver]")]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (REPLY, "", "limits.reply_conditional: is missing"),
        ("[limits.deliver]", "[limits.delivery]", "limits.delivery: is unknown; known: catalogue"),
        ("amount = 20\n", "", "limits.deliver.amount: is missing: write a whole number"),
        ("amount = 20\n", 'amount = "20"\n', "limits.deliver.amount: is not a whole number"),
        ("amount = 20\n", "amount = true\n", "limits.deliver.amount: is not a whole number"),
        ("amount = 20\n", "amount = 20.0\n", "limits.deliver.amount: is not a whole number"),
        ("amount = 20\n", "amount = 0\n", "limits.deliver.amount: is 0: write 1 to 1000"),
        ("amount = 20\n", "amount = 20\ndays = 3\n", "limits.deliver.days: is unknown; known:"),
        ('"years"', '"months"', "limits.record_retention.unit: has 'months'; known: working_days"),
        ("at_least = true", "at_least = 1", "record_retention.at_least: is not true or false"),
        ('article = "29"', "", "limits.record_retention.article: is missing"),
        ('article = "29"', 'source = "custom"', "limits.record_retention.article: is missing"),
        ('article = "29"', 'source = "setting"', "limits.record_retention.why: is missing"),
        ('article = "29"', 'article = "29"\nsource = "setting"', "source: stands beside an arti"),
        (
            'article = "29"',
            "article = 29",
            "limits.record_retention.article: is not text in quotes",
        ),
        ('"更新政务数据目录"', '" "', "limits.catalogue_update.title_zh: the title_zh is empty"),
        ('consent = "authority"', "", "limits.catalogue_update.extension.consent: is missing"),
        ('consent = "authority"', 'consent = "x"', "extension.consent: has 'x'; known: requester"),
        ('told = ["requester"]', "told = [1]", "extension.told: has 1; known: requester"),
        ('told = ["requester"]', 'told = "requester"', "extension.told: is not a list"),
        ("effective = 2025-08-01", 'effective = "2025-08-01"', "effective: is not a date"),
        ("effective = 2025-08-01", "", "effective: is missing"),
        ("value = false", 'value = "no"', "settings.count_receipt_day.value: is not true or fal"),
        ("value = 6\n", "value = true\n", "settings.grant_review_months.value: is not a whole num"),
        ("value = 6\n", "value = 0\n", "settings.grant_review_months.value: is 0: write 1 to 1000"),
        ('value = "quarter"', 'value = "week"', "renewal_ends_on.value: is 'week'; known: month"),
        ('value = "quarter"', "value = 3", "settings.renewal_ends_on.value: is not a word"),
        ("value = false", "value = [1]", "settings.count_receipt_day.value: is neither true"),
        ("[settings.usage_records]", "[settings.x]", "settings.usage_records: is missing"),
        ("[limits.deliver]", "[other]", "other: is unknown; known: profile, title_zh"),
    ],
)
def test_a_fault_of_the_national_profile_is_said_with_its_place(old, new, said):
    assert old in TEXT
    with pytest.raises(DocumentInvalid) as caught:
        read_national(TEXT.replace(old, new, 1).encode(), "n.toml")
    assert any(f"n.toml: {said}" in line or said in line for line in lines(caught.value))


def lines(error):
    return [str(problem) for problem in error.problems]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"profile = ", "is not TOML"),
        (b"a = 1\na = 2", "is not TOML"),
        (b"\xff", "is not TOML"),
        (b"a = " + b"[" * 5000, "is not TOML"),
        (b"#" * (1 << 19), "no profile is so large"),
    ],
    ids=["cut off", "twice", "not UTF-8", "deep", "large"],
)
def test_what_is_no_toml_is_said(data, said):
    for read in (lambda: read_national(data, "x"), lambda: read_city(data, "x", BASE)):
        with pytest.raises(InvalidInput, match=said):
            read()


LAW = '\nlaw = "《某市数据条例》第九条"'
HEAD = """
profile = "town"
extends = "cn-national-809"
title_zh = "某市"
title_en = "A town"
"""


def city(body):
    return read_city((HEAD + body).encode(), "town.toml", BASE)


def refused(body):
    with pytest.raises(DocumentInvalid) as caught:
        city(body)
    return "\n".join(lines(caught.value))


def test_rule_31_a_city_shortens_a_limit():
    profile = city("[limits.reply_conditional]\namount = 5")
    limit = profile.limit("reply_conditional")
    assert (limit.days, limit.ground.article, limit.ground.profile) == (5, "21", "town")
    assert limit.extension == BASE.limit("reply_conditional").extension
    assert profile.limit("deliver") == BASE.limit("deliver")
    assert (profile.name, profile.extends) == ("town", "cn-national-809")


def test_rule_31_a_longer_limit_is_refused_and_both_values_and_the_article_named():
    said = refused("[limits.reply_conditional]\namount = 15")
    assert said.startswith("town.toml: limits.reply_conditional.amount: 15 working days")
    assert "longer than the 10 of Art. 21 (cn-national-809)" in said
    assert 'law = "..."' in said


def test_rule_31_a_longer_limit_is_accepted_beside_the_law_that_allows_it():
    limit = city('[limits.reply_conditional]\namount = 15\nlaw = "某市数据条例 第九条"').limit(
        "reply_conditional"
    )
    assert (limit.days, limit.ground.source) == (15, Source.LAW)
    assert limit.ground.law == "某市数据条例 第九条"


@pytest.mark.parametrize(
    "law",
    [
        *('law = ""', 'law = "  "', "law = true", 'law = "TODO"', 'law = "无"', 'law = "."'),
        *(
            'law = "x"',
            'law = "法"',
            'law = "某市数据条例"',
            'law = "第九条"',
            'law = "《无》第九条"',
        ),
    ],
)
def test_a_law_that_says_nothing_allows_nothing(law):
    assert "limits.deliver" in refused(f"[limits.deliver]\namount = 21\n{law}")


def test_a_limit_that_is_no_longer_needs_no_law():
    assert city("[limits.deliver]\namount = 20").limit("deliver").days == 20


def test_a_setting_of_the_program_is_a_limit_too():
    assert "than the 10 of the setting" in refused("[limits.disposal]\namount = 11")
    assert city("[limits.disposal]\namount = 1").limit("disposal").days == 1


def test_records_are_kept_longer_and_never_shorter():
    cited = '[limits.record_retention]\namount = 2\nlaw = "《某市数据条例》第九条"'
    assert "2 years is shorter than the 3 of Art. 29" in refused(cited)
    said = refused("[limits.record_retention]\namount = 2")
    assert "2 years is shorter than the 3 of Art. 29" in said
    assert city("[limits.record_retention]\namount = 10").limit("record_retention").amount == 10


def test_an_extension_is_shortened_or_dropped():
    body = "[limits.reply_conditional.extension]\namount = {}"
    shorter = city(body.format(3)).limit("reply_conditional")
    assert (shorter.days, shorter.extension.amount) == (10, 3)
    assert shorter.extension.consent is Party.AUTHORITY
    assert shorter.extension.ground.profile == "town"
    assert shorter.ground.profile == "cn-national-809"
    assert city(body.format(0)).limit("reply_conditional").extension is None
    assert "11 working days is longer than the 10 of Art. 21" in refused(body.format(11))
    longer = (
        city(body.format(11) + '\nlaw = "某市数据条例第九条"').limit("reply_conditional").extension
    )
    assert (longer.amount, longer.ground.law) == (11, "某市数据条例第九条")


def test_an_extension_cannot_be_added_where_the_law_has_none():
    assert "Art. 22 has no extension here" in refused("[limits.deliver.extension]\namount = 1")


def test_the_extension_of_the_unconditional_reply_is_a_setting():
    profile = city("[settings.extension_applies_to_unconditional]\nvalue = false")
    assert profile.limit("reply_unconditional").extension is None
    assert profile.limit("reply_conditional").extension is not None


def test_what_the_decree_leaves_open_is_set_freely():
    profile = city('[settings.count_receipt_day]\nvalue = true\nwhy = "so we do"')
    assert profile.flag("count_receipt_day") is True
    ground = profile.settings["count_receipt_day"].ground
    assert (ground.profile, ground.why) == ("town", "so we do")


def test_a_setting_of_the_decree_needs_a_law_to_be_changed():
    body = '[settings.delivery_modes]\nvalue = ["file"]'
    assert "value: differs from Art. 22 (cn-national-809)" in refused(body)
    assert city(body + LAW).words("delivery_modes") == ("file",)
    said = refused('[settings.delivery_modes]\nvalue = ["flie"]' + LAW)
    assert "settings.delivery_modes.value: has 'flie'; did you mean 'file'?" in said


def test_who_agrees_twice_is_a_closed_list_that_only_a_law_makes_shorter():
    body = "[settings.second_approver_for]\nvalue = {}"
    said = refused(body.format('["importnt"]'))
    assert said == (
        "town.toml: settings.second_approver_for.value: has 'importnt'; did you mean 'important'?"
    )
    for fewer in ("[]", '["important", "core"]'):
        said = refused(body.format(fewer))
        assert "settings.second_approver_for.value: leaves out " in said
        assert "personal of the setting (cn-national-809): put it back, or cite the law" in said
        assert city(body.format(fewer) + LAW).settings["second_approver_for"].ground.law
    more = '["personal", "core", "important", "general"]'
    assert city(body.format(more)).words("second_approver_for")[-1] == "general"


@pytest.mark.parametrize("one", ["a", "a +", "a + a", "a b + c", "A + b", "", "+"])
def test_data_that_adds_up_is_named_by_two_codes_or_more(one):
    body = '[settings.sensitive_together]\nvalue = ["meters + ponds", "{}"]'
    said = refused(body.format(one))
    assert f"value: has '{one}': write codes of two datasets or more, as 'a + b'" in said
    assert city(body.format("a+b + c")).words("sensitive_together")[1] == "a+b + c"


def test_a_decision_can_be_confirmed_in_time():
    body = "[settings.dispute_objection_days]\nvalue = {}"
    for days in (10, 30):
        said = refused(body.format(days))
        assert said.startswith(f"town.toml: settings.dispute_objection_days.value: is {days}, and")
    assert city(body.format(9)).number("dispute_objection_days") == 9
    assert "within the 3 working" in refused(body.format(3) + "\n[limits.dispute]\namount = 3")
    assert "within the 1 working" in refused("[limits.dispute]\namount = 1")


def test_a_setting_may_be_added_with_titles_and_a_reason():
    body = '[settings.catalogue_days]\nvalue = 7\ntitle_zh = "名"\ntitle_en = "Name"'
    assert "settings.catalogue_days.why: is missing" in refused(body)
    added = city(body + LAW).settings["catalogue_days"]
    assert (added.value, added.ground.source) == (7, Source.LAW)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("[settings.count_reciept_day]\nvalue = true", "settings.count_reciept_day.title_zh: is m"),
        ("[settings.count_receipt_day]", "settings.count_receipt_day.value: is neither"),
        ("[settings.count_receipt_day]\nvalue = 1", "value: is not of the kind"),
        ("[settings.grant_review_months]\nvalue = 0", "value: is 0: write 1 to 1000"),
        ('[settings.renewal_ends_on]\nvalue = "year"', "value: is 'year'; known: month, quarter"),
        ("[settings.count_receipt_day]\nvalue = true\nx = 1", "count_receipt_day.x: is unknown"),
        ("[limits.replies]\namount = 1", "limits.replies: is unknown; known: catalogue_update"),
        ("[limits.deliver]", "limits.deliver.amount: is missing"),
        ('[limits.deliver]\namount = "1"', "limits.deliver.amount: is not a whole number"),
        ('[limits.deliver]\namount = 1\nunit = "hours"', "limits.deliver.unit: is unknown"),
        ("limits = 3", "limits: is not a table"),
        ("[limits]\ndeliver = 3", "limits.deliver: is not a table"),
        ("[other]\nx = 1", "other: is unknown; known: profile, extends"),
        ('[limits.reply_conditional]\nlaw = "x"', "limits.reply_conditional.amount: is missing"),
    ],
)
def test_a_fault_of_a_city_profile_is_said_with_its_place(body, said):
    assert said in refused(body)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('extends = "cn-national-809"', "", "extends: is missing"),
        ('"cn-national-809"', '"province"', "extends: is 'province': write 'cn-national-809'"),
        ('"town"', '"cn-national-809"', "profile: is the name of the profile that it extends"),
        ('"town"', '"../town"', "profile: "),
        ('profile = "town"', "", "profile: is missing"),
        ('title_zh = "某市"', "", "title_zh: is missing"),
    ],
)
def test_a_city_profile_names_itself_and_what_it_extends(old, new, said):
    with pytest.raises(DocumentInvalid) as caught:
        read_city(HEAD.replace(old, new).encode(), "town.toml", BASE)
    assert said in "\n".join(lines(caught.value))


def test_every_fault_is_said_at_once():
    body = "[limits.deliver]\namount = 30\n[limits.correction]\namount = 30\n[limits.x]\namount = 1"
    assert len(refused(body).splitlines()) == 3


def test_the_version_is_that_of_what_binds():
    plain = city("")
    assert plain.version != BASE.version
    assert city("[limits.deliver]\namount = 19").version != plain.version
    assert city("[limits.reply_conditional.extension]\namount = 9").version != plain.version
    assert city("[settings.count_receipt_day]\nvalue = true").version != plain.version
    assert city('[limits.deliver]\namount = 20\nwhy = "x"').version == plain.version
    assert read_city(HEAD.replace("某市", "甲市").encode(), "x", BASE).version == plain.version
    assert BASE.limit("emergency_grant").unit is Unit.HOURS
