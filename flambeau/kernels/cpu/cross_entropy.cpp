// Cross-entropy of scores (rows, classes) with a class for each row, averaged or added up: what training uses.
#include <atomic>
#include <cmath>
#include <cstring>

#include "scalar/exponential.h"

#include "common/kernel.hpp"
#include "common/sums.hpp"
#include "common/vector.hpp"

namespace flambeau {
namespace {

using Classes = Packed<std::int64_t>;

// Whether the options are those that are handled here, and every class is there; the body explains what is wrong.
bool fits(const Packed<float> &scores, const Classes &target, bool weighted, Index ignored, const char *reduction,
          double smoothing, bool &averaged, Index &counted) {
    averaged = std::strcmp(reduction, "mean") == 0;
    if (weighted || smoothing != 0 || (!averaged && std::strcmp(reduction, "sum") != 0)) return false;
    if (scores.ndim() != 2 || target.ndim() != 1 || target.size(0) != scores.size(0) || !scores.size(1)) return false;
    counted = 0;
    for (Index row = 0; row < target.size(0); ++row) {
        const Index label = target.data()[row];
        if (label == ignored) continue;
        if (label < 0 || label >= scores.size(1)) return false;
        ++counted;
    }
    return true;
}

nb::object cross_entropy(Packed<float> input, Classes target, Optional<Packed<float>> weight, Index ignored,
                         const char *reduction, double smoothing) {
    bool averaged;
    Index counted;
    if (!fits(input, target, weight.given(), ignored, reduction, smoothing, averaged, counted)) return declined();
    const Index rows = input.size(0), classes = input.size(1);
    auto shares = New<float>::like(input);
    New<float> loss({}), losses({rows});
    double total;
    {
        WithoutGil released(input.count() > GRAIN);
        parallel_for(rows, 1 + GRAIN / classes, [&](Index begin, Index end) {
            for (Index row = begin; row < end; ++row) {
                const float *x = input.data() + row * classes;
                float *y = shares.data() + row * classes;
                const float most = largest_of(classes, x);
#pragma omp simd
                for (Index i = 0; i < classes; ++i) y[i] = exp_of(x[i] - most);
                const double sum = sum_of(classes, y);
                const float by = static_cast<float>(1 / sum);
#pragma omp simd
                for (Index i = 0; i < classes; ++i) y[i] *= by;
                const Index label = target.data()[row];
                losses.data()[row] = label == ignored ? 0.0f : static_cast<float>(std::log(sum)) - (x[label] - most);
            }
        });
        total = sum_of(rows, losses.data());
    }
    *loss.data() = static_cast<float>(averaged ? total / static_cast<double>(counted) : total);
    return nb::make_tuple(loss.give(), shares.give());
}

nb::object cross_entropy_backward(Packed<float> grad, Classes target, Optional<Packed<float>> weight, Index ignored,
                                  const char *reduction, double smoothing, Packed<float> shares) {
    bool averaged;
    Index counted;
    if (grad.ndim() || !fits(shares, target, weight.given(), ignored, reduction, smoothing, averaged, counted))
        return declined();
    const Index rows = shares.size(0), classes = shares.size(1);
    const float sharp = averaged ? *grad.data() / static_cast<float>(counted) : *grad.data();
    auto out = New<float>::like(shares);
    {
        WithoutGil released(shares.count() > GRAIN);
        parallel_for(rows, 1 + GRAIN / classes, [&](Index begin, Index end) {
            for (Index row = begin; row < end; ++row) {
                const float *y = shares.data() + row * classes;
                float *to = out.data() + row * classes;
                const Index label = target.data()[row];
                const float scale = label == ignored ? 0.0f : sharp;
#pragma omp simd
                for (Index i = 0; i < classes; ++i) to[i] = y[i] * scale;
                if (label != ignored) to[label] -= sharp;
            }
        });
    }
    return out.give();
}

}  // namespace

FAMILY(cross_entropy) {
    kernel(module, "cross_entropy", cross_entropy);
    kernel(module, "cross_entropy_backward", cross_entropy_backward);
}

}  // namespace flambeau
