#include "scalar/exponential.h"

#include "common/mapped.hpp"
#include "common/kernel.hpp"

namespace flambeau {
namespace {

constexpr float ROOT_HALF = 0.70710678118654752f, DENSITY = 0.39894228040143268f;  // 1 / sqrt(2), 1 / sqrt(2 pi)

nb::object gelu(Packed<float> input) {
    auto out = New<float>::like(input), share = New<float>::like(input);
    const float *x = input.data();
    float *y = out.data(), *below = share.data();
    const Index count = input.count();
    WithoutGil released(count > GRAIN);
    parallel_for(count, GRAIN, [&](Index begin, Index end) {
#pragma omp simd
        for (Index i = begin; i < end; ++i) {
            below[i] = 0.5f + 0.5f * erf_of(x[i] * ROOT_HALF);
            y[i] = x[i] * below[i];
        }
    });
    released.end();
    return nb::make_tuple(out.give(), share.give());
}

nb::object gelu_backward(Packed<float> grad, Packed<float> input, Packed<float> share) {
    return mapped<float>([](float g, float x, float below) { return g * (below + x * DENSITY * exp_of(-0.5f * x * x)); }, grad,
                         input, share);
}

constexpr float SCALE = 0.79788456080286536f, CUBE = 0.044715f;  // sqrt(2 / pi), and Hendrycks & Gimpel's constant (2016)

nb::object tanh_gelu(Packed<float> input) {
    return mapped<float>([](float x) { return 0.5f * x * (1 + tanh_of(SCALE * (x + CUBE * x * x * x))); }, input);
}

}  // namespace

FAMILY(gelu) {
    kernel(module, "gelu", gelu);
    kernel(module, "gelu_backward", gelu_backward);
    kernel(module, "tanh_gelu", tanh_gelu);
}

}  // namespace flambeau
