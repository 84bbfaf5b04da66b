# Everything is installed into .venv; PYTHON says with which interpreter it is made.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help dev demo test versions lint docs bench selection soak clean

help:
	@echo "make demo    show the main job on this machine, from a watchlist to a verified file"
	@echo "make test    run the tests"
	@echo "make versions  run the contracts of all plugins and note the versions in the documentation"
	@echo "make dev     install the checkout with everything its tests and checks need"
	@echo "make lint    ruff and mypy"
	@echo "make docs    build the documentation into docs/_build"
	@echo "make bench   measure"
	@echo "make selection  compare the choice with simpler ones"
	@echo "make soak    the long tests"

$(VENV)/.python:
	@$(PYTHON) packaging/check_python.py
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install -qq --upgrade pip
	@touch $@

$(VENV)/.demo: $(VENV)/.python setup.cfg
	$(BIN)/pip install -qq -e '.[demo]' -e plugins/anilist -e plugins/nyaa -e plugins/qbittorrent -e plugins/transmission -e plugins/libtorrent
	@touch $@

$(VENV)/.dev: $(VENV)/.python setup.cfg requirements-dev.txt
	$(BIN)/pip install -qq -r requirements-dev.txt
	@touch $@ $(VENV)/.demo

dev: $(VENV)/.dev

demo: $(VENV)/.demo
	$(BIN)/uuutd demo $(ARGS)

# Three at a time, because most tests wait for real programs; those of a file stay together.
test: $(VENV)/.dev
	$(BIN)/pytest -q -n 3 --dist loadfile $(ARGS)

# Each variable UUUTD_TEST_<PROGRAM> may name several versions of it: path:path.
versions: $(VENV)/.dev
	$(BIN)/pytest -q plugins/*/tests/test_contract.py --tested-versions docs/reference/tested-versions.json $(ARGS)
	$(BIN)/python docs/generate.py

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

docs: $(VENV)/.dev
	$(BIN)/sphinx-build -W -q -b html docs docs/_build

bench: $(VENV)/.dev
	$(BIN)/python -m tests.bench $(ARGS)

selection: $(VENV)/.dev
	$(BIN)/python -m tests.selection

soak: $(VENV)/.dev
	UUUTD_TEST_SOAK=1 $(BIN)/pytest -q tests/soak $(ARGS)

clean:
	rm -rf $(VENV) docs/_build
