// Mean 0 and variance 1: batch norm by channels, layer, group and instance norm by rows.
//
// Ioffe & Szegedy, "Batch Normalization" (2015); Ba et al., "Layer Normalization" (2016); Wu & He, "Group Normalization"
// (2018). With u = (x - mean) / sqrt(var + eps), y = w u + b and g the gradient of y, over the numbers that share a mean:
//
//     dx = (w g - mean(w g) - u mean(w g u)) / sqrt(var + eps),   dw = sum g u,   db = sum g
//
// The variance is that of differences from the mean, in a second pass over numbers that are still in the cache.
#include <cmath>
#include <optional>

#include "common/kernel.hpp"
#include "common/sums.hpp"
#include "common/vector.hpp"

namespace flambeau {
namespace {

// Which numbers share a mean, and which number of a parameter is theirs.
//
// By channels: an array is (outer, channels, inner), and a channel's numbers share a mean and a parameter.
// By rows: a row of `length` numbers shares a mean; number e of row r has parameter (r % period) * groups + e / repeat.
struct Layout {
    bool by_channels = false;
    Index outer = 1, channels = 1, inner = 1;
    Index rows = 1, length = 1, period = 1, groups = 1, repeat = 1;

    Index parameters() const { return by_channels ? channels : period * groups; }
};

constexpr int MOST_DIMS = 16;

// Reads `axes` and the shape of the parameters; false for what is neither.
template <class T>
bool read(const Array<T> &input, nb::handle axes, nb::handle shape, Layout &layout) {
    const int ndim = input.ndim();
    if (ndim < 1 || ndim > MOST_DIMS || !nb::isinstance<nb::tuple>(axes) || !nb::isinstance<nb::tuple>(shape)) return false;
    bool folded[MOST_DIMS] = {};
    for (nb::handle axis : axes) {
        const int at = nb::cast<int>(axis);
        if (at < 0 || at >= ndim) return false;
        folded[at] = true;
    }
    const int given = static_cast<int>(nb::len(shape));
    if (given > ndim) return false;
    bool full[MOST_DIMS] = {};
    for (int dim = ndim - given; dim < ndim; ++dim) {
        const Index size = nb::cast<Index>(shape[dim - (ndim - given)]);
        if (size != 1 && size != input.size(dim)) return false;
        full[dim] = size != 1 || (input.size(dim) == 1 && !folded[dim]);
    }
    int trailing = ndim;  // axes from here on are folded
    while (trailing > 0 && folded[trailing - 1]) --trailing;
    if (ndim >= 2 && folded[0] && !folded[1] && trailing == 2) {
        for (int dim = 0; dim < ndim; ++dim)
            if (full[dim] != (dim == 1) && input.size(dim) != 1) return false;
        layout.by_channels = true;
        layout.outer = input.size(0), layout.channels = input.size(1), layout.inner = input.count_from(2);
        return true;
    }
    for (int dim = 0; dim < trailing; ++dim)
        if (folded[dim]) return false;
    if (trailing == ndim) return false;
    for (int dim = 0; dim < trailing; ++dim) layout.rows *= input.size(dim);
    layout.length = input.count_from(trailing);
    int dim = trailing;
    for (; dim > 0 && full[dim - 1]; --dim) layout.period *= input.size(dim - 1);
    for (; dim > 0; --dim)
        if (full[dim - 1]) return false;
    for (dim = trailing; dim < ndim && full[dim]; ++dim) layout.groups *= input.size(dim);
    for (; dim < ndim; ++dim) {
        if (full[dim]) return false;
        layout.repeat *= input.size(dim);
    }
    return true;
}

// (mean, variance) of numbers in pieces of `inner`, `step` apart.
template <class T>
void statistics(const T *x, Index pieces, Index inner, Index step, T &mean, T &var) {
    const double count = static_cast<double>(pieces * inner);
    double total = 0, squares = 0;
    for (Index n = 0; n < pieces; ++n) {
        const T *piece = x + n * step;
        total += sum_of(inner, piece);
    }
    mean = static_cast<T>(total / count);
    for (Index n = 0; n < pieces; ++n) {
        const T *piece = x + n * step;
        squares += sum_over(inner, [mean](auto x) { return (x - mean) * (x - mean); }, piece);
    }
    var = static_cast<T>(squares / count);
}

// y = x scale + shift
template <class T>
FLAMBEAU_INLINE void rescale(const T *x, T scale, T shift, T *y, Index count) {
#pragma omp simd
    for (Index i = 0; i < count; ++i) y[i] = x[i] * scale + shift;
}

template <class T>
void forward_channels(const Layout &layout, const T *x, const T *weight, const T *bias, T eps, T *y, T *mean, T *var) {
    const Index step = layout.channels * layout.inner;
    parallel_for(layout.channels, 1 + GRAIN / (layout.outer * layout.inner), [&](Index begin, Index end) {
        for (Index c = begin; c < end; ++c) {
            statistics(x + c * layout.inner, layout.outer, layout.inner, step, mean[c], var[c]);
            const T scale = (weight ? weight[c] : T(1)) / std::sqrt(var[c] + eps);
            for (Index n = 0; n < layout.outer; ++n) {
                const T *from = x + n * step + c * layout.inner;
                T *to = y + n * step + c * layout.inner;
                const T average = mean[c], shift = bias ? bias[c] : T(0);
#pragma omp simd
                for (Index i = 0; i < layout.inner; ++i) to[i] = (from[i] - average) * scale + shift;
            }
        }
    });
}

template <class T>
void forward_rows(const Layout &layout, const T *x, const T *weight, const T *bias, T eps, T *y, T *mean, T *var) {
    parallel_for(layout.rows, 1 + GRAIN / layout.length, [&](Index begin, Index end) {
        for (Index r = begin; r < end; ++r) {
            const T *from = x + r * layout.length;
            T *to = y + r * layout.length;
            statistics(from, 1, layout.length, 0, mean[r], var[r]);
            const T average = mean[r], scale = 1 / std::sqrt(var[r] + eps);
            const Index at = r % layout.period * layout.groups;
            if (layout.repeat == 1 && weight && bias) {
                const T *w = weight + at, *b = bias + at;
#pragma omp simd
                for (Index i = 0; i < layout.length; ++i) to[i] = (from[i] - average) * scale * w[i] + b[i];
                continue;
            }
            for (Index q = 0; q < layout.groups; ++q) {
                const T w = weight ? weight[at + q] * scale : scale, b = bias ? bias[at + q] : T(0);
                for (Index i = q * layout.repeat; i < (q + 1) * layout.repeat; ++i) to[i] = (from[i] - average) * w + b;
            }
        }
    });
}

template <class T>
nb::object standardized(Packed<T> input, Optional<Packed<T>> weight, Optional<Packed<T>> bias, nb::handle axes,
                        nb::handle shape, double eps) {
    Layout layout;
    if (!input.count() || !read(input, axes, shape, layout)) return declined();
    for (auto *given : {&weight, &bias})
        if (given->given() && given->count() != layout.parameters()) return declined();
    auto out = New<T>::like(input);
    npy_intp kept[MOST_DIMS];
    std::copy_n(input.shape(), input.ndim(), kept);
    for (nb::handle axis : axes) kept[nb::cast<int>(axis)] = 1;
    New<T> mean(input.ndim(), kept), var(input.ndim(), kept);
    WithoutGil released(input.count() > GRAIN);
    (layout.by_channels ? forward_channels<T> : forward_rows<T>)(layout, input.data(), weight.data(), bias.data(), T(eps),
                                                                 out.data(), mean.data(), var.data());
    released.end();
    return nb::make_tuple(out.give(), mean.give(), var.give());
}

// What the gradients are written to; null for those that nobody needs.
template <class T>
struct Gradients {
    T *input, *weight, *bias;
};

template <class T>
void backward_channels(const Layout &layout, const T *g, const T *x, const T *weight, const T *mean, const T *var, T eps,
                       Gradients<T> to) {
    const Index step = layout.channels * layout.inner;
    const double count = static_cast<double>(layout.outer * layout.inner);
    parallel_for(layout.channels, 1 + GRAIN / (layout.outer * layout.inner), [&](Index begin, Index end) {
        for (Index c = begin; c < end; ++c) {
            const T average = mean[c], scale = 1 / std::sqrt(var[c] + eps);
            double total = 0, product = 0;
            for (Index n = 0; n < layout.outer; ++n) {
                const T *slope = g + n * step + c * layout.inner, *from = x + n * step + c * layout.inner;
                total += sum_of(layout.inner, slope);
                product += sum_over(layout.inner, [average](auto g, auto x) { return g * (x - average); }, slope, from);
            }
            product *= scale;
            if (to.weight) to.weight[c] = static_cast<T>(product);
            if (to.bias) to.bias[c] = static_cast<T>(total);
            if (!to.input) continue;
            const T whole = weight ? weight[c] * scale : scale;
            const T share = static_cast<T>(total / count), along = static_cast<T>(product / count) * scale;
            for (Index n = 0; n < layout.outer; ++n) {
                const T *slope = g + n * step + c * layout.inner, *from = x + n * step + c * layout.inner;
                T *result = to.input + n * step + c * layout.inner;
#pragma omp simd
                for (Index i = 0; i < layout.inner; ++i) result[i] = (slope[i] - share - (from[i] - average) * along) * whole;
            }
        }
    });
}

// The gradients of parameters are summed by a few tasks, each over rows of its own, and then over the tasks.
template <class T>
void backward_rows(const Layout &layout, const T *g, const T *x, const T *weight, const T *mean, const T *var, T eps,
                   Gradients<T> to, T *partial, Index parts) {
    const Index size = layout.parameters();
    parallel_tasks(parts, [&](Index part) {
        T *of_weight = partial + part * 2 * size, *of_bias = of_weight + size;
        std::fill_n(of_weight, 2 * size, T(0));
        T *scaled = scratch<T>(layout.length, 0);
        for (Index r = layout.rows * part / parts; r < layout.rows * (part + 1) / parts; ++r) {
            const T *slope = g + r * layout.length, *from = x + r * layout.length;
            const T average = mean[r], scale = 1 / std::sqrt(var[r] + eps);
            const Index at = r % layout.period * layout.groups;
            if (layout.repeat == 1) {
                T *w_sum = of_weight + at, *b_sum = of_bias + at;
#pragma omp simd
                for (Index i = 0; i < layout.length; ++i) {
                    w_sum[i] += slope[i] * (from[i] - average) * scale;
                    b_sum[i] += slope[i];
                }
            } else {
                for (Index q = 0; q < layout.groups; ++q) {
                    const T *s = slope + q * layout.repeat, *f = from + q * layout.repeat;
                    const double total = sum_of(layout.repeat, s);
                    const double product =
                        sum_over(layout.repeat, [average](auto g, auto x) { return g * (x - average); }, s, f);
                    of_bias[at + q] += static_cast<T>(total), of_weight[at + q] += static_cast<T>(product * scale);
                }
            }
            if (!to.input) continue;
            const T *wg = slope;
            if (weight) {
                if (layout.repeat == 1) {
                    const T *w = weight + at;
#pragma omp simd
                    for (Index i = 0; i < layout.length; ++i) scaled[i] = slope[i] * w[i];
                } else {
                    for (Index q = 0; q < layout.groups; ++q)
                        for (Index i = q * layout.repeat; i < (q + 1) * layout.repeat; ++i)
                            scaled[i] = slope[i] * weight[at + q];
                }
                wg = scaled;
            }
            const double total = sum_of(layout.length, wg);
            const double product = sum_over(layout.length, [average](auto g, auto x) { return g * (x - average); }, wg, from);
            const double count = static_cast<double>(layout.length);
            const T share = static_cast<T>(total / count), along = static_cast<T>(product * scale / count) * scale;
            T *result = to.input + r * layout.length;
#pragma omp simd
            for (Index i = 0; i < layout.length; ++i) result[i] = (wg[i] - share - (from[i] - average) * along) * scale;
        }
    });
    for (T *target : {to.weight, to.bias}) {
        if (!target) continue;
        const T *from = partial + (target == to.bias ? size : 0);
        for (Index i = 0; i < size; ++i) {
            double total = 0;
            for (Index part = 0; part < parts; ++part) total += from[part * 2 * size + i];
            target[i] = static_cast<T>(total);
        }
    }
}

template <class T>
nb::object standardized_backward(Packed<T> g, Packed<T> input, Optional<Packed<T>> weight, nb::tuple bias_shape, Packed<T> mean,
                                 Packed<T> var, nb::handle axes, nb::handle shape, double eps, nb::tuple needs) {
    Layout layout;
    if (!input.count() || !g.same_shape(input) || !read(input, axes, shape, layout)) return declined();
    if (weight.given() && weight.count() != layout.parameters()) return declined();
    const bool wants_weight = weight.given() && nb::cast<bool>(needs[1]), wants_bias = nb::cast<bool>(needs[2]);
    npy_intp sizes[MOST_DIMS];
    Index count = 1;
    const auto dims = static_cast<int>(nb::len(bias_shape));
    for (int dim = 0; dim < dims; ++dim) count *= sizes[dim] = nb::cast<npy_intp>(bias_shape[dim]);
    if (wants_bias && count != layout.parameters()) return declined();
    std::optional<New<T>> of_input, of_weight, of_bias;
    if (nb::cast<bool>(needs[0])) of_input.emplace(New<T>::like(input));
    if (wants_weight) of_weight.emplace(New<T>::like(weight));
    if (wants_bias) of_bias.emplace(New<T>(dims, sizes));
    const Gradients<T> to{of_input ? of_input->data() : nullptr, of_weight ? of_weight->data() : nullptr,
                          of_bias ? of_bias->data() : nullptr};
    const Index parts = std::clamp<Index>(input.count() / GRAIN, 1, std::min<Index>(4 * thread_count(), layout.rows));
    New<T> partial({layout.by_channels ? 0 : parts * 2 * layout.parameters()});
    {
        WithoutGil released(input.count() > GRAIN);
        if (layout.by_channels)
            backward_channels<T>(layout, g.data(), input.data(), weight.data(), mean.data(), var.data(), T(eps), to);
        else
            backward_rows<T>(layout, g.data(), input.data(), weight.data(), mean.data(), var.data(), T(eps), to, partial.data(),
                             parts);
    }
    const auto given = [](std::optional<New<T>> &array) { return array ? array->give() : nb::none(); };
    return nb::make_tuple(given(of_input), given(of_weight), given(of_bias));
}

// With statistics that are given: y = x scale + shift by channels.
template <class T>
nb::object with_statistics(Packed<T> input, Optional<Packed<T>> weight, Optional<Packed<T>> bias, Packed<T> mean, Packed<T> var,
                           nb::tuple shape, double eps) {
    if (input.ndim() < 2 || nb::len(shape) != static_cast<std::size_t>(input.ndim() - 1)) return declined();
    const Index channels = input.size(1), inner = input.count_from(2);
    for (int dim = 1; dim < input.ndim(); ++dim)
        if (nb::cast<Index>(shape[dim - 1]) != (dim == 1 ? channels : 1)) return declined();
    for (const Array<T> *one : {static_cast<Array<T> *>(&mean), static_cast<Array<T> *>(&var)})
        if (one->count() != channels) return declined();
    for (auto *one : {&weight, &bias})
        if (one->given() && one->count() != channels) return declined();
    auto out = New<T>::like(input);
    if (!input.count()) return out.give();
    WithoutGil released(input.count() > GRAIN);
    parallel_for(input.size(0) * channels, 1 + GRAIN / inner, [&](Index begin, Index end) {
        for (Index at = begin; at < end; ++at) {
            const Index c = at % channels;
            const T scale = (weight.given() ? weight.data()[c] : T(1)) / std::sqrt(var.data()[c] + T(eps));
            const T shift = (bias.given() ? bias.data()[c] : T(0)) - mean.data()[c] * scale;
            rescale(input.data() + at * inner, scale, shift, out.data() + at * inner, inner);
        }
    });
    released.end();
    return out.give();
}

}  // namespace

FAMILY(standardization) {
    kernel(module, "standardized", standardized<float>, standardized<double>);
    kernel(module, "standardized_backward", standardized_backward<float>, standardized_backward<double>);
    kernel(module, "with_statistics", with_statistics<float>, with_statistics<double>);
}

}  // namespace flambeau
