#include "scalar/exponential.h"

#include "common/mapped.hpp"
#include "common/kernel.hpp"

namespace flambeau {
namespace {

template <class T>
nb::object relu(Packed<T> input) {
    // Like NumPy's maximum, and unlike `x > 0 ? x : 0`, this keeps NaN.
    return mapped<T>([](T x) { return x < 0 ? T(0) : x; }, input);
}

template <class T>
nb::object relu_backward(Packed<T> grad, Packed<T> output) {
    return mapped<T>([](T g, T out) { return out <= 0 ? T(0) : g; }, grad, output);
}

nb::object sigmoid(Packed<float> input) {
    return mapped<float>([](float x) { return sigmoid_of(x); }, input);
}

template <class T>
nb::object sigmoid_backward(Packed<T> grad, Packed<T> output) {
    return mapped<T>([](T g, T y) { return g * y * (1 - y); }, grad, output);
}

nb::object silu(Packed<float> input) {
    return mapped<float>([](float x) { return x * sigmoid_of(x); }, input);
}

nb::object silu_backward(Packed<float> grad, Packed<float> input) {
    return mapped<float>(
        [](float g, float x) {
            const float share = sigmoid_of(x);
            return g * share * (1 + x * (1 - share));
        },
        grad, input);
}

}  // namespace

FAMILY(activation) {
    kernel(module, "relu", relu<float>, relu<double>);
    kernel(module, "relu_backward", relu_backward<float>, relu_backward<double>);
    kernel(module, "sigmoid", sigmoid);
    kernel(module, "sigmoid_backward", sigmoid_backward<float>, sigmoid_backward<double>);
    kernel(module, "silu", silu);
    kernel(module, "silu_backward", silu_backward);
}

}  // namespace flambeau
