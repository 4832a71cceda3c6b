#!/usr/bin/env bash
# Compare with PyTorch itself: live tests, then PyTorch's own test databases with floors that only rise.
set -euo pipefail
cd "$(dirname "$0")/.."
venv=.venv-torch
suite=../shared/conformance
if [ ! -x "$venv/bin/python" ]; then
    "${PYTHON:-python3}" -m venv "$venv"
fi
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check torch==2.13.0
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check numpy expecttest pytest hypothesis==6.170.15 --editable .
echo "== tests that compare with PyTorch"
"$venv/bin/python" -m pytest -m live tests/live
if [ ! -d "$suite" ]; then
    echo "no $suite here: the conformance floors are checked where that folder lies beside the checkout"
    exit 0
fi
echo "== conformance floors"
"$venv/bin/python" tools/check_floors.py "$suite"
