PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
# pip's own caches and mirrors are the user's business; only the versions are ours.
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --constraint constraints.txt

.PHONY: seeds test lint gate clean

seeds: .venv/run.stamp
	$(BIN)/cluster seeds/

test: .venv/dev.stamp lint
	$(BIN)/python -m pytest

lint: .venv/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

gate: .venv/dev.stamp
	$(BIN)/python -m benchmarks.gate

.venv/bin/python:
	$(PYTHON) -m venv .venv

# torch goes in first and alone, so that nothing else chooses its build.
.venv/run.stamp: .venv/bin/python pyproject.toml constraints.txt
	$(PIP) torch
	$(PIP) --editable .
	touch $@

.venv/dev.stamp: .venv/run.stamp
	$(PIP) --editable '.[dev,tables,web]'
	touch $@

clean:
	rm -rf .venv build dist *.egg-info
