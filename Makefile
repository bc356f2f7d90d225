# Every target sets up what it needs and says so. PYTHON and TORCH may be chosen: make test TORCH=torch==2.13.0
PYTHON ?= python3
TORCH ?= torch==2.13.0
ARGS ?=
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

.PHONY: demo test check bench soak screenshots install system clean

demo: $(VENV)/.run
	@sh .ci/system mosquitto
	$(BIN)/homectl demo $(ARGS)

install: $(VENV)/.all system

test: $(VENV)/.all system
	$(BIN)/python -m pytest -n 2 --dist loadgroup -m "not soak" $(ARGS)

check: $(VENV)/.all
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q tests/test_architecture.py

bench: $(VENV)/.all system
	$(BIN)/python -m tests.benchmarks $(ARGS)

soak: $(VENV)/.all system
	rm -rf .measured
	$(BIN)/python -m pytest -m "soak or promise" --timeout 3600 --measured .measured $(ARGS); code=$$?; \
	$(BIN)/python -m tests.promises .measured && exit $$code

screenshots: $(VENV)/.all system
	$(BIN)/python -m tests.screenshots $(ARGS)

$(VENV)/bin/python:
	@echo "make: creating the environment $(VENV) with $(PYTHON)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "make: homectl needs Python 3.11 or newer; name one with PYTHON=…"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "make: installing homectl and what it runs on (no torch)"
	$(PIP) --editable .
	@touch $@

$(VENV)/.all: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "make: installing homectl with its test and train extras ($(TORCH))"
	$(PIP) "$(TORCH)" --editable ".[test,train]"
	@touch $@ $(VENV)/.run

# Mosquitto and Chromium make more tests run. Installed as root on Debian; elsewhere what is missing is said.
system:
	@sh .ci/system mosquitto chromium

clean:
	rm -rf $(VENV)
