# Two commands do everything on a fresh machine: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: setup demo kernels test test-without-kernels sanitize lint fast types bench conformance gpu-check clean

setup: $(VENV)/.dev $(VENV)/.kernels

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.viz: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable '.[viz]'
	touch $@

$(VENV)/.dev: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	touch $@

SOURCES := CMakeLists.txt $(shell find flambeau/kernels -name '*.c' -o -name '*.cpp' -o -name '*.h' -o -name '*.hpp')

$(VENV)/.kernels: $(SOURCES) tools/build_kernels.sh | $(BIN)/python
	bash tools/build_kernels.sh $(BIN)/python
	touch $@

kernels: $(VENV)/.kernels  ## the CPU kernels, in C++; without a compiler everything runs without

demo: $(VENV)/.viz $(VENV)/.kernels  ## train the digits network
	$(BIN)/flambeau demo

lint: $(VENV)/.dev  ## style, layers and types
	$(BIN)/ruff check flambeau tests tools benchmarks
	$(BIN)/lint-imports
	$(BIN)/mypy

test: lint $(VENV)/.kernels  ## everything that needs no PyTorch
	$(BIN)/python -m pytest -m 'not live'

test-without-kernels: $(VENV)/.dev  ## the same tests on NumPy alone
	FLAMBEAU_KERNELS=off $(BIN)/python -m pytest -m 'not live'

sanitize: $(VENV)/.dev  ## the kernels' tests under AddressSanitizer with UBSan, then under ThreadSanitizer
	bash tools/sanitize.sh $(BIN)/python address,undefined
	bash tools/sanitize.sh $(BIN)/python thread

fast: $(VENV)/.dev $(VENV)/.kernels  ## half a minute, before each commit
	$(BIN)/ruff check flambeau tests tools benchmarks
	$(BIN)/python -m pytest -m 'not live' -x tests/autograd tests/core tests/dispatch

types: $(VENV)/.dev  ## the type checker
	$(BIN)/mypy

gpu-check: $(VENV)/.dev  ## the tests that need a GPU; says so where there is none
	$(BIN)/python -c "import flambeau; print('GPUs:', flambeau.cuda.device_count())"
	$(BIN)/python -m pytest -m cuda -rs

bench: $(VENV)/.dev $(VENV)/.kernels  ## side by side with PyTorch, which must be installed in the environment
	$(BIN)/python -m benchmarks

conformance:  ## PyTorch's own databases; makes an environment with PyTorch
	bash tools/conformance.sh

clean:
	rm -rf $(VENV) build dist *.egg-info flambeau/kernels/cpu/*.so
