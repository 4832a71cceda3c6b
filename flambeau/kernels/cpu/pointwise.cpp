#include <cmath>

#include "common/elementwise.hpp"
#include "common/kernel.hpp"

namespace flambeau {
namespace {

// Whether alpha is a number that T holds; the body refuses others.
template <class T>
bool is_factor(const Operand<T> &alpha) {
    return alpha.is_number() && std::isfinite(alpha.number);
}

template <class T>
nb::object add(Operand<T> input, Operand<T> other, Operand<T> alpha) {
    if (!is_factor(alpha)) return declined();
    if (alpha.number == 1) return elementwise(input, other, [](T x, T y) { return x + y; });
    return elementwise(input, other, [times = alpha.number](T x, T y) { return x + times * y; });
}

template <class T>
nb::object sub(Operand<T> input, Operand<T> other, Operand<T> alpha) {
    if (!is_factor(alpha)) return declined();
    if (alpha.number == 1) return elementwise(input, other, [](T x, T y) { return x - y; });
    return elementwise(input, other, [times = alpha.number](T x, T y) { return x - times * y; });
}

template <class T>
nb::object mul(Operand<T> input, Operand<T> other) {
    return elementwise(input, other, [](T x, T y) { return x * y; });
}

template <class T>
nb::object true_divide(Operand<T> input, Operand<T> other) {
    return elementwise(input, other, [](T x, T y) { return x / y; });
}

template <class T>
nb::object neg(Operand<T> input) {
    if (input.is_number()) return declined();
    return elementwise(input, Operand<T>{}, [](T x, T) { return -x; });
}

}  // namespace

FAMILY(pointwise) {
    kernel(module, "add", add<float>, add<double>);
    kernel(module, "sub", sub<float>, sub<double>);
    kernel(module, "mul", mul<float>, mul<double>);
    kernel(module, "true_divide", true_divide<float>, true_divide<double>);
    kernel(module, "neg", neg<float>, neg<double>);
}

}  // namespace flambeau
