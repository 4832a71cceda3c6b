// Sums of many numbers that lie side by side: in vector lanes over a piece that stays in the cache, the pieces in double.
// So float32 sums err by a few units in the last place whatever their length.
//
// Written with vectors by hand: compilers keep the order of additions, and so add one number after the other, unless they are
// asked otherwise and see through everything that is called in the loop.
#pragma once

#include <algorithm>

#include "common/pool.hpp"
#include "common/vector.hpp"

namespace flambeau {

constexpr Index PIECE = 2048;

template <class T>
FLAMBEAU_INLINE double sum_of_lanes(Vector<T> numbers) {
    double total = 0;
    for (int i = 0; i < LANES<T>; ++i) total += numbers[i];
    return total;
}

// The sum of term(one[i], more[i]...) for i from 0 to `count`. The term is given vectors, and single numbers at the end.
template <class T, class Term, class... More>
FLAMBEAU_INLINE double sum_over(Index count, Term term, const T *one, const More *...more) {
    constexpr int WIDE = LANES<T>;
    double total = 0;
    Index i = 0;
    while (i + WIDE <= count) {
        const Index end = std::min(i + PIECE, count);
        Vector<T> sums[4] = {};
        for (; i + 4 * WIDE <= end; i += 4 * WIDE)
#pragma GCC unroll 4
            for (int j = 0; j < 4; ++j) sums[j] += term(load(one + i + j * WIDE), load(more + i + j * WIDE)...);
        for (; i + WIDE <= end; i += WIDE) sums[0] += term(load(one + i), load(more + i)...);
        total += sum_of_lanes<T>((sums[0] + sums[1]) + (sums[2] + sums[3]));
    }
    for (; i < count; ++i) total += term(one[i], more[i]...);
    return total;
}

template <class T>
FLAMBEAU_INLINE double sum_of(Index count, const T *numbers) {
    return sum_over(count, [](auto x) { return x; }, numbers);
}

// The sum of the products of two rows of numbers.
template <class T>
FLAMBEAU_INLINE double dot(Index count, const T *one, const T *other) {
    return sum_over(count, [](auto x, auto y) { return x * y; }, one, other);
}

// The largest number, or -infinity; NaN does not count.
template <class T>
FLAMBEAU_INLINE T largest_of(Index count, const T *numbers) {
    constexpr int WIDE = LANES<T>;
    const T least = -__builtin_inff();
    Vector<T> most[2] = {broadcast(least), broadcast(least)};
    Index i = 0;
    for (; i + 2 * WIDE <= count; i += 2 * WIDE)
        for (int j = 0; j < 2; ++j) {
            const Vector<T> here = load(numbers + i + j * WIDE);
            most[j] = here > most[j] ? here : most[j];
        }
    T found = least;
    for (int j = 0; j < 2; ++j)
        for (int lane = 0; lane < WIDE; ++lane) found = most[j][lane] > found ? most[j][lane] : found;
    for (; i < count; ++i) found = numbers[i] > found ? numbers[i] : found;
    return found;
}

}  // namespace flambeau
