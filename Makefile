# Two commands do everything on a fresh machine: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: setup demo test lint fast types bench conformance gpu-check clean

setup: $(VENV)/.dev

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.viz: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable '.[viz]'
	touch $@

$(VENV)/.dev: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	touch $@

demo: $(VENV)/.viz  ## train the digits network
	$(BIN)/flambeau demo

lint: $(VENV)/.dev  ## style, layers and types
	$(BIN)/ruff check flambeau tests tools benchmarks
	$(BIN)/lint-imports
	$(BIN)/mypy

test: lint  ## everything that needs no PyTorch
	$(BIN)/python -m pytest -m 'not live'

fast: $(VENV)/.dev  ## half a minute, before each commit
	$(BIN)/ruff check flambeau tests tools benchmarks
	$(BIN)/python -m pytest -m 'not live' -x tests/autograd tests/core tests/dispatch

types: $(VENV)/.dev  ## the type checker
	$(BIN)/mypy

gpu-check: $(VENV)/.dev  ## the tests that need a GPU; says so where there is none
	$(BIN)/python -c "import flambeau; print('GPUs:', flambeau.cuda.device_count())"
	$(BIN)/python -m pytest -m cuda -rs

bench: $(VENV)/.dev  ## side by side with PyTorch, which must be installed in the environment
	$(BIN)/python -m benchmarks

conformance:  ## PyTorch's own databases; makes an environment with PyTorch
	bash tools/conformance.sh

clean:
	rm -rf $(VENV) build dist *.egg-info
