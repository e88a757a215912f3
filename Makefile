# Everything is set up from a bare clone: python3 (3.11 or newer), make and a package index are enough.
# What is set up is remembered by stamps, so a second call starts at once.

PYTHON ?= python3
PORT ?= 8000
WORKERS ?= 2

# Debian keeps useradd here; as root, the PostgreSQL of the tests runs under a user of its own.
export PATH := $(PATH):/usr/sbin:/sbin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

bin := .venv/bin
install := $(bin)/python -m pip install --quiet --require-hashes -r
lock := $(bin)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --no-annotate
# The file that tools/assets.py copies last.
last_asset := web/static/vendor/htmx/htmx.min.js
translations := $(patsubst %.po,%.mo,$(wildcard web/translations/*/LC_MESSAGES/*.po))

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test lint format coverage faults bench screenshots assets browser messages wheel lock clean

help: ## show what can be made
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 20

run: .venv/.run assets $(translations) ## serve a synthetic Prato cohort on 127.0.0.1 (PORT=8000)
	$(bin)/journeys demo --port $(PORT)

test: lint assets browser $(translations) ## everything: lint, SQLite, a real PostgreSQL, a real Chromium
	$(bin)/pytest -n $(WORKERS) -m "not faults"

lint: .venv/.dev ## style, types and the imports between the floors
	$(bin)/ruff check .
	$(bin)/ruff format --check .
	$(bin)/mypy
	$(bin)/lint-imports

format: .venv/.dev ## let ruff mend what it can
	$(bin)/ruff check --fix .
	$(bin)/ruff format .

coverage: .venv/.dev assets browser $(translations) ## which branches no test takes
	$(bin)/pytest -n $(WORKERS) -m "not faults" --cov --cov-report=term-missing

faults: .venv/.dev assets $(translations) ## the full matrix of kills, corruption and overload: long
	$(bin)/pytest -m faults

bench: .venv/.bench ## measure against the peers, side by side
	$(bin)/journeys bench

screenshots: .venv/.dev assets browser $(translations) ## pictures of the pages at 390 and 1280 pixels, in build/
	$(bin)/python -m tools.screenshots build/screenshots

assets: $(last_asset) ## style sheet, icons, fonts and htmx from npm

browser: .venv/.dev ## find a Chromium, or install one
	-@$(bin)/python tools/chromium.py

messages: .venv/.dev ## gather the texts of the pages for their translators
	$(bin)/python tools/messages.py

wheel: .venv/.run assets $(translations) ## dist/*.whl, with assets and translations
	$(bin)/hatchling build -t wheel

lock: .venv/bin/python ## resolve the dependencies again: requirements/*.txt and package-lock.json
	$(bin)/python -m pip install --quiet uv
	$(lock) pyproject.toml --group build -o requirements/run.txt
	$(lock) pyproject.toml --group dev -c requirements/run.txt -o requirements/dev.txt
	$(lock) pyproject.toml --group bench -c requirements/dev.txt -o requirements/bench.txt
	$(lock) --group node -o requirements/node.txt
	npm install --package-lock-only --ignore-scripts --no-audit --no-fund
	$(bin)/python tools/assets.py --strip-lock

clean: ## remove all that was built or installed
	rm -rf .venv web/static/vendor node_modules build dist $(translations)

.venv/bin/python:
	@$(PYTHON) tools/environment.py .venv

.venv/.run: requirements/run.txt pyproject.toml | .venv/bin/python
	$(install) requirements/run.txt
	$(bin)/python -m pip install --quiet --no-index --no-deps --no-build-isolation -e .
	@touch $@

.venv/.dev: requirements/dev.txt .venv/.run
	$(install) requirements/dev.txt
	@touch $@

.venv/.bench: requirements/bench.txt .venv/.run
	$(install) requirements/bench.txt
	@touch $@

$(last_asset): package-lock.json tools/assets.py | .venv/.run
	$(bin)/python tools/assets.py

%.mo: %.po | .venv/.run
	$(bin)/pybabel --quiet compile -i $< -o $@
