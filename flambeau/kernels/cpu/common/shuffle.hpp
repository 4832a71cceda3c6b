// Numbers of two vectors in another order.
#pragma once

#include <utility>

#include "common/vector.hpp"

namespace flambeau {

// The lower or upper halves of two vectors, their numbers taken in turn.
template <class T, int UPPER, std::size_t... I>
FLAMBEAU_INLINE Vector<T> interleaved(Vector<T> one, Vector<T> other, std::index_sequence<I...>) {
    constexpr int lanes = LANES<T>;
    return __builtin_shufflevector(one, other, (UPPER * lanes / 2 + int(I) / 2 + (int(I) % 2) * lanes)...);
}

template <class T, int ODD, std::size_t... I>
FLAMBEAU_INLINE Vector<T> every_second(Vector<T> one, Vector<T> other, std::index_sequence<I...>) {
    return __builtin_shufflevector(one, other, (2 * int(I) + ODD)...);
}

template <class T>
constexpr auto LANE_NUMBERS = std::make_index_sequence<LANES<T>>();

// Of numbers that lie side by side in two vectors, the first of each pair, and the second.
template <class T>
FLAMBEAU_INLINE Vector<T> even_lanes(Vector<T> one, Vector<T> other) {
    return every_second<T, 0>(one, other, LANE_NUMBERS<T>);
}
template <class T>
FLAMBEAU_INLINE Vector<T> odd_lanes(Vector<T> one, Vector<T> other) {
    return every_second<T, 1>(one, other, LANE_NUMBERS<T>);
}

// The way back: the numbers of two vectors in turn, in two halves.
template <class T>
FLAMBEAU_INLINE Vector<T> first_half(Vector<T> one, Vector<T> other) {
    return interleaved<T, 0>(one, other, LANE_NUMBERS<T>);
}
template <class T>
FLAMBEAU_INLINE Vector<T> second_half(Vector<T> one, Vector<T> other) {
    return interleaved<T, 1>(one, other, LANE_NUMBERS<T>);
}

}  // namespace flambeau
