// Scores turned into shares, along dims whose numbers lie side by side.
#include <cmath>

#include "scalar/exponential.h"

#include "common/kernel.hpp"
#include "common/sums.hpp"
#include "common/vector.hpp"

namespace flambeau {
namespace {

// Calls body(row, at) for the rows of an array whose last dim is `dim`; false if another is.
template <class Body>
bool by_rows(const Packed<float> &input, Index dim, Body body) {
    if (input.ndim() < 1 || dim < -input.ndim() || dim >= input.ndim()) return false;
    const Index length = input.size(-1), rows = length ? input.count() / length : 0;
    if (dim != input.ndim() - 1 && dim != -1) return false;
    WithoutGil released(input.count() > GRAIN);
    parallel_for(rows, 1 + GRAIN / std::max<Index>(length, 1), [&](Index begin, Index end) {
        for (Index row = begin; row < end; ++row) body(row * length, length);
    });
    return true;
}

nb::object softmax(Packed<float> input, Index dim) {
    auto out = New<float>::like(input);
    const bool done = by_rows(input, dim, [&](Index at, Index length) {
        const float *x = input.data() + at;
        float *y = out.data() + at;
        const float most = largest_of(length, x);
#pragma omp simd
        for (Index i = 0; i < length; ++i) y[i] = exp_of(x[i] - most);
        const float by = static_cast<float>(1 / sum_of(length, y));
#pragma omp simd
        for (Index i = 0; i < length; ++i) y[i] *= by;
    });
    return done ? out.give() : declined();
}

nb::object log_softmax(Packed<float> input, Index dim) {
    auto out = New<float>::like(input);
    const bool done = by_rows(input, dim, [&](Index at, Index length) {
        const float *x = input.data() + at;
        float *y = out.data() + at;
        const float most = largest_of(length, x);
#pragma omp simd
        for (Index i = 0; i < length; ++i) y[i] = exp_of(x[i] - most);
        const float less = static_cast<float>(std::log(sum_of(length, y)));
#pragma omp simd
        for (Index i = 0; i < length; ++i) y[i] = x[i] - most - less;
    });
    return done ? out.give() : declined();
}

nb::object softmax_backward(Packed<float> grad, Packed<float> output, Index dim) {
    if (!grad.same_shape(output)) return declined();
    auto out = New<float>::like(grad);
    const bool done = by_rows(grad, dim, [&](Index at, Index length) {
        const float *g = grad.data() + at, *y = output.data() + at;
        float *to = out.data() + at;
        const float along = static_cast<float>(dot(length, g, y));
#pragma omp simd
        for (Index i = 0; i < length; ++i) to[i] = (g[i] - along) * y[i];
    });
    return done ? out.give() : declined();
}

nb::object log_softmax_backward(Packed<float> grad, Packed<float> output, Index dim) {
    if (!grad.same_shape(output)) return declined();
    auto out = New<float>::like(grad);
    const bool done = by_rows(grad, dim, [&](Index at, Index length) {
        const float *g = grad.data() + at, *y = output.data() + at;
        float *to = out.data() + at;
        const float total = static_cast<float>(sum_of(length, g));
#pragma omp simd
        for (Index i = 0; i < length; ++i) to[i] = g[i] - exp_of(y[i]) * total;
    });
    return done ? out.give() : declined();
}

}  // namespace

FAMILY(softmax) {
    kernel(module, "softmax", softmax);
    kernel(module, "log_softmax", log_softmax);
    kernel(module, "softmax_backward", softmax_backward);
    kernel(module, "log_softmax_backward", log_softmax_backward);
}

}  // namespace flambeau
