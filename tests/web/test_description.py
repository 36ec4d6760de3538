"""The server's description says what there is, and it is so: compared with the routes, and tried."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import warnings
from contextlib import closing

import pytest
from jsonschema import Draft202012Validator

from bureau.plane import DataPlane
from tests.web.serving import SHARES, TABLE, Client, served
from web import failures
from web.app import create_app, description

METHODS = {"get", "head", "post"}
FORMS = ("parquet", "delta")


def routes_of(app):
    """Path and method of all that can be called, as the framework finds them."""
    with warnings.catch_warnings(action="ignore"):  # of one function for GET and HEAD
        return methods_of(app.openapi())


def methods_of(described):
    paths = described["paths"].items()
    return {(path, method) for path, item in paths for method in item.keys() & METHODS}


def validator(name):
    schemas = {"$ref": f"#/components/schemas/{name}", "components": description()["components"]}
    return Draft202012Validator(schemas)


def test_it_names_every_route_and_no_other(shared):
    with closing(DataPlane(shared.workspace)) as plane:
        assert methods_of(description()) == routes_of(create_app(plane))


def test_it_names_every_way_in_which_a_call_gets_nothing():
    kinds = [one for one in vars(failures).values() if isinstance(one, type)]
    codes = {
        one.code for one in kinds if issubclass(one, failures.Failure) and hasattr(one, "code")
    }
    assert set(description()["components"]["schemas"]["Code"]["enum"]) == codes


def test_every_part_of_it_is_used_and_there():
    text = json.dumps(description())
    used = set(re.findall(r'"#/components/(\w+)/([\w]+)"', text))
    named = {
        (kind, name)
        for kind, items in description()["components"].items()
        for name in items
        if kind != "securitySchemes"
    }
    assert named == used | {("schemas", "Line")} | {
        ("schemas", found["$ref"].rpartition("/")[2])
        for found in description()["components"]["schemas"]["Line"]["oneOf"]
    }


def test_it_is_told_to_anybody_and_tells_nothing_of_the_data(shared, port):
    answer = Client(port).get("/openapi.json")
    assert answer.status == 200
    assert json.loads(answer.body) == description()
    for word in ("litres", "water", "parks", "GRT-", str(shared.settings.home)):
        assert word not in answer.body.decode()


@pytest.mark.parametrize("form", FORMS)
def test_each_line_of_a_table_is_as_described(parks, form):
    line = validator("Line")
    capabilities = {"delta-sharing-capabilities": f"responseformat={form}"}
    for answer in (parks.query(**capabilities), parks.get(f"{TABLE}/metadata", **capabilities)):
        assert len(answer.lines) in {2, 3}
        for one in answer.lines:
            line.validate(one)


def test_what_cannot_be_called_is_a_problem_too(port):
    for path, name in ((f"{SHARES}x/y", "Error"), ("/nothing", "Problem")):
        answer = Client(port).get(path)
        assert answer.status == 404
        validator(name).validate(answer.json)
    answer = Client(port)("DELETE", SHARES)
    assert (answer.status, answer.json["errorCode"]) == (405, "METHOD_NOT_ALLOWED")
    assert answer.headers["allow"] == "GET"


NAMES = """
[parameters]
"path.share" = "water"
"path.schema" = "water"
"path.table" = "meters"
"path.dataset" = "meters"
"""


@pytest.mark.parametrize(
    ("names", "phases"),
    [(NAMES, "coverage,fuzzing"), ("", "fuzzing")],
    ids=["of the table", "of nothing"],
)
def test_schemathesis_finds_no_fault_of_the_server(shared, token, tmp_path, names, phases):
    """It makes up calls from the description, valid and not, and holds the answers against it.

    Not whether whatever is valid is accepted: a key is valid only if the contract names its columns.
    """
    settings = tmp_path / "schemathesis.toml"
    settings.write_text(names, "utf-8")
    with served(shared, per_minute=10**9) as port:
        done = subprocess.run(
            [
                *(sys.executable, "-m", "schemathesis.cli", "--config-file", settings),
                *("run", f"http://127.0.0.1:{port}/openapi.json"),
                *("--header", f"Authorization: Bearer {token}"),
                *("--exclude-checks", "positive_data_acceptance"),
                *("--phases", phases, "--max-examples", "10", "--generation-deterministic"),
                "--no-color",
            ],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
    assert done.returncode == 0, done.stdout + done.stderr
    assert shared.verify_ledger().ok
