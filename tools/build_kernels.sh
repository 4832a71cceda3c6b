#!/usr/bin/env bash
# Build the CPU kernels beside their sources: `build_kernels.sh PYTHON [cmake option ...]`. Incremental.
#
# Without a C++ compiler it says so and ends well: everything runs without kernels, only slower.
# BUILD (default build/kernels) is CMake's folder, PREFIX (default the checkout) where `flambeau/kernels/cpu` is filled.
set -euo pipefail
cd "$(dirname "$0")/.."
python=$1
shift
build=${BUILD:-build/kernels}
mkdir -p "$build"
prefix=${PREFIX:-$PWD}
if ! command -v "${CXX:-c++}" > /dev/null; then
    echo "no C++ compiler (${CXX:-c++}) here: flambeau runs without its CPU kernels, on NumPy alone"
    exit 0
fi
bin=$(dirname "$("$python" -c 'import sys; print(sys.executable)')")
export PATH="$bin:$PATH"
needed=(nanobind "numpy>=2.1.2")
command -v cmake > /dev/null || needed+=(cmake)
command -v ninja > /dev/null || needed+=(ninja)
"$python" -m pip install --quiet --disable-pip-version-check "${needed[@]}"
cmake -S . -B "$build" -G Ninja -DPython_EXECUTABLE="$(command -v "$python")" -DCMAKE_INSTALL_PREFIX="$prefix" "$@" > "$build/configure.log" 2>&1 ||
    { cat "$build/configure.log"; exit 1; }
cmake --build "$build"
cmake --install "$build" > /dev/null
