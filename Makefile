# Everything a newcomer needs: `make run`, `make test`. Both set up what is missing.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: setup run test test-all lint bench golden docs
.DEFAULT_GOAL := run

setup: $(READY)

# a stamp, so that a checkout is set up once and again only when what it needs has changed
$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=python3.11 …" >&2; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[test]' -c constraints.txt
	touch $(READY)

run: setup
	$(BIN)/journeys serve --demo

test: setup
	$(BIN)/python -m pytest -m "not slow" -n 2 --dist loadfile

test-all: setup
	$(BIN)/python -m pytest -n 2 --dist loadfile

lint: setup
	$(BIN)/ruff check .
	$(BIN)/mypy

bench: setup
	$(BIN)/python -m benchmarks

# then read what it wrote: golden SQL is agreed to, not generated
golden: setup
	$(BIN)/python -m pytest tests/metrics --rewrite-golden

docs: setup
	$(BIN)/python -m core.metrics.docs
