#include "common/kernel.hpp"
#include "common/vector.hpp"

namespace flambeau {
namespace {

// Like NumPy's maximum, and unlike `x > 0 ? x : 0`, this keeps NaN.
template <class T>
FLAMBEAU_INLINE T above_zero(T x) {
    return x < 0 ? T(0) : x;
}

template <class T>
nb::object relu(Packed<T> input) {
    auto out = New<T>::like(input);
    const T *from = input.data();
    T *to = out.data();
    const Index count = input.count();
    WithoutGil released(count > GRAIN);
    parallel_for(count, GRAIN, [&](Index begin, Index end) {
#pragma omp simd
        for (Index i = begin; i < end; ++i) to[i] = above_zero(from[i]);
    });
    return out.give();
}

}  // namespace

FAMILY(activation) {
    kernel(module, "relu", relu<float>, relu<double>);
}

}  // namespace flambeau
