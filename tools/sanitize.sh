#!/usr/bin/env bash
# Run the kernels' tests under the compiler's checks: `sanitize.sh PYTHON address,undefined` or `sanitize.sh PYTHON thread`.
#
# A copy of the package is made in build/, with kernels that check themselves in place of the others.
set -euo pipefail
cd "$(dirname "$0")/.."
python=$(realpath -s "$(command -v "$1")")
checks=$2
place=$PWD/build/sanitize-${checks%%,*}
level=$([ "$(uname -m)" = x86_64 ] && echo v3 || echo generic)
mkdir -p "$place"
rm -rf "$place/flambeau" "$place/tests"
cp -r flambeau tests "$place/"
rm -f "$place"/flambeau/kernels/cpu/*.so
BUILD="$place/cmake" PREFIX="$place" bash tools/build_kernels.sh "$python" -DFLAMBEAU_LEVELS="$level" \
    -DFLAMBEAU_SANITIZE="$checks" -DCMAKE_BUILD_TYPE=RelWithDebInfo
# An editable install finds the checkout before anything else, even in child processes: here the copy is meant.
cat > "$place/sitecustomize.py" << 'END'
import sys

sys.meta_path[:] = [finder for finder in sys.meta_path if "editable" not in type(finder).__module__]
END
export PYTHONPATH=$place
library=$([ "$checks" = thread ] && echo libtsan.so || echo libasan.so)
# Python itself is not checked: it never frees what lives as long as the program.
export LD_PRELOAD="$("${CXX:-c++}" -print-file-name=$library)"
export ASAN_OPTIONS=detect_leaks=0 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
export TSAN_OPTIONS="halt_on_error=1 die_after_fork=0 suppressions=$PWD/tools/thread_suppressions.txt"
export FLAMBEAU_KERNELS=$level FLAMBEAU_NUM_THREADS=4
cd "$place"
"$python" -c "from flambeau.kernels.cpu.native import native
assert native and native.__file__.startswith('$place/'), f'not the kernels that check themselves: {native}'"
"$python" -m pytest -p no:cacheprovider -c /dev/null --rootdir "$place" -o pythonpath=tests -q --capture=sys tests/kernels
