"""The guide for stewards says what the program does."""

import re
from pathlib import Path

import pytest

from contracts.columns import columns_of
from contracts.conformance import MAX_PARTS
from contracts.formats import FORMATS
from contracts.lint import lint
from contracts.model import Reference
from contracts.odcs import parse_contract
from contracts.standard import VERSIONS
from core.strict_yaml import load_yaml

GUIDE = (Path(__file__).parents[2] / "docs" / "contracts.md").read_text(encoding="utf-8")
BLOCKS = [block.encode() for block in re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)]


def test_the_example_is_a_contract_without_findings():
    contract = parse_contract(BLOCKS[0], "docs/contracts.md")
    assert lint(BLOCKS[0], "docs/contracts.md") == []
    assert contract.table.primary_key == ("line", "station")
    assert contract.table.references == (
        Reference(columns=("division",), dataset="cn-divisions", target_columns=("code",)),
    )
    assert {column.name: column.format for column in columns_of(contract.table)}[
        "opened"
    ] == "%Y%m%d"


@pytest.mark.parametrize("block", BLOCKS)
def test_every_block_is_strict_yaml(block):
    assert load_yaml(block, "docs/contracts.md").value


def test_every_format_is_in_the_table_as_it_describes_itself():
    rows = re.findall(r"^\| `([a-z0-9-]+)` \| (.+?) \| (.+?) \|$", GUIDE, re.MULTILINE)
    assert rows == [(named.name, named.title_zh, named.description) for named in FORMATS.values()]


def test_versions_and_limits_are_the_real_ones():
    assert all(version.removeprefix("v") in GUIDE for version in VERSIONS)
    assert f"more than {MAX_PARTS:,} columns" in GUIDE
