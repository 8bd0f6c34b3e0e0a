# Everything starts from a fresh checkout: each target makes .venv and installs what it needs.
# Options for pip come from its own environment variables (PIP_INDEX_URL, PIP_CERT, ...).
#   PYTHON=python3.13   the interpreter that makes .venv (3.11 or later)
#   ARGS="..."          further arguments of demo, bench, and of pytest in test and test-all

PYTHON ?= python3
ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
CORE := $(VENV)/.installed-core
DEV := $(VENV)/.installed-dev
INSTALL := $(BIN)/python -m pip install --quiet --constraint constraints.txt

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help demo test test-all bench docs lint format wheel-test pytest pytest-all clean distclean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' Makefile

demo: $(CORE) ## fit the models on the built-in digits; report and pictures go to results/
	$(BIN)/equivariety reproduce --data digits --out results $(ARGS)

test: lint pytest docs wheel-test ## everything that a change has to pass
	@echo "make test: all passed"

test-all: lint pytest-all docs wheel-test ## the same with the slow tests
	@echo "make test-all: all passed"

bench: $(CORE) ## run benchmarks/bench_*.py
	@set -e; for file in benchmarks/bench_*.py; do echo "$$file"; $(BIN)/python "$$file" $(ARGS); done

docs: $(DEV) ## build the documentation into docs/_build/html; a warning is an error
	$(BIN)/python -m sphinx -W --keep-going -n -q -b html -d docs/_build/doctrees docs docs/_build/html

lint: $(DEV) ## style, format, layers of imports, types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy

format: $(DEV) ## put the code into the house format
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

pytest: $(DEV) ## tests, doctests and examples only
	$(BIN)/python -m pytest -q -n 2 $(ARGS)

pytest-all: $(DEV)
	$(BIN)/python -m pytest -q -n 2 -m "" $(ARGS)

wheel-test: $(DEV) ## build the wheel, install it alone, and run it from an empty directory
	@set -e; unset PYTHONPATH; tmp=$$(mktemp -d); trap 'rm -rf "$$tmp"' EXIT; mkdir "$$tmp/empty"; \
	echo "wheel-test: build"; \
	$(BIN)/python -m build --wheel --outdir "$$tmp/dist" . >"$$tmp/build.log" 2>&1 || { cat "$$tmp/build.log"; exit 1; }; \
	echo "wheel-test: install"; \
	$(BIN)/python -m venv "$$tmp/venv"; \
	"$$tmp/venv/bin/python" -m pip install --quiet --no-compile --constraint constraints.txt "$$tmp"/dist/*.whl; \
	echo "wheel-test: run"; \
	cd "$$tmp/empty"; \
	"$$tmp/venv/bin/python" -c 'import equivariety, pathlib, sys; home = pathlib.Path(equivariety.__file__).parent; assert home.is_relative_to(sys.prefix), home; assert (home / "py.typed").exists()'; \
	"$$tmp/venv/bin/equivariety" info; \
	"$$tmp/venv/bin/equivariety" --version

clean: ## remove caches and build output; keep .venv and results/
	rm -rf build dist docs/_build benchmarks/out .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find src tests examples benchmarks docs -name __pycache__ -type d -prune -exec rm -rf {} +

distclean: clean ## clean, and remove .venv
	rm -rf $(VENV)

$(VENV)/pyvenv.cfg:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	echo "equivariety needs Python 3.11 or later; '$(PYTHON)' is $$($(PYTHON) --version 2>&1). Fix: make PYTHON=python3.11 $(MAKECMDGOALS)" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(CORE): pyproject.toml constraints.txt | $(VENV)/pyvenv.cfg
	$(INSTALL) --editable .
	@touch $@

$(DEV): pyproject.toml constraints.txt | $(VENV)/pyvenv.cfg
	$(INSTALL) --editable '.[dev]'
	@touch $(CORE) $@
