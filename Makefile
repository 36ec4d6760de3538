# Needs Python 3.11 or newer, make and git; nothing else. PYTHON=python3.12 picks another Python.
PYTHON ?= python3
DEMO ?= bureau-demo
VENV := .venv
CLIENTS := .venv-clients
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
WORKERS ?= auto

.PHONY: help demo test lint types imports check law definitions wheel bytes browser office lock clean

help:  ## Show what can be made
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile | expand -t 18

demo: $(VENV)/run  ## Build a sample city in bureau-demo/ and run the whole main job on it
	$(BIN)/bureau demo $(DEMO)
	@echo 'to have the command bureau:  export PATH="$(CURDIR)/$(BIN):$$PATH"'

test: $(VENV)/test $(CLIENTS)/made  ## Run the tests, in parallel
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup

lint: $(VENV)/dev  ## Style: ruff
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/dev  ## Types: mypy, strict
	$(BIN)/mypy

imports: $(VENV)/dev  ## Layers: import-linter
	$(BIN)/lint-imports

check: lint types imports  ## Lint, types and layers

law: $(VENV)/test  ## Write docs/law.md from the code and its tests
	$(BIN)/python -m tests.docs.law

definitions: $(VENV)/test  ## Write docs/definitions.md from the code
	$(BIN)/python -m tests.docs.definitions

wheel: $(VENV)/dev  ## Build the wheel, install it alone, run its help and its demo
	./tests/packaging/try_wheel.sh $(BIN)/python $(PYTHON)

bytes: $(VENV)/test $(CLIENTS)/made  ## Read a small table from the server and from nginx, which is installed where it is missing
	@PATH="$$PATH:/usr/sbin" command -v nginx >/dev/null || { apt-get update -q && apt-get install -q -y --no-install-recommends nginx-light; }
	$(BIN)/python -m benchmarks.bytes --rows 20000 --repeat 1

browser: $(VENV)/browser  ## Hold reports against the rules of WCAG in Chromium, which is installed where it is missing
	@command -v chromium >/dev/null || { apt-get update -q && apt-get install -q -y --no-install-recommends chromium fonts-wqy-microhei; }
	$(BIN)/python -m pytest tests/reports/in_browser.py

office: $(VENV)/test  ## Have LibreOffice count a workbook, and install it where it is missing
	@command -v soffice >/dev/null || { apt-get update -q && apt-get install -q -y --no-install-recommends libreoffice-calc-nogui; }
	$(BIN)/python -m pytest tests/reports/in_office.py

lock: $(VENV)/dev  ## Write constraints/ anew from pyproject.toml (needs uv)
	uv pip compile pyproject.toml --universal --generate-hashes --no-header --no-emit-index-url --no-annotate --python-version 3.11 -q -o constraints/run.txt
	uv pip compile pyproject.toml --group test --universal --generate-hashes --no-header --no-emit-index-url --no-annotate --python-version 3.11 -q -o constraints/test.txt
	uv pip compile --group clients --universal --generate-hashes --no-header --no-emit-index-url --no-annotate --python-version 3.11 -q -o constraints/clients.txt
	uv pip compile pyproject.toml --group browser --universal --generate-hashes --no-header --no-emit-index-url --no-annotate --python-version 3.11 -q -o constraints/browser.txt
	uv pip compile pyproject.toml --group dev --universal --generate-hashes --no-header --no-emit-index-url --no-annotate --python-version 3.11 -q -o constraints/dev.txt

clean:  ## Remove what make made
	rm -rf $(VENV) $(CLIENTS) bureau-demo build dist

# Each stamp stands for an environment with the packages of its constraints file, by hash.
$(VENV)/%: constraints/%.txt pyproject.toml | $(VENV)/bin/python
	$(PIP) install --require-hashes -r constraints/$*.txt
	$(PIP) install --no-deps --editable .
	@touch $@

# The readers that departments have, in an environment of their own: they pin another PyArrow.
$(CLIENTS)/made: constraints/clients.txt | $(VENV)/bin/python
	$(VENV)/bin/python -m venv $(CLIENTS)
	$(CLIENTS)/bin/python -m pip --disable-pip-version-check --quiet install --require-hashes -r constraints/clients.txt
	@touch $@

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; try: make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)
