// Steps of optimizers, each number of a parameter read and written once. The formulas are those of flambeau/optim.
#include <cmath>

#include "common/kernel.hpp"
#include "common/vector.hpp"

namespace flambeau {
namespace {

// Arrays of one shape, all but the gradient written to.
template <class T, class... Others>
bool alike(const Packed<T> &param, const Others &...others) {
    const auto fits = [&](const auto &other) { return !other.object() || other.same_shape(param); };
    return param.writeable() && (fits(others) && ...);
}

// The gradient to follow, with the pull of weight decay; without it the parameter, which may be infinite, is left out.
template <class T>
FLAMBEAU_INLINE T descent(T sign, T g, T pull, T p) {
    return pull == 0 ? sign * g : sign * g + pull * p;
}

// Calls body(i) for each number.
template <class Body>
nb::object for_each(Index count, Body body) {
    WithoutGil released(count > GRAIN);
    parallel_for(count, GRAIN, [&](Index begin, Index end) {
#pragma omp simd
        for (Index i = begin; i < end; ++i) body(i);
    });
    released.end();
    return nb::none();
}

template <class T>
nb::object adam(Packed<T> param, Packed<T> grad, Packed<T> exp_avg, Packed<T> exp_avg_sq, Optional<Packed<T>> max_exp_avg_sq,
                double step_size, double beta1, double beta2, double spread, double eps, double decay, double weight_decay,
                bool maximize) {
    if (!alike(param, grad, exp_avg, exp_avg_sq, max_exp_avg_sq)) return declined();
    T *p = param.data(), *m = exp_avg.data(), *v = exp_avg_sq.data(), *most = max_exp_avg_sq.data();
    const T *g = grad.data();
    const T sign = maximize ? -1 : 1, pull = T(weight_decay), keep = T(decay), new1 = T(1 - beta1), old2 = T(beta2),
            new2 = T(1 - beta2), by = T(1 / spread), least = T(eps), step = T(step_size);
    const auto update = [=](Index i, auto largest) {
        const T slope = descent(sign, g[i], pull, p[i]);
        m[i] += (slope - m[i]) * new1;
        v[i] = v[i] * old2 + slope * slope * new2;
        const T square = largest(i);
        p[i] = p[i] * keep - step * (m[i] / (std::sqrt(square) * by + least));
    };
    if (!most) return for_each(param.count(), [=](Index i) { update(i, [=](Index i) { return v[i]; }); });
    return for_each(param.count(), [=](Index i) {
        update(i, [=](Index i) { return most[i] = most[i] < v[i] || v[i] != v[i] ? v[i] : most[i]; });
    });
}

template <class T>
nb::object sgd(Packed<T> param, Packed<T> grad, Optional<Packed<T>> momentum_buffer, double lr, double momentum,
               double dampening, double weight_decay, bool nesterov, bool maximize, bool is_first) {
    if (!alike(param, grad, momentum_buffer)) return declined();
    T *p = param.data(), *buffer = momentum_buffer.data();
    const T *g = grad.data();
    const T sign = maximize ? -1 : 1, pull = T(weight_decay), rate = T(lr), keep = T(momentum), add = T(1 - dampening);
    if (!buffer) return for_each(param.count(), [=](Index i) { p[i] -= rate * descent(sign, g[i], pull, p[i]); });
    if (is_first)
        return for_each(param.count(), [=](Index i) {
            const T slope = descent(sign, g[i], pull, p[i]);
            buffer[i] = slope;
            p[i] -= rate * (nesterov ? slope + keep * slope : slope);
        });
    return for_each(param.count(), [=](Index i) {
        const T slope = descent(sign, g[i], pull, p[i]), kept = buffer[i] * keep + add * slope;
        buffer[i] = kept;
        p[i] -= rate * (nesterov ? slope + keep * kept : kept);
    });
}

template <class T>
nb::object rmsprop(Packed<T> param, Packed<T> grad, Packed<T> square_avg, Optional<Packed<T>> grad_avg,
                   Optional<Packed<T>> momentum_buffer, double lr, double alpha, double eps, double momentum,
                   double weight_decay, bool maximize) {
    if (!alike(param, grad, square_avg, grad_avg, momentum_buffer)) return declined();
    T *p = param.data(), *square = square_avg.data(), *mean = grad_avg.data(), *buffer = momentum_buffer.data();
    const T *g = grad.data();
    const T sign = maximize ? -1 : 1, pull = T(weight_decay), rate = T(lr), keep = T(alpha), fresh = T(1 - alpha),
            least = T(eps), inertia = T(momentum);
    const auto slope_of = [=](Index i) {
        const T slope = descent(sign, g[i], pull, p[i]);
        square[i] = square[i] * keep + slope * slope * fresh;
        return slope;
    };
    if (!mean && !buffer)
        return for_each(param.count(), [=](Index i) {
            const T slope = slope_of(i);
            p[i] -= rate * (slope / (std::sqrt(square[i]) + least));
        });
    return for_each(param.count(), [=](Index i) {
        const T slope = slope_of(i);
        T spread = square[i];
        if (mean) {
            mean[i] += (slope - mean[i]) * fresh;
            spread -= mean[i] * mean[i];
        }
        T way = slope / (std::sqrt(spread) + least);
        if (buffer) way = buffer[i] = buffer[i] * inertia + way;
        p[i] -= rate * way;
    });
}

template <class T>
nb::object adagrad(Packed<T> param, Packed<T> grad, Packed<T> sum, double step_size, double eps, double weight_decay,
                   bool maximize) {
    if (!alike(param, grad, sum)) return declined();
    T *p = param.data(), *total = sum.data();
    const T *g = grad.data();
    const T sign = maximize ? -1 : 1, pull = T(weight_decay), rate = T(step_size), least = T(eps);
    return for_each(param.count(), [=](Index i) {
        const T slope = descent(sign, g[i], pull, p[i]);
        total[i] += slope * slope;
        p[i] -= rate * (slope / (std::sqrt(total[i]) + least));
    });
}

}  // namespace

FAMILY(optimizers) {
    kernel(module, "adam", adam<float>, adam<double>);
    kernel(module, "sgd", sgd<float>, sgd<double>);
    kernel(module, "rmsprop", rmsprop<float>, rmsprop<double>);
    kernel(module, "adagrad", adagrad<float>, adagrad<double>);
}

}  // namespace flambeau
