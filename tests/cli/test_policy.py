"""`bureau policy`: the limits in force, and city profiles judged before they are used."""

import json
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "city" / "policy" / "example-city.toml"
LONGER = EXAMPLE.read_text("utf-8").replace("amount = 5", "amount = 15", 1)


def use(program, text, *, name="example-city", file="example-city"):
    folder = program.home / "profiles"
    folder.mkdir(exist_ok=True)
    (folder / f"{file}.toml").write_text(text, "utf-8")
    (program.home / "bureau.toml").write_text(f'[sharing]\npolicy = "{name}"\n', "utf-8")


def by_name(shown):
    return {value["name"]: value for value in shown["values"]}


def test_the_national_profile_is_in_force_where_none_is_named(new):
    shown = new.json("policy", "show")
    assert (shown["profile"], shown["extends"]) == ("cn-national-809", "")
    assert len(shown["version"]) == 64
    reply = by_name(shown)["reply_conditional"]
    assert (reply["value"], reply["unit"], reply["article"]) == (10, "working_days", "21")
    assert reply["extension"]["told"] == ["requester"]
    for value in shown["values"]:
        assert value["title_zh"]
        assert value["title_en"]
        assert value["article"] or value["why"]
    (new.home / "bureau.toml").write_text("", "utf-8")
    assert new.json("policy", "show") == shown
    assert new.json("config", "show")["policy"] == "cn-national-809"


def test_the_table_has_both_titles_and_the_ground_of_every_value(new):
    table = new.ok("policy", "show").stdout
    reply = next(line for line in table.splitlines() if line.startswith("reply_conditional"))
    for part in ("答复有条件共享类申请", "Reply to a request", "working days 工作日", "decree"):
        assert part in reply
    assert "+10 by authority, tells requester" in reply
    assert "years 年, at least 至少" in table
    lines = new.ok("policy", "show", "--format", "csv").stdout.splitlines()
    assert lines[0].startswith("kind,name,value,unit,at_least,extension,article,source,profile")
    assert len(lines) == len(new.json("policy", "show")["values"]) + 1


def test_a_city_profile_is_in_force_once_it_is_named(new):
    use(new, EXAMPLE.read_text("utf-8"))
    shown = new.json("policy", "show")
    assert (shown["profile"], shown["extends"]) == ("example-city", "cn-national-809")
    values = by_name(shown)
    assert (values["reply_conditional"]["value"], values["deliver"]["value"]) == (5, 20)
    assert values["reply_conditional"]["profile"] == "example-city"
    assert values["deliver"]["profile"] == "cn-national-809"


def test_check_shows_what_a_profile_changes(tmp_path):
    from tests.cli.program import Program

    nowhere = Program(tmp_path)
    shown = nowhere.json("policy", "check", EXAMPLE)
    assert list(by_name(shown)) == ["reply_conditional", "unconditional_agreed_at_once"]
    said = nowhere.ok("policy", "check", EXAMPLE).stderr
    assert said == "example-city may extend cn-national-809\n"
    assert nowhere.ok("policy", "check", "-", stdin=EXAMPLE.read_text("utf-8")).stderr == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (LONGER, "15 working days is longer than the 10 of Art. 21 (cn-national-809)"),
        (LONGER.replace("amount = 15", 'amount = "15"'), "amount: is not a whole number"),
        ("profile", "is not TOML"),
    ],
)
def test_a_profile_that_may_not_be_is_refused_when_checked_and_when_used(new, text, said):
    checked = new("policy", "check", "-", stdin=text)
    use(new, text)
    for result in (
        checked,
        new("policy", "show"),
        new("calendar", "due", "2025-09-26", "--days", 1),
    ):
        assert (result.exit_code, result.stdout) == (2, "")
        assert said in result.stderr
        assert "fix: " in result.stderr


def test_a_longer_limit_is_in_force_where_its_law_is_cited(new):
    use(new, LONGER.replace("amount = 15", 'amount = 15\nlaw = "某市数据条例 第九条"'))
    value = by_name(new.json("policy", "show"))["reply_conditional"]
    assert (value["value"], value["source"], value["law"]) == (15, "law", "某市数据条例 第九条")
    assert "某市数据条例 第九条" in new.ok("policy", "show").stdout


def test_doctor_says_which_datasets_a_profile_names_in_vain(bureau):
    named = '[settings.sensitive_together]\nvalue = ["meters + ponds", "meters + {}"]\n'
    use(bureau, f"{EXAMPLE.read_text('utf-8')}\n{named.format('nonexistent')}")
    result = bureau("doctor", "--json")
    assert result.exit_code == 1
    [finding] = [one for one in json.loads(result.stdout) if one["subject"] == "policy"]
    assert "sensitive_together names unknown datasets: nonexistent, ponds" in finding["state"]
    assert finding["fix"].startswith("mend profiles/example-city.toml")
    use(bureau, EXAMPLE.read_text("utf-8"))
    [finding] = [one for one in bureau.json("doctor") if one["subject"] == "policy"]
    assert (finding["state"], finding["well"]) == ("example-city", True)


@pytest.mark.parametrize("name", ["other", "../example-city", "", "example-city.toml"])
def test_a_profile_that_is_not_there_is_said(new, name):
    use(new, EXAMPLE.read_text("utf-8"), name=name)
    result = new("policy", "show")
    assert result.exit_code == 3
    assert f"there is no policy profile '{name}'" in result.stderr
    assert "cn-national-809, example-city" in result.stderr


def test_a_profile_is_named_as_its_file(new):
    use(new, EXAMPLE.read_text("utf-8"), name="mine", file="mine")
    result = new("policy", "show")
    assert result.exit_code == 2
    assert "holds the profile 'example-city'" in result.stderr


def test_the_policy_is_text(new):
    (new.home / "bureau.toml").write_text("[sharing]\npolicy = 3\n", "utf-8")
    result = new("policy", "show")
    assert result.exit_code == 2
    assert "sharing.policy" in result.stderr
