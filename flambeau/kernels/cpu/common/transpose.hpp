// Turning blocks of a matrix: rows become columns, in registers.
#pragma once

#include "common/pool.hpp"
#include "common/shuffle.hpp"

namespace flambeau {

// Turns a square of LANES x LANES numbers. Interleaving each row with the one half a square below, and again, moves every
// number's row into its place in log2(LANES) rounds.
template <class T>
FLAMBEAU_INLINE void transpose_square(const T *from, Index from_row, T *to, Index to_row) {
    constexpr int lanes = LANES<T>;
    Vector<T> rows[lanes], turned[lanes];
    for (int i = 0; i < lanes; ++i) rows[i] = load(from + i * from_row);
    for (int round = 1; round < lanes; round *= 2) {
        for (int i = 0; i < lanes / 2; ++i) {
            turned[2 * i] = first_half<T>(rows[i], rows[i + lanes / 2]);
            turned[2 * i + 1] = second_half<T>(rows[i], rows[i + lanes / 2]);
        }
        for (int i = 0; i < lanes; ++i) rows[i] = turned[i];
    }
    for (int i = 0; i < lanes; ++i) store(to + i * to_row, rows[i]);
}

// to[j][i] = from[i][j] for `rows` x `columns` numbers of `from`.
template <class T>
void transpose_block(Index rows, Index columns, const T *from, Index from_row, T *to, Index to_row) {
    constexpr int lanes = LANES<T>;
    Index i = 0;
    for (; i + lanes <= rows; i += lanes) {
        Index j = 0;
        for (; j + lanes <= columns; j += lanes)
            transpose_square(from + i * from_row + j, from_row, to + j * to_row + i, to_row);
        for (; j < columns; ++j)
            for (int k = 0; k < lanes; ++k) to[j * to_row + i + k] = from[(i + k) * from_row + j];
    }
    for (; i < rows; ++i)
        for (Index j = 0; j < columns; ++j) to[j * to_row + i] = from[i * from_row + j];
}

}  // namespace flambeau
