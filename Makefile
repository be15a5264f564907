# make demo   installs what is needed and opens the instrument on a virtual patient
# make test   installs likewise and passes the tests
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export MYOSCOPE_DATA ?= $(if $(wildcard ../shared/data),$(abspath ../shared/data),)
SHELL := /bin/bash
.DEFAULT_GOAL := help

.PHONY: help demo test check check-types check-tests format bench models study validate lock clean setup setup-dev

help:
	@echo "make demo                    start everything on a virtual patient and print the page's address"
	@echo "make demo PATIENT=als        random, healthy, myopathy, neuropathy or als"
	@echo "make demo RECORDING=FILE     play a recording instead"
	@echo "make test                    set up and pass the tests"
	@echo "make check                   format, lint, types, import contracts, fast tests"
	@echo "make bench                   latency, CPU and memory beside the bare floor"
	@echo "make study                   how close the virtual patient comes to people (needs the recordings), and hours of no muscle"
	@echo "make validate                what is measured, held against truth, recordings and others (needs the recordings)"
	@echo "make models                  fit the shipped models again (needs the recordings)"

$(VENV)/.uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Found $$($(PYTHON) --version); Python 3.11 or newer is wanted. Set PYTHON=/path/to/python3.12 and run again."; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements/installer.lock
	@touch $@

# The exact versions with hashes, then this tree itself; the stamp makes every later start quick.
$(VENV)/.run: requirements/run.lock pyproject.toml | $(VENV)/.uv
	$(BIN)/uv pip install -q --python $(BIN)/python --require-hashes -r requirements/run.lock
	$(BIN)/uv pip install -q --python $(BIN)/python --require-hashes -r requirements/build.lock
	$(BIN)/uv pip install -q --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements/dev.lock $(VENV)/.run
	$(BIN)/uv pip install -q --python $(BIN)/python --require-hashes -r requirements/dev.lock
	@touch $@

setup: $(VENV)/.run
setup-dev: $(VENV)/.dev

demo: setup
	@exec $(BIN)/myoscope demo $(if $(RECORDING),--recording "$(RECORDING)") $(if $(PATIENT),--patient "$(PATIENT)") $(ARGS)

test: setup-dev
	@# Two cores: what only computes is shared out; then one opens pages while the other plays streams. 5: none left to try.
	@$(BIN)/python -m pytest -n 2 --benchmark-disable tests/unit tests/properties tests/golden tests/architecture tests/benchmarks $(ARGS); \
	computed=$$?; \
	$(BIN)/python -m pytest -n 2 --dist loadgroup tests/end_to_end $(ARGS); streamed=$$?; \
	exit $$(( (computed != 0 && computed != 5) || (streamed != 0 && streamed != 5) ))

check: setup-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	@$(MAKE) --no-print-directory -j2 check-types check-tests

# The checker of types uses one core; the tests take what it leaves.
check-types:
	$(BIN)/basedpyright

check-tests:
	$(BIN)/python -m pytest -q -n 2 tests/unit tests/architecture -m "not lsl and not browser and not slow" -p no:cacheprovider

format: setup-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: setup-dev
	$(BIN)/python -m tests.benchmarks.latency

study: setup-dev
	$(BIN)/myoscope study published
	$(BIN)/myoscope study controls
	$(BIN)/myoscope study blind
	$(BIN)/myoscope study gallery
	$(BIN)/python -m tests.studies.motor_units --nothing 1
	$(BIN)/python -m tests.studies.rest "No muscle"

# Against the truth of virtual people, recordings of people and others' programs: some hours of one core.
validate: setup-dev
	$(BIN)/python -m tests.studies.phases --write
	$(BIN)/python -m tests.studies.motor_units --write
	$(BIN)/python -m tests.studies.potentials --write
	$(BIN)/python -m tests.studies.recruitment 301-303 --tracker --write
	$(BIN)/python -m tests.studies.rest --write
	$(BIN)/python -m tests.studies.examination --write
	$(BIN)/python -m tests.studies.real_units --write
	$(BIN)/python -m tests.studies.peers --write
	$(BIN)/python -m tests.benchmarks.examination
	$(BIN)/python -m tests.benchmarks.examination 8

models: setup-dev
	$(BIN)/myoscope train --data $(MYOSCOPE_DATA)/n2001 --data $(MYOSCOPE_DATA)/neuromuscular_asc --task patterns --out runs/models
	$(BIN)/myoscope train --data $(MYOSCOPE_DATA)/emg4 --task gestures --out runs/models
	cp runs/models/patterns.onnx runs/models/patterns.md runs/models/gestures.onnx runs/models/gestures.md inference/models/
	cd inference/models && sha256sum *.onnx > SHA256SUMS

lock: $(VENV)/.uv
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-annotate \
	  --all-extras --group dev pyproject.toml -o requirements/dev.lock
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-annotate \
	  -c requirements/dev.lock pyproject.toml -o requirements/run.lock
	echo 'hatchling==1.33.0' | $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-annotate - -o requirements/build.lock
	echo 'uv' | $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-annotate - -o requirements/installer.lock

clean:
	rm -rf $(VENV) .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
