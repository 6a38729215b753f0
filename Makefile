# Thin on purpose: each target is a line or a few. `make` alone lists them.
VENV   := .venv
BIN    := $(VENV)/bin
PYTHON ?= python3
# The oldest PostgreSQL that is supported, as Debian 12 packages it; tests/interop/install.sh installs it.
OLDEST := /usr/lib/postgresql/15/bin

PIP    := $(BIN)/pip --disable-pip-version-check --quiet --no-input
LOCK   := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --custom-compile-command "make lock"

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup run test kill fuzz check bench format lock

help: ## List the targets
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1\t/' | expand -t 10

setup: $(VENV)/.runs ## Make .venv with the command kanta-tenancy

run: setup ## Try the service out on http://127.0.0.1:8000, with a PostgreSQL of its own (Ctrl-C stops it)
	@exec $(BIN)/kanta-tenancy run

test: $(VENV)/.develops ## Run every test, on PostgreSQL 18 and 15 (installs Debian packages first, as root or with sudo)
	tests/interop/install.sh
	$(BIN)/pytest -q -n 2 --dist loadfile
	KANTA_TEST_POSTGRES_BIN=$(OLDEST) $(BIN)/pytest -q -n 2 --dist loadfile -m postgres

kill: $(VENV)/.develops ## Kill workers 200 times, then service and PostgreSQL under load for ten minutes; look for what was lost
	KANTA_TEST_KILLS=200 $(BIN)/pytest -q tests/promises/test_kills.py tests/renewals/test_kills.py
	KANTA_TEST_CRASH_S=600 $(BIN)/pytest -q -s tests/journeys/test_crash.py
	KANTA_TEST_STORM_S=60 $(BIN)/pytest -q -s tests/journeys/test_storm.py
	KANTA_TEST_RENEWALS_S=60 $(BIN)/pytest -q -s tests/journeys/test_renewals_storm.py

fuzz: $(VENV)/.develops ## Change signed documents in 20,000 ways; look for a crash or a wrong answer (KANTA_FUZZ_COUNT, KANTA_FUZZ_SEED)
	tests/interop/install.sh
	$(BIN)/python -m tests.machinery.ooxml.verification.fuzzing

check: $(VENV)/.develops ## Check format, lint, types and import contracts
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.develops ## Measure against other tools; writes build/bench.json
	$(BIN)/python -m tests.bench

format: $(VENV)/.develops ## Format the code and mend what the linter can
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock: ## Pin every dependency anew, with hashes (needs uv)
	$(LOCK) --extra embedded --extra pkcs11 --group dev --output-file requirements-dev.lock pyproject.toml
	$(LOCK) --extra embedded --constraints requirements-dev.lock --output-file requirements.lock pyproject.toml
	$(LOCK) --group build --constraints requirements-dev.lock --output-file requirements-build.lock

$(VENV)/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=...")'
	$(PYTHON) -m venv --clear $(VENV)

$(VENV)/.runs: requirements.lock requirements-build.lock pyproject.toml | $(VENV)/bin/pip
	$(PIP) install --require-hashes --no-deps -r requirements.lock -r requirements-build.lock
	$(PIP) install --no-index --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.develops: requirements-dev.lock $(VENV)/.runs
	$(PIP) install --require-hashes --no-deps -r requirements-dev.lock
	@touch $@
