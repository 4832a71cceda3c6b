// Sums of many numbers that lie side by side: in vector lanes over a piece that stays in the cache, the pieces in double.
// So float32 sums err by a few units in the last place whatever their length.
#pragma once

#include <algorithm>

#include "common/pool.hpp"

namespace flambeau {

constexpr Index PIECE = 1024;

// The sum of term(i) for i from 0 to `count`.
template <class T, class Term>
inline double sum_of_terms(Index count, Term term) {
    double total = 0;
    for (Index from = 0; from < count; from += PIECE) {
        const Index end = std::min(from + PIECE, count);
        T part = 0;
#pragma omp simd reduction(+ : part)
        for (Index i = from; i < end; ++i) part += term(i);
        total += part;
    }
    return total;
}

// Two sums over the same numbers in one pass.
template <class T, class Term, class Other>
inline void sum_of_both(Index count, Term term, Other other, double &total, double &other_total) {
    for (Index from = 0; from < count; from += PIECE) {
        const Index end = std::min(from + PIECE, count);
        T part = 0, other_part = 0;
#pragma omp simd reduction(+ : part, other_part)
        for (Index i = from; i < end; ++i) part += term(i), other_part += other(i);
        total += part, other_total += other_part;
    }
}

}  // namespace flambeau
