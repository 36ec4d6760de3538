#!/usr/bin/env bash
# Build the wheel, install it in an environment of its own, and run it as a user would.
# Usage: try_wheel.sh PYTHON_THAT_BUILDS PYTHON_THAT_RUNS
set -euo pipefail
builder=$(realpath -s "$1")
runner=$2
repository=$(cd "$(dirname "$0")/../.." && pwd)
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

"$builder" -m build --wheel --outdir "$place/dist" "$repository" >"$place/build.log" 2>&1 ||
  { cat "$place/build.log"; exit 1; }
"$builder" "$repository/tests/packaging/wheel_content.py" "$place"/dist/databureau-*.whl
"$runner" -m venv "$place/venv"
pip() { "$place/venv/bin/python" -m pip --disable-pip-version-check --quiet "$@"; }
pip install --require-hashes -r "$repository/constraints/run.txt"
pip install --no-deps "$place"/dist/databureau-*.whl

cd "$place"
"$place/venv/bin/bureau" --help
"$place/venv/bin/bureau" demo "$place/city"
"$place/venv/bin/bureau" --home "$place/city" ledger verify
echo "the wheel works on its own"
