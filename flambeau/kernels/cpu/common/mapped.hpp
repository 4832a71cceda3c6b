// One number from the numbers at the same place in arrays of one shape.
#pragma once

#include "common/array.hpp"

namespace flambeau {

// function(first[i], more[i]...) in a new array; declined where shapes differ. The loop becomes vector code if the function
// has no branches that the compiler cannot turn into choices.
template <class T, class Function, class... More>
nb::object mapped(Function function, const Packed<T> &first, const More &...more) {
    if (!(first.same_shape(more) && ...)) return declined();
    auto out = New<T>::like(first);
    const Index count = first.count();
    T *to = out.data();
    const auto run = [&](const T *one, auto... others) {
        parallel_for(count, GRAIN, [&](Index begin, Index end) {
#pragma omp simd
            for (Index i = begin; i < end; ++i) to[i] = function(one[i], others[i]...);
        });
    };
    WithoutGil released(count > GRAIN);
    run(first.data(), static_cast<const T *>(more.data())...);
    released.end();
    return out.give();
}

}  // namespace flambeau
