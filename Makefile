# The two commands to know: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PO := $(wildcard src/almoner/locale/*/LC_MESSAGES/*.po)
MO := $(PO:.po=.mo)

.PHONY: help demo test verify bench env env-test lint clean
help:
	@echo "make demo    the demonstration city on http://127.0.0.1:8000"
	@echo "make test    every check (about five minutes once set up)"
	@echo "make verify  the slow suites: kills, races, big packages"
	@echo "make bench   speed and size as ratios, side by side"

$(BIN)/uv:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv

$(VENV)/run.done: requirements/run.txt pyproject.toml | $(BIN)/uv
	VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --require-hashes -r requirements/run.txt
	VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --no-deps --no-build-isolation -e .
	touch $@

$(VENV)/test.done: requirements/test.txt $(VENV)/run.done
	VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --require-hashes -r requirements/test.txt
	touch $@

%.mo: %.po | $(VENV)/run.done
	$(BIN)/python tools/messages.py --compile

env: $(VENV)/run.done $(MO)
env-test: $(VENV)/test.done $(MO)

demo: env
	$(BIN)/almoner demo

lint: env-test
	sh tools/checks.sh lint

test: env-test
	sh tools/system-packages.sh
	sh tools/checks.sh

verify: env-test
	sh tools/system-packages.sh
	$(BIN)/pytest --hypothesis-profile explore -m "slow or hypothesis"
	$(BIN)/python tools/postgres.py -- $(BIN)/pytest --hypothesis-profile explore \
	  -m "(slow or hypothesis or one_database) and not browser" --database-only

bench: env-test
	sh tools/system-packages.sh
	$(BIN)/python -m benchmarks

clean:
	rm -rf $(VENV) var
