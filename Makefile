PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
# pip's own caches and mirrors are the user's business; only the versions are ours.
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --constraint constraints.txt

PAGE := clusterer/web/static/built/libraries.js

.PHONY: seeds test lint gate web clean

seeds: .venv/run.stamp
	$(BIN)/cluster seeds/

test: .venv/dev.stamp lint
	$(BIN)/python -m pytest

lint: .venv/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# Quality on the measured sets in ../shared/data against benchmarks/floors.json.
gate: .venv/dev.stamp
	mkdir -p build
	$(BIN)/python -m benchmarks.reading --pages 10 --json build/reading.json
	$(BIN)/python -m benchmarks.credits --json build/credits.json
	$(BIN)/python -m benchmarks.unseen_credits --json build/unseen_credits.json
	$(BIN)/python -m benchmarks.origin --json build/origin.json
	$(BIN)/python -m benchmarks.quality stream/dev --json build/quality.json
	$(BIN)/python -m benchmarks.gate reading=build/reading.json credits=build/credits.json \
	  unseen_credits=build/unseen_credits.json \
		origin=build/origin.json quality=build/quality.json

# What the page takes from npm. Without it the page draws with what the server lays out.
web: $(PAGE)

$(PAGE): package.json package-lock.json $(wildcard page/*.js)
	npm ci --ignore-scripts --silent
	npm run build --silent

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
	rm -rf .venv build dist *.egg-info node_modules $(dir $(PAGE))
