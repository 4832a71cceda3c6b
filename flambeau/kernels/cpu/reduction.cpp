// Sums and means over neighbouring dims.
#include "common/kernel.hpp"
#include "common/sums.hpp"
#include "common/vector.hpp"

namespace flambeau {
namespace {

constexpr int MOST_DIMS = 16;

// An array as (outer, folded, inner) numbers, and the shape of the result.
struct Folding {
    Index outer = 1, folded = 1, inner = 1;
    npy_intp shape[MOST_DIMS];
    int ndim = 0;

    template <class T>
    bool read(const Packed<T> &input, nb::handle dim, bool keepdim) {
        bool gone[MOST_DIMS] = {};
        const int dims = input.ndim();
        if (dims > MOST_DIMS || !mark(dim, dims, gone)) return false;
        int part = 0;  // before, within or behind the folded dims
        for (int at = 0; at < dims; ++at) {
            const Index size = input.size(at);
            if (gone[at] && part == 2) return false;
            part = gone[at] ? 1 : part == 1 ? 2 : part;
            (part == 0 ? outer : part == 1 ? folded : inner) *= size;
            if (!gone[at])
                shape[ndim++] = size;
            else if (keepdim)
                shape[ndim++] = 1;
        }
        return true;
    }

private:
    static bool mark(nb::handle dim, int dims, bool *gone) {
        const auto one = [&](Index at) {
            if (at < -dims || at >= dims || gone[at < 0 ? at + dims : at]) return false;
            return gone[at < 0 ? at + dims : at] = true;
        };
        Index at;
        if (dim.is_none() || (nb::isinstance<nb::tuple>(dim) && nb::len(dim) == 0)) {
            std::fill_n(gone, dims, true);
            return true;
        }
        if (nb::try_cast<Index>(dim, at)) return one(at);
        if (!nb::isinstance<nb::tuple>(dim) && !nb::isinstance<nb::list>(dim)) return false;
        for (nb::handle each : dim)
            if (!nb::try_cast<Index>(each, at) || !one(at)) return false;
        return true;
    }
};

template <class T>
void sum_rows(const Folding &folding, const T *from, double scale, T *to) {
    if (folding.outer >= 2 * thread_count() || folding.folded < 2 * GRAIN) {
        parallel_for(folding.outer, 1 + GRAIN / std::max<Index>(folding.folded, 1), [&](Index begin, Index end) {
            for (Index row = begin; row < end; ++row) {
                const T *numbers = from + row * folding.folded;
                to[row] = static_cast<T>(sum_of(folding.folded, numbers) * scale);
            }
        });
        return;
    }
    constexpr Index LONG = 16 * PIECE;
    const Index pieces = (folding.folded + LONG - 1) / LONG;
    double *parts = scratch<double>(pieces, 0);
    for (Index row = 0; row < folding.outer; ++row) {
        parallel_for(pieces, 1, [&](Index begin, Index end) {
            for (Index piece = begin; piece < end; ++piece) {
                const T *numbers = from + row * folding.folded + piece * LONG;
                parts[piece] = sum_of(std::min(LONG, folding.folded - piece * LONG), numbers);
            }
        });
        double total = 0;
        for (Index piece = 0; piece < pieces; ++piece) total += parts[piece];
        to[row] = static_cast<T>(total * scale);
    }
}

// Columns side by side: rows are added up in blocks, the blocks in double.
template <class T>
void sum_columns(const Folding &folding, const T *from, double scale, T *to) {
    constexpr Index WIDE = 256, TALL = 64;
    const Index strips = (folding.inner + WIDE - 1) / WIDE;
    parallel_for(folding.outer * strips, 1 + GRAIN / std::max<Index>(WIDE * folding.folded, 1), [&](Index begin, Index end) {
        for (Index task = begin; task < end; ++task) {
            const Index first = task % strips * WIDE, width = std::min(WIDE, folding.inner - first);
            const T *numbers = from + task / strips * folding.folded * folding.inner + first;
            double totals[WIDE] = {};
            for (Index row = 0; row < folding.folded; row += TALL) {
                T block[WIDE] = {};
                const Index last = std::min(row + TALL, folding.folded);
                for (Index r = row; r < last; ++r) {
                    const T *line = numbers + r * folding.inner;
#pragma omp simd
                    for (Index i = 0; i < width; ++i) block[i] += line[i];
                }
#pragma omp simd
                for (Index i = 0; i < width; ++i) totals[i] += block[i];
            }
            T *result = to + task / strips * folding.inner + first;
            for (Index i = 0; i < width; ++i) result[i] = static_cast<T>(totals[i] * scale);
        }
    });
}

template <class T>
nb::object fold(const Packed<T> &input, nb::handle dim, bool keepdim, nb::handle dtype, bool averaged) {
    Folding folding;
    if (!dtype.is_none() || !folding.read(input, dim, keepdim)) return declined();
    New<T> out(folding.ndim, folding.shape);
    const double scale = averaged ? 1 / static_cast<double>(folding.folded) : 1;
    if (averaged && !folding.folded) return declined();
    WithoutGil released(input.count() > GRAIN);
    if (folding.inner == 1)
        sum_rows(folding, input.data(), scale, out.data());
    else
        sum_columns(folding, input.data(), scale, out.data());
    released.end();
    return out.give();
}

template <class T>
nb::object sum(Packed<T> input, Value dim, bool keepdim, Value dtype) {
    return fold(input, dim, keepdim, dtype, false);
}

template <class T>
nb::object mean(Packed<T> input, Value dim, bool keepdim, Value dtype) {
    return fold(input, dim, keepdim, dtype, true);
}

}  // namespace

FAMILY(reduction) {
    kernel(module, "sum", sum<float>, sum<double>);
    kernel(module, "mean", mean<float>, mean<double>);
}

}  // namespace flambeau
