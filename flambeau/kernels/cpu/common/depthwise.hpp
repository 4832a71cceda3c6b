// Convolutions of two dims in which every channel has a weight of its own (Chollet, "Xception", CVPR 2017).
//
// There is nothing to multiply as matrices: a result is a sum over the taps of one plane, and a vector holds neighbouring
// results. With a stride, neighbours read cells that lie apart; so a plane is first split into one plane for each remainder
// by the stride, with margins of zeros, and every read is of neighbours.
#pragma once

#include <algorithm>

#include "common/geometry.hpp"
#include "common/patches.hpp"
#include "common/shuffle.hpp"
#include "common/vector.hpp"

namespace flambeau {

template <class T>
class Depthwise {
public:
    explicit Depthwise(const Geometry &geometry)
        : geometry(geometry),
          rows(geometry.reach(1)),
          step(geometry.stride[2]),
          width(((geometry.reach(2) + step - 1) / step + 2 * LANES<T> - 1) / LANES<T> * LANES<T>),
          line(step * width),
          taps(geometry.taps()) {
        for (Index i = 0; i < geometry.kernel[1]; ++i)
            for (Index j = 0; j < geometry.kernel[2]; ++j) {
                const Index x = j * geometry.dilation[2];
                offsets[i * geometry.kernel[2] + j] = i * geometry.dilation[1] * line + x % step * width + x / step;
            }
    }

    // How many numbers a split plane takes.
    Index size() const { return rows * line; }

    static constexpr Index MOST_TAPS = 121;

    static bool handles(const Geometry &geometry) {
        return geometry.taps() <= MOST_TAPS && geometry.size[0] == 1 && geometry.kernel[0] == 1 && geometry.count[0] == 1 &&
               !geometry.padding[0];
    }

    // Splits a plane.
    void split(const T *plane, T *to) const {
        std::fill_n(to, size(), T(0));
        const Index left = geometry.padding[2], columns = std::min(geometry.size[2], geometry.reach(2) - left);
        for (Index y = 0; y < rows; ++y) {
            const Index row = y - geometry.padding[1];
            if (row < 0 || row >= geometry.size[1]) continue;
            const T *from = plane + row * geometry.size[2];
            T *at = to + y * line;
            if (step == 1) {
                copy_run(from, 1, at + left, columns);
                continue;
            }
            T *whole = scratch<T>(line, ROW_SLOT);
            std::fill_n(whole, line, T(0));
            copy_run(from, 1, whole + left, columns);
            deal(whole, at);
        }
    }

    // Adds up a split plane into one without margins.
    void join(const T *split, T bias, T *plane) const {
        const Index left = geometry.padding[2], columns = std::clamp<Index>(geometry.reach(2) - left, 0, geometry.size[2]);
        for (Index row = 0; row < geometry.size[1]; ++row, plane += geometry.size[2]) {
            const Index y = row + geometry.padding[1];
            if (y >= rows) {
                std::fill_n(plane, geometry.size[2], bias);
                continue;
            }
            const T *from = split + y * line;
            if (step != 1) {
                T *whole = scratch<T>(line, ROW_SLOT);
                gather(from, whole);
                from = whole;
            }
            for (Index x = 0; x < columns; ++x) plane[x] = from[x + left] + bias;
            std::fill(plane + columns, plane + geometry.size[2], bias);
        }
    }

    // out = sum over taps of weight times cells, plus bias
    void correlate(const T *split, const T *weight, T bias, T *out) const {
        each_row([&](Index h, Index w, int lanes) {
            Vector<T> sum = broadcast(bias);
            each_tap(h, w, [&](Index tap, Index at) { sum += weight[tap] * load(split + at); });
            store_some(out + h * geometry.count[2] + w, sum, lanes);
        });
    }

    // The way back: adds weight times result to the cells.
    void spread(const T *results, const T *weight, T *split) const {
        each_row([&](Index h, Index w, int lanes) {
            const Vector<T> g = load_some(results + h * geometry.count[2] + w, lanes);
            each_tap(h, w, [&](Index tap, Index at) { store(split + at, load(split + at) + weight[tap] * g); });
        });
    }

    // Adds to the gradient of the weight.
    void match(const T *split, const T *results, Vector<T> *sums) const {
        if (taps == 9) return match_known<9>(split, results, sums);
        each_row([&](Index h, Index w, int lanes) {
            const Vector<T> g = load_some(results + h * geometry.count[2] + w, lanes);
            each_tap(h, w, [&](Index tap, Index at) { sums[tap] += g * load(split + at); });
        });
    }

private:
    static constexpr int ROW_SLOT = 2;

    // The sums of so many taps stay in registers.
    template <Index TAPS>
    void match_known(const T *split, const T *results, Vector<T> *sums) const {
        Vector<T> here[TAPS] = {};
        each_row([&](Index h, Index w, int lanes) {
            const Vector<T> g = load_some(results + h * geometry.count[2] + w, lanes);
            const T *from = split + h * geometry.stride[1] * line + w;
#pragma GCC unroll 16
            for (Index tap = 0; tap < TAPS; ++tap) here[tap] += g * load(from + offsets[tap]);
        });
        for (Index tap = 0; tap < TAPS; ++tap) sums[tap] += here[tap];
    }

    // A row, dealt out by the remainders of its columns; and back.
    void deal(const T *whole, T *to) const {
        if (step == 2) {
            for (Index i = 0; i + LANES<T> <= width; i += LANES<T>) {
                const auto one = load(whole + 2 * i), other = load(whole + 2 * i + LANES<T>);
                store(to + i, even_lanes<T>(one, other)), store(to + width + i, odd_lanes<T>(one, other));
            }
            return;
        }
        for (Index part = 0; part < step; ++part)
            for (Index i = 0; i < width; ++i) to[part * width + i] = whole[i * step + part];
    }

    void gather(const T *from, T *whole) const {
        if (step == 2) {
            for (Index i = 0; i + LANES<T> <= width; i += LANES<T>) {
                const auto even = load(from + i), odd = load(from + width + i);
                store(whole + 2 * i, first_half<T>(even, odd)), store(whole + 2 * i + LANES<T>, second_half<T>(even, odd));
            }
            return;
        }
        for (Index part = 0; part < step; ++part)
            for (Index i = 0; i < width; ++i) whole[i * step + part] = from[part * width + i];
    }

    template <class Body>
    FLAMBEAU_INLINE void each_row(Body body) const {
        for (Index h = 0; h < geometry.count[1]; ++h)
            for (Index w = 0; w < geometry.count[2]; w += LANES<T>)
                body(h, w, static_cast<int>(std::min<Index>(LANES<T>, geometry.count[2] - w)));
    }

    // Calls body(tap, place in the split plane) for the taps of the windows from (h, w) on.
    template <class Body>
    FLAMBEAU_INLINE void each_tap(Index h, Index w, Body body) const {
        const Index from = h * geometry.stride[1] * line + w;
        if (taps == 9)
#pragma GCC unroll 16
            for (Index tap = 0; tap < 9; ++tap) body(tap, from + offsets[tap]);
        else
            for (Index tap = 0; tap < taps; ++tap) body(tap, from + offsets[tap]);
    }

    const Geometry geometry;
    const Index rows, step, width, line, taps;
    Index offsets[MOST_TAPS];  // of each tap, from the place of its window
};

}  // namespace flambeau
