// Pools: the largest number, or the mean, of each window.
#include <atomic>
#include <limits>

#include "common/geometry.hpp"
#include "common/kernel.hpp"
#include "common/shuffle.hpp"

namespace flambeau {
namespace {

// The larger of two, NaN if one is.
template <class N>
FLAMBEAU_INLINE N larger(N a, N b) {
    return (b > a) | (b != b) ? b : a;
}

// As many images and channels, in planes of these sizes.
template <class T>
New<T> planes(const Array<T> &like, const Index (&sizes)[3]) {
    npy_intp shape[5] = {like.size(0), like.size(1)};
    std::copy_n(sizes + 5 - like.ndim(), like.ndim() - 2, shape + 2);
    return New<T>(like.ndim(), shape);
}

template <class T>
bool read(const Packed<T> &input, nb::handle windows, Geometry &geometry) {
    return input.ndim() >= 3 && input.ndim() <= 5 && Geometry::read(windows, geometry);
}

// The cells of a window along one dim that lie inside: taps from `first` to `last`.
struct Inside {
    Index start, first, last;

    Inside(const Geometry &geometry, int dim, Index window) {
        const Index dilation = geometry.dilation[dim], size = geometry.size[dim];
        start = window * geometry.stride[dim] - geometry.padding[dim];
        first = start < 0 ? (-start + dilation - 1) / dilation : 0;
        last = start >= size ? 0 : std::min(geometry.kernel[dim], (size - 1 - start) / dilation + 1);
    }
};

// Calls body(window, visit) for each window of a plane; visit(each) calls each(cell) for the cells of it that lie inside.
template <class Body>
void over_windows(const Geometry &geometry, Body body) {
    Index window = 0;
    for (Index d = 0; d < geometry.count[0]; ++d) {
        const Inside depth(geometry, 0, d);
        for (Index h = 0; h < geometry.count[1]; ++h) {
            const Inside row(geometry, 1, h);
            for (Index w = 0; w < geometry.count[2]; ++w, ++window) {
                const Inside column(geometry, 2, w);
                body(window, [&](auto each) {
                    for (Index i = depth.first; i < depth.last; ++i)
                        for (Index j = row.first; j < row.last; ++j) {
                            const Index line = ((depth.start + i * geometry.dilation[0]) * geometry.size[1] + row.start +
                                                j * geometry.dilation[1]) *
                                                   geometry.size[2] +
                                               column.start;
                            for (Index k = column.first; k < column.last; ++k) each(line + k * geometry.dilation[2]);
                        }
                });
            }
        }
    }
}

// Windows of 2 x 2 side by side, the usual case: rows are compared first, neighbours after.
bool in_pairs(const Geometry &geometry) {
    for (int dim = 1; dim < 3; ++dim)
        if (geometry.kernel[dim] != 2 || geometry.stride[dim] != 2 || geometry.dilation[dim] != 1 || geometry.padding[dim] ||
            2 * geometry.count[dim] > geometry.size[dim])
            return false;
    return geometry.size[0] == 1 && geometry.kernel[0] == 1 && geometry.count[0] == 1 && !geometry.padding[0];
}

// How much of two vectors so many pairs of neighbours fill.
struct Ends {
    explicit Ends(Index pairs, int lanes)
        : pairs(static_cast<int>(pairs)), left(std::min(2 * this->pairs, lanes)), right(2 * this->pairs - left) {}
    int pairs, left, right;
};

template <class T>
void largest_of_pairs(const Geometry &geometry, const T *from, T *to) {
    for (Index h = 0; h < geometry.count[1]; ++h, to += geometry.count[2]) {
        const T *upper = from + 2 * h * geometry.size[2], *lower = upper + geometry.size[2];
        for (Index w = 0; w < geometry.count[2]; w += LANES<T>) {
            const Ends ends(std::min<Index>(LANES<T>, geometry.count[2] - w), LANES<T>);
            const auto left = larger(load_some(upper + 2 * w, ends.left), load_some(lower + 2 * w, ends.left));
            const auto right =
                larger(load_some(upper + 2 * w + LANES<T>, ends.right), load_some(lower + 2 * w + LANES<T>, ends.right));
            store_some(to + w, larger(even_lanes<T>(left, right), odd_lanes<T>(left, right)), ends.pairs);
        }
    }
}

template <class T>
nb::object max_pool(Packed<T> input, nb::handle windows) {
    Geometry geometry;
    if (!read(input, windows, geometry)) return declined();
    auto out = planes(input, geometry.count);
    const Index cells = geometry.cells(), count = geometry.windows();
    WithoutGil released(input.count() > GRAIN);
    parallel_for(input.size(0) * input.size(1), 1 + GRAIN / cells, [&](Index begin, Index end) {
        for (Index at = begin; at < end; ++at) {
            const T *from = input.data() + at * cells;
            T *to = out.data() + at * count;
            if (in_pairs(geometry)) {
                largest_of_pairs(geometry, from, to);
                continue;
            }
            over_windows(geometry, [&](Index window, auto visit) {
                T most = -std::numeric_limits<T>::infinity();
                visit([&](Index cell) { most = larger(most, from[cell]); });
                to[window] = most;
            });
        }
    });
    released.end();
    return out.give();
}

// Each window's gradient goes to the first cell that held the largest number; false where one is NaN.
template <class T>
bool back_to_first(const Geometry &geometry, const T *grad, const T *from, const T *best, T *to) {
    bool numbers = true;
    std::fill_n(to, geometry.cells(), T(0));
    over_windows(geometry, [&](Index window, auto visit) {
        const T most = best[window];
        Index found = -1;
        visit([&](Index cell) { found = found < 0 && from[cell] == most ? cell : found; });
        if (found >= 0) to[found] += grad[window];
        numbers &= most == most;
    });
    return numbers;
}

template <class T>
bool back_to_pairs(const Geometry &geometry, const T *grad, const T *from, const T *best, T *to) {
    const Index width = geometry.size[2], count = geometry.count[2];
    bool numbers = true;
    if (geometry.cells() != 4 * geometry.windows()) std::fill_n(to, geometry.cells(), T(0));
    for (Index h = 0; h < geometry.count[1]; ++h, grad += count, best += count) {
        const T *upper = from + 2 * h * width, *lower = upper + width;
        T *above = to + 2 * h * width, *below = above + width;
        for (Index w = 0; w < count; w += LANES<T>) {
            const Ends ends(std::min<Index>(LANES<T>, count - w), LANES<T>);
            const auto g = load_some(grad + w, ends.pairs), most = load_some(best + w, ends.pairs);
            const auto u0 = load_some(upper + 2 * w, ends.left), u1 = load_some(upper + 2 * w + LANES<T>, ends.right);
            const auto l0 = load_some(lower + 2 * w, ends.left), l1 = load_some(lower + 2 * w + LANES<T>, ends.right);
            const Vector<T> none{};
            const auto not_a = even_lanes<T>(u0, u1) != most, not_b = odd_lanes<T>(u0, u1) != most;
            const auto not_c = even_lanes<T>(l0, l1) != most, not_d = odd_lanes<T>(l0, l1) != most;
            const Vector<T> to_a = not_a ? none : g, to_b = not_a & ~not_b ? g : none;
            const Vector<T> to_c = not_a & not_b & ~not_c ? g : none, to_d = not_a & not_b & not_c & ~not_d ? g : none;
            store_some(above + 2 * w, first_half<T>(to_a, to_b), ends.left);
            store_some(above + 2 * w + LANES<T>, second_half<T>(to_a, to_b), ends.right);
            store_some(below + 2 * w, first_half<T>(to_c, to_d), ends.left);
            store_some(below + 2 * w + LANES<T>, second_half<T>(to_c, to_d), ends.right);
            const auto nan = most != most;
            for (int i = 0; i < LANES<T>; ++i) numbers &= nan[i] == 0;
        }
    }
    return numbers;
}

template <class T>
nb::object max_pool_backward(Packed<T> grad, Packed<T> input, Packed<T> best, nb::handle windows) {
    Geometry geometry;
    if (!read(input, windows, geometry) || !grad.same_shape(best)) return declined();
    auto out = New<T>::like(input);
    const Index cells = geometry.cells(), count = geometry.windows();
    std::atomic<bool> numbers{true};
    {
        WithoutGil released(input.count() > GRAIN);
        parallel_for(input.size(0) * input.size(1), 1 + GRAIN / cells, [&](Index begin, Index end) {
            for (Index at = begin; at < end; ++at)
                if (!(in_pairs(geometry) ? back_to_pairs<T>
                                         : back_to_first<T>)(geometry, grad.data() + at * count, input.data() + at * cells,
                                                             best.data() + at * count, out.data() + at * cells))
                    numbers = false;
        });
    }
    return numbers ? out.give() : declined();  // where a NaN is the largest, the body knows whose the gradient is
}

}  // namespace

FAMILY(pooling) {
    kernel(module, "max_pool", max_pool<float>, max_pool<double>);
    kernel(module, "max_pool_backward", max_pool_backward<float>, max_pool_backward<double>);
}

}  // namespace flambeau
